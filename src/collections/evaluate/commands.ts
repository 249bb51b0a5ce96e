import { createReadStream, readFileSync } from "node:fs";
import type { Command } from "commander";
import { parseDay } from "../../core/time.ts";
import { type PreparedPolicy, prepare } from "../ladder/decide-ladder.ts";
import { parsePolicy } from "../policy/decide-parse.ts";
import { evaluateAccount, toJson, toLine } from "./decide-evaluate.ts";
import type { AllocateMoney } from "./decide-ledger-build.ts";
import type { Assume } from "./decide-live.ts";
import {
  type CsvReader,
  type FileFault,
  type Format,
  FORMATS,
  type LedgerFile,
  readLedgerFile,
} from "./read-ledger-file.ts";

/** What of `receivables` a ledger file needs, and where answers go. */
export type EvaluateDeps = {
  readonly allocate: AllocateMoney;
  readonly csv: CsvReader;
  readonly stdin: AsyncIterable<string | Uint8Array>;
  /** Resolves when more may be written. */
  readonly write: (text: string) => void | Promise<void>;
  readonly complain: (text: string) => void;
};
type Options = {
  readonly ledger: string;
  readonly policy: string;
  readonly from: string;
  readonly to: string;
  readonly format: string;
  readonly notices: string;
  readonly effects: string;
  readonly json: boolean;
};
/** Longest time that is evaluated at once. */
export const EVALUATE_DAYS_MAX = 3_660;

/** `surety collections evaluate`: a policy on a ledger file, day by day. Needs no database. Exit code 2 when something given is wrong. */
export function evaluateCommand(collections: Command, deps: EvaluateDeps, done: (code: number) => void): void {
  collections
    .command("evaluate")
    .description("what a policy says of every account on every day, from files alone")
    .requiredOption("--ledger <file>", "JSON lines or CSV, - for standard input (docs/reference/ledger-file.md)")
    .requiredOption("--policy <file>", "a policy in YAML, - for standard input")
    .requiredOption("--from <day>", "first day, e.g. 2026-01-01")
    .requiredOption("--to <day>", "last day")
    .option("--format <name>", `columns of the ledger file: ${FORMATS.join(", ")}`, "surety")
    .option(
      "--notices <how>",
      "assume-sent: what is due is sent the same day; from-file: only notices of the ledger file count",
      "assume-sent",
    )
    .option("--effects <how>", "assume-done: what may act is approved and done the same day; from-file", "assume-done")
    .option("--json", "print one JSON value", false)
    .action(async (options: Options) => done(await evaluateFiles(options, deps)));
}

/** Says what is wrong and gives 2, or prints the evaluation and gives 0. */
export async function evaluateFiles(options: Options, deps: EvaluateDeps): Promise<number> {
  const given = await readGiven(options, deps);
  if (given === undefined) return 2;
  const assume: Assume = {
    notices: options.notices === "from-file" ? "from-file" : "assume-sent",
    effects: options.effects === "from-file" ? "from-file" : "assume-done",
  };
  const { from, to, ledger, policy } = given;
  if (options.json) {
    const { id } = policy.version.policy;
    const head = { format: "surety/evaluation/1", policy: id, from: from.toString(), to: to.toString(), assume };
    await deps.write(`${JSON.stringify(head).slice(0, -1)},"days":[`);
  }
  let first = true;
  for (const history of ledger.accounts()) {
    let step: string | undefined;
    for (const evaluated of evaluateAccount(history, policy, { from, to, assume, explain: options.json })) {
      const line = options.json ? JSON.stringify(toJson(evaluated)) : toLine(evaluated, step);
      step = evaluated.state.step;
      if (line === undefined) continue;
      await deps.write(options.json ? `${first ? "" : ","}\n${line}` : `${line}\n`);
      first = false;
    }
  }
  await deps.write(options.json ? "\n]}\n" : first ? "nothing happens on these days\n" : "");
  return 0;
}

export type Given = {
  readonly ledger: LedgerFile;
  readonly policy: PreparedPolicy;
  readonly from: Temporal.PlainDate;
  readonly to: Temporal.PlainDate;
};
/** Reads what the command was given; undefined after everything wrong was said. */
export async function readGiven(
  options: Pick<Options, "ledger" | "policy" | "from" | "to" | "format"> &
    Partial<Pick<Options, "notices" | "effects">>,
  deps: EvaluateDeps,
): Promise<Given | undefined> {
  const wrong = (text: string): undefined => void deps.complain(`surety: ${text}`);
  const [from, to] = [parseDay(options.from), parseDay(options.to)];
  if (!from.ok) return wrong(`--from: ${from.error}`);
  if (!to.ok) return wrong(`--to: ${to.error}`);
  const days = from.value.until(to.value).days;
  if (days < 0 || days > EVALUATE_DAYS_MAX) return wrong(`--to must lie 0 to ${EVALUATE_DAYS_MAX} days after --from`);
  if (!FORMATS.some((one) => one === options.format)) return wrong(`--format must be one of ${FORMATS.join(", ")}`);
  if (!["assume-sent", "from-file", undefined].includes(options.notices))
    return wrong("--notices must be assume-sent or from-file");
  if (!["assume-done", "from-file", undefined].includes(options.effects))
    return wrong("--effects must be assume-done or from-file");
  if (options.ledger === "-" && options.policy === "-")
    return wrong("only one of --ledger and --policy can come from standard input");
  const policy = await readPolicy(options.policy, deps);
  if (policy === undefined) return undefined;
  const ledger = await readLedger(options, deps);
  return ledger === undefined ? undefined : { ledger, policy, from: from.value, to: to.value };
}

export async function readPolicy(file: string, deps: EvaluateDeps): Promise<PreparedPolicy | undefined> {
  let text = "";
  try {
    if (file === "-") for await (const chunk of textOf(deps.stdin)) text += chunk;
    else text = readFileSync(file, "utf8");
  } catch (error) {
    return void deps.complain(`surety: ${file}: ${(error as Error).message}`);
  }
  const parsed = parsePolicy(text);
  if (parsed.ok) return prepare({ policy: parsed.value, version: 1 });
  for (const { line, column, code, path, message, fix } of parsed.error)
    deps.complain(`${file}:${line}:${column}: ${code}${path === "" ? "" : ` ${path}`}: ${message}; ${fix}`);
  return undefined;
}

async function readLedger(
  { ledger: file, format }: Pick<Options, "ledger" | "format">,
  deps: EvaluateDeps,
): Promise<LedgerFile | undefined> {
  try {
    const chunks = textOf(file === "-" ? deps.stdin : createReadStream(file));
    const read = await readLedgerFile(chunks, { ...deps, format: format as Format });
    if (!isFaults(read)) return read;
    for (const { line, column, field, value, message } of read)
      deps.complain(`${file}:${line}:${column}: ${field}${value === "" ? "" : ` is "${value}"`}: ${message}`);
    return undefined;
  } catch (error) {
    return void deps.complain(`surety: ${file}: ${(error as Error).message}`);
  }
}
const isFaults = (read: LedgerFile | readonly FileFault[]): read is readonly FileFault[] => Array.isArray(read);

async function* textOf(chunks: AsyncIterable<string | Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const chunk of chunks) yield typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
