import type { Currency } from "../core/currency.ts";
import { type Money, money } from "../core/money.ts";
import { daysBetween } from "../core/time.ts";
import type { AccountScore, Reading } from "./contract.ts";
import type { AccountHistory } from "./contract-history.ts";
import type { LadderState } from "./contract-ladder.ts";
import type { PolicyVersion } from "./contract-policy.ts";
import { foldName } from "./decide-list.ts";
import type { StateToWrite } from "./store-state.ts";

/** The row of an account in lists: derived from its state, never read to decide anything. */

export type RowAsk = {
  readonly history: AccountHistory;
  /** undefined = no policy applies. */
  readonly state: LadderState | undefined;
  readonly version: PolicyVersion | undefined;
  readonly day: Temporal.PlainDate;
  readonly zone: string;
  readonly now: Temporal.Instant;
  /** The day's telling was decided in this look. */
  readonly toldDay: Temporal.PlainDate | undefined;
  readonly score: AccountScore | undefined;
  readonly reporting: Currency;
  readonly convert: (amount: Money, to: Currency) => Money | undefined;
  /** How promises stand, counted. */
  readonly promises: { readonly kept: number; readonly broken: number };
};

/** Past due and owed although no step counts it: it stays in sight. Sold debt is not ours, and what credits cover is paid. */
const STILL_OWED: ReadonlySet<string | undefined> = new Set(["promised", "disputed", "claim"]);
const restingItems = (of: LadderState["currencies"][number]) =>
  of.items.filter((item) => item.daysPastDue > 0 && STILL_OWED.has(item.leftOut));

/**
 * What is past due after credits, currency by currency; what is promised or disputed included. Without a policy: everything past due, as
 * nothing says what counts.
 */
export function overdueOf({ history, state, day }: Pick<RowAsk, "history" | "state" | "day">): readonly Money[] {
  if (state !== undefined)
    return state.currencies
      .map((of) =>
        money(
          restingItems(of).reduce((sum, item) => sum + item.openMinor, of.netOverdueMinor),
          of.currency,
        ),
      )
      .filter((one) => one.minor > 0n);
  const sums = new Map<Currency, bigint>();
  for (const invoice of history.invoices) {
    if (Temporal.PlainDate.compare(invoice.dueDay, day) >= 0) continue;
    sums.set(invoice.currency, (sums.get(invoice.currency) ?? 0n) + openOn(invoice, day));
  }
  return [...sums].filter(([, minor]) => minor > 0n).map(([currency, minor]) => money(minor, currency));
}

function openOn({ amountMinor, applied }: AccountHistory["invoices"][number], day: Temporal.PlainDate): bigint {
  let open = amountMinor;
  for (const one of applied) if (Temporal.PlainDate.compare(one.day, day) <= 0) open -= one.amountMinor;
  return open;
}

export function rowOf(ask: RowAsk): StateToWrite {
  const { history, state, version, day, score, toldDay } = ask;
  const { account } = history;
  const overdue = overdueOf(ask);
  const isHeld = heldBy(state) !== undefined;
  const bps = (chance: number | undefined): number | null =>
    chance === undefined ? null : Math.round(Math.min(1, Math.max(0, chance)) * 10_000);
  return {
    account_id: account.accountId,
    name: account.name,
    name_key: foldName(account.name),
    country: account.country ?? null,
    customer_class: account.customerClass ?? null,
    pays_for: Math.max(0, account.customerIds.length - 1),
    zone: ask.zone,
    day: day.toString(),
    told_day: toldDay?.toString() ?? null,
    evaluated_at: ask.now.toString(),
    policy_id: version?.policy.id ?? null,
    policy_version: version?.version ?? null,
    ...stepOf(state, version),
    overdue: overdue.map(({ minor, currency }) => ({ minor: minor.toString(), currency })),
    ...inReporting(overdue, ask),
    is_overdue: overdue.length > 0,
    overdue_invoices: state?.currencies.reduce((sum, one) => sum + one.invoices, 0) ?? lateInvoices(history, day),
    next_due_day: nextDue(history, day)?.toString() ?? null,
    tells: state?.tell?.stepId ?? null,
    resting: (state?.resting ?? []).map(({ why, id, until, invoiceIds }) => ({
      why,
      id: id ?? null,
      until: until?.toString() ?? null,
      invoiceIds,
    })),
    is_held: isHeld,
    is_exempt: isExempt(state),
    chance_bps: bps(score?.chance),
    contacted_bps: bps(score?.chanceIfContacted),
    // Held and exempt accounts stay visible; a contact with them is worth nothing, which is known.
    value_minor: isHeld ? "0" : (score?.value?.minor.toString() ?? null),
    reasons: score?.reasons ?? [],
    reading: readingOf(ask),
    last_told_on: lastTold(history, day)?.toString() ?? null,
  };
}

function stepOf(state: LadderState | undefined, version: PolicyVersion | undefined) {
  const index = version?.policy.steps.findIndex((step) => step.id === state?.step) ?? -1;
  return {
    step: state?.step ?? null,
    step_index: index,
    days: state?.carrying?.daysPastDue ?? oldestResting(state) ?? null,
    next_day: state?.next?.day.toString() ?? null,
    next_step: state?.next?.stepId ?? null,
    next_what: state?.next?.what ?? null,
  };
}

function oldestResting(state: LadderState | undefined): number | undefined {
  const ages = (state?.currencies ?? []).flatMap((of) => restingItems(of).map((item) => item.daysPastDue));
  return ages.length === 0 ? undefined : Math.max(...ages);
}

function inReporting(overdue: readonly Money[], { reporting, convert }: RowAsk) {
  let minor: bigint | undefined = 0n;
  for (const amount of overdue) {
    const converted = convert(amount, reporting);
    minor = minor === undefined || converted === undefined ? undefined : minor + converted.minor;
  }
  return { overdue_minor: minor?.toString() ?? null, overdue_currency: reporting };
}

const lateInvoices = (history: AccountHistory, day: Temporal.PlainDate): number =>
  history.invoices.filter((invoice) => Temporal.PlainDate.compare(invoice.dueDay, day) < 0 && openOn(invoice, day) > 0n)
    .length;

function nextDue({ invoices }: AccountHistory, day: Temporal.PlainDate): Temporal.PlainDate | undefined {
  let first: Temporal.PlainDate | undefined;
  for (const invoice of invoices) {
    const { dueDay } = invoice;
    // Cheapest first: days are compared a million times a night.
    if (dueDay === first || (first !== undefined && Temporal.PlainDate.compare(dueDay, first) >= 0)) continue;
    if (Temporal.PlainDate.compare(dueDay, day) >= 0 && openOn(invoice, day) > 0n) first = dueDay;
  }
  return first;
}

/** What rests the whole account, a promise for all of it included; days off and grace are no hold. */
export const heldBy = (state: LadderState | undefined): string | undefined =>
  state?.resting.find(({ why, invoiceIds }) => invoiceIds.length === 0 && !NOT_HELD.has(why))?.why;
const NOT_HELD: ReadonlySet<string> = new Set(["day-off", "grace", "exempt"]);

const isExempt = (state: LadderState | undefined): boolean =>
  state !== undefined &&
  (state.resting.some(({ why }) => why === "exempt") ||
    state.effects.some(({ waiting }) => waiting.some((one) => one.kind === "resting" && one.why === "exempt")));

export function lastTold({ notices }: AccountHistory, day: Temporal.PlainDate): Temporal.PlainDate | undefined {
  let last: Temporal.PlainDate | undefined;
  for (const { sentOn, failedOn } of notices) {
    if (sentOn === undefined || failedOn !== undefined || Temporal.PlainDate.compare(sentOn, day) > 0) continue;
    if (last === undefined || Temporal.PlainDate.compare(sentOn, last) > 0) last = sentOn;
  }
  return last;
}

/** Days since the first sight of a customer in which nothing is known of how it pays. */
const NEW_DAYS = 90;
/** Days in which a letter that came back says that the address is wrong. */
const RETURNED_DAYS = 60;
/** Notices that reached a debtor who neither paid nor answered before we ask whether it will. */
const IGNORED_NOTICES = 3;
const IGNORED_DAYS = 30;

/** What the desk would say of an account, always with a question mark: first what is certain, then what is likely. */
function readingOf(ask: RowAsk): Reading {
  const { history, state, day, promises } = ask;
  if (heldBy(state) !== undefined) return "held";
  if (isExempt(state)) return "exempt";
  if (cameBack(history, day)) return "wrong-address";
  if (promises.broken > 1 || (promises.broken > 0 && promises.kept === 0)) return "cannot-pay";
  const since = history.account.customerSince;
  if (since !== undefined && daysBetween(since, day) < NEW_DAYS) return "new";
  const age = state?.carrying?.daysPastDue ?? 0;
  if (age >= IGNORED_DAYS && promises.kept === 0 && reached(history, state) >= IGNORED_NOTICES) return "will-not-pay";
  return promises.kept > 0 || age > 0 ? "slow" : "unclear";
}

function cameBack({ notices }: AccountHistory, day: Temporal.PlainDate): boolean {
  const failed = notices.filter(
    (one) =>
      one.failedOn !== undefined &&
      one.channel !== "call" &&
      daysBetween(one.failedOn, day) >= 0 &&
      daysBetween(one.failedOn, day) <= RETURNED_DAYS,
  );
  return failed.some(
    (bad) =>
      !notices.some(
        (good) =>
          good.channel === bad.channel &&
          good.failedOn === undefined &&
          good.sentOn !== undefined &&
          bad.failedOn !== undefined &&
          Temporal.PlainDate.compare(good.sentOn, bad.failedOn) > 0,
      ),
  );
}

/** Steps of which the customer was in fact told for the invoice that carries the account. */
const reached = ({ notices }: AccountHistory, state: LadderState | undefined): number =>
  new Set(
    notices
      .filter(
        (one) =>
          one.sentOn !== undefined &&
          one.failedOn === undefined &&
          state?.carrying !== undefined &&
          one.invoiceIds.includes(state.carrying.invoiceId),
      )
      .map((one) => one.stepId),
  ).size;
