import type { Json } from "../../core/canonical.ts";
import type { CustomerId } from "../../core/ids.ts";
import type { ActivityEvent, ActivityOutcome, ActivityShape, ActivitySource } from "../contract-event.ts";
import type { StoredEvent } from "../contract-stream.ts";
import type { EventRow } from "./store-read.ts";

/** Reads a raw record as normalised events: `normalise` of `shapes/`. */
export type Normalise = (raw: Json, at: { readonly receivedAt: Temporal.Instant }) => readonly ActivityEvent[];

/**
 * An event as it is kept. The record is normalised anew, so that a better reading serves old events too; who it is (source, id, time) and
 * whose stay as they were filed, since findings name it by them.
 */
export function storedEvent(row: EventRow, normalise: Normalise): StoredEvent {
  const raw = JSON.parse(row.raw) as Json;
  const read = normalise(raw, { receivedAt: row.received_at });
  const event = (read.length === 1 ? read[0] : read.find(({ id }) => id === row.id)) ?? asFiled(row, raw);
  return {
    position: row.position,
    receivedAt: row.received_at,
    intake: row.intake,
    event: {
      ...event,
      id: row.id,
      source: row.source as ActivitySource,
      at: event.at.epochMilliseconds === row.at.epochMilliseconds ? event.at : row.at,
      raw,
      // A sender may have named the tenant of records that do not.
      tenant: event.tenant ?? row.tenant ?? undefined,
      customer: (row.customer_id ?? undefined) as CustomerId | undefined,
    },
  };
}

/** What the table itself knows, for a record that today's reading makes nothing or several things of. */
const asFiled = (row: EventRow, raw: Json): ActivityEvent => ({
  id: row.id,
  source: row.source as ActivitySource,
  shape: row.shape as ActivityShape,
  logsource: {},
  at: row.at,
  tenant: row.tenant ?? undefined,
  subscription: row.subscription ?? undefined,
  operation: row.operation,
  outcome: row.outcome as ActivityOutcome,
  raw,
});
