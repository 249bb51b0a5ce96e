import type { CustomerId } from "../core/ids.ts";
import type { LoggedEvent, Tx } from "../store/contract.ts";
import { cursorOf, moveCursor, readEventsAfter } from "../store/events.ts";
import type { CollectionsDeps } from "./deps.ts";
import { followCases } from "./service-case-holds.ts";
import { followPayments } from "./service-payments.ts";
import { markAllDirty, markDirty } from "./store-state.ts";

/** Follows the event log: marks the accounts that something happened to, so that they are looked at at once. */

const READER = "collections";
const EVENTS_A_READ = 1_000;
/** Reads of one run; the rest waits for the next. */
const READS_MAX = 100;

/** Gives how many events were followed. */
export async function followForCollections(deps: CollectionsDeps): Promise<number> {
  let followed = 0;
  for (let read = 0; read < READS_MAX; read++) {
    const count = await deps.store.inTransaction((tx) => followSome(tx, deps));
    followed += count;
    if (count < EVENTS_A_READ) break;
  }
  return followed;
}

async function followSome(tx: Tx, deps: CollectionsDeps): Promise<number> {
  const seq = await cursorOf(tx, READER);
  const events = await readEventsAfter(tx, seq, EVENTS_A_READ);
  const last = events.at(-1);
  if (last === undefined) return 0;
  const now = deps.clock.now();
  const touched = new Set<CustomerId>();
  for (const event of events) for (const id of touchedBy(event)) touched.add(id);
  if (events.some(({ type }) => ALL.some((one) => type.startsWith(one)))) await markAllDirty(tx, now);
  else await markDirty(tx, [...touched], now);
  await moveCursor(tx, READER, last.seq);
  if (events.some(({ type }) => type.startsWith("cases."))) await followCases(tx, deps, now);
  // Last: findings take the chain of events until commit.
  await followPayments(tx, deps, events);
  return events.length;
}

/** What a change of any of these may mean for every account. */
const ALL = ["collections.policy-", "receivables.allocation-policy-", "collections.model-learnt"];
/** What happened to one customer that its ladder may rest on. What the desk itself decided in a look is not among it. */
const ONE = [
  "receivables.",
  "cases.",
  "response.",
  "collections.letter-sent",
  "collections.letter-failed",
  "collections.letter-returned",
  "collections.letter-cancelled",
  "collections.letter-posted",
  "collections.contact-",
  "collections.account-settings-",
];

/** Events of files name many customers at once, in `data.customerIds`. */
function touchedBy({ type, customerId, data }: LoggedEvent): readonly CustomerId[] {
  if (!ONE.some((one) => type.startsWith(one))) return [];
  const named = (data as { readonly customerIds?: unknown } | null)?.customerIds;
  const many = Array.isArray(named) ? named.filter((id): id is CustomerId => typeof id === "string") : [];
  return customerId === null ? many : [customerId, ...many];
}
