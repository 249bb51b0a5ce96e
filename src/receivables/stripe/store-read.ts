import { sql } from "kysely";
import type { Tx } from "../../store/contract.ts";
import type { InstrumentWire, StripeCustomerWire, StripeEventState } from "../contract-stripe.ts";

/** What the page shows of Stripe. */

export type InstrumentRow = {
  readonly instrument_id: string;
  readonly customer_id: string | null;
  readonly provider_customer_id: string | null;
  readonly kind: string;
  readonly funding: InstrumentWire["funding"];
  readonly brand: string | null;
  readonly country: string | null;
  readonly last4: string | null;
  readonly exp_month: number | null;
  readonly exp_year: number | null;
  readonly cvc_check: string | null;
  readonly address_check: string | null;
  readonly postal_check: string | null;
  readonly accepted_at: Temporal.Instant;
  readonly lost_at: Temporal.Instant | null;
  readonly lost_why: "detached" | "mandate-withdrawn" | "expired" | null;
};
/** Cards and mandates, those in use first, newest first; of one customer or of all. */
export async function listInstruments(
  tx: Tx,
  ask: { readonly customerId?: string | undefined; readonly limit: number },
): Promise<readonly InstrumentRow[]> {
  const { rows } =
    await sql<InstrumentRow>`select * from payment_instrument where ${ask.customerId === undefined ? sql`true` : sql`customer_id = ${ask.customerId}`}
    order by lost_at is not null, accepted_at desc, instrument_id limit ${ask.limit}`.execute(tx);
  return rows;
}

type CustomerRow = {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly customerId: string | null;
  readonly matchedBy: StripeCustomerWire["matchedBy"];
  readonly firstSeen: Temporal.Instant;
  readonly waiting: bigint;
  readonly types: readonly string[] | null;
};
/** Customers of Stripe: those nobody has told apart first. */
export async function listStripeCustomers(tx: Tx, limit: number): Promise<readonly CustomerRow[]> {
  const { rows } = await sql<CustomerRow>`
    select c.stripe_customer_id as id, c.name, c.email, c.customer_id as "customerId", c.matched_by as "matchedBy", c.first_seen as "firstSeen",
      coalesce(w.n, 0)::bigint as waiting, w.types
    from stripe_customer c left join lateral (
      select sum(of_type) as n, array_agg(type order by of_type desc, type) as types from (
        select type, count(*) as of_type from stripe_event e where e.state = 'waiting' and e.stripe_customer_id = c.stripe_customer_id group by type) t) w on true
    order by c.customer_id is not null, c.first_seen desc limit ${limit}`.execute(tx);
  return rows;
}

export async function countEvents(
  tx: Tx,
): Promise<{ readonly counts: Readonly<Record<StripeEventState, number>>; readonly lastAt: Temporal.Instant | null }> {
  const { rows } = await sql<{
    state: StripeEventState;
    n: bigint;
    last: Temporal.Instant;
  }>`select state, count(*) as n, max(received_at) as last from stripe_event group by state`.execute(tx);
  const counts = { done: 0, waiting: 0, older: 0, unused: 0, refused: 0 };
  for (const { state, n } of rows) counts[state] = Number(n);
  const lastAt =
    rows
      .map(({ last }) => last)
      .sort(Temporal.Instant.compare)
      .at(-1) ?? null;
  return { counts, lastAt };
}
type RefusedRow = {
  readonly id: string;
  readonly type: string;
  readonly at: Temporal.Instant;
  readonly why: string | null;
};
export async function listRefused(tx: Tx, limit: number): Promise<readonly RefusedRow[]> {
  const { rows } =
    await sql<RefusedRow>`select event_id as id, type, received_at as at, why from stripe_event where state = 'refused' order by received_at desc limit ${limit}`.execute(
      tx,
    );
  return rows;
}
type DisputeRow = {
  readonly dispute_id: string;
  readonly customer_id: string | null;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly reason: string | null;
  readonly status: string;
  readonly opened_at: Temporal.Instant;
  readonly closed_at: Temporal.Instant | null;
};
export async function listDisputes(tx: Tx, limit: number): Promise<readonly DisputeRow[]> {
  const { rows } =
    await sql<DisputeRow>`select * from stripe_dispute order by closed_at is not null, opened_at desc limit ${limit}`.execute(
      tx,
    );
  return rows;
}
