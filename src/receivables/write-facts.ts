import type { CustomerId } from "../core/ids.ts";
import type { CopyInto } from "../store/bulk.ts";
import type { Tx } from "../store/contract.ts";
import type { RowProblem } from "./contract-import.ts";
import { asStored, compareInvoice, type InvoiceChange, keepOwnMoney } from "./decide-change.ts";
import type { DepositFact, Fact, InvoiceFact, PaymentFact } from "./decide-cells.ts";
import {
  type ChangedInvoice,
  type Ids,
  insertDeposits,
  insertInvoices,
  insertPayments,
  keyOf,
  type Origin,
  type SeenRows,
  storedInvoices,
  storedMoney,
  type StoredMoney,
  updateInvoices,
} from "./store-bulk.ts";
import { statedOf, type UsedMoney } from "./store-open-items.ts";

/** What a batch means for what is stored. */
export type Judged = {
  readonly invoices: readonly InvoiceFact[];
  readonly payments: readonly PaymentFact[];
  readonly deposits: readonly DepositFact[];
  readonly changed: readonly ChangedInvoice[];
  readonly same: number;
  /** Money of which the file has less left than the ledger: what it paid shows in the same file. */
  readonly used: readonly UsedMoney[];
  /** What was stored before and stands in this file. */
  readonly seen: SeenRows;
  readonly problems: readonly (readonly RowProblem[])[];
};

const isInvoice = (fact: Fact): fact is InvoiceFact => fact.kind === "invoice";
const isPayment = (fact: Fact): fact is PaymentFact => fact.kind === "payment";
const isDeposit = (fact: Fact): fact is DepositFact => fact.kind === "deposit";

/** Compares facts with what is stored: new, changed, the same, or not possible. Reads only. */
export async function judgeFacts(
  tx: Tx,
  facts: readonly Fact[],
  { system, isKnown }: { readonly system: string; readonly isKnown: boolean },
): Promise<Judged> {
  const invoices = facts.filter(isInvoice);
  const payments = facts.filter(isPayment);
  const deposits = facts.filter(isDeposit);
  const none = { used: [], seen: { invoiceIds: [], paymentIds: [] }, problems: [] };
  if (!isKnown) return { invoices, payments: payments.filter(isWorth), deposits, changed: [], same: 0, ...none };
  const judged = await judgeInvoices(tx, system, invoices);
  const freshPayments = await freshMoney(tx, payments, { system, table: "payment" });
  const freshDeposits = await freshMoney(tx, deposits, { system, table: "deposit_entry" });
  return {
    invoices: judged.fresh,
    payments: freshPayments.fresh.filter(isWorth),
    deposits: freshDeposits.fresh,
    changed: judged.changed,
    same: judged.same + freshPayments.same + freshDeposits.same,
    used: freshPayments.used,
    seen: { invoiceIds: judged.seen, paymentIds: freshPayments.seen },
    problems: [...judged.problems, ...freshPayments.problems, ...freshDeposits.problems],
  };
}

/** Money of an open-items file of which nothing is left and that was never here has nothing to tell. */
const isWorth = ({ amountMinor }: PaymentFact): boolean => amountMinor !== 0n;

type Compared = {
  readonly fact: InvoiceFact;
  readonly before: ChangedInvoice["stored"];
  readonly change: InvoiceChange;
};
async function judgeInvoices(tx: Tx, system: string, facts: readonly InvoiceFact[]) {
  const problems: RowProblem[][] = [];
  const fresh: InvoiceFact[] = [];
  const changed: ChangedInvoice[] = [];
  const seen: bigint[] = [];
  let same = 0;
  const stored = facts.length === 0 ? new Map() : await storedInvoices(tx, system, facts);
  const compared: Compared[] = [];
  for (const told of facts) {
    const before = stored.get(keyOf(told));
    if (before === undefined) {
      fresh.push(told);
      continue;
    }
    seen.push(before.invoiceId);
    const fact = asStored(told, before);
    compared.push({ fact, before, change: compareInvoice(fact, before) });
  }
  const fallen = compared.filter(({ change }) => change.kind === "changed" && change.paidDelta < 0n);
  const stated = await statedOf(
    tx,
    fallen.map(({ before }) => before.invoiceId),
  );
  for (const { fact, before, change: first } of compared) {
    const change = keepOwnMoney(first, { fact, stored: before, statedMinor: stated.get(before.invoiceId) ?? 0n });
    if (change.notes.length > 0)
      problems.push(change.notes.map((note) => ({ ...note, line: fact.line, column: null, value: fact.number })));
    if (change.kind === "changed") changed.push({ stored: before, fact, ...change });
    else if (change.kind === "same") same += 1;
  }
  return { fresh, changed, same, seen, problems };
}

type MoneyFact = PaymentFact | DepositFact;
async function freshMoney<F extends MoneyFact>(
  tx: Tx,
  facts: readonly F[],
  { system, table }: { readonly system: string; readonly table: "payment" | "deposit_entry" },
) {
  const fresh: F[] = [];
  const used: UsedMoney[] = [];
  const seen: bigint[] = [];
  const problems: RowProblem[][] = [];
  let same = 0;
  const stored = facts.length === 0 ? new Map() : await storedMoney(tx, table, { system, keys: facts });
  for (const fact of facts) {
    const before = stored.get(keyOf(fact));
    if (before === undefined) {
      fresh.push(fact);
      continue;
    }
    seen.push(before.id);
    const isLeft = fact.kind === "payment" && fact.isLeft === true && before.currency === fact.currency;
    if (isLeft || isSameMoney(fact, before)) same += 1;
    if (isLeft) {
      const gone = before.leftMinor - fact.amountMinor;
      if (gone > 0n)
        used.push({ paymentId: before.id, customerId: fact.customerId, currency: fact.currency, usedMinor: gone });
      if (gone < 0n) problems.push([{ ...placeOf(fact), code: "credit-used-here", fix: USED_HERE, severity: "noted" }]);
    } else if (!isSameMoney(fact, before)) {
      const fix = `it is stored as ${before.amountMinor} ${before.currency} (minor units) on ${before.day}; money that came in is never changed: import a correction with a number of its own`;
      problems.push([{ ...placeOf(fact), code: "money-changed", fix, severity: "refused" }]);
    }
  }
  return { fresh, same, used, seen, problems };
}
const USED_HERE = "the ledger has set more of it against invoices than the file: that is kept";
const placeOf = (fact: MoneyFact) => ({ line: fact.line, column: null, value: fact.number });
const isSameMoney = (fact: MoneyFact, before: StoredMoney): boolean =>
  before.amountMinor === fact.amountMinor &&
  before.currency === fact.currency &&
  before.day === (fact.kind === "payment" ? fact.valueDate : fact.day);

export type WriteOptions = {
  readonly tx: Tx;
  readonly copyInto: CopyInto;
  readonly ids: Ids;
  readonly origin: Origin;
  readonly today: string;
};

/** Writes what was judged. Gives the customers whose figures change. */
export async function writeJudged(judged: Judged, options: WriteOptions): Promise<ReadonlySet<CustomerId>> {
  const bulk = { tx: options.tx, copyInto: options.copyInto, ids: options.ids, origin: options.origin };
  await insertInvoices(bulk, judged.invoices);
  await insertPayments(bulk, judged.payments);
  await insertDeposits(bulk, judged.deposits);
  await updateInvoices(bulk, judged.changed, options.today);
  const touched = new Set<CustomerId>();
  for (const { customerId } of judged.invoices) touched.add(customerId);
  for (const { customerId } of judged.payments) touched.add(customerId);
  for (const { customerId } of judged.deposits) touched.add(customerId);
  for (const { fact } of judged.changed) touched.add(fact.customerId);
  return touched;
}
