import type { Currency } from "../../core/currency.ts";
import type { EffectKind } from "../contract-policy.ts";
import { carryOut, type Living } from "../evaluate/decide-live.ts";
import { type DayNumber, dayNumber, plainDay } from "../ladder/decide-days.ts";
import { dueOn, type IndexedAccount, type IndexedInvoice, openOn } from "../ladder/decide-index.ts";
import { ladderStateOn, type PreparedPolicy } from "../ladder/decide-ladder.ts";
import type { ResponseModel } from "./contract-model.ts";

/** Something that reached the customer, and by how many days it brings payments forward. `invoices` undefined = all. */
export type Contact = {
  readonly day: DayNumber;
  readonly days: number;
  readonly invoices: ReadonlySet<string> | undefined;
};
export type Span = { readonly from: DayNumber; readonly to: DayNumber };
type Minor = Map<Currency, bigint>;
/** What one policy did to one account. */
export type Side = {
  letters: number;
  calls: number;
  approvals: number;
  toldOn: DayNumber | undefined;
  frozenOn: DayNumber | undefined;
  frozenDays: number;
  suspendedOn: DayNumber | undefined;
  suspendedDays: number;
  handedOn: DayNumber | undefined;
  renewalStoppedOn: DayNumber | undefined;
  restedDays: number;
  readonly suspensions: DayNumber[];
  readonly contacts: Contact[];
  readonly writtenOff: Minor;
  /** Overdue after credits when the period ends. */
  readonly overdueEnd: Minor;
  /** Invoiced while purchases stood still. */
  readonly frozenIssued: Minor;
};
export const emptySide = (): Side => ({
  letters: 0,
  calls: 0,
  approvals: 0,
  toldOn: undefined,
  frozenOn: undefined,
  frozenDays: 0,
  suspendedOn: undefined,
  suspendedDays: 0,
  handedOn: undefined,
  renewalStoppedOn: undefined,
  restedDays: 0,
  suspensions: [],
  contacts: [],
  writtenOff: new Map(),
  overdueEnd: new Map(),
  frozenIssued: new Map(),
});

export const SUSPENDS: ReadonlySet<EffectKind> = new Set(["suspend-seats", "cancel-azure", "terminate"]);
const ASSUME = { notices: "assume-sent", effects: "assume-done" } as const;

/** Payments as they would have come: the days of what was applied may move, nothing else does. */
export type World = Omit<Living, "invoices"> & { readonly invoices: readonly WorldInvoice[] };
type WorldInvoice = Omit<IndexedInvoice, "applied"> & { readonly applied: { day: DayNumber; amountMinor: bigint }[] };

/** A world in which the contacts of `base` never happened: payments that followed them come as much later. */
export function worldOf(account: IndexedAccount, span: Span, base: readonly Contact[]): World {
  return {
    ...account,
    invoices: account.invoices.map((invoice) => ({
      ...invoice,
      applied: invoice.applied.map(({ day, amountMinor }) => ({
        day: amountMinor > 0n ? day + broughtForward(invoice.source.invoiceId, day, base) : day,
        amountMinor,
      })),
    })),
    notices: account.notices.filter(({ decided }) => decided < span.from),
    effects: account.effects.filter(({ done }) => done < span.from),
  };
}
function broughtForward(invoiceId: string, day: DayNumber, base: readonly Contact[]): number {
  let days = 0;
  for (const contact of base)
    if (contact.day < day && (contact.invoices === undefined || contact.invoices.has(invoiceId))) days += contact.days;
  return days;
}

/** Payments still to come move forward by the contact's days, never before the day after it. */
function answer(world: World, contact: Contact): void {
  if (contact.days === 0) return;
  for (const invoice of world.invoices) {
    if (contact.invoices !== undefined && !contact.invoices.has(invoice.source.invoiceId)) continue;
    for (const row of invoice.applied)
      if (row.amountMinor > 0n && row.day > contact.day) row.day = Math.max(contact.day + 1, row.day - contact.days);
  }
}

export type Rules = {
  readonly prepared: PreparedPolicy;
  readonly model: ResponseModel;
  /** Percent of the model's effect; undefined = payments stay where they are. */
  readonly effectPercent: number | undefined;
};
/** Called for each day on which something is done. */
export type OnDay = (day: DayNumber, what: "letter" | "call" | "freeze" | "suspend") => void;

/** Lives through the period under one policy. A day's decision sees what is dated up to that day, and nothing later. */
export function runSide(
  world: World,
  span: Span,
  { rules, onDay }: { readonly rules: Rules; readonly onDay: OnDay },
): Side {
  const side = emptySide();
  const open = openInvoices(world);
  // A promise is judged by everything that was paid; without one only what is open is looked at.
  const seen: World = world.promises.length > 0 ? world : { ...world, invoices: open.now };
  for (let day = span.from; day <= span.to; day++) {
    open.moveTo(day);
    const state = ladderStateOn(seen, rules.prepared, plainDay(day));
    if (state.resting.some(({ why }) => why !== "day-off" && why !== "grace")) side.restedDays++;
    const done = carryOut(world, state, ASSUME);
    const contacts = contactsOf(state, done, { day, side, rules, onDay });
    for (const contact of contacts) {
      side.contacts.push(contact);
      if (rules.effectPercent !== undefined) answer(world, contact);
    }
    for (const { currency, netOverdueMinor } of day === span.to ? state.currencies : NONE)
      if (netOverdueMinor > 0n) side.overdueEnd.set(currency, netOverdueMinor);
    if (world.effects.length > 0) count(world, side, day);
  }
  return side;
}
const NONE: readonly never[] = [];

/** The invoices that may be open on a day: those issued, less those that are paid for good. `now` is one list that changes from day to day. */
function openInvoices(world: World): { readonly now: WorldInvoice[]; readonly moveTo: (day: DayNumber) => void } {
  const coming = world.invoices.toSorted((a, b) => b.issue - a.issue);
  const now: WorldInvoice[] = [];
  return {
    now,
    moveTo: (day) => {
      for (let next = coming.at(-1); next !== undefined && next.issue <= day; next = coming.at(-1)) {
        now.push(next);
        coming.pop();
      }
      let kept = 0;
      for (const invoice of now) if (!isPaidForGood(invoice, day)) now[kept++] = invoice;
      now.length = kept;
    },
  };
}
function isPaidForGood({ source, applied }: WorldInvoice, day: DayNumber): boolean {
  let left = source.amountMinor;
  for (const row of applied) {
    if (row.day > day) return false;
    left -= row.amountMinor;
  }
  return left <= 0n;
}

/** Days frozen and suspended, and what was invoiced meanwhile. */
function count(world: World, side: Side, day: DayNumber): void {
  let [frozen, suspended] = [false, false];
  for (const { source, done, undone } of world.effects) {
    if (done > day || undone <= day) continue;
    if (source.kind === "freeze-purchases") frozen = true;
    if (SUSPENDS.has(source.kind)) suspended = true;
  }
  if (suspended) side.suspendedDays++;
  if (!frozen) return;
  side.frozenDays++;
  for (const { issue, source } of world.invoices)
    if (issue === day && source.claim === undefined) add(side.frozenIssued, source.currency, source.amountMinor);
}

type Doing = { readonly day: DayNumber; readonly side: Side; readonly rules: Rules; readonly onDay: OnDay };
function contactsOf(
  state: ReturnType<typeof ladderStateOn>,
  done: ReturnType<typeof carryOut>,
  { day, side, rules, onDay }: Doing,
): readonly Contact[] {
  const { model } = rules;
  const contacts: Contact[] = [];
  const percent = rules.effectPercent ?? 100;
  const contact = (days: number, invoices: ReadonlySet<string> | undefined) =>
    contacts.push({ day, days: Math.round((days * percent) / 100), invoices });
  const isLate = (state.carrying?.daysPastDue ?? 0) > 0;
  if (done.told && state.tell !== undefined) {
    const calls = state.tell.channels.filter(({ channel }) => channel === "call").length;
    side.calls += calls;
    const letters = state.tell.channels.length - calls;
    side.letters += letters;
    side.toldOn ??= day;
    for (let n = 0; n < calls; n++) onDay(day, "call");
    for (let n = 0; n < letters; n++) onDay(day, "letter");
    // A heads-up before the due date moves nothing: it is not known to.
    if (isLate)
      contact(
        calls > 0 ? model.callDays : model.letterDays,
        new Set([...state.tell.invoiceIds, ...state.tell.listedIds]),
      );
  }
  for (const kind of done.acted) {
    if (state.effects.find((one) => one.kind === kind)?.waiting.some((one) => one.kind === "approval") === true)
      side.approvals++;
    if (kind === "freeze-purchases") {
      side.frozenOn ??= day;
      onDay(day, "freeze");
      contact(model.freezeDays, undefined);
    } else if (SUSPENDS.has(kind)) {
      side.suspendedOn ??= day;
      if (side.suspensions.at(-1) !== day) side.suspensions.push(day);
      onDay(day, "suspend");
      contact(model.suspendDays, undefined);
    } else if (kind === "hand-over") side.handedOn ??= day;
    else if (kind === "auto-renew-off") side.renewalStoppedOn ??= day;
    else if (kind === "write-off")
      for (const { currency, netOverdueMinor } of state.currencies) add(side.writtenOff, currency, netOverdueMinor);
  }
  return contacts;
}
export const add = (to: Map<string, bigint>, key: string, minor: bigint): void =>
  void (minor === 0n ? 0 : to.set(key, (to.get(key) ?? 0n) + minor));

/** What in fact happened, from the facts alone: letters and effects that are on record. */
export function observedSide(account: IndexedAccount, span: Span, model: ResponseModel): Side {
  const side = emptySide();
  const within = (day: DayNumber) => day >= span.from && day <= span.to;
  for (const notice of account.notices) {
    if (!within(notice.sent) || notice.failed <= span.to) continue;
    if (notice.channel === "call") side.calls++;
    else side.letters++;
    side.toldOn = Math.min(side.toldOn ?? notice.sent, notice.sent);
    const days = notice.channel === "call" ? model.callDays : model.letterDays;
    side.contacts.push({ day: notice.sent, days, invoices: new Set(notice.invoiceIds) });
  }
  for (const { source, done, undone } of account.effects) {
    if (!within(done)) continue;
    const days = Math.min(undone, span.to + 1) - done;
    if (source.kind === "freeze-purchases") {
      side.frozenOn = Math.min(side.frozenOn ?? done, done);
      side.frozenDays += days;
      side.contacts.push({ day: done, days: model.freezeDays, invoices: undefined });
    } else if (SUSPENDS.has(source.kind)) {
      side.suspendedOn = Math.min(side.suspendedOn ?? done, done);
      side.suspendedDays += days;
      side.suspensions.push(done);
      side.contacts.push({ day: done, days: model.suspendDays, invoices: undefined });
    } else if (source.kind === "hand-over") side.handedOn = Math.min(side.handedOn ?? done, done);
  }
  for (const invoice of account.invoices) {
    const open = openOn(invoice, span.to);
    if (open > 0n && dueOn(invoice, span.to) < span.to) add(side.overdueEnd, invoice.source.currency, open);
  }
  return side;
}

/** The period as day numbers. */
export const spanOf = (from: Temporal.PlainDate, to: Temporal.PlainDate): Span => ({
  from: dayNumber(from),
  to: dayNumber(to),
});
