import { sql } from "kysely";
import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Actor, Tx } from "../store/contract.ts";
import type { DisputeOutcome, DisputeReason, PromiseState, Reading } from "./contract.ts";
import type { HoldKind } from "./contract-history.ts";

/** Holds, promises and readings: the facts that people add. */

export type HoldRow = {
  readonly hold_id: string;
  readonly account_id: CustomerId;
  readonly kind: HoldKind;
  readonly invoice_id: string | null;
  readonly invoice_number: string | null;
  readonly reason: DisputeReason | null;
  readonly note: string;
  readonly from_day: Temporal.PlainDate;
  readonly until_day: Temporal.PlainDate | null;
  readonly owner_id: string | null;
  readonly owner_name: string | null;
  readonly source: "person" | "case";
  readonly case_id: string | null;
  readonly asked_at: Temporal.Instant | null;
  readonly lifted_on: Temporal.PlainDate | null;
  readonly lifted_why: string | null;
  readonly outcome: DisputeOutcome | null;
  readonly by_kind: Actor["kind"];
  readonly by_id: string;
  readonly by_name: string;
  readonly at: Temporal.Instant;
};

export async function holdsOf(tx: Tx, accountIds: readonly CustomerId[]): Promise<readonly HoldRow[]> {
  const { rows } = await sql<HoldRow>`select * from collections_hold where account_id = any(${accountIds}::text[])
    order by account_id, from_day desc, hold_id`.execute(tx);
  return rows;
}

export async function findHold(tx: Tx, id: string): Promise<HoldRow | undefined> {
  const { rows } = await sql<HoldRow>`select * from collections_hold where hold_id::text = ${id} for update`.execute(
    tx,
  );
  return rows[0];
}

export type NewHold = Omit<
  HoldRow,
  "asked_at" | "lifted_on" | "lifted_why" | "outcome" | "by_kind" | "by_id" | "by_name"
> & {
  readonly by: Actor;
};
/** False when the same case or invoice holds the account already. */
export async function insertHold(tx: Tx, hold: NewHold): Promise<boolean> {
  const done =
    await sql`insert into collections_hold (hold_id, account_id, kind, invoice_id, invoice_number, reason, note, from_day, until_day, owner_id, owner_name, source,
      case_id, by_kind, by_id, by_name, at)
    values (${hold.hold_id}, ${hold.account_id}, ${hold.kind}, ${hold.invoice_id}, ${hold.invoice_number}, ${hold.reason}, ${hold.note}, ${hold.from_day}, ${hold.until_day},
      ${hold.owner_id}, ${hold.owner_name}, ${hold.source}, ${hold.case_id}, ${hold.by.kind}, ${hold.by.id}, ${hold.by.name}, ${hold.at})
    on conflict do nothing returning hold_id`.execute(tx);
  return done.rows.length > 0;
}

export async function endHold(
  tx: Tx,
  id: string,
  end: { readonly on: Temporal.PlainDate; readonly why: string; readonly outcome: DisputeOutcome | null },
): Promise<void> {
  await sql`update collections_hold set until_day = ${end.on}, lifted_on = ${end.on}, lifted_why = ${end.why}, outcome = ${end.outcome} where hold_id = ${id}`.execute(
    tx,
  );
}

export async function moveHold(tx: Tx, id: string, until: Temporal.PlainDate): Promise<void> {
  await sql`update collections_hold set until_day = ${until}, asked_at = null where hold_id = ${id}`.execute(tx);
}

/** Holds that end before `until` and whose owner was not asked yet. */
export async function holdsEnding(tx: Tx, until: Temporal.PlainDate, limit: number): Promise<readonly HoldRow[]> {
  const { rows } = await sql<HoldRow>`select * from collections_hold
    where lifted_on is null and asked_at is null and until_day <= ${until} order by until_day, hold_id limit ${limit} for update skip locked`.execute(
    tx,
  );
  return rows;
}
export async function markAsked(tx: Tx, ids: readonly string[], at: Temporal.Instant): Promise<void> {
  await sql`update collections_hold set asked_at = ${at} where hold_id::text = any(${ids}::text[])`.execute(tx);
}

/** Holds that follow a case and still hold. */
export async function caseHolds(tx: Tx): Promise<readonly HoldRow[]> {
  const { rows } =
    await sql<HoldRow>`select * from collections_hold where source = 'case' and lifted_on is null order by hold_id`.execute(
      tx,
    );
  return rows;
}

export type HoldQuery = {
  readonly state: "open" | "ending" | "ended" | "all";
  readonly kind?: HoldKind | undefined;
  readonly today: Temporal.PlainDate;
  readonly endingBy: Temporal.PlainDate;
  readonly after?: { readonly at: string; readonly id: string } | undefined;
  readonly limit: number;
};
const holdState = ({ state, today, endingBy }: Pick<HoldQuery, "state" | "today" | "endingBy">) =>
  ({
    open: sql`(until_day is null or until_day > ${today}::date)`,
    ending: sql`until_day > ${today}::date and until_day <= ${endingBy}::date`,
    ended: sql`until_day <= ${today}::date`,
    all: sql`true`,
  })[state];
export async function pageOfHolds(tx: Tx, query: HoldQuery): Promise<readonly HoldRow[]> {
  const after =
    query.after === undefined
      ? sql`true`
      : sql`(at, hold_id) < (${query.after.at}::timestamptz, ${query.after.id}::uuid)`;
  const kind = query.kind === undefined ? sql`true` : sql`kind = ${query.kind}`;
  const { rows } = await sql<HoldRow>`select * from collections_hold where ${holdState(query)} and ${kind} and ${after}
    order by at desc, hold_id desc limit ${query.limit}`.execute(tx);
  return rows;
}
export type HoldCounts = { readonly open: number; readonly ending: number; readonly ended: number };
export async function countHolds(tx: Tx, query: Pick<HoldQuery, "kind" | "today" | "endingBy">): Promise<HoldCounts> {
  const of = (state: HoldQuery["state"]) => sql`count(*) filter (where ${holdState({ ...query, state })})::int`;
  const kind = query.kind === undefined ? sql`true` : sql`kind = ${query.kind}`;
  const { rows } =
    await sql<HoldCounts>`select ${of("open")} as open, ${of("ending")} as ending, ${of("ended")} as ended
    from collections_hold where ${kind}`.execute(tx);
  return rows[0] ?? { open: 0, ending: 0, ended: 0 };
}

// ---- promises

export type PromiseRow = {
  readonly promise_id: string;
  readonly account_id: CustomerId;
  readonly currency: Currency;
  readonly amount_minor: bigint;
  readonly made_on: Temporal.PlainDate;
  readonly due_on: Temporal.PlainDate;
  readonly grace_until: Temporal.PlainDate;
  readonly invoices: readonly { readonly id: string; readonly number: string }[];
  readonly note: string;
  readonly withdrawn_on: Temporal.PlainDate | null;
  readonly seen: PromiseState;
  readonly paid_minor: bigint;
  readonly ended_on: Temporal.PlainDate | null;
  readonly by_kind: Actor["kind"];
  readonly by_id: string;
  readonly by_name: string;
  readonly at: Temporal.Instant;
};

export async function promisesOf(tx: Tx, accountIds: readonly CustomerId[]): Promise<readonly PromiseRow[]> {
  const { rows } = await sql<PromiseRow>`select * from collections_promise where account_id = any(${accountIds}::text[])
    order by account_id, made_on desc, promise_id`.execute(tx);
  return rows;
}
export async function findPromise(tx: Tx, id: string): Promise<PromiseRow | undefined> {
  const { rows } =
    await sql<PromiseRow>`select * from collections_promise where promise_id::text = ${id} for update`.execute(tx);
  return rows[0];
}
export type NewPromise = Omit<
  PromiseRow,
  "withdrawn_on" | "seen" | "paid_minor" | "ended_on" | "by_kind" | "by_id" | "by_name"
> & {
  readonly by: Actor;
};
export async function insertPromise(tx: Tx, one: NewPromise): Promise<void> {
  await sql`insert into collections_promise (promise_id, account_id, currency, amount_minor, made_on, due_on, grace_until, invoices, note, by_kind, by_id, by_name, at)
    values (${one.promise_id}, ${one.account_id}, ${one.currency}, ${one.amount_minor}, ${one.made_on}, ${one.due_on}, ${one.grace_until}, ${JSON.stringify(one.invoices)}::jsonb,
      ${one.note}, ${one.by.kind}, ${one.by.id}, ${one.by.name}, ${one.at})`.execute(tx);
}
export async function withdrawPromiseRow(
  tx: Tx,
  id: string,
  { on, why }: { readonly on: Temporal.PlainDate; readonly why: string },
): Promise<void> {
  await sql`update collections_promise set withdrawn_on = ${on}, withdrawn_why = ${why}, seen = 'withdrawn', ended_on = ${on} where promise_id = ${id}`.execute(
    tx,
  );
}
/** What the newest look saw of promises; derived, for lists. */
export async function seePromises(
  tx: Tx,
  rows: readonly {
    readonly promise_id: string;
    readonly seen: PromiseState;
    readonly paid_minor: string;
    readonly ended_on: string | null;
  }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`update collections_promise p set seen = g.seen, paid_minor = g.paid_minor, ended_on = g.ended_on
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(promise_id uuid, seen text, paid_minor bigint, ended_on date)
    where p.promise_id = g.promise_id and (p.seen, p.paid_minor, p.ended_on) is distinct from (g.seen, g.paid_minor, g.ended_on)`.execute(
    tx,
  );
}

export type PromiseQuery = {
  readonly state: PromiseState | "all";
  readonly after?: { readonly dueOn: string; readonly id: string } | undefined;
  readonly limit: number;
};
/** Open ones by the day they fall due, the others newest first. */
export async function pageOfPromises(tx: Tx, { state, after, limit }: PromiseQuery): Promise<readonly PromiseRow[]> {
  const of = state === "all" ? sql`true` : sql`seen = ${state}`;
  const isOpen = state === "open";
  const place =
    after === undefined
      ? sql`true`
      : sql`(due_on, promise_id) ${isOpen ? sql`>` : sql`<`} (${after.dueOn}::date, ${after.id}::uuid)`;
  const order = isOpen ? sql`due_on, promise_id` : sql`due_on desc, promise_id desc`;
  const { rows } =
    await sql<PromiseRow>`select * from collections_promise where ${of} and ${place} order by ${order} limit ${limit}`.execute(
      tx,
    );
  return rows;
}
export type PromiseCounts = Readonly<Record<PromiseState, number>> & {
  readonly kept_lately: number;
  readonly ended_lately: number;
};
export async function countPromises(tx: Tx, since: Temporal.PlainDate): Promise<PromiseCounts> {
  const { rows } =
    await sql<PromiseCounts>`select count(*) filter (where seen = 'open')::int as open, count(*) filter (where seen = 'kept')::int as kept,
      count(*) filter (where seen = 'broken')::int as broken, count(*) filter (where seen = 'withdrawn')::int as withdrawn,
      count(*) filter (where seen = 'kept' and ended_on >= ${since}::date)::int as kept_lately,
      count(*) filter (where seen in ('kept', 'broken') and ended_on >= ${since}::date)::int as ended_lately from collections_promise`.execute(
      tx,
    );
  return rows[0] ?? { open: 0, kept: 0, broken: 0, withdrawn: 0, kept_lately: 0, ended_lately: 0 };
}

/** Days over which the share of kept promises is measured. */
const MEASURED_DAYS = 90;
/** Promises that fell due in the last days up to one, with what became of them. */
export async function promisesDueBy(
  tx: Tx,
  asOf: Temporal.PlainDate,
): Promise<readonly { readonly state: PromiseState; readonly currency: Currency }[]> {
  const { rows } = await sql<{
    state: PromiseState;
    currency: Currency;
  }>`select seen as state, currency from collections_promise
    where due_on <= ${asOf}::date and due_on > ${asOf.subtract({ days: MEASURED_DAYS })}::date`.execute(tx);
  return rows;
}

// ---- readings

export async function saveReading(
  tx: Tx,
  row: {
    readonly accountId: CustomerId;
    readonly reading: Reading | null;
    readonly why: string;
    readonly by: Actor;
    readonly at: Temporal.Instant;
  },
): Promise<void> {
  if (row.reading === null) await sql`delete from collections_reading where account_id = ${row.accountId}`.execute(tx);
  else
    await sql`insert into collections_reading (account_id, reading, why, by_id, by_name, at) values (${row.accountId}, ${row.reading}, ${row.why}, ${row.by.id}, ${row.by.name}, ${row.at})
      on conflict (account_id) do update set reading = excluded.reading, why = excluded.why, by_id = excluded.by_id, by_name = excluded.by_name, at = excluded.at`.execute(
      tx,
    );
}
