import { sql } from "kysely";
import type { Tx } from "../store/contract.ts";
import { type CopyInto, copyCell } from "../store/bulk.ts";
import type { StoredInvoice } from "./decide-change.ts";
import { mergeMarks, type StoredMarks } from "./decide-marks.ts";
import type { DepositFact, InvoiceFact, PaymentFact } from "./decide-cells.ts";

/** The file that rows come from. */
export type Origin = { readonly importNo: number; readonly system: string };
export type Ids = { take(): bigint; reserve(tx: Tx, count: number): Promise<void> };

const BLOCK = 1_000n;

/** Hands out row numbers from blocks of 1,000; unused ones of the last block are lost, which costs nothing. */
export function rowIds(): Ids {
  let free: bigint[] = [];
  let next = 0n;
  let end = 0n;
  return {
    async reserve(tx, count) {
      const missing = count - Number(end - next) - free.length * Number(BLOCK);
      if (missing <= 0) return;
      const { rows } = await sql<{
        block: bigint;
      }>`select nextval('receivables_block') as block from generate_series(1, ${Math.ceil(missing / Number(BLOCK))})`.execute(
        tx,
      );
      free = [...free, ...rows.map(({ block }) => block)];
    },
    take() {
      if (next === end) {
        const block = free.shift();
        if (block === undefined) throw new Error("invariant broken: row numbers were not reserved");
        next = block * BLOCK;
        end = next + BLOCK;
      }
      return next++;
    },
  };
}

const INVOICE = {
  table: "invoice",
  columns: [
    "invoice_id",
    "customer_id",
    "system",
    "number",
    "currency",
    "amount_minor",
    "paid_minor",
    "issue_date",
    "due_date",
    "settled_on",
    "disputed",
    "disputed_from",
    "reference",
    "import_no",
    "line",
    "payment_reference",
    "sold_from",
    "held_from",
    "held_reason",
    "reminded_level",
    "reminded_on",
  ],
};
const PAYMENT = {
  table: "payment",
  columns: [
    "payment_id",
    "customer_id",
    "system",
    "number",
    "kind",
    "currency",
    "amount_minor",
    "allocated_minor",
    "value_date",
    "allocated_on",
    "wanted",
    "reference",
    "import_no",
    "line",
  ],
};
const ALLOCATION = {
  table: "allocation",
  columns: ["allocation_id", "payment_id", "invoice_id", "amount_minor", "day"],
};
const DEPOSIT = {
  table: "deposit_entry",
  columns: [
    "entry_id",
    "customer_id",
    "system",
    "number",
    "kind",
    "currency",
    "amount_minor",
    "day",
    "reference",
    "import_no",
    "line",
  ],
};

type Bulk = { readonly tx: Tx; readonly copyInto: CopyInto; readonly ids: Ids; readonly origin: Origin };

/** The number of a payment that an invoice file states without naming one. */
export const statedPaymentNumber = (invoiceNumber: string, importNo: number): string =>
  `paid ${invoiceNumber} #${importNo}`.slice(0, 200);

const NO_MARKS_CELLS = "\\N\t\\N\t\\N\t\\N\t\\N\t\\N";
function marksCells({ marks, paymentReference, issueDate }: InvoiceFact): string {
  if (marks === null && paymentReference === null) return NO_MARKS_CELLS;
  const { soldFrom, heldFrom, heldReason, remindedLevel, remindedOn } = mergeMarks(marks, undefined, issueDate);
  return [paymentReference, soldFrom, heldFrom, heldReason, remindedLevel?.toString() ?? null, remindedOn]
    .map(copyCell)
    .join("\t");
}

/** Adds invoices that are not there yet, with what the file says is paid of them. */
export async function insertInvoices(
  { tx, copyInto, ids, origin }: Bulk,
  facts: readonly InvoiceFact[],
): Promise<void> {
  const paidCount = facts.filter((fact) => (fact.paidMinor ?? 0n) > 0n).length;
  await ids.reserve(tx, facts.length + 2 * paidCount);
  const system = copyCell(origin.system);
  let invoices = "";
  let payments = "";
  let allocations = "";
  for (const fact of facts) {
    const id = ids.take();
    const paid = fact.paidMinor ?? 0n;
    const day = fact.paidOn !== null && fact.paidOn > fact.issueDate ? fact.paidOn : fact.issueDate;
    const settled = paid === fact.amountMinor ? day : "\\N";
    const number = copyCell(fact.number);
    invoices += `${id}\t${fact.customerId}\t${system}\t${number}\t${fact.currency}\t${fact.amountMinor}\t${paid}\t${fact.issueDate}\t${fact.dueDate}\t${settled}\t${fact.disputed ?? false}\t${fact.disputedFrom ?? "\\N"}\t${copyCell(fact.reference)}\t${origin.importNo}\t${fact.line}\t${marksCells(fact)}\n`;
    if (paid === 0n) continue;
    const paymentId = ids.take();
    const valueDate = fact.paidOn ?? day;
    payments += `${paymentId}\t${fact.customerId}\t${system}\t${copyCell(statedPaymentNumber(fact.number, origin.importNo))}\tbalance\t${fact.currency}\t${paid}\t${paid}\t${valueDate}\t${day}\t${number}\t\\N\t${origin.importNo}\t${fact.line}\n`;
    allocations += `${ids.take()}\t${paymentId}\t${id}\t${paid}\t${day}\n`;
  }
  if (invoices !== "") await copyInto(INVOICE, invoices);
  if (payments !== "") await copyInto(PAYMENT, payments);
  if (allocations !== "") await copyInto(ALLOCATION, allocations);
}

export async function insertPayments(
  { tx, copyInto, ids, origin }: Bulk,
  facts: readonly PaymentFact[],
): Promise<void> {
  await ids.reserve(tx, facts.length);
  const rows = facts.map(
    (f) =>
      `${ids.take()}\t${f.customerId}\t${copyCell(origin.system)}\t${copyCell(f.number)}\t${f.paymentKind}\t${f.currency}\t${f.amountMinor}\t0\t${f.valueDate}\t\\N\t${copyCell(f.wanted)}\t${copyCell(f.reference)}\t${origin.importNo}\t${f.line}\n`,
  );
  if (rows.length > 0) await copyInto(PAYMENT, rows.join(""));
}

export async function insertDeposits(
  { tx, copyInto, ids, origin }: Bulk,
  facts: readonly DepositFact[],
): Promise<void> {
  await ids.reserve(tx, facts.length);
  const rows = facts.map(
    (f) =>
      `${ids.take()}\t${f.customerId}\t${copyCell(origin.system)}\t${copyCell(f.number)}\t${f.depositKind}\t${f.currency}\t${f.amountMinor}\t${f.day}\t${copyCell(f.reference)}\t${origin.importNo}\t${f.line}\n`,
  );
  if (rows.length > 0) await copyInto(DEPOSIT, rows.join(""));
}

type Key = { readonly customerId: string; readonly number: string };
export const keyOf = ({ customerId, number }: Key): string => `${customerId}|${number}`;

/** Invoices of a system that are stored already, by customer and number. */
export async function storedInvoices(
  tx: Tx,
  system: string,
  keys: readonly Key[],
): Promise<ReadonlyMap<string, StoredInvoice>> {
  const { rows } = await sql<
    StoredInvoice & Key
  >`select i.customer_id as "customerId", i.number, i.invoice_id as "invoiceId", i.currency, i.amount_minor as "amountMinor",
      i.paid_minor as "paidMinor", i.issue_date::text as "issueDate", i.due_date::text as "dueDate", i.settled_on::text as "settledOn", i.disputed,
      i.disputed_from::text as "disputedFrom", i.reference, i.payment_reference as "paymentReference", i.sold_from::text as "soldFrom",
      i.sold_until::text as "soldUntil", i.held_from::text as "heldFrom", i.held_until::text as "heldUntil", i.held_reason as "heldReason",
      i.reminded_level as "remindedLevel", i.reminded_on::text as "remindedOn"
    from unnest(${keys.map((key) => key.customerId)}::uuid[], ${keys.map((key) => key.number)}::text[]) as k(customer_id, number)
    join invoice i on i.customer_id = k.customer_id and i.system = ${system} and i.number = k.number collate "C"`.execute(
    tx,
  );
  return new Map(rows.map((row) => [keyOf(row), row]));
}

/** A stored payment or deposit, as far as it is compared: rows of money are never changed, only added. */
export type StoredMoney = {
  readonly id: bigint;
  readonly amountMinor: bigint;
  /** What is not set against an invoice; of a deposit its amount. */
  readonly leftMinor: bigint;
  readonly currency: string;
  readonly day: string;
};
/** Rows that were stored before a file told of them again. */
export type SeenRows = { readonly invoiceIds: readonly bigint[]; readonly paymentIds: readonly bigint[] };
export async function storedMoney(
  tx: Tx,
  table: "payment" | "deposit_entry",
  { system, keys }: { readonly system: string; readonly keys: readonly Key[] },
): Promise<ReadonlyMap<string, StoredMoney>> {
  const isPayment = table === "payment";
  const day = isPayment ? sql.ref("m.value_date") : sql.ref("m.day");
  const id = isPayment ? sql.ref("m.payment_id") : sql.ref("m.entry_id");
  const left = isPayment ? sql`m.amount_minor - m.allocated_minor` : sql`m.amount_minor`;
  const { rows } = await sql<
    StoredMoney & Key
  >`select m.customer_id as "customerId", m.number, ${id} as id, m.amount_minor as "amountMinor", ${left} as "leftMinor", m.currency, ${day}::text as day
    from unnest(${keys.map((key) => key.customerId)}::uuid[], ${keys.map((key) => key.number)}::text[]) as k(customer_id, number)
    join ${sql.table(table)} m on m.customer_id = k.customer_id and m.system = ${system} and m.number = k.number collate "C"`.execute(
    tx,
  );
  return new Map(rows.map((row) => [keyOf(row), row]));
}

export type ChangedInvoice = {
  readonly stored: StoredInvoice;
  readonly fact: InvoiceFact;
  readonly before: unknown;
  readonly after: unknown;
  readonly paidDelta: bigint;
  readonly marks: StoredMarks;
};

/** Writes what a later file changed, keeps the values before, and books the difference of what is paid. */
export async function updateInvoices(
  { tx, ids, origin }: Bulk,
  changed: readonly ChangedInvoice[],
  today: string,
): Promise<void> {
  if (changed.length === 0) return;
  // What is taken back goes first and what is added last, so that paid never exceeds the amount in between.
  await bookDifferences(
    { tx, ids, origin },
    changed.filter(({ paidDelta }) => paidDelta < 0n),
    today,
  );
  const rows = changed.map(({ stored, fact, before, after, marks }) => ({
    id: stored.invoiceId.toString(),
    currency: fact.currency,
    amount: fact.amountMinor.toString(),
    issued: fact.issueDate,
    due: fact.dueDate,
    disputed: fact.disputed ?? stored.disputed,
    disputed_from: (fact.disputed ?? stored.disputed) ? (fact.disputedFrom ?? stored.disputedFrom) : null,
    reference: fact.reference ?? stored.reference,
    payment_reference: fact.paymentReference ?? stored.paymentReference,
    sold_from: marks.soldFrom,
    sold_until: marks.soldUntil,
    held_from: marks.heldFrom,
    held_until: marks.heldUntil,
    held_reason: marks.heldReason,
    reminded_level: marks.remindedLevel,
    reminded_on: marks.remindedOn,
    line: fact.line,
    before,
    after,
  }));
  const record = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c(id bigint, currency text, amount bigint, issued date, due date, disputed boolean, disputed_from date, reference text, payment_reference text, sold_from date, sold_until date, held_from date, held_until date, held_reason text, reminded_level smallint, reminded_on date, line integer, before jsonb, after jsonb)`;
  await sql`insert into invoice_revision (invoice_id, import_no, line, before, after) select id, ${origin.importNo}, line, before, after from ${record} on conflict do nothing`.execute(
    tx,
  );
  await sql`update invoice i set currency = c.currency, amount_minor = c.amount, issue_date = c.issued, due_date = c.due, disputed = c.disputed,
      due_changes = case when i.due_date = c.due then i.due_changes else coalesce(i.due_changes, '[]') || jsonb_build_object('on', ${today}::date, 'before', i.due_date) end,
      amount_changes = case when i.currency <> c.currency then null when i.amount_minor = c.amount then i.amount_changes else coalesce(i.amount_changes, '[]') || jsonb_build_object('on', ${today}::date, 'before', i.amount_minor::text) end,
      reopened_on = case when i.currency = c.currency and i.amount_minor <> c.amount then greatest(i.reopened_on, ${today}::date) else i.reopened_on end,
      disputed_from = c.disputed_from, disputed_until = case when i.disputed and not c.disputed then ${today}::date when c.disputed then null else i.disputed_until end,
      payment_reference = c.payment_reference, sold_from = c.sold_from, sold_until = c.sold_until, held_from = c.held_from, held_until = c.held_until,
      held_reason = c.held_reason, reminded_level = c.reminded_level, reminded_on = c.reminded_on, reference = c.reference, import_no = ${origin.importNo}, line = c.line, recorded_at = now(),
      settled_on = case when i.paid_minor = c.amount then case when i.amount_minor <> c.amount then greatest((select max(day) from allocation a where a.invoice_id = i.invoice_id), c.issued, ${today}::date)
        else coalesce(i.settled_on, (select max(day) from allocation a where a.invoice_id = i.invoice_id), c.issued) end end
    from ${record} where i.invoice_id = c.id`.execute(tx);
  await bookDifferences(
    { tx, ids, origin },
    changed.filter(({ paidDelta }) => paidDelta > 0n),
    today,
  );
}

async function bookDifferences(
  { tx, ids, origin }: Omit<Bulk, "copyInto">,
  changed: readonly ChangedInvoice[],
  today: string,
): Promise<void> {
  if (changed.length === 0) return;
  await ids.reserve(tx, 2 * changed.length);
  const rows = changed.map(({ stored, fact, paidDelta }) => {
    const valueDate = paidDelta > 0n ? (fact.paidOn ?? today) : today;
    return {
      payment_id: ids.take().toString(),
      allocation_id: ids.take().toString(),
      invoice_id: stored.invoiceId.toString(),
      customer_id: fact.customerId,
      number: statedPaymentNumber(fact.number, origin.importNo),
      currency: fact.currency,
      amount: paidDelta.toString(),
      value_date: valueDate,
      told_day: valueDate > fact.issueDate ? valueDate : fact.issueDate,
      wanted: fact.number,
      line: fact.line,
    };
  });
  // What was opened again, or corrected, is paid from that day on: before it, there was no room for the money.
  const record = sql`(select c.*, greatest(c.told_day, i.reopened_on) as day
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c(payment_id bigint, allocation_id bigint, invoice_id bigint, customer_id uuid, number text, currency text, amount bigint, value_date date, told_day date, wanted text, line integer)
    join invoice i using (invoice_id))`;
  await sql`insert into payment (payment_id, customer_id, system, number, kind, currency, amount_minor, allocated_minor, value_date, allocated_on, wanted, import_no, line)
    select payment_id, customer_id, ${origin.system}, number, 'balance', currency, amount, amount, value_date, day, wanted, ${origin.importNo}, line from ${record} c`.execute(
    tx,
  );
  await sql`insert into allocation (allocation_id, payment_id, invoice_id, amount_minor, day) select allocation_id, payment_id, invoice_id, amount, day from ${record} c`.execute(
    tx,
  );
  await settleInvoices(
    tx,
    rows.map((row) => row.invoice_id),
  );
}

/** The last day on which the amount of invoice `i` was corrected: nothing settles it, and no new money pays it, before. */
const CORRECTED_ON = sql`(i.amount_changes -> -1 ->> 'on')::date`;

/** Brings the paid amount and the day of settlement in line with the allocations of some invoices. */
export async function settleInvoices(tx: Tx, invoiceIds: readonly string[]): Promise<void> {
  await sql`update invoice i set paid_minor = s.paid, settled_on = case when s.paid = i.amount_minor then greatest(s.last, i.issue_date, ${CORRECTED_ON}) end, reopened_on = greatest(s.reopened, ${CORRECTED_ON})
    from (select a.invoice_id, sum(a.amount_minor)::bigint as paid, max(a.day) as last, max(a.day) filter (where a.amount_minor < 0) as reopened from allocation a where a.invoice_id = any(${invoiceIds}::bigint[]) group by a.invoice_id) s
    where i.invoice_id = s.invoice_id`.execute(tx);
}
