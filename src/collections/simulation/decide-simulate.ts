import type { Currency } from "../../core/currency.ts";
import type { AccountHistory } from "../contract-history.ts";
import { type DayNumber, plainDay } from "../ladder/decide-days.ts";
import { type IndexedAccount, indexAccount, isActive, NEVER } from "../ladder/decide-index.ts";
import { policyFor, type PreparedPolicy } from "../ladder/decide-ladder.ts";
import { CURVE_DAYS, HISTORY_DAYS_MIN, RANGE, type ResponseModel } from "./contract-model.ts";
import {
  add,
  emptySide,
  observedSide,
  type OnDay,
  runSide,
  type Side,
  type Span,
  spanOf,
  type World,
  worldOf,
} from "./decide-side.ts";

/** A policy, or two, over a period. Without `against` the other side is what in fact happened. */
export type Setup = {
  readonly policy: PreparedPolicy;
  readonly against: PreparedPolicy | undefined;
  readonly from: Temporal.PlainDate;
  readonly to: Temporal.PlainDate;
  readonly model: ResponseModel;
};

export const WRONGS = ["paid-soon", "disputed", "hacked"] as const;
export type Wrong = { readonly why: (typeof WRONGS)[number]; readonly suspendedOn: DayNumber; readonly days: number };
/** One account under both. `base` is the policy compared with, or what was observed. */
export type AccountOutcome = {
  readonly accountId: string;
  readonly name: string;
  readonly base: Side;
  readonly draft: Side;
  readonly baseWrong: readonly Wrong[];
  readonly draftWrong: readonly Wrong[];
  /** What was true of it: the day its overdue was paid, holds, and how much was overdue at the most. */
  readonly truth: Truth;
};
export type Truth = {
  readonly holds: readonly string[];
  /** Exempt from access steps by the draft. */
  readonly customerClass: string | undefined;
  readonly paidOn: DayNumber | undefined;
};

/** Sums by currency over everything; amounts in minor units. */
export type CashCurve = {
  readonly due: bigint[];
  readonly observed: bigint[];
  readonly draft: bigint[];
  readonly low: bigint[];
  readonly high: bigint[];
};
export type DayCount = { letters: number; calls: number; freezes: number; suspensions: number };
export type Totals = {
  accounts: number;
  invoices: number;
  joinedLate: number;
  firstIssue: DayNumber | undefined;
  noticesKnown: number;
  readonly curves: Map<Currency, CashCurve>;
  /** Invoices settled late in the period, and the sum of the days they were late. */
  late: { count: number; observed: number; draft: number };
  readonly perDay: { readonly base: DayCount[]; readonly draft: DayCount[] };
};
export const emptyTotals = (setup: Pick<Setup, "from" | "to">): Totals => {
  const { from, to } = spanOf(setup.from, setup.to);
  const days = (): DayCount[] =>
    Array.from({ length: to - from + 1 }, () => ({ letters: 0, calls: 0, freezes: 0, suspensions: 0 }));
  return {
    accounts: 0,
    invoices: 0,
    joinedLate: 0,
    firstIssue: undefined,
    noticesKnown: 0,
    curves: new Map(),
    late: { count: 0, observed: 0, draft: 0 },
    perDay: { base: days(), draft: days() },
  };
};

/** Runs one account under both sides and adds what it does to the totals. Same input, same result: nothing is drawn by chance. */
export function simulateAccount(history: AccountHistory, setup: Setup, totals: Totals): AccountOutcome {
  const account = indexAccount(history);
  const span = spanOf(setup.from, setup.to);
  const { model } = setup;
  const on =
    (days: readonly DayCount[]): OnDay =>
    (day, what) => {
      const one = days[day - span.from];
      if (one === undefined) return;
      if (what === "letter") one.letters++;
      else if (what === "call") one.calls++;
      else if (what === "freeze") one.freezes++;
      else one.suspensions++;
    };
  const appliesTo = (policy: PreparedPolicy) => policyFor(history, [policy], setup.to) !== undefined;
  const base =
    setup.against === undefined
      ? observedSide(account, span, model)
      : appliesTo(setup.against)
        ? runSide(worldOf(account, span, []), span, {
            rules: { prepared: setup.against, model, effectPercent: undefined },
            onDay: on(totals.perDay.base),
          })
        : emptySide();
  const under = (effectPercent: number, onDay: OnDay) => {
    const world = worldOf(account, span, scaled(base.contacts, effectPercent));
    const rules = { prepared: setup.policy, model, effectPercent };
    const side = appliesTo(setup.policy) ? runSide(world, span, { rules, onDay }) : emptySide();
    return { world, side };
  };
  const given = under(RANGE.given, on(totals.perDay.draft));
  // An account that is touched by neither pays the same whatever is assumed.
  const isTouched = base.contacts.length > 0 || given.side.contacts.length > 0;
  const low = isTouched ? under(RANGE.low, NOBODY).world : given.world;
  const high = isTouched ? under(RANGE.high, NOBODY).world : given.world;
  summarise(totals, account, { span, worlds: { draft: given.world, low, high } });
  return {
    accountId: history.account.accountId,
    name: history.account.name,
    base,
    draft: given.side,
    baseWrong: wrongs(account, base, model),
    draftWrong: wrongs(account, given.side, model),
    truth: truthOf(account, base, given.side),
  };
}
const NOBODY: OnDay = () => {};
const scaled = (contacts: Side["contacts"], percent: number): Side["contacts"] =>
  percent === 100 ? contacts : contacts.map((one) => ({ ...one, days: Math.round((one.days * percent) / 100) }));

function summarise(
  totals: Totals,
  account: IndexedAccount,
  {
    span,
    worlds,
  }: { readonly span: Span; readonly worlds: { readonly draft: World; readonly low: World; readonly high: World } },
): void {
  totals.accounts++;
  totals.noticesKnown += account.notices.length;
  let first = NEVER;
  for (const [n, invoice] of account.invoices.entries()) {
    first = Math.min(first, invoice.issue);
    if (invoice.source.claim !== undefined || invoice.soldFrom !== NEVER) continue;
    if (invoice.due < span.from || invoice.due > span.to || invoice.issue > span.to) continue;
    totals.invoices++;
    const rows = {
      observed: invoice.applied,
      draft: worlds.draft.invoices[n]?.applied,
      low: worlds.low.invoices[n]?.applied,
      high: worlds.high.invoices[n]?.applied,
    };
    const { currency, amountMinor } = invoice.source;
    let curve = totals.curves.get(currency);
    if (curve === undefined)
      totals.curves.set(
        currency,
        (curve = { due: zeros(), observed: zeros(), draft: zeros(), low: zeros(), high: zeros() }),
      );
    for (const [k, days] of CURVE_DAYS.entries()) {
      // What fell due too lately to have been that old is not asked how old it got.
      if (invoice.due + days > span.to) break;
      curve.due[k] = (curve.due[k] ?? 0n) + amountMinor;
      for (const side of ["observed", "draft", "low", "high"] as const)
        curve[side][k] = (curve[side][k] ?? 0n) + paidBy(rows[side] ?? [], invoice.due + days, amountMinor);
    }
    lateness(totals, { due: invoice.due, amountMinor, observed: rows.observed, draft: rows.draft ?? [], to: span.to });
  }
  if (first !== NEVER && first > span.to - HISTORY_DAYS_MIN) totals.joinedLate++;
  if (first !== NEVER) totals.firstIssue = Math.min(totals.firstIssue ?? first, first);
}
const zeros = (): bigint[] => CURVE_DAYS.map(() => 0n);

type Applied = readonly { readonly day: DayNumber; readonly amountMinor: bigint }[];
function paidBy(applied: Applied, day: DayNumber, mostMinor: bigint): bigint {
  let sum = 0n;
  for (const row of applied) if (row.day <= day) sum += row.amountMinor;
  return sum < 0n ? 0n : sum > mostMinor ? mostMinor : sum;
}
/** First day on which it was paid in full. */
function settledOn(applied: Applied, amountMinor: bigint): DayNumber {
  let last = -NEVER;
  let sum = 0n;
  for (const row of applied) {
    sum += row.amountMinor;
    if (row.amountMinor > 0n) last = Math.max(last, row.day);
  }
  return sum >= amountMinor ? last : NEVER;
}
function lateness(
  totals: Totals,
  {
    due,
    amountMinor,
    observed,
    draft,
    to,
  }: {
    readonly due: DayNumber;
    readonly amountMinor: bigint;
    readonly observed: Applied;
    readonly draft: Applied;
    readonly to: DayNumber;
  },
): void {
  const was = settledOn(observed, amountMinor);
  if (was === NEVER || was <= due || was > to) return;
  totals.late.count++;
  totals.late.observed += was - due;
  totals.late.draft += Math.max(0, settledOn(draft, amountMinor) - due);
}

/** Suspensions that what came soon after shows to have been wrong, by what was in fact paid and held: not by what the model assumes. */
function wrongs(account: IndexedAccount, side: Side, model: ResponseModel): readonly Wrong[] {
  return side.suspensions.flatMap((suspendedOn): readonly Wrong[] => {
    for (let days = 0; days <= model.wrongDays; days++) {
      const day = suspendedOn + days;
      const hold = account.holds.find((one) => isActive(one, day) && one.from > suspendedOn - 1);
      if (hold?.source.kind === "hacked" || hold?.source.kind === "fraud-case")
        return [{ why: "hacked", suspendedOn, days }];
      if (hold?.source.kind === "dispute") return [{ why: "disputed", suspendedOn, days }];
      if (days > 0 && isClear(account, suspendedOn, day)) return [{ why: "paid-soon", suspendedOn, days }];
    }
    return [];
  });
}
/** Whether everything that was late on `then` is paid at the end of `day`. */
function isClear(account: IndexedAccount, then: DayNumber, day: DayNumber): boolean {
  for (const { due, issue, source, applied, soldFrom } of account.invoices) {
    if (issue > then || due >= then || source.claim !== undefined || soldFrom <= then) continue;
    let [before, after] = [source.amountMinor, source.amountMinor];
    for (const row of applied) {
      if (row.day <= then) before -= row.amountMinor;
      if (row.day <= day) after -= row.amountMinor;
    }
    if (before > 0n && after > 0n) return false;
  }
  return true;
}

/** Days after an action that are searched for the payment that ended it. */
const PAID_WITHIN_DAYS = 365;
function truthOf(account: IndexedAccount, base: Side, draft: Side): Truth {
  const acted = [base.suspendedOn, draft.suspendedOn, base.frozenOn, draft.frozenOn].find((one) => one !== undefined);
  let paidOn: DayNumber | undefined;
  if (acted !== undefined)
    for (let day = acted; day <= acted + PAID_WITHIN_DAYS; day++)
      if (isClear(account, acted, day)) {
        paidOn = day;
        break;
      }
  return {
    holds: [...new Set(account.holds.map(({ source }) => source.kind))],
    customerClass: account.history.account.customerClass,
    paidOn,
  };
}

/** A day number as ISO text; null where there is none. */
export const isoDay = (day: DayNumber | undefined): string | null =>
  day === undefined || day === NEVER || day === -NEVER ? null : plainDay(day).toString();
export const addAll = (to: Map<string, bigint>, from: ReadonlyMap<string, bigint>): void => {
  for (const [currency, minor] of from) add(to, currency, minor);
};
