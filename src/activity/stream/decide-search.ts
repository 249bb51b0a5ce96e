import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import { parseInstant } from "../../core/time.ts";
import { DAYS_A_STATEMENT } from "./decide-chunks.ts";
import { SEARCH_DAYS_MAX, SEARCH_HOURS_STANDARD, type SearchFilters } from "./contract.ts";

/** The stretch a search looks through, half-open. */
export type Span = { readonly from: Temporal.Instant; readonly until: Temporal.Instant };

const DAY_HOURS = 24;

/** The stretch that is meant; a search without end reaches a day ahead of now, as far as events can lie. */
export function spanOf(filters: Pick<SearchFilters, "from" | "until">, now: Temporal.Instant): Result<Span, Refusal> {
  const until = filters.until ?? now.add({ hours: DAY_HOURS });
  const from = filters.from ?? (filters.until ?? now).subtract({ hours: SEARCH_HOURS_STANDARD });
  const bad = (field: string, value: string, fix: string) =>
    no("invalid", "stretch-unusable", `the search has no usable stretch of time: ${fix}`, {
      fields: [{ field, value, fix }],
    });
  if (Temporal.Instant.compare(from, until) >= 0)
    return bad("from", from.toString(), `give a "from" before "until" (${until.toString()})`);
  if (until.epochMilliseconds - from.epochMilliseconds > SEARCH_DAYS_MAX * DAY_HOURS * 3_600_000)
    return bad("from", from.toString(), `search at most ${SEARCH_DAYS_MAX} days at once`);
  return ok({ from, until });
}

/** A value as it is to be compared, in lower case. */
export type Wanted = { readonly how: "anywhere" | "beginning" | "whole"; readonly text: string };

/** `"x"`: the whole field; `x*`: its beginning; else anywhere in it. */
export function wantedOf(value: string): Wanted {
  const text = value.toLowerCase();
  if (text.length > 2 && text.startsWith('"') && text.endsWith('"')) return { how: "whole", text: text.slice(1, -1) };
  if (text.length > 1 && text.endsWith("*")) return { how: "beginning", text: text.slice(0, -1) };
  return { how: "anywhere", text };
}

/** A value that finds exactly this field. */
export const exactly = (value: string): string => `"${value}"`;

/** Words of a free text; "a phrase" stays together. */
export const wordsOf = (q: string): readonly string[] =>
  [...q.matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => phrase ?? word ?? "");

/**
 * How a word may stand in a record's JSON text: with its quotes and backslashes escaped, and with its letters beyond ASCII either as they are
 * or as `\u00e5`.
 */
export function writingsOf(word: string): readonly string[] {
  const plain = JSON.stringify(word).slice(1, -1);
  const escaped = plain.replaceAll(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return plain === escaped ? [plain] : [plain, escaped];
}

/** A place in a list, newest first: the next row is older than this. */
export type Place = { readonly at: Temporal.Instant; readonly position: bigint };
export const cursorText = ({ at, position }: Place): string =>
  `${at.toString({ smallestUnit: "microsecond" })}~${position}`;

export function placeOf(cursor: string | undefined): Result<Place | undefined, Refusal> {
  if (cursor === undefined) return ok(undefined);
  const [, time = "", position = ""] = /^([0-9T:.Z-]{10,40})~(\d{1,18})$/.exec(cursor) ?? [];
  const at = parseInstant(time);
  if (position !== "" && at.ok) return ok({ at: at.value, position: BigInt(position) });
  return no("invalid", "cursor-unknown", "use the nextCursor of the page before", {
    fields: [{ field: "cursor", value: cursor, fix: "use the nextCursor of the page before, as it was given" }],
  });
}

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;
/** Widths of a histogram's buckets that a person reads easily. */
const WIDTHS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY, 7 * DAY, 28 * DAY];
const BUCKETS_MAX = 100;

/** The narrowest width that needs no more than a hundred buckets. */
export function bucketSeconds(span: Span): number {
  const seconds = (span.until.epochMilliseconds - span.from.epochMilliseconds) / 1_000;
  return WIDTHS.find((width) => seconds / width <= BUCKETS_MAX) ?? (WIDTHS.at(-1) as number);
}

/** Slices of time that a search takes one after the other, newest first. */
const FIRST_HOURS = 1;
const NARROWEST_MS = 10_000;
/** A slice touches the tables of one more day than it is wide. */
const WIDEST_MS = (DAYS_A_STATEMENT - 1) * DAY * 1_000;
export const firstSlice = (span: Span): Span => sliceBefore(span, span.until, FIRST_HOURS * HOUR * 1_000);
export const sliceBefore = (span: Span, until: Temporal.Instant, milliseconds: number): Span => {
  const from = until.subtract({ milliseconds: Math.max(NARROWEST_MS, Math.round(milliseconds)) });
  return { from: Temporal.Instant.compare(from, span.from) < 0 ? span.from : from, until };
};
/** How wide the next slice should be, after one of this width took so long (undefined: it did not come to an end). */
export function nextWidth(widthMs: number, tookMs: number | undefined): number {
  if (tookMs === undefined) return widthMs / 16;
  return Math.min(WIDEST_MS, tookMs < 100 ? widthMs * 8 : tookMs < 400 ? widthMs * 2 : widthMs / 2);
}
