import type { Currency } from "../../core/currency.ts";
import type { AccountHistory, HistoryInvoice } from "../contract-history.ts";
import { dayNumber, type DayNumber } from "./decide-days.ts";

/** One account with its days as numbers: read once, then asked about as many days as wanted. */
export type IndexedAccount = {
  readonly history: AccountHistory;
  readonly invoices: readonly IndexedInvoice[];
  readonly money: readonly { readonly currency: Currency; readonly day: DayNumber; readonly amountMinor: bigint }[];
  readonly notices: readonly IndexedNotice[];
  readonly holds: readonly IndexedHold[];
  readonly promises: readonly IndexedPromise[];
  readonly effects: readonly IndexedEffect[];
  readonly customerSince: DayNumber | undefined;
};
export type IndexedInvoice = {
  readonly source: HistoryInvoice;
  readonly issue: DayNumber;
  /** As it stands now; `changes` say what it was before. */
  readonly due: DayNumber;
  readonly changes: readonly { readonly on: DayNumber; readonly before: DayNumber }[];
  readonly applied: readonly { readonly day: DayNumber; readonly amountMinor: bigint }[];
  readonly soldFrom: DayNumber;
  readonly remindedOn: DayNumber;
};
export type IndexedNotice = {
  readonly stepId: string;
  readonly channel: AccountHistory["notices"][number]["channel"];
  readonly invoiceIds: readonly string[];
  readonly decided: DayNumber;
  readonly sent: DayNumber;
  readonly failed: DayNumber;
};
export type IndexedHold = {
  readonly source: AccountHistory["holds"][number];
  readonly from: DayNumber;
  readonly until: DayNumber;
};
export type IndexedPromise = {
  readonly source: AccountHistory["promises"][number];
  readonly made: DayNumber;
  readonly due: DayNumber;
  readonly withdrawn: DayNumber;
};
export type IndexedEffect = {
  readonly source: AccountHistory["effects"][number];
  readonly done: DayNumber;
  readonly undone: DayNumber;
};

/** A day that never comes: facts without an end, notices that were not sent. */
export const NEVER: DayNumber = Number.POSITIVE_INFINITY;
const orNever = (day: Temporal.PlainDate | undefined): DayNumber => (day === undefined ? NEVER : dayNumber(day));

const NOTHING: readonly never[] = [];
function each<T, U>(rows: readonly T[], turn: (row: T) => U): readonly U[] {
  return rows.length === 0 ? NOTHING : rows.map(turn);
}

export function indexAccount(history: AccountHistory): IndexedAccount {
  const since = history.account.customerSince;
  return {
    history,
    invoices: each(history.invoices, indexInvoice),
    money: each(history.money, (row) => ({
      currency: row.currency,
      day: dayNumber(row.day),
      amountMinor: row.amountMinor,
    })),
    notices: each(history.notices, (notice) => ({
      stepId: notice.stepId,
      channel: notice.channel,
      invoiceIds: notice.invoiceIds,
      decided: dayNumber(notice.decidedOn),
      sent: orNever(notice.sentOn),
      failed: orNever(notice.failedOn),
    })),
    holds: each(history.holds, (hold) => ({ source: hold, from: dayNumber(hold.from), until: orNever(hold.until) })),
    promises: each(history.promises, (promise) => ({
      source: promise,
      made: dayNumber(promise.madeOn),
      due: dayNumber(promise.dueOn),
      withdrawn: orNever(promise.withdrawnOn),
    })),
    effects: each(history.effects, (effect) => ({
      source: effect,
      done: dayNumber(effect.doneOn),
      undone: orNever(effect.undoneOn),
    })),
    customerSince: since === undefined ? undefined : dayNumber(since),
  };
}

function indexInvoice(invoice: HistoryInvoice): IndexedInvoice {
  return {
    source: invoice,
    issue: dayNumber(invoice.issueDay),
    due: dayNumber(invoice.dueDay),
    changes: each(invoice.dueChanges ?? NOTHING, (change) => ({
      on: dayNumber(change.changedOn),
      before: dayNumber(change.before),
    })),
    applied: each(invoice.applied, (row) => ({ day: dayNumber(row.day), amountMinor: row.amountMinor })),
    soldFrom: orNever(invoice.soldFrom),
    remindedOn: orNever(invoice.reminded?.on),
  };
}

/** Open at the end of `day`; 0 before it was issued. */
export function openOn(invoice: IndexedInvoice, day: DayNumber): bigint {
  if (invoice.issue > day) return 0n;
  let open = invoice.source.amountMinor;
  for (const row of invoice.applied) if (row.day <= day) open -= row.amountMinor;
  return open;
}

/** The due date as it stood on `day`. */
export function dueOn(invoice: IndexedInvoice, day: DayNumber): DayNumber {
  let due = invoice.due;
  let next = NEVER;
  for (const change of invoice.changes) {
    if (change.on <= day || change.on >= next) continue;
    next = change.on;
    due = change.before;
  }
  return due;
}

export const isActive = (hold: IndexedHold, day: DayNumber): boolean => hold.from <= day && day < hold.until;
