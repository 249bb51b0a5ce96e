import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { Reading } from "./contract.ts";
import type { CustomerClass } from "./contract-policy.ts";

/** The derived rows behind lists, which customer belongs to which account, and what is to be looked at next. */

export type MinorJson = { readonly currency: string; readonly minor: string };
export type RestingJson = {
  readonly why: string;
  readonly id: string | null;
  readonly until: string | null;
  readonly invoiceIds: readonly string[];
};
export type ReasonJson = { readonly kind: string; readonly facts: Readonly<Record<string, string | number>> };

/** A row as it is written; days and amounts as text, as JSON carries them. */
export type StateToWrite = {
  readonly account_id: string;
  readonly name: string;
  readonly name_key: string;
  readonly country: string | null;
  readonly customer_class: CustomerClass | null;
  readonly pays_for: number;
  readonly zone: string;
  readonly day: string;
  readonly told_day: string | null;
  readonly evaluated_at: string;
  readonly policy_id: string | null;
  readonly policy_version: number | null;
  readonly step: string | null;
  readonly step_index: number;
  readonly days: number | null;
  readonly overdue: readonly MinorJson[];
  readonly overdue_minor: string | null;
  readonly overdue_currency: string;
  readonly is_overdue: boolean;
  readonly overdue_invoices: number;
  readonly next_due_day: string | null;
  readonly next_day: string | null;
  readonly next_step: string | null;
  readonly next_what: "tell" | "effect" | "resume" | null;
  readonly tells: string | null;
  readonly resting: readonly RestingJson[];
  readonly is_held: boolean;
  readonly is_exempt: boolean;
  readonly chance_bps: number | null;
  readonly contacted_bps: number | null;
  readonly value_minor: string | null;
  readonly reasons: readonly ReasonJson[];
  readonly reading: Reading;
  readonly last_told_on: string | null;
};

export type KeptState = {
  readonly account_id: CustomerId;
  readonly step: string | null;
  readonly step_index: number;
  readonly told_day: Temporal.PlainDate | null;
  readonly policy_id: string | null;
  readonly policy_version: number | null;
  /** Of everything the row said; null = not kept. */
  readonly digest: string | null;
};
/** How accounts stood at the last look, for the event that says what changed. */
export async function keptStates(tx: Tx, ids: readonly CustomerId[]): Promise<ReadonlyMap<CustomerId, KeptState>> {
  const { rows } = await sql<KeptState>`select account_id, step, step_index, told_day, policy_id, policy_version, digest
    from collections_state where account_id = any(${ids}::text[])`.execute(tx);
  return new Map(rows.map((row) => [row.account_id, row]));
}

/** One writer an account: whoever decides about it holds this until commit. Take it before anything else. */
export async function lockAccount(tx: Tx, accountId: CustomerId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`collections:${accountId}`}, 0))`.execute(tx);
}

export type Members = { readonly accountId: CustomerId; readonly customerIds: readonly CustomerId[] };
/** Keeps which customers an account is made of. */
export async function writeMembers(tx: Tx, accounts: readonly Members[]): Promise<void> {
  const rows = accounts.flatMap(({ accountId, customerIds }) =>
    customerIds.map((id) => ({ customer_id: id, account_id: accountId })),
  );
  if (rows.length === 0) return;
  await sql`insert into collections_member (customer_id, account_id)
    select customer_id, account_id from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(customer_id text, account_id text) order by customer_id
    on conflict (customer_id) do update set account_id = excluded.account_id where collections_member.account_id <> excluded.account_id`.execute(
    tx,
  );
}

/** The account of each customer as last seen. */
export async function membersOf(
  tx: Tx,
  customerIds: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, CustomerId>> {
  const { rows } = await sql<{ customer_id: CustomerId; account_id: CustomerId }>`
    select customer_id, account_id from collections_member where customer_id = any(${customerIds}::text[])`.execute(tx);
  return new Map(rows.map((row) => [row.customer_id, row.account_id]));
}

// ---- what to look at next

/**
 * Marks customers to be looked at again. A mark that stands becomes newer: whoever looks right now did so before this happened, and must
 * not take the mark away.
 */
export async function markDirty(tx: Tx, customerIds: readonly CustomerId[], at: Temporal.Instant): Promise<void> {
  if (customerIds.length === 0) return;
  await sql`insert into collections_dirty (customer_id, since) select id, ${at} from unnest(${[...new Set(customerIds)].toSorted()}::text[]) as id
    on conflict (customer_id) do update set since = greatest(collections_dirty.since + interval '1 microsecond', excluded.since)`.execute(
    tx,
  );
}

/** Every account that was ever looked at is to be looked at again: a policy changed. */
export async function markAllDirty(tx: Tx, at: Temporal.Instant): Promise<void> {
  await sql`insert into collections_dirty (customer_id, since) select account_id, ${at} from collections_state order by account_id
    on conflict (customer_id) do update set since = greatest(collections_dirty.since + interval '1 microsecond', excluded.since)`.execute(
    tx,
  );
}

export type Mark = { readonly customer_id: CustomerId; readonly since: Temporal.Instant };
/** The next marked customers, oldest first. */
export async function loadDirty(tx: Tx, limit: number): Promise<readonly Mark[]> {
  const { rows } = await sql<Mark>`
    select customer_id, since from collections_dirty order by since, customer_id limit ${limit}`.execute(tx);
  return rows;
}

/** Takes marks away, unless they became newer meanwhile. */
export async function clearDirty(tx: Tx, marks: readonly Mark[]): Promise<void> {
  const rows = marks.map(({ customer_id, since }) => ({ customer_id, since: since.toString() }));
  await sql`delete from collections_dirty d using jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(customer_id text, since timestamptz)
    where d.customer_id = g.customer_id and d.since <= g.since`.execute(tx);
}

/** Marks what a finished run of a zone's day did not meet although its last look found something. */
export async function markStale(
  tx: Tx,
  { zone, day, now }: { readonly zone: string; readonly day: Temporal.PlainDate; readonly now: Temporal.Instant },
): Promise<void> {
  await sql`insert into collections_dirty (customer_id, since) select account_id, ${now} from collections_state
    where zone = ${zone} and day < ${day}::date and (is_overdue or step is not null or next_day is not null
      or exists (select 1 from collections_effect e where e.account_id = collections_state.account_id and e.state in ('asked', 'done', 'lifting'))) order by account_id on conflict do nothing`.execute(
    tx,
  );
}

export type RunRow = {
  readonly zone: string;
  readonly day: Temporal.PlainDate;
  readonly reached: CustomerId | null;
  readonly finished_at: Temporal.Instant | null;
};
/** Starts the run of a zone's day, or finds where it stands. */
export async function openRun(
  tx: Tx,
  { zone, day, now }: { readonly zone: string; readonly day: Temporal.PlainDate; readonly now: Temporal.Instant },
): Promise<RunRow> {
  await sql`insert into collections_run (zone, day, started_at) values (${zone}, ${day}, ${now}) on conflict do nothing`.execute(
    tx,
  );
  const { rows } = await sql<RunRow>`
    select zone, day, reached, finished_at from collections_run where zone = ${zone} and day = ${day}`.execute(tx);
  const row = rows[0];
  if (row === undefined) throw new Error("invariant broken: a run that was just opened is not there");
  return row;
}

export type RunStep = {
  readonly zone: string;
  readonly day: Temporal.PlainDate;
  readonly reached: CustomerId | undefined;
  readonly accounts: number;
  readonly acted: number;
  readonly finishedAt: Temporal.Instant | undefined;
};
/** Moves a run on; never back, should two workers run it at once. */
export async function moveRun(tx: Tx, { zone, day, reached, accounts, acted, finishedAt }: RunStep): Promise<void> {
  await sql`update collections_run set reached = greatest(reached, ${reached ?? null}::text), accounts = accounts + ${accounts}, acted = acted + ${acted},
      finished_at = coalesce(finished_at, ${finishedAt ?? null}::timestamptz)
    where zone = ${zone} and day = ${day}`.execute(tx);
}

/** Zones in which accounts count their days, as last seen. */
export async function knownZones(tx: Tx): Promise<readonly string[]> {
  // Stepping from zone to zone in the index: zones are few, accounts are many.
  const { rows } = await sql<{ zone: string }>`with recursive z(zone) as (
      (select zone from collections_state order by zone limit 1)
      union all select (select s.zone from collections_state s where s.zone > z.zone order by s.zone limit 1) from z where z.zone is not null)
    select zone from z where zone is not null`.execute(tx);
  return rows.map((row) => row.zone);
}

// ---- since when an account is known

/** First invoice days as kept; null = none was ever issued, missing = not looked up yet. */
export async function keptSince(
  tx: Tx,
  accountIds: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, Temporal.PlainDate | null>> {
  const { rows } = await sql<{ account_id: CustomerId; first_day: Temporal.PlainDate | null }>`
    select account_id, first_day from collections_since where account_id = any(${accountIds}::text[])`.execute(tx);
  return new Map(rows.map((row) => [row.account_id, row.first_day]));
}
/** Keeps first days; only an earlier one changes what is kept. */
export async function keepSince(
  tx: Tx,
  days: readonly { readonly accountId: CustomerId; readonly day: Temporal.PlainDate | null }[],
): Promise<void> {
  if (days.length === 0) return;
  const rows = days.map(({ accountId, day }) => ({ account_id: accountId, first_day: day?.toString() ?? null }));
  await sql`insert into collections_since (account_id, first_day)
    select account_id, first_day from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(account_id text, first_day date) order by account_id
    on conflict (account_id) do update set first_day = least(collections_since.first_day, excluded.first_day)
    where excluded.first_day < collections_since.first_day or (collections_since.first_day is null and excluded.first_day is not null)`.execute(
    tx,
  );
}
