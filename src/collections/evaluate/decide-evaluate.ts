import type { AccountHistory } from "../contract-history.ts";
import type { LadderState } from "../contract-ladder.ts";
import { moneyToText } from "../../core/money.ts";
import { indexAccount } from "../ladder/decide-index.ts";
import { explainLadderOn, ladderStateOn, policyFor, type PreparedPolicy } from "../ladder/decide-ladder.ts";
import { type Assume, carryOut, type Done, living } from "./decide-live.ts";

export type Evaluated = { readonly state: LadderState; readonly done: Done };

/** Every day of one account, first to last, with what the ladder says and what was then assumed done. Nothing if no policy is for it. */
export function* evaluateAccount(
  history: AccountHistory,
  prepared: PreparedPolicy,
  span: {
    readonly from: Temporal.PlainDate;
    readonly to: Temporal.PlainDate;
    readonly assume: Assume;
    readonly explain: boolean;
  },
): Generator<Evaluated> {
  if (policyFor(history, [prepared], span.to) === undefined) return;
  const account = living(indexAccount(history), span.assume);
  for (let day = span.from; Temporal.PlainDate.compare(day, span.to) <= 0; day = day.add({ days: 1 })) {
    const state = span.explain ? explainLadderOn(account, prepared, day) : ladderStateOn(account, prepared, day);
    yield { state, done: carryOut(account, state, span.assume) };
  }
}

/** One account and day as `evaluate --json` prints it: days are ISO text, amounts decimal text with their currency. */
export function toJson({ state, done }: Evaluated): unknown {
  const day = (one: Temporal.PlainDate | undefined) => one?.toString() ?? null;
  return {
    day: state.day.toString(),
    account: state.accountId,
    step: state.step ?? null,
    carrying: state.carrying === undefined ? null : { ...state.carrying, dueDay: day(state.carrying.dueDay) },
    currencies: state.currencies.map((one) => {
      const text = (minor: bigint) => moneyToText({ minor, currency: one.currency });
      return {
        currency: one.currency,
        overdue: text(one.overdueMinor),
        credits: text(one.creditsMinor),
        netOverdue: text(one.netOverdueMinor),
        notDue: text(one.notDueMinor),
        invoices: one.invoices,
        items: one.items.map((item) => ({
          invoice: item.number,
          open: text(item.openMinor),
          due: day(item.dueDay),
          daysPastDue: item.daysPastDue,
          leftOut: item.leftOut ?? null,
        })),
      };
    }),
    steps: state.steps.map((step) => ({
      step: step.stepId,
      matches: step.matches,
      currency: step.currency ?? null,
      toldOn: day(step.toldOn),
      because: step.because,
    })),
    resting: state.resting.map((one) => ({ ...one, id: one.id ?? null, until: day(one.until) })),
    tell: state.tell ?? null,
    tellWaits: state.tellWaits === undefined ? null : { ...state.tellWaits, until: day(state.tellWaits.until) },
    effects: state.effects.map((one) => ({
      ...one,
      waiting: one.waiting.map((why) => ("until" in why ? { ...why, until: day(why.until) } : why)),
    })),
    lift: state.lift,
    next: state.next === undefined ? null : { ...state.next, day: day(state.next.day) },
    done: { told: done.told, acted: done.acted, lifted: done.lifted },
  };
}

/** A line for people, on days on which something happens; undefined on the others. */
export function toLine({ state, done }: Evaluated, stepBefore: string | undefined): string | undefined {
  const says = [
    ...(state.step === stepBefore ? [] : [`step ${stepBefore ?? "clear"} → ${state.step ?? "clear"}`]),
    ...(state.tell === undefined
      ? []
      : [`tell ${state.tell.stepId} (${state.tell.channels.map(({ channel }) => channel).join(", ")})`]),
    ...done.acted.map((kind) => `do ${kind}`),
    ...done.lifted.map((kind) => `lift ${kind}`),
  ];
  if (says.length === 0) return undefined;
  const overdue = state.currencies
    .filter(({ netOverdueMinor }) => netOverdueMinor > 0n)
    .map(({ currency, netOverdueMinor }) => `${moneyToText({ minor: netOverdueMinor, currency })} ${currency}`)
    .join(" + ");
  const age = state.carrying === undefined ? "" : String(state.carrying.daysPastDue);
  return [
    state.day.toString(),
    state.accountId.padEnd(24),
    age.padStart(4),
    overdue.padStart(18),
    says.join("; "),
  ].join("  ");
}
