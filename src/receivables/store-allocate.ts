import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { AllocationRule } from "./contract-import.ts";
import { allocateMoney, type FreeMoney, type NewAllocation, type OpenInvoice } from "./decide-allocation.ts";
import { type Ids, settleInvoices } from "./store-bulk.ts";

type Owner = { readonly owner: string };
/** Customers whose money and invoices are in memory at once. */
const CUSTOMERS_AT_ONCE = 500;

/** Allocates what these customers have unapplied to what they have open, by the rule. Gives how many allocations were made. */
export async function allocateFor(
  tx: Tx,
  customerIds: readonly CustomerId[],
  options: { readonly rule: AllocationRule; readonly ids: Ids },
): Promise<number> {
  let made = 0;
  for (let from = 0; from < customerIds.length; from += CUSTOMERS_AT_ONCE)
    made += await allocateSome(tx, customerIds.slice(from, from + CUSTOMERS_AT_ONCE), options);
  return made;
}

async function allocateSome(
  tx: Tx,
  customerIds: readonly CustomerId[],
  { rule, ids }: { readonly rule: AllocationRule; readonly ids: Ids },
): Promise<number> {
  const { rows: money } = await sql<FreeMoney & Owner>`
    select customer_id::text || ' ' || currency as owner, payment_id as "paymentId", amount_minor - allocated_minor as "leftMinor", value_date::text as "valueDate", wanted, reference
    from payment where customer_id = any(${customerIds}) and allocated_on is null and amount_minor > 0 for update`.execute(
    tx,
  );
  if (money.length === 0) return 0;
  const owners = [...new Set(money.map(({ owner }) => owner.slice(0, 36)))];
  const { rows: invoices } = await sql<OpenInvoice & Owner>`
    select customer_id::text || ' ' || currency as owner, invoice_id as "invoiceId", number, amount_minor - paid_minor as "openMinor", issue_date::text as "issueDate", due_date::text as "dueDate"
    from invoice where customer_id = any(${owners}) and settled_on is null for update`.execute(tx);
  const invoicesOf = Map.groupBy(invoices, ({ owner }) => owner);
  const given = [...Map.groupBy(money, ({ owner }) => owner)].flatMap(([owner, free]) =>
    allocateMoney(free, invoicesOf.get(owner) ?? [], rule),
  );
  await keepAllocations(tx, given, ids);
  return given.length;
}

async function keepAllocations(tx: Tx, given: readonly NewAllocation[], ids: Ids): Promise<void> {
  if (given.length === 0) return;
  await ids.reserve(tx, given.length);
  const rows = given.map((one) => ({
    id: ids.take().toString(),
    payment: one.paymentId.toString(),
    invoice: one.invoiceId.toString(),
    amount: one.amountMinor.toString(),
    day: one.day,
  }));
  await sql`insert into allocation (allocation_id, payment_id, invoice_id, amount_minor, day)
    select id, payment, invoice, amount, day from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as a(id bigint, payment bigint, invoice bigint, amount bigint, day date)`.execute(
    tx,
  );
  await settleInvoices(tx, [...new Set(rows.map(({ invoice }) => invoice))]);
  await sql`update payment p set allocated_minor = s.given, allocated_on = case when s.given = p.amount_minor then s.last end
    from (select payment_id, sum(amount_minor)::bigint as given, max(day) as last from allocation where payment_id = any(${[...new Set(rows.map(({ payment }) => payment))]}::bigint[]) group by payment_id) s
    where p.payment_id = s.payment_id`.execute(tx);
}
