import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Currency } from "../../core/currency.ts";
import type { Actor, Tx } from "../../store/contract.ts";
import type { MoneyIn, RecordMoney } from "../contract-ledger.ts";
import { paymentNumber } from "./decide-bank-key.ts";
import type { MoneyPart } from "./decide-bank-match.ts";
import { isStored, payerKeysOf, type PlannedEntry } from "./plan-bank.ts";
import { confirmEntries, insertEntries, markKnown, type NewEntry, type Paid } from "./store-bank-entry.ts";
import { learnPayers } from "./store-bank-lookup.ts";

/** The source of money from banks in the ledger. */
export const BANK_SYSTEM = "bank";
const MONEY_ROWS = 10_000;

type Taking = {
  readonly bankFileId: string;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
  readonly deps: { readonly recordMoney: RecordMoney };
};

/** Keeps planned entries and turns those of customers into money. All in the caller's transaction, under the ledger's lock. */
export async function takeEntries(
  tx: Tx,
  plan: readonly PlannedEntry[],
  { bankFileId, actor, now, deps }: Taking,
): Promise<Result<void, Refusal>> {
  const paid = new Map<string, readonly Paid[]>();
  const rows: MoneyIn[] = [];
  for (const one of plan.filter(({ state, reverses }) => state === "recorded" && reverses === undefined)) {
    const money = moneyOf({ ...one.entry, moneyKey: one.moneyKey, parts: one.parts });
    paid.set(one.moneyKey, money.paid);
    rows.push(...money.rows);
  }
  const waiting: PlannedEntry[] = [];
  for (const one of plan.filter(({ state, reverses }) => state === "recorded" && reverses !== undefined)) {
    const before = one.reverses?.payments.length ? one.reverses.payments : paid.get(one.reverses?.moneyKey ?? "");
    if (before === undefined || before.length === 0) waiting.push(one);
    else {
      const money = reversalOf({ ...one.entry, moneyKey: one.moneyKey, before });
      paid.set(one.moneyKey, money.paid);
      rows.push(...money.rows);
    }
  }
  for (let at = 0; at < rows.length; at += MONEY_ROWS) {
    const recorded = await deps.recordMoney(tx, { rows: rows.slice(at, at + MONEY_ROWS), actor, now });
    if (!recorded.ok) return recorded;
  }
  await keep(tx, plan, { bankFileId, paid, waiting: new Set(waiting) });
  const learnt = plan
    .filter(({ state, by }) => state === "recorded" && by === "reference")
    .flatMap(({ entry, parts }) =>
      parts.length === 1 && parts[0] !== undefined
        ? payerKeysOf(entry.counterparty).map((key) => ({
            ...key,
            customerId: (parts[0] as MoneyPart).customerId,
            from: "reference" as const,
          }))
        : [],
    );
  await learnPayers(tx, learnt, now);
  return ok(undefined);
}

type Keeping = {
  readonly bankFileId: string;
  readonly paid: ReadonlyMap<string, readonly Paid[]>;
  readonly waiting: ReadonlySet<PlannedEntry>;
};
/** Rows in two rounds: what is money first, then what equals or reverses it and needs its id. */
async function keep(tx: Tx, plan: readonly PlannedEntry[], { bankFileId, paid, waiting }: Keeping): Promise<void> {
  const isLater = (one: PlannedEntry): boolean => one.equals !== undefined || one.reverses !== undefined;
  const ids = new Map<string, bigint>();
  const confirmed: { readonly entryId: bigint; readonly byId: bigint }[] = [];
  for (const round of [plan.filter((one) => !isLater(one)), plan.filter(isLater)]) {
    const rows = round.map((one): NewEntry => {
      const row = newEntry(one, { bankFileId, payments: paid.get(one.moneyKey) ?? [] });
      if (waiting.has(one))
        return { ...row, state: "waiting", customer_id: null, matched_by: null, matched_what: null, reverses_id: null };
      const equals = one.equals;
      return {
        ...row,
        equals_id:
          equals === undefined ? null : isStored(equals) ? equals.entry_id : (ids.get(equals.moneyKey) ?? null),
        reverses_id:
          one.reverses === undefined ? null : (one.reverses.entryId ?? ids.get(one.reverses.moneyKey) ?? null),
      };
    });
    const made = await insertEntries(tx, rows);
    for (const [index, one] of round.entries()) {
      const entryId = made[index];
      if (entryId === undefined) throw new Error("an entry was kept without an id");
      if (one.equals === undefined) ids.set(one.moneyKey, entryId);
      if (one.explains !== undefined) await markKnown(tx, one.explains, entryId);
      // The end-of-day statement is the bank's last word: what an advice told before is confirmed by it.
      if (one.equals !== undefined && isStored(one.equals) && one.statement.format === "camt.053")
        confirmed.push({ entryId: one.equals.entry_id, byId: entryId });
    }
  }
  if (confirmed.length > 0) await confirmEntries(tx, confirmed);
}

function newEntry(
  one: PlannedEntry,
  { bankFileId, payments }: { readonly bankFileId: string; readonly payments: readonly Paid[] },
): NewEntry {
  const { entry } = one;
  const text = <T extends { readonly differenceMinor?: bigint | undefined }>({ differenceMinor, ...note }: T) => ({
    ...note,
    ...(differenceMinor !== undefined && { differenceMinor: differenceMinor.toString() }),
  });
  return {
    bank_file_id: bankFileId,
    statement: one.statementPlace,
    place: entry.place,
    line: entry.line,
    account_key: one.accountKey,
    money_key: one.moneyKey,
    batch_key: one.batchKey ?? null,
    currency: entry.currency.slice(0, 3).padEnd(3, "?"),
    amount_minor: entry.amountMinor,
    booked_on: entry.bookedOn,
    value_on: entry.valueOn ?? null,
    status: entry.status,
    is_reversal: entry.isReversal,
    source_id: entry.sourceId?.slice(0, 140) ?? null,
    refs: entry.references.map(({ amountMinor, ...reference }) => ({
      ...reference,
      ...(amountMinor !== undefined && { amountMinor: amountMinor.toString() }),
    })),
    text: entry.text,
    payer_name: entry.counterparty.name?.slice(0, 140) ?? null,
    payer_account: entry.counterparty.account?.slice(0, 64) ?? null,
    payer_org: entry.counterparty.orgNumber?.slice(0, 140) ?? null,
    notes: entry.notes.map(text),
    state: one.state,
    equals_id: null,
    reverses_id: null,
    customer_id: one.state === "recorded" ? (one.parts[0]?.customerId ?? null) : null,
    matched_by: one.by ?? null,
    matched_what: one.what?.slice(0, 300) ?? null,
    payments,
  };
}

type Money = {
  readonly moneyKey: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly bookedOn: Temporal.PlainDate;
  readonly valueOn: Temporal.PlainDate | undefined;
  readonly sourceId: string | undefined;
  readonly text: string;
};
export type Made = { readonly rows: readonly MoneyIn[]; readonly paid: readonly Paid[] };

/** Money of a customer, or of several where the file gave each reference its amount. It counts from its value date. */
export function moneyOf(one: Money & { readonly parts: readonly MoneyPart[] }): Made {
  const rows = one.parts.map((part, index): MoneyIn => ({
    customerId: part.customerId,
    system: BANK_SYSTEM,
    number: paymentNumber(one.sourceId, one.moneyKey, one.parts.length > 1 ? index + 1 : undefined),
    kind: "payment",
    currency: one.currency as Currency,
    amountMinor: part.amountMinor,
    valueDate: one.valueOn ?? one.bookedOn,
    names: part.names,
    ...(one.text !== "" && { text: one.text }),
  }));
  return { rows, paid: rows.map(paidOf) };
}

/** Takes back what an earlier entry recorded, part by part. */
export function reversalOf(one: Money & { readonly before: readonly Paid[] }): Made {
  const rows = one.before.map((before, index): MoneyIn => ({
    customerId: before.customerId,
    system: BANK_SYSTEM,
    number: paymentNumber(one.sourceId, one.moneyKey, one.before.length > 1 ? index + 1 : undefined),
    kind: "payment-reversal",
    currency: one.currency as Currency,
    amountMinor: -BigInt(before.amountMinor),
    valueDate: one.valueOn ?? one.bookedOn,
    names: [],
    ...(one.text !== "" && { text: one.text }),
    reverses: { system: BANK_SYSTEM, number: before.number },
  }));
  return { rows, paid: rows.map(paidOf) };
}
const paidOf = ({ number, customerId, amountMinor }: MoneyIn): Paid => ({
  number,
  customerId,
  amountMinor: amountMinor.toString(),
});

export const notWaiting = (state: string): Result<never, Refusal> =>
  no("conflict", "entry-not-waiting", `the entry is ${state}: reload the list`, { facts: { state } });
