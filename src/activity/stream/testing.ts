import type { Json } from "../../core/canonical.ts";
import type { CustomerId } from "../../core/ids.ts";
import { bulkTransactions } from "../../store/bulk.ts";
import type { OpenStore } from "../../store/database.ts";
import type { ActivityEvent } from "../contract-event.ts";
import type { NewRecord } from "../contract-stream.ts";
import type { Normalise } from "./read-row.ts";
import { createStream, type PostgresStream } from "./stream.ts";

/** A record as the tests of the stream write it: nothing of a real shape, all that the stream asks. */
export type TestRecord = {
  readonly id: string;
  readonly at: string;
  readonly source?: ActivityEvent["source"];
  readonly tenant?: string;
  readonly customer?: string;
  readonly operation?: string;
  readonly actor?: string;
  readonly ip?: string;
  readonly more?: Json;
};

/** Reads a test record. What is no object, or tells no time, is unknown and happened when it was received. */
export const testNormalise: Normalise = (raw, { receivedAt }) => {
  const record = (typeof raw === "object" && raw !== null ? raw : {}) as Partial<TestRecord>;
  return [
    {
      id: record.id ?? "none",
      source: record.source ?? "azure-activity",
      shape: record.source === "unknown" ? "unknown" : "azure-activity.arm",
      logsource: { product: "azure", service: "activitylogs" },
      at: record.at === undefined ? receivedAt : Temporal.Instant.from(record.at),
      tenant: record.tenant,
      operation: record.operation ?? "microsoft.compute/virtualmachines/write",
      outcome: "success",
      actor: record.actor === undefined ? undefined : { id: record.actor, name: record.actor, kind: "user" },
      ip: record.ip,
      raw,
    },
  ];
};

export const newRecord = (record: TestRecord, receivedAt: Temporal.Instant): NewRecord => {
  const raw = record as unknown as Json;
  const [event] = testNormalise(raw, { receivedAt });
  if (event === undefined) throw new Error("a test record is an event");
  return { event, customer: record.customer as CustomerId | undefined };
};

export const testStream = (store: OpenStore): PostgresStream =>
  createStream({ store, bulk: bulkTransactions(store.pool), normalise: testNormalise });
