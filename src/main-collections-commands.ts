import { createReadStream } from "node:fs";
import type { Command } from "commander";
import { evaluateCommand, type EvaluateDeps } from "./collections/evaluate/commands.ts";
import { simulateCommand } from "./collections/simulation/commands.ts";
import { FORMATS, readLedgerFile } from "./collections/evaluate/read-ledger-file.ts";
import {
  judgeFile,
  trainCommand,
  trainJson,
  type TrainOptions,
  trainReport,
} from "./collections/prediction/commands.ts";
import { csvReader } from "./receivables/csv.ts";
import { allocateMoney } from "./receivables/decide-allocation.ts";

/** Commands of collections that work on files alone. */
export function collectionsFileCommands(program: Command, train: (options: TrainOptions) => Promise<number>): void {
  const collections =
    program.commands.find((one) => one.name() === "collections") ??
    program.command("collections").description("policies: check, evaluate, simulate");
  const done = (code: number): void => void (process.exitCode = code);
  evaluateCommand(collections, deps, done);
  trainCommand(collections, async (options) =>
    done(await (options.ledger === undefined ? train(options) : trainFile(options))),
  );
  simulateCommand(collections, deps, done);
}

const deps: EvaluateDeps = {
  allocate: allocateMoney,
  csv: csvReader,
  stdin: process.stdin,
  write: (text) => {
    if (!process.stdout.write(text)) return new Promise<void>((resolve) => process.stdout.once("drain", resolve));
    return undefined;
  },
  complain: (text) => console.error(text),
};

/** Judges on a ledger file. Exit code 2 when it cannot be read, 1 when there was too little. */
async function trainFile(options: TrainOptions): Promise<number> {
  const format = FORMATS.find((one) => one === options.format);
  if (options.ledger === undefined || format === undefined) {
    deps.complain(`--format is ${options.format}: give one of ${FORMATS.join(", ")}`);
    return 2;
  }
  const chunks = createReadStream(options.ledger, "utf8");
  const file = await readLedgerFile(chunks, { allocate: deps.allocate, csv: deps.csv, format });
  if (!("accounts" in file)) {
    for (const { line, column, field, message } of file)
      deps.complain(`${options.ledger}:${line}:${column}: ${field}: ${message}`);
    return 2;
  }
  const learnt = judgeFile(file.accounts(), options.asOf);
  const { lines, code } = trainReport(learnt);
  await deps.write(`${options.json ? JSON.stringify(trainJson(learnt)) : lines.join("\n")}\n`);
  return code;
}
