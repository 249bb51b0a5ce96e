import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";

/** The customer of tests of the ledger, unless they say another. */
export const LEDGER_CUSTOMER = "3d5e9f0a-1111-4222-8333-444455556666" as CustomerId;

export type TestInvoice = {
  readonly number: string;
  readonly amount: bigint;
  readonly issued: string;
  /** The day of issue unless told. */
  readonly due?: string;
  readonly customerId?: CustomerId;
  readonly currency?: string;
};

/** Puts invoices straight into the ledger. Gives their ids. */
export async function addInvoices(tx: Tx, invoices: readonly TestInvoice[]): Promise<readonly string[]> {
  const made: string[] = [];
  for (const one of invoices) {
    const customerId = one.customerId ?? LEDGER_CUSTOMER;
    const { rows } = await sql<{ id: string }>`
      insert into invoice (invoice_id, customer_id, system, number, currency, amount_minor, issue_date, due_date)
      values (nextval('receivables_block') * 1000, ${customerId}, 'ledger', ${one.number}, ${one.currency ?? "SEK"}, ${one.amount}, ${one.issued}, ${one.due ?? one.issued})
      returning invoice_id::text as id`.execute(tx);
    made.push(...rows.map(({ id }) => id));
    await sql`insert into ledger_presence (customer_id) values (${customerId}) on conflict do nothing`.execute(tx);
  }
  return made;
}

export async function emptyLedger(tx: Tx): Promise<void> {
  await sql`truncate invoice_revision, allocation, payment, invoice, deposit_entry, source_system, customer_key, ledger_presence, payer_link, ledger_change, customer_merge_row, customer_merge, ledger_customer`.execute(
    tx,
  );
}
