import { hash } from "node:crypto";
import { copyCell } from "../../store/bulk.ts";
import type { ActivityEvent } from "../contract-event.ts";
import type { Intake, NewRecord } from "../contract-stream.ts";
import { filingOf, retentionClass } from "./decide-filing.ts";

/** Characters of a column that is searched; the record itself is kept whole. */
const CELL_CHARACTERS_MAX = 400;
const ID_CHARACTERS_MAX = 1_000;
/** Tenants whose hash is remembered. */
const TENANTS_MAX = 20_000;

/** A record on its way into the table. */
export type PreparedRow = {
  /** UUID text of its 16 bytes. */
  readonly key: string;
  day: string;
  readonly isUndated: boolean;
  /** COPY text of every column after `day`. */
  readonly cells: string;
};

/** Columns in the order of `PreparedRow`; `position` is the table's own. */
export const EVENT_COLUMNS = [
  ..."day key at received_at source shape class id intake tenant customer_id subscription operation outcome".split(" "),
  ..."actor_id actor_name ip country resource_type resource_id region filed raw".split(" "),
];

const half = (text: string): Buffer => hash("sha256", text, "buffer").subarray(0, 16);
const tenantHashes = new Map<string, Buffer>();
function tenantHash(tenant: string): Buffer {
  const known = tenantHashes.get(tenant);
  if (known !== undefined) return known;
  if (tenantHashes.size >= TENANTS_MAX) tenantHashes.clear();
  const fresh = half(tenant);
  tenantHashes.set(tenant, fresh);
  return fresh;
}
const uuidText = (bytes: Buffer): string => {
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/**
 * 16 bytes that stand for (source, tenant, id). The first 8 come of source and id alone, so that an event is found by what findings name it
 * with; the last 8 are mixed with the tenant. Equal keys of one tenant mean 128 equal bits.
 */
export function eventKey(event: Pick<ActivityEvent, "source" | "tenant" | "id">): string {
  const bytes = half(`${event.source}|${storedId(event.id)}`);
  if (event.tenant === undefined) return uuidText(bytes);
  const tenant = tenantHash(event.tenant);
  for (let at = 8; at < 16; at++) bytes[at] = (bytes[at] ?? 0) ^ (tenant[at] ?? 0);
  return uuidText(bytes);
}

/** First and last key that a source's id can have, whatever the tenant. */
export function keyRange(source: string, id: string): { readonly first: string; readonly last: string } {
  const hex = half(`${source}|${storedId(id)}`)
    .toString("hex")
    .slice(0, 16);
  const head = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12)}`;
  return { first: `${head}-0000-000000000000`, last: `${head}-ffff-ffffffffffff` };
}

// PostgreSQL's text has no NUL.
const NUL = /\0/g;
const textCell = (text: string | undefined): string =>
  text === undefined || text === ""
    ? "\\N"
    : copyCell((text.length > CELL_CHARACTERS_MAX ? text.slice(0, CELL_CHARACTERS_MAX) : text).replace(NUL, ""));
/** An id is stored as it is unless it is absurdly long; then by its hash, so that two such ids stay two. */
export const storedId = (id: string): string =>
  id.length === 0 || id.length > ID_CHARACTERS_MAX || id.includes("\0") ? `sha256:${hash("sha256", id)}` : id;

const stampOf = (at: Temporal.Instant): string => at.toString({ smallestUnit: "microsecond" });

/** Makes the row of a record; everything that needs no database. */
export function prepareRow(
  record: NewRecord,
  by: { readonly intake: Intake; readonly now: Temporal.Instant; readonly stamp: string },
): PreparedRow {
  const { event, customer } = record;
  const filing = filingOf(event, by.now);
  const at = stampOf(filing.at);
  const key = eventKey(event);
  const cells = [
    key,
    at,
    by.stamp,
    event.source,
    event.shape,
    retentionClass(event),
    copyCell(storedId(event.id)),
    textCell(by.intake),
    textCell(event.tenant),
    customer ?? "\\N",
    textCell(event.subscription),
    copyCell(event.operation.slice(0, CELL_CHARACTERS_MAX).replace(NUL, "")),
    event.outcome,
    textCell(event.actor?.id),
    textCell(event.actor?.name),
    textCell(event.ip),
    textCell(event.country),
    textCell(event.resource?.type),
    textCell(event.resource?.id),
    textCell(event.resource?.region),
    filing.filed ?? "\\N",
    copyCell(record.text ?? JSON.stringify(event.raw)),
  ].join("\t");
  return { key, day: at.slice(0, 10), isUndated: filing.isUndated, cells };
}

export const intakeStamp = stampOf;
