import type { Readable } from "node:stream";
import { type Command, InvalidArgumentError } from "commander";
import { type CustomerId, guid } from "../../core/ids.ts";
import type { Result } from "../../core/result.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { FileAsk, FileProgress, FileReport } from "./import-file.ts";

export type ImportOptions = { readonly customer?: CustomerId; readonly json: boolean };

/** What the command needs of the world around it. */
export type ImportWorld = {
  readonly take: (ask: Omit<FileAsk, "actor">) => Promise<Result<FileReport, Refusal>>;
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
  /** Whether what is complained about is seen on a terminal at once. */
  readonly isTerminal: boolean;
  readonly monotonicMs: () => number;
  readonly stdin?: Readable;
};

const customer = (text: string): CustomerId => {
  const id = guid(text);
  if (id === undefined) throw new InvalidArgumentError("must be a customer tenant id (GUID)");
  return id as CustomerId;
};

/** Adds `surety activity import FILE…`. Exit code 1 when lines were refused, 2 when a file cannot be read. */
export function importCommand(
  activity: Command,
  run: (files: readonly string[], options: ImportOptions) => Promise<number>,
): void {
  activity
    .command("import")
    .description(
      "take in files of records: NDJSON, JSON lists, CSV exports of the audit log; .gz, .zst, .br; - is standard input",
    )
    .argument("<files...>")
    .option("--customer <id>", "whose records are that name no tenant and no subscription", customer)
    .option("--json", "print JSON", false)
    .action(
      async (files: readonly string[], options: ImportOptions) => void (process.exitCode = await run(files, options)),
    );
}

/** Takes files one after the other and tells how it goes. */
export async function importFiles(
  world: ImportWorld,
  files: readonly string[],
  options: ImportOptions,
): Promise<number> {
  let worst = 0;
  const reports: object[] = [];
  for (const path of files) {
    const tell = teller(world, path);
    const done = await world.take({ path, customer: options.customer, stdin: world.stdin, onProgress: tell.progress });
    tell.end();
    if (!done.ok) {
      worst = 2;
      reports.push({ file: path, ok: false, refusal: done.error });
      world.complain(`refused (${done.error.code}): ${done.error.detail}`);
      continue;
    }
    const { lines, ...counts } = done.value;
    if (counts.refused > 0) worst = Math.max(worst, 1);
    reports.push({ file: path, ok: true, ...done.value });
    if (options.json) continue;
    for (const { line, code, message, fix } of lines) world.complain(`${path}:${line}: ${message} (${code}); ${fix}`);
    if (counts.linesLeftOut > 0) world.complain(`${path}: ${counts.linesLeftOut} more lines were refused`);
    world.write(`${summary(path, done.value)}\n`);
  }
  if (options.json) world.write(`${JSON.stringify({ files: reports })}\n`);
  return worst;
}

const count = (n: number): string => n.toLocaleString("en-US");
const summary = (path: string, one: FileReport): string =>
  [
    `${path}: ${count(one.received)} records, ${count(one.fresh)} new, ${count(one.repeated)} known already, ${count(one.refused)} refused`,
    ...(one.isRepeat ? ["taken in before, nothing was done"] : []),
    ...(!one.isRepeat && one.resumedAt > 0 ? [`went on after ${count(one.resumedAt)} lines`] : []),
    ...(one.unknown > 0 ? [`${count(one.unknown)} in a shape nobody here knows, kept as they came`] : []),
    ...(one.nobodys > 0 ? [`${count(one.nobodys)} of no customer of ours`] : []),
  ].join("; ");

const BAR = 24;
const LINE_EVERY_MS = 1_000;
const BAR_EVERY_MS = 100;

/** A bar that moves on a terminal; elsewhere a line a second. */
function teller({ complain, isTerminal, monotonicMs }: ImportWorld, path: string) {
  const began = monotonicMs();
  let last = began;
  let isOpen = false;
  return {
    progress: ({ bytesRead, bytesTotal, records, refused }: FileProgress): void => {
      const now = monotonicMs();
      if (now - last < (isTerminal ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
      last = now;
      const rate = Math.round((records * 1_000) / Math.max(1, now - began));
      const said = `${count(records)} records, ${count(rate)}/s${refused > 0 ? `, ${count(refused)} refused` : ""}`;
      const share = bytesTotal === undefined || bytesTotal === 0 ? undefined : Math.min(1, bytesRead / bytesTotal);
      const percent = share === undefined ? "" : `${Math.floor(share * 100)} % `;
      if (!isTerminal) return complain(`${path}: ${percent}${said}`);
      const filled = Math.round((share ?? 0) * BAR);
      isOpen = true;
      process.stderr.write(`\r\u001b[K[${"#".repeat(filled)}${" ".repeat(BAR - filled)}] ${percent}${said}`);
    },
    end: (): void => {
      if (isOpen) process.stderr.write("\r\u001b[K");
    },
  };
}
