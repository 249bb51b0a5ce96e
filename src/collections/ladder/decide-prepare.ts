import type { Currency } from "../../core/currency.ts";
import { exponentOf, isCurrency } from "../../core/currency.ts";
import type { AccountFacts } from "../contract-history.ts";
import type { PolicyStep, PolicyVersion } from "../contract-policy.ts";
import { businessCalendar } from "../policy/decide-calendar.ts";
import { type CompiledConditions, compileConditions } from "../policy/decide-conditions.ts";
import { FACTS } from "../policy/decide-facts.ts";
import { type DayNumber, plainDay } from "./decide-days.ts";

/** A policy made ready once and asked 100,000 times: conditions compiled, days off remembered, amounts in minor units. */
export type PreparedPolicy = {
  readonly version: PolicyVersion;
  /** From mildest to worst: by days past due, and where these are equal by their place in the policy. */
  readonly steps: readonly PreparedStep[];
  readonly byId: ReadonlyMap<string, PreparedStep>;
  readonly conditions: CompiledConditions;
  readonly exemptions: readonly PreparedExemption[];
  readonly tolerance: ReadonlyMap<Currency, bigint>;
  readonly graceDays: number;
  readonly promiseGraceDays: number;
  readonly calendar: DayCalendar;
  /** Whether days off keep letters and access steps back. */
  readonly restsOnDaysOff: boolean;
  readonly movesDueDates: boolean;
};
export type PreparedStep = {
  readonly step: PolicyStep;
  /** From 0, mildest first. */
  readonly rank: number;
  /** Place in the policy's own order. */
  readonly place: number;
  readonly minimum: ReadonlyMap<Currency, bigint>;
  readonly tells: boolean;
  /** Telling steps after the due date are counted from 1: what an imported reminder level means. 0 = not one of them. */
  readonly level: number;
};
export type PreparedExemption = {
  readonly from: readonly string[];
  readonly ask: CompiledConditions["exemptions"][number]["ask"];
  /** Answers by customer, where nothing but the customer's own lasting facts is asked: a long run asks each customer once. */
  readonly remembered: WeakMap<AccountFacts, boolean> | undefined;
};
export type DayCalendar = {
  readonly isBusinessDay: (day: DayNumber) => boolean;
  /** `day` itself when it is a business day, else the next one. */
  readonly onOrAfter: (day: DayNumber) => DayNumber;
};

/** Made once a policy version; holds no state of any account. */
export function prepare(version: PolicyVersion): PreparedPolicy {
  const { policy } = version;
  const steps = prepareSteps(policy.steps);
  const calendar = businessCalendar(policy.calendar);
  const conditions = compileConditions(policy);
  return {
    version,
    steps,
    byId: new Map(steps.map((step) => [step.step.id, step])),
    conditions,
    exemptions: conditions.exemptions.map(({ exemption, ask }) => ({
      from: exemption.from,
      ask,
      remembered: isLasting(exemption.when) ? new WeakMap<AccountFacts, boolean>() : undefined,
    })),
    tolerance: minorAmounts(policy.tolerance),
    graceDays: policy.graceDays,
    promiseGraceDays: policy.promises.graceDays,
    calendar: dayCalendar(calendar.isBusinessDay),
    restsOnDaysOff: policy.calendar.onBusinessDaysOnly,
    movesDueDates: policy.calendar.dueDateOnDayOff === "next-business-day",
  };
}

/** Whether an expression asks only what does not change from day to day or currency to currency. */
const isLasting = (expression: string): boolean =>
  FACTS.every(({ name }) => LASTING.has(name) || !expression.includes(name));
const LASTING: ReadonlySet<string> = new Set(["customer.class", "customer.country", "customer.customers"]);

function prepareSteps(steps: readonly PolicyStep[]): readonly PreparedStep[] {
  let level = 0;
  return steps
    .map((step, place) => ({ step, place }))
    .sort((a, b) => a.step.daysPastDue - b.step.daysPastDue || a.place - b.place)
    .map(({ step, place }, rank) => {
      const tells = step.tell.length > 0;
      return {
        step,
        place,
        rank,
        minimum: minorAmounts(step.minimumOverdue ?? {}),
        tells,
        level: tells && step.daysPastDue > 0 ? ++level : 0,
      };
    });
}

/** Decimal text by currency as minor units; digits beyond the currency's are rounded up, so that a minimum stays a minimum. */
export function minorAmounts(amounts: Readonly<Record<string, string>>): ReadonlyMap<Currency, bigint> {
  const all = new Map<Currency, bigint>();
  for (const [currency, text] of Object.entries(amounts)) {
    if (!isCurrency(currency)) continue;
    const [whole = "0", part = ""] = text.split(".");
    const digits = exponentOf(currency);
    const kept = part.slice(0, digits).padEnd(digits, "0");
    all.set(currency, BigInt(whole + kept) + (/[1-9]/.test(part.slice(digits)) ? 1n : 0n));
  }
  return all;
}

/** Longest run of days off that is searched before the calendar is called broken. */
const DAYS_OFF_MAX = 60;
/** Business days are asked of the calendar once each; more days than this and the memory starts anew. */
const DAYS_REMEMBERED_MAX = 20_000;

function dayCalendar(isBusinessDay: (day: Temporal.PlainDate) => boolean): DayCalendar {
  const known = new Map<DayNumber, boolean>();
  const asked = (day: DayNumber): boolean => {
    let answer = known.get(day);
    if (answer === undefined) {
      if (known.size >= DAYS_REMEMBERED_MAX) known.clear();
      answer = isBusinessDay(plainDay(day));
      known.set(day, answer);
    }
    return answer;
  };
  return {
    isBusinessDay: asked,
    onOrAfter: (day) => {
      for (let ahead = 0; ahead <= DAYS_OFF_MAX; ahead++) if (asked(day + ahead)) return day + ahead;
      throw new Error(`no business day within ${DAYS_OFF_MAX} days of ${plainDay(day).toString()}`);
    },
  };
}
