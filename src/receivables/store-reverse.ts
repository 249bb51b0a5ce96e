import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import { type Entry, offset, reopened, type Source, takeFrom } from "./decide-reversal.ts";
import type { Ids } from "./store-bulk.ts";
import { keepEntries } from "./store-entries.ts";

/** Money that takes something back and is not used up: a refund, a chargeback or its end, a returned payment. */
type Reversal = {
  readonly payment_id: bigint;
  readonly customer_id: string;
  readonly kind: string;
  readonly currency: string;
  readonly left_minor: bigint;
  readonly value_date: string;
  readonly wanted: string | null;
  readonly reverses_id: bigint | null;
  readonly root_id: bigint | null;
};
/** Chains are short: payment, chargeback, its end. */
const CHAIN_MAX = 20;

/** Finds what reversals take back, when both are here, in whatever order they came. */
async function resolve(tx: Tx, customerIds: readonly CustomerId[]): Promise<void> {
  const found = await sql`
    update payment r set reverses_id = t.payment_id, root_id = coalesce(t.root_id, t.payment_id) from payment t
    where r.customer_id = any(${customerIds}) and r.reverses_number is not null and r.reverses_id is null
      and t.number = r.reverses_number collate "C" and t.system = r.reverses_system collate "C" and t.customer_id = r.customer_id and t.currency = r.currency and t.payment_id <> r.payment_id`.execute(
    tx,
  );
  if ((found.numAffectedRows ?? 0n) === 0n) return;
  for (let step = 0; step < CHAIN_MAX; step++) {
    const moved = await sql`
      update payment r set root_id = t.root_id from payment t
      where r.customer_id = any(${customerIds}) and r.root_id = t.payment_id and t.root_id is not null and t.root_id <> r.root_id`.execute(
      tx,
    );
    if ((moved.numAffectedRows ?? 0n) === 0n) return;
  }
}

/** Lets everything these customers have that takes something back do so. Gives how many rows were made. */
export async function reverseFor(tx: Tx, customerIds: readonly CustomerId[], ids: Ids): Promise<number> {
  await resolve(tx, customerIds);
  const { rows } = await sql<{ payment_id: bigint }>`
    select payment_id from payment where customer_id = any(${customerIds}) and allocated_on is null and (reverses_id is not null or amount_minor < 0 and reverses_number is null)
    order by value_date, payment_id for update`.execute(tx);
  let made = 0;
  for (const { payment_id } of rows) {
    // Read again: a row before it may have taken from this one.
    const row = await findReversal(tx, payment_id);
    if (row === undefined) continue;
    const entries = row.left_minor < 0n ? await takeBack(tx, row) : await giveBack(tx, row);
    await keepEntries(tx, entries, ids);
    made += entries.length;
  }
  return made;
}

async function findReversal(tx: Tx, paymentId: bigint): Promise<Reversal | undefined> {
  const { rows } = await sql<Reversal>`
    select payment_id, customer_id, kind, currency, amount_minor - allocated_minor as left_minor, value_date::text as value_date, wanted, reverses_id, root_id
    from payment where payment_id = ${paymentId} and allocated_on is null`.execute(tx);
  return rows[0];
}

/** Money that goes out again: first from what is free, then from what it had paid, newest first. The rest stays unapplied, below zero. */
async function takeBack(tx: Tx, row: Reversal): Promise<readonly Entry[]> {
  const want = { amountMinor: -row.left_minor, day: row.value_date };
  const free = takeFrom(await freeSources(tx, row), want);
  const paid = row.reverses_id === null ? await namedInvoices(tx, row) : await paidByFamily(tx, row);
  const opened = takeFrom(paid, { ...want, amountMinor: free.leftMinor });
  return [...offset(row.payment_id, free.taken, -1n), ...reopened(row.payment_id, opened.taken, -1n)];
}

/** The end of what was taken back: first what that still lacks, then the invoices it opened. The rest is free money. */
async function giveBack(tx: Tx, row: Reversal): Promise<readonly Entry[]> {
  const want = { amountMinor: row.left_minor, day: row.value_date };
  const lacking = takeFrom(await lackingSources(tx, row), want);
  const opened = takeFrom(await openedBy(tx, row), { ...want, amountMinor: lacking.leftMinor });
  return [...offset(row.payment_id, lacking.taken, 1n), ...reopened(row.payment_id, opened.taken, 1n)];
}

/** Free money of the same chain; of a refund also credit notes, and of one that names no payment anything that is free. */
async function freeSources(tx: Tx, { payment_id, customer_id, currency, kind, root_id }: Reversal): Promise<Source[]> {
  const isRefund = kind === "refund";
  const { rows } = await sql<Source>`
    select payment_id as id, amount_minor - allocated_minor as "amountMinor", greatest(value_date, taken_on)::text as "notBefore" from payment
    where customer_id = ${customer_id} and currency = ${currency} and amount_minor > 0 and allocated_on is null and payment_id <> ${payment_id}
      and (reverses_number is null or reverses_id is not null)
      and (payment_id = ${root_id} or root_id = ${root_id} or ${isRefund} and (kind = 'credit-note' or ${root_id === null}))
    order by coalesce(payment_id = ${root_id} or root_id = ${root_id}, false) desc, kind = 'credit-note' desc, value_date, payment_id for update`.execute(
    tx,
  );
  return [...rows];
}

/** Invoices that the chain has paid, newest allocation first. */
async function paidByFamily(tx: Tx, { root_id }: Reversal): Promise<Source[]> {
  const { rows } = await sql<Source>`
    select a.invoice_id as id, sum(a.amount_minor)::bigint as "amountMinor", max(a.day)::text as "notBefore"
    from allocation a join payment p using (payment_id) where (p.payment_id = ${root_id} or p.root_id = ${root_id}) and a.invoice_id is not null
    group by a.invoice_id having sum(a.amount_minor) > 0 order by max(a.day) desc, a.invoice_id desc`.execute(tx);
  return [...rows];
}

/** Invoices that a refund names, by what is paid of them. */
async function namedInvoices(tx: Tx, { customer_id, currency, wanted }: Reversal): Promise<Source[]> {
  const numbers = (wanted ?? "").split(/[\n,;]+/).map((one) => one.trim());
  const { rows } = await sql<Source>`
    select invoice_id as id, paid_minor as "amountMinor", (select max(day)::text from allocation a where a.invoice_id = i.invoice_id) as "notBefore"
    from invoice i where customer_id = ${customer_id} and currency = ${currency} and number = any(${numbers}) and paid_minor > 0 order by due_date desc, invoice_id for update`.execute(
    tx,
  );
  return [...rows];
}

/** What the money that is given back still lacks itself: it was never taken from anything. */
async function lackingSources(tx: Tx, { reverses_id }: Reversal): Promise<Source[]> {
  const { rows } = await sql<Source>`
    select payment_id as id, allocated_minor - amount_minor as "amountMinor", greatest(value_date, taken_on)::text as "notBefore" from payment
    where payment_id = ${reverses_id} and amount_minor < 0 and allocated_on is null for update`.execute(tx);
  return [...rows];
}

/** Invoices that the money given back had opened, as far as that was not closed yet and they are open. */
async function openedBy(tx: Tx, { reverses_id }: Reversal): Promise<Source[]> {
  const { rows } = await sql<Source>`
    select i.invoice_id as id, least(-o.net, i.amount_minor - i.paid_minor) as "amountMinor", greatest(i.reopened_on, i.issue_date)::text as "notBefore"
    from (select a.invoice_id, sum(a.amount_minor)::bigint as net from allocation a join payment p using (payment_id)
      where (p.payment_id = ${reverses_id} or p.reverses_id = ${reverses_id}) and a.invoice_id is not null group by a.invoice_id having sum(a.amount_minor) < 0) o
    join invoice i using (invoice_id) where exists (select 1 from payment where payment_id = ${reverses_id} and amount_minor < 0) order by i.due_date, i.invoice_id`.execute(
    tx,
  );
  return [...rows];
}
