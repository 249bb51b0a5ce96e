import { sql } from "kysely";
import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import { type Ids, settleInvoices, statedPaymentNumber } from "./store-bulk.ts";

/** What an open-items file means for what it does not say outright: what paid what, what is gone, whether it all ties. */

/** The part of what is paid that files stated without naming a payment; a file can take back no more than that. */
export async function statedOf(tx: Tx, invoiceIds: readonly bigint[]): Promise<ReadonlyMap<bigint, bigint>> {
  if (invoiceIds.length === 0) return new Map();
  const { rows } = await sql<{ id: bigint; stated: bigint }>`
    select a.invoice_id as id, sum(a.amount_minor)::bigint as stated from allocation a join payment p using (payment_id)
    where a.invoice_id = any(${invoiceIds}::bigint[]) and p.kind = 'balance' group by a.invoice_id`.execute(tx);
  return new Map(rows.map(({ id, stated }) => [id, stated]));
}

/** Money of which the file has less left than the ledger. */
export type UsedMoney = {
  readonly paymentId: bigint;
  readonly customerId: CustomerId;
  readonly currency: Currency;
  readonly usedMinor: bigint;
};

type Stated = {
  readonly payment_id: bigint;
  readonly invoice_id: bigint;
  readonly amount_minor: bigint;
  readonly day: string;
};
type UseOptions = { readonly importNo: number; readonly ids: Ids };

/**
 * Where a file shows a credit used and, in the same import, invoices paid by nobody named: the credit paid them. Its allocation takes
 * the place of the stated payment, within the import's own transaction. Gives what found no invoice.
 */
export async function applyUsed(
  tx: Tx,
  used: readonly UsedMoney[],
  options: UseOptions,
): Promise<readonly UsedMoney[]> {
  const left: UsedMoney[] = [];
  for (const one of used) {
    const rest = await applyOne(tx, one, options);
    if (rest > 0n) left.push({ ...one, usedMinor: rest });
  }
  return left;
}

async function applyOne(tx: Tx, one: UsedMoney, { importNo, ids }: UseOptions): Promise<bigint> {
  const { rows } = await sql<Stated>`
    select p.payment_id, a.invoice_id, p.amount_minor, a.day::text as day from payment p join allocation a using (payment_id)
    where p.customer_id = ${one.customerId} and p.currency = ${one.currency} and p.import_no = ${importNo} and p.kind = 'balance'
      and p.amount_minor > 0 and a.amount_minor = p.amount_minor order by a.day, a.invoice_id`.execute(tx);
  let rest = one.usedMinor;
  const touched: string[] = [];
  for (const stated of rows) {
    if (rest === 0n) break;
    const amount = stated.amount_minor < rest ? stated.amount_minor : rest;
    rest -= amount;
    await ids.reserve(tx, 1);
    await lower(tx, stated, amount);
    await sql`insert into allocation (allocation_id, payment_id, invoice_id, amount_minor, day)
      select ${ids.take()}, payment_id, ${stated.invoice_id}, ${amount}, greatest(value_date, ${stated.day}::date) from payment where payment_id = ${one.paymentId}`.execute(
      tx,
    );
    touched.push(stated.invoice_id.toString());
  }
  if (touched.length > 0) {
    await settleInvoices(tx, touched);
    await sql`update payment p set allocated_minor = s.given, allocated_on = case when s.given = p.amount_minor then s.last end
      from (select sum(amount_minor)::bigint as given, max(day) as last from allocation where payment_id = ${one.paymentId}) s
      where p.payment_id = ${one.paymentId}`.execute(tx);
  }
  return rest;
}

/** Makes a stated payment of this very import smaller, or undoes it: nobody has seen it yet. */
async function lower(tx: Tx, { payment_id, amount_minor }: Stated, by: bigint): Promise<void> {
  if (by === amount_minor) {
    await sql`delete from allocation where payment_id = ${payment_id}`.execute(tx);
    await sql`delete from payment where payment_id = ${payment_id}`.execute(tx);
    return;
  }
  await sql`update allocation set amount_minor = amount_minor - ${by} where payment_id = ${payment_id}`.execute(tx);
  await sql`update payment set amount_minor = amount_minor - ${by}, allocated_minor = allocated_minor - ${by} where payment_id = ${payment_id}`.execute(
    tx,
  );
}

type Missing = {
  readonly invoiceId: bigint;
  readonly customerId: CustomerId;
  readonly number: string;
  readonly currency: Currency;
  readonly openMinor: bigint;
  /** From which day it can be paid: issued, or last opened again. */
  readonly issueDate: string;
};
export type MissingOptions = UseOptions & {
  readonly system: string;
  readonly seen: { readonly invoices: ReadonlySet<bigint>; readonly payments: ReadonlySet<bigint> };
  /** Day of the file's balances. */
  readonly day: string;
};

/** What was open in the ledger of a system and does not stand in its complete list of open items any more: paid, by the day of the list. */
export async function settleMissing(
  tx: Tx,
  { system, seen, day, importNo, ids }: MissingOptions,
): Promise<{
  readonly customers: ReadonlySet<CustomerId>;
  readonly invoices: number;
  readonly used: readonly UsedMoney[];
}> {
  const { rows: open } = await sql<Missing>`
    select invoice_id as "invoiceId", customer_id as "customerId", number, currency, amount_minor - paid_minor as "openMinor", greatest(issue_date, reopened_on)::text as "issueDate"
    from invoice where system = ${system} and settled_on is null and import_no is distinct from ${importNo} and issue_date <= ${day}::date`.execute(
    tx,
  );
  const { rows: free } = await sql<UsedMoney>`
    select payment_id as "paymentId", customer_id as "customerId", currency, amount_minor - allocated_minor as "usedMinor"
    from payment where system = ${system} and allocated_on is null and amount_minor > 0 and import_no is distinct from ${importNo}`.execute(
    tx,
  );
  const gone = open.filter(({ invoiceId }) => !seen.invoices.has(invoiceId));
  await ids.reserve(tx, 2 * gone.length);
  const rows = gone.map((one) => ({
    payment_id: ids.take().toString(),
    allocation_id: ids.take().toString(),
    invoice_id: one.invoiceId.toString(),
    customer_id: one.customerId,
    number: statedPaymentNumber(one.number, importNo),
    currency: one.currency,
    amount: one.openMinor.toString(),
    day: day > one.issueDate ? day : one.issueDate,
    wanted: one.number,
  }));
  const record = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c(payment_id bigint, allocation_id bigint, invoice_id bigint, customer_id uuid, number text, currency text, amount bigint, day date, wanted text)`;
  await sql`insert into payment (payment_id, customer_id, system, number, kind, currency, amount_minor, allocated_minor, value_date, allocated_on, wanted, import_no)
    select payment_id, customer_id, ${system}, number, 'balance', currency, amount, amount, ${day}::date, day, wanted, ${importNo} from ${record}`.execute(
    tx,
  );
  await sql`insert into allocation (allocation_id, payment_id, invoice_id, amount_minor, day) select allocation_id, payment_id, invoice_id, amount, day from ${record}`.execute(
    tx,
  );
  await settleInvoices(
    tx,
    rows.map((row) => row.invoice_id),
  );
  return {
    customers: new Set(gone.map(({ customerId }) => customerId)),
    invoices: gone.length,
    used: free.filter(({ paymentId }) => !seen.payments.has(paymentId)),
  };
}

/** What is open in the ledger of one system: its invoices less its own unapplied money, in minor units by currency. */
export async function openOfSystem(tx: Tx, system: string): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await sql<{ currency: string; open: bigint }>`
    select currency, sum(open)::bigint as open from (
      select currency, amount_minor - paid_minor as open from invoice where system = ${system} and settled_on is null
      union all select currency, allocated_minor - amount_minor from payment where system = ${system} and allocated_on is null) both_sides
    group by currency`.execute(tx);
  return new Map(rows.map(({ currency, open }) => [currency, open]));
}
