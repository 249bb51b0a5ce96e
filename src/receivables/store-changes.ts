import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import { jsonb } from "../store/database.ts";
import type { ItemKind } from "./contract-ledger.ts";

/** A change by hand as it is stored. */
export type ChangeRow = {
  readonly change_id: string;
  readonly kind: "reallocation" | "write-off" | "write-off-reversal" | "deposit-draw";
  readonly state: "waiting" | "done" | "refused" | "undone";
  readonly customer_id: string;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly what: ChangeWhat;
  readonly reason: string;
  readonly asked_by: string;
  readonly asked_by_id: string;
  readonly asked_at: Temporal.Instant;
  readonly decided_by: string | null;
  readonly undone_by: string | null;
  readonly undo_reason: string | null;
};
/** What is to be done. `before` and `after` are what the money paid of each invoice, `last` its newest allocation afterwards. */
export type ChangeWhat = {
  readonly number: string;
  readonly paymentId?: string;
  readonly invoiceId?: string;
  readonly before?: Readonly<Record<string, string>>;
  readonly after?: Readonly<Record<string, string>>;
  readonly last?: string;
};
const COLUMNS = sql`change_id, kind, state, customer_id, currency, amount_minor, what, reason, asked_by, asked_by_id, asked_at, decided_by, undone_by, undo_reason`;

export async function findChange(tx: Tx, changeId: string): Promise<ChangeRow | undefined> {
  const { rows } =
    await sql<ChangeRow>`select ${COLUMNS} from ledger_change where change_id = ${changeId} for update`.execute(tx);
  return rows[0];
}
export async function listChanges(
  tx: Tx,
  of: {
    readonly customerId?: CustomerId | undefined;
    readonly state?: ChangeRow["state"] | undefined;
    readonly limit: number;
  },
): Promise<readonly ChangeRow[]> {
  const { rows } = await sql<ChangeRow>`
    select ${COLUMNS} from ledger_change where ${of.customerId === undefined ? sql`true` : sql`customer_id = ${of.customerId}`}
      and ${of.state === undefined ? sql`true` : sql`state = ${of.state}`} order by asked_at desc, change_id limit ${of.limit}`.execute(
    tx,
  );
  return rows;
}
export async function insertChange(
  tx: Tx,
  row: Omit<ChangeRow, "decided_by" | "undone_by" | "undo_reason">,
): Promise<void> {
  await sql`insert into ledger_change (change_id, kind, state, customer_id, currency, amount_minor, what, reason, asked_by, asked_by_id, asked_at)
    values (${row.change_id}, ${row.kind}, ${row.state}, ${row.customer_id}, ${row.currency}, ${row.amount_minor}, ${jsonb(row.what)}, ${row.reason}, ${row.asked_by}, ${row.asked_by_id}, ${row.asked_at})`.execute(
    tx,
  );
}
type Who = { readonly id: string; readonly name: string; readonly at: Temporal.Instant };
export async function decideChange(
  tx: Tx,
  changeId: string,
  by: Who & { readonly state: "done" | "refused" },
): Promise<void> {
  await sql`update ledger_change set state = ${by.state}, decided_by = ${by.name}, decided_by_id = ${by.id}, decided_at = ${by.at} where change_id = ${changeId}`.execute(
    tx,
  );
}
export async function markUndone(tx: Tx, changeId: string, by: Who & { readonly reason: string }): Promise<void> {
  await sql`update ledger_change set state = 'undone', undone_by = ${by.name}, undone_at = ${by.at}, undo_reason = ${by.reason} where change_id = ${changeId}`.execute(
    tx,
  );
}

/** Money that a person may move. */
export type MovableMoney = {
  readonly paymentId: string;
  readonly customerId: CustomerId;
  readonly number: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly valueDate: string;
  readonly seen: string;
  /** Something of it went back: a refund, a chargeback. */
  readonly isReversed: boolean;
  /** It takes something back itself. */
  readonly isReversal: boolean;
};
export async function findMovable(tx: Tx, paymentId: string, lock = false): Promise<MovableMoney | undefined> {
  const { rows } = await sql<MovableMoney>`
    select payment_id::text as "paymentId", customer_id as "customerId", number, currency, amount_minor as "amountMinor", value_date::text as "valueDate",
      coalesce((select max(allocation_id) from allocation a where a.payment_id = p.payment_id), 0)::text as seen,
      exists (select 1 from payment r where r.root_id = p.payment_id) or exists (select 1 from allocation a where a.payment_id = p.payment_id and a.against_id is not null) as "isReversed",
      reverses_number is not null as "isReversal"
    from payment p where payment_id = ${paymentId}::bigint ${lock ? sql`for update` : sql``}`.execute(tx);
  return rows[0];
}
export type TargetRow = {
  readonly id: string;
  readonly number: string;
  readonly customer_id: string;
  readonly due_date: string;
  readonly issue_date: string;
  readonly kind: ItemKind;
  readonly open: bigint;
  /** What this money pays of it now, and since when. */
  readonly given: bigint;
  readonly last_day: string | null;
  readonly reopened_on: string | null;
};
/** Invoices that some money pays, or may pay: open ones of its customer and of those its customer pays for, in its currency. */
export async function loadTargets(tx: Tx, money: MovableMoney, lock = false): Promise<readonly TargetRow[]> {
  const { rows } = await sql<TargetRow>`
    select i.invoice_id::text as id, i.number, i.customer_id, i.due_date::text as due_date, i.issue_date::text as issue_date, i.kind, i.amount_minor - i.paid_minor as open,
      coalesce(g.given, 0)::bigint as given, g.last_day::text as last_day, i.reopened_on::text as reopened_on
    from invoice i left join (select invoice_id, sum(amount_minor) as given, max(day) as last_day from allocation where payment_id = ${money.paymentId}::bigint group by invoice_id) g using (invoice_id)
    where i.currency = ${money.currency} and (i.settled_on is null or g.given > 0)
      and (i.customer_id = ${money.customerId} or i.customer_id in (select customer_id from payer_link where payer_id = ${money.customerId} and until_day is null) or g.given > 0)
    order by i.due_date, i.invoice_id limit 200 ${lock ? sql`for update of i` : sql``}`.execute(tx);
  return rows;
}

export type OpenItem = {
  readonly id: string;
  readonly customerId: CustomerId;
  readonly number: string;
  readonly currency: string;
  readonly open: bigint;
  readonly issueDate: string;
  readonly reopenedOn: string | null;
};
export async function findOpenItem(tx: Tx, invoiceId: string): Promise<OpenItem | undefined> {
  const { rows } = await sql<OpenItem>`
    select invoice_id::text as id, customer_id as "customerId", number, currency, amount_minor - paid_minor as open, issue_date::text as "issueDate", reopened_on::text as "reopenedOn"
    from invoice where invoice_id = ${invoiceId}::bigint for update`.execute(tx);
  return rows[0];
}
export async function newestAllocation(tx: Tx, paymentId: string): Promise<string> {
  const { rows } = await sql<{
    last: string;
  }>`select coalesce(max(allocation_id), 0)::text as last from allocation where payment_id = ${paymentId}::bigint`.execute(
    tx,
  );
  return rows[0]?.last ?? "0";
}
