import { createHash } from "node:crypto";
import type { CustomerId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Tx } from "../store/contract.ts";
import { type AnswerAverageJson, type NoticePageJson, type NoticesOfCase, type NoticeRowJson } from "./contract.ts";
import { decideAverage, HISTORY_DAYS } from "./decide-average.ts";
import { rowsJson } from "./rows.ts";
import type { NoticesDeps } from "./alerts.ts";
import * as read from "./store-read.ts";

/** Most open notices that Today and other slices are given at once. */
export const OPEN_ROWS_MAX = 500;
const CUSTOMER_ROWS_MAX = 200;

type Ask = Omit<read.NoticeQuery, "after"> & { readonly cursor?: string | undefined };

/** One page of the queue. A cursor belongs to its filter. */
export async function listNotices(deps: NoticesDeps, tx: Tx, ask: Ask): Promise<Result<NoticePageJson, Refusal>> {
  const { cursor, ...query } = ask;
  const scope = scopeOf(query);
  const after = cursor === undefined ? undefined : cursorFrom(cursor, scope);
  if (after === "bad")
    return no("invalid", "cursor-bad", "this cursor belongs to another list: start at the first page");
  const rows = await read.pageOfNotices(tx, { ...query, after });
  const page = rows.slice(0, ask.limit);
  const last = rows.length > ask.limit ? page.at(-1) : undefined;
  const asOf = after?.asOf ?? ask.now.toString();
  return ok({
    rows: await rowsJson(deps, tx, { rows: page, now: ask.now }),
    nextCursor:
      last === undefined ? null : cursorOf({ asOf, key: last.sort_key.toString(), id: last.notice_id }, scope),
    total: await read.totalOf(tx, { ...query, after: undefined }),
    counts: await read.countNotices(tx, { now: ask.now, personId: ask.personId }),
    hintsWaiting: await read.waitingHints(tx),
    asOf: ask.now.toString(),
  });
}

const scopeOf = ({ filter, kind, customerId }: Omit<read.NoticeQuery, "after">): string =>
  createHash("sha256")
    .update(JSON.stringify([filter, kind ?? null, customerId ?? null]))
    .digest("hex")
    .slice(0, 12);

const cursorOf = (cursor: read.NoticeCursor, scope: string): string =>
  Buffer.from(JSON.stringify([scope, cursor.asOf, cursor.key, cursor.id])).toString("base64url");

function cursorFrom(text: string, scope: string): read.NoticeCursor | "bad" {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (!Array.isArray(parts) || parts.length !== 4 || !parts.every((part) => typeof part === "string")) return "bad";
    const [of, asOf, key, id] = parts as [string, string, string, string];
    if (of !== scope) return "bad";
    Temporal.Instant.from(asOf);
    Temporal.Instant.from(key);
    return { asOf, key, id };
  } catch {
    return "bad";
  }
}

/** See `OpenNotices`. */
export async function openNotices(deps: NoticesDeps, tx: Tx, now: Temporal.Instant): Promise<readonly NoticeRowJson[]> {
  const rows = await rowsJson(deps, tx, { rows: await read.openRows(tx, now, OPEN_ROWS_MAX), now });
  // One boundary to the minute: what costs more comes first. Source: PAGES, "Order of clocks".
  return rows.sort(
    (a, b) => (a.clock?.leftMinutes ?? 0) - (b.clock?.leftMinutes ?? 0) || costPerHour(b) - costPerHour(a),
  );
}
const costPerHour = (row: NoticeRowJson): number => (row.running.known ? Number(row.running.perHour.minor) : 0);

export const noticesOf = async (
  deps: NoticesDeps,
  tx: Tx,
  ask: { readonly customerId: string; readonly now: Temporal.Instant },
): Promise<readonly NoticeRowJson[]> =>
  rowsJson(deps, tx, { rows: await read.rowsOfCustomer(tx, ask.customerId, CUSTOMER_ROWS_MAX), now: ask.now });

export const noticesOfCase =
  (deps: NoticesDeps): NoticesOfCase =>
  async (tx, caseId, now) =>
    rowsJson(deps, tx, { rows: await read.rowsOfCase(tx, caseId), now });

export async function answerAverage(tx: Tx, now: Temporal.Instant): Promise<AnswerAverageJson> {
  return decideAverage(await read.answeredByDay(tx, now, HISTORY_DAYS), await read.openStarts(tx), now);
}

export async function openNoticeCounts(
  tx: Tx,
  customerIds: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, number>> {
  const rows = await read.openCounts(tx, customerIds);
  return new Map(rows.map((row) => [row.customer_id as CustomerId, row.n]));
}
