import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { AllocationRule } from "./contract-import.ts";
import type { AllocationOrder } from "./contract-ledger.ts";
import { allocateMoney, type FreeMoney, type OpenInvoice } from "./decide-allocation.ts";
import type { Ids } from "./store-bulk.ts";
import { keepEntries } from "./store-entries.ts";
import { reverseFor } from "./store-reverse.ts";

type Owner = { readonly owner: string };
/** Customers whose money and invoices are in memory at once. */
const CUSTOMERS_AT_ONCE = 500;

export type AllocateOptions = {
  readonly rule: AllocationRule;
  readonly ids: Ids;
  /** Within an invoice and its claims; `DEFAULT_ALLOCATION_ORDER` unless told. */
  readonly order?: AllocationOrder | undefined;
};

/**
 * Allocates what these customers have unapplied, by the rule, and lets what goes back (refunds, chargebacks and their ends) open again
 * or restore what was paid. Money comes first, so that a chargeback that arrived before its payment still finds it where it would be.
 * Last, what a payer has left pays for those it pays for. Gives how many allocations were made.
 */
export async function allocateFor(
  tx: Tx,
  customerIds: readonly CustomerId[],
  options: AllocateOptions,
): Promise<number> {
  let made = 0;
  for (let from = 0; from < customerIds.length; from += CUSTOMERS_AT_ONCE) {
    const some = customerIds.slice(from, from + CUSTOMERS_AT_ONCE);
    made += await allocateSome(tx, some, options);
    const reversed = await reverseFor(tx, some, options.ids);
    // What was opened again, or set free, may meet money or invoices that still wait.
    if (reversed > 0) made += reversed + (await allocateSome(tx, some, options));
    made += await payForOthers(tx, some, options);
  }
  return made;
}

async function allocateSome(
  tx: Tx,
  customerIds: readonly CustomerId[],
  { rule, ids, order }: AllocateOptions,
): Promise<number> {
  // What takes something back and does not know yet what, waits.
  const { rows: money } = await sql<FreeMoney & Owner>`
    select customer_id::text || ' ' || currency as owner, payment_id as "paymentId", amount_minor - allocated_minor as "leftMinor", value_date::text as "valueDate", wanted, reference, taken_on::text as "takenOn"
    from payment where customer_id = any(${customerIds}) and allocated_on is null and amount_minor > 0 and (reverses_number is null or reverses_id is not null) for update`.execute(
    tx,
  );
  if (money.length === 0) return 0;
  const owners = [...new Set(money.map(({ owner }) => owner.slice(0, 36)))];
  const { rows: invoices } = await sql<OpenInvoice & Owner>`
    select customer_id::text || ' ' || currency as owner, invoice_id as "invoiceId", number, amount_minor - paid_minor as "openMinor", issue_date::text as "issueDate", due_date::text as "dueDate",
      kind, of_invoice_id as "ofInvoiceId", payment_reference as "paymentReference", reopened_on::text as "reopenedOn"
    from invoice where customer_id = any(${owners}) and settled_on is null for update`.execute(tx);
  const invoicesOf = Map.groupBy(invoices, ({ owner }) => owner);
  const given = [...Map.groupBy(money, ({ owner }) => owner)].flatMap(([owner, free]) =>
    allocateMoney(free, invoicesOf.get(owner) ?? [], { rule, order }),
  );
  await keepEntries(
    tx,
    given.map((one) => ({ ...one, againstId: null })),
    ids,
  );
  return given.length;
}

/** What payers among these, or payers of these, have left goes to the invoices of those they pay for, from the day of the link on. */
async function payForOthers(
  tx: Tx,
  customerIds: readonly CustomerId[],
  { rule, ids, order }: AllocateOptions,
): Promise<number> {
  const { rows: money } = await sql<FreeMoney & Owner>`
    select customer_id::text || ' ' || currency as owner, payment_id as "paymentId", amount_minor - allocated_minor as "leftMinor", value_date::text as "valueDate", wanted, reference, taken_on::text as "takenOn"
    from payment where customer_id in (select payer_id from payer_link where (payer_id = any(${customerIds}) or customer_id = any(${customerIds})) and until_day is null)
      and allocated_on is null and amount_minor > 0 and (reverses_number is null or reverses_id is not null) for update`.execute(
    tx,
  );
  if (money.length === 0) return 0;
  const payers = [...new Set(money.map(({ owner }) => owner.slice(0, 36)))];
  const { rows: invoices } = await sql<OpenInvoice & Owner>`
    select l.payer_id::text || ' ' || i.currency as owner, i.invoice_id as "invoiceId", i.number, i.amount_minor - i.paid_minor as "openMinor", i.issue_date::text as "issueDate", i.due_date::text as "dueDate",
      i.kind, i.of_invoice_id as "ofInvoiceId", i.payment_reference as "paymentReference", greatest(i.reopened_on, l.from_day)::text as "reopenedOn"
    from payer_link l join invoice i on i.customer_id = l.customer_id where l.payer_id = any(${payers}) and l.until_day is null and i.settled_on is null for update of i`.execute(
    tx,
  );
  const invoicesOf = Map.groupBy(invoices, ({ owner }) => owner);
  const given = [...Map.groupBy(money, ({ owner }) => owner)].flatMap(([owner, free]) =>
    allocateMoney(free, invoicesOf.get(owner) ?? [], { rule, order }),
  );
  await keepEntries(
    tx,
    given.map((one) => ({ ...one, againstId: null })),
    ids,
  );
  return given.length;
}
