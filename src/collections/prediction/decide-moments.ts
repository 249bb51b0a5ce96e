import { type Features, featuresOf, openBeside } from "./decide-features.ts";
import {
  addSettled,
  addToEveryone,
  type Everyone,
  newEveryone,
  newHistory,
  type PastInvoice,
  type PayerHistory,
} from "./decide-payer.ts";

/** A question asked of one invoice on one day. */
export type Question = { readonly invoice: PastInvoice; readonly day: number };
export type Answered = Question & { readonly features: Features };

type Known = {
  readonly history: PayerHistory;
  /** In the order they were issued. */
  readonly open: Set<PastInvoice>;
};
/** Broken promises by payer: the days on which they broke. */
export type BrokenPromises = ReadonlyMap<string, readonly number[]>;

/**
 * Answers each question with what was known before its day. Invoices and questions may come in any order: what lies on or after
 * the day of a question cannot reach it (test: future rows shuffled or changed leave every past score as it was).
 */
export function* askInOrder(
  invoices: readonly PastInvoice[],
  questions: readonly Question[],
  broken: BrokenPromises = new Map(),
): Generator<Answered, { readonly everyone: Everyone }> {
  const settled = invoices.filter(isSettled).sort(by(({ settledDay }) => settledDay));
  const issued = invoices.toSorted(by(({ issuedDay }) => issuedDay));
  const asked = questions.toSorted((a, b) => a.day - b.day || compare(a.invoice.invoiceId, b.invoice.invoiceId));
  const everyone = newEveryone();
  const payers = new Map<string, Known>();
  const payerOf = (payerId: string): Known => {
    const found = payers.get(payerId);
    if (found !== undefined) return found;
    const made: Known = { history: newHistory(), open: new Set() };
    payers.set(payerId, made);
    return made;
  };
  let [nextSettled, nextIssued] = [0, 0];
  for (const { invoice, day } of asked) {
    for (let one = issued[nextIssued]; one !== undefined && one.issuedDay < day; one = issued[++nextIssued])
      if (one.settledDay === undefined || one.settledDay >= one.issuedDay) payerOf(one.payerId).open.add(one);
    for (let one = settled[nextSettled]; one !== undefined && one.settledDay < day; one = settled[++nextSettled]) {
      const payer = payerOf(one.payerId);
      payer.open.delete(one);
      addSettled(payer.history, one);
      addToEveryone(everyone, one);
    }
    const { history, open } = payerOf(invoice.payerId);
    const brokenPromises = (broken.get(invoice.payerId) ?? []).filter((on) => on < day).length;
    const others = openBeside(open, invoice, day);
    yield { invoice, day, features: featuresOf({ invoice, day, history, everyone, others, brokenPromises }) };
  }
  return { everyone };
}

export const isSettled = (one: PastInvoice): one is PastInvoice & { readonly settledDay: number } =>
  one.settledDay !== undefined;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const by =
  <T extends PastInvoice>(dayOf: (one: T) => number) =>
  (a: T, b: T): number =>
    dayOf(a) - dayOf(b) || compare(a.invoiceId, b.invoiceId);
