import { createReadStream, createWriteStream, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { reportJson, reportText } from "./activity/rules-import/report.ts";
import { readRuleFiles } from "./activity/sigma/read-files.ts";
import type { BankFileOptions, ImportOptions } from "./cli/program.ts";
import { trainJson, type TrainOptions, trainReport } from "./collections/prediction/commands.ts";
import { learnFromLedger } from "./collections/prediction/service.ts";
import type { Refusal } from "./core/refusal.ts";
import { openApi } from "./http/openapi.ts";
import { takeBankFile } from "./main-bank.ts";
import { modeOf, openDatabase } from "./main-database.ts";
import { type Desk, openDesk } from "./main-desk.ts";
import { importFile as takeFile, type MappingChange } from "./receivables/import-file.ts";
import type { Settings } from "./settings.ts";
import { type ChainReport, exportChain, verifyChain, verifyExport } from "./store/audit.ts";
import type { Actor } from "./store/contract.ts";
import { FEEDS, type Feed } from "./sync/contract.ts";
import { syncAll } from "./sync/service.ts";

type Command = { readonly settings: Settings; readonly version: string };

/** What a person at the command line is in the event log: the account of the machine. */
const shell = (): Actor => ({
  kind: "machine",
  id: "command-line",
  name: `${userInfo().username} at the command line`,
});

const print = (json: boolean, value: unknown, text: string): void => console.log(json ? JSON.stringify(value) : text);

/** Opens the desk's data for one command beside a desk that may be running; the server stays for whoever still uses it. */
export async function withDesk<T>({ settings, version }: Command, work: (desk: Desk) => Promise<T>): Promise<T> {
  const database = await openDatabase(settings, () => {});
  try {
    const mode = modeOf(settings);
    const connection = await database.connectionOf(mode);
    const desk = await openDesk({
      settings,
      version,
      connection,
      mode,
      baseUrl: () => settings.baseUrl ?? `http://localhost:${settings.port}`,
    });
    try {
      return await work(desk);
    } finally {
      await desk.close();
    }
  } finally {
    await database.stop();
  }
}

const refusedLine = (refusal: Refusal): string =>
  [
    `refused (${refusal.code}): ${refusal.detail}`,
    ...(refusal.fields ?? []).map((one) => `  ${one.field} is ${one.value}: ${one.fix}`),
  ].join("\n");

/** A new sign-in link: the old one stops working. */
export const link = (command: Command, { json }: { readonly json: boolean }): Promise<number> =>
  withDesk(command, async (desk) => {
    const url = await desk.link();
    print(
      json,
      { link: url ?? null },
      url ?? "People have signed up already: sign in, or let a Global admin invite you.",
    );
    return url === undefined ? 1 : 0;
  });

/** Imports a file from start to end and prints its report. Exit code 1 when it was refused. */
export const importFile = (
  command: Command,
  { file, mapping, ...options }: ImportOptions & { readonly file: string },
): Promise<number> =>
  withDesk(command, async ({ slices }) => {
    const given = mapping === undefined ? {} : (JSON.parse(readFileSync(mapping, "utf8")) as MappingChange);
    const done = await takeFile(
      {
        source: { path: file },
        kind: options.kind,
        mode: options.resumable ? "resumable" : "all-or-nothing",
        dryRun: options.dryRun,
        actor: shell(),
        mapping: {
          ...given,
          ...(options.currency !== undefined && { currency: options.currency }),
          ...(options.createCustomers && { unknownCustomers: "create" }),
        },
      },
      slices.importDeps,
    );
    if (!done.ok) {
      print(options.json, { ok: false, refusal: done.error }, refusedLine(done.error));
      return 1;
    }
    const { state, totals, problems } = done.value;
    const sums = (totals?.currencies ?? []).map((one) => `  ${one.currency}: ${one.rows} rows`).join("\n");
    print(
      options.json,
      { ok: true, import: done.value },
      [`${options.dryRun ? "would import" : state}: ${totals?.rows ?? 0} rows, ${problems.length} problems`, sums]
        .filter(Boolean)
        .join("\n"),
    );
    return 0;
  });

/** Takes a bank's file in and prints what became of it. Exit code 1 when it was refused. */
export const bankFile = (
  command: Command,
  { file, ...options }: BankFileOptions & { readonly file: string },
): Promise<number> =>
  withDesk(command, ({ slices }) => takeBankFile(file, options, { deps: slices.importDeps, actor: shell() }));

/** Takes in Sigma rules of a folder. Exit code 1 when one was refused. */
export const importRules = (
  command: Command,
  { folder, json }: { readonly folder: string; readonly json: boolean },
): Promise<number> =>
  withDesk(command, async ({ slices }) => {
    const by = { author: shell(), why: `imported from ${folder}` };
    const report = await slices.activity.rulesImport.importFolder(readRuleFiles(folder), by);
    print(json, reportJson(report), reportText(report));
    return report.refused.length > 0 ? 1 : 0;
  });

/** Reads feeds from Partner Center now. Exit code 1 when any of them failed. */
export async function syncNow(
  command: Command,
  { feeds, json }: { readonly feeds: readonly string[]; readonly json: boolean },
): Promise<number> {
  const unknown = feeds.find((feed) => !(FEEDS as readonly string[]).includes(feed));
  if (unknown !== undefined) {
    console.error(`surety: there is no feed "${unknown}"; there are ${FEEDS.join(", ")}`);
    return 2;
  }
  return withDesk(command, async ({ slices }) => {
    const outcomes = await syncAll(slices.syncDeps, feeds.length > 0 ? (feeds as readonly Feed[]) : FEEDS);
    const lines = outcomes.map(
      (one) =>
        `${one.feed.padEnd(14)} ${one.kind}${one.kind === "failed" ? `: ${one.problem.detail} (${one.problem.advice}, correlation ${one.problem.correlationId})` : ""}`,
    );
    print(json, outcomes, lines.join("\n"));
    return outcomes.some((one) => one.kind === "failed") ? 1 : 0;
  });
}

/** Recomputes the chain, in the database or in an exported file, and names the first broken row. */
export async function auditVerify(
  command: Command,
  { json, file }: { readonly json: boolean; readonly file?: string },
): Promise<number> {
  const report: ChainReport =
    file === undefined
      ? await withDesk(command, ({ store }) => verifyChain(store.db))
      : await verifyExport(createInterface({ input: createReadStream(file) }));
  const text = report.ok
    ? `the chain of ${report.rows} events is whole; its last hash is ${report.lastHash}`
    : `the chain is broken at event ${report.brokenSeq}: ${report.why} (${report.rows} events before it are whole)`;
  print(json, report, text);
  return report.ok ? 0 : 1;
}

/** Writes the event log so that anyone can verify it without this desk. */
export const auditExport = (command: Command, { out }: { readonly out: string }): Promise<number> =>
  withDesk(command, async ({ store }) => {
    await pipeline(
      Readable.from(exportChain(store.db)),
      out === "-" ? process.stdout : createWriteStream(out, { mode: 0o600 }),
      { end: out !== "-" },
    );
    return 0;
  });

/** Learns from the ledger how customers pay, or only judges. Exit code 1 when there was too little. */
export const trainNow = (command: Command, options: TrainOptions): Promise<number> =>
  withDesk(command, async ({ slices }) => {
    const now = Temporal.Now.instant();
    const asOf = options.asOf ?? now.toZonedDateTimeISO("UTC").toPlainDate();
    const learnt = await learnFromLedger(slices.collections.prediction, {
      asOf,
      actor: shell(),
      now,
      evaluateOnly: options.evaluateOnly,
    });
    const { lines, code } = trainReport(learnt);
    print(options.json, trainJson(learnt), lines.join("\n"));
    return code;
  });

export const openApiText = (command: Command): Promise<number> =>
  withDesk(command, async ({ routes }) => {
    console.log(JSON.stringify(openApi(routes, command.version), null, 2));
    return 0;
  });
