import type { Resting } from "../contract-ladder.ts";
import type { PolicyFacts } from "../policy/decide-facts.ts";
import { plainDay } from "./decide-days.ts";
import { type Figures, factsOf, type Moment } from "./decide-figures.ts";
import { isActive, NEVER } from "./decide-index.ts";
import { isResting } from "./decide-promises.ts";

export type Rests = {
  /** Everything that rests, for people to read. */
  readonly all: readonly Resting[];
  /** What keeps letters back today: a hold of the whole account, an exemption, a day off. */
  readonly letters: Resting | undefined;
  /** What keeps steps on access back. */
  readonly access: Resting | undefined;
  /** The hold of the whole account: nothing new happens at all. */
  readonly hold: Resting | undefined;
  /** What the account is exempt from: effects, "letters", "charges". */
  readonly exempt: ReadonlySet<string>;
};

const NONE: ReadonlySet<string> = new Set();
const EXEMPT: Resting = { why: "exempt", id: undefined, invoiceIds: [], until: undefined };

export function restsOn(moment: Moment, figures: readonly Figures[]): Rests {
  const all: Resting[] = [];
  const hold = holdsOn(moment, all);
  const { day, account, prepared } = moment;
  for (const promise of account.promises) {
    if (!isResting(promise, day, prepared.promiseGraceDays)) continue;
    const { promiseId, invoiceIds } = promise.source;
    const until = plainDay(Math.min(promise.due + prepared.promiseGraceDays + 1, promise.withdrawn));
    all.push({ why: "promise", id: promiseId, invoiceIds, until });
  }
  const inGrace = graceOn(moment, figures);
  if (inGrace !== undefined) all.push(inGrace);
  const exempt = exemptFrom(moment, figures);
  if (exempt.has("letters")) all.push(EXEMPT);
  const dayOff = dayOffOn(moment);
  if (dayOff !== undefined) all.push(dayOff);
  return {
    all,
    hold,
    exempt,
    letters: hold ?? (exempt.has("letters") ? EXEMPT : dayOff),
    access: hold ?? dayOff,
  };
}

/** Collects the holds of the day; gives the one of the whole account that ends last. */
function holdsOn({ account, day }: Moment, all: Resting[]): Resting | undefined {
  let worst: Resting | undefined;
  let ends = -NEVER;
  for (const hold of account.holds) {
    if (!isActive(hold, day)) continue;
    const { kind, holdId, invoiceId, until } = hold.source;
    const resting: Resting = { why: kind, id: holdId, invoiceIds: invoiceId === undefined ? [] : [invoiceId], until };
    all.push(resting);
    // Whatever its kind, a hold without an invoice rests the account; one with an invoice only that, if it is a dispute.
    if (kind === "dispute" && invoiceId !== undefined) continue;
    if (worst !== undefined && hold.until <= ends) continue;
    ends = hold.until;
    worst = { ...resting, invoiceIds: [] };
  }
  return worst;
}

/** Nothing counts as late yet, though the oldest invoice is past its due date. */
function graceOn({ prepared }: Moment, figures: readonly Figures[]): Resting | undefined {
  if (prepared.graceDays === 0) return undefined;
  const waiting = figures.flatMap(({ items }) =>
    items.filter((item) => item.leftOut === undefined && item.age > 0 && item.age <= prepared.graceDays),
  );
  const last = waiting.reduce((most, item) => Math.max(most, item.due), -NEVER);
  if (last === -NEVER) return undefined;
  const invoiceIds = waiting.map(({ invoice }) => invoice.source.invoiceId);
  return { why: "grace", id: undefined, invoiceIds, until: plainDay(last + prepared.graceDays + 1) };
}

function dayOffOn({ prepared, day }: Moment): Resting | undefined {
  if (!prepared.restsOnDaysOff || prepared.calendar.isBusinessDay(day)) return undefined;
  return { why: "day-off", id: undefined, invoiceIds: [], until: plainDay(prepared.calendar.onOrAfter(day)) };
}

/** An exemption holds if it does in any currency: what spares a customer is not undone by another currency. */
function exemptFrom(moment: Moment, figures: readonly Figures[]): ReadonlySet<string> {
  const { exemptions } = moment.prepared;
  if (exemptions.length === 0) return NONE;
  const customer = moment.account.history.account;
  let facts: readonly PolicyFacts[] | undefined;
  let from: Set<string> | undefined;
  for (const exemption of exemptions) {
    let holds = exemption.remembered?.get(customer);
    if (holds === undefined && figures.length > 0) {
      facts ??= figures.map((one) => factsOf(moment, one, one.currency));
      holds = facts.some((one) => exemption.ask(one).matches);
      exemption.remembered?.set(customer, holds);
    }
    if (holds === true) for (const what of exemption.from) (from ??= new Set()).add(what);
  }
  return from ?? NONE;
}
