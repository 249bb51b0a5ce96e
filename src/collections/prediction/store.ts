import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import { type Actor, type Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";
import { REACHED } from "../contract.ts";
import type { Judged, Model, ModelKind, TooLittle } from "./decide-model.ts";
import type { PayerHistory } from "./decide-payer.ts";
import type { ContactEffect } from "./decide-worklist.ts";

/** Raised when a column of `Model` or `PayerHistory` gets another meaning: what was stored under another number is not read. */
export const FORMAT = 1;

export type ModelRow = {
  readonly model_no: number;
  readonly kind: ModelKind;
  readonly as_of: Temporal.PlainDate;
  readonly learnt_at: Temporal.Instant;
  readonly state: "in-use" | "worse" | "replaced";
  readonly invoices: number;
  readonly payers: number;
  readonly rows: number;
  readonly judged: Judged;
  readonly body: Model;
};
const COLUMNS = sql`model_no, kind, as_of, learnt_at, state, invoices, payers, rows, judged, body`;

/** Models that were read lately: a stored one never changes, and its body is large. */
const bodies = new Map<number, ModelRow>();
const BODIES_MAX = 8;

/** The model in use of each kind. */
export async function modelsInUse(tx: Tx): Promise<ReadonlyMap<ModelKind, ModelRow>> {
  const { rows } = await sql<{ kind: ModelKind; model_no: number; learnt_at: Temporal.Instant }>`
    select kind, model_no, learnt_at from prediction_model where state = 'in-use' and format = ${FORMAT}`.execute(tx);
  const found = new Map<ModelKind, ModelRow>();
  for (const { kind, model_no, learnt_at } of rows) {
    const known = bodies.get(model_no);
    // Several databases may be open in one process, each with a number 1.
    const isSame = known?.kind === kind && known.learnt_at.equals(learnt_at);
    const row = isSame ? { ...known, state: "in-use" as const } : await modelOf(tx, model_no);
    if (row !== undefined) found.set(kind, row);
  }
  return found;
}
async function modelOf(tx: Tx, number: number): Promise<ModelRow | undefined> {
  const { rows } = await sql<ModelRow>`select ${COLUMNS} from prediction_model where model_no = ${number}`.execute(tx);
  const row = rows[0];
  if (bodies.size >= BODIES_MAX) bodies.clear();
  if (row !== undefined) bodies.set(number, row);
  return row;
}

export async function newestModels(tx: Tx, limit: number): Promise<readonly ModelRow[]> {
  const { rows } = await sql<ModelRow>`
    select ${COLUMNS} from prediction_model where format = ${FORMAT} order by model_no desc limit ${limit}`.execute(tx);
  return rows;
}

export type NewModel = {
  readonly model: Model;
  readonly asOf: Temporal.PlainDate;
  readonly champion: Judged | undefined;
  readonly isBetter: boolean;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
};
/** Keeps what was learnt; a better one takes the place of the one in use. Gives its number. */
export async function insertModel(tx: Tx, { model, asOf, champion, isBetter, actor, now }: NewModel): Promise<number> {
  if (isBetter)
    await sql`update prediction_model set state = 'replaced' where kind = ${model.kind} and state = 'in-use'`.execute(
      tx,
    );
  const { judged, ...body } = model;
  const { rows } = await sql<{ model_no: number }>`
    insert into prediction_model (kind, format, as_of, learnt_at, state, invoices, payers, rows, judged, champion, body, learnt_by)
    values (${model.kind}, ${FORMAT}, ${asOf}, ${now}, ${isBetter ? "in-use" : "worse"}, ${model.invoices}, ${model.payers}, ${model.rows},
      ${jsonb(judged)}, ${champion === undefined ? null : jsonb(champion)}, ${jsonb(body)}, ${jsonb(actor)})
    returning model_no`.execute(tx);
  await sql`delete from prediction_lack where kind = ${model.kind}`.execute(tx);
  return rows[0]?.model_no ?? 0;
}

export type LackRow = {
  readonly kind: ModelKind;
  readonly as_of: Temporal.PlainDate;
  readonly rows: number;
  readonly payers: number;
};
export async function writeLack(tx: Tx, kind: ModelKind, asOf: Temporal.PlainDate, lack: TooLittle): Promise<void> {
  await sql`insert into prediction_lack (kind, as_of, rows, payers) values (${kind}, ${asOf}, ${lack.rows}, ${lack.payers})
    on conflict (kind) do update set as_of = excluded.as_of, rows = excluded.rows, payers = excluded.payers`.execute(
    tx,
  );
}
export const lacks = async (tx: Tx): Promise<readonly LackRow[]> =>
  (await sql<LackRow>`select kind, as_of, rows, payers from prediction_lack order by kind`.execute(tx)).rows;

/** When something was last learnt, or was tried to; undefined = never. */
export async function lastTried(tx: Tx): Promise<Temporal.PlainDate | undefined> {
  const { rows } = await sql<{ day: Temporal.PlainDate | null }>`
    select max(as_of) as day from (select as_of from prediction_model union all select as_of from prediction_lack) t`.execute(
    tx,
  );
  return rows[0]?.day ?? undefined;
}

export type PayerRow = {
  readonly account_id: CustomerId;
  readonly as_of: Temporal.PlainDate;
  readonly body: PayerHistory;
};
export async function payersOf(tx: Tx, accountIds: readonly CustomerId[]): Promise<ReadonlyMap<CustomerId, PayerRow>> {
  const { rows } = await sql<PayerRow>`
    select account_id, as_of, body from prediction_payer where account_id = any(${accountIds}::text[])`.execute(tx);
  return new Map(rows.map((row) => [row.account_id, row]));
}

export type PayerWrite = { readonly accountId: CustomerId; readonly history: PayerHistory };
export async function writePayers(tx: Tx, asOf: Temporal.PlainDate, payers: readonly PayerWrite[]): Promise<void> {
  if (payers.length === 0) return;
  const rows = payers.map(({ accountId, history }) => ({
    account_id: accountId,
    settled: history.settled,
    body: history,
  }));
  await sql`insert into prediction_payer (account_id, as_of, settled, body)
    select account_id, ${asOf}::date, settled, body from jsonb_to_recordset(${jsonb(rows)}) as t(account_id text, settled integer, body jsonb)
    order by account_id
    on conflict (account_id) do update set as_of = excluded.as_of, settled = excluded.settled, body = excluded.body
    where prediction_payer.as_of <= excluded.as_of`.execute(tx);
}

export async function newestContact(tx: Tx): Promise<Extract<ContactEffect, { kind: "estimated" }> | undefined> {
  const { rows } = await sql<{ calls: number; shift: number; low: number; high: number }>`
    select calls, shift, low, high from prediction_contact order by as_of desc limit 1`.execute(tx);
  return rows[0] === undefined ? undefined : { kind: "estimated", ...rows[0] };
}
export async function writeContact(
  tx: Tx,
  asOf: Temporal.PlainDate,
  { calls, paid, shift, low, high }: Extract<ContactEffect, { kind: "estimated" }> & { readonly paid: number },
): Promise<void> {
  await sql`insert into prediction_contact (as_of, calls, paid, shift, low, high) values (${asOf}, ${calls}, ${paid}, ${shift}, ${low}, ${high})
    on conflict (as_of) do update set calls = excluded.calls, paid = excluded.paid, shift = excluded.shift, low = excluded.low, high = excluded.high`.execute(
    tx,
  );
}

/** A call that reached somebody. */
export type CallMade = { readonly account_id: CustomerId; readonly on: Temporal.PlainDate };
/** The newest calls that reached somebody before a day. Tasks are the desk's own; this only reads them. */
export async function callsMade(tx: Tx, before: Temporal.PlainDate, limit: number): Promise<readonly CallMade[]> {
  const { rows } = await sql<CallMade>`
    select account_id, (at at time zone 'UTC')::date as on from collections_task
    where kind = 'call' and state = 'done' and outcome = any(${[...REACHED]}::text[]) and (at at time zone 'UTC')::date < ${before}::date
    order by at desc limit ${limit}`.execute(tx);
  return rows;
}
/** Calls that reached somebody, as far as they are logged. */
export async function callsCount(tx: Tx): Promise<number> {
  const { rows } = await sql<{ n: bigint }>`
    select count(*) as n from collections_task where kind = 'call' and state = 'done' and outcome = any(${[...REACHED]}::text[])`.execute(
    tx,
  );
  return Number(rows[0]?.n ?? 0n);
}
export async function brokenPromises(tx: Tx, accountId: CustomerId): Promise<number> {
  const { rows } = await sql<{ n: bigint }>`
    select count(*) as n from collections_promise where account_id = ${accountId} and seen = 'broken'`.execute(tx);
  return Number(rows[0]?.n ?? 0n);
}
