import type { CustomerId } from "../../core/ids.ts";
import type { Store, Tx } from "../../store/contract.ts";
import type { ActivitySource } from "../contract-event.ts";
import {
  CUSTOMER_STATES,
  type CoverageRow,
  type CoverageSummary,
  type CustomersDoor,
  type CustomerState,
  type FeedWire,
} from "./contract.ts";
import { customerState, deskFeedState, GAPS_MAX, lookAtFeed, RHYTHM_DAYS } from "./decide-coverage.ts";
import {
  type FeedRow,
  feedHours,
  feedRows,
  followedUntil,
  lastOfFeeds,
  followFeeds,
  forgetHours,
  readings,
  type ReadingRow,
} from "./store-feeds.ts";

/** Rounds of following in one run of the job; the next run goes on. */
const ROUNDS_MAX = 200;

/** Brings the ledger of feeds up to what is stored. */
export async function followStream(deps: { readonly store: Store }, now: Temporal.Instant): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) if (!(await deps.store.inTransaction(followFeeds))) break;
  await deps.store.inTransaction((tx) => forgetHours(tx, now));
}

type Ask = { readonly now: Temporal.Instant; readonly customers?: readonly CustomerId[] | undefined };
const hourOf = (at: Temporal.Instant): number => Math.floor(at.epochMilliseconds / 3_600_000);
const hourText = (hour: number): string => Temporal.Instant.fromEpochMilliseconds(hour * 3_600_000).toString();

/** Every feed of these customers (or of all, and of nobody), by customer; nobody is "-". */
async function feedsBy(tx: Tx, { now, customers }: Ask): Promise<ReadonlyMap<string, readonly FeedWire[]>> {
  const since = now.subtract({ hours: RHYTHM_DAYS * 24 });
  const [rows, hours, read] = [
    await feedRows(tx, customers),
    await feedHours(tx, { since, customers }),
    await readings(tx, { since, tenants: customers }),
  ];
  const told = new Map(hours.map((row) => [`${row.customerId}|${row.source}|${row.feed}`, row.hours]));
  const deskLast = await lastOfFeeds(tx);
  const reading = new Map(read.map((row) => [`${row.feed}|${row.tenant}`, row]));
  const wire = (row: FeedRow): FeedWire => {
    const look = lookAtFeed(told.get(`${row.customerId}|${row.source}|${row.feed}`) ?? [], hourOf(now));
    const pulled = reading.get(`${row.feed}|${row.customerId}`) ?? reading.get(`${row.feed}|-`);
    const isLive = row.feed !== "file";
    const desk = row.feed.startsWith("sync:") ? (deskLast.get(row.feed) ?? row.lastReceived) : undefined;
    return {
      source: row.source as ActivitySource,
      feed: row.feed,
      state: desk === undefined ? (isLive ? stateOf(look.state, pulled, now) : "unknown") : deskFeedState(desk, now),
      firstAt: row.firstAt.toString(),
      lastAt: row.lastAt.toString(),
      lastReceived: row.lastReceived.toString(),
      events: row.events.toString(),
      lagSeconds: row.lagSeconds,
      usualHours: desk === undefined ? (look.usualHours ?? null) : null,
      gaps: isLive && desk === undefined ? gapsOf(look.gaps, pulled) : [],
    };
  };
  return Map.groupBy(rows, ({ customerId }) => customerId as string)
    .entries()
    .reduce((all, [id, ofOne]) => all.set(id, ofOne.map(wire)), new Map<string, readonly FeedWire[]>());
}

/** A pull that has read lately is on time even when there was nothing to read. */
const READ_HOURS_MAX = 3;
function stateOf(state: FeedWire["state"], pulled: ReadingRow | undefined, now: Temporal.Instant): FeedWire["state"] {
  if (pulled === undefined) return state;
  const unreadHours = (now.epochMilliseconds - pulled.lastReadAt.epochMilliseconds) / 3_600_000;
  if (unreadHours <= READ_HOURS_MAX) return "on-time";
  return unreadHours > 24 ? "stopped" : "late";
}

/** What was not read is a gap for certain; a silence is one only where nobody looked. */
function gapsOf(
  silent: readonly { readonly fromHour: number; readonly untilHour: number | undefined }[],
  pulled: ReadingRow | undefined,
): FeedWire["gaps"] {
  if (pulled !== undefined)
    return pulled.unread
      .slice(-GAPS_MAX)
      .map(({ from, until }) => ({ from: iso(from), until: iso(until), kind: "unread" as const }))
      .reverse();
  return silent.map(({ fromHour, untilHour }) => ({
    from: hourText(fromHour),
    until: untilHour === undefined ? null : hourText(untilHour),
    kind: "silent" as const,
  }));
}
const iso = (text: string): string => Temporal.Instant.from(text).toString();

/** Who tells what: customers without any feed first, then the worse before the better, then by name. */
export async function coverageRows(
  tx: Tx,
  deps: CustomersDoor,
  ask: { readonly now: Temporal.Instant; readonly state?: CustomerState | undefined; readonly q?: string | undefined },
): Promise<readonly CoverageRow[]> {
  const ids = await deps.allCustomerIds(tx);
  const [names, feeds] = [await deps.customersByIds(tx, ids), await feedsBy(tx, { now: ask.now })];
  const rows = ids.map((id) => {
    const ofOne = feeds.get(id) ?? [];
    return { customer: { id, name: names.get(id)?.name ?? id }, state: customerState(ofOne), feeds: [...ofOne] };
  });
  const q = ask.q?.toLowerCase();
  return rows
    .filter(({ state }) => ask.state === undefined || state === ask.state)
    .filter(({ customer }) => q === undefined || customer.name.toLowerCase().includes(q) || customer.id.startsWith(q))
    .sort(
      (a, b) =>
        CUSTOMER_STATES.indexOf(a.state) - CUSTOMER_STATES.indexOf(b.state) ||
        a.customer.name.localeCompare(b.customer.name),
    );
}

/** One customer's feeds. */
export async function coverageOf(
  tx: Tx,
  deps: CustomersDoor,
  ask: { readonly customerId: CustomerId; readonly now: Temporal.Instant },
): Promise<CoverageRow> {
  const feeds = (await feedsBy(tx, { now: ask.now, customers: [ask.customerId] })).get(ask.customerId) ?? [];
  const name = (await deps.customersByIds(tx, [ask.customerId])).get(ask.customerId)?.name ?? ask.customerId;
  return { customer: { id: ask.customerId, name }, state: customerState(feeds), feeds: [...feeds] };
}

/** Events of nobody we know, as a row of their own. */
export async function ownerlessFeeds(tx: Tx, now: Temporal.Instant): Promise<readonly FeedWire[]> {
  return (await feedsBy(tx, { now, customers: ["-" as CustomerId] })).get("-") ?? [];
}

/** The page's figures. */
export async function coverageSummary(tx: Tx, deps: CustomersDoor, now: Temporal.Instant): Promise<CoverageSummary> {
  const rows = await coverageRows(tx, deps, { now });
  const feeds = await feedRows(tx);
  const sum = (those: readonly FeedRow[]) => those.reduce((all, { events }) => all + events, 0n).toString();
  return {
    customers: rows.length,
    byState: Object.fromEntries(
      CUSTOMER_STATES.map((state) => [state, rows.filter((row) => row.state === state).length]),
    ) as CoverageSummary["byState"],
    ownerless: sum(feeds.filter(({ customerId }) => customerId === "-")),
    unknown: sum(feeds.filter(({ source }) => source === "unknown")),
    followedUntil: (await followedUntil(tx))?.toString() ?? null,
  };
}
