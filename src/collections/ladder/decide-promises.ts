import type { DayNumber } from "./decide-days.ts";
import type { IndexedAccount, IndexedInvoice, IndexedPromise } from "./decide-index.ts";
import { openOn } from "./decide-index.ts";

/** Whether the promise rests what it covers on `day`: from the day it was made until its due date and the grace after it. */
export const isResting = (promise: IndexedPromise, day: DayNumber, graceDays: number): boolean =>
  promise.made <= day && day <= promise.due + graceDays && day < promise.withdrawn;

export const covers = (promise: IndexedPromise, invoice: IndexedInvoice): boolean =>
  promise.source.currency === invoice.source.currency &&
  (promise.source.invoiceIds.length === 0 || promise.source.invoiceIds.includes(invoice.source.invoiceId));

/**
 * What became of a promise by the end of `day`. "kept": what was promised came in from the day it was made until its grace ended, or all
 * it covers is paid. "broken": that time is over and it did not. "open": it still runs. Money not yet allocated counts as come in.
 */
export function promiseOn(
  account: IndexedAccount,
  promise: IndexedPromise,
  at: { readonly day: DayNumber; readonly graceDays: number },
): "future" | "open" | "kept" | "broken" | "withdrawn" {
  if (promise.made > at.day) return "future";
  const end = promise.due + at.graceDays;
  if (promise.withdrawn <= at.day && promise.withdrawn <= end) return "withdrawn";
  const by = Math.min(at.day, end);
  if (cameIn(account, promise, by) >= promise.source.amountMinor || isPaid(account, promise, by)) return "kept";
  return at.day > end ? "broken" : "open";
}

/** Everything that reduced what the promise covers since it was made, with the rise of money that is not yet allocated. */
export function cameIn(account: IndexedAccount, promise: IndexedPromise, by: DayNumber): bigint {
  let sum = 0n;
  for (const invoice of account.invoices) {
    if (!covers(promise, invoice)) continue;
    for (const row of invoice.applied) if (row.day >= promise.made && row.day <= by) sum += row.amountMinor;
  }
  let free = 0n;
  for (const row of account.money) {
    if (row.currency === promise.source.currency && row.day >= promise.made && row.day <= by) free += row.amountMinor;
  }
  return free > 0n ? sum + free : sum;
}

function isPaid(account: IndexedAccount, promise: IndexedPromise, by: DayNumber): boolean {
  let covered = 0;
  for (const invoice of account.invoices) {
    if (invoice.issue > promise.made || !covers(promise, invoice)) continue;
    covered++;
    if (openOn(invoice, by) > 0n) return false;
  }
  return covered > 0;
}
