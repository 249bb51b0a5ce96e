import type { BacktestRowWire } from "../../../src/activity/lab/contract-backtest.ts";
import type { T } from "../../i18n/t.ts";

/** What a backtest tried, and beside what. */
export function subjectText(row: BacktestRowWire, t: T): string {
  const tried = row.isSettings
    ? t("lab.backtest.subject.settings")
    : row.version === null
      ? t("lab.backtest.subject.draft")
      : t("lab.backtest.subject", { n: row.version });
  return row.against === null ? tried : `${tried} ${t("lab.backtest.beside", { n: row.against })}`;
}

/** The last day (UTC) that a half-open range holds, and its first. */
export const lastDayOf = (until: string): string =>
  Temporal.Instant.from(until).subtract({ seconds: 1 }).toString().slice(0, 10);
export const firstDayOf = (from: string): string => from.slice(0, 10);
