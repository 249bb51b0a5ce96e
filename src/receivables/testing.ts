import { randomUUID } from "node:crypto";
import type { CustomerId } from "../core/ids.ts";
import type { CustomerSummary } from "../customers/contract.ts";
import { bulkTransactions } from "../store/bulk.ts";
import { SURETY } from "../store/contract.ts";
import type { OpenStore } from "../store/database.ts";
import type { ImportDeps } from "./service-import.ts";

export type TestDeps = ImportDeps & {
  readonly changed: Set<CustomerId>;
  readonly queued: string[];
  readonly actor: typeof SURETY;
};

/** Import functions on a test database, with a directory of named customers. The clock stands still unless `now` is moved. */
export function testDeps(
  store: OpenStore,
  options: {
    readonly customers?: readonly { readonly id: string; readonly name: string; readonly domain?: string }[];
    readonly now?: string;
    /** The desk's day at each call, for tests that go through days. */
    readonly today?: () => Temporal.PlainDate;
  } = {},
): TestDeps {
  const now = Temporal.Instant.from(options.now ?? "2026-11-17T08:00:00Z");
  const summaries = new Map((options.customers ?? []).map((one) => [one.id as CustomerId, summary(one)]));
  const changed = new Set<CustomerId>();
  const queued: string[] = [];
  return {
    store,
    bulk: bulkTransactions(store.pool),
    clock: { now: () => now },
    newId: randomUUID,
    changed,
    queued,
    actor: SURETY,
    allCustomerIds: async () => [...summaries.keys()],
    customersByIds: async () => summaries,
    onChanged: async (_tx, ids) => ids.forEach((id) => changed.add(id)),
    deskDay: async () => options.today?.() ?? Temporal.PlainDate.from("2026-11-17"),
    enqueue: async (_tx, job) => void queued.push(job),
    defaultCurrency: async () => null,
  };
}

const summary = (one: { readonly id: string; readonly name: string; readonly domain?: string }): CustomerSummary => ({
  id: one.id as CustomerId,
  name: one.name,
  domain: one.domain,
  country: undefined,
  resellerId: undefined,
  resellerName: undefined,
  standing: "active",
  limit: undefined,
  firstSeenAt: Temporal.Instant.from("2026-01-01T00:00:00Z"),
  detachedAt: undefined,
});

/** A CSV text of rows of cells. */
export const csv = (...rows: readonly (readonly string[])[]): Uint8Array =>
  new TextEncoder().encode(rows.map((row) => row.join(",")).join("\n"));
