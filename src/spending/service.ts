import type { CustomerId } from "../core/ids.ts";
import { moneyFromDecimal, moneyToJson } from "../core/money.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Tx } from "../store/contract.ts";
import type { BilledThrough } from "../customers/contract.ts";
import {
  type CustomerSpend,
  SPEND_SORTS,
  type SpendRow,
  type SpendSort,
  type SpendState,
  type SpendSummary,
  type UnbilledUsage,
} from "./contract.ts";
import { namePatterns } from "./decide-name.ts";
import type { SpendStanding } from "./decide-state.ts";
import { forecastMonth } from "./decide-forecast.ts";
import { budgetToWire } from "./service-budget.ts";
import { burnOf } from "./service-burn.ts";
import { standOf } from "./service-look.ts";
import { copyOf } from "./service-usage.ts";
import { countBudgets, loadBudget, loadBudgetHistory, loadPartnerBudgets } from "./store-budget.ts";
import {
  countByState,
  countStates,
  coverage,
  loadStates,
  newestFigure,
  type SpendFilter,
  type StateRow,
  sumDays,
  sumStates,
} from "./store-state.ts";
import {
  type DayRow,
  decimalOf,
  hasUsage,
  loadDays,
  loadMonths,
  loadResourceParts,
  loadSubscriptionParts,
  type MonthRow,
  type PartRow,
  toInterval,
} from "./store-usage.ts";

/** A billed line older than this says nothing about what is unbilled: the price feed stands still. */
const UNBILLED_MONTHS_MAX = 3;
const DAYS = 35;
const BUDGETS_SHOWN = 20;

/** Usage since the last billed month, as known at the end of `asOf`; see `UnbilledUsageOf`. One set-based read. */
export async function unbilledUsage(
  tx: Tx,
  ask: {
    readonly asOf: Temporal.PlainDate;
    readonly customerIds?: readonly CustomerId[] | undefined;
    readonly billedThrough: BilledThrough;
  },
): Promise<readonly UnbilledUsage[]> {
  const { asOf, customerIds } = ask;
  const { from, basis } = unbilledSince(asOf, await ask.billedThrough(tx));
  const rows = await loadMonths(tx, { since: from.with({ day: 1 }), asOf }, customerIds);
  const byCustomer = new Map<string, MonthRow[]>();
  for (const row of rows) {
    const key = `${row.customer_id} ${row.currency ?? ""}`;
    const months = byCustomer.get(key);
    if (months === undefined) byCustomer.set(key, [row]);
    else months.push(row);
  }
  return [...byCustomer.values()].map((months): UnbilledUsage => sumMonths(months, { from, basis }));
}

/** The first day not billed yet. Without a billed line Microsoft's calendar stands: a month is billed when it is over. */
export function unbilledSince(
  asOf: Temporal.PlainDate,
  billedThrough: Temporal.PlainDate | undefined,
): { readonly from: Temporal.PlainDate; readonly basis: "lines" | "calendar" } {
  const month = asOf.with({ day: 1 });
  const calendar = { from: month, basis: "calendar" } as const;
  if (billedThrough === undefined) return calendar;
  const from = billedThrough.add({ days: 1 }).with({ day: 1 });
  const isUsable =
    Temporal.PlainDate.compare(from, month) <= 0 &&
    Temporal.PlainDate.compare(from, month.subtract({ months: UNBILLED_MONTHS_MAX })) >= 0;
  return isUsable ? { from, basis: "lines" } : calendar;
}

function sumMonths(rows: readonly MonthRow[], { from, basis }: Pick<UnbilledUsage, "from" | "basis">): UnbilledUsage {
  const newest = rows.at(-1);
  if (newest === undefined) throw new Error("invariant broken: a customer without months");
  const base = { customerId: newest.customer_id, from, through: newest.through, basis };
  const currency = newest.currency;
  if (currency === null) return { ...base, amount: undefined, reason: "currency-unknown", months: [] };
  const months = rows.map((row) => ({
    month: row.month.toString().slice(0, 7),
    amount: moneyFromDecimal(decimalOf(row.month_to_date), currency),
    through: row.through,
  }));
  const minor = months.reduce((total, one) => total + one.amount.minor, 0n);
  return { ...base, amount: { minor, currency }, reason: undefined, months };
}

/** One customer's Azure spend as the passport shows it. */
export async function spendOf(tx: Tx, customerId: CustomerId, now: Temporal.Instant): Promise<CustomerSpend> {
  const [rows, budget, copies, history] = await Promise.all([
    loadDays(tx, "customer", customerId, DAYS),
    loadBudget(tx, customerId),
    loadPartnerBudgets(tx, [customerId]),
    loadBudgetHistory(tx, customerId, BUDGETS_SHOWN),
  ]);
  const copy = copies.get(customerId);
  const standing = standOf(rows, { budget, copy, now });
  const newest = rows.at(-1);
  const month = newest?.month ?? now.toZonedDateTimeISO("UTC").toPlainDate().with({ day: 1 });
  const currency = standing?.used.currency ?? budget?.currency;
  const copyAmount = copyOf(copy?.amount ?? null);
  const [subscriptions, resources, isRead] = await Promise.all([
    loadSubscriptionParts(tx, customerId, month),
    loadResourceParts(tx, customerId, month),
    newest === undefined ? hasUsage(tx) : true,
  ]);
  const burn = newest === undefined ? undefined : burnOf(newest);
  return {
    customerId,
    state: standing !== undefined ? "known" : newest === undefined && isRead ? "none" : "unknown",
    reason:
      standing !== undefined || (newest === undefined && isRead)
        ? null
        : newest === undefined
          ? "never-read"
          : "currency-unknown",
    month: month.toString().slice(0, 7),
    used: standing === undefined ? null : moneyToJson(standing.used),
    usedThrough: newest?.through.toString() ?? null,
    usedBps: standing?.usedBps ?? null,
    budget: budget === undefined ? null : budgetToWire(budget),
    budgetHistory: history.map((row) => ({
      amount: { minor: row.amount_minor.toString(), currency: row.currency },
      agreedWith: row.agreed_with,
      agreedOn: row.agreed_on.toString(),
      why: row.why,
      setBy: row.set_by.name,
      setAt: row.set_at.toString(),
    })),
    partnerBudget: {
      amount:
        copyAmount === undefined || currency === undefined ? null : moneyToJson(moneyFromDecimal(copyAmount, currency)),
      readAt: copy?.read_at.toString() ?? null,
    },
    ...forecastParts(rows, standing),
    burnPerHour: burn?.kind === "known" ? moneyToJson(burn.perHour) : null,
    ...dayParts(rows, standing, month),
    subscriptions: subscriptions.flatMap((row) => partToWire(row)),
    resources: resources.flatMap((row) =>
      partToWire(row).map((part) => ({ ...part, type: row.type, group: row.resource_group })),
    ),
  };
}

function forecastParts(
  rows: readonly DayRow[],
  standing: SpendStanding | undefined,
): Pick<CustomerSpend, "forecast" | "noForecast"> {
  if (standing === undefined) return { forecast: null, noForecast: "no-data" };
  const { forecast, used, through, month, budget } = standing;
  if (forecast === undefined) {
    const reason = forecastMonth({ used, through, month, budget, intervals: rows.map(toInterval) });
    return { forecast: null, noForecast: typeof reason === "string" ? reason : null };
  }
  const points = forecast.points.map((point) => ({
    day: point.day.toString(),
    low: moneyToJson(point.low),
    mid: moneyToJson(point.mid),
    high: moneyToJson(point.high),
  }));
  return {
    noForecast: null,
    forecast: {
      day: forecast.day.toString(),
      low: moneyToJson(forecast.low),
      mid: moneyToJson(forecast.mid),
      high: moneyToJson(forecast.high),
      basisDays: forecast.basisDays,
      perDay: moneyToJson(forecast.perDay),
      passesBudgetOn: forecast.passesBudgetOn?.toString() ?? null,
      points,
    },
  };
}

function dayParts(
  rows: readonly DayRow[],
  standing: SpendStanding | undefined,
  month: Temporal.PlainDate,
): Pick<CustomerSpend, "days" | "lastMonth"> {
  if (standing === undefined) return { days: [], lastMonth: null };
  const currency = standing.used.currency;
  const toMoney = (text: string) => moneyToJson(moneyFromDecimal(decimalOf(text), currency));
  const before = rows
    .filter((row) => row.month.equals(month.subtract({ months: 1 })) && row.currency === currency)
    .at(-1);
  return {
    days: rows
      .filter((row) => row.month.equals(month) && row.currency === currency)
      .map((row) => ({
        day: row.day.toString(),
        cost: toMoney(row.cost),
        monthToDate: toMoney(row.month_to_date),
        spansDays: Math.max(
          1,
          Math.round((row.through.epochMilliseconds - row.from_at.epochMilliseconds) / 86_400_000),
        ),
      })),
    lastMonth:
      before === undefined
        ? null
        : { month: before.month.toString().slice(0, 7), total: toMoney(before.month_to_date) },
  };
}

const partToWire = (row: PartRow) =>
  row.currency === null
    ? []
    : [
        {
          id: row.id,
          name: row.name,
          cost: moneyToJson(moneyFromDecimal(decimalOf(row.cost), row.currency)),
          through: row.through.toString(),
        },
      ];

export type SpendAsk = {
  readonly q?: string | undefined;
  readonly state?: SpendState | undefined;
  readonly currency?: string | undefined;
  readonly budgetTrouble?: boolean | undefined;
  readonly sort: SpendSort;
  readonly direction: "asc" | "desc";
  readonly cursor?: string | undefined;
  readonly limit: number;
};
export type SpendPage = { readonly rows: SpendRow[]; readonly nextCursor: string | null; readonly total: number };

/** One page of the spend list. Customers whose currency is unknown are not in it: there is no figure to show. */
export async function listSpend(tx: Tx, ask: SpendAsk): Promise<Result<SpendPage, Refusal>> {
  const { sort, direction, limit } = ask;
  const place = ask.cursor === undefined ? undefined : readPlace(ask.cursor, sort, direction);
  if (ask.cursor !== undefined && place === undefined)
    return no(
      "invalid",
      "cursor-unreadable",
      "The cursor is not one that this order of the list gave: start from the first page.",
    );
  const filter: SpendFilter = {
    patterns: namePatterns(ask.q ?? ""),
    state: ask.state,
    currency: ask.currency,
    budgetTrouble: ask.budgetTrouble,
  };
  const [found, total] = await Promise.all([
    loadStates(tx, { filter, sort, direction, place, limit: limit + 1 }),
    countStates(tx, filter),
  ]);
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return ok({
    rows: rows.flatMap(stateToWire),
    total,
    nextCursor: last === undefined ? null : JSON.stringify([sort, direction, sortValue(last, sort), last.customer_id]),
  });
}

function readPlace(
  text: string,
  sort: SpendSort,
  direction: string,
): { readonly value: string | null; readonly id: string } | undefined {
  try {
    const parts: unknown = JSON.parse(text);
    if (!Array.isArray(parts) || parts.length !== 4) return undefined;
    const [givenSort, givenDirection, value, id] = parts as unknown[];
    const fits =
      givenSort === sort &&
      givenDirection === direction &&
      SPEND_SORTS.includes(sort) &&
      typeof id === "string" &&
      (value === null || typeof value === "string");
    if (!fits || (sort !== "name" && value !== null && !/^-?\d{1,30}(\.\d{1,20})?$/.test(value))) return undefined;
    return { value, id };
  } catch {
    return undefined;
  }
}

const sortValue = (row: StateRow, sort: SpendSort): string | null =>
  ({
    used: row.usd,
    "budget-use": row.used_bps,
    "forecast-use": row.forecast_bps,
    trend: row.trend_bps,
    name: row.name_key,
  })[sort]?.toString() ?? null;

function stateToWire(row: StateRow): readonly SpendRow[] {
  const { currency, used } = row;
  if (currency === null || used === null) return [];
  const money = (minor: bigint | null) => (minor === null ? null : { minor: minor.toString(), currency });
  const copy = copyOf(row.partner_amount);
  const [low, mid, high] = [money(row.forecast_low), money(row.forecast_mid), money(row.forecast_high)];
  return [
    {
      customerId: row.customer_id,
      name: row.name,
      state: row.state,
      used: { minor: used.toString(), currency },
      usedThrough: row.through.toString(),
      budget: money(row.budget),
      budgetState: row.budget_state as SpendRow["budgetState"],
      partnerBudget: copy === undefined ? null : moneyToJson(moneyFromDecimal(copy, currency)),
      usedBps: row.used_bps,
      forecast: low === null || mid === null || high === null ? null : { low, mid, high },
      forecastBps: row.forecast_bps,
      trendBps: row.trend_bps,
      spark: [...row.spark],
    },
  ];
}

/** The newest month of the whole portfolio, one line a currency. */
export async function spendSummary(tx: Tx, now: Temporal.Instant): Promise<SpendSummary> {
  const newest = await newestFigure(tx);
  const month = newest?.month ?? now.toZonedDateTimeISO("UTC").toPlainDate().with({ day: 1 });
  const [sums, counts, days, budgets] = await Promise.all([
    sumStates(tx, month),
    countByState(tx, month),
    sumDays(tx, month),
    countBudgets(tx),
  ]);
  const count = (state: SpendState) => counts.find((one) => one.state === state)?.n ?? 0;
  return {
    month: month.toString().slice(0, 7),
    currencies: sums.map(({ currency, customers, used, budgeted, forecast }) => ({
      currency,
      customers,
      used: { minor: used, currency },
      budgeted: { minor: budgeted, currency },
      forecast: forecast === null ? null : { minor: forecast, currency },
      days: days
        .filter((one) => one.currency === currency)
        .map((one) => ({
          day: one.day.toString(),
          cost: moneyToJson(moneyFromDecimal(decimalOf(one.cost), currency)),
        })),
    })),
    counts: {
      over: count("over"),
      near: count("near"),
      "forecast-over": count("forecast-over"),
      within: count("within"),
      "no-budget": count("no-budget"),
    },
    budgets: { ...budgets },
    newestThrough: newest?.through.toString() ?? null,
  };
}

/** Customers with Azure usage, and those of them with an agreed budget: one of Microsoft's score items. */
export const budgetCoverage = (tx: Tx): Promise<{ readonly withUsage: number; readonly withBudget: number }> =>
  coverage(tx);
