import type { Json } from "../../core/canonical.ts";
import type { CustomerId } from "../../core/ids.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Clock } from "../../core/time.ts";
import type { Store, Tx } from "../../store/contract.ts";
import { type EventRef, eventRefText } from "../contract-stream.ts";
import {
  type CustomersDoor,
  type EventDetail,
  type EventRowWire,
  EXPORT_MILLISECONDS_MAX,
  EXPORT_ROWS_MAX,
  type HistogramWire,
  type HitsOf,
  SEARCH_MILLISECONDS_MAX,
  type SearchFilters,
  type SearchWire,
} from "./contract.ts";
import { eventsCsv } from "./decide-export.ts";
import { fieldsOf } from "./decide-fields.ts";
import { cursorText, type Place, placeOf, spanOf } from "./decide-search.ts";
import { histogram, searchPage } from "./search.ts";
import { conditionsOf, exportedRows, listedRows } from "./store-search.ts";
import { type ListedRow, rowsByRef } from "./store-read.ts";
import { type Normalise, storedEvent } from "./read-row.ts";

export type SearchDeps = CustomersDoor & {
  readonly store: Store;
  readonly clock: Clock;
  readonly normalise: Normalise;
  readonly hitsOf: HitsOf;
};

const EXPORT_ROWS_AT_ONCE = 1_000;

type Ask = { readonly filters: SearchFilters; readonly now: Temporal.Instant };

/** One page of events, newest first. */
export async function searchEvents(
  deps: SearchDeps,
  ask: Ask & { readonly cursor: string | undefined; readonly limit: number },
): Promise<Result<SearchWire, Refusal>> {
  const span = spanOf(ask.filters, ask.now);
  if (!span.ok) return span;
  const before = placeOf(ask.cursor);
  if (!before.ok) return before;
  const found = await searchPage(
    { store: deps.store, span: span.value, budgetMs: SEARCH_MILLISECONDS_MAX },
    { where: conditionsOf(ask.filters), before: before.value, limit: ask.limit, read: listedRows },
  );
  return ok({
    rows: await wireRows(deps, deps.store.db, found.rows),
    nextCursor: found.next === undefined ? null : cursorText(found.next),
    searchedBack: found.searchedBack?.toString() ?? null,
    from: span.value.from.toString(),
    until: span.value.until.toString(),
  });
}

/** How many events there are, over the time. */
export async function countEvents(deps: SearchDeps, ask: Ask): Promise<Result<HistogramWire, Refusal>> {
  const span = spanOf(ask.filters, ask.now);
  if (!span.ok) return span;
  const counted = await histogram(
    { store: deps.store, span: span.value, budgetMs: SEARCH_MILLISECONDS_MAX },
    conditionsOf(ask.filters),
  );
  return ok({
    from: span.value.from.toString(),
    until: span.value.until.toString(),
    seconds: counted.seconds,
    buckets: counted.buckets.map((bucket) => ({ ...bucket, at: bucket.at.toString() })),
    total: counted.total,
    countedBack: counted.countedBack?.toString() ?? null,
  });
}

/** One event with its record and the rules that hit it. */
export async function eventDetail(tx: Tx, deps: SearchDeps, ref: EventRef): Promise<Result<EventDetail, Refusal>> {
  const [row] = await rowsByRef(tx, [ref]);
  if (row === undefined)
    return no("not-found", "event-unknown", "no such event is kept: it may have been removed when its time was over");
  const { event } = storedEvent(row, deps.normalise);
  const [wire] = await wireRows(deps, tx, [row]);
  if (wire === undefined) throw new Error("invariant broken: a row has a wire form");
  const hits = (await deps.hitsOf(tx, [ref])).get(eventRefText(ref)) ?? [];
  return ok({
    ...wire,
    fields: [...fieldsOf(event)],
    changes: (event.changes ?? []).map(({ name, before, after }) => ({
      name,
      before: before ?? null,
      after: after ?? null,
    })),
    raw: event.raw,
    hits: [...hits],
  });
}

async function wireRows(deps: CustomersDoor, tx: Tx, rows: readonly ListedRow[]): Promise<EventRowWire[]> {
  const ids = [...new Set(rows.flatMap(({ customer_id }) => customer_id ?? []))] as CustomerId[];
  const customers = ids.length === 0 ? new Map<CustomerId, { name: string }>() : await deps.customersByIds(tx, ids);
  return rows.map((row) => ({
    source: row.source as EventRowWire["source"],
    id: row.id,
    shape: row.shape,
    at: row.at.toString(),
    receivedAt: row.received_at.toString(),
    intake: row.intake,
    customer:
      row.customer_id === null
        ? null
        : { id: row.customer_id, name: customers.get(row.customer_id as CustomerId)?.name ?? row.customer_id },
    tenant: row.tenant,
    subscription: row.subscription,
    operation: row.operation,
    outcome: row.outcome as EventRowWire["outcome"],
    actor: row.actor_id === null && row.actor_name === null ? null : { id: row.actor_id, name: row.actor_name },
    ip: row.ip,
    country: row.country,
    resource:
      row.resource_id === null && row.resource_type === null && row.region === null
        ? null
        : { id: row.resource_id, type: row.resource_type, region: row.region },
    filed: row.filed as EventRowWire["filed"],
  }));
}

/** The forms in which events leave the desk. */
export type ExportForm = "csv" | "ndjson";

/**
 * Events newest first, as a file. It ends after `EXPORT_ROWS_MAX` rows or two minutes, and then says so itself: CSV in a last line, NDJSON in a
 * last object `{"end": …}`, which it always has.
 */
export async function exportEvents(
  deps: SearchDeps,
  ask: Ask & { readonly form: ExportForm },
): Promise<Result<AsyncIterable<string>, Refusal>> {
  const span = spanOf(ask.filters, ask.now);
  if (!span.ok) return span;
  const where = conditionsOf(ask.filters);
  const start = performance.now();
  async function* chunks(): AsyncGenerator<string> {
    if (ask.form === "csv") yield eventsCsv.head;
    let before: Place | undefined;
    let rows = 0;
    let stopped: string | undefined;
    for (;;) {
      const budgetMs = EXPORT_MILLISECONDS_MAX - (performance.now() - start);
      const limit = Math.min(EXPORT_ROWS_AT_ONCE, EXPORT_ROWS_MAX - rows);
      if (budgetMs <= 0) stopped = `time was over at ${before?.at.toString() ?? "the beginning"}`;
      else if (limit <= 0) stopped = `${EXPORT_ROWS_MAX} rows are the most; narrow the time or the filters`;
      if (stopped !== undefined || !span.ok) break;
      const page = await searchPage(
        { store: deps.store, span: span.value, budgetMs },
        { where, before, limit, read: exportedRows },
      );
      rows += page.rows.length;
      yield await written(deps, ask.form, page.rows);
      if (page.next === undefined) break;
      before = page.next;
    }
    if (ask.form === "ndjson")
      yield `${JSON.stringify({ end: { rows, complete: stopped === undefined, why: stopped } })}\n`;
    else if (stopped !== undefined) yield eventsCsv.end(stopped);
  }
  return ok(chunks());
}

async function written(
  deps: SearchDeps,
  form: ExportForm,
  rows: readonly (ListedRow & { readonly raw: string })[],
): Promise<string> {
  const wire = await wireRows(deps, deps.store.db, rows);
  if (form === "csv") return wire.map(eventsCsv.row).join("");
  return wire
    .map((row, n) => `${JSON.stringify({ ...row, raw: JSON.parse(rows[n]?.raw ?? "null") as Json })}\n`)
    .join("");
}
