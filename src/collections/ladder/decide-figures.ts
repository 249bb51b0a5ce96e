import type { Currency } from "../../core/currency.ts";
import type { OverdueItem } from "../contract-ladder.ts";
import type { PolicyFacts } from "../policy/decide-facts.ts";
import type { DayNumber } from "./decide-days.ts";
import {
  dueOn,
  type IndexedAccount,
  type IndexedInvoice,
  type IndexedPromise,
  isActive,
  openOn,
} from "./decide-index.ts";
import type { PreparedPolicy } from "./decide-prepare.ts";
import { covers, isResting, promiseOn } from "./decide-promises.ts";

/** One account on one day under one policy: what every part of the ladder reads. */
export type Moment = { readonly account: IndexedAccount; readonly prepared: PreparedPolicy; readonly day: DayNumber };

export type Item = {
  readonly invoice: IndexedInvoice;
  readonly openMinor: bigint;
  /** The due date that stood on the day. */
  readonly ownDue: DayNumber;
  /** Where it moved to, and days since then: negative before it. */
  readonly due: DayNumber;
  readonly age: number;
  leftOut: OverdueItem["leftOut"];
};
/** What is open in one currency. */
export type Figures = {
  readonly currency: Currency;
  /** Oldest due first. */
  readonly items: readonly Item[];
  readonly overdueMinor: bigint;
  readonly creditsMinor: bigint;
  readonly netOverdueMinor: bigint;
  readonly notDueMinor: bigint;
  readonly invoices: number;
  readonly disputed: number;
  /** The oldest that counts and is late. */
  readonly oldest: Item | undefined;
  /** The oldest that counts, late or not. */
  readonly first: Item | undefined;
};

/** Past the due date and past the policy's grace. */
export const isLate = (item: Item, graceDays: number): boolean => item.age > graceDays;
export const counts = (item: Item): boolean => item.leftOut === undefined;

/** Figures by currency, in the order of the codes. `countPromised`: as if nothing had been promised. */
export function figuresOn(moment: Moment, countPromised = false): readonly Figures[] {
  const { account, prepared, day } = moment;
  const promises = countPromised
    ? []
    : account.promises.filter((promise) => isResting(promise, day, prepared.promiseGraceDays));
  const disputes = disputedOn(account, day);
  const byCurrency = new Map<Currency, Item[]>();
  for (const invoice of account.invoices) {
    const openMinor = openOn(invoice, day);
    if (openMinor <= 0n) continue;
    const own = dueOn(invoice, day);
    const due = prepared.movesDueDates ? prepared.calendar.onOrAfter(own) : own;
    const leftOut = whyLeftOut(invoice, { day, disputes, promises });
    const item: Item = { invoice, openMinor, ownDue: own, due, age: day - due, leftOut };
    const items = byCurrency.get(invoice.source.currency);
    if (items === undefined) byCurrency.set(invoice.source.currency, [item]);
    else items.push(item);
  }
  const credits = creditsOn(account, day);
  for (const currency of credits.keys()) if (!byCurrency.has(currency)) byCurrency.set(currency, []);
  const all = [...byCurrency].map(([currency, items]) =>
    summed(currency, items, { moment, credits: credits.get(currency) ?? 0n }),
  );
  return all.length > 1 ? all.sort((a, b) => (a.currency < b.currency ? -1 : 1)) : all;
}

function summed(
  currency: Currency,
  items: Item[],
  { moment, credits }: { readonly moment: Moment; readonly credits: bigint },
): Figures {
  const grace = moment.prepared.graceDays;
  if (items.length > 1) items.sort(oldestFirst);
  let overdueMinor = 0n;
  let notDueMinor = 0n;
  let invoices = 0;
  let disputed = 0;
  let cover = credits;
  let oldest: Item | undefined;
  let first: Item | undefined;
  for (const item of items) {
    if (item.leftOut === "disputed") disputed++;
    if (item.leftOut !== undefined) continue;
    const late = isLate(item, grace);
    if (late) overdueMinor += item.openMinor;
    else notDueMinor += item.openMinor;
    // Credits pay the oldest first; what they pay in full is no longer a reason to ask for money.
    if (cover >= item.openMinor) {
      cover -= item.openMinor;
      item.leftOut = "covered-by-credit";
      continue;
    }
    cover = 0n;
    first ??= item;
    if (!late) continue;
    oldest ??= item;
    invoices++;
  }
  const netOverdueMinor = overdueMinor > credits ? overdueMinor - credits : 0n;
  return {
    currency,
    items,
    overdueMinor,
    creditsMinor: credits,
    netOverdueMinor,
    notDueMinor,
    invoices,
    disputed,
    oldest,
    first,
  };
}

/** By due date, then by issue date and id, so that the order in which invoices arrived never matters. */
export function oldestFirst(a: Item, b: Item): number {
  return (
    a.due - b.due ||
    a.invoice.issue - b.invoice.issue ||
    (a.invoice.source.invoiceId < b.invoice.source.invoiceId ? -1 : 1)
  );
}

function whyLeftOut(
  invoice: IndexedInvoice,
  at: {
    readonly day: DayNumber;
    readonly disputes: ReadonlySet<string> | undefined;
    readonly promises: readonly IndexedPromise[];
  },
): OverdueItem["leftOut"] {
  if (invoice.source.claim !== undefined) return "claim";
  if (invoice.soldFrom <= at.day) return "sold";
  if (at.disputes?.has(invoice.source.invoiceId) === true) return "disputed";
  for (const promise of at.promises) if (covers(promise, invoice)) return "promised";
  return undefined;
}

function disputedOn(account: IndexedAccount, day: DayNumber): ReadonlySet<string> | undefined {
  let ids: Set<string> | undefined;
  for (const hold of account.holds) {
    if (hold.source.kind !== "dispute" || hold.source.invoiceId === undefined || !isActive(hold, day)) continue;
    (ids ??= new Set()).add(hold.source.invoiceId);
  }
  return ids;
}

/** Money that is not applied; never below zero: an out-payment that came before its in-payment is no debt. */
function creditsOn(account: IndexedAccount, day: DayNumber): ReadonlyMap<Currency, bigint> {
  const credits = new Map<Currency, bigint>();
  for (const row of account.money) {
    if (row.day <= day) credits.set(row.currency, (credits.get(row.currency) ?? 0n) + row.amountMinor);
  }
  for (const [currency, sum] of credits) if (sum <= 0n) credits.delete(currency);
  return credits;
}

/** What conditions may ask, in one currency. Facts that are only known as of today are left to the caller's history. */
export function factsOf(moment: Moment, figures: Figures | undefined, currency: Currency): PolicyFacts {
  const { account, prepared, day } = moment;
  const known = account.history.account;
  let broken = 0;
  for (const promise of account.promises)
    if (promiseOn(account, promise, { day, graceDays: prepared.promiseGraceDays }) === "broken") broken++;
  return {
    currency,
    overdueMinor: figures?.overdueMinor ?? 0n,
    creditsMinor: figures?.creditsMinor ?? 0n,
    netOverdueMinor: figures?.netOverdueMinor ?? 0n,
    notDueMinor: figures?.notDueMinor ?? 0n,
    invoices: figures?.invoices ?? 0,
    daysPastDue: figures?.first?.age ?? 0,
    customer: customerFacts(account, day),
    promises: { broken },
    payments: { lastFailure: known.lastFailure },
    exposure: known.exposure,
    deposit: known.deposit,
    limit: known.limit,
  };
}

export const customerFacts = (account: IndexedAccount, day: DayNumber): PolicyFacts["customer"] => ({
  class: account.history.account.customerClass,
  country: account.history.account.country,
  daysKnown:
    account.customerSince === undefined || account.customerSince > day ? undefined : day - account.customerSince,
  customers: Math.max(1, account.history.account.customerIds.length),
});
