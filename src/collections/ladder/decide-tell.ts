import type { PlannedNotice, Resting, TellWaits } from "../contract-ladder.ts";
import { type DayNumber, plainDay } from "./decide-days.ts";
import { type Figures, isLate, type Item, type Moment } from "./decide-figures.ts";
import { NEVER } from "./decide-index.ts";
import { isHeadsUp, type Match } from "./decide-match.ts";
import type { PreparedStep } from "./decide-prepare.ts";

/** How far a step's notice got for one invoice. */
export type Told =
  | { readonly kind: "told"; readonly on: DayNumber }
  /** Not told, and need not be: a later step was told in a letter that listed the invoice, on that day. */
  | { readonly kind: "superseded"; readonly on: DayNumber }
  | { readonly kind: "on-its-way" }
  | { readonly kind: "failed"; readonly decided: DayNumber }
  | { readonly kind: "untold" };
export const isSettled = (told: Told): told is Extract<Told, { on: DayNumber }> =>
  told.kind === "told" || told.kind === "superseded";

/** Days that a notice which failed keeps its step from being tried again: time to mend the address. */
export const RETRY_AFTER_DAYS = 2;

/** Day on which the step's notice counted as sent for the invoice; NEVER if not. Sent by one channel is told. */
export function toldOn(moment: Moment, step: PreparedStep, item: Item): DayNumber {
  const { day, account } = moment;
  let on = NEVER;
  for (const notice of account.notices) {
    if (notice.stepId !== step.step.id || notice.sent > day || notice.failed <= day) continue;
    if (notice.sent < on && notice.invoiceIds.includes(item.invoice.source.invoiceId)) on = notice.sent;
  }
  if (step.level === 0) return on;
  const reached = earlierLevel(moment, item);
  return step.level <= reached.level && reached.on < on ? reached.on : on;
}

/**
 * The reminder level that other steps than the policy's own had reached: what an earlier system told, or an earlier version of the policy
 * whose steps this one no longer has. Level n stands for the first n telling steps: nobody is started again.
 */
function earlierLevel(moment: Moment, item: Item): { readonly level: number; readonly on: DayNumber } {
  const { day, account, prepared } = moment;
  const source = item.invoice.source;
  const isKnown = source.reminded !== undefined && item.invoice.remindedOn <= day;
  let level = isKnown ? (source.reminded?.level ?? 0) : 0;
  let on = isKnown ? item.invoice.remindedOn : NEVER;
  let gone: Set<string> | undefined;
  for (const notice of account.notices) {
    if (prepared.byId.has(notice.stepId) || notice.sent > day || notice.failed <= day) continue;
    if (!notice.invoiceIds.includes(source.invoiceId)) continue;
    (gone ??= new Set()).add(notice.stepId);
    on = on === NEVER ? notice.sent : Math.max(on, notice.sent);
  }
  if (gone !== undefined && gone.size > level) level = gone.size;
  return { level, on };
}

/**
 * How far a matching step's notice got, for every invoice that drives it: in each currency the oldest. The first that lacks it decides.
 * @param worst the worst matching step that tells: the step the age deserves, never superseded by a letter for another invoice
 */
export function toldOf(moment: Moment, match: Match, worst: PreparedStep | undefined): Told {
  let told = toldFor(moment, match.step, { driver: match.driver, worst });
  for (const driver of match.others) {
    if (!isSettled(told)) return told;
    const other = toldFor(moment, match.step, { driver, worst, isListingEnough: true });
    if (!isSettled(other)) return other;
    if (other.on > told.on) told = other;
  }
  return told;
}

type For = {
  readonly driver: Item;
  readonly worst: PreparedStep | undefined;
  /** A driver in a further currency: a letter of the same step that listed it is enough. */
  readonly isListingEnough?: boolean;
};
function toldFor(moment: Moment, step: PreparedStep, { driver, worst, isListingEnough = false }: For): Told {
  const on = toldOn(moment, step, driver);
  if (on !== NEVER) return { kind: "told", on };
  const { day, account, prepared } = moment;
  const invoiceId = driver.invoice.source.invoiceId;
  let failed = -NEVER;
  let onItsWay = false;
  let superseded = NEVER;
  for (const notice of account.notices) {
    if (notice.decided > day) continue;
    const isFor = notice.invoiceIds.includes(invoiceId);
    if (notice.stepId === step.step.id) {
      const listedOn = notice.sent <= day && notice.failed > day && notice.sent > driver.due ? notice.sent : NEVER;
      if (isListingEnough) superseded = Math.min(superseded, listedOn);
      if (!isFor) continue;
      if (notice.failed <= day) failed = Math.max(failed, notice.decided);
      else onItsWay = true;
      continue;
    }
    const later = prepared.byId.get(notice.stepId);
    if (later === undefined || later.rank <= step.rank || notice.sent > day || notice.failed <= day) continue;
    // Sent once the invoice was past due, a letter listed it: the customer was told of it in a firmer one.
    if (isFor || (step !== worst && notice.sent > driver.due)) superseded = Math.min(superseded, notice.sent);
  }
  if (onItsWay) return { kind: "on-its-way" };
  if (failed !== -NEVER) return { kind: "failed", decided: failed };
  if (superseded === NEVER && step.level === 0 && step !== worst) superseded = importedFor(moment, driver);
  return superseded === NEVER ? { kind: "untold" } : { kind: "superseded", on: superseded };
}

/** A step before the due date is behind any reminder that an earlier system sent. */
function importedFor(moment: Moment, driver: Item): DayNumber {
  const reached = earlierLevel(moment, driver);
  return reached.level > 0 ? reached.on : NEVER;
}

export type Telling = { readonly tell: PlannedNotice | undefined; readonly waits: TellWaits | undefined };
const NOTHING_TO_TELL: Telling = { tell: undefined, waits: undefined };

/** The one notice of the day, or why the next one waits. */
export function tellingOn(
  moment: Moment,
  matches: readonly Match[],
  at: {
    readonly figures: readonly Figures[];
    readonly rests: Resting | undefined;
    readonly exempt: ReadonlySet<string>;
    readonly toldBy: (match: Match) => Told;
  },
): Telling {
  const { day, account } = moment;
  const next = matches.find((match) => match.step.tells && !isSettled(at.toldBy(match)));
  if (next === undefined) return NOTHING_TO_TELL;
  const stepId = next.step.step.id;
  const waits = (why: TellWaits["why"], until: DayNumber | undefined): Telling => ({
    tell: undefined,
    waits: { stepId, why, until: until === undefined || until === NEVER ? undefined : plainDay(until) },
  });
  if (at.rests !== undefined) return { tell: undefined, waits: { stepId, why: at.rests.why, until: at.rests.until } };
  const told = at.toldBy(next);
  if (told.kind === "on-its-way") return waits("on-its-way", undefined);
  if (account.notices.some((notice) => notice.decided === day)) return waits("told-today", day + 1);
  if (account.notices.some((notice) => isPending(notice, day))) return waits("on-its-way", undefined);
  if (told.kind === "failed" && told.decided + RETRY_AFTER_DAYS > day)
    return waits("gap", told.decided + RETRY_AFTER_DAYS);
  const from = gapEnd(moment, next);
  if (from > day) return waits("gap", from);
  const reachable = account.history.account.reachable;
  const channels = next.step.step.tell.filter(({ channel }) => reachable.includes(channel));
  if (channels.length === 0) return waits("no-address", undefined);
  return {
    tell: {
      stepId,
      channels,
      ...listed(moment, at.figures, next.step),
      charges: at.exempt.has("charges") ? [] : next.step.step.charges,
    },
    waits: undefined,
  };
}

/** Days a letter may be on its way before the next one no longer waits for it. Calls are tasks for people and hold back only their own step. */
const ON_ITS_WAY_DAYS_MAX = 7;
const isPending = (notice: Moment["account"]["notices"][number], day: DayNumber): boolean =>
  notice.channel !== "call" &&
  notice.decided <= day &&
  notice.decided + ON_ITS_WAY_DAYS_MAX > day &&
  notice.sent > day &&
  notice.failed > day;

/** First day on which `next` may follow the last notice the account got: the policy's own gap, or that notice's period if shorter. */
function gapEnd(moment: Moment, { step, driver }: Match): DayNumber {
  const { day, account, prepared } = moment;
  let from = -NEVER;
  const after = (last: PreparedStep | undefined, sent: DayNumber): void => {
    const days = last === undefined ? 1 : Math.min(step.step.daysPastDue - last.step.daysPastDue, last.step.noticeDays);
    from = Math.max(from, sent + Math.max(1, days));
  };
  for (const notice of account.notices)
    if (notice.sent <= day && notice.failed > day) after(prepared.byId.get(notice.stepId), notice.sent);
  const reached = earlierLevel(moment, driver);
  if (reached.level > 0)
    after(
      prepared.steps.findLast((one) => one.level > 0 && one.level <= reached.level),
      reached.on,
    );
  return from;
}

/** What the notice is for: invoices whose own age reached the step. Besides: every other late one that may be written about. */
function listed(
  { prepared }: Moment,
  figures: readonly Figures[],
  step: PreparedStep,
): { readonly invoiceIds: readonly string[]; readonly listedIds: readonly string[] } {
  const invoiceIds: string[] = [];
  const listedIds: string[] = [];
  for (const one of figures) {
    for (const item of one.items) {
      const { leftOut } = item;
      if (leftOut === "disputed" || leftOut === "sold" || leftOut === "promised") continue;
      const late = isLate(item, prepared.graceDays);
      const reached = item.age >= step.step.daysPastDue && (late || isHeadsUp(step));
      if (leftOut === undefined && reached) invoiceIds.push(item.invoice.source.invoiceId);
      else if (late) listedIds.push(item.invoice.source.invoiceId);
    }
  }
  return { invoiceIds, listedIds };
}
