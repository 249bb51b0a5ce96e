import { sql } from "kysely";
import type { Currency } from "../core/currency.ts";
import { type Decimal, decimalToText, parseDecimal } from "../core/decimal.ts";
import type { CustomerId } from "../core/ids.ts";
import type { ResourceUsage } from "../partner-center/contract.ts";
import type { Tx } from "../store/contract.ts";
import type { Interval } from "./decide-forecast.ts";
import type { KeptReading } from "./decide-usage.ts";

export type Scope = "customer" | "subscription" | "entitlement";
/** A figure to keep: whose, when, how much. */
export type Figure = {
  readonly scope: Scope;
  readonly scopeId: string;
  readonly customerId: CustomerId;
  readonly name: string;
  readonly currency: Currency | undefined;
  readonly through: Temporal.Instant;
  readonly monthToDate: Decimal;
  readonly usd: Decimal | undefined;
};
export type PlacedFigure = Figure & {
  readonly day: Temporal.PlainDate;
  readonly month: Temporal.PlainDate;
  readonly cost: Decimal;
  readonly fromAt: Temporal.Instant;
  readonly beforeIsOfLastMonth: boolean;
};

/** A `numeric` column as an exact decimal. */
export function decimalOf(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (!parsed.ok) throw new Error(`invariant broken: ${parsed.error}`);
  return parsed.value;
}

type KeptRow = {
  readonly scope: Scope;
  readonly scope_id: string;
  readonly day: Temporal.PlainDate;
  readonly month: Temporal.PlainDate;
  readonly month_to_date: string;
  readonly through: Temporal.Instant;
};
export type KeptFigures = {
  readonly before: KeptReading | undefined;
  readonly newestThrough: Temporal.Instant | undefined;
};
export const figureKey = (figure: { readonly scope: string; readonly scopeId: string }): string =>
  `${figure.scope} ${figure.scopeId}`;

/**
 * For each figure the kept one of the newest earlier day, and the time of the newest kept one. Locks nothing: usage is
 * handed over by one feed at a time, and a repeated figure gives the same row.
 */
export async function loadKeptFigures(tx: Tx, figures: readonly Figure[]): Promise<ReadonlyMap<string, KeptFigures>> {
  const given = figures.map(({ scope, scopeId, through }) => ({
    scope,
    scope_id: scopeId,
    day: through.toZonedDateTimeISO("UTC").toPlainDate().toString(),
  }));
  const { rows } = await sql<
    KeptRow & { newest_through: Temporal.Instant; earlier: boolean }
  >`select g.scope, g.scope_id, u.day, u.month, u.month_to_date, u.through, u.day < g.day as earlier,
      n.through as newest_through
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as g(scope text, scope_id text, day date)
    join lateral (select through from usage_day where scope = g.scope and scope_id = g.scope_id order by day desc limit 1) n on true
    left join lateral (select day, month, month_to_date, through from usage_day where scope = g.scope and scope_id = g.scope_id and day < g.day order by day desc limit 1) u on true`.execute(
    tx,
  );
  return new Map(
    rows.map((row) => [
      figureKey({ scope: row.scope, scopeId: row.scope_id }),
      {
        newestThrough: row.newest_through,
        before: row.earlier
          ? { day: row.day, month: row.month, through: row.through, monthToDate: decimalOf(row.month_to_date) }
          : undefined,
      },
    ]),
  );
}

/** Keeps figures, one a day and scope: a newer one of the same day takes the place of the older. */
export async function upsertFigures(tx: Tx, figures: readonly PlacedFigure[], readAt: Temporal.Instant): Promise<void> {
  const rows = figures.map((one) => ({
    scope: one.scope,
    scope_id: one.scopeId,
    day: one.day.toString(),
    customer_id: one.customerId,
    name: one.name,
    month: one.month.toString(),
    currency: one.currency ?? null,
    month_to_date: decimalToText(one.monthToDate),
    cost: decimalToText(one.cost),
    from_at: one.fromAt.toString(),
    through: one.through.toString(),
    usd: one.usd === undefined ? null : decimalToText(one.usd),
  }));
  await sql`insert into usage_day (scope, scope_id, day, customer_id, name, month, currency, month_to_date, cost, from_at, through, usd, read_at)
    select g.*, ${readAt}::timestamptz from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(scope text, scope_id text, day date, customer_id text, name text,
      month date, currency text, month_to_date numeric, cost numeric, from_at timestamptz, through timestamptz, usd numeric)
    on conflict (scope, scope_id, day) do update set customer_id = excluded.customer_id, name = excluded.name, month = excluded.month, currency = excluded.currency,
      month_to_date = excluded.month_to_date, cost = excluded.cost, from_at = excluded.from_at, through = excluded.through, usd = excluded.usd, read_at = excluded.read_at
    where excluded.through >= usage_day.through`.execute(tx);
}

/**
 * Moves figures that turned out to be last month's totals to the last day of that month; of several the newest stays.
 * `days` are the first days of a month: every figure up to there is moved.
 */
export async function moveToLastMonth(
  tx: Tx,
  days: readonly { readonly scope: Scope; readonly scopeId: string; readonly upTo: Temporal.PlainDate }[],
): Promise<void> {
  const rows = days.map(({ scope, scopeId, upTo }) => ({ scope, scope_id: scopeId, up_to: upTo.toString() }));
  await sql`with gone as (
      delete from usage_day u using jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(scope text, scope_id text, up_to date)
      where u.scope = g.scope and u.scope_id = g.scope_id and u.day <= g.up_to and u.month = date_trunc('month', g.up_to)::date returning u.*),
    newest as (select distinct on (scope, scope_id) * from gone order by scope, scope_id, day desc)
    insert into usage_day (scope, scope_id, day, customer_id, name, month, currency, month_to_date, cost, from_at, through, usd, read_at)
    select scope, scope_id, month - 1, customer_id, name, (month - interval '1 month')::date, currency, month_to_date, month_to_date,
      (month - interval '1 month') at time zone 'UTC', through, usd, read_at from newest
    on conflict (scope, scope_id, day) do update set month_to_date = excluded.month_to_date, through = excluded.through, usd = excluded.usd,
      read_at = excluded.read_at, cost = excluded.month_to_date - (usage_day.month_to_date - usage_day.cost)
    where excluded.through > usage_day.through`.execute(tx);
}

/** Keeps the newest figure of each resource and moves the one before it aside. */
export async function upsertResources(
  tx: Tx,
  resources: readonly ResourceUsage[],
  at: Temporal.Instant,
): Promise<void> {
  const rows = resources.map((one) => {
    const through = one.modifiedAt ?? at;
    return {
      customer_id: one.customerId,
      resource_uri: one.resourceUri.toLowerCase(),
      plan_id: one.planId,
      entitlement_id: one.entitlementId ?? null,
      name: one.name,
      type: one.resourceType ?? null,
      resource_group: one.resourceGroup ?? null,
      month: through.toZonedDateTimeISO("UTC").toPlainDate().with({ day: 1 }).toString(),
      currency: one.cost.currency ?? null,
      cost: decimalToText(one.cost.value),
      through: through.toString(),
    };
  });
  await sql`insert into usage_resource as kept (customer_id, resource_uri, plan_id, entitlement_id, name, type, resource_group, month, currency, cost, through)
    select distinct on (g.customer_id, g.resource_uri) g.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(customer_id text, resource_uri text, plan_id text, entitlement_id text,
      name text, type text, resource_group text, month date, currency text, cost numeric, through timestamptz) order by g.customer_id, g.resource_uri, g.through desc
    on conflict (customer_id, resource_uri) do update set plan_id = excluded.plan_id, entitlement_id = excluded.entitlement_id, name = excluded.name, type = excluded.type,
      resource_group = excluded.resource_group, month = excluded.month, currency = excluded.currency, cost = excluded.cost, through = excluded.through,
      before_cost = case when kept.month = excluded.month then kept.cost end, before_through = case when kept.month = excluded.month then kept.through end
    where excluded.through > kept.through`.execute(tx);
}

/** What the Azure subscriptions of these customers have cost this month by the newest figures of their resources. */
export async function sumEntitlements(tx: Tx, customerIds: readonly CustomerId[]): Promise<readonly Figure[]> {
  const { rows } = await sql<{
    entitlement_id: string;
    customer_id: CustomerId;
    name: string;
    currency: Currency | null;
    through: Temporal.Instant;
    cost: string;
  }>`
    select entitlement_id, customer_id, currency, max(through) as through, sum(cost)::text as cost, entitlement_id as name
    from usage_resource r where customer_id = any(${customerIds}) and entitlement_id is not null
      and month = (select max(month) from usage_resource m where m.entitlement_id = r.entitlement_id)
    group by entitlement_id, customer_id, currency`.execute(tx);
  return rows.map((row) => ({
    scope: "entitlement",
    scopeId: row.entitlement_id,
    customerId: row.customer_id,
    name: row.name,
    currency: row.currency ?? undefined,
    through: row.through,
    monthToDate: decimalOf(row.cost),
    usd: undefined,
  }));
}

/** Puts customers on the list of those the detectors must look at. */
export async function markToLook(
  tx: Tx,
  figures: readonly {
    readonly customerId: CustomerId;
    readonly name: string;
    readonly nameKey: string;
    readonly through: Temporal.Instant;
    readonly month: Temporal.PlainDate;
  }[],
): Promise<void> {
  const rows = figures.map((one) => ({
    customer_id: one.customerId,
    name: one.name,
    name_key: one.nameKey,
    through: one.through.toString(),
    month: one.month.toString(),
  }));
  await sql`insert into spend_state (customer_id, name, name_key, month, through, state, needs_look)
    select g.customer_id, g.name, g.name_key, g.month, g.through, 'no-budget', true
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(customer_id text, name text, name_key text, month date, through timestamptz)
    order by g.customer_id
    on conflict (customer_id) do update set needs_look = true, name = excluded.name, name_key = excluded.name_key`.execute(
    tx,
  );
}

/** Rows are taken in the order of their key: two feeds that mark the same customers must not wait for each other. */
export async function markCustomersToLook(tx: Tx, ids: readonly CustomerId[]): Promise<void> {
  await sql`with marked as (select customer_id from spend_state where customer_id = any(${ids}) order by customer_id for update)
    update spend_state set needs_look = true from marked where spend_state.customer_id = marked.customer_id`.execute(
    tx,
  );
}

export type DayRow = {
  readonly day: Temporal.PlainDate;
  readonly month: Temporal.PlainDate;
  readonly currency: Currency | null;
  readonly month_to_date: string;
  readonly cost: string;
  readonly from_at: Temporal.Instant;
  readonly through: Temporal.Instant;
  readonly usd: string | null;
};

/** The newest days of one scope, oldest first. */
export async function loadDays(tx: Tx, scope: Scope, scopeId: string, limit: number): Promise<readonly DayRow[]> {
  const { rows } =
    await sql<DayRow>`select day, month, currency, month_to_date, cost, from_at, through, usd from usage_day
    where scope = ${scope} and scope_id = ${scopeId} order by day desc limit ${limit}`.execute(tx);
  return rows.toReversed();
}

/** The newest day of each scope, by its place in the list; scopes without any are missing. */
export async function loadNewest(
  tx: Tx,
  scopes: readonly { readonly scope: Scope; readonly id: string }[],
): Promise<ReadonlyMap<number, DayRow>> {
  const { rows } = await sql<DayRow & { place: bigint }>`select g.place, u.*
    from unnest(${scopes.map(({ scope }) => scope)}::text[], ${scopes.map(({ id }) => id)}::text[]) with ordinality as g(scope, id, place)
    join lateral (select day, month, currency, month_to_date, cost, from_at, through, usd from usage_day where scope = g.scope and scope_id = g.id order by day desc limit 1) u on true`.execute(
    tx,
  );
  return new Map(rows.map(({ place, ...row }) => [Number(place) - 1, row]));
}

/** The newest days of several customers, oldest first. */
export async function loadDaysOf(
  tx: Tx,
  ids: readonly CustomerId[],
  limit: number,
): Promise<ReadonlyMap<CustomerId, readonly DayRow[]>> {
  const { rows } = await sql<
    DayRow & { customer_id: CustomerId }
  >`select g.id as customer_id, u.* from unnest(${ids}::text[]) as g(id)
    join lateral (select day, month, currency, month_to_date, cost, from_at, through, usd from usage_day where scope = 'customer' and scope_id = g.id order by day desc limit ${limit}) u on true
    order by g.id, u.day`.execute(tx);
  const found = new Map<CustomerId, DayRow[]>();
  for (const row of rows) {
    const days = found.get(row.customer_id);
    if (days === undefined) found.set(row.customer_id, [row]);
    else days.push(row);
  }
  return found;
}

export const toInterval = (row: Pick<DayRow, "cost" | "from_at" | "through">): Interval => ({
  fromAt: row.from_at,
  through: row.through,
  cost: decimalOf(row.cost),
});

export type MonthRow = {
  readonly customer_id: CustomerId;
  readonly month: Temporal.PlainDate;
  readonly currency: Currency | null;
  readonly month_to_date: string;
  readonly through: Temporal.Instant;
};

/** The newest total of each month from `since` on, as it was at the end of `asOf`, of all customers or those told. */
export async function loadMonths(
  tx: Tx,
  days: { readonly since: Temporal.PlainDate; readonly asOf: Temporal.PlainDate },
  ids?: readonly CustomerId[],
): Promise<readonly MonthRow[]> {
  const which = ids === undefined ? sql`true` : sql`customer_id = any(${ids})`;
  const { rows } =
    await sql<MonthRow>`select distinct on (month, customer_id) customer_id, month, currency, month_to_date, through from usage_day
    where scope = 'customer' and month >= ${days.since} and month <= ${days.asOf} and day <= ${days.asOf} and ${which} order by month, customer_id, day desc`.execute(
      tx,
    );
  return rows;
}

export type PartRow = {
  readonly id: string;
  readonly name: string;
  readonly currency: Currency | null;
  readonly cost: string;
  readonly through: Temporal.Instant;
  readonly type: string | null;
  readonly resource_group: string | null;
};

/** The month so far of each subscription of a customer, largest first. */
export async function loadSubscriptionParts(
  tx: Tx,
  id: CustomerId,
  month: Temporal.PlainDate,
): Promise<readonly PartRow[]> {
  const { rows } =
    await sql<PartRow>`select * from (select distinct on (scope_id) scope_id as id, name, currency, month_to_date as cost, through, null::text as type, null::text as resource_group
    from usage_day where scope = 'subscription' and customer_id = ${id} and month = ${month} order by scope_id, day desc) s order by cost desc limit 50`.execute(
      tx,
    );
  return rows;
}

export async function loadResourceParts(
  tx: Tx,
  id: CustomerId,
  month: Temporal.PlainDate,
): Promise<readonly PartRow[]> {
  const { rows } = await sql<PartRow>`select resource_uri as id, name, currency, cost, through, type, resource_group
    from usage_resource where customer_id = ${id} and month = ${month} order by cost desc, resource_uri limit 20`.execute(
    tx,
  );
  return rows;
}

/** Whether any usage figure was ever handed over. */
export async function hasUsage(tx: Tx): Promise<boolean> {
  const { rows } = await sql`select 1 from usage_day limit 1`.execute(tx);
  return rows.length > 0;
}
