import type { Command } from "commander";
import { evaluateCommand, type EvaluateDeps } from "./collections/evaluate/commands.ts";
import { simulateCommand } from "./collections/simulation/commands.ts";
import { csvReader } from "./receivables/csv.ts";
import { allocateMoney } from "./receivables/decide-allocation.ts";

/** Commands of collections that work on files alone. */
export function collectionsFileCommands(program: Command): void {
  const collections =
    program.commands.find((one) => one.name() === "collections") ??
    program.command("collections").description("policies: check, evaluate, simulate");
  const done = (code: number): void => void (process.exitCode = code);
  evaluateCommand(collections, deps, done);
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
