import { refuse, ok, type Result } from "../../core/result.ts";
import {
  type Facts,
  FEATURE_NAMES,
  type FeatureGroup,
  type FeatureName,
  type Features,
  FEATURES,
  HORIZON_DAYS,
} from "./decide-features.ts";
import {
  areaUnderCurve,
  brier,
  type CalibrationBin,
  calibrationGap,
  calibrationTable,
  logLoss,
} from "./decide-judge.ts";
import { type Answered, askInOrder, type BrokenPromises, type Question } from "./decide-moments.ts";
import { type Everyone, type PastInvoice } from "./decide-payer.ts";
import { contribution, fitLogistic, type Linear, linearOf, logistic } from "./decide-solve.ts";

/** "late": an invoice that is not due yet will be paid after its due date. "paid": what is open will be paid within 30 days. */
export const MODEL_KINDS = ["late", "paid"] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

/** Stretches and moves log odds so that they come true as often as they say. */
export type Platt = { readonly slope: number; readonly intercept: number };
/** How it did on the newest slice, which it had not seen. */
export type Judged = {
  readonly fromDay: number;
  readonly toDay: number;
  readonly rows: number;
  readonly cameTrue: number;
  readonly auc: number;
  /** The same without any of the payer's history. */
  readonly aucWithoutHistory: number;
  readonly brier: number;
  readonly logLoss: number;
  /** Of giving every row the share seen before. */
  readonly baseLogLoss: number;
  readonly calibration: readonly CalibrationBin[];
  readonly calibrationGap: number;
};
export type Model = {
  readonly kind: ModelKind;
  /** Names of the columns, so that a stored model is never read with other ones. */
  readonly features: readonly FeatureName[];
  readonly linear: Linear;
  readonly platt: Platt;
  readonly everyone: Everyone;
  /** Nothing on or after this day was known to it, its judgement included. */
  readonly asOfDay: number;
  readonly invoices: number;
  readonly payers: number;
  readonly rows: number;
  readonly judged: Judged;
};

/** Fewer rows than these, or fewer of either outcome in a slice, teach nothing. */
export const LEARN_MIN = { rows: 300, ofEither: 20, payers: 10 } as const;
export type TooLittle = { readonly code: "too-little"; readonly rows: number; readonly payers: number };

/** Rows that each coefficient is pulled back with. Between 5 and 80 nothing changes by more than 0.004 AUC on the sample set. */
const RIDGE = 20;
/** The oldest 70 % teach, the next 15 % calibrate, the newest 15 % judge. */
const SLICES = { fit: 0.7, calibrate: 0.85 } as const;
/** Days past due at which an open invoice is asked about: a view of survival in steps. */
export const LANDMARKS = [-10, 1, 8, 15, 31, 46, 61, 91, 121, 181] as const;
/** Shorter spans cannot tell a season from a trend. */
const SEASON_DAYS_MIN = 730;

/** What only the other question can use, or what a short past cannot teach. */
export function columnsFor(
  kind: ModelKind,
  spanDays: number,
  without: readonly FeatureGroup[] = [],
): readonly number[] {
  const unused = (name: FeatureName): boolean =>
    (kind === "late" && (FEATURES[name] === "age" || name === "usual-pace")) ||
    (spanDays < SEASON_DAYS_MIN && name.startsWith("due-season")) ||
    without.includes(FEATURES[name]);
  return FEATURE_NAMES.flatMap((name, at) => (unused(name) ? [] : at));
}

/** The questions that an invoice teaches, each with the day from which its answer is known whatever it is. */
function* lessonsOf(kind: ModelKind, invoice: PastInvoice): Generator<Question & { readonly knownDay: number }> {
  const { issuedDay, dueDay, settledDay } = invoice;
  const isOpenOn = (day: number) => settledDay === undefined || settledDay >= day;
  if (kind === "late") {
    // Asked when it is issued; one that is paid the same day teaches nothing about waiting.
    if (dueDay >= issuedDay && isOpenOn(issuedDay)) yield { invoice, day: issuedDay, knownDay: dueDay + 1 };
    return;
  }
  for (const age of LANDMARKS) {
    const day = dueDay + age;
    if (day >= issuedDay && isOpenOn(day)) yield { invoice, day, knownDay: day + HORIZON_DAYS };
  }
}
const cameTrue = (kind: ModelKind, { invoice, day }: Question): boolean =>
  kind === "late"
    ? invoice.settledDay === undefined || invoice.settledDay > invoice.dueDay
    : invoice.settledDay !== undefined && invoice.settledDay <= day + HORIZON_DAYS;

export type Learn = {
  readonly kind: ModelKind;
  /** Only what was known before this day teaches. */
  readonly asOfDay: number;
  readonly broken?: BrokenPromises | undefined;
  /** Groups that may not be used. */
  readonly without?: readonly FeatureGroup[] | undefined;
};

/** Learns from invoices in the order of days: each slice knows only what was known before it began. */
export function learn(
  invoices: readonly PastInvoice[],
  { kind, asOfDay, broken, without }: Learn,
): Result<Model, TooLittle> {
  const known = invoices.filter(({ issuedDay }) => issuedDay < asOfDay).map((one) => asOf(one, asOfDay));
  const lessons = known.flatMap((one) => [...lessonsOf(kind, one)]).filter(({ knownDay }) => knownDay < asOfDay);
  const days = lessons.map(({ day }) => day).sort((a, b) => a - b);
  const fitEnd = days[Math.floor(days.length * SLICES.fit)] ?? 0;
  const calibrateEnd = days[Math.floor(days.length * SLICES.calibrate)] ?? 0;
  const asking = askInOrder(known, lessons, broken);
  const slices = { fit: [] as Answered[], calibrate: [] as Answered[], judge: [] as Answered[] };
  const knownDayOf = (one: Answered) => (kind === "late" ? one.invoice.dueDay + 1 : one.day + HORIZON_DAYS);
  let step = asking.next();
  for (; step.done !== true; step = asking.next()) {
    const one = step.value;
    if (one.day >= calibrateEnd) slices.judge.push(one);
    else if (one.day >= fitEnd) {
      if (knownDayOf(one) < calibrateEnd) slices.calibrate.push(one);
    } else if (knownDayOf(one) < fitEnd) slices.fit.push(one);
  }
  const payers = new Set(known.map(({ payerId }) => payerId)).size;
  const teaches = [slices.fit, slices.judge].every((rows) => hasBoth(kind, rows));
  if (lessons.length < LEARN_MIN.rows || payers < LEARN_MIN.payers || !teaches)
    return refuse({ code: "too-little", rows: lessons.length, payers });
  const span = (days.at(-1) ?? 0) - (days[0] ?? 0);
  const linear = fit(kind, slices.fit, columnsFor(kind, span, without));
  const bare = fit(kind, slices.fit, columnsFor(kind, span, [...(without ?? []), ...WITHOUT_HISTORY]));
  const platt = hasBoth(kind, slices.calibrate) ? fitPlatt(kind, linear, slices.calibrate) : AS_IS;
  return ok({
    kind,
    features: FEATURE_NAMES,
    linear,
    platt,
    everyone: step.value.everyone,
    asOfDay,
    invoices: known.length,
    payers,
    rows: lessons.length,
    judged: judge(kind, { linear, platt }, { rows: slices.judge, bare, earlier: slices.fit }),
  });
}

/** An invoice as it was known before a day: a later payment, dispute or part payment is not there. */
function asOf(one: PastInvoice, day: number): PastInvoice {
  const before = (at: number | undefined) => (at !== undefined && at < day ? at : undefined);
  return {
    ...one,
    settledDay: before(one.settledDay),
    disputedFrom: before(one.disputedFrom),
    disputedUntil: before(one.disputedUntil),
    partPaidFrom: before(one.partPaidFrom),
  };
}

const WITHOUT_HISTORY = [
  "history",
  "recent",
  "steadiness",
  "known",
  "quiet",
  "open",
  "overdue",
  "disputes",
  "promises",
] as const;
const AS_IS: Platt = { slope: 1, intercept: 0 };
const hasBoth = (kind: ModelKind, rows: readonly Answered[]): boolean => {
  const yes = rows.filter((row) => cameTrue(kind, row)).length;
  return Math.min(yes, rows.length - yes) >= LEARN_MIN.ofEither;
};

const fit = (kind: ModelKind, rows: readonly Answered[], columns: readonly number[]): Linear =>
  fitLogistic(
    {
      rows: rows.map(({ features }) => features.values),
      targets: rows.map((row) => (cameTrue(kind, row) ? 1 : 0)),
    },
    { ridge: RIDGE, columns },
  );

function fitPlatt(kind: ModelKind, linear: Linear, rows: readonly Answered[]): Platt {
  const sample = {
    rows: rows.map(({ features }) => Float64Array.of(linearOf(linear, features.values))),
    targets: rows.map((row) => (cameTrue(kind, row) ? 1 : 0)),
  };
  const { intercept, coefficients, means, deviations } = fitLogistic(sample, { ridge: 1, columns: [0] });
  const slope = (coefficients[0] ?? 0) / (deviations[0] ?? 1);
  return { slope, intercept: intercept - slope * (means[0] ?? 0) };
}

type JudgeOn = { readonly rows: readonly Answered[]; readonly bare?: Linear; readonly earlier?: readonly Answered[] };

function judge(
  kind: ModelKind,
  model: Pick<Model, "linear" | "platt">,
  { rows, bare, earlier = rows }: JudgeOn,
): Judged {
  const truths = rows.map((row) => cameTrue(kind, row));
  const scores = rows.map(({ features }) => chanceOf(model, features.values));
  const base = earlier.filter((row) => cameTrue(kind, row)).length / earlier.length;
  const calibration = calibrationTable(scores, truths);
  return {
    fromDay: rows[0]?.day ?? 0,
    toDay: rows.at(-1)?.day ?? 0,
    rows: rows.length,
    cameTrue: truths.filter(Boolean).length,
    auc: areaUnderCurve(scores, truths),
    aucWithoutHistory:
      bare === undefined
        ? 0.5
        : areaUnderCurve(
            rows.map(({ features }) => linearOf(bare, features.values)),
            truths,
          ),
    brier: brier(scores, truths),
    logLoss: logLoss(scores, truths),
    baseLogLoss: logLoss(
      rows.map(() => base),
      truths,
    ),
    calibration,
    calibrationGap: calibrationGap(calibration),
  };
}

/** How a model that was learnt earlier does on the slice that a newer one was judged by. */
export function judgeOn(
  model: Model,
  invoices: readonly PastInvoice[],
  slice: Pick<Judged, "fromDay" | "toDay"> & { readonly asOfDay: number; readonly broken?: BrokenPromises | undefined },
): Judged {
  const known = invoices.filter(({ issuedDay }) => issuedDay < slice.asOfDay).map((one) => asOf(one, slice.asOfDay));
  const lessons = known
    .flatMap((one) => [...lessonsOf(model.kind, one)])
    .filter(({ day, knownDay }) => day >= slice.fromDay && knownDay < slice.asOfDay);
  return judge(model.kind, model, { rows: [...askInOrder(known, lessons, slice.broken)] });
}

/** The calibrated chance for a row, strictly between 0 and 1. */
export const chanceOf = ({ linear, platt }: Pick<Model, "linear" | "platt">, row: Float64Array): number =>
  logistic(platt.intercept + platt.slope * linearOf(linear, row));

/** Part of a chance: what a group of facts adds in percentage points, beside an average invoice. */
export type ChanceReason = {
  readonly kind: `chance.${FeatureGroup}` | "chance.nothing-known" | "chance.little-known" | "chance.nothing-learnt";
  readonly facts: Readonly<Record<string, string | number>>;
};
/** Smaller parts are not worth reading. */
const POINTS_MIN = 2;
const REASONS_MAX = 5;

/** The groups that moved a chance most, largest first. */
export function reasonsOf(
  model: Pick<Model, "linear" | "platt">,
  { values, facts }: Features,
): readonly ChanceReason[] {
  const total = model.platt.intercept + model.platt.slope * linearOf(model.linear, values);
  const sums = new Map<FeatureGroup, number>();
  FEATURE_NAMES.forEach((name, at) => {
    const group = FEATURES[name];
    sums.set(group, (sums.get(group) ?? 0) + model.platt.slope * contribution(model.linear, values, at));
  });
  return [...sums]
    .map(([group, sum]) => ({ group, points: Math.round(100 * (logistic(total) - logistic(total - sum))) }))
    .filter(({ points }) => Math.abs(points) >= POINTS_MIN)
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
    .slice(0, REASONS_MAX)
    .map(({ group, points }) => ({ kind: `chance.${group}`, facts: { points, ...factsFor(group, facts) } }));
}

/** The facts that a group of reasons is told with. */
function factsFor(group: FeatureGroup, facts: Facts): Readonly<Record<string, string | number>> {
  const known = (values: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== undefined));
  switch (group) {
    case "history":
      return known({ settled: facts.settled, late: facts.late, days: facts.usualDaysLate });
    case "recent":
      return known({ days: facts.recentDaysLate, usual: facts.usualDaysLate });
    case "known":
    case "steadiness":
    case "disputes":
      return known({ settled: facts.settled });
    case "quiet":
      return known({ days: facts.daysQuiet });
    case "open":
    case "overdue":
      return known({ invoices: facts.overdueOthers, days: facts.worstDays });
    case "terms":
      return known({ days: facts.termsDays });
    case "age":
      return known({ days: facts.daysPastDue });
    case "promises":
      return known({ broken: facts.brokenPromises });
    default:
      return {};
  }
}
