import type { Json } from "../../../core/canonical.ts";
import type { CustomerId } from "../../../core/ids.ts";
import type { Tx } from "../../../store/contract.ts";
import type { PullFeed } from "../contract-pull.ts";
import type { IntakeDeps } from "../deps.ts";

export type TenantCall = {
  /** What it is, for logs: `graph.sign-ins`. */
  readonly what: string;
  readonly service: "graph" | "office" | "arm";
  readonly tenant: string;
  readonly method: "GET" | "POST";
  /** Path and query, or an address on the service's own host. */
  readonly path: string;
  readonly correlationId: string;
};
/** Asks Microsoft about one customer's tenant. Waits out short throttling; throws `PartnerCenterError`. */
export type AskTenant = (
  call: TenantCall,
) => Promise<{ readonly status: number; readonly headers: Headers; readonly body: Json | undefined }>;

export type PullTarget = { readonly customer: CustomerId; readonly subscriptions: readonly string[] };

export type PullDeps = IntakeDeps & {
  readonly newId: () => string;
  readonly askTenant: AskTenant;
  /** Which feeds are read: a setting. */
  readonly pullFeeds: (tx: Tx) => Promise<readonly PullFeed[]>;
  /** Customers that are still ours, with their Azure subscriptions. */
  readonly pullTargets: (tx: Tx) => Promise<readonly PullTarget[]>;
  /** The coverage ledger: this stretch of a feed was read. */
  readonly recordReading: (
    tx: Tx,
    reading: {
      readonly feed: string;
      readonly tenant: string;
      readonly from: Temporal.Instant;
      readonly until: Temporal.Instant;
      readonly now: Temporal.Instant;
    },
  ) => Promise<void>;
  readonly customerNames: (tx: Tx, ids: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, string>>;
  readonly log: (level: "info" | "warn", what: string, facts: Readonly<Record<string, Json>>) => void;
};
