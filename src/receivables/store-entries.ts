import { sql } from "kysely";
import type { Tx } from "../store/contract.ts";
import type { Entry } from "./decide-reversal.ts";
import { type Ids, settleInvoices } from "./store-bulk.ts";

/** Adds rows to the allocations and brings invoices and money in line with them. */
export async function keepEntries(tx: Tx, entries: readonly Entry[], ids: Ids): Promise<void> {
  if (entries.length === 0) return;
  await ids.reserve(tx, entries.length);
  const rows = entries.map((one) => ({
    id: ids.take().toString(),
    payment: one.paymentId.toString(),
    invoice: one.invoiceId?.toString() ?? null,
    against: one.againstId?.toString() ?? null,
    amount: one.amountMinor.toString(),
    day: one.day,
    reason: one.reason,
    change: one.changeId ?? null,
  }));
  await sql`insert into allocation (allocation_id, payment_id, invoice_id, against_id, amount_minor, day, reason, change_id)
    select id, payment, invoice, against, amount, day, reason, change
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as a(id bigint, payment bigint, invoice bigint, against bigint, amount bigint, day date, reason text, change text)`.execute(
    tx,
  );
  await settleInvoices(tx, [...new Set(rows.flatMap(({ invoice }) => (invoice === null ? [] : [invoice])))]);
  await settleMoney(tx, [...new Set(rows.map(({ payment }) => payment))]);
}

/** Brings what is allocated of some money in line with its allocations. */
export async function settleMoney(tx: Tx, paymentIds: readonly string[]): Promise<void> {
  await sql`update payment p set allocated_minor = s.given, taken_on = s.taken,
      allocated_on = case when s.given = p.amount_minor then greatest(s.last, p.value_date) end
    from (select a.payment_id, sum(a.amount_minor)::bigint as given, max(a.day) as last,
        max(a.day) filter (where sign(a.amount_minor) <> sign(o.amount_minor)) as taken
      from allocation a join payment o using (payment_id) where a.payment_id = any(${paymentIds}::bigint[]) group by a.payment_id) s
    where p.payment_id = s.payment_id`.execute(tx);
}
