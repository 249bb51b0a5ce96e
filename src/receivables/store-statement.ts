import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { AllocationReason, ItemKind, MoneyKind } from "./contract-ledger.ts";
import { amountAt, corrections, dueAt, FIRST_AMOUNT } from "./store.ts";

/** One line of a customer's ledger with the balance after it. Minor units. */
export type MovementRow = {
  readonly what: "item" | "money" | "paid-for" | "correction";
  readonly id: string;
  readonly number: string;
  readonly kind: ItemKind | MoneyKind;
  readonly currency: string;
  readonly day: Temporal.PlainDate;
  readonly due_date: Temporal.PlainDate | null;
  readonly change: bigint;
  /** What the item claims at the end of the day, corrections included; 0 of anything else. */
  readonly claimed: bigint;
  readonly balance: bigint;
  readonly reference: string | null;
  readonly basis: string | null;
  readonly recorded_at: Temporal.Instant;
  readonly lines: bigint;
};

/**
 * Everything that happened on a customer's ledger up to a day, newest first, each with the running balance of its currency: what was
 * issued less what came in. Money that paid for someone else, or came from a payer, is a line of its own, and so is a correction of an amount.
 */
export async function loadMovements(
  tx: Tx,
  ask: {
    readonly customerId: CustomerId;
    readonly asOf: Temporal.PlainDate;
    readonly skip: number;
    readonly limit: number;
  },
): Promise<readonly MovementRow[]> {
  const { customerId, asOf, skip, limit } = ask;
  const across = sql`from allocation a join payment p using (payment_id) join invoice i using (invoice_id) where p.customer_id <> i.customer_id and a.day <= ${asOf}::date
    and exists (select 1 from payer_link where customer_id = ${customerId} or payer_id = ${customerId})`; // asked once; most customers pay for nobody
  const { rows } = await sql<MovementRow>`
    with line as (
      select 'item' as what, 0 as place, invoice_id as id, number, kind, currency, issue_date as day, ${dueAt(asOf)} as due_date, ${FIRST_AMOUNT} as change, ${amountAt(asOf)} as claimed, reference, basis, recorded_at
        from invoice i where customer_id = ${customerId} and issue_date <= ${asOf}::date
      union all select 'correction', 0, invoice_id, number, kind, currency, greatest(changed_on, issue_date), null, delta, 0, reference, null, recorded_at
        from (${corrections}) c where customer_id = ${customerId} and greatest(changed_on, issue_date) <= ${asOf}::date
      union all select 'money', 1, payment_id, number, kind, currency, value_date, null, -amount_minor, 0, coalesce(reference, wanted), null, recorded_at
        from payment where customer_id = ${customerId} and value_date <= ${asOf}::date
      union all select 'paid-for', 2, a.allocation_id, p.number, p.kind, p.currency, a.day, null, a.amount_minor, 0, i.number, null, a.recorded_at ${across} and p.customer_id = ${customerId}
      union all select 'paid-for', 2, a.allocation_id, p.number, p.kind, p.currency, a.day, null, -a.amount_minor, 0, i.number, null, a.recorded_at ${across} and i.customer_id = ${customerId}),
    told as (select *, sum(change) over (partition by currency order by day, place, id rows unbounded preceding)::bigint as balance, count(*) over () as lines from line)
    select what, id::text as id, number, kind, currency, day, due_date, change, claimed, balance, reference, basis, recorded_at, lines
    from told order by day desc, place desc, told.id desc limit ${limit} offset ${skip}`.execute(tx);
  return rows;
}
export type LineRow = {
  readonly payment_id: string;
  readonly invoice_id: string | null;
  readonly payment_number: string;
  readonly payment_customer: string;
  readonly other_number: string;
  readonly other_customer: string;
  readonly amount_minor: bigint;
  readonly day: Temporal.PlainDate;
  readonly reason: AllocationReason | null;
};
/** Allocations up to a day of some money and some invoices. */
export async function loadLines(
  tx: Tx,
  of: { readonly payments: readonly string[]; readonly invoices: readonly string[]; readonly asOf: Temporal.PlainDate },
): Promise<readonly LineRow[]> {
  const { rows } = await sql<LineRow>`
    select a.payment_id::text as payment_id, a.invoice_id::text as invoice_id, p.number as payment_number, p.customer_id as payment_customer,
      coalesce(i.number, o.number) as other_number, coalesce(i.customer_id, o.customer_id) as other_customer, a.amount_minor, a.day, a.reason
    from (select * from allocation where payment_id = any(${of.payments}::bigint[]) union select * from allocation where invoice_id = any(${of.invoices}::bigint[])) a
    join payment p using (payment_id) left join invoice i using (invoice_id) left join payment o on o.payment_id = a.against_id
    where a.day <= ${of.asOf}::date order by a.day, a.allocation_id`.execute(tx);
  return rows;
}

export type LinkFullRow = {
  readonly link_id: string;
  readonly customer_id: string;
  readonly payer_id: string;
  readonly from_day: Temporal.PlainDate;
  readonly until_day: Temporal.PlainDate | null;
  readonly reason: string;
  readonly set_by: string;
};
/** Links in which a customer pays or is paid for, newest first. */
export async function loadLinksOf(tx: Tx, customerId: CustomerId): Promise<readonly LinkFullRow[]> {
  const { rows } = await sql<LinkFullRow>`
    select link_id, customer_id, payer_id, from_day, until_day, reason, set_by from payer_link where customer_id = ${customerId} or payer_id = ${customerId} order by from_day desc, link_id limit 100`.execute(
    tx,
  );
  return rows;
}
export async function findLink(tx: Tx, linkId: string): Promise<LinkFullRow | undefined> {
  const { rows } = await sql<LinkFullRow>`
    select link_id, customer_id, payer_id, from_day, until_day, reason, set_by from payer_link where link_id = ${linkId} for update`.execute(
    tx,
  );
  return rows[0];
}
export async function insertLink(tx: Tx, link: LinkFullRow & { readonly set_at: Temporal.Instant }): Promise<void> {
  await sql`insert into payer_link (link_id, customer_id, payer_id, from_day, until_day, reason, set_by, set_at)
    values (${link.link_id}, ${link.customer_id}, ${link.payer_id}, ${link.from_day}, ${link.until_day}, ${link.reason}, ${link.set_by}, ${link.set_at})`.execute(
    tx,
  );
}
export async function endLink(
  tx: Tx,
  end: {
    readonly linkId: string;
    readonly until: Temporal.PlainDate;
    readonly by: string;
    readonly at: Temporal.Instant;
  },
): Promise<void> {
  await sql`update payer_link set until_day = ${end.until}, ended_by = ${end.by}, ended_at = ${end.at} where link_id = ${end.linkId}`.execute(
    tx,
  );
}
