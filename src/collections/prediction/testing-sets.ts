import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FEATURE_NAMES, type FeatureGroup, type FeatureName, HISTORY_GROUPS } from "./decide-features.ts";
import { areaUnderCurve, brier, meanAbsolute } from "./decide-judge.ts";
import { columnsFor } from "./decide-model.ts";
import { type Answered, askInOrder } from "./decide-moments.ts";
import { epochDay, type PastInvoice } from "./decide-payer.ts";
import { fitLogistic, linearOf, logistic } from "./decide-solve.ts";

/** The public sets that late payment is measured on. They are read where they lie and are no part of this repository. */
const FOLDER = join(import.meta.dirname, "../../../../shared/collections/data");
export const IBM_FILE = join(FOLDER, "ibm_accounts_receivable.train.csv");
export const HIGHRADIUS_FILE = join(FOLDER, "highradius_receivables.train.csv");
export const hasSets = (): boolean => existsSync(IBM_FILE) && existsSync(HIGHRADIUS_FILE);

const cellsOf = (file: string): readonly (readonly string[])[] =>
  readFileSync(file, "utf8")
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(","));

/** `m/d/yyyy` as days since 1970. */
function usDay(text: string): number {
  const [month = 0, day = 0, year = 0] = text.split("/").map(Number);
  return epochDay(Temporal.PlainDate.from({ year, month, day }));
}
const isoDay = (text: string): number => epochDay(Temporal.PlainDate.from(text));

/** 1,726 invoices of 100 customers, every one of them settled. The set does not say when a dispute was raised. */
export const readIbm = (): readonly PastInvoice[] =>
  cellsOf(IBM_FILE).map((row) => ({
    invoiceId: row[3] ?? "",
    payerId: row[1] ?? "",
    currency: "USD",
    size: Number(row[6]),
    issuedDay: usDay(row[4] ?? ""),
    dueDay: usDay(row[5] ?? ""),
    settledDay: usDay(row[8] ?? ""),
    // The set does not say when: taken as known from the start, which flatters whoever uses it.
    disputedFrom: row[7] === "Yes" ? usDay(row[4] ?? "") - 1 : undefined,
  }));

/** The set has no issue day: asked 15 days before the due date, as the published baselines are. */
const ASSUMED_TERMS_DAYS = 15;
/** 20,000 invoices of 837 customers, in the order they were cleared. */
export const readHighRadius = (): readonly PastInvoice[] =>
  cellsOf(HIGHRADIUS_FILE).map((row) => ({
    invoiceId: row[0] ?? "",
    payerId: row[1] ?? "",
    currency: "USD",
    size: Number(row[5]),
    issuedDay: isoDay(row[2] ?? "") - ASSUMED_TERMS_DAYS,
    dueDay: isoDay(row[2] ?? ""),
    settledDay: isoDay(row[3] ?? ""),
  }));

type Split = { readonly train: readonly Answered[]; readonly test: readonly Answered[] };

/** Oldest 70 % by the day of the question against the rest; taught only by invoices that were settled before the cut. */
export function splitByTime(invoices: readonly PastInvoice[]): Split {
  const days = invoices.map(({ issuedDay }) => issuedDay).sort((a, b) => a - b);
  const cut = days[Math.floor(days.length * 0.7)] ?? 0;
  const asked = [
    ...askInOrder(
      invoices,
      invoices.map((invoice) => ({ invoice, day: invoice.issuedDay })),
    ),
  ];
  return {
    train: asked.filter(({ day, invoice }) => day < cut && (invoice.settledDay ?? cut) < cut),
    test: asked.filter(({ day }) => day >= cut),
  };
}

export const isLate = ({ invoice }: Answered): boolean => (invoice.settledDay ?? 0) > invoice.dueDay;
const valueOf = (name: FeatureName, { features }: Answered): number =>
  features.values[FEATURE_NAMES.indexOf(name)] ?? 0;

export type LateRow = { readonly model: string; readonly auc: number; readonly brier: number | undefined };
const RIDGE = 20;

function logisticRow(model: string, { train, test }: Split, without: readonly FeatureGroup[]): LateRow {
  const days = train.map(({ day }) => day);
  const columns = columnsFor("late", Math.max(...days) - Math.min(...days), without);
  const linear = fitLogistic(
    { rows: train.map(({ features }) => features.values), targets: train.map((one) => (isLate(one) ? 1 : 0)) },
    { ridge: RIDGE, columns },
  );
  const chances = test.map(({ features }) => logistic(linearOf(linear, features.values)));
  return { model, auc: areaUnderCurve(chances, test.map(isLate)), brier: brier(chances, test.map(isLate)) };
}

/** AUC of "late", asked when the invoice is issued, with and without history and disputes. */
export function lateTable(invoices: readonly PastInvoice[]): Split & { readonly rows: readonly LateRow[] } {
  const split = splitByTime(invoices);
  const alone = (model: string, name: FeatureName): LateRow => ({
    model,
    auc: areaUnderCurve(
      split.test.map((one) => valueOf(name, one)),
      split.test.map(isLate),
    ),
    brier: undefined,
  });
  return {
    ...split,
    rows: [
      alone("customer mean days late alone", "mean-late"),
      alone("customer late rate alone, smoothed", "late-rate"),
      logisticRow("logistic, invoice only", split, [...HISTORY_GROUPS, "disputed"]),
      logisticRow("logistic, with payment history", split, ["disputed"]),
      logisticRow("logistic, with payment history + Disputed", split, []),
    ],
  };
}

export type DaysRow = { readonly model: string; readonly maeDays: number; readonly within3: number };
/** Mean absolute error in days of when an invoice is paid, asked 15 days before it is due. */
export function daysTable(invoices: readonly PastInvoice[]): Split & { readonly rows: readonly DaysRow[] } {
  const split = splitByTime(invoices);
  const came = split.test.map(({ invoice }) => (invoice.settledDay ?? 0) - invoice.dueDay);
  const row = (model: string, said: readonly number[]): DaysRow => ({
    model,
    maeDays: meanAbsolute(said, came),
    within3: said.filter((days, at) => Math.abs(days - (came[at] ?? 0)) <= 3).length / said.length,
  });
  const everyones = train(split.train);
  return {
    ...split,
    rows: [
      row(
        "due date itself",
        came.map(() => 0),
      ),
      row(
        "everyone's median",
        came.map(() => everyones),
      ),
      row(
        "customer median, last 80",
        split.test.map(({ features }) => features.facts.usualDaysLate ?? everyones),
      ),
      row(
        "ours: median, same weekday counted thrice",
        split.test.map(({ features }) => features.facts.expectedDaysLate ?? everyones),
      ),
    ],
  };
}
function train(rows: readonly Answered[]): number {
  const days = rows.map(({ invoice }) => (invoice.settledDay ?? 0) - invoice.dueDay).sort((a, b) => a - b);
  return days[days.length >> 1] ?? 0;
}
