import { sql } from "kysely";
import type { Json } from "../core/canonical.ts";
import type { CustomerId, EntitlementId, SubscriptionId } from "../core/ids.ts";
import type { AzureEntitlement, GdapRelationship, Subscription } from "../partner-center/contract.ts";
import type { Tx } from "../store/contract.ts";
import type { HeldEntitlement, HeldSubscription, SeatPrice } from "./contract.ts";
import { type FactsJson, factsFromJson, type KeptSubscription } from "./decide-holdings.ts";

/** Puts readers of one customer's subscriptions in line and says when they were last read; undefined = never. */
export async function lockHoldings(
  tx: Tx,
  customerId: CustomerId,
  at: Temporal.Instant,
): Promise<Temporal.Instant | undefined> {
  const inserted =
    await sql`insert into holding_read (customer_id, read_at) values (${customerId}, ${at}) on conflict do nothing returning read_at`.execute(
      tx,
    );
  const { rows } = await sql<{
    read_at: Temporal.Instant;
  }>`select read_at from holding_read where customer_id = ${customerId} for update`.execute(tx);
  return inserted.rows.length > 0 ? undefined : rows[0]?.read_at;
}

export async function moveHoldingsRead(tx: Tx, customerId: CustomerId, at: Temporal.Instant): Promise<void> {
  await sql`update holding_read set read_at = ${at} where customer_id = ${customerId}`.execute(tx);
}

export async function loadKept(
  tx: Tx,
  customerId: CustomerId,
): Promise<readonly (KeptSubscription & { readonly etag: string | null })[]> {
  const { rows } = await sql<{ id: SubscriptionId; facts: FactsJson; gone: boolean; etag: string | null }>`
    select s.id, v.facts, s.gone_at is not null as gone, s.etag
    from subscription s join subscription_version v on v.subscription_id = s.id and v.valid_to is null
    where s.customer_id = ${customerId}`.execute(tx);
  return rows.map(({ id, facts, gone, etag }) => ({ id, facts, isGone: gone, etag }));
}

/** Keeps the object and ETag of subscriptions, new ones and those whose object changed. */
export async function upsertObjects(
  tx: Tx,
  customerId: CustomerId,
  rows: readonly { readonly subscription: Subscription; readonly knownFrom: Temporal.Instant }[],
): Promise<void> {
  const given = rows.map(({ subscription: one, knownFrom }) => ({
    id: one.id,
    raw: one.raw,
    etag: one.etag ?? null,
    created_day: one.createdAt?.toString().slice(0, 10) ?? null,
    known_from: knownFrom.toString(),
  }));
  await sql`insert into subscription (id, customer_id, raw, etag, created_day, known_from)
    select s.id, ${customerId}, s.raw, s.etag, s.created_day, s.known_from
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as s(id text, raw jsonb, etag text, created_day date, known_from timestamptz)
    on conflict (id) do update set raw = excluded.raw, etag = excluded.etag, created_day = excluded.created_day, gone_at = null, customer_id = excluded.customer_id
    where subscription.etag is distinct from excluded.etag or subscription.raw is distinct from excluded.raw
      or subscription.gone_at is not null or subscription.customer_id <> excluded.customer_id`.execute(tx);
}

export type VersionToWrite = {
  readonly id: SubscriptionId;
  readonly facts: FactsJson;
  readonly from: Temporal.Instant;
};

/** Closes the present version of each and opens the new one. */
export async function writeVersions(
  tx: Tx,
  customerId: CustomerId,
  versions: readonly VersionToWrite[],
): Promise<void> {
  const rows = versions.map(({ id, facts, from }) => ({ id, facts, from: from.toString() }));
  const given = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(id text, facts jsonb, "from" timestamptz)`;
  // The ids are named as well: the planner does not know how few rows a recordset has, and would read the whole table.
  await sql`update subscription_version v set valid_to = g."from" from ${given}
    where v.subscription_id = any(${rows.map((row) => row.id)}) and v.subscription_id = g.id and v.valid_to is null`.execute(
    tx,
  );
  await sql`insert into subscription_version (subscription_id, valid_from, customer_id, name, family, status, quantity, auto_renew, is_trial,
      billing_type, billing_cycle, term, renewal_term, commitment_end_day, cancellable_until, facts)
    select g.id, g."from", ${customerId}, g.facts->>'name', g.facts->>'family', g.facts->>'status', (g.facts->>'quantity')::numeric,
      (g.facts->>'autoRenew')::boolean, (g.facts->>'isTrial')::boolean, g.facts->>'billingType', g.facts->>'billingCycle', g.facts->>'term',
      g.facts->>'renewalTerm', (g.facts->>'commitmentEndDay')::date, (g.facts->>'cancellableUntil')::timestamptz, g.facts
    from ${given}`.execute(tx);
}

/** A subscription that is listed no more: its history ends, what it was stays readable. */
export async function markGone(tx: Tx, ids: readonly SubscriptionId[], at: Temporal.Instant): Promise<void> {
  await sql`update subscription set gone_at = ${at} where id = any(${ids})`.execute(tx);
}

type KeptEntitlement = {
  readonly id: EntitlementId;
  readonly plan_id: string;
  readonly name: string;
  readonly status: string;
  readonly gone: boolean;
};

export async function loadKeptEntitlements(tx: Tx, customerId: CustomerId): Promise<readonly KeptEntitlement[]> {
  const { rows } =
    await sql<KeptEntitlement>`select id, plan_id, name, status, gone_at is not null as gone from azure_entitlement where customer_id = ${customerId}`.execute(
      tx,
    );
  return rows;
}

export async function upsertEntitlements(
  tx: Tx,
  customerId: CustomerId,
  /** `appearedAt` undefined: this is the customer's first reading, so nothing is known of their age. */
  { entitlements, appearedAt }: { entitlements: readonly AzureEntitlement[]; appearedAt: Temporal.Instant | undefined },
): Promise<void> {
  await sql`insert into azure_entitlement (id, customer_id, plan_id, name, status, raw, appeared_at)
    select e.id, ${customerId}, e."planId", e.name, e.status, e.raw, ${appearedAt ?? null}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(entitlements)}::jsonb) as e(id text, "planId" text, name text, status text, raw jsonb)
    on conflict (id) do update set customer_id = excluded.customer_id, plan_id = excluded.plan_id, name = excluded.name,
      status = excluded.status, raw = excluded.raw, gone_at = null`.execute(tx);
}

export async function dropEntitlements(tx: Tx, ids: readonly EntitlementId[], at: Temporal.Instant): Promise<void> {
  await sql`update azure_entitlement set gone_at = ${at} where id = any(${ids})`.execute(tx);
}

type HeldRow = {
  readonly id: SubscriptionId;
  readonly customer_id: CustomerId;
  readonly raw: Json;
  readonly etag: string | null;
  readonly gone_at: Temporal.Instant | null;
  readonly facts: FactsJson;
  readonly read_at: Temporal.Instant;
  readonly unit_price: string | null;
  readonly currency: string | null;
  readonly from_day: Temporal.PlainDate | null;
};
const HELD = sql`select s.id, s.customer_id, s.raw, s.etag, s.gone_at, v.facts, h.read_at, trim_scale(p.unit_price) as unit_price, p.currency, p.from_day
  from subscription s
  join subscription_version v on v.subscription_id = s.id and v.valid_to is null
  join holding_read h on h.customer_id = s.customer_id
  left join lateral (select unit_price, currency, from_day from subscription_price where subscription_id = s.id order by from_day desc limit 1) p on true`;

export const priceOf = (row: {
  readonly unit_price: string | null;
  readonly currency: string | null;
  readonly from_day: Temporal.PlainDate | null;
}): SeatPrice | undefined =>
  row.unit_price === null || row.currency === null || row.from_day === null
    ? undefined
    : { unitPrice: row.unit_price, currency: row.currency, since: row.from_day };

const toHeld = (row: HeldRow): HeldSubscription => ({
  ...factsFromJson(row.facts),
  raw: row.raw,
  etag: row.etag ?? undefined,
  customerId: row.customer_id,
  readAt: row.read_at,
  goneAt: row.gone_at ?? undefined,
  price: priceOf(row),
});

export async function loadHeld(tx: Tx, id: SubscriptionId): Promise<HeldSubscription | undefined> {
  const { rows } = await sql<HeldRow>`${HELD} where s.id = ${id}`.execute(tx);
  return rows.map(toHeld)[0];
}

/** The subscriptions of a customer: those still listed, and those that left the list after `goneAfter`. */
export async function loadHeldOf(
  tx: Tx,
  customerId: CustomerId,
  goneAfter: Temporal.Instant,
): Promise<readonly HeldSubscription[]> {
  const { rows } =
    await sql<HeldRow>`${HELD} where s.customer_id = ${customerId} and (s.gone_at is null or s.gone_at > ${goneAfter})
    order by s.gone_at is not null, v.name, s.id limit 500`.execute(tx);
  return rows.map(toHeld);
}

export type VersionRow = {
  readonly valid_from: Temporal.Instant;
  readonly valid_to: Temporal.Instant | null;
  readonly facts: FactsJson;
};

export async function loadVersions(tx: Tx, id: SubscriptionId, limit: number): Promise<readonly VersionRow[]> {
  const { rows } =
    await sql<VersionRow>`select valid_from, valid_to, facts from subscription_version where subscription_id = ${id} order by valid_from desc limit ${limit}`.execute(
      tx,
    );
  return rows;
}

type EntitlementRow = {
  readonly id: EntitlementId;
  readonly customer_id: CustomerId;
  readonly plan_id: SubscriptionId;
  readonly name: string;
  readonly status: string;
  readonly raw: Json;
  readonly read_at: Temporal.Instant;
};
const toEntitlement = (row: EntitlementRow): HeldEntitlement => ({
  id: row.id,
  customerId: row.customer_id,
  planId: row.plan_id,
  name: row.name,
  status: row.status,
  raw: row.raw,
  readAt: row.read_at,
});

export async function loadEntitlements(
  tx: Tx,
  by: { readonly id: EntitlementId } | { readonly customerId: CustomerId },
): Promise<readonly HeldEntitlement[]> {
  const which = "id" in by ? sql`e.id = ${by.id}` : sql`e.customer_id = ${by.customerId} and e.gone_at is null`;
  const { rows } = await sql<EntitlementRow>`select e.id, e.customer_id, e.plan_id, e.name, e.status, e.raw, h.read_at
    from azure_entitlement e join holding_read h on h.customer_id = e.customer_id where ${which} order by e.name, e.id limit 1000`.execute(
    tx,
  );
  return rows.map(toEntitlement);
}

export async function loadKeptGdap(tx: Tx): Promise<
  readonly {
    readonly id: string;
    readonly customer_id: CustomerId | null;
    readonly facts: string;
    readonly gone: boolean;
  }[]
> {
  const { rows } = await sql<{
    id: string;
    customer_id: CustomerId | null;
    facts: string;
    gone: boolean;
  }>`select id, customer_id, gone_at is not null as gone,
    concat_ws('|', customer_id, status, ends_at at time zone 'UTC', auto_extends, array_to_string(role_ids, ',')) as facts from gdap_relationship for update`.execute(
    tx,
  );
  return rows;
}

export async function upsertGdap(tx: Tx, relationships: readonly GdapRelationship[]): Promise<void> {
  const rows = relationships.map((one) => ({
    ...one,
    activatedAt: one.activatedAt?.toString() ?? null,
    endsAt: one.endsAt?.toString() ?? null,
    customerId: one.customerId ?? null,
  }));
  await sql`insert into gdap_relationship (id, customer_id, name, status, role_ids, activated_at, ends_at, auto_extends, raw)
    select g.id, g."customerId", g.name, g.status, g."roleIds", g."activatedAt", g."endsAt", g."autoExtends", g.raw
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(id text, "customerId" text, name text, status text, "roleIds" text[],
      "activatedAt" timestamptz, "endsAt" timestamptz, "autoExtends" boolean, raw jsonb)
    on conflict (id) do update set customer_id = excluded.customer_id, name = excluded.name, status = excluded.status, role_ids = excluded.role_ids,
      activated_at = excluded.activated_at, ends_at = excluded.ends_at, auto_extends = excluded.auto_extends, raw = excluded.raw, gone_at = null
    where (gdap_relationship.status, gdap_relationship.ends_at, gdap_relationship.role_ids, gdap_relationship.auto_extends, gdap_relationship.gone_at, gdap_relationship.customer_id, gdap_relationship.name)
      is distinct from (excluded.status, excluded.ends_at, excluded.role_ids, excluded.auto_extends, null, excluded.customer_id, excluded.name)`.execute(
    tx,
  );
}

export async function dropGdap(tx: Tx, ids: readonly string[], at: Temporal.Instant): Promise<void> {
  await sql`update gdap_relationship set gone_at = ${at} where id = any(${ids}) and gone_at is null`.execute(tx);
}

export type Coverage = {
  readonly active: number;
  readonly roles: number;
  readonly endsAt: string | null;
  readonly autoExtends: boolean | null;
};
export type CoverageChange = {
  readonly customer_id: CustomerId;
  readonly before: Coverage | null;
  readonly after: Coverage;
};

/**
 * Recounts the delegated admin coverage of every customer and gives those whose coverage changed.
 * `before` is null where it was never counted.
 */
export async function recountCoverage(tx: Tx): Promise<readonly CoverageChange[]> {
  const { rows } = await sql<CoverageChange>`with counted as (
      select c.id, count(g.id)::int as active, max(g.ends_at) as ends_at, bool_or(g.auto_extends) as auto_extends,
        (select count(distinct role)::int from gdap_relationship r, unnest(r.role_ids) role where r.customer_id = c.id and r.status = 'active' and r.gone_at is null) as roles
      from customer c left join gdap_relationship g on g.customer_id = c.id and g.status = 'active' and g.gone_at is null
      group by c.id),
    changed as (
      select counted.*, c.gdap_active as was_active, c.gdap_roles as was_roles, c.gdap_ends_at as was_ends, c.gdap_auto_extends as was_extends
      from counted join customer c using (id)
      where (c.gdap_active, c.gdap_roles, c.gdap_ends_at, c.gdap_auto_extends) is distinct from (counted.active, counted.roles, counted.ends_at, counted.auto_extends)),
    written as (
      update customer c set gdap_active = n.active, gdap_roles = n.roles, gdap_ends_at = n.ends_at, gdap_auto_extends = n.auto_extends from changed n where c.id = n.id)
    select id as customer_id,
      case when was_active is not null then jsonb_build_object('active', was_active, 'roles', was_roles, 'endsAt', was_ends, 'autoExtends', was_extends) end as before,
      jsonb_build_object('active', active, 'roles', roles, 'endsAt', ends_at, 'autoExtends', auto_extends) as after
    from changed order by id`.execute(tx);
  return rows;
}
