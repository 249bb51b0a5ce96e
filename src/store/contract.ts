import type { Kysely } from "kysely";
import type { CaseId, CustomerId } from "../core/ids.ts";

/**
 * A database transaction. Slices add their own tables: `tx.withTables<CustomersTables>()`.
 * Columns arrive as: bigint → bigint, numeric → string, timestamptz → Temporal.Instant, date → Temporal.PlainDate, jsonb → parsed JSON.
 */
export type Tx = Kysely<Record<never, never>>;

/** The one PostgreSQL, as the slices see it. */
export type Store = {
  /** Runs `work` in one transaction: all of it is kept, or nothing. */
  inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** For reads that need no transaction. */
  readonly db: Tx;
};

/** Who did something: a person at the desk, the desk itself, or Microsoft. */
export type Actor =
  | { readonly kind: "person"; readonly id: string; readonly name: string }
  | { readonly kind: "machine"; readonly id: string; readonly name: string }
  | { readonly kind: "microsoft"; readonly id: "microsoft"; readonly name: "Microsoft" };

export const SURETY: Actor = { kind: "machine", id: "surety", name: "Surety" };
export const MICROSOFT: Actor = { kind: "microsoft", id: "microsoft", name: "Microsoft" };

/** What happened, to be appended to the event log in the transaction of the state it explains. */
export type NewEvent = {
  /** `slice.what-happened`, past tense, e.g. `response.proposal-approved`. */
  readonly type: `${string}.${string}`;
  readonly actor: Actor;
  readonly at: Temporal.Instant;
  /** The thing that changed, e.g. `{ kind: "proposal", id }`. */
  readonly subject: { readonly kind: string; readonly id: string };
  readonly customerId?: CustomerId | undefined;
  readonly caseId?: CaseId | undefined;
  /** The reason a person gave, or the rule that decided. */
  readonly why?: string | undefined;
  readonly before?: unknown;
  readonly after?: unknown;
  /** Facts for the timeline sentence of this event type. */
  readonly data?: unknown;
};

/** A row of the event log as read back. */
export type LoggedEvent = {
  readonly seq: bigint;
  readonly type: string;
  readonly actor: Actor;
  readonly at: Temporal.Instant;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly customerId: CustomerId | null;
  readonly caseId: CaseId | null;
  readonly why: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly data: unknown;
  /** SHA-256 of this row and the hash before it, lower-case hex. */
  readonly hash: string;
};
