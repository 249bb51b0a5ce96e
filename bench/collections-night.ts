import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHistory } from "../src/collections/decide-history.ts";
import { ladderState, prepare } from "../src/collections/ladder/decide-ladder.ts";
import { policyOf } from "../src/collections/ladder/testing.ts";
import { learnFromLedger } from "../src/collections/prediction/service.ts";
import { runDay } from "../src/collections/service-run.ts";
import { type Desk, openDesk } from "../src/main-desk.ts";
import { readLedger } from "../src/receivables/store-ledger.ts";
import { readSettings } from "../src/settings.ts";
import { SURETY } from "../src/store/contract.ts";
import type { Connection } from "../src/store/database.ts";
import { processes, treeOf, usedMs } from "./memory.ts";

/** What one night took; printed as JSON for `collections.ts`, which runs this file as a process of its own. */
export type NightReport = {
  readonly ms: number;
  /** Processor time of the desk and of PostgreSQL: what the machine did, however busy it was with other things. */
  readonly cpuMs: number;
  readonly idleMiB: number;
  readonly peakMiB: number;
  readonly accounts: number;
  readonly overdue: number;
  readonly scored: number;
};
/** What a process is asked: the desk's run, its reading and ladder alone, or the weekly learning. */
export type NightTask = "run" | "ladder" | "learn";

/**
 * A ladder of four steps. They tell nothing: on most nights most accounts have nothing new to be told, and what the desk does for
 * one that has (letter, claims, events, a transaction of its own) is no part of looking at all of them.
 */
const STEPS = [
  { id: "friendly", daysPastDue: 3, minimumOverdue: { SEK: "100.00" } },
  { id: "firm", daysPastDue: 14, when: "overdue > 500" },
  { id: "last", daysPastDue: 30 },
  { id: "agency", daysPastDue: 60, when: 'customer.country == "SE" && overdue > 1000' },
] as const;
const MIB = 1_048_576;
const version = policyOf(STEPS);
const noon = Temporal.Now.plainDateISO("UTC").toZonedDateTime({ timeZone: "UTC", plainTime: "12:00" }).toInstant();
const today = noon.toZonedDateTimeISO("UTC").toPlainDate();

type Looked = { readonly accounts: number; readonly overdue: number; readonly scored: number };

/** The desk's own run over all accounts: facts, ladder, chance, state rows. */
async function run({ slices, store }: Desk, began: () => void): Promise<Looked> {
  const { deps } = slices.collections;
  const night = (now: Temporal.Instant) =>
    runDay({ ...deps, clock: { now: () => now }, policiesOn: () => Promise.resolve([version]) });
  // The night before: what is overdue says something else the next day, what is not says the same.
  await store.pool.query("truncate collections_run, collections_state");
  await night(noon.subtract({ hours: 24 }));
  began();
  const { accounts } = await night(noon);
  const counted = await store.pool.query<{ overdue: bigint; scored: bigint }>(
    "select count(*) filter (where is_overdue) as overdue, count(*) filter (where chance_bps is not null) as scored from collections_state",
  );
  return { accounts, overdue: Number(counted.rows[0]?.overdue), scored: Number(counted.rows[0]?.scored) };
}

/** Reading the ledger and the ladder alone: nothing else is known of an account, nothing is kept. */
async function ladder({ store }: Desk): Promise<Looked> {
  const prepared = prepare(version);
  const nothing = {
    customer: undefined,
    firstInvoiceOn: undefined,
    contacts: undefined,
    notices: [],
    holds: [],
    promises: [],
    effects: [],
    zone: "UTC",
  };
  let [accounts, overdue] = [0, 0];
  for await (const ledger of readLedger(store.db, { depth: "open", asOf: today })) {
    accounts += 1;
    if (ladderState(toHistory(ledger, nothing), prepared, today).carrying !== undefined) overdue += 1;
  }
  return { accounts, overdue, scored: 0 };
}

/** The weekly learning, which also keeps every account's habits. */
async function teach({ slices, store }: Desk): Promise<Looked> {
  const learnt = await learnFromLedger(slices.collections.prediction, { asOf: today, actor: SURETY, now: noon });
  // The newest months of an invented ledger are not like its past, and such a model is rightly left out. Here the time counts, not the chance.
  await store.pool.query(
    "update prediction_model set state = 'in-use' where kind = 'paid' and model_no = (select max(model_no) from prediction_model where kind = 'paid') and not exists (select 1 from prediction_model where kind = 'paid' and state = 'in-use')",
  );
  return { accounts: learnt.filter(({ outcome }) => outcome.ok).length, overdue: 0, scored: 0 };
}

const TASKS: Readonly<Record<NightTask, (desk: Desk, began: () => void) => Promise<Looked>>> = {
  run,
  ladder,
  learn: teach,
};

async function measured(connection: Connection, task: NightTask): Promise<NightReport> {
  const data = mkdtempSync(join(tmpdir(), "surety-bench-night-"));
  try {
    const settings = readSettings({ SURETY_DATA: data, SURETY_LOG: "error", SURETY_DEMO: "0" });
    if (!settings.ok) throw new Error(settings.error);
    const desk = await openDesk({
      settings: settings.value,
      version: "bench",
      connection,
      mode: "live",
      baseUrl: () => "http://localhost:0",
    });
    await desk.store.pool.query("select 1");
    const idleMiB = process.memoryUsage.rss() / MIB;
    const folder =
      (await desk.store.pool.query<{ data_directory: string }>("show data_directory")).rows[0]?.data_directory ?? "";
    const postmaster = Number(readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n")[0]);
    const used = () =>
      usedMs(treeOf(processes(), postmaster)) + process.cpuUsage().user / 1_000 + process.cpuUsage().system / 1_000;
    let usedBefore = used();
    let began = performance.now();
    // A task that has to prepare says when what is measured begins.
    const looked = await TASKS[task](desk, () => ([usedBefore, began] = [used(), performance.now()]));
    const ms = performance.now() - began;
    const cpuMs = used() - usedBefore;
    await desk.close();
    return { ms, cpuMs, idleMiB, peakMiB: process.resourceUsage().maxRSS / 1_024, ...looked };
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

const [connection = "{}", task = "run"] = process.argv.slice(2);
console.log(JSON.stringify(await measured(JSON.parse(connection) as Connection, task as NightTask)));
