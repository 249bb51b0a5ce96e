import { instantOf, msOf, utcDay } from "../kernel/clock.ts";
import { fractionOf } from "../kernel/ids.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { backgroundOf } from "./background.ts";
import { type ActivityRow, type FeedName, feedOf } from "./records.ts";

/** What can be made odd about the lists. */
export const ACTIVITY_TRICKS = {
  repeat: "records of the page before come again at the head of the next",
  unordered: "records in no order",
  "empty-page": "an empty page with a link to the next between two full ones",
} as const;
export type ActivityTrick = keyof typeof ACTIVITY_TRICKS;

/** Why a customer's logs cannot be read. */
export const ACCESS_STATES = ["ok", "no-licence", "no-consent", "gone", "audit-off"] as const;
export type AccessState = (typeof ACCESS_STATES)[number];

type ActivitySettings = {
  readonly tricks: readonly ActivityTrick[];
  readonly access: Readonly<Record<string, AccessState>>;
  /** Management Activity API: content types that a tenant has subscribed to. */
  readonly subscribed: Readonly<Record<string, readonly string[]>>;
};
const NONE: ActivitySettings = { tricks: [], access: {}, subscribed: {} };

export const activitySettings = (sim: Sim): ActivitySettings => ({
  ...NONE,
  ...(sim.tables.meta.get("activity")?.value as Partial<ActivitySettings> | undefined),
});
export const changeActivitySettings = (sim: Sim, changes: Partial<ActivitySettings>): void =>
  sim.tables.meta.put({ key: "activity", value: { ...activitySettings(sim), ...changes } });

/** About one customer in six has no premium licence, so its sign-ins cannot be read; one in twenty never agreed. */
export function accessOf(sim: Sim, customer: CustomerRow): AccessState {
  const told = activitySettings(sim).access[customer.id];
  if (told !== undefined) return told;
  const chance = fractionOf(sim.settings().seed, customer.key, "licence");
  return chance < 0.05 ? "no-consent" : chance < 0.2 ? "no-licence" : "ok";
}

export type Wanted = {
  readonly customer: CustomerRow;
  readonly feed: FeedName;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  /** By when the interface got it, as the Management Activity API counts, and not by when it happened. */
  readonly byArrival?: boolean;
};

/** Records of a feed that are to be seen now, oldest first; both ends belong to it. */
export function recordsOf(
  sim: Sim,
  { customer, feed, from, until, byArrival = false }: Wanted,
): readonly ActivityRow[] {
  const nowMs = sim.clock.now().epochMilliseconds;
  const [fromMs, untilMs] = [from.epochMilliseconds, Math.min(until.epochMilliseconds, nowMs)];
  const key = (row: ActivityRow): number => msOf(byArrival ? row.shownAt : row.at);
  const background: ActivityRow[] = [];
  // What arrives today may have happened yesterday.
  const firstDay = utcDay(byArrival ? from.subtract({ hours: 24 }) : from);
  for (let day = firstDay; Temporal.PlainDate.compare(day, utcDay(until)) <= 0; day = day.add({ days: 1 }))
    background.push(...backgroundOf(sim, customer, day));
  return [...background, ...sim.tables.activity.where("customer", customer.id)]
    .filter(
      (row) => feedOf(row.facts) === feed && msOf(row.shownAt) <= nowMs && key(row) >= fromMs && key(row) <= untilMs,
    )
    .toSorted((a, b) => key(a) - key(b) || (a.id < b.id ? -1 : 1));
}

export type ActivityPage = { readonly rows: readonly ActivityRow[]; readonly next: string | undefined };

/** How many records a page repeats from the one before, under the trick. */
const REPEATED = 3;

/** One page and the mark of the next, with whatever is odd about them. */
export function pageOf(
  sim: Sim,
  rows: readonly ActivityRow[],
  { mark, size }: { readonly mark: string | undefined; readonly size: number },
): ActivityPage {
  const { tricks } = activitySettings(sim);
  const [from = 0, emptied = 0] = (mark === undefined ? "" : Buffer.from(mark, "base64url").toString())
    .split(".")
    .map(Number);
  const markOf = (place: number, empty: number): string => Buffer.from(`${place}.${empty}`).toString("base64url");
  if (tricks.includes("empty-page") && from > 0 && emptied === 0) return { rows: [], next: markOf(from, 1) };
  const ordered = tricks.includes("unordered") ? rows.toSorted((a, b) => fractionOf(a.id) - fractionOf(b.id)) : rows;
  const start = tricks.includes("repeat") ? Math.max(0, from - REPEATED) : from;
  const end = from + size;
  return { rows: ordered.slice(start, end), next: end < ordered.length ? markOf(end, 0) : undefined };
}

/** An instant in a filter or query; undefined when it is none. */
export function instantIn(text: string | undefined): Temporal.Instant | undefined {
  if (text === undefined) return undefined;
  try {
    return instantOf(/(Z|[+-]\d\d:\d\d)$/i.test(text) ? text : `${text}${text.includes("T") ? "" : "T00:00:00"}Z`);
  } catch {
    return undefined;
  }
}
