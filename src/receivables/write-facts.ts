import type { CustomerId } from "../core/ids.ts";
import type { CopyInto } from "../store/bulk.ts";
import type { Tx } from "../store/contract.ts";
import type { RowProblem } from "./contract-import.ts";
import { compareInvoice } from "./decide-change.ts";
import type { DepositFact, Fact, InvoiceFact, PaymentFact } from "./decide-cells.ts";
import {
  type ChangedInvoice,
  type Ids,
  insertDeposits,
  insertInvoices,
  insertPayments,
  keyOf,
  type Origin,
  storedInvoices,
  storedMoney,
  updateInvoices,
} from "./store-bulk.ts";

/** What a batch means for what is stored. */
export type Judged = {
  readonly invoices: readonly InvoiceFact[];
  readonly payments: readonly PaymentFact[];
  readonly deposits: readonly DepositFact[];
  readonly changed: readonly ChangedInvoice[];
  readonly same: number;
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
  if (!isKnown) return { invoices, payments, deposits, changed: [], same: 0, problems: [] };
  const problems: RowProblem[][] = [];
  const fresh: InvoiceFact[] = [];
  const changed: ChangedInvoice[] = [];
  let same = 0;
  const stored = invoices.length === 0 ? new Map() : await storedInvoices(tx, system, invoices);
  for (const fact of invoices) {
    const before = stored.get(keyOf(fact));
    if (before === undefined) fresh.push(fact);
    else {
      const change = compareInvoice(fact, before);
      if (change.notes.length > 0)
        problems.push(change.notes.map((note) => ({ ...note, line: fact.line, column: null, value: fact.number })));
      if (change.kind === "changed")
        changed.push({ stored: before, fact, before: change.before, after: change.after, paidDelta: change.paidDelta });
      else if (change.kind === "same") same += 1;
    }
  }
  const freshPayments = await freshMoney(tx, payments, { system, table: "payment" });
  const freshDeposits = await freshMoney(tx, deposits, { system, table: "deposit_entry" });
  return {
    invoices: fresh,
    payments: freshPayments.fresh,
    deposits: freshDeposits.fresh,
    changed,
    same: same + freshPayments.same + freshDeposits.same,
    problems: [...problems, ...freshPayments.problems, ...freshDeposits.problems],
  };
}

type MoneyFact = PaymentFact | DepositFact;
async function freshMoney<F extends MoneyFact>(
  tx: Tx,
  facts: readonly F[],
  { system, table }: { readonly system: string; readonly table: "payment" | "deposit_entry" },
) {
  const fresh: F[] = [];
  const problems: RowProblem[][] = [];
  let same = 0;
  const stored = facts.length === 0 ? new Map() : await storedMoney(tx, table, { system, keys: facts });
  for (const fact of facts) {
    const before = stored.get(keyOf(fact));
    const day = fact.kind === "payment" ? fact.valueDate : fact.day;
    if (before === undefined) fresh.push(fact);
    else if (before.amountMinor === fact.amountMinor && before.currency === fact.currency && before.day === day)
      same += 1;
    else {
      const fix = `it is stored as ${before.amountMinor} ${before.currency} (minor units) on ${before.day}; money that came in is never changed: import a correction with a number of its own`;
      problems.push([
        { line: fact.line, column: null, value: fact.number, code: "money-changed", fix, severity: "refused" },
      ]);
    }
  }
  return { fresh, same, problems };
}

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
