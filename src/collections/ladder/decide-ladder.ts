import type { AccountHistory } from "../contract-history.ts";
import type { CurrencyState, LadderState, StepMatch } from "../contract-ladder.ts";
import { type DayNumber, dayNumber, plainDay } from "./decide-days.ts";
import { liftOn, wantedOn } from "./decide-effects.ts";
import { counts, customerFacts, type Figures, figuresOn, type Item, type Moment } from "./decide-figures.ts";
import { type IndexedAccount, indexAccount, isActive, NEVER } from "./decide-index.ts";
import { explain, type Match, matchesOn } from "./decide-match.ts";
import { nextOn } from "./decide-next.ts";
import type { PreparedPolicy } from "./decide-prepare.ts";
import { isResting } from "./decide-promises.ts";
import { restsOn } from "./decide-rest.ts";
import { type Told, tellingOn, toldOf, toldOn } from "./decide-tell.ts";

export { prepare, type PreparedPolicy } from "./decide-prepare.ts";

/**
 * What a policy says of an account on a day: its step, what is to be told, what should be in force and why it may not be yet. A pure function
 * of its three arguments; facts dated after `day` change nothing. `because` of the steps is left empty: `explainLadder` fills it in.
 */
export const ladderState = (history: AccountHistory, prepared: PreparedPolicy, day: Temporal.PlainDate): LadderState =>
  ladderStateOn(indexAccount(history), prepared, day);

/** As `ladderState`, and for every step each condition with what was asked and what was found. For pages and `evaluate`. */
export const explainLadder = (
  history: AccountHistory,
  prepared: PreparedPolicy,
  day: Temporal.PlainDate,
): LadderState => explainLadderOn(indexAccount(history), prepared, day);

export function explainLadderOn(
  account: IndexedAccount,
  prepared: PreparedPolicy,
  on: Temporal.PlainDate,
): LadderState {
  const moment: Moment = { account, prepared, day: dayNumber(on) };
  const state = ladderStateOn(account, prepared, on);
  const figures = figuresOn(moment);
  const closest = figures.reduce<Figures | undefined>(
    (best, one) => ((one.first?.due ?? NEVER) < (best?.first?.due ?? NEVER) ? one : (best ?? one)),
    undefined,
  );
  const steps = state.steps.map((step) => {
    const of = prepared.byId.get(step.stepId);
    const inIt = figures.find(({ currency }) => currency === step.currency) ?? closest;
    return of === undefined ? step : { ...step, because: explain(moment, of, inIt) };
  });
  return { ...state, steps };
}

/** As `ladderState`, of an account that is asked about many days. */
export function ladderStateOn(account: IndexedAccount, prepared: PreparedPolicy, on: Temporal.PlainDate): LadderState {
  const moment: Moment = { account, prepared, day: dayNumber(on) };
  const figures = figuresOn(moment);
  if (isQuiet(moment, figures)) return quiet(moment, on, figures);
  const matches = matchesOn(moment, figures);
  const worst = matches.findLast(({ step }) => step.tells)?.step;
  const toldBy = (match: Match): Told => toldOf(moment, match, worst);
  const rests = restsOn(moment, figures);
  const telling = tellingOn(moment, matches, { figures, rests: rests.letters, exempt: rests.exempt, toldBy });
  const effects = wantedOn(moment, matches, { rests, toldBy });
  const promised = account.promises.some((promise) => isResting(promise, moment.day, prepared.promiseGraceDays));
  const standing = promised && account.effects.length > 0 ? matchesOn(moment, figuresOn(moment, true)) : matches;
  const carrying = matches.at(-1)?.driver;
  return {
    accountId: account.history.account.accountId,
    day: on,
    policyId: prepared.version.policy.id,
    policyVersion: prepared.version.version,
    currencies: figures.map(currencyState),
    carrying: carryingOf(carrying !== undefined && carrying.age > 0 ? carrying : oldestOf(figures)),
    step: matches.at(-1)?.step.step.id,
    steps: stepsOf(moment, matches, figures),
    resting: rests.all,
    tell: telling.tell,
    tellWaits: telling.waits,
    effects,
    lift: liftOn(moment, standing, { rests, figures }),
    next: nextOn(moment, matches, { figures, rests, telling, effects }),
  };
}

/** The first policy, in the order given, that is for this customer. */
export function policyFor(
  history: AccountHistory,
  policies: readonly PreparedPolicy[],
  day: Temporal.PlainDate,
): PreparedPolicy | undefined {
  if (policies.length === 0) return undefined;
  const customer = customerFacts(indexAccount({ ...history, ...NO_FACTS }), dayNumber(day));
  return policies.find(({ conditions }) => conditions.applies(customer).matches);
}
const NO_FACTS = { invoices: [], money: [], notices: [], holds: [], promises: [], effects: [] } as const;

/** The account's calendar day at an instant: its own time zone, else the policy's. Right across changes of summer time. */
export const ladderDay = (
  history: Pick<AccountHistory, "account">,
  prepared: PreparedPolicy,
  now: Temporal.Instant,
): Temporal.PlainDate =>
  now.toZonedDateTimeISO(history.account.timeZone ?? prepared.version.policy.calendar.timeZone).toPlainDate();

/* ---- the account that has nothing to say, which is most of them ---- */

function isQuiet({ account, prepared, day }: Moment, figures: readonly Figures[]): boolean {
  for (const effect of account.effects) if (effect.done <= day && day < effect.undone) return false;
  for (const hold of account.holds) if (isActive(hold, day)) return false;
  for (const promise of account.promises) if (promise.made <= day) return false;
  const first = prepared.steps[0]?.step.daysPastDue ?? 1;
  const soonest = Math.min(1, first);
  for (const { items } of figures) for (const item of items) if (counts(item) && item.age >= soonest) return false;
  return true;
}

const unmatched = new WeakMap<PreparedPolicy, readonly StepMatch[]>();
function quiet(moment: Moment, on: Temporal.PlainDate, figures: readonly Figures[]): LadderState {
  const { account, prepared } = moment;
  let steps = unmatched.get(prepared);
  if (steps === undefined) {
    steps = prepared.version.policy.steps.map(({ id }) => ({ stepId: id, ...NO_MATCH }));
    unmatched.set(prepared, steps);
  }
  return {
    accountId: account.history.account.accountId,
    day: on,
    policyId: prepared.version.policy.id,
    policyVersion: prepared.version.version,
    currencies: figures.map(currencyState),
    carrying: undefined,
    step: undefined,
    steps,
    resting: NOTHING,
    tell: undefined,
    tellWaits: undefined,
    effects: NOTHING,
    lift: NOTHING,
    next: comingOf(moment, figures),
  };
}
const NOTHING: readonly never[] = [];
const NO_MATCH = { matches: false, currency: undefined, because: NOTHING, toldOn: undefined } as const;

const comingOf = (moment: Moment, figures: readonly Figures[]): LadderState["next"] =>
  figures.some(({ first }) => first !== undefined)
    ? nextOn(moment, NOTHING, {
        figures,
        rests: NO_RESTS,
        telling: { tell: undefined, waits: undefined },
        effects: NOTHING,
      })
    : undefined;
const NO_RESTS = {
  all: NOTHING,
  letters: undefined,
  access: undefined,
  hold: undefined,
  exempt: new Set<string>(),
} as const;

/* ---- the state as others read it ---- */

function currencyState(figures: Figures): CurrencyState {
  const { currency, overdueMinor, creditsMinor, netOverdueMinor, notDueMinor, invoices } = figures;
  return {
    currency,
    overdueMinor,
    creditsMinor,
    netOverdueMinor,
    notDueMinor,
    invoices,
    items: figures.items.map((item) => ({
      invoiceId: item.invoice.source.invoiceId,
      number: item.invoice.source.number,
      openMinor: item.openMinor,
      dueDay: ownDue(item),
      daysPastDue: item.age,
      leftOut: item.leftOut,
    })),
  };
}
/** The date on the invoice; where it was changed, the date that stood on the day. */
const ownDue = (item: Item): Temporal.PlainDate =>
  item.invoice.changes.length === 0 ? item.invoice.source.dueDay : plainDay(item.ownDue);

const carryingOf = (item: Item | undefined): LadderState["carrying"] =>
  item === undefined
    ? undefined
    : { invoiceId: item.invoice.source.invoiceId, dueDay: ownDue(item), daysPastDue: item.age };

function oldestOf(figures: readonly Figures[]): Item | undefined {
  let oldest: Item | undefined;
  for (const one of figures)
    if (one.oldest !== undefined && (oldest === undefined || one.oldest.due < oldest.due)) oldest = one.oldest;
  return oldest;
}

function stepsOf(moment: Moment, matches: readonly Match[], figures: readonly Figures[]): readonly StepMatch[] {
  const { prepared } = moment;
  const carrying = oldestOf(figures);
  const steps: StepMatch[] = [];
  for (const step of prepared.steps) {
    const match = matches.find((one) => one.step === step);
    const driver = match?.driver ?? carrying;
    const on: DayNumber = driver === undefined || !step.tells ? NEVER : toldOn(moment, step, driver);
    steps[step.place] = {
      stepId: step.step.id,
      matches: match !== undefined,
      currency: match?.figures.currency,
      because: NOTHING,
      toldOn: on === NEVER ? undefined : plainDay(on),
    };
  }
  return steps;
}
