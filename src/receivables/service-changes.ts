import { exponentOf } from "../core/currency.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Actor, NewEvent, Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import type { MoneyIn } from "./contract-ledger.ts";
import { latest } from "./decide-allocation.ts";
import type { Entry } from "./decide-reversal.ts";
import { undoDraw } from "./service-deposit.ts";
import { type Book, type ChangeDeps, OWN_SYSTEM, payInvoice, type Who } from "./service-pay-invoice.ts";
import { recordMoneyWith } from "./service-money.ts";
import { rowIds } from "./store-bulk.ts";
import {
  type ChangeRow,
  decideChange,
  findChange,
  findMovable,
  findOpenItem,
  insertChange,
  loadTargets,
  markUndone,
  newestAllocation,
  type OpenItem,
  type TargetRow,
} from "./store-changes.ts";
import { keepEntries } from "./store-entries.ts";
import { lockLedger } from "./store-import.ts";

/** A debt up to this many whole units of its currency may be written off by one person unless the desk says another; more takes a second. */
export const WRITE_OFF_ALONE_MAX = 1_000n;

type Reallocate = Who & {
  readonly paymentId: string;
  readonly seen: string;
  readonly to: readonly {
    readonly invoiceId: string;
    readonly amount: { readonly minor: bigint; readonly currency: string };
  }[];
  readonly reason: string;
};

/**
 * Gives money to other invoices, by hand. What it paid so far is taken back today and given anew today: no earlier day changes.
 * Refused when somebody else changed it since it was read, when part of it went back, and when it does not add up.
 */
export async function reallocate(tx: Tx, deps: ChangeDeps, ask: Reallocate): Promise<Result<string, Refusal>> {
  await lockLedger(tx);
  const money = await findMovable(tx, ask.paymentId, true);
  if (money === undefined) return no("not-found", "money-unknown", "there is no such money in the ledger");
  if (money.amountMinor <= 0n || money.isReversal || money.isReversed)
    return no(
      "conflict",
      "money-reversed",
      "money that went back, or takes something back, follows its source and is not moved by hand",
    );
  if (money.seen !== ask.seen)
    return no("conflict", "changed-since", "somebody changed where this money goes after you opened it: look again");
  const targets = new Map((await loadTargets(tx, money, true)).map((row) => [row.id, row]));
  const wanted = new Map<string, bigint>();
  for (const { invoiceId, amount } of ask.to) {
    const target = targets.get(invoiceId);
    if (target === undefined || amount.currency !== money.currency)
      return no("invalid", "not-its-invoice", "an invoice of another customer or currency, or one that is paid", {
        facts: { invoice: invoiceId },
      });
    if (amount.minor < 0n || amount.minor > target.open + target.given)
      return no("invalid", "over-invoice", "more than the invoice needs", { facts: { number: target.number } });
    wanted.set(invoiceId, (wanted.get(invoiceId) ?? 0n) + amount.minor);
  }
  const total = [...wanted.values()].reduce((sum, one) => sum + one, 0n);
  if (total > money.amountMinor) return no("invalid", "over-money", "more than the money has");
  const changeId = deps.newId();
  const entries = differences([...targets.values()], wanted, { ...ask, valueDate: money.valueDate, changeId });
  if (entries.length === 0) return no("invalid", "nothing-changes", "it already goes there");
  await keepEntries(tx, entries, rowIds());
  const before = record([...targets.values()].map((row) => [row.id, row.given]));
  const after = record([...wanted]);
  const last = await newestAllocation(tx, ask.paymentId);
  const { actor, now } = ask;
  await insertChange(tx, {
    change_id: changeId,
    kind: "reallocation",
    state: "done",
    customer_id: money.customerId,
    currency: money.currency,
    amount_minor: entries.reduce((sum, one) => (one.amountMinor > 0n ? sum + one.amountMinor : sum), 0n),
    what: { number: money.number, paymentId: money.paymentId, before, after, last },
    reason: ask.reason,
    ...asked(actor, now),
  });
  const customers = [
    ...new Set([money.customerId, ...[...targets.values()].map((row) => row.customer_id as typeof money.customerId)]),
  ];
  await deps.onChanged(tx, customers);
  const named = (of: Readonly<Record<string, string>>) =>
    Object.entries(of).map(([id, minor]) => ({
      number: targets.get(id)?.number ?? id,
      amount: { minor, currency: money.currency },
    }));
  await appendEvents(tx, [
    {
      type: "receivables.money-reallocated",
      actor,
      at: now,
      customerId: money.customerId,
      subject: { kind: "ledger-change", id: changeId },
      why: ask.reason,
      before: named(before),
      after: named(after),
      data: { number: money.number },
    },
  ]);
  return ok(changeId);
}

const asked = (actor: Actor, now: Temporal.Instant) => ({ asked_by: actor.name, asked_by_id: actor.id, asked_at: now });
const record = (pairs: readonly (readonly [string, bigint])[]): Readonly<Record<string, string>> =>
  Object.fromEntries(pairs.filter(([, minor]) => minor !== 0n).map(([id, minor]) => [id, minor.toString()]));

type Moving = {
  readonly today: Temporal.PlainDate;
  readonly paymentId: string;
  readonly valueDate: string;
  readonly changeId: string;
};
/** What is taken back and what is given, each from today or from the day on which it can be. */
function differences(
  targets: readonly TargetRow[],
  wanted: ReadonlyMap<string, bigint>,
  { today, paymentId, valueDate, changeId }: Moving,
): readonly Entry[] {
  const changes = targets.flatMap((row) => {
    const amountMinor = (wanted.get(row.id) ?? 0n) - row.given;
    return amountMinor === 0n ? [] : [{ row, amountMinor }];
  });
  // What is given counts from the last day on which something is taken back: before it, the money was still elsewhere.
  const taken = changes.filter(({ amountMinor }) => amountMinor < 0n).map(({ row }) => row.last_day);
  return changes
    .toSorted((a, b) => (a.amountMinor < b.amountMinor ? -1 : 1))
    .map(({ row, amountMinor }) => ({
      paymentId: BigInt(paymentId),
      invoiceId: BigInt(row.id),
      againstId: null,
      amountMinor,
      day:
        amountMinor < 0n
          ? latest([today.toString(), row.last_day])
          : latest([today.toString(), valueDate, row.issue_date, row.reopened_on, ...taken]),
      reason: amountMinor < 0n ? ("taken-back" as const) : ("by-hand" as const),
      changeId,
    }));
}

type WriteOff = Who & {
  readonly invoiceId: string;
  readonly amount: { readonly minor: bigint; readonly currency: string };
  readonly reason: string;
};
/** Gives up a debt, or asks a second person to agree when it is large. Gives the change and whether it waits. */
export async function writeOff(
  tx: Tx,
  deps: ChangeDeps,
  ask: WriteOff,
): Promise<Result<{ id: string; waits: boolean }, Refusal>> {
  await lockLedger(tx);
  const item = await findOpenItem(tx, ask.invoiceId);
  if (item === undefined) return no("not-found", "invoice-unknown", "there is no such invoice");
  const fault = writeOffFault(item, ask.amount);
  if (fault !== undefined) return fault;
  const id = deps.newId();
  const alone = (await deps.ledgerSettings?.(tx))?.writeOffAlone ?? WRITE_OFF_ALONE_MAX;
  const waits = ask.amount.minor > alone * 10n ** BigInt(exponentOf(item.currency));
  await insertChange(tx, {
    change_id: id,
    kind: "write-off",
    state: waits ? "waiting" : "done",
    customer_id: item.customerId,
    currency: item.currency,
    amount_minor: ask.amount.minor,
    what: { number: item.number, invoiceId: item.id },
    reason: ask.reason,
    ...asked(ask.actor, ask.now),
  });
  if (!waits) await bookWriteOff(tx, deps, { item, id, amountMinor: ask.amount.minor, ...ask });
  await appendEvents(tx, [writeOffEvent(waits ? "asked" : "done", { id, item, amountMinor: ask.amount.minor }, ask)]);
  return ok({ id, waits });
}

function writeOffFault(item: OpenItem, amount: WriteOff["amount"]): Result<never, Refusal> | undefined {
  if (amount.currency !== item.currency) return no("invalid", "wrong-currency", `the invoice is in ${item.currency}`);
  if (amount.minor <= 0n) return no("invalid", "amount-zero", "write off more than nothing");
  return amount.minor > item.open
    ? no("conflict", "over-invoice", "less than that is open", { facts: { number: item.number } })
    : undefined;
}

function writeOffEvent(
  what: "asked" | "done" | "refused",
  of: { readonly id: string; readonly item: OpenItem; readonly amountMinor: bigint },
  { actor, now, reason }: { readonly actor: Actor; readonly now: Temporal.Instant; readonly reason: string },
): NewEvent {
  return {
    type: what === "done" ? "receivables.written-off" : `receivables.write-off-${what}`,
    actor,
    at: now,
    customerId: of.item.customerId,
    subject: { kind: "ledger-change", id: of.id },
    why: reason,
    data: { number: of.item.number, amount: { minor: of.amountMinor.toString(), currency: of.item.currency } },
  };
}

const bookWriteOff = (tx: Tx, deps: ChangeDeps, book: Book): Promise<void> =>
  payInvoice(tx, deps, { ...book, kind: "write-off" });

/** The second person agrees to a write-off, or does not. Whoever asked cannot be the second. */
export async function decideWriteOff(
  tx: Tx,
  deps: ChangeDeps,
  ask: Who & { readonly changeId: string; readonly approve: boolean },
): Promise<Result<ChangeRow, Refusal>> {
  await lockLedger(tx);
  const change = await findChange(tx, ask.changeId);
  if (change === undefined) return no("not-found", "change-unknown", "there is no such change");
  if (change.state !== "waiting")
    return no("conflict", "already-decided", "it has been decided", { facts: { state: change.state } });
  if (ask.actor.kind !== "person" || ask.actor.id === change.asked_by_id)
    return no("forbidden", "second-person", "another person than the one who asked must agree");
  const item = await findOpenItem(tx, change.what.invoiceId ?? "0");
  if (item === undefined) return no("not-found", "invoice-unknown", "there is no such invoice");
  const of = { id: change.change_id, item, amountMinor: change.amount_minor };
  if (ask.approve) {
    const fault = writeOffFault(item, { minor: change.amount_minor, currency: change.currency });
    if (fault !== undefined) return fault;
    await bookWriteOff(tx, deps, { ...of, ...ask, reason: change.reason });
  }
  const state = ask.approve ? "done" : "refused";
  await decideChange(tx, change.change_id, { id: ask.actor.id, name: ask.actor.name, at: ask.now, state });
  await appendEvents(tx, [writeOffEvent(state, of, { ...ask, reason: change.reason })]);
  return ok({ ...change, state, decided_by: ask.actor.name });
}

/** Undoes a change by hand: money goes back to where it was, a debt that was given up is owed again. From today. */
export async function undoChange(
  tx: Tx,
  deps: ChangeDeps,
  ask: Who & { readonly changeId: string; readonly reason: string },
): Promise<Result<ChangeRow, Refusal>> {
  await lockLedger(tx);
  const change = await findChange(tx, ask.changeId);
  if (change === undefined) return no("not-found", "change-unknown", "there is no such change");
  if (change.state !== "done")
    return no("conflict", "not-done", "only what was done can be undone", { facts: { state: change.state } });
  const undone = await UNDO[change.kind](tx, deps, change, ask);
  if (!undone.ok) return undone;
  await markUndone(tx, change.change_id, { id: ask.actor.id, name: ask.actor.name, at: ask.now, reason: ask.reason });
  await appendEvents(tx, [
    {
      type: "receivables.change-undone",
      actor: ask.actor,
      at: ask.now,
      customerId: change.customer_id as never,
      subject: { kind: "ledger-change", id: change.change_id },
      why: ask.reason,
      data: { kind: change.kind, number: change.what.number },
    },
  ]);
  return ok({ ...change, state: "undone", undone_by: ask.actor.name, undo_reason: ask.reason });
}

const UNDO: Readonly<Record<ChangeRow["kind"], typeof undoMoving>> = {
  reallocation: (...of) => undoMoving(...of),
  "write-off": (...of) => owedAgain(...of),
  "write-off-reversal": (...of) => owedAgain(...of),
  "deposit-draw": (...of) => undoDraw(...of),
};
type Undo = Who & { readonly changeId: string; readonly reason: string };
async function undoMoving(tx: Tx, deps: ChangeDeps, change: ChangeRow, ask: Undo): Promise<Result<unknown, Refusal>> {
  const { paymentId = "0", before = {}, last = "0" } = change.what;
  if ((await newestAllocation(tx, paymentId)) !== last)
    return no("conflict", "changed-since", "this money was moved again since: undo that first");
  const to = Object.entries(before).map(([invoiceId, minor]) => ({
    invoiceId,
    amount: { minor: BigInt(minor), currency: change.currency },
  }));
  return reallocate(tx, deps, { ...ask, paymentId, seen: last, to });
}
async function owedAgain(tx: Tx, deps: ChangeDeps, change: ChangeRow, ask: Undo): Promise<Result<unknown, Refusal>> {
  const row: MoneyIn = {
    customerId: change.customer_id as MoneyIn["customerId"],
    system: OWN_SYSTEM,
    number: `${change.change_id} undone`,
    kind: "write-off-reversal",
    currency: change.currency as MoneyIn["currency"],
    amountMinor: -change.amount_minor,
    valueDate: ask.today,
    names: [],
    text: ask.reason,
    reverses: { system: OWN_SYSTEM, number: change.change_id },
  };
  return recordMoneyWith(deps)(tx, { rows: [row], actor: ask.actor, now: ask.now, rule: "named-only" });
}
