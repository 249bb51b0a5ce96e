import {
  clipLate,
  type Everyone,
  everyonesPace,
  expectedDaysLate,
  LATE_DAYS_MAX,
  logSize,
  type PastInvoice,
  type PayerHistory,
  usualDaysLate,
  weekdayOf,
} from "./decide-payer.ts";

/**
 * What is told of an invoice at a moment, as numbers. Each belongs to a group: reasons are given by group, because a person
 * asks "how do they usually pay?", not "what is the median?". No feature describes a person: no age, sex or nationality.
 */
export const FEATURES = {
  "late-rate": "history",
  "mean-late": "history",
  "median-late": "history",
  "usual-pace": "history",
  "recent-late": "recent",
  trend: "recent",
  spread: "steadiness",
  known: "known",
  "is-new": "known",
  recency: "quiet",
  "open-count": "open",
  "overdue-count": "overdue",
  "overdue-worst": "overdue",
  "overdue-share": "overdue",
  "size-in-currency": "amount",
  "size-for-payer": "amount",
  terms: "terms",
  "due-weekend": "calendar",
  "due-monday": "calendar",
  "due-month-end": "calendar",
  "due-season-sin": "calendar",
  "due-season-cos": "calendar",
  "dispute-rate": "disputes",
  disputed: "disputed",
  "to-due": "age",
  "past-due": "age",
  "past-30": "age",
  "past-60": "age",
  "beyond-usual": "age",
  "part-paid": "part-paid",
  "broken-promises": "promises",
} as const;
export type FeatureName = keyof typeof FEATURES;
export type FeatureGroup = (typeof FEATURES)[FeatureName];
export const FEATURE_NAMES = Object.keys(FEATURES) as FeatureName[];

/** Known only to the payer's history: left out to see what history is worth. */
export const HISTORY_GROUPS: readonly FeatureGroup[] = [
  "history",
  "recent",
  "steadiness",
  "known",
  "quiet",
  "open",
  "overdue",
  "disputes",
];

/** The payer's other invoices that are open at the moment. */
export type OpenNow = {
  readonly count: number;
  readonly overdue: number;
  /** Days past due of the oldest; 0 when none is overdue. */
  readonly worstDays: number;
  /** Sum over the overdue of their days, each counted as far as a settled one would be. */
  readonly sumDays: number;
  /** Overdue share of what is open, by size. */
  readonly overdueShare: number;
};
export const NOTHING_OPEN: OpenNow = { count: 0, overdue: 0, worstDays: 0, sumDays: 0, overdueShare: 0 };

export type Moment = {
  readonly invoice: PastInvoice;
  /** The day on which the question is asked; only days before it are known. */
  readonly day: number;
  readonly history: PayerHistory;
  readonly everyone: Everyone;
  readonly others: OpenNow;
  readonly brokenPromises: number;
};

/** Settled invoices that everyone's habit weighs as much as a payer's own. */
const PRIOR = 3;
/** Days ahead that the chance of payment is about. */
export const HORIZON_DAYS = 30;
const DAYS_A_YEAR = 365.25;

/** Facts beside the numbers: what the reasons are worded with. */
export type Facts = {
  readonly settled: number;
  readonly late: number;
  readonly usualDaysLate: number | undefined;
  /** Days late to expect of this invoice. */
  readonly expectedDaysLate: number | undefined;
  readonly recentDaysLate: number | undefined;
  readonly overdueOthers: number;
  readonly worstDays: number;
  readonly daysPastDue: number;
  readonly termsDays: number;
  readonly daysQuiet: number | undefined;
  readonly brokenPromises: number;
  readonly disputed: boolean;
};
export type Features = { readonly values: Float64Array; readonly facts: Facts };

/** The numbers of an invoice at a moment, in the order of `FEATURE_NAMES`. */
export function featuresOf(moment: Moment): Features {
  const payer = payerNumbers(moment);
  const values = { ...payer, ...invoiceNumbers(moment, payer["mean-late"]) };
  const out = new Float64Array(FEATURE_NAMES.length);
  FEATURE_NAMES.forEach((name, at) => {
    out[at] = values[name];
  });
  return { values: out, facts: factsOf(moment) };
}

type PayerNumbers = Record<
  | "late-rate"
  | "mean-late"
  | "median-late"
  | "usual-pace"
  | "recent-late"
  | "trend"
  | "spread"
  | "known"
  | "is-new"
  | "recency"
  | "open-count"
  | "overdue-count"
  | "overdue-worst"
  | "overdue-share"
  | "dispute-rate"
  | "broken-promises",
  number
>;

function payerNumbers({ invoice, day, history, everyone, others, brokenPromises }: Moment): PayerNumbers {
  const usual = {
    rate: (everyone.late + 1) / (everyone.settled + 2),
    days: everyone.settled === 0 ? 0 : everyone.sumDaysLate / everyone.settled,
    disputes: (everyone.disputed + 0.5) / (everyone.settled + 2),
  };
  // An invoice that is overdue today is known to be late, however it ends.
  const n = history.settled + others.overdue;
  const rate = (history.late + others.overdue + PRIOR * usual.rate) / (n + PRIOR);
  const mean = (history.sumDaysLate + others.sumDays + PRIOR * usual.days) / (n + PRIOR);
  const ownMean = history.settled === 0 ? usual.days : history.sumDaysLate / history.settled;
  const recent =
    history.settled === 0
      ? usual.days
      : (history.recent * history.settled + PRIOR * usual.days) / (history.settled + PRIOR);
  const variance = history.settled < 2 ? 0 : history.sumSquares / history.settled - ownMean * ownMean;
  const quiet = history.settled === 0 ? 0 : Math.max(0, day - history.lastSettledDay);
  return {
    "late-rate": Math.log(rate / (1 - rate)),
    "mean-late": mean,
    "median-late":
      ((usualDaysLate(history) ?? usual.days) * history.kept.length + PRIOR * usual.days) /
      (history.kept.length + PRIOR),
    "usual-pace": usualPace({ history, everyone, age: day - invoice.dueDay }),
    "recent-late": recent,
    trend: recent - mean,
    spread: Math.sqrt(Math.max(0, (variance * history.settled + PRIOR * 50) / (history.settled + PRIOR))),
    known: Math.log1p(history.settled),
    "is-new": history.settled === 0 ? 1 : 0,
    recency: Math.log1p(quiet),
    "open-count": Math.log1p(others.count),
    "overdue-count": Math.log1p(others.overdue),
    "overdue-worst": Math.log1p(others.worstDays),
    "overdue-share": others.overdueShare,
    "dispute-rate": (history.disputed + PRIOR * usual.disputes) / (history.settled + PRIOR),
    "broken-promises": Math.log1p(brokenPromises),
  };
}

/** Log odds that somebody who pays as this payer did settles within the horizon what is open at this age. */
function usualPace({
  history,
  everyone,
  age,
}: Pick<Moment, "history" | "everyone"> & { readonly age: number }): number {
  let within = 0;
  let open = 0;
  for (const late of history.kept) {
    if (late <= age && age < LATE_DAYS_MAX) continue;
    open += 1;
    if (late <= age + HORIZON_DAYS) within += 1;
  }
  const p = (within + PRIOR * everyonesPace(everyone, age, HORIZON_DAYS)) / (open + PRIOR);
  return Math.log(p / (1 - p));
}

function invoiceNumbers({ invoice, day, history, everyone }: Moment, usualDays: number) {
  const size = logSize(invoice.size);
  const [allCount, allSum] = everyone.sizes[invoice.currency] ?? [0, 0];
  const [ownCount, ownSum] = history.sizes[invoice.currency] ?? [0, 0];
  const allMean = allCount === 0 ? size : allSum / allCount;
  const age = day - invoice.dueDay;
  const past = Math.max(0, age);
  const { month, dayOfMonth, weekday } = calendarOf(invoice.dueDay);
  const season = (2 * Math.PI * (month * 30.4 + dayOfMonth)) / DAYS_A_YEAR;
  return {
    "size-in-currency": size - allMean,
    "size-for-payer": size - (ownSum + PRIOR * allMean) / (ownCount + PRIOR),
    terms: Math.log1p(Math.max(0, invoice.dueDay - invoice.issuedDay)),
    "due-weekend": weekday >= 6 ? 1 : 0,
    "due-monday": weekday === 1 ? 1 : 0,
    "due-month-end": dayOfMonth >= 28 || dayOfMonth === 1 ? 1 : 0,
    "due-season-sin": Math.sin(season),
    "due-season-cos": Math.cos(season),
    disputed: isDisputed(invoice, day) ? 1 : 0,
    "to-due": Math.log1p(Math.max(0, -age)),
    "past-due": Math.log1p(past),
    "past-30": Math.min(1, Math.max(0, past - 30) / 30),
    "past-60": Math.min(1, Math.max(0, past - 60) / 60),
    "beyond-usual": Math.log1p(Math.max(0, past - Math.max(0, usualDays))),
    "part-paid": invoice.partPaidFrom !== undefined && invoice.partPaidFrom < day ? 1 : 0,
  };
}

const isDisputed = ({ disputedFrom, disputedUntil }: PastInvoice, day: number): boolean =>
  disputedFrom !== undefined && disputedFrom < day && (disputedUntil === undefined || disputedUntil >= day);

function factsOf({ invoice, day, history, others, brokenPromises }: Moment): Facts {
  const known = history.settled > 0;
  return {
    settled: history.settled,
    late: history.late,
    usualDaysLate: known ? Math.round(usualDaysLate(history) ?? 0) : undefined,
    expectedDaysLate: expectedDaysLate(history, invoice.dueDay),
    recentDaysLate: known ? Math.round(history.recent) : undefined,
    overdueOthers: others.overdue,
    worstDays: others.worstDays,
    daysPastDue: day - invoice.dueDay,
    termsDays: invoice.dueDay - invoice.issuedDay,
    daysQuiet: known ? day - history.lastSettledDay : undefined,
    brokenPromises,
    disputed: isDisputed(invoice, day),
  };
}

/** ISO weekday (1 Monday to 7 Sunday), month (0 to 11) and day of month of a day since 1970. Source: Howard Hinnant, civil_from_days. */
export function calendarOf(days: number): {
  readonly weekday: number;
  readonly month: number;
  readonly dayOfMonth: number;
} {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const year = Math.floor(
    (ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  return {
    weekday: weekdayOf(days),
    month: (fromMarch + 2) % 12,
    dayOfMonth: ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

/** What is open beside one invoice, on a day. */
export function openBeside(open: Iterable<PastInvoice>, except: PastInvoice | undefined, day: number): OpenNow {
  let [count, overdue, worstDays, sumDays, size, overdueSize] = [0, 0, 0, 0, 0, 0];
  for (const one of open) {
    if (one === except) continue;
    count += 1;
    size += one.size;
    const age = day - one.dueDay;
    if (age <= 0) continue;
    overdue += 1;
    overdueSize += one.size;
    sumDays += clipLate(age);
    if (age > worstDays) worstDays = age;
  }
  return { count, overdue, worstDays, sumDays, overdueShare: size > 0 ? overdueSize / size : 0 };
}
