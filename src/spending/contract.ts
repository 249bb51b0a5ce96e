import { z } from "zod";
import type { CustomerId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import { dayInput, dayJson, instantJson, moneyInput, moneyJson } from "../core/wire.ts";
import type { Tx } from "../store/contract.ts";

/** The only door of `spending`: is the money running as agreed? All figures are estimates about a day old; budgets cap nothing. */

/** Why a spend figure cannot be told. Never counted as zero. */
export type SpendUnknown = "never-read" | "currency-unknown" | "no-data-for-day";

/** Azure usage that no invoice holds yet. */
export type UnbilledUsage = {
  readonly customerId: CustomerId;
  /** undefined = unknown for `reason`. A customer without any Azure usage is not listed at all. */
  readonly amount: Money | undefined;
  readonly reason: SpendUnknown | undefined;
  /** First day not billed yet. */
  readonly from: Temporal.PlainDate;
  /** Time of the newest figure Microsoft gave. */
  readonly through: Temporal.Instant | undefined;
  /** The months it is made of, oldest first. */
  readonly months: readonly { readonly month: string; readonly amount: Money; readonly through: Temporal.Instant }[];
  /** `lines` = an invoice line says what is billed; `calendar` = assumed billed to the end of last month. */
  readonly basis: "lines" | "calendar";
};
/** Usage since the last billed period, as known at the end of `asOf` (UTC). All customers unless told which; one set-based read. */
export type UnbilledUsageOf = (
  tx: Tx,
  asOf: Temporal.PlainDate,
  customerIds?: readonly CustomerId[],
) => Promise<readonly UnbilledUsage[]>;

/** How fast money runs now. */
export type BurnRate =
  | {
      readonly kind: "known";
      readonly perHour: Money;
      /** `reading` = growth between the two newest figures; `month` = only one figure yet, spread over the month so far. */
      readonly basis: "reading" | "month";
      readonly from: Temporal.Instant;
      readonly through: Temporal.Instant;
    }
  | { readonly kind: "unknown"; readonly reason: "no-data" | "currency-unknown" };
/** Of one Azure subscription when named, else of the whole customer. Never a guess: no data gives unknown. */
export type BurnRateOf = (tx: Tx, customerId: CustomerId, entitlementId?: string) => Promise<BurnRate>;

/** The same for several, in their order, in one read. */
export type BurnRatesOf = (
  tx: Tx,
  keys: readonly { readonly customerId: CustomerId; readonly entitlementId?: string | undefined }[],
) => Promise<readonly BurnRate[]>;

/** Where an agreed budget stands on its way to Partner Center. */
export const BUDGET_STATES = ["agreed", "pushing", "in-partner-center", "differs", "failed"] as const;
export type BudgetState = (typeof BUDGET_STATES)[number];

/** Share of the budget at which Microsoft mails and we report. Source: GUIDANCE 2, "Budget mail". */
export const NEAR_BPS = 8_000;
export const OVER_BPS = 10_000;

/** Why there is no forecast. */
export type NoForecast = "no-data" | "too-few-days" | "month-over";

// Wire forms.

const money = moneyJson.nullable();
export const budgetJson = z.object({
  amount: moneyJson,
  agreedWith: z.string(),
  agreedOn: dayJson,
  why: z.string(),
  setBy: z.string(),
  setAt: instantJson,
  state: z.enum(BUDGET_STATES),
  /** Why Microsoft refused, when it failed; English detail and a stable kind to translate. */
  failure: z.object({ kind: z.string(), detail: z.string(), code: z.string().nullable(), at: instantJson }).nullable(),
});
export type BudgetWire = z.infer<typeof budgetJson>;

/** Microsoft's copy of the budget. `amount` null with `readAt` set = none is set there; `readAt` null = never read. */
export const partnerBudgetJson = z.object({ amount: money, readAt: instantJson.nullable() });

export const forecastJson = z.object({
  /** Last day of the month. */
  day: dayJson,
  low: moneyJson,
  mid: moneyJson,
  high: moneyJson,
  /** Days of data it rests on. */
  basisDays: z.number().int(),
  perDay: moneyJson,
  /** Day on which the middle line passes the budget; null when it does not, or there is none. */
  passesBudgetOn: dayJson.nullable(),
  points: z.array(z.object({ day: dayJson, low: moneyJson, mid: moneyJson, high: moneyJson })),
});
export type ForecastWire = z.infer<typeof forecastJson>;

export const spendDayJson = z.object({
  day: dayJson,
  cost: moneyJson,
  monthToDate: moneyJson,
  /** More than 1 when Microsoft gave no figure for days before, which are in this one. */
  spansDays: z.number().int(),
});

/** What a person agrees with a customer; the amount is in the currency of its usage. */
export const budgetBody = z.strictObject({
  amount: moneyInput,
  agreedWith: z.string().trim().min(2).max(200),
  /** The day it was agreed; today unless told. */
  agreedOn: dayInput.optional(),
  why: z.string().trim().min(3).max(2_000),
});
export const budgetHistoryJson = z.object({
  amount: moneyJson,
  agreedWith: z.string(),
  agreedOn: dayJson,
  why: z.string(),
  setBy: z.string(),
  setAt: instantJson,
});

export const spendPartJson = z.object({ id: z.string(), name: z.string(), cost: moneyJson, through: instantJson });

/** One customer's Azure spend: the passport's panel. */
export const customerSpendJson = z.object({
  customerId: z.string(),
  /** `unknown` with a reason, `none` when Microsoft lists no usage, else `known`. */
  state: z.enum(["known", "none", "unknown"]),
  reason: z.string().nullable(),
  /** `2026-11` */
  month: z.string(),
  used: money,
  /** Time of the newest figure. */
  usedThrough: instantJson.nullable(),
  usedBps: z.number().int().nullable(),
  budget: budgetJson.nullable(),
  /** Earlier budgets, newest first. */
  budgetHistory: z.array(budgetHistoryJson),
  partnerBudget: partnerBudgetJson,
  forecast: forecastJson.nullable(),
  noForecast: z.enum(["no-data", "too-few-days", "month-over"]).nullable(),
  burnPerHour: money,
  /** This month's days, oldest first. */
  days: z.array(spendDayJson),
  lastMonth: z.object({ month: z.string(), total: moneyJson }).nullable(),
  subscriptions: z.array(spendPartJson),
  resources: z.array(spendPartJson.extend({ type: z.string().nullable(), group: z.string().nullable() })),
});
export type CustomerSpend = z.infer<typeof customerSpendJson>;
export type SpendOf = (tx: Tx, customerId: CustomerId, now: Temporal.Instant) => Promise<CustomerSpend>;

export const SPEND_SORTS = ["used", "budget-use", "forecast-use", "trend", "name"] as const;
export type SpendSort = (typeof SPEND_SORTS)[number];
export const SPEND_STATES = ["over", "near", "forecast-over", "within", "no-budget"] as const;
export type SpendState = (typeof SPEND_STATES)[number];

/** A row of the spend page, in the customer's own usage currency. */
export const spendRowJson = z.object({
  customerId: z.string(),
  name: z.string(),
  state: z.enum(SPEND_STATES),
  used: moneyJson,
  usedThrough: instantJson,
  budget: money,
  budgetState: z.enum(BUDGET_STATES).nullable(),
  partnerBudget: money,
  usedBps: z.number().int().nullable(),
  forecast: z.object({ low: moneyJson, mid: moneyJson, high: moneyJson }).nullable(),
  forecastBps: z.number().int().nullable(),
  /** Newest seven days against the seven before, in basis points of change; null with too little data. */
  trendBps: z.number().int().nullable(),
  /** Daily cost of the newest days, oldest first, in minor units: a small line. */
  spark: z.array(z.string()),
});
export type SpendRow = z.infer<typeof spendRowJson>;

/** The whole portfolio's month, one line a currency: euros and dollars do not add up. */
export const spendSummaryJson = z.object({
  month: z.string(),
  currencies: z.array(
    z.object({
      currency: z.string(),
      customers: z.number().int(),
      used: moneyJson,
      budgeted: moneyJson,
      forecast: moneyJson.nullable(),
      days: z.array(z.object({ day: dayJson, cost: moneyJson })),
    }),
  ),
  counts: z.record(z.enum(SPEND_STATES), z.number().int()),
  budgets: z.object({ failed: z.number().int(), differs: z.number().int(), waiting: z.number().int() }),
  newestThrough: instantJson.nullable(),
});
export type SpendSummary = z.infer<typeof spendSummaryJson>;

/** Budgets that are agreed and in force, for meters such as "budgets set". */
export type BudgetCoverage = (tx: Tx) => Promise<{ readonly withUsage: number; readonly withBudget: number }>;
