import type { MeasureName, MeasureWire } from "./contract-statement.ts";
import { type Aged, outstandingMinor, over90Minor } from "./decide-aged.ts";
import {
  averageDaysDelinquent,
  bestPossibleDso,
  collectionEffectiveness,
  countBackDso,
  type JudgedPromise,
  type Measured,
  monthsBack,
  promisesKept,
  shareOfOwed,
  simpleDso,
} from "./decide-measures.ts";

/** Days of sales behind DSO and effectiveness. */
export const SALES_DAYS = 90;
/** Months that count-back may go through; older receivables make it unknown. */
export const SALES_MONTHS = 13;

export type MeasureFacts = {
  readonly asOf: Temporal.PlainDate;
  readonly currency: string;
  readonly now: Aged;
  /** As of `SALES_DAYS` before. */
  readonly begin: Aged;
  /** Invoices less credit notes of those days. */
  readonly sales: bigint;
  readonly months: readonly { readonly month: Temporal.PlainDate; readonly sales: bigint }[];
  /** undefined: nobody keeps promises here yet. */
  readonly promises: readonly JudgedPromise[] | undefined;
};

/** All measures of one currency with what each is made of, so that every number opens to its parts. */
export function measuresOf({
  asOf,
  currency,
  now,
  begin,
  sales,
  months,
  promises,
}: MeasureFacts): readonly MeasureWire[] {
  const money = (name: string, minor: bigint) => ({ name, amount: { minor: minor.toString(), currency }, count: null });
  const count = (name: string, n: number) => ({ name, amount: null, count: n });
  const wire = (name: MeasureName, of: Measured, inputs: MeasureWire["inputs"]): MeasureWire => ({
    name,
    unit: name.startsWith("d") && name !== "disputed" ? "days" : "percent",
    value: of.known ? hundredthsText(of.hundredths) : null,
    why: of.known ? null : of.why,
    inputs,
  });
  const owed = outstandingMinor(now);
  const of = { salesMinor: sales, days: SALES_DAYS };
  const dso = simpleDso({ receivablesMinor: owed, ...of });
  const best = bestPossibleDso({ notDueMinor: now.b0, ...of });
  const [receivables, sold, days] = [money("receivables", owed), money("sales", sales), count("days", SALES_DAYS)];
  const newestFirst = monthsBack(asOf, SALES_MONTHS).map((month) => ({
    days: month.days,
    salesMinor: months.find((one) => one.month.equals(month.from))?.sales ?? 0n,
  }));
  const effectiveness = {
    beginMinor: outstandingMinor(begin),
    salesMinor: sales,
    endMinor: owed,
    endNotDueMinor: now.b0,
  };
  const given = promises ?? [];
  const judged = (state: JudgedPromise["state"]) => given.filter((one) => one.state === state).length;
  return [
    wire("dso", dso, [receivables, sold, days]),
    wire("dso-count-back", countBackDso(owed, newestFirst), [
      receivables,
      ...newestFirst.slice(0, COUNT_BACK_SHOWN).map(({ salesMinor }, back) => money(`sales-month-${back}`, salesMinor)),
    ]),
    wire("dso-best", best, [money("not-due", now.b0), sold, days]),
    wire("days-delinquent", averageDaysDelinquent(dso, best), [receivables, money("not-due", now.b0), sold, days]),
    wire("effectiveness", collectionEffectiveness(effectiveness), [
      money("begin", effectiveness.beginMinor),
      sold,
      money("end", owed),
      money("not-due", now.b0),
    ]),
    wire("at-risk", shareOfOwed(over90Minor(now), owed), [money("over-90", over90Minor(now)), receivables]),
    wire("disputed", shareOfOwed(now.disputed, owed), [money("disputed", now.disputed), receivables]),
    wire("promises-kept", promisesKept(given), [count("kept", judged("kept")), count("broken", judged("broken"))]),
  ];
}
const COUNT_BACK_SHOWN = 4;

/** `9474` as `94.74`. */
export function hundredthsText(hundredths: bigint): string {
  const size = hundredths < 0n ? -hundredths : hundredths;
  return `${hundredths < 0n ? "-" : ""}${size / 100n}.${(size % 100n).toString().padStart(2, "0")}`;
}
