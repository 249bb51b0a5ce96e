import { type RawBuilder, sql } from "kysely";
import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { Reading } from "./contract.ts";
import type { ACCOUNT_FILTERS, ACCOUNT_SORTS } from "./contract-wire.ts";
import type { CustomerClass, EffectKind } from "./contract-policy.ts";
import type { MinorJson, ReasonJson, RestingJson } from "./store-state.ts";

/** The work list: one page by keyset over the derived rows; what hangs on a row is looked up for its rows only. */

export type AccountFilter = (typeof ACCOUNT_FILTERS)[number];
export type AccountSort = (typeof ACCOUNT_SORTS)[number];

export type ListRow = {
  readonly account_id: CustomerId;
  readonly name: string;
  readonly name_key: string;
  readonly country: string | null;
  readonly customer_class: CustomerClass | null;
  readonly pays_for: number;
  readonly zone: string;
  readonly day: Temporal.PlainDate;
  readonly evaluated_at: Temporal.Instant;
  readonly policy_id: string | null;
  readonly policy_version: number | null;
  readonly step: string | null;
  readonly days: number | null;
  readonly overdue: readonly MinorJson[];
  readonly overdue_minor: bigint | null;
  readonly overdue_currency: Currency;
  readonly overdue_invoices: number;
  readonly next_day: Temporal.PlainDate | null;
  readonly next_step: string | null;
  readonly next_what: "tell" | "effect" | "resume" | null;
  readonly resting: readonly RestingJson[];
  readonly chance_bps: number | null;
  readonly contacted_bps: number | null;
  readonly value_minor: bigint | null;
  readonly reasons: readonly ReasonJson[];
  readonly reading: Reading;
  readonly set_reading: Reading | null;
  readonly last_told_on: Temporal.PlainDate | null;
  readonly frozen_since: Temporal.PlainDate | null;
  readonly call_due: Temporal.PlainDate | null;
  readonly promise: {
    readonly id: string;
    readonly minor: string;
    readonly currency: string;
    readonly dueOn: string;
  } | null;
  readonly asks: readonly {
    readonly id: string;
    readonly kind: EffectKind;
    readonly need: number;
    readonly have: number;
  }[];
};

type Order = {
  readonly column: RawBuilder<unknown>;
  readonly type: RawBuilder<unknown>;
  readonly direction: "asc" | "desc";
};
/** Unknown values come last. */
const ORDER: Readonly<Record<AccountSort, Order>> = {
  value: { column: sql`s.value_minor`, type: sql`bigint`, direction: "desc" },
  overdue: { column: sql`s.overdue_minor`, type: sql`bigint`, direction: "desc" },
  days: { column: sql`s.days`, type: sql`integer`, direction: "desc" },
  next: { column: sql`s.next_day`, type: sql`date`, direction: "asc" },
  name: { column: sql`s.name_key`, type: sql`text`, direction: "asc" },
};

const HAS_ASK = sql`exists (select 1 from collections_effect e where e.account_id = s.account_id and e.state = 'asked')`;
const HAS_CALL = sql`exists (select 1 from collections_task t where t.account_id = s.account_id and t.state = 'due')`;
const HAS_PROMISE = sql`exists (select 1 from collections_promise p where p.account_id = s.account_id and p.seen = 'open')`;
const IS_FROZEN = sql`exists (select 1 from collections_effect e where e.account_id = s.account_id and e.kind = 'freeze-purchases' and e.state = 'done')`;
const IS: Readonly<Record<AccountFilter, RawBuilder<unknown>>> = {
  overdue: sql`s.is_overdue`,
  todo: sql`(s.tells is not null or ${HAS_ASK} or ${HAS_CALL})`,
  calls: HAS_CALL,
  approvals: HAS_ASK,
  promises: HAS_PROMISE,
  held: sql`(s.is_held and s.is_overdue)`,
  frozen: IS_FROZEN,
  exempt: sql`(s.is_exempt and s.is_overdue)`,
  "no-policy": sql`(s.policy_id is null and s.is_overdue)`,
  clear: sql`(not s.is_overdue)`,
  all: sql`true`,
};

export type AccountPlace = { readonly value: string | null; readonly id: string };
export type AccountQuery = {
  readonly filter: AccountFilter;
  readonly sort: AccountSort;
  readonly direction?: "asc" | "desc" | undefined;
  /** LIKE patterns; all must be found in the name. */
  readonly patterns: readonly string[];
  readonly stepId?: string | undefined;
  readonly policyId?: string | undefined;
  readonly place?: AccountPlace | undefined;
  readonly limit: number;
};

function conditions({
  filter,
  patterns,
  stepId,
  policyId,
}: Omit<AccountQuery, "sort" | "direction" | "limit">): RawBuilder<unknown> {
  const wanted = [
    IS[filter],
    patterns.length === 0 ? undefined : sql`s.name_key like all(${patterns}::text[])`,
    stepId === undefined ? undefined : sql`s.step = ${stepId}`,
    policyId === undefined ? undefined : sql`s.policy_id = ${policyId}`,
  ].filter((one) => one !== undefined);
  return sql.join(wanted, sql` and `);
}

function beyond({ column, type, direction }: Order, place: AccountPlace): RawBuilder<unknown> {
  if (place.value === null) return sql`(${column} is null and s.account_id > ${place.id})`;
  const op = direction === "asc" ? sql`>` : sql`<`;
  return sql`(${column} ${op} ${place.value}::${type} or (${column} = ${place.value}::${type} and s.account_id > ${place.id}) or ${column} is null)`;
}

const ROW = sql`s.*, r.reading as set_reading,
    (select min(e.done_on) from collections_effect e where e.account_id = s.account_id and e.kind = 'freeze-purchases' and e.state = 'done') as frozen_since,
    (select min(t.due_on) from collections_task t where t.account_id = s.account_id and t.state = 'due') as call_due,
    (select jsonb_build_object('id', p.promise_id, 'minor', p.amount_minor::text, 'currency', p.currency, 'dueOn', p.due_on)
      from collections_promise p where p.account_id = s.account_id and p.seen = 'open' order by p.due_on, p.promise_id limit 1) as promise,
    (select coalesce(jsonb_agg(jsonb_build_object('id', e.effect_id, 'kind', e.kind, 'need', e.need,
        'have', (select count(*) from collections_effect_approval a where a.effect_id = e.effect_id)) order by e.wanted_on, e.effect_id), '[]')
      from collections_effect e where e.account_id = s.account_id and e.state = 'asked') as asks`;

export async function pageOfAccounts(tx: Tx, query: AccountQuery): Promise<readonly ListRow[]> {
  const usual = ORDER[query.sort];
  const order: Order = { ...usual, direction: query.direction ?? usual.direction };
  const by = order.direction === "asc" ? sql`${order.column} asc nulls last` : sql`${order.column} desc nulls last`;
  const start = query.place === undefined ? sql`true` : beyond(order, query.place);
  const { rows } = await sql<ListRow>`with page as materialized (
      select s.account_id from collections_state s where ${conditions(query)} and ${start} order by ${by}, s.account_id limit ${query.limit})
    select ${ROW} from collections_state s left join collections_reading r using (account_id)
    where s.account_id in (select account_id from page) order by ${by}, s.account_id`.execute(tx);
  return rows;
}

/** The key of a row in an order, for the cursor. */
export function keyOf(row: ListRow, sort: AccountSort): string | null {
  const value = {
    value: row.value_minor,
    overdue: row.overdue_minor,
    days: row.days,
    next: row.next_day,
    name: row.name_key,
  }[sort];
  return value === null ? null : value.toString();
}

export async function accountRow(tx: Tx, accountId: CustomerId): Promise<ListRow | undefined> {
  const { rows } =
    await sql<ListRow>`select ${ROW} from collections_state s left join collections_reading r using (account_id) where s.account_id = ${accountId}`.execute(
      tx,
    );
  return rows[0];
}

export async function countAccounts(
  tx: Tx,
  query: Omit<AccountQuery, "sort" | "direction" | "limit" | "place">,
): Promise<number> {
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from collections_state s where ${conditions(query)}`.execute(tx);
  return rows[0]?.n ?? 0;
}

export type FilterCounts = Readonly<Record<AccountFilter, number>> & {
  readonly next_due: Temporal.PlainDate | null;
  readonly evaluated_at: Temporal.Instant | null;
};
/** How many accounts each filter holds, in one pass; what few accounts have is counted from the few. */
export async function filterCounts(tx: Tx): Promise<FilterCounts> {
  const { rows } =
    await sql<FilterCounts>`with ask as (select distinct account_id from collections_effect where state = 'asked'),
      task as (select distinct account_id from collections_task where state = 'due'),
      prom as (select distinct account_id from collections_promise where seen = 'open'),
      frozen as (select distinct account_id from collections_effect where kind = 'freeze-purchases' and state = 'done')
    select count(*)::int as "all", count(*) filter (where s.is_overdue)::int as overdue, count(*) filter (where not s.is_overdue)::int as clear,
      count(*) filter (where s.tells is not null or ask.account_id is not null or task.account_id is not null)::int as todo,
      count(task.account_id)::int as calls, count(ask.account_id)::int as approvals, count(prom.account_id)::int as promises,
      count(frozen.account_id)::int as frozen, count(*) filter (where s.is_held and s.is_overdue)::int as held,
      count(*) filter (where s.is_exempt and s.is_overdue)::int as exempt, count(*) filter (where s.policy_id is null and s.is_overdue)::int as "no-policy",
      min(s.next_due_day) as next_due, max(s.evaluated_at) as evaluated_at
    from collections_state s left join ask using (account_id) left join task using (account_id) left join prom using (account_id) left join frozen using (account_id)`.execute(
      tx,
    );
  const row = rows[0];
  if (row === undefined) throw new Error("invariant broken: counting gives a row");
  return row;
}

export type StepCount = {
  readonly policy_id: string | null;
  readonly step: string | null;
  readonly n: number;
  readonly overdue: number;
};
/** Accounts by policy and worst matching step. */
export async function countSteps(tx: Tx): Promise<readonly StepCount[]> {
  const { rows } =
    await sql<StepCount>`select policy_id, step, count(*)::int as n, count(*) filter (where is_overdue)::int as overdue
    from collections_state group by policy_id, step`.execute(tx);
  return rows;
}

export async function overdueOfAccounts(
  tx: Tx,
  accountIds: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, readonly MinorJson[]>> {
  const { rows } = await sql<{ account_id: CustomerId; overdue: readonly MinorJson[] }>`
    select account_id, overdue from collections_state where account_id = any(${accountIds}::text[])`.execute(tx);
  return new Map(rows.map((row) => [row.account_id, row.overdue]));
}

/** Of these accounts, those that owe: how much in the reporting currency (null = a rate is missing), for how long. */
export async function overdueAmong(tx: Tx, accountIds: readonly CustomerId[]) {
  const { rows } = await sql<{
    account_id: CustomerId;
    minor: bigint | null;
    currency: Currency;
    days: number | null;
  }>`select account_id, overdue_minor as minor, overdue_currency as currency, days
    from collections_state where is_overdue and account_id = any(${accountIds}::text[])`.execute(tx);
  return new Map(rows.map(({ account_id, ...owed }) => [account_id, owed]));
}

/** What a customer's account says on its passport. */
export async function memberRow(tx: Tx, customerId: CustomerId): Promise<ListRow | undefined> {
  const { rows } = await sql<{
    account_id: CustomerId;
  }>`select account_id from collections_member where customer_id = ${customerId}`.execute(tx);
  return accountRow(tx, rows[0]?.account_id ?? customerId);
}

export type DueToday = {
  readonly n: number;
  readonly name: string | null;
  readonly what: string | null;
  readonly day: Temporal.PlainDate | null;
  readonly minor: bigint | null;
  readonly currency: Currency | null;
};
/** Accounts that are told something today, or wait for a person; the one that owes most first. */
export async function stepsDue(tx: Tx): Promise<DueToday> {
  const { rows } =
    await sql<DueToday>`select count(*) over ()::int as n, s.name, coalesce(s.tells, s.step) as what, s.day, s.overdue_minor as minor, s.overdue_currency as currency
    from collections_state s where ${IS.todo} order by s.overdue_minor desc nulls last, s.account_id limit 1`.execute(
      tx,
    );
  return rows[0] ?? NONE_DUE;
}
const NONE_DUE: DueToday = { n: 0, name: null, what: null, day: null, minor: null, currency: null };
/** Promises that fall due up to a day, the earliest first. */
export async function promisesDue(tx: Tx, upTo: Temporal.PlainDate): Promise<DueToday> {
  const { rows } =
    await sql<DueToday>`select count(*) over ()::int as n, s.name, null as what, p.due_on as day, p.amount_minor as minor, p.currency
    from collections_promise p left join collections_state s using (account_id) where p.seen = 'open' and p.due_on <= ${upTo}::date order by p.due_on, p.promise_id limit 1`.execute(
      tx,
    );
  return rows[0] ?? NONE_DUE;
}
