import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import { type Money, money } from "../core/money.ts";
import type { IndirectReseller } from "../partner-center/contract.ts";
import type { Actor, Tx } from "../store/contract.ts";
import { jsonb } from "../store/database.ts";
import type { CreditLimit, CustomerSummary, Standing } from "./contract.ts";

/** What is kept of a customer's identity and compared with each answer of Microsoft. */
export type KeptCustomer = {
  readonly id: CustomerId;
  readonly name: string;
  readonly domain: string | null;
  readonly country: string | null;
  readonly city: string | null;
  readonly email: string | null;
  readonly contact_name: string | null;
  readonly phone: string | null;
  readonly relationship: string;
  readonly partner_ref: string | null;
  readonly custom_domains: readonly string[] | null;
  readonly allow_delegated: boolean | null;
  readonly detached_at: Temporal.Instant | null;
};
export type CustomerRowToWrite = Omit<KeptCustomer, "detached_at"> & {
  readonly name_key: string;
  readonly search: string;
};

const COLUMNS = sql`id text, name text, name_key text, search text, domain text, country text, city text, email text,
  contact_name text, phone text, relationship text, partner_ref text, custom_domains text[], allow_delegated boolean`;

/** All customers ever seen. Locks the list, so that two complete lists cannot be compared at once. */
export async function lockCustomers(
  tx: Tx,
  at: Temporal.Instant,
): Promise<{ readonly before: Temporal.Instant | undefined; readonly rows: readonly KeptCustomer[] }> {
  const inserted =
    await sql`insert into customer_list (read_at) values (${at}) on conflict do nothing returning read_at`.execute(tx);
  const { rows: lists } = await sql<{
    read_at: Temporal.Instant;
  }>`select read_at from customer_list for update`.execute(tx);
  const { rows } =
    await sql<KeptCustomer>`select id, name, domain, country, city, email, contact_name, phone, relationship,
    partner_ref, custom_domains, allow_delegated, detached_at from customer`.execute(tx);
  return { before: inserted.rows.length > 0 ? undefined : lists[0]?.read_at, rows };
}

export async function moveCustomerList(tx: Tx, at: Temporal.Instant): Promise<void> {
  await sql`update customer_list set read_at = ${at}`.execute(tx);
}

export async function insertCustomers(
  tx: Tx,
  rows: readonly CustomerRowToWrite[],
  at: Temporal.Instant,
): Promise<void> {
  await sql`with given as (select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c(${COLUMNS})),
    kept as (insert into customer (id, name, name_key, search, domain, country, city, email, contact_name, phone, relationship,
        partner_ref, custom_domains, allow_delegated, first_seen_at, last_seen_at)
      select given.*, ${at}, ${at} from given on conflict (id) do nothing returning id)
    insert into portfolio (customer_id) select id from kept`.execute(tx);
}

/** Writes the facts of customers that changed; standing, limit and notes stay. A customer that came back is ours again. */
export async function updateCustomers(tx: Tx, rows: readonly CustomerRowToWrite[]): Promise<void> {
  await sql`update customer set name = c.name, name_key = c.name_key, search = c.search, domain = c.domain, country = c.country,
      city = c.city, email = c.email, contact_name = c.contact_name, phone = c.phone, relationship = c.relationship,
      partner_ref = c.partner_ref, custom_domains = c.custom_domains, allow_delegated = c.allow_delegated, detached_at = null
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c(${COLUMNS}) where customer.id = c.id`.execute(tx);
}

export async function detachCustomers(
  tx: Tx,
  ids: readonly CustomerId[],
  seen: { readonly last: Temporal.Instant; readonly missing: Temporal.Instant },
): Promise<void> {
  await sql`update customer set detached_at = ${seen.missing}, last_seen_at = ${seen.last} where id = any(${ids})`.execute(
    tx,
  );
}

export type KeptReseller = {
  readonly id: string;
  readonly name: string;
  readonly mpn_id: string | null;
  readonly state: string;
  readonly country: string | null;
  readonly gone: boolean;
};

export async function loadResellers(tx: Tx): Promise<readonly KeptReseller[]> {
  const { rows } =
    await sql<KeptReseller>`select id, name, mpn_id, state, country, gone_at is not null as gone from reseller for update`.execute(
      tx,
    );
  return rows;
}

export async function upsertResellers(
  tx: Tx,
  resellers: readonly IndirectReseller[],
  at: Temporal.Instant,
): Promise<void> {
  const rows = resellers.map(({ id, name, mpnId, state, country }) => ({
    id,
    name,
    mpn_id: mpnId ?? null,
    state,
    country: country ?? null,
  }));
  await sql`insert into reseller (id, name, mpn_id, state, country, read_at)
    select r.id, r.name, r.mpn_id, r.state, r.country, ${at} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id text, name text, mpn_id text, state text, country text)
    on conflict (id) do update set name = excluded.name, mpn_id = excluded.mpn_id, state = excluded.state, country = excluded.country,
      read_at = excluded.read_at, gone_at = null`.execute(tx);
}

export async function dropResellers(tx: Tx, ids: readonly string[], at: Temporal.Instant): Promise<void> {
  await sql`update reseller set gone_at = ${at} where id = any(${ids})`.execute(tx);
}

/** Joins the reseller by its id or its MPN id, whichever Microsoft gave. */
export const RESELLER_JOIN = sql`left join lateral (select r.id, r.name from reseller r
    where c.partner_ref is not null and (r.id = c.partner_ref or r.mpn_id = c.partner_ref) order by r.gone_at is not null, r.id limit 1) r on true`;

type SummaryRow = {
  readonly id: string;
  readonly name: string;
  readonly domain: string | null;
  readonly country: string | null;
  readonly reseller_id: string | null;
  readonly reseller_name: string | null;
  readonly standing: Standing;
  readonly limit_minor: bigint | null;
  readonly limit_currency: string | null;
  readonly first_seen_at: Temporal.Instant;
  readonly detached_at: Temporal.Instant | null;
};
const SUMMARY = sql`select c.id, c.name, c.domain, c.country, coalesce(r.id, c.partner_ref) as reseller_id,
    coalesce(r.name, c.partner_ref) as reseller_name, c.standing, c.first_seen_at, c.detached_at,
    l.amount_minor as limit_minor, l.currency as limit_currency
  from customer c ${RESELLER_JOIN}
  left join lateral (select amount_minor, currency from credit_limit where customer_id = c.id order by id desc limit 1) l on true`;

function toSummary(row: SummaryRow): CustomerSummary {
  return {
    id: row.id as CustomerId,
    name: row.name,
    domain: row.domain ?? undefined,
    country: row.country ?? undefined,
    resellerId: row.reseller_id ?? undefined,
    resellerName: row.reseller_name ?? undefined,
    standing: row.standing,
    limit:
      row.limit_minor === null || row.limit_currency === null ? undefined : money(row.limit_minor, row.limit_currency),
    firstSeenAt: row.first_seen_at,
    detachedAt: row.detached_at ?? undefined,
  };
}

export async function loadSummaries(
  tx: Tx,
  ids: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, CustomerSummary>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<SummaryRow>`${SUMMARY} where c.id = any(${ids})`.execute(tx);
  return new Map(rows.map((row) => [row.id as CustomerId, toSummary(row)]));
}

/** Customers whose name, domain or id holds every pattern; those whose name begins with the text first. */
export async function findSummaries(
  tx: Tx,
  search: { readonly patterns: readonly string[]; readonly start: string; readonly limit: number },
): Promise<readonly CustomerSummary[]> {
  const { rows } = await sql<SummaryRow>`with found as (
      select id from customer where search like all(${search.patterns})
      order by detached_at is not null, not starts_with(name_key, ${search.start}), name_key, id limit ${search.limit})
    ${SUMMARY} where c.id in (select id from found)
    order by c.detached_at is not null, not starts_with(c.name_key, ${search.start}), c.name_key, c.id`.execute(tx);
  return rows.map(toSummary);
}

export async function loadAllIds(tx: Tx): Promise<readonly CustomerId[]> {
  const { rows } = await sql<{ id: CustomerId }>`select id from customer where detached_at is null order by id`.execute(
    tx,
  );
  return rows.map((row) => row.id);
}

export async function loadKnownIds(tx: Tx, ids: readonly CustomerId[]): Promise<ReadonlySet<CustomerId>> {
  const { rows } = await sql<{ id: CustomerId }>`select id from customer where id = any(${ids})`.execute(tx);
  return new Set(rows.map((row) => row.id));
}

export type IdentityRow = KeptCustomer & {
  readonly first_seen_at: Temporal.Instant;
  readonly last_seen_at: Temporal.Instant;
  readonly list_read_at: Temporal.Instant | null;
  readonly reseller_id: string | null;
  readonly reseller_name: string | null;
  readonly standing: Standing;
  readonly standing_reason: string | null;
  readonly standing_back: string | null;
  readonly standing_by: Actor | null;
  readonly standing_at: Temporal.Instant | null;
  readonly gdap_active: number | null;
  readonly gdap_roles: number | null;
  readonly gdap_ends_at: Temporal.Instant | null;
  readonly gdap_auto_extends: boolean | null;
  readonly mfa_admins: number | null;
  readonly mfa_admins_with: number | null;
};

export async function loadIdentity(
  tx: Tx,
  id: CustomerId,
  lock: "lock" | "read" = "read",
): Promise<IdentityRow | undefined> {
  const { rows } =
    await sql<IdentityRow>`select c.*, coalesce(r.id, c.partner_ref) as reseller_id, coalesce(r.name, c.partner_ref) as reseller_name,
      (select read_at from customer_list) as list_read_at
    from customer c ${RESELLER_JOIN} where c.id = ${id} ${lock === "lock" ? sql`for update of c` : sql``}`.execute(tx);
  return rows[0];
}

export type StandingToWrite = {
  readonly standing: Standing;
  readonly reason: string;
  readonly back: string | null;
  readonly by: Actor;
  readonly at: Temporal.Instant;
};

export async function writeStanding(tx: Tx, id: CustomerId, to: StandingToWrite): Promise<void> {
  await sql`update customer set standing = ${to.standing}, standing_reason = ${to.reason}, standing_back = ${to.back},
    standing_by = ${jsonb(to.by)}, standing_at = ${to.at} where id = ${id}`.execute(tx);
}

export type LimitRow = {
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly why: string;
  readonly set_by: Actor;
  readonly set_at: Temporal.Instant;
};

export async function newestLimit(tx: Tx, id: CustomerId): Promise<LimitRow | undefined> {
  const { rows } =
    await sql<LimitRow>`select amount_minor, currency, why, set_by, set_at from credit_limit where customer_id = ${id} order by id desc limit 1`.execute(
      tx,
    );
  return rows[0];
}

export async function newestLimits(tx: Tx, ids?: readonly CustomerId[]): Promise<ReadonlyMap<CustomerId, CreditLimit>> {
  const { rows } = await sql<
    LimitRow & { customer_id: CustomerId }
  >`select distinct on (customer_id) customer_id, amount_minor, currency, why, set_by, set_at
    from credit_limit ${ids === undefined ? sql`` : sql`where customer_id = any(${ids})`} order by customer_id, id desc`.execute(
    tx,
  );
  return new Map(
    rows.map((row) => [
      row.customer_id,
      { amount: money(row.amount_minor, row.currency), setAt: row.set_at, setBy: row.set_by.name, why: row.why },
    ]),
  );
}

export type LimitToWrite = {
  readonly amount: Money;
  readonly why: string;
  readonly by: Actor;
  readonly at: Temporal.Instant;
};

/** Keeps a new limit; the list's headroom follows at once when it is in the currency of the figures. */
export async function writeLimit(tx: Tx, id: CustomerId, to: LimitToWrite): Promise<void> {
  await sql`insert into credit_limit (customer_id, amount_minor, currency, why, set_by, set_at)
    values (${id}, ${to.amount.minor}, ${to.amount.currency}, ${to.why}, ${jsonb(to.by)}, ${to.at})`.execute(tx);
  await sql`update portfolio set credit_limit = case when coalesce(currency, ${to.amount.currency}) = ${to.amount.currency} then ${to.amount.minor}::bigint end
    where customer_id = ${id}`.execute(tx);
}

export type NoteRow = {
  readonly id: string;
  readonly text: string;
  readonly written_by: Actor;
  readonly written_at: Temporal.Instant;
};

export async function insertNote(tx: Tx, id: CustomerId, note: NoteRow): Promise<void> {
  await sql`insert into customer_note (id, customer_id, text, written_by, written_at)
    values (${note.id}, ${id}, ${note.text}, ${jsonb(note.written_by)}, ${note.written_at})`.execute(tx);
}

export async function loadNotes(tx: Tx, id: CustomerId, limit: number): Promise<readonly NoteRow[]> {
  const { rows } =
    await sql<NoteRow>`select id, text, written_by, written_at from customer_note where customer_id = ${id}
    order by written_at desc, id desc limit ${limit}`.execute(tx);
  return rows;
}

export type CustomerEmail = { readonly customerId: CustomerId; readonly email: string; readonly name: string | null };
/** Addresses that Partner Center gives for customers that are ours, in the order of ids after one. */
export async function loadEmails(tx: Tx, after: string, limit: number): Promise<readonly CustomerEmail[]> {
  const { rows } = await sql<CustomerEmail>`select id as "customerId", email, contact_name as name from customer
    where id > ${after} and email is not null and email <> '' and detached_at is null order by id limit ${limit}`.execute(
    tx,
  );
  return rows;
}
