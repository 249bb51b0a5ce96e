import { sql } from "kysely";
import type { Tx } from "../store/contract.ts";
import type { AgeBy } from "./contract-statement.ts";
import { amountAt, freeAt, openAt } from "./store.ts";

/** Ageing of one customer in one currency, with claims and the age of unapplied money. Minor units. */
export type AgedRow = {
  readonly customer_id: string;
  readonly currency: string;
  readonly b0: bigint;
  readonly b1: bigint;
  readonly b2: bigint;
  readonly b3: bigint;
  readonly b4: bigint;
  readonly b5: bigint;
  readonly u0: bigint;
  readonly u1: bigint;
  readonly u2: bigint;
  readonly u3: bigint;
  readonly u4: bigint;
  readonly claims: bigint;
  readonly disputed: bigint;
  readonly deposits: bigint;
  readonly invoices: bigint;
  readonly overdue_invoices: bigint;
  readonly oldest: Temporal.PlainDate | null;
};

/** Ageing of everybody at the end of a day, by due or invoice date. Unapplied money is aged by its own date and never netted. */
export async function loadAged(
  tx: Tx,
  { asOf, by }: { readonly asOf: Temporal.PlainDate; readonly by: AgeBy },
): Promise<readonly AgedRow[]> {
  const late = by === "due" ? sql`late` : sql`${asOf}::date - issue_date`;
  const { rows } = await sql<AgedRow>`
    with parts as (
      select customer_id, currency, ${late} as late, late as past_due, null::int as age, open_minor, due_date, disputed, kind, 0::bigint as free_minor, 0::bigint as deposit_minor from (${openAt({ asOf })}) o where open_minor > 0
      union all select customer_id, currency, null, null, ${asOf}::date - value_date, 0, null, false, null, left_minor, 0 from (${freeAt({ asOf })}) f where left_minor <> 0
      union all select customer_id, currency, null, null, null, 0, null, false, null, 0, amount_minor from deposit_entry where day <= ${asOf}::date)
    select customer_id, currency,
      coalesce(sum(open_minor) filter (where late <= 0), 0)::bigint as b0, coalesce(sum(open_minor) filter (where late between 1 and 30), 0)::bigint as b1,
      coalesce(sum(open_minor) filter (where late between 31 and 60), 0)::bigint as b2, coalesce(sum(open_minor) filter (where late between 61 and 90), 0)::bigint as b3,
      coalesce(sum(open_minor) filter (where late between 91 and 120), 0)::bigint as b4, coalesce(sum(open_minor) filter (where late > 120), 0)::bigint as b5,
      coalesce(sum(free_minor) filter (where age <= 30), 0)::bigint as u0, coalesce(sum(free_minor) filter (where age between 31 and 60), 0)::bigint as u1,
      coalesce(sum(free_minor) filter (where age between 61 and 90), 0)::bigint as u2, coalesce(sum(free_minor) filter (where age between 91 and 120), 0)::bigint as u3,
      coalesce(sum(free_minor) filter (where age > 120), 0)::bigint as u4,
      coalesce(sum(open_minor) filter (where kind <> 'invoice'), 0)::bigint as claims, coalesce(sum(open_minor) filter (where disputed), 0)::bigint as disputed,
      sum(deposit_minor)::bigint as deposits, count(late) as invoices, count(*) filter (where past_due > 0) as overdue_invoices, min(due_date) as oldest
    from parts group by customer_id, currency`.execute(tx);
  return rows;
}

/** Sales of a month or part of one: invoices issued less credit notes, per currency. */
export type SalesRow = { readonly currency: string; readonly month: Temporal.PlainDate; readonly sales: bigint };
export async function loadSales(
  tx: Tx,
  { after, upTo }: { readonly after: Temporal.PlainDate; readonly upTo: Temporal.PlainDate },
): Promise<readonly SalesRow[]> {
  const { rows } = await sql<SalesRow>`
    select currency, month, sum(minor)::bigint as sales from (
      select currency, date_trunc('month', issue_date)::date as month, sum(${amountAt(upTo)}) as minor from invoice i where issue_date > ${after}::date and issue_date <= ${upTo}::date and kind = 'invoice' group by 1, 2
      union all select currency, date_trunc('month', value_date)::date, -sum(amount_minor) from payment where kind = 'credit-note' and value_date > ${after}::date and value_date <= ${upTo}::date group by 1, 2) s
    group by currency, month`.execute(tx);
  return rows;
}

/** Changes whenever anything in the ledger does (`lockLedger`). */
export async function ledgerVersion(tx: Tx): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select (select version from ledger_head) || '.' || (select last_value from receivables_block) as version`.execute(
    tx,
  );
  return rows[0]?.version ?? "";
}

export type LinkRow = { readonly customer_id: string; readonly payer_id: string };
/** Who pays for whom on a day. */
export async function loadLinks(tx: Tx, asOf: Temporal.PlainDate): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<LinkRow>`
    select customer_id, payer_id from payer_link where from_day <= ${asOf}::date and (until_day is null or until_day > ${asOf}::date)`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.customer_id, row.payer_id]));
}
