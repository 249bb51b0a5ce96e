import type { CountsFor } from "../cases/contract.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Clock } from "../core/time.ts";
import type { Store, Tx } from "../store/contract.ts";
import { cursorOf, moveCursor, readEventsAfter } from "../store/events.ts";
import type { LedgerOnlyCustomer, OnCustomersChanged } from "./contract.ts";
import { saveLedgerCustomers } from "./service-sync.ts";
import { writeCounts } from "./store-list.ts";

const READER = "customers";
const EVENTS_A_READ = 1_000;
/** Reads of one run; the rest waits for the next. */
const READS_MAX = 100;

export type FollowDeps = {
  readonly store: Store;
  readonly clock: Clock;
  /** Open notices and cases per customer; main.ts takes it from `cases`. */
  readonly countsFor: CountsFor;
  /** Customers that exist only in the ledger; main.ts takes it from `receivables`. */
  readonly ledgerCustomers: (tx: Tx) => Promise<readonly LedgerOnlyCustomer[]>;
  readonly onChanged: OnCustomersChanged;
};

/** Follows the event log: keeps the list's counts of notices and cases, and gives customers of the ledger a page. */
export async function followEvents(deps: FollowDeps): Promise<number> {
  let followed = 0;
  for (let read = 0; read < READS_MAX; read++) {
    const count = await deps.store.inTransaction((tx) => followSome(tx, deps));
    followed += count;
    if (count < EVENTS_A_READ) break;
  }
  return followed;
}

async function followSome(tx: Tx, deps: FollowDeps): Promise<number> {
  const seq = await cursorOf(tx, READER);
  const events = await readEventsAfter(tx, seq, EVENTS_A_READ);
  const last = events.at(-1);
  if (last === undefined) return 0;
  const touched = new Set<CustomerId>();
  for (const { type, customerId } of events)
    if (customerId !== null && (type.startsWith("notices.") || type.startsWith("cases."))) touched.add(customerId);
  if (touched.size > 0) await recount(tx, [...touched], deps.countsFor);
  await moveCursor(tx, READER, last.seq);
  if (events.some(({ type }) => type.startsWith("receivables."))) {
    const fresh = await saveLedgerCustomers(tx, await deps.ledgerCustomers(tx), deps.clock.now());
    if (fresh.length > 0) await deps.onChanged(tx, fresh);
  }
  return events.length;
}

async function recount(tx: Tx, ids: readonly CustomerId[], countsFor: CountsFor): Promise<void> {
  const counts = await countsFor(tx, ids);
  await writeCounts(
    tx,
    ids.map((id) => ({
      customer_id: id,
      notices: counts.get(id)?.openNotices ?? 0,
      cases: counts.get(id)?.openCases ?? 0,
    })),
  );
}
