import { sql } from "kysely";
import type { Currency } from "../core/currency.ts";
import type { Decimal } from "../core/decimal.ts";
import { decimalToText } from "../core/decimal.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import type { Actor, Tx } from "../store/contract.ts";
import { jsonb } from "../store/database.ts";
import type { BudgetState } from "./contract.ts";

export type Failure = {
  readonly kind: string;
  readonly detail: string;
  readonly code: string | null;
  readonly at: string;
};
export type BudgetRow = {
  readonly customer_id: CustomerId;
  readonly amount_minor: bigint;
  readonly currency: Currency;
  readonly agreed_with: string;
  readonly agreed_on: Temporal.PlainDate;
  readonly why: string;
  readonly set_by: Actor;
  readonly set_at: Temporal.Instant;
  readonly state: BudgetState;
  readonly request_id: string;
  readonly push_began_at: Temporal.Instant | null;
  readonly state_at: Temporal.Instant;
  readonly failure: Failure | null;
};

export async function loadBudget(
  tx: Tx,
  id: CustomerId,
  lock: "lock" | "read" = "read",
): Promise<BudgetRow | undefined> {
  const { rows } =
    await sql<BudgetRow>`select * from budget where customer_id = ${id} ${lock === "lock" ? sql`for update` : sql``}`.execute(
      tx,
    );
  return rows[0];
}

export async function loadBudgets(
  tx: Tx,
  ids: readonly CustomerId[],
  lock: "lock" | "read" = "read",
): Promise<ReadonlyMap<CustomerId, BudgetRow>> {
  const { rows } =
    await sql<BudgetRow>`select * from budget where customer_id = any(${ids}) order by customer_id ${lock === "lock" ? sql`for update` : sql``}`.execute(
      tx,
    );
  return new Map(rows.map((row) => [row.customer_id, row]));
}

export type BudgetToWrite = {
  readonly amount: Money;
  readonly agreedWith: string;
  readonly agreedOn: Temporal.PlainDate;
  readonly why: string;
  readonly by: Actor;
  readonly at: Temporal.Instant;
  readonly requestId: string;
};

/** Keeps a newly agreed budget, to be sent; the one before stays in the history. */
export async function writeBudget(tx: Tx, id: CustomerId, to: BudgetToWrite): Promise<void> {
  const { amount, agreedWith, agreedOn, why, by, at, requestId } = to;
  await sql`insert into budget (customer_id, amount_minor, currency, agreed_with, agreed_on, why, set_by, set_at, state, request_id, state_at)
    values (${id}, ${amount.minor}, ${amount.currency}, ${agreedWith}, ${agreedOn}, ${why}, ${jsonb(by)}, ${at}, 'agreed', ${requestId}, ${at})
    on conflict (customer_id) do update set amount_minor = excluded.amount_minor, currency = excluded.currency, agreed_with = excluded.agreed_with, agreed_on = excluded.agreed_on,
      why = excluded.why, set_by = excluded.set_by, set_at = excluded.set_at, state = 'agreed', request_id = excluded.request_id, push_began_at = null, state_at = excluded.state_at, failure = null`.execute(
    tx,
  );
  await sql`insert into budget_history (customer_id, amount_minor, currency, agreed_with, agreed_on, why, set_by, set_at)
    values (${id}, ${amount.minor}, ${amount.currency}, ${agreedWith}, ${agreedOn}, ${why}, ${jsonb(by)}, ${at})`.execute(
    tx,
  );
}

export async function beginPush(tx: Tx, id: CustomerId, now: Temporal.Instant): Promise<void> {
  await sql`update budget set state = 'pushing', push_began_at = ${now}, state_at = case when state = 'pushing' then state_at else ${now} end where customer_id = ${id}`.execute(
    tx,
  );
}

/** The try is over without an answer: another may begin at once. */
export async function releasePush(tx: Tx, id: CustomerId, requestId: string): Promise<void> {
  await sql`update budget set push_began_at = null where customer_id = ${id} and request_id = ${requestId}`.execute(tx);
}

/** Moves a budget on, unless a newer agreement took its place; gives whether it was moved. */
export async function moveBudget(
  tx: Tx,
  id: CustomerId,
  to: {
    readonly requestId: string;
    readonly state: BudgetState;
    readonly failure?: Failure | undefined;
    readonly at: Temporal.Instant;
  },
): Promise<boolean> {
  const { rows } =
    await sql`update budget set state = ${to.state}, push_began_at = null, state_at = ${to.at}, failure = ${to.failure === undefined ? null : jsonb(to.failure)}
    where customer_id = ${id} and request_id = ${to.requestId} returning 1`.execute(tx);
  return rows.length > 0;
}

/** Budgets on their way that nobody has moved for long: their job was lost or gave up. */
export async function loadStuck(tx: Tx, before: Temporal.Instant): Promise<readonly CustomerId[]> {
  const { rows } = await sql<{
    customer_id: CustomerId;
  }>`select customer_id from budget where state in ('agreed', 'pushing')
    and coalesce(push_began_at, state_at) < ${before} order by state_at limit 200`.execute(tx);
  return rows.map((row) => row.customer_id);
}

export type HistoryRow = Pick<
  BudgetRow,
  "amount_minor" | "currency" | "agreed_with" | "agreed_on" | "why" | "set_by" | "set_at"
>;
export async function loadBudgetHistory(tx: Tx, id: CustomerId, limit: number): Promise<readonly HistoryRow[]> {
  const { rows } =
    await sql<HistoryRow>`select amount_minor, currency, agreed_with, agreed_on, why, set_by, set_at from budget_history where customer_id = ${id} order by id desc limit ${limit}`.execute(
      tx,
    );
  return rows;
}

export type PartnerBudgetRow = {
  readonly customer_id: CustomerId;
  readonly amount: string | null;
  readonly read_at: Temporal.Instant;
  readonly raised_from: string | null;
  readonly raised_at: Temporal.Instant | null;
};

export async function loadPartnerBudgets(
  tx: Tx,
  ids: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, PartnerBudgetRow>> {
  const { rows } = await sql<PartnerBudgetRow>`select * from partner_budget where customer_id = any(${ids})`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.customer_id, row]));
}

export type CopyChange = {
  readonly customer_id: CustomerId;
  readonly before: string | null;
  readonly after: string | null;
  readonly was_read: boolean;
};

/** Keeps Microsoft's copies; gives those whose amount changed or that were read for the first time. An older reading is ignored. */
export async function savePartnerBudgets(
  tx: Tx,
  copies: readonly { readonly customerId: CustomerId; readonly amount: Decimal | undefined }[],
  at: Temporal.Instant,
): Promise<readonly CopyChange[]> {
  const rows = copies.map(({ customerId, amount }) => ({
    customer_id: customerId,
    amount: amount === undefined ? null : decimalToText(amount),
  }));
  const { rows: changed } =
    await sql<CopyChange>`with given as (select distinct on (customer_id) * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(customer_id text, amount numeric) order by customer_id),
    old as (select p.* from partner_budget p join given using (customer_id) order by customer_id for update),
    written as (
      insert into partner_budget as p (customer_id, amount, read_at) select customer_id, amount, ${at} from given
      on conflict (customer_id) do update set amount = excluded.amount, read_at = excluded.read_at,
        raised_from = case when excluded.amount > p.amount then p.amount else p.raised_from end,
        raised_at = case when excluded.amount > p.amount then excluded.read_at else p.raised_at end
      where excluded.read_at >= p.read_at returning p.customer_id, p.amount)
    select w.customer_id, trim_scale(o.amount) as before, trim_scale(w.amount) as after, o.customer_id is not null as was_read
    from written w left join old o using (customer_id) where o.customer_id is null or o.amount is distinct from w.amount order by w.customer_id`.execute(
      tx,
    );
  return changed;
}

export async function countBudgets(tx: Tx): Promise<Readonly<Record<"failed" | "differs" | "waiting", number>>> {
  const { rows } = await sql<{
    failed: number;
    differs: number;
    waiting: number;
  }>`select count(*) filter (where state = 'failed')::int as failed,
    count(*) filter (where state = 'differs')::int as differs, count(*) filter (where state in ('agreed', 'pushing'))::int as waiting from budget`.execute(
    tx,
  );
  return rows[0] ?? { failed: 0, differs: 0, waiting: 0 };
}
