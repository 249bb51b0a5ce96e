import type { CustomerId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Actor, NewEvent, Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import type { OnReceivablesChanged } from "./contract.ts";
import {
  type AllocationOrder,
  type ClaimIn,
  DEFAULT_ALLOCATION_ORDER,
  type MoneyIn,
  type MoneyKind,
  type RecordClaims,
  type Recorded,
  type RecordMoney,
} from "./contract-ledger.ts";
import { markPresent } from "./store.ts";
import { allocateFor } from "./store-allocate.ts";
import { rowIds } from "./store-bulk.ts";
import { lockLedger } from "./store-import.ts";
import { mergedInto } from "./store-merge.ts";
import {
  findClaimed,
  findClaims,
  findMoney,
  insertClaims,
  insertMoney,
  moneyKey,
  type NewClaim,
} from "./store-money.ts";

/** What the desk has chosen; undefined members keep their defaults. */
export type LedgerSettings = {
  /** The order within an invoice and its claims while no policy says another. */
  readonly order?: AllocationOrder | undefined;
  /** Whole units of a currency that one person may write off alone. */
  readonly writeOffAlone?: bigint | undefined;
};
export type LedgerDeps = {
  readonly onChanged: OnReceivablesChanged;
  readonly ledgerSettings?: ((tx: Tx) => Promise<LedgerSettings>) | undefined;
};

/** Rows of one call; a longer file is recorded in several. */
export const MONEY_ROWS_MAX = 20_000;
/** Customers that get an event of their own; past that the call has one for all. */
const EVENTS_MAX = 500;

/** Which way each kind of money goes; a balance stated by a file goes either way. */
const SIGN: Readonly<Record<MoneyKind, 1 | -1 | 0>> = {
  payment: 1,
  "credit-note": 1,
  "write-off": 1,
  "chargeback-reversal": 1,
  balance: 0,
  refund: -1,
  "payment-reversal": -1,
  chargeback: -1,
  "write-off-reversal": -1,
};

/**
 * Makes the function that takes money in, whatever it comes from: keeps what is new, lets what goes back open again what it had
 * paid, and allocates what is free. The same row again changes nothing; the same id with another amount, currency or day is refused
 * and nothing of the call is kept.
 */
export const recordMoneyWith =
  ({ onChanged, ledgerSettings }: LedgerDeps): RecordMoney =>
  async (tx, { rows: told, actor, now, order, rule }) => {
    const merged = await mergedInto(tx, [...new Set(told.map(({ customerId }) => customerId))]);
    const rows = told.map((row) => ({ ...row, customerId: merged.get(row.customerId) ?? row.customerId }));
    const fault = rows.length > MONEY_ROWS_MAX ? tooMany() : rows.map(faultOf).find((one) => one !== undefined);
    if (fault !== undefined) return fault;
    if (rows.length === 0) return ok([]);
    await lockLedger(tx);
    const known = await findMoney(tx, rows);
    const fresh = new Map<string, MoneyIn>();
    for (const row of rows) {
      const key = moneyKey(row);
      const before = known.get(key) ?? fresh.get(key);
      if (before === undefined) fresh.set(key, row);
      else if (!isSame(before, row)) return moneyChanged(row);
    }
    const ids = rowIds();
    const touched = [...new Set([...fresh.values()].map(({ customerId }) => customerId))];
    if (touched.length > 0) {
      await insertMoney(tx, [...fresh.values()], { ids, now });
      await allocateFor(tx, touched, {
        rule: rule ?? "named-then-oldest",
        ids,
        order: order ?? (await ledgerSettings?.(tx))?.order ?? DEFAULT_ALLOCATION_ORDER,
      });
      await markPresent(tx, touched);
      await onChanged(tx, touched);
    }
    const stored = await findMoney(tx, rows);
    await appendEvents(tx, moneyEvents([...fresh.values()], { actor, now }));
    const seen = new Set<string>();
    return ok(
      rows.map((row): Recorded => {
        const key = moneyKey(row);
        const one = stored.get(key);
        if (one === undefined)
          throw new Error(`invariant broken: ${row.system} ${row.number} was recorded and is not there`);
        const already = known.has(key) || seen.has(key);
        seen.add(key);
        return {
          paymentId: one.paymentId.toString(),
          already,
          allocatedMinor: one.allocatedMinor,
          unappliedMinor: one.amountMinor - one.allocatedMinor,
        };
      }),
    );
  };

type Comparable = { readonly currency: string; readonly amountMinor: bigint; readonly valueDate: unknown };
const isSame = (a: Comparable, b: Comparable): boolean =>
  a.currency === b.currency && a.amountMinor === b.amountMinor && String(a.valueDate) === String(b.valueDate);

const tooMany = (): Result<never, Refusal> =>
  no("too-large", "too-many-rows", `at most ${MONEY_ROWS_MAX} rows of money are recorded at once`);

const moneyChanged = ({ system, number }: MoneyIn): Result<never, Refusal> =>
  no(
    "conflict",
    "money-changed",
    `${system} ${number} is stored with another amount, currency or day; money is never changed: record a correction with a number of its own`,
    { facts: { system, number } },
  );

/** What is wrong with a row by itself. */
function faultOf(row: MoneyIn): Result<never, Refusal> | undefined {
  const facts = { system: row.system, number: row.number };
  const { amountMinor, kind } = row;
  if (amountMinor === 0n) return no("invalid", "amount-zero", `${row.system} ${row.number} has no amount`, { facts });
  const sign = SIGN[kind];
  if (sign !== 0 && sign > 0 !== amountMinor > 0n)
    return no(
      "invalid",
      "wrong-sign",
      `a ${kind} is ${sign > 0 ? "money in: above zero" : "money out: below zero"}; ${row.system} ${row.number} is not`,
      { facts },
    );
  if (row.number === "" || row.number.length > 200 || row.system === "" || row.system.length > 40)
    return no("invalid", "bad-number", "system and number identify money: 1 to 40 and 1 to 200 characters", { facts });
  return undefined;
}

type By = { readonly actor: Actor; readonly now: Temporal.Instant };

/** One event a customer with the sums by kind; of more customers than the limit, one for all. */
function moneyEvents(rows: readonly MoneyIn[], { actor, now: at }: By): readonly NewEvent[] {
  if (rows.length === 0) return [];
  const byCustomer = Map.groupBy(rows, ({ customerId }) => customerId);
  const common = { type: "receivables.money-recorded", actor, at } as const;
  if (byCustomer.size > EVENTS_MAX)
    return [
      { ...common, subject: { kind: "ledger", id: "money" }, data: { customers: byCustomer.size, sums: sumsOf(rows) } },
    ];
  return [...byCustomer].map(([customerId, of]) => ({
    ...common,
    customerId,
    subject: { kind: "customer", id: customerId },
    data: { sums: sumsOf(of) },
  }));
}
const sumsOf = (rows: readonly MoneyIn[]) =>
  [...Map.groupBy(rows, ({ kind, currency }) => `${kind} ${currency}`)].map(([key, of]) => ({
    kind: key.slice(0, -4),
    count: of.length,
    amount: { minor: of.reduce((sum, { amountMinor }) => sum + amountMinor, 0n).toString(), currency: key.slice(-3) },
  }));

/**
 * Makes the function that claims fees, interest and costs on invoices. A claim is a row of the ledger with a due date of its own;
 * its key is unique, so that what runs twice claims once. A claim on a claim is refused.
 */
export const recordClaimsWith =
  ({ onChanged }: LedgerDeps): RecordClaims =>
  async (tx, { rows, actor, now }) => {
    if (rows.length > MONEY_ROWS_MAX) return tooMany();
    if (rows.length === 0) return ok([]);
    await lockLedger(tx);
    const keys = rows.map(({ key }) => key);
    const known = await findClaims(tx, keys);
    const of = await findClaimed(tx, [...new Set(rows.map(({ ofInvoiceId }) => ofInvoiceId))]);
    const made = numbered(
      rows.filter(({ key }) => !known.has(key)),
      of,
    );
    if (!made.ok) return made;
    await insertClaims(tx, made.value, { ids: rowIds(), now });
    const touched = [...new Set(made.value.map((claim) => claim.of.customerId))];
    if (touched.length > 0) await onChanged(tx, touched);
    const stored = made.value.length === 0 ? known : await findClaims(tx, keys);
    await appendEvents(tx, claimEvents(made.value, { actor, now }));
    const seen = new Set(known.keys());
    return ok(
      rows.map(({ key }) => {
        const already = seen.has(key);
        seen.add(key);
        return { invoiceId: stored.get(key) ?? "", already };
      }),
    );
  };

/** Gives each new claim its number: that of its invoice, what it is, and which of them. */
function numbered(
  rows: readonly ClaimIn[],
  invoices: Awaited<ReturnType<typeof findClaimed>>,
): Result<readonly NewClaim[], Refusal> {
  const counts = new Map<string, number>();
  const claims = new Map<string, NewClaim>();
  for (const row of rows) {
    if (claims.has(row.key)) continue;
    const of = invoices.get(row.ofInvoiceId);
    const facts = { invoice: row.ofInvoiceId, key: row.key };
    if (of === undefined) return no("not-found", "invoice-unknown", "there is no such invoice to claim on", { facts });
    if (of.kind !== "invoice")
      return no("invalid", "claim-on-claim", "a claim is made on an invoice, not on a claim", { facts });
    if (row.amountMinor <= 0n) return no("invalid", "amount-zero", "a claim is above zero", { facts });
    if (row.key.length > 200 || row.key === "")
      return no("invalid", "bad-key", "a claim key has 1 to 200 characters", { facts });
    const count = (counts.get(row.ofInvoiceId) ?? of.claims) + 1;
    counts.set(row.ofInvoiceId, count);
    claims.set(row.key, { ...row, of, number: `${of.number.slice(0, 85)}/${row.kind}-${count}` });
  }
  return ok([...claims.values()]);
}

function claimEvents(claims: readonly NewClaim[], { actor, now: at }: By): readonly NewEvent[] {
  const wire = ({ kind, amountMinor, of, number, basis }: NewClaim) => ({
    kind,
    number,
    on: of.number,
    amount: { minor: amountMinor.toString(), currency: of.currency },
    basis,
  });
  const byCustomer = Map.groupBy(claims, ({ of }) => of.customerId);
  const common = { type: "receivables.claims-recorded", actor, at } as const;
  if (byCustomer.size > EVENTS_MAX)
    return [
      {
        ...common,
        subject: { kind: "ledger", id: "claims" },
        data: { customers: byCustomer.size, count: claims.length },
      },
    ];
  return [...byCustomer].map(([customerId, of]: [CustomerId, NewClaim[]]) => ({
    ...common,
    customerId,
    subject: { kind: "customer", id: customerId },
    data: { claims: of.slice(0, CLAIMS_NAMED_MAX).map(wire), count: of.length },
  }));
}
const CLAIMS_NAMED_MAX = 20;
