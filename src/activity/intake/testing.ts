import { createHash, randomUUID } from "node:crypto";
import type { Json } from "../../core/canonical.ts";
import type { CustomerId } from "../../core/ids.ts";
import type { Clock } from "../../core/time.ts";
import { csvReader } from "../../receivables/csv.ts";
import { bulkTransactions } from "../../store/bulk.ts";
import { testStore } from "../../store/testing.ts";
import type { ActivityEvent } from "../contract-event.ts";
import type { EventStream, StoredEvent } from "../contract-stream.ts";
import { createStream } from "../stream/stream.ts";
import type { Normalise } from "./contract.ts";
import type { IntakeDeps } from "./deps.ts";
import { ownersBook } from "./owners.ts";

export const NOW = Temporal.Instant.from("2026-11-22T12:00:00Z");
export const tenant = (n: number): CustomerId => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}` as CustomerId;

const text = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);

/** A normaliser of one shape, so that these tests fail for what intake does and not for what a shape does. */
export const plainNormalise: Normalise = (raw, { receivedAt }) => {
  const record = raw as Readonly<Record<string, Json>>;
  if (Array.isArray(record["records"]))
    return (record["records"] as Json[]).flatMap((one) => plainNormalise(one, { receivedAt }));
  const id = text(record["id"]);
  const event: ActivityEvent = {
    id: id ?? createHash("sha256").update(JSON.stringify(raw)).digest("hex"),
    source: id === undefined ? "unknown" : "azure-activity",
    shape: id === undefined ? "unknown" : "azure-activity.arm",
    logsource: { product: "azure", service: "activitylogs" },
    at: Temporal.Instant.from(text(record["at"]) ?? receivedAt.toString()),
    tenant: text(record["tenant"]),
    subscription: text(record["subscription"]),
    operation: text(record["op"]) ?? "unknown",
    outcome: "success",
    raw,
  };
  return [event];
};

/** A desk's intake on a database of its own. Customers are the tenants 1 to 9; subscription 100 + n is of customer n. */
export async function testIntake(clock: Clock = { now: () => NOW }) {
  const store = await testStore();
  const asked: string[] = [];
  const ours = (n: number): boolean => n >= 1 && n <= 9;
  const numberOf = (id: string): number => Number(id.slice(-12));
  const owners = ownersBook({
    clock,
    customersByTenant: async (_tx, ids) => {
      asked.push(...ids);
      return new Map(ids.filter((id) => ours(numberOf(id))).map((id) => [id, id as CustomerId]));
    },
    customersBySubscription: async (_tx, ids) =>
      new Map(ids.filter((id) => ours(numberOf(id) - 100)).map((id) => [id, tenant(numberOf(id) - 100)])),
  });
  const stream = createStream({ store, bulk: bulkTransactions(store.pool), normalise: plainNormalise });
  const deps: IntakeDeps & { readonly newId: () => string } = {
    store,
    clock,
    stream,
    normalise: plainNormalise,
    owners,
    csv: csvReader,
    newId: randomUUID,
  };
  return { store, stream, deps, asked };
}

/** Everything that was kept, in the order in which it came. A read may give fewer than asked for: the end is where it gives nothing. */
export async function readAll(stream: Pick<EventStream, "readAfter">): Promise<readonly StoredEvent[]> {
  const all: StoredEvent[] = [];
  for (
    let more = await stream.readAfter(0n, 1_000);
    more.length > 0;
    more = await stream.readAfter(all.at(-1)?.position ?? 0n, 1_000)
  )
    all.push(...more);
  return all;
}

export const record = (n: number, more: Readonly<Record<string, Json>> = {}): Json => ({
  id: `record-${n}`,
  at: "2026-11-22T11:00:00Z",
  tenant: tenant(1),
  op: "write",
  ...more,
});
export const ndjson = (records: readonly unknown[]): string => records.map((one) => JSON.stringify(one)).join("\n");
