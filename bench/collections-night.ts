import { toHistory } from "../src/collections/decide-history.ts";
import { ladderState, prepare } from "../src/collections/ladder/decide-ladder.ts";
import { policyOf, tells } from "../src/collections/ladder/testing.ts";
import { readLedger } from "../src/receivables/store-ledger.ts";
import { type Connection, openStore } from "../src/store/database.ts";

/** What one night took; printed as JSON for `collections.ts`, which runs this file as a process of its own. */
export type NightReport = {
  readonly ms: number;
  readonly idleMiB: number;
  readonly peakMiB: number;
  readonly accounts: number;
  readonly overdue: number;
  readonly parts: readonly { readonly name: string; readonly ms: number }[];
};

/** A ladder as resellers have it: four steps, the last with effects. */
const STEPS = [
  { id: "friendly", daysPastDue: 3, tell: tells("reminder"), noticeDays: 5 },
  { id: "firm", daysPastDue: 14, tell: tells("firm"), noticeDays: 7, effects: ["freeze-purchases"] },
  { id: "last", daysPastDue: 30, tell: tells("last"), noticeDays: 10, effects: ["auto-renew-off"] },
  { id: "suspend", daysPastDue: 45, effects: ["suspend-seats"], approve: "two" },
] as const;
const MIB = 1_048_576;

async function night(connection: Connection): Promise<NightReport> {
  const store = openStore(connection);
  await store.pool.query("select 1");
  const idleMiB = process.memoryUsage.rss() / MIB;
  const prepared = prepare(policyOf(STEPS));
  const day = Temporal.Now.plainDateISO("UTC");
  const began = performance.now();
  let [accounts, overdue, readMs] = [0, 0, 0];
  let waited = performance.now();
  for await (const ledger of readLedger(store.db, { depth: "open", asOf: day })) {
    readMs += performance.now() - waited;
    const history = toHistory(ledger, {
      customer: undefined,
      contacts: undefined,
      notices: [],
      holds: [],
      promises: [],
      effects: [],
      zone: "UTC",
    });
    const state = ladderState(history, prepared, day);
    accounts += 1;
    if (state.carrying !== undefined) overdue += 1;
    waited = performance.now();
  }
  const ms = performance.now() - began;
  await store.close();
  const peakMiB = process.resourceUsage().maxRSS / 1_024;
  return {
    ms,
    idleMiB,
    peakMiB,
    accounts,
    overdue,
    parts: [
      { name: "reading the ledger", ms: readMs },
      { name: "the ladder", ms: ms - readMs },
    ],
  };
}

console.log(JSON.stringify(await night(JSON.parse(process.argv[2] ?? "{}") as Connection)));
