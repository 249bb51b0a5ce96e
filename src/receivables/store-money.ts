import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { ClaimIn, ClaimedOn, MoneyIn } from "./contract-ledger.ts";
import type { Ids } from "./store-bulk.ts";

/** A row of money as it is stored, found by the key of its source. */
export type StoredRow = {
  readonly paymentId: bigint;
  readonly customerId: string;
  readonly system: string;
  readonly number: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly valueDate: string;
  readonly allocatedMinor: bigint;
};
type Key = Pick<MoneyIn, "customerId" | "system" | "number">;
export const moneyKey = ({ customerId, system, number }: { [K in keyof Key]: string }): string =>
  `${customerId}|${system}|${number}`;

/** Money that is stored already, by customer, system and number. */
export async function findMoney(tx: Tx, keys: readonly Key[]): Promise<ReadonlyMap<string, StoredRow>> {
  const { rows } = await sql<StoredRow>`
    select p.payment_id as "paymentId", p.customer_id as "customerId", p.system, p.number, p.currency, p.amount_minor as "amountMinor", p.value_date::text as "valueDate", p.allocated_minor as "allocatedMinor"
    from unnest(${keys.map((one) => one.customerId)}::uuid[], ${keys.map((one) => one.system)}::text[], ${keys.map((one) => one.number)}::text[]) as k(customer_id, system, number)
    join payment p on p.number = k.number collate "C" and p.system = k.system collate "C" and p.customer_id = k.customer_id`.execute(
    tx,
  );
  return new Map(rows.map((row) => [moneyKey(row), row]));
}

/** Adds money that is not there yet. */
export async function insertMoney(
  tx: Tx,
  rows: readonly MoneyIn[],
  { ids, now }: { readonly ids: Ids; readonly now: Temporal.Instant },
): Promise<void> {
  if (rows.length === 0) return;
  await ids.reserve(tx, rows.length);
  const values = rows.map((row) => ({
    id: ids.take().toString(),
    customer: row.customerId,
    system: row.system,
    number: row.number,
    kind: row.kind,
    currency: row.currency,
    amount: row.amountMinor.toString(),
    day: row.valueDate.toString(),
    wanted: row.names.length === 0 ? null : row.names.join("\n").slice(0, WANTED_CHARS_MAX),
    reference: row.text === undefined || row.text === "" ? null : row.text.slice(0, REFERENCE_CHARS_MAX),
    reverses_system: row.reverses?.system ?? null,
    reverses_number: row.reverses?.number ?? null,
  }));
  await sql`insert into payment (payment_id, customer_id, system, number, kind, currency, amount_minor, value_date, wanted, reference, reverses_system, reverses_number, recorded_at)
    select id, customer, system, number, kind, currency, amount, day, wanted, reference, reverses_system, reverses_number, ${now}
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as m(id bigint, customer uuid, system text, number text, kind text, currency text, amount bigint, day date,
      wanted text, reference text, reverses_system text, reverses_number text)`.execute(tx);
}
const WANTED_CHARS_MAX = 2_000;
const REFERENCE_CHARS_MAX = 500;

/** The invoice of a claim, as far as a claim takes over from it. */
export type ClaimedInvoice = {
  readonly invoiceId: string;
  readonly customerId: CustomerId;
  readonly system: string;
  readonly number: string;
  readonly currency: string;
  readonly kind: string;
  /** Claims on it so far. */
  readonly claims: number;
};
export async function findClaimed(tx: Tx, invoiceIds: readonly string[]): Promise<ReadonlyMap<string, ClaimedInvoice>> {
  const { rows } = await sql<ClaimedInvoice>`
    select invoice_id::text as "invoiceId", customer_id as "customerId", system, number, currency, kind, (select count(*)::int from invoice c where c.of_invoice_id = i.invoice_id) as claims
    from invoice i where invoice_id = any(${invoiceIds}::bigint[])`.execute(tx);
  return new Map(rows.map((row) => [row.invoiceId, row]));
}

/** Claims that are stored already, by key. */
export async function findClaims(tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ claim_key: string; invoice_id: string }>`
    select claim_key, invoice_id::text as invoice_id from invoice where claim_key = any(${keys})`.execute(tx);
  return new Map(rows.map((row) => [row.claim_key, row.invoice_id]));
}

/** Everything that was ever claimed on some invoices, paid or not. */
export async function claimsOn(tx: Tx, invoiceIds: readonly string[]): Promise<readonly ClaimedOn[]> {
  const { rows } = await sql<ClaimedOn>`
    select claim_key as key, of_invoice_id::text as "ofInvoiceId", kind, amount_minor as "amountMinor" from invoice
    where of_invoice_id = any(${invoiceIds}::bigint[]) order by issue_date, invoice_id`.execute(tx);
  return rows;
}

export type NewClaim = ClaimIn & { readonly of: ClaimedInvoice; readonly number: string };
export async function insertClaims(
  tx: Tx,
  claims: readonly NewClaim[],
  { ids, now }: { readonly ids: Ids; readonly now: Temporal.Instant },
): Promise<void> {
  if (claims.length === 0) return;
  await ids.reserve(tx, claims.length);
  const values = claims.map((claim) => ({
    id: ids.take().toString(),
    customer: claim.of.customerId,
    system: claim.of.system,
    number: claim.number,
    currency: claim.of.currency,
    amount: claim.amountMinor.toString(),
    day: claim.day.toString(),
    due: (claim.dueDay ?? claim.day).toString(),
    kind: claim.kind,
    of_id: claim.ofInvoiceId,
    claim_key: claim.key,
    basis: claim.basis,
  }));
  await sql`insert into invoice (invoice_id, customer_id, system, number, currency, amount_minor, issue_date, due_date, kind, of_invoice_id, claim_key, basis, recorded_at)
    select id, customer, system, number, currency, amount, day, due, kind, of_id, claim_key, basis, ${now}
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as c(id bigint, customer uuid, system text, number text, currency text, amount bigint, day date, due date, kind text, of_id bigint, claim_key text, basis text)`.execute(
    tx,
  );
}
