import { type RawBuilder, sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";

/** A ledger-only customer that went over to a tenant. */
export type MergeRow = {
  readonly merge_id: string;
  readonly from_id: CustomerId;
  readonly into_id: CustomerId;
  readonly from_name: string;
  readonly reason: string;
  readonly merged_by: string;
  readonly merged_at: Temporal.Instant;
  readonly undone_by: string | null;
  readonly undo_reason: string | null;
};

/** What belongs to a customer: table, key of a row as text, and the column that says whose it is. Source for moving and moving back. */
type Part = {
  readonly kind: string;
  readonly table: string;
  readonly key: RawBuilder<unknown>;
  readonly column: string;
  readonly type: "uuid" | "text";
};
const key = (column: string) => sql`${sql.ref(column)}::text`;
const PARTS: readonly Part[] = [
  { kind: "invoice", table: "invoice", key: key("invoice_id"), column: "customer_id", type: "uuid" },
  { kind: "payment", table: "payment", key: key("payment_id"), column: "customer_id", type: "uuid" },
  { kind: "deposit", table: "deposit_entry", key: key("entry_id"), column: "customer_id", type: "uuid" },
  { kind: "key", table: "customer_key", key: sql`system || chr(10) || number`, column: "customer_id", type: "text" },
  { kind: "change", table: "ledger_change", key: key("change_id"), column: "customer_id", type: "uuid" },
  { kind: "payer-link", table: "payer_link", key: key("link_id"), column: "payer_id", type: "uuid" },
  { kind: "paid-link", table: "payer_link", key: key("link_id"), column: "customer_id", type: "uuid" },
  { kind: "bank-entry", table: "bank_entry", key: key("entry_id"), column: "customer_id", type: "uuid" },
  { kind: "bank-payer", table: "bank_payer", key: sql`kind || chr(10) || value`, column: "customer_id", type: "uuid" },
  {
    kind: "stripe-customer",
    table: "stripe_customer",
    key: key("stripe_customer_id"),
    column: "customer_id",
    type: "text",
  },
  { kind: "instrument", table: "payment_instrument", key: key("instrument_id"), column: "customer_id", type: "text" },
];
const idOf = (id: CustomerId, { type }: Part) => (type === "uuid" ? sql`${id}::uuid` : sql`${id}::text`);

/** Moves everything a customer has to another and notes each row. */
export async function moveAll(
  tx: Tx,
  { mergeId, from, into }: { readonly mergeId: string; readonly from: CustomerId; readonly into: CustomerId },
): Promise<void> {
  // What both have learnt from the bank is the same knowledge: the tenant's own stays.
  await sql`delete from bank_payer p where customer_id = ${from} and exists (select 1 from bank_payer o where o.kind = p.kind and o.value = p.value and o.customer_id = ${into})`.execute(
    tx,
  );
  for (const part of PARTS) {
    const mine = sql`${sql.ref(part.column)} = ${idOf(from, part)}`;
    // A link between the two that has ended stays as it was: nobody pays for itself.
    const other = part.kind.endsWith("-link") ? sql`and not (${idOf(into, part)} in (customer_id, payer_id))` : sql``;
    await sql`insert into customer_merge_row (merge_id, kind, row_id) select ${mergeId}, ${part.kind}, ${part.key} from ${sql.table(part.table)} where ${mine} ${other}`.execute(
      tx,
    );
    await sql`update ${sql.table(part.table)} set ${sql.ref(part.column)} = ${idOf(into, part)} where ${mine} ${other}`.execute(
      tx,
    );
  }
  await sql`update ledger_customer set merged_into = ${into} where customer_id = ${from}`.execute(tx);
  await sql`delete from ledger_presence where customer_id = ${from}`.execute(tx);
  await sql`insert into ledger_presence (customer_id) values (${into}) on conflict do nothing`.execute(tx);
}

/** Moves back what a merge had moved. What came since stays with the tenant. */
export async function moveBack(tx: Tx, { merge_id, from_id, into_id }: MergeRow): Promise<void> {
  for (const part of PARTS)
    await sql`update ${sql.table(part.table)} set ${sql.ref(part.column)} = ${idOf(from_id, part)} where ${sql.ref(part.column)} = ${idOf(into_id, part)}
      and ${part.key} in (select row_id from customer_merge_row where merge_id = ${merge_id} and kind = ${part.kind})`.execute(
      tx,
    );
  await sql`update ledger_customer set merged_into = null where customer_id = ${from_id}`.execute(tx);
  await sql`insert into ledger_presence (customer_id) values (${from_id}) on conflict do nothing`.execute(tx);
  await sql`delete from ledger_presence p where customer_id = ${into_id} and not exists (select 1 from invoice where customer_id = ${into_id}::uuid)
    and not exists (select 1 from payment where customer_id = ${into_id}::uuid) and not exists (select 1 from deposit_entry where customer_id = ${into_id}::uuid)`.execute(
    tx,
  );
}

/** Numbers that both customers have in the same system, a few of them. They cannot stand side by side. */
export async function sameNumbers(tx: Tx, from: CustomerId, into: CustomerId): Promise<readonly string[]> {
  const same = (table: string) => sql`
    select a.number from ${sql.table(table)} a join ${sql.table(table)} b on b.number = a.number and b.system = a.system and b.customer_id = ${into}::uuid where a.customer_id = ${from}::uuid`;
  const { rows } = await sql<{ number: string }>`
    select number from (${same("invoice")} union ${same("payment")} union ${same("deposit_entry")}) n order by number limit 10`.execute(
    tx,
  );
  return rows.map(({ number }) => number);
}

/** Whether somebody pays for one of these, or they for somebody, from now on. */
export async function hasOpenLinks(tx: Tx, ids: readonly CustomerId[]): Promise<boolean> {
  const { rows } = await sql<{ n: bigint }>`
    select count(*) as n from payer_link where until_day is null and (customer_id = any(${ids}::uuid[]) or payer_id = any(${ids}::uuid[]))`.execute(
    tx,
  );
  return (rows[0]?.n ?? 0n) > 0n;
}

/** The state of a customer's ledger in short: what a person saw, and what is there when the merge is asked for. */
export async function ledgerState(tx: Tx, customerId: CustomerId): Promise<string> {
  const { rows } = await sql<{ state: string }>`
    select concat_ws('.', (select count(*) || '.' || coalesce(sum(amount_minor), 0) || '.' || coalesce(sum(paid_minor), 0) from invoice where customer_id = ${customerId}),
      (select count(*) || '.' || coalesce(sum(allocated_minor), 0) from payment where customer_id = ${customerId}),
      (select count(*) from deposit_entry where customer_id = ${customerId})) as state`.execute(tx);
  return rows[0]?.state ?? "";
}

/** Money of one side that pays invoices of the other, net, with the last day on which it did. */
export type Across = {
  readonly payment: bigint;
  readonly invoice: bigint | null;
  readonly minor: bigint;
  readonly lastDay: string;
};
export async function paidAcross(tx: Tx, mergeId: string): Promise<readonly Across[]> {
  const moved = (kind: string) =>
    sql`(select row_id::bigint from customer_merge_row where merge_id = ${mergeId} and kind = ${kind})`;
  const { rows } = await sql<Across>`
    with mi as materialized ${moved("invoice")}, mp as materialized ${moved("payment")},
      tied as (select a.* from allocation a where a.invoice_id in (select * from mi) or a.payment_id in (select * from mp) or a.against_id in (select * from mp))
    select a.payment_id as payment, a.invoice_id as invoice, sum(a.amount_minor)::bigint as minor, max(a.day)::text as "lastDay" from tied a
    where (a.payment_id in (select * from mp)) <> case when a.invoice_id is null then a.against_id in (select * from mp) else a.invoice_id in (select * from mi) end
    group by a.payment_id, a.invoice_id having sum(a.amount_minor) <> 0`.execute(tx);
  return rows;
}

const COLUMNS = sql`m.merge_id, m.from_id, m.into_id, c.name as from_name, m.reason, m.merged_by, m.merged_at, m.undone_by, m.undo_reason`;
/** Merges of a customer, from or into, newest first. */
export async function mergesOf(tx: Tx, customerId: CustomerId): Promise<readonly MergeRow[]> {
  const { rows } = await sql<MergeRow>`
    select ${COLUMNS} from customer_merge m join ledger_customer c on c.customer_id = m.from_id where m.from_id = ${customerId} or m.into_id = ${customerId} order by m.merged_at desc limit 50`.execute(
    tx,
  );
  return rows;
}
export async function findMerge(tx: Tx, mergeId: string): Promise<MergeRow | undefined> {
  const { rows } = await sql<MergeRow>`
    select ${COLUMNS} from customer_merge m join ledger_customer c on c.customer_id = m.from_id where m.merge_id = ${mergeId} for update of m`.execute(
    tx,
  );
  return rows[0];
}
export async function insertMerge(
  tx: Tx,
  row: Pick<MergeRow, "merge_id" | "from_id" | "into_id" | "reason" | "merged_by" | "merged_at">,
): Promise<void> {
  await sql`insert into customer_merge (merge_id, from_id, into_id, reason, merged_by, merged_at)
    values (${row.merge_id}, ${row.from_id}, ${row.into_id}, ${row.reason}, ${row.merged_by}, ${row.merged_at})`.execute(
    tx,
  );
}
export async function endMerge(
  tx: Tx,
  mergeId: string,
  by: { readonly name: string; readonly at: Temporal.Instant; readonly reason: string },
): Promise<void> {
  await sql`update customer_merge set undone_by = ${by.name}, undone_at = ${by.at}, undo_reason = ${by.reason} where merge_id = ${mergeId}`.execute(
    tx,
  );
}

/** Ledger-only customers that went over to a tenant, all or of these: from → into. */
export async function mergedInto(
  tx: Tx,
  customerIds?: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, CustomerId>> {
  const { rows } = await sql<{ id: CustomerId; into: CustomerId }>`
    select customer_id as id, merged_into as into from ledger_customer where merged_into is not null and ${customerIds === undefined ? sql`true` : sql`customer_id = any(${customerIds}::text[])`}`.execute(
    tx,
  );
  return new Map(rows.map(({ id, into }) => [id, into]));
}
