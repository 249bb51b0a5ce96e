import { sql } from "kysely";
import type { Currency } from "../core/currency.ts";
import type { CustomerId, SubscriptionId } from "../core/ids.ts";
import type { BillingLineItem, ProductFamily } from "../partner-center/contract.ts";
import type { Tx } from "../store/contract.ts";
import type { SeatPrice, TermFacts } from "./contract.ts";
import { priceOf } from "./store-holdings.ts";

export type TermRow = {
  readonly customerId: CustomerId;
  readonly subscriptionId: SubscriptionId;
  readonly name: string;
  readonly readAt: Temporal.Instant;
  /** undefined = the subscription existed then, but nobody had told us its facts. */
  readonly facts: TermFacts | undefined;
  readonly status: string;
  readonly quantity: number;
  readonly price: SeatPrice | undefined;
};
type Row = {
  readonly subscription_id: SubscriptionId;
  readonly customer_id: CustomerId;
  readonly name: string;
  readonly family: ProductFamily;
  readonly status: string;
  readonly quantity: string;
  readonly auto_renew: boolean;
  readonly is_trial: boolean;
  readonly billing_type: string | null;
  readonly billing_cycle: string | null;
  readonly term: string | null;
  readonly renewal_term: string | null;
  readonly commitment_end_day: Temporal.PlainDate | null;
  readonly cancellable_until: Temporal.Instant | null;
  readonly read_at: Temporal.Instant;
  readonly unit_price: string | null;
  readonly currency: Currency | null;
  readonly from_day: Temporal.PlainDate | null;
  readonly known: boolean;
};

/**
 * The facts of every subscription that could commit something at the end of `asOf` (UTC), each with the price of that day:
 * the newest that had begun by then, else the oldest we know. Usage, trials and ended terms are left out here to save the reading.
 */
export async function loadTerms(
  tx: Tx,
  asOf: Temporal.PlainDate,
  ids?: readonly CustomerId[],
): Promise<readonly TermRow[]> {
  const end = asOf.add({ days: 1 }).toZonedDateTime("UTC").toInstant();
  const which = ids === undefined ? sql`true` : sql`s.customer_id = any(${ids})`;
  const { rows } =
    await sql<Row>`select s.id as subscription_id, s.customer_id, v.name, v.family, v.status, v.quantity, v.auto_renew, v.is_trial,
      v.billing_type, v.billing_cycle, v.term, v.renewal_term, v.commitment_end_day, v.cancellable_until, h.read_at,
      trim_scale(p.unit_price) as unit_price, p.currency, p.from_day, s.known_from < ${end} as known
    from subscription s
    join holding_read h on h.customer_id = s.customer_id
    join subscription_version v on v.subscription_id = s.id
      and case when s.known_from < ${end} then v.valid_from < ${end} and (v.valid_to is null or v.valid_to >= ${end}) else v.valid_from = s.known_from end
    left join lateral (select unit_price, currency, from_day from subscription_price p where p.subscription_id = s.id
      order by p.from_day <= ${asOf} desc, case when p.from_day <= ${asOf} then p.from_day end desc, p.from_day limit 1) p on true
    where ${which} and (s.gone_at is null or s.gone_at >= ${end}) and (s.created_day is null or s.created_day <= ${asOf})
      and v.family not in ('azure-plan', 'azure-legacy', 'legacy-seat') and not v.is_trial and v.billing_type is distinct from 'usage'
      and v.status <> 'deleted' and (v.commitment_end_day is null or v.commitment_end_day >= ${asOf} or s.known_from >= ${end})
    order by s.customer_id, s.id`.execute(tx);
  return rows.map(toTerm);
}

const toTerm = (row: Row): TermRow => ({
  customerId: row.customer_id,
  subscriptionId: row.subscription_id,
  name: row.name,
  readAt: row.read_at,
  status: row.status,
  quantity: Number(row.quantity),
  price: priceOf(row),
  facts: !row.known
    ? undefined
    : {
        family: row.family,
        status: row.status,
        quantity: Number(row.quantity),
        isTrial: row.is_trial,
        autoRenew: row.auto_renew,
        billingType: row.billing_type ?? undefined,
        billingCycle: row.billing_cycle ?? undefined,
        term: row.term ?? undefined,
        renewalTerm: row.renewal_term ?? undefined,
        commitmentEndDay: row.commitment_end_day ?? undefined,
        cancellableUntil: row.cancellable_until ?? undefined,
      },
});

export type PriceToWrite = {
  readonly subscription_id: string;
  readonly from_day: string;
  readonly unit_price: string;
  readonly currency: string;
  readonly invoice_id: string | null;
};

/** Keeps prices that are new or differ; gives the subscriptions whose price is new. Azure plans have no seat price. */
export async function upsertPrices(
  tx: Tx,
  prices: readonly PriceToWrite[],
  at: Temporal.Instant,
): Promise<readonly string[]> {
  const { rows } = await sql<{
    id: string;
  }>`insert into subscription_price (subscription_id, from_day, unit_price, currency, invoice_id, seen_at)
    select p.subscription_id, p.from_day, p.unit_price, p.currency, p.invoice_id, ${at}
    from jsonb_to_recordset(${JSON.stringify(prices)}::jsonb) as p(subscription_id text, from_day date, unit_price numeric, currency text, invoice_id text)
    where not exists (select 1 from subscription_version v where v.subscription_id = p.subscription_id and v.valid_to is null and v.family in ('azure-plan', 'azure-legacy'))
    on conflict (subscription_id, from_day) do update set unit_price = excluded.unit_price, currency = excluded.currency, invoice_id = excluded.invoice_id, seen_at = excluded.seen_at
      where (subscription_price.unit_price, subscription_price.currency) is distinct from (excluded.unit_price, excluded.currency)
    returning subscription_id as id`.execute(tx);
  return rows.map((row) => row.id);
}

/** Remembers the currency each customer is billed in. */
export async function writeBillingCurrencies(
  tx: Tx,
  rows: readonly { readonly customer_id: string; readonly currency: string }[],
): Promise<void> {
  await sql`update portfolio set billing_currency = g.currency from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(customer_id text, currency text)
    where portfolio.customer_id = g.customer_id and portfolio.billing_currency is distinct from g.currency`.execute(tx);
}

/** Moves the last billed day of Azure usage on, judged by billed lines of Azure plans. */
export async function moveBilledThrough(tx: Tx, lines: readonly BillingLineItem[]): Promise<void> {
  const rows = lines.map(({ subscriptionId, chargeEnd }) => ({
    id: subscriptionId,
    day: chargeEnd?.toString() ?? null,
  }));
  await sql`insert into billing_progress (billed_through)
    select max(g.day) from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(id text, day date)
    join subscription_version v on v.subscription_id = g.id and v.valid_to is null and v.family in ('azure-plan', 'azure-legacy')
    having max(g.day) is not null
    on conflict (is_only) do update set billed_through = greatest(billing_progress.billed_through, excluded.billed_through)`.execute(
    tx,
  );
}

export async function loadBilledThrough(tx: Tx): Promise<Temporal.PlainDate | undefined> {
  const { rows } = await sql<{
    billed_through: Temporal.PlainDate;
  }>`select billed_through from billing_progress`.execute(tx);
  return rows[0]?.billed_through;
}
