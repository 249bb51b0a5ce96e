import type { RawBuilder } from "kysely";
import type { Store, Tx } from "../../store/contract.ts";
import { bucketSeconds, firstSlice, nextWidth, type Place, sliceBefore, type Span } from "./decide-search.ts";
import type { ListedRow } from "./store-read.ts";
import { type BucketRow, countedRows, withinTime } from "./store-search.ts";

/** Longest that one slice may take before it is made narrower. */
const SLICE_MILLISECONDS_MAX = 1_500;

type Where = RawBuilder<unknown>;
export type Sliced = {
  readonly store: Store;
  readonly span: Span;
  /** How long all slices may take. */
  readonly budgetMs: number;
  /** Milliseconds since the search began; a test tells its own. */
  readonly elapsed?: (() => number) | undefined;
};

/**
 * Goes through a stretch in slices of time, newest first, until `take` says it has enough, the stretch or the time is over. Slices grow while
 * they are quick and shrink when PostgreSQL stops one, so a rare value in a large table costs no more than it must and always gets somewhere.
 * Returns down to where it came; the beginning of the stretch when it saw all.
 */
export async function inSlices<T>(
  { store, span, budgetMs, elapsed: told }: Sliced,
  read: (tx: Tx, slice: Span) => Promise<T>,
  take: (found: T) => boolean,
): Promise<Temporal.Instant> {
  const start = performance.now();
  const elapsed = told ?? (() => performance.now() - start);
  let slice = firstSlice(span);
  for (;;) {
    const left = budgetMs - elapsed();
    if (left <= 0) return slice.until;
    const begun = performance.now();
    const width = slice.until.epochMilliseconds - slice.from.epochMilliseconds;
    const found = await withinTime(store, Math.min(left, SLICE_MILLISECONDS_MAX), (tx) => read(tx, slice));
    if (found !== undefined && take(found)) return slice.from;
    const until = found === undefined ? slice.until : slice.from;
    if (Temporal.Instant.compare(until, span.from) <= 0) return span.from;
    slice = sliceBefore(span, until, nextWidth(width, found === undefined ? undefined : performance.now() - begun));
  }
}

export type Found<R> = {
  readonly rows: readonly R[];
  /** Where the next page begins; undefined at the end. */
  readonly next: Place | undefined;
  /** The time was over before the page was full. */
  readonly searchedBack: Temporal.Instant | undefined;
};

/** One page of rows, newest first. */
export async function searchPage<R extends ListedRow>(
  at: Sliced,
  ask: {
    readonly where: Where;
    readonly before: Place | undefined;
    readonly limit: number;
    readonly read: (
      tx: Tx,
      ask: { slice: Span; where: Where; before: Place | undefined; limit: number },
    ) => Promise<readonly R[]>;
  },
): Promise<Found<R>> {
  const { where, before, limit, read } = ask;
  // A page goes on where the last one ended; a microsecond is the finest the table tells.
  const until = before === undefined ? at.span.until : earlier(before.at.add({ microseconds: 1 }), at.span.until);
  const span = { from: at.span.from, until };
  if (Temporal.Instant.compare(span.from, span.until) >= 0)
    return { rows: [], next: undefined, searchedBack: undefined };
  const rows: R[] = [];
  const back = await inSlices(
    { ...at, span },
    (tx, slice) => read(tx, { slice, where, before, limit: limit + 1 - rows.length }),
    (found) => {
      rows.push(...found);
      return rows.length > limit;
    },
  );
  const last = rows[limit - 1];
  if (rows.length > limit && last !== undefined)
    return { rows: rows.slice(0, limit), next: { at: last.at, position: last.position }, searchedBack: undefined };
  const isWhole = Temporal.Instant.compare(back, span.from) <= 0;
  if (isWhole) return { rows, next: undefined, searchedBack: undefined };
  // Positions begin at 1: nothing of this very moment is skipped.
  return { rows, next: { at: back, position: 0n }, searchedBack: back };
}
const earlier = (a: Temporal.Instant, b: Temporal.Instant) => (Temporal.Instant.compare(a, b) < 0 ? a : b);

export type Histogram = {
  readonly seconds: number;
  readonly buckets: readonly { readonly at: Temporal.Instant; readonly count: number; readonly failures: number }[];
  readonly total: number;
  readonly countedBack: Temporal.Instant | undefined;
};

/** Events per bucket of the whole stretch, as far back as the time allows. */
export async function histogram(at: Sliced, where: Where): Promise<Histogram> {
  const seconds = bucketSeconds(at.span);
  const counts = new Map<bigint, { count: number; failures: number }>();
  const take = (rows: readonly BucketRow[]): boolean => {
    for (const { bucket, count, failures } of rows) {
      const known = counts.get(bucket) ?? { count: 0, failures: 0 };
      counts.set(bucket, { count: known.count + Number(count), failures: known.failures + Number(failures) });
    }
    return false;
  };
  const back = await inSlices(at, (tx, slice) => countedRows(tx, { slice, where, seconds }), take);
  const buckets = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([bucket, count]) => ({
      at: Temporal.Instant.fromEpochMilliseconds(Number(bucket) * seconds * 1_000),
      ...count,
    }));
  return {
    seconds,
    buckets,
    total: buckets.reduce((sum, { count }) => sum + count, 0),
    countedBack: Temporal.Instant.compare(back, at.span.from) <= 0 ? undefined : back,
  };
}
