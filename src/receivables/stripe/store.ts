import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";
import { STRIPE_SYSTEM, type StripeEventState } from "../contract-stripe.ts";
import type { DisputeFact } from "./decide-event.ts";
import type { InstrumentFact } from "./decide-instrument.ts";
import type { Obj } from "./decide-object.ts";

export type NewStripeEvent = {
  readonly id: string;
  readonly type: string;
  readonly at: Temporal.Instant;
  readonly isLive: boolean;
  readonly objectId: string | undefined;
  readonly body: string;
  readonly receivedAt: Temporal.Instant;
};

/** Keeps an event as it came. false: it is here already. */
export async function keepEvent(tx: Tx, one: NewStripeEvent): Promise<boolean> {
  const { rows } = await sql<{ event_id: string }>`
    insert into stripe_event (event_id, type, created_at, is_live, object_id, body, received_at, state)
    values (${one.id}, ${one.type}, ${one.at}, ${one.isLive}, ${one.objectId ?? null}, ${one.body}, ${one.receivedAt}, 'unused')
    on conflict do nothing returning event_id`.execute(tx);
  return rows.length > 0;
}
export type Outcome = {
  readonly state: StripeEventState;
  readonly why?: string | undefined;
  readonly waitsFor?: string | undefined;
};
export async function closeEvent(tx: Tx, eventId: string, { state, why, waitsFor }: Outcome): Promise<void> {
  await sql`update stripe_event set state = ${state}, why = ${why?.slice(0, 500) ?? null}, stripe_customer_id = coalesce(${waitsFor ?? null}, stripe_customer_id)
    where event_id = ${eventId}`.execute(tx);
}

/** The event whose state of an object is known, if any. */
export async function newestOf(
  tx: Tx,
  objectId: string,
): Promise<{ readonly at: Temporal.Instant; readonly type: string } | undefined> {
  const { rows } = await sql<{ at: Temporal.Instant; type: string }>`
    select o.event_at as at, e.type from stripe_object o join stripe_event e using (event_id) where o.object_id = ${objectId} for update of o`.execute(
    tx,
  );
  return rows[0];
}
export async function keepObject(
  tx: Tx,
  one: { readonly id: string; readonly at: Temporal.Instant; readonly eventId: string; readonly body: Obj },
): Promise<void> {
  const kind = typeof one.body["object"] === "string" ? one.body["object"].slice(0, 60) : "unknown";
  await sql`insert into stripe_object (object_id, kind, event_at, event_id, body) values (${one.id}, ${kind}, ${one.at}, ${one.eventId}, ${jsonb(one.body)})
    on conflict (object_id) do update set kind = excluded.kind, event_at = excluded.event_at, event_id = excluded.event_id, body = excluded.body`.execute(
    tx,
  );
}
export async function objectBody(tx: Tx, objectId: string): Promise<Obj | undefined> {
  const { rows } = await sql<{ body: Obj }>`select body from stripe_object where object_id = ${objectId}`.execute(tx);
  return rows[0]?.body;
}

/** Events that wait for a customer or a payment to be known, in the order in which they happened. */
export async function waitingFor(
  tx: Tx,
  keys: readonly string[],
): Promise<readonly { readonly eventId: string; readonly body: string }[]> {
  const { rows } = await sql<{ eventId: string; body: string }>`
    select event_id as "eventId", body from stripe_event where state = 'waiting' and stripe_customer_id = any(${keys}) order by created_at, event_id`.execute(
    tx,
  );
  return rows;
}

export async function customerOfStripe(tx: Tx, id: string): Promise<CustomerId | undefined> {
  const { rows } = await sql<{
    customer_id: CustomerId | null;
  }>`select customer_id from stripe_customer where stripe_customer_id = ${id}`.execute(tx);
  return rows[0]?.customer_id ?? undefined;
}
export type Meeting = {
  readonly id: string;
  readonly customerId: CustomerId | undefined;
  readonly matchedBy: "metadata" | "invoice" | "person" | undefined;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly now: Temporal.Instant;
};
/** Notes a customer of Stripe, and whose it is when that is known. What a person said stays. */
export async function meetCustomer(tx: Tx, { id, customerId, matchedBy, name, email, now }: Meeting): Promise<void> {
  const by = customerId === undefined ? null : (matchedBy ?? null);
  await sql`insert into stripe_customer as c (stripe_customer_id, customer_id, matched_by, name, email, first_seen, matched_at)
    values (${id}, ${by === null ? null : customerId}, ${by}, ${name?.slice(0, 300) ?? null}, ${email?.slice(0, 320) ?? null}, ${now}, ${by === null ? null : now})
    on conflict (stripe_customer_id) do update set name = coalesce(excluded.name, c.name), email = coalesce(excluded.email, c.email),
      customer_id = case when excluded.matched_by = 'person' or c.customer_id is null then coalesce(excluded.customer_id, c.customer_id) else c.customer_id end,
      matched_by = case when excluded.matched_by = 'person' or c.customer_id is null then coalesce(excluded.matched_by, c.matched_by) else c.matched_by end,
      matched_at = case when excluded.matched_by = 'person' or c.customer_id is null then coalesce(excluded.matched_at, c.matched_at) else c.matched_at end`.execute(
    tx,
  );
  if (customerId !== undefined)
    await sql`update payment_instrument set customer_id = ${customerId} where provider_customer_id = ${id} and customer_id is distinct from ${customerId}`.execute(
      tx,
    );
}
export async function stripeCustomerExists(tx: Tx, id: string): Promise<boolean> {
  const { rows } = await sql`select 1 from stripe_customer where stripe_customer_id = ${id} for update`.execute(tx);
  return rows.length > 0;
}

/** The one customer that has an invoice of one of these numbers; undefined when none has, or several. */
export async function customerOfInvoices(tx: Tx, numbers: readonly string[]): Promise<CustomerId | undefined> {
  const { rows } = await sql<{
    id: CustomerId;
  }>`select distinct customer_id::text as id from invoice where number = any(${numbers}) limit 2`.execute(tx);
  return rows.length === 1 ? rows[0]?.id : undefined;
}
export type RecordedMoney = { readonly number: string; readonly customerId: CustomerId };
/** Which of these ids of Stripe are in the ledger, and whose they are. */
export async function recordedMoney(tx: Tx, numbers: readonly string[]): Promise<readonly RecordedMoney[]> {
  const { rows } =
    await sql<RecordedMoney>`select number, customer_id::text as "customerId" from payment where system = ${STRIPE_SYSTEM} and number = any(${numbers})`.execute(
      tx,
    );
  return rows;
}
/** What was paid back of a payment so far, in minor units. */
export async function refundedSoFar(tx: Tx, of: string): Promise<bigint> {
  const { rows } = await sql<{ sum: bigint }>`select coalesce(-sum(amount_minor), 0)::bigint as sum from payment
    where system = ${STRIPE_SYSTEM} and kind = 'refund' and reverses_system = ${STRIPE_SYSTEM} and reverses_number = ${of}`.execute(
    tx,
  );
  return rows[0]?.sum ?? 0n;
}

export type InstrumentState = {
  readonly customerId: CustomerId | null;
  readonly stripeCustomerId: string | null;
  readonly lostAt: Temporal.Instant | null;
  readonly toldAt: Temporal.Instant;
  readonly kind: string;
  readonly last4: string | null;
};
export async function instrumentState(tx: Tx, id: string): Promise<InstrumentState | undefined> {
  const { rows } =
    await sql<InstrumentState>`select customer_id as "customerId", provider_customer_id as "stripeCustomerId", lost_at as "lostAt", told_at as "toldAt", kind, last4
    from payment_instrument where instrument_id = ${id} for update`.execute(tx);
  return rows[0];
}
export async function keepInstrument(tx: Tx, one: InstrumentFact, customerId: CustomerId | undefined): Promise<void> {
  const set =
    one.isSketch === true
      ? sql`told_at = greatest(i.told_at, excluded.told_at)`
      : sql`kind = excluded.kind, funding = excluded.funding, brand = excluded.brand, country = excluded.country,
      last4 = excluded.last4, exp_month = excluded.exp_month, exp_year = excluded.exp_year, cvc_check = excluded.cvc_check, address_check = excluded.address_check,
      postal_check = excluded.postal_check, told_at = excluded.told_at`;
  await sql`insert into payment_instrument as i (instrument_id, provider, provider_customer_id, customer_id, kind, funding, brand, country, last4, exp_month, exp_year,
      cvc_check, address_check, postal_check, accepted_at, told_at)
    values (${one.id}, 'stripe', ${one.stripeCustomerId ?? null}, ${customerId ?? null}, ${one.kind}, ${one.funding ?? null}, ${one.brand ?? null}, ${one.country ?? null}, ${one.last4 ?? null},
      ${one.expMonth ?? null}, ${one.expYear ?? null}, ${one.cvcCheck ?? null}, ${one.addressCheck ?? null}, ${one.postalCheck ?? null}, ${one.at}, ${one.at})
    on conflict (instrument_id) do update set ${set}, customer_id = coalesce(i.customer_id, excluded.customer_id),
      provider_customer_id = coalesce(excluded.provider_customer_id, i.provider_customer_id)`.execute(tx);
}
export async function loseInstrument(
  tx: Tx,
  id: string,
  { at, why }: { readonly at: Temporal.Instant; readonly why: string },
): Promise<void> {
  await sql`update payment_instrument set lost_at = ${at}, lost_why = ${why}, told_at = ${at} where instrument_id = ${id}`.execute(
    tx,
  );
}
export async function countInstruments(tx: Tx, customerId: CustomerId): Promise<number> {
  const { rows } = await sql<{
    n: bigint;
  }>`select count(*) as n from payment_instrument where customer_id = ${customerId} and lost_at is null`.execute(tx);
  return Number(rows[0]?.n ?? 0n);
}

/** Keeps a dispute; gives its status before, or undefined when it is new. */
export async function keepDispute(tx: Tx, one: DisputeFact, customerId: CustomerId): Promise<string | undefined> {
  const { rows } = await sql<{
    status: string;
  }>`select status from stripe_dispute where dispute_id = ${one.id} for update`.execute(tx);
  await sql`insert into stripe_dispute (dispute_id, customer_id, charge_id, currency, amount_minor, reason, status, opened_at, closed_at)
    values (${one.id}, ${customerId}, ${one.charge ?? null}, ${one.currency}, ${one.amountMinor}, ${one.reason ?? null}, ${one.status}, ${one.openedAt}, ${one.closedAt ?? null})
    on conflict (dispute_id) do update set status = excluded.status, amount_minor = excluded.amount_minor, reason = excluded.reason, closed_at = excluded.closed_at, customer_id = excluded.customer_id`.execute(
    tx,
  );
  return rows[0]?.status;
}
