import { sql } from "kysely";
import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import {
  BUCKETS,
  type LedgerCustomer,
  type LedgerState,
  type OpenReceivable,
  type ReceivablesMovement,
} from "./contract.ts";

export type Scope = { readonly asOf: Temporal.PlainDate; readonly customerIds?: readonly CustomerId[] | undefined };

type OpenRow = {
  readonly customer_id: string;
  readonly currency: string;
  readonly b0: bigint;
  readonly b1: bigint;
  readonly b2: bigint;
  readonly b3: bigint;
  readonly b4: bigint;
  readonly b5: bigint;
  readonly disputed: bigint;
  readonly invoices: bigint;
  readonly overdue_invoices: bigint;
  readonly oldest: Temporal.PlainDate | null;
  readonly unapplied: bigint;
  readonly deposits: bigint;
  readonly recorded_at: Temporal.Instant | null;
};

const inScope = (customerIds: readonly CustomerId[] | undefined) =>
  customerIds === undefined ? sql`true` : sql`customer_id = any(${customerIds})`;

/** The due date of invoice `i` as it stood at the end of a day: a date changed later is not seen. */
export const dueAt = (asOf: Temporal.PlainDate) => sql`case when i.due_changes is null then i.due_date else coalesce((
    select (c ->> 'before')::date from jsonb_array_elements(i.due_changes) with ordinality as change(c, n) where (c ->> 'on')::date > ${asOf}::date order by n limit 1), i.due_date) end`;

/** The amount of invoice `i` as it stood at the end of a day: a correction of a later day is not seen. */
export const amountAt = (
  asOf: Temporal.PlainDate,
) => sql`case when i.amount_changes is null then i.amount_minor else coalesce((
    select (c ->> 'before')::bigint from jsonb_array_elements(i.amount_changes) with ordinality as change(c, n) where (c ->> 'on')::date > ${asOf}::date order by n limit 1), i.amount_minor) end`;

/** What invoices `i` were issued for, before any correction. */
export const FIRST_AMOUNT = sql`case when i.amount_changes is null then i.amount_minor else (i.amount_changes -> 0 ->> 'before')::bigint end`;

/** What corrections changed amounts by, each on its day: `i` with `changed_on` and `delta`. */
export const corrections = sql`
  select i.*, (c ->> 'on')::date as changed_on, n as change_no,
    coalesce((i.amount_changes -> n::int ->> 'before')::bigint, i.amount_minor) - (c ->> 'before')::bigint as delta
  from invoice i cross join lateral jsonb_array_elements(i.amount_changes) with ordinality as change(c, n) where i.amount_changes is not null`;

/**
 * What is open of each invoice at the end of a day. Only invoices that were not settled by then are candidates, and only those
 * with any payment look at their allocations, so that a million paid invoices cost nothing. Two halves, each with an index of its own.
 */
export const openAt = ({ asOf, customerIds }: Scope) => sql`
  select i.invoice_id, i.customer_id, i.currency, ${dueAt(asOf)} as due_date, i.issue_date, i.kind, i.recorded_at, ${amountAt(asOf)} - coalesce(a.paid, 0) as open_minor,
    ${asOf}::date - ${dueAt(asOf)} as late,
    (i.disputed or i.disputed_until > ${asOf}::date) and coalesce(i.disputed_from <= ${asOf}::date, true) as disputed
  from (select * from invoice where ${inScope(customerIds)} and issue_date <= ${asOf}::date and settled_on is null
    union all select * from invoice where ${inScope(customerIds)} and issue_date <= ${asOf}::date and settled_on > ${asOf}::date) i
  left join lateral (select sum(amount_minor)::bigint as paid from allocation where invoice_id = i.invoice_id and day <= ${asOf}::date) a on i.paid_minor <> 0 or i.reopened_on is not null`;

/** Money that was received by a day and not allocated by it. */
export const freeAt = ({ asOf, customerIds }: Scope) => sql`
  select p.customer_id, p.currency, p.value_date, p.recorded_at, p.amount_minor - coalesce(a.given, 0) as left_minor
  from (select * from payment where ${inScope(customerIds)} and value_date <= ${asOf}::date and allocated_on is null
    union all select * from payment where ${inScope(customerIds)} and value_date <= ${asOf}::date and allocated_on > ${asOf}::date) p
  left join lateral (select sum(amount_minor)::bigint as given from allocation where payment_id = p.payment_id and day <= ${asOf}::date) a on p.allocated_minor <> 0 or p.taken_on is not null`;

/** Ageing, unapplied cash and deposits per customer and currency at the end of a day, in one statement. */
export async function loadOpen(tx: Tx, scope: Scope): Promise<readonly OpenReceivable[]> {
  const { rows } = await sql<OpenRow>`
    with parts as (
      select customer_id, currency, late, open_minor, due_date, disputed, 0::bigint as free_minor, 0::bigint as deposit_minor, recorded_at from (${openAt(scope)}) o where open_minor > 0
      union all select customer_id, currency, null, 0, null, false, left_minor, 0, recorded_at from (${freeAt(scope)}) f where left_minor <> 0
      union all select customer_id, currency, null, 0, null, false, 0, amount_minor, recorded_at from deposit_entry where ${inScope(scope.customerIds)} and day <= ${scope.asOf}::date)
    select customer_id, currency,
      coalesce(sum(open_minor) filter (where late <= 0), 0)::bigint as b0, coalesce(sum(open_minor) filter (where late between 1 and 30), 0)::bigint as b1,
      coalesce(sum(open_minor) filter (where late between 31 and 60), 0)::bigint as b2, coalesce(sum(open_minor) filter (where late between 61 and 90), 0)::bigint as b3,
      coalesce(sum(open_minor) filter (where late between 91 and 120), 0)::bigint as b4, coalesce(sum(open_minor) filter (where late > 120), 0)::bigint as b5,
      coalesce(sum(open_minor) filter (where disputed), 0)::bigint as disputed, count(late) as invoices, count(*) filter (where late > 0) as overdue_invoices,
      min(due_date) as oldest, sum(free_minor)::bigint as unapplied, sum(deposit_minor)::bigint as deposits, max(recorded_at) as recorded_at
    from parts group by customer_id, currency order by customer_id, currency`.execute(tx);
  return rows.map(toOpen);
}

function toOpen(row: OpenRow): OpenReceivable {
  const minors = [row.b0, row.b1, row.b2, row.b3, row.b4, row.b5];
  const buckets = Object.fromEntries(
    BUCKETS.map((bucket, at) => [bucket, minors[at] ?? 0n]),
  ) as OpenReceivable["buckets"];
  const outstandingMinor = minors.reduce((sum, minor) => sum + minor, 0n);
  return {
    customerId: row.customer_id as CustomerId,
    currency: row.currency as Currency,
    buckets,
    outstandingMinor,
    overdueMinor: outstandingMinor - row.b0,
    unappliedMinor: row.unapplied,
    depositsMinor: row.deposits,
    disputedMinor: row.disputed,
    openInvoices: Number(row.invoices),
    overdueInvoices: Number(row.overdue_invoices),
    oldestDueDate: row.oldest,
    recordedAt: row.recorded_at,
  };
}

type MoveRow = {
  readonly customer_id: string;
  readonly currency: string;
  readonly invoiced: bigint;
  readonly paid: bigint;
  readonly deposits: bigint;
};

/** What was invoiced, paid and deposited after one day up to another. Allocations count as paid, on the day from which they count. */
export async function loadMovement(
  tx: Tx,
  { after, upTo }: { readonly after: Temporal.PlainDate; readonly upTo: Temporal.PlainDate },
): Promise<readonly ReceivablesMovement[]> {
  const { rows } = await sql<MoveRow>`
    select customer_id, currency, sum(invoiced)::bigint as invoiced, sum(paid)::bigint as paid, sum(deposits)::bigint as deposits from (
      select customer_id, currency, ${FIRST_AMOUNT} as invoiced, 0::bigint as paid, 0::bigint as deposits from invoice i where issue_date > ${after}::date and issue_date <= ${upTo}::date
      union all select customer_id, currency, delta, 0, 0 from (${corrections}) c where greatest(changed_on, issue_date) > ${after}::date and greatest(changed_on, issue_date) <= ${upTo}::date
      union all select i.customer_id, i.currency, 0, a.amount_minor, 0 from allocation a join invoice i using (invoice_id) where a.day > ${after}::date and a.day <= ${upTo}::date
      union all select customer_id, currency, 0, 0, amount_minor from deposit_entry where day > ${after}::date and day <= ${upTo}::date) m
    group by customer_id, currency`.execute(tx);
  return rows.map((row) => ({
    customerId: row.customer_id as CustomerId,
    currency: row.currency,
    invoicedMinor: row.invoiced,
    paidMinor: row.paid,
    depositsMinor: row.deposits,
  }));
}

export type InvoiceRow = {
  readonly invoice_id: bigint;
  readonly number: string;
  readonly system: string;
  readonly customer_id: string;
  readonly issue_date: Temporal.PlainDate;
  readonly due_date: Temporal.PlainDate;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly open_minor: bigint;
  readonly settled_on: Temporal.PlainDate | null;
  readonly disputed: boolean;
  readonly disputed_from: Temporal.PlainDate | null;
  readonly import_id: string | null;
  readonly line: number | null;
  readonly recorded_at: Temporal.Instant;
};
export type InvoiceFilter = {
  readonly customerId: CustomerId;
  readonly asOf: Temporal.PlainDate;
  readonly state: "open" | "overdue" | "disputed" | "paid" | "all";
  readonly after?: { readonly dueDate: string; readonly id: string } | undefined;
  readonly limit: number;
};

const inState = ({ state, asOf }: InvoiceFilter) => {
  const open = sql`(i.settled_on is null or i.settled_on > ${asOf}::date)`;
  switch (state) {
    case "open":
      return open;
    case "overdue":
      return sql`${open} and ${dueAt(asOf)} < ${asOf}::date`;
    case "disputed":
      return sql`${open} and i.disputed`;
    case "paid":
      return sql`i.settled_on <= ${asOf}::date`;
    case "all":
      return sql`true`;
  }
};

/** Invoices of a customer, oldest due first, with what was open at the end of the day. */
export async function loadInvoices(tx: Tx, filter: InvoiceFilter): Promise<readonly InvoiceRow[]> {
  const { customerId, asOf, after, limit } = filter;
  const place =
    after === undefined ? sql`true` : sql`(i.due_date, i.invoice_id) > (${after.dueDate}::date, ${after.id}::bigint)`;
  const { rows } = await sql<InvoiceRow>`
    select i.invoice_id, i.number, i.system, i.customer_id, i.issue_date, ${dueAt(asOf)} as due_date, i.currency, ${amountAt(asOf)} as amount_minor, ${amountAt(asOf)} - coalesce(a.paid, 0) as open_minor,
      case when i.settled_on <= ${asOf}::date then i.settled_on end as settled_on, i.disputed, i.disputed_from, f.import_id, i.line, i.recorded_at
    from (select * from invoice i where i.customer_id = ${customerId} and i.issue_date <= ${asOf}::date and ${inState(filter)} and ${place} order by i.due_date, i.invoice_id limit ${limit}) i
    left join lateral (select sum(amount_minor)::bigint as paid from allocation where invoice_id = i.invoice_id and day <= ${asOf}::date) a on true
    left join import f on f.import_no = i.import_no
    order by i.due_date, i.invoice_id`.execute(tx);
  return rows;
}

export async function countInvoices(tx: Tx, filter: InvoiceFilter): Promise<number> {
  const { rows } = await sql<{
    n: bigint;
  }>`select count(*) as n from invoice i where i.customer_id = ${filter.customerId} and i.issue_date <= ${filter.asOf}::date and ${inState(filter)}`.execute(
    tx,
  );
  return Number(rows[0]?.n ?? 0n);
}

export type PayerRow = {
  readonly settled: bigint;
  readonly late: bigint;
  readonly days: bigint | null;
  readonly recent: bigint;
  readonly recent_days: bigint | null;
  readonly ever: boolean;
};
/** How late a customer paid what it settled in the year up to a day. */
export async function loadPayer(tx: Tx, customerId: CustomerId, asOf: Temporal.PlainDate): Promise<PayerRow> {
  const { rows } = await sql<PayerRow>`
    select count(*) as settled, count(*) filter (where settled_on > due_date) as late, sum(settled_on - due_date)::bigint as days,
      count(*) filter (where settled_on > ${asOf}::date - 90) as recent, (sum(settled_on - due_date) filter (where settled_on > ${asOf}::date - 90))::bigint as recent_days,
      exists (select 1 from invoice where customer_id = ${customerId}) or exists (select 1 from payment where customer_id = ${customerId}) or exists (select 1 from deposit_entry where customer_id = ${customerId}) as ever
    from invoice where customer_id = ${customerId} and amount_minor > 0 and settled_on <= ${asOf}::date and settled_on > ${asOf}::date - 365`.execute(
    tx,
  );
  return rows[0] ?? { settled: 0n, late: 0n, days: null, recent: 0n, recent_days: null, ever: false };
}

/** Customers for which anything was ever imported; the others' receivables are unknown, not zero. */
export async function customersWithLedger(
  tx: Tx,
  customerIds?: readonly CustomerId[],
): Promise<ReadonlySet<CustomerId>> {
  const { rows } = await sql<{ customer_id: string }>`
    select distinct customer_id from ledger_presence where ${inScope(customerIds)}`.execute(tx);
  return new Set(rows.map(({ customer_id }) => customer_id as CustomerId));
}

export async function loadLedgerState(tx: Tx): Promise<LedgerState> {
  const { rows } = await sql<{ recorded_at: Temporal.Instant | null; customers: number }>`
    select (select max(finished_at) from import where state = 'done') as recorded_at, (select count(*) from ledger_presence)::int as customers`.execute(
    tx,
  );
  return { recordedAt: rows[0]?.recorded_at ?? null, customers: rows[0]?.customers ?? 0 };
}

/** Notes that something about these customers is in the ledger. */
export async function markPresent(tx: Tx, customerIds: readonly CustomerId[]): Promise<void> {
  await sql`insert into ledger_presence (customer_id) select unnest(${customerIds}::text[]) on conflict do nothing`.execute(
    tx,
  );
}

type LedgerRow = {
  readonly customer_id: string;
  readonly name: string;
  readonly number: string | null;
  readonly system: string;
};
export async function loadLedgerCustomers(
  tx: Tx,
  customerIds?: readonly CustomerId[],
): Promise<readonly LedgerCustomer[]> {
  const { rows } =
    await sql<LedgerRow>`select customer_id, name, number, system from ledger_customer where merged_into is null and ${inScope(customerIds)} order by name, customer_id`.execute(
      tx,
    );
  return rows.map((row) => ({
    customerId: row.customer_id as CustomerId,
    name: row.name,
    number: row.number,
    system: row.system,
  }));
}
