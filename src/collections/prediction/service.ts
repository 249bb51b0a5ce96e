import type { CustomerId } from "../../core/ids.ts";
import { daysBetween } from "../../core/time.ts";
import type { ReadLedger } from "../../receivables/contract-ledger.ts";
import type { Actor, Store, Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import type { ScoreAccounts, ScoreAsk } from "../contract.ts";
import { HORIZON_DAYS } from "./decide-features.ts";
import type { Outcome } from "./decide-champion.ts";
import { chanceOf, type Model, MODEL_KINDS, type ModelKind } from "./decide-model.ts";
import { askInOrder } from "./decide-moments.ts";
import { epochDay, type PastInvoice, type PayerHistory } from "./decide-payer.ts";
import { historyFrom, scoreOf, toPast } from "./decide-score.ts";
import { assumed, type ContactEffect, estimateContact, type LoggedCall } from "./decide-worklist.ts";
import {
  type CallMade,
  callsMade,
  insertModel,
  modelsInUse,
  newestContact,
  payersOf,
  type PayerWrite,
  writeContact,
  writeLack,
  writePayers,
} from "./store.ts";
import { judgeInThread } from "./thread.ts";

export type PredictionDeps = {
  readonly store: Store;
  readonly readLedger: ReadLedger;
  /** Points that a call is assumed to add, until enough are logged. */
  readonly assumedPoints: (tx: Tx) => Promise<number>;
};

/** Event of this part; `subject` is the model. data: kind, number, invoices, auc, isBetter. */
export const MODEL_LEARNT = "collections.model-learnt";

/** Invoices that teach at most: whole accounts in the order of their ids, which says nothing of how they pay. */
export const TEACHERS_MAX = 60_000;
const PAYERS_AT_ONCE = 500;

/** What came of one kind; `number`: of the model that was kept. */
export type Learnt = { readonly kind: ModelKind; readonly outcome: Outcome; readonly number: number | undefined };

export type LearnAsk = {
  /** Nothing on or after this day is looked at. */
  readonly asOf: Temporal.PlainDate;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
  /** Judges and keeps nothing. */
  readonly evaluateOnly?: boolean | undefined;
};

/** Learns both kinds from the ledger and keeps them; accounts' habits are made anew on the way. For jobs and the command line. */
export async function learnFromLedger(deps: PredictionDeps, ask: LearnAsk): Promise<readonly Learnt[]> {
  const { asOf, evaluateOnly = false } = ask;
  const invoices = await gather(deps, asOf, evaluateOnly);
  const inUse = await modelsInUse(deps.store.db);
  const asks = MODEL_KINDS.map((kind) => ({ kind, asOfDay: epochDay(asOf), champion: inUse.get(kind)?.body }));
  const outcomes = await judgeInThread(invoices, asks);
  const learnt: Learnt[] = [];
  for (const [at, outcome] of outcomes.entries()) {
    const kind = MODEL_KINDS[at];
    if (kind === undefined) continue;
    learnt.push({ kind, outcome, number: evaluateOnly ? undefined : await keep(deps, ask, { kind, outcome }) });
  }
  if (!evaluateOnly) await estimateCalls(deps, asOf);
  return learnt;
}

/** Gives the number of the model that was kept. */
const keep = (
  deps: PredictionDeps,
  { asOf, actor, now }: LearnAsk,
  { kind, outcome }: Pick<Learnt, "kind" | "outcome">,
): Promise<number | undefined> =>
  deps.store.inTransaction(async (tx) => {
    if (!outcome.ok) {
      await writeLack(tx, kind, asOf, outcome.error);
      return undefined;
    }
    const { model, champion, isBetter } = outcome.value;
    const number = await insertModel(tx, { model, asOf, champion, isBetter, actor, now });
    await appendEvents(tx, [
      {
        type: MODEL_LEARNT,
        actor,
        at: now,
        subject: { kind: "model", id: String(number) },
        data: { kind, number, invoices: model.invoices, auc: Number(model.judged.auc.toFixed(3)), isBetter },
      },
    ]);
    return number;
  });

/** Streams every account: keeps the habits of all, and the invoices of as many as teach. */
async function gather(
  deps: PredictionDeps,
  asOf: Temporal.PlainDate,
  readOnly: boolean,
): Promise<readonly PastInvoice[]> {
  const invoices: PastInvoice[] = [];
  const day = epochDay(asOf);
  let payers: PayerWrite[] = [];
  for await (const { accountId, items } of deps.readLedger(deps.store.db, { depth: "all", asOf })) {
    if (invoices.length < TEACHERS_MAX)
      for (const item of items) if (item.kind === "invoice") invoices.push(toPast(item, accountId));
    if (readOnly && invoices.length >= TEACHERS_MAX) break;
    if (readOnly) continue;
    payers.push({ accountId, history: historyFrom(items, accountId, day) });
    if (payers.length < PAYERS_AT_ONCE) continue;
    await writePayers(deps.store.db, asOf, payers);
    payers = [];
  }
  await writePayers(deps.store.db, asOf, payers);
  return invoices;
}

/** Calls that are looked back on at most. */
const CALLS_MAX = 5_000;

/** Tells each logged call the chance that was known before it, and whether the overdue was paid in the 30 days after. */
async function estimateCalls(deps: PredictionDeps, asOf: Temporal.PlainDate): Promise<void> {
  const model = (await modelsInUse(deps.store.db)).get("paid")?.body;
  if (model === undefined) return;
  const before = asOf.subtract({ days: HORIZON_DAYS });
  const calls = await callsMade(deps.store.db, before, CALLS_MAX);
  const byAccount = Map.groupBy(calls, (call) => call.account_id);
  const logged: LoggedCall[] = [];
  if (byAccount.size > 0)
    for await (const { accountId, items } of deps.readLedger(deps.store.db, {
      accountIds: [...byAccount.keys()],
      depth: "all",
      asOf,
    }))
      logged.push(
        ...callsOf(
          model,
          items.filter(({ kind }) => kind === "invoice").map((item) => toPast(item, accountId)),
          byAccount.get(accountId) ?? [],
        ),
      );
  const estimate = estimateContact(logged);
  if (estimate === undefined) return;
  await writeContact(deps.store.db, asOf, { ...estimate, paid: logged.filter(({ paid }) => paid).length });
}

/** The oldest overdue invoice on the day of each call stands for the account. */
function callsOf(model: Model, invoices: readonly PastInvoice[], calls: readonly CallMade[]): readonly LoggedCall[] {
  const questions = calls.flatMap(({ on }) => {
    const day = epochDay(on);
    const overdue = invoices.filter(
      (one) => one.dueDay < day && (one.settledDay === undefined || one.settledDay >= day),
    );
    const oldest = overdue.toSorted((a, b) => a.dueDay - b.dueDay)[0];
    return oldest === undefined ? [] : [{ invoice: oldest, day }];
  });
  return [...askInOrder(invoices, questions)].map(({ invoice, day, features }) => ({
    chance: chanceOf(model, features.values),
    paid: invoice.settledDay !== undefined && invoice.settledDay <= day + HORIZON_DAYS,
  }));
}

/** The effect of a call as it is used now: estimated when enough were logged, else assumed. */
export async function contactEffect(tx: Tx, deps: Pick<PredictionDeps, "assumedPoints">): Promise<ContactEffect> {
  return (await newestContact(tx)) ?? assumed(await deps.assumedPoints(tx));
}

/** Habits older than this are made anew. */
const HABIT_DAYS_MAX = 8;
/** Of so few accounts, habits are always made anew when they are not of the day. */
const FEW = 20;
/** Habits made anew in one question at most: the weekly learning makes those of everyone. */
const RENEWED_MAX = 100;

/** The chance that each account's overdue amount is paid within 30 days, with and without a contact, with reasons. */
export const scoreAccounts =
  (deps: Pick<PredictionDeps, "readLedger" | "assumedPoints">): ScoreAccounts =>
  async (tx, rows, day) => {
    const model = (await modelsInUse(tx)).get("paid")?.body;
    const effect = await contactEffect(tx, deps);
    const histories =
      model === undefined ? new Map<CustomerId, PayerHistory>() : await historiesOf(tx, deps, { rows, day });
    return rows.map((row) => scoreOf(row, { model, effect, day, history: histories.get(row.accountId) }));
  };

export async function historiesOf(
  tx: Tx,
  deps: Pick<PredictionDeps, "readLedger">,
  { rows, day }: { readonly rows: readonly Pick<ScoreAsk, "accountId">[]; readonly day: Temporal.PlainDate },
): Promise<ReadonlyMap<CustomerId, PayerHistory>> {
  const ids = rows.map(({ accountId }) => accountId);
  const kept = await payersOf(tx, ids);
  const old = ids
    .map((accountId) => ({ accountId, age: ageOf(kept.get(accountId)?.as_of, day) }))
    .filter(({ age }) => age > (ids.length <= FEW ? 0 : HABIT_DAYS_MAX))
    .sort((a, b) => b.age - a.age)
    .slice(0, RENEWED_MAX);
  const found = new Map([...kept].map(([accountId, { body }]) => [accountId, body]));
  if (old.length === 0) return found;
  const renewed: PayerWrite[] = [];
  const accountIds = old.map(({ accountId }) => accountId);
  for await (const { accountId, items } of deps.readLedger(tx, { accountIds, depth: "all", asOf: day }))
    renewed.push({ accountId, history: historyFrom(items, accountId, epochDay(day)) });
  await writePayers(tx, day, renewed);
  for (const { accountId, history } of renewed) found.set(accountId, history);
  return found;
}
const ageOf = (asOf: Temporal.PlainDate | undefined, day: Temporal.PlainDate): number =>
  asOf === undefined ? Number.POSITIVE_INFINITY : daysBetween(asOf, day);
