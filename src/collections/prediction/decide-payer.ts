/**
 * What is known of how somebody pays, built up in the order of days. Nothing here looks ahead: an invoice counts for its
 * payer's history from the day after it was settled, and while it is open only as open.
 *
 * Days are whole days since 1970-01-01, as in `epochDay`. Sizes are amounts in whole units as a number: they say how large an
 * invoice is beside others of its currency, and are never added up as money.
 */

/** An invoice as the prediction needs it. */
export type PastInvoice = {
  readonly invoiceId: string;
  readonly payerId: string;
  readonly currency: string;
  readonly size: number;
  readonly issuedDay: number;
  readonly dueDay: number;
  /** Day on which nothing was left to pay; undefined = open. */
  readonly settledDay: number | undefined;
  /** Day from which a dispute was known; undefined = none. */
  readonly disputedFrom?: number | undefined;
  readonly disputedUntil?: number | undefined;
  /** Day of the first payment that did not settle it; undefined = none. */
  readonly partPaidFrom?: number | undefined;
};

/** Lateness counts at most this much, so that one forgotten invoice does not describe a payer. */
export const LATE_DAYS_MAX = 120;
const EARLY_DAYS_MAX = -60;
/** Invoices whose lateness is kept one by one: enough for a median, small enough to store by the hundred thousand. */
export const KEPT_MAX = 80;
/** Weight of the newest payment in the running lateness: the last five make up three quarters of it. */
const NEWEST_WEIGHT = 0.25;

/** Settled invoices of one payer, or of everyone. Kept as JSON between nights. */
export type PayerHistory = {
  settled: number;
  late: number;
  sumDaysLate: number;
  sumSquares: number;
  /** Exponentially weighted days late. */
  recent: number;
  /** Days late of the last `KEPT_MAX`, oldest first. */
  kept: number[];
  /** ISO weekdays on which those fell due: many pay in a weekly run. */
  keptWeekdays: number[];
  /** Means nothing while `settled` is 0. */
  lastSettledDay: number;
  disputed: number;
  /** Count and sum of log sizes by currency. */
  sizes: Record<string, [count: number, sum: number]>;
};

export const newHistory = (): PayerHistory => ({
  settled: 0,
  late: 0,
  sumDaysLate: 0,
  sumSquares: 0,
  recent: 0,
  kept: [],
  keptWeekdays: [],
  lastSettledDay: 0,
  disputed: 0,
  sizes: {},
});

export const clipLate = (days: number): number => Math.max(EARLY_DAYS_MAX, Math.min(LATE_DAYS_MAX, days));
export const logSize = (size: number): number => Math.log(Math.max(size, 0.01));

/** Disputed by the time it was settled: a dispute that comes later is not known with the payment. */
const wasDisputed = ({ disputedFrom, settledDay }: PastInvoice & { readonly settledDay: number }): boolean =>
  disputedFrom !== undefined && disputedFrom <= settledDay;

/** Takes in one settled invoice; call in the order of settlement. */
export function addSettled(history: PayerHistory, invoice: PastInvoice & { readonly settledDay: number }): void {
  const late = clipLate(invoice.settledDay - invoice.dueDay);
  history.recent = history.settled === 0 ? late : history.recent * (1 - NEWEST_WEIGHT) + late * NEWEST_WEIGHT;
  history.settled += 1;
  if (late > 0) history.late += 1;
  history.sumDaysLate += late;
  history.sumSquares += late * late;
  history.kept.push(late);
  history.keptWeekdays.push(weekdayOf(invoice.dueDay));
  if (history.kept.length > KEPT_MAX) {
    history.kept.shift();
    history.keptWeekdays.shift();
  }
  history.lastSettledDay = invoice.settledDay;
  if (wasDisputed(invoice)) history.disputed += 1;
  const size = (history.sizes[invoice.currency] ??= [0, 0]);
  size[0] += 1;
  size[1] += logSize(invoice.size);
}

/** Everyone together: what is assumed of a payer until they have shown how they pay. */
export type Everyone = {
  settled: number;
  late: number;
  sumDaysLate: number;
  disputed: number;
  sizes: Record<string, [count: number, sum: number]>;
  /** How many of all settled invoices were settled at each number of days late, from -60 to 120. */
  lateCounts: number[];
};
export const newEveryone = (): Everyone => ({
  settled: 0,
  late: 0,
  sumDaysLate: 0,
  disputed: 0,
  sizes: {},
  lateCounts: Array.from({ length: LATE_DAYS_MAX - EARLY_DAYS_MAX + 1 }, () => 0),
});
export function addToEveryone(everyone: Everyone, invoice: PastInvoice & { readonly settledDay: number }): void {
  const late = clipLate(invoice.settledDay - invoice.dueDay);
  everyone.settled += 1;
  if (late > 0) everyone.late += 1;
  everyone.sumDaysLate += late;
  if (wasDisputed(invoice)) everyone.disputed += 1;
  const size = (everyone.sizes[invoice.currency] ??= [0, 0]);
  size[0] += 1;
  size[1] += logSize(invoice.size);
  const at = late - EARLY_DAYS_MAX;
  everyone.lateCounts[at] = (everyone.lateCounts[at] ?? 0) + 1;
}

/** Of all invoices still open at `age` days past due, the share that was settled within `days` more. */
export function everyonesPace(everyone: Everyone, age: number, days: number): number {
  let within = 0;
  let later = 0;
  for (let at = 0; at < everyone.lateCounts.length; at++) {
    const late = at + EARLY_DAYS_MAX;
    if (late <= clipLate(age)) continue;
    const n = everyone.lateCounts[at] ?? 0;
    if (late <= age + days) within += n;
    else later += n;
  }
  return (within + 1) / (within + later + 2);
}

/** Middle value; the mean of the two middle ones; `otherwise` when there are none. */
export function medianOf(values: readonly number[], otherwise: number): number {
  if (values.length === 0) return otherwise;
  // Typed arrays sort by number without a comparison in between.
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? otherwise;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

type Middles = { readonly settled: number; readonly all: number; readonly byWeekday: (number | undefined)[] };
/** Asked for every invoice of an account, the same until the next one is settled. */
const middles = new WeakMap<PayerHistory, Middles>();
function middlesOf(history: PayerHistory): Middles {
  const known = middles.get(history);
  if (known?.settled === history.settled) return known;
  const made: Middles = { settled: history.settled, all: medianOf(history.kept, 0), byWeekday: [] };
  middles.set(history, made);
  return made;
}

/** Middle of the days late of the last invoices; undefined = nothing was settled yet. */
export const usualDaysLate = (history: PayerHistory): number | undefined =>
  history.kept.length === 0 ? undefined : middlesOf(history).all;

/** How much an earlier invoice that fell due on the same weekday counts beside the others. */
const SAME_WEEKDAY = 3;
/**
 * Days late to expect of an invoice: the middle of the payer's last ones, those of the same weekday counted three times;
 * undefined = nothing was settled yet. Measured against a regression to the median, which it beats: README.
 */
export function expectedDaysLate(history: PayerHistory, dueDay: number): number | undefined {
  const { kept, keptWeekdays } = history;
  if (kept.length === 0) return undefined;
  const weekday = weekdayOf(dueDay);
  const known = middlesOf(history);
  const counted = (): readonly number[] => [
    ...kept,
    ...kept.flatMap((late, at) =>
      keptWeekdays[at] === weekday ? Array.from({ length: SAME_WEEKDAY - 1 }, () => late) : [],
    ),
  ];
  return (known.byWeekday[weekday] ??= Math.round(medianOf(counted(), 0)));
}

/** 1 Monday to 7 Sunday. */
export const weekdayOf = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1;

/** Whole days since 1970-01-01. By arithmetic: asked some ten million times a week. Source: Howard Hinnant, days_from_civil. */
export function epochDay({ year, month, day }: Temporal.PlainDate): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}
const EPOCH = Temporal.PlainDate.from("1970-01-01");
export const dayOfEpoch = (days: number): Temporal.PlainDate => EPOCH.add({ days });
