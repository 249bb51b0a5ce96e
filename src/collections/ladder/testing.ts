import type { CustomerId } from "../../core/ids.ts";
import type { AccountHistory, HistoryInvoice, HistoryNotice } from "../contract-history.ts";
import { type Policy, POLICY_FORMAT, policySchema, type PolicyVersion } from "../contract-policy.ts";
import type { LadderState } from "../contract-ladder.ts";
import { ladderState, prepare, type PreparedPolicy } from "./decide-ladder.ts";

/** Short ways to write down accounts and policies in tests. Days are ISO text, amounts decimal text in SEK unless they say otherwise. */

export const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);
export const ACCOUNT = "00000000-0000-4000-8000-0000000000a1" as CustomerId;

type StepInput = { readonly id: string; readonly daysPastDue: number; readonly [member: string]: unknown };
/** A policy whose calendar has no days off, unless `more` says otherwise. */
export function policyOf(steps: readonly StepInput[], more: Readonly<Record<string, unknown>> = {}): PolicyVersion {
  const policy: Policy = policySchema.parse({
    format: POLICY_FORMAT,
    id: "test",
    name: { en: "Test" },
    law: "SE",
    calendar: {
      timeZone: "Europe/Stockholm",
      holidays: "SE",
      dueDateOnDayOff: "stays",
      onBusinessDaysOnly: false,
    },
    ...more,
    steps: steps.map((step) => ({ name: { en: step.id }, ...step })),
  });
  return { policy, version: 1 };
}
export const preparedOf = (steps: readonly StepInput[], more?: Readonly<Record<string, unknown>>): PreparedPolicy =>
  prepare(policyOf(steps, more));
export const tells = (letter: string) => [{ channel: "mail", letter }];

export type InvoiceInput = {
  readonly id: string;
  readonly amount: string;
  readonly due: string;
  readonly issued?: string;
  readonly currency?: string;
  /** [day, amount]: positive reduces, negative opens again. */
  readonly applied?: readonly (readonly [string, string])[];
  readonly more?: Partial<HistoryInvoice>;
};
/** Minor units of a decimal text with at most two digits after the point. */
export function minor(text: string): bigint {
  const [whole = "0", part = ""] = text.replace("-", "").split(".");
  const sum = BigInt(whole + part.padEnd(2, "0"));
  return text.startsWith("-") ? -sum : sum;
}
export const invoiceOf = (input: InvoiceInput): HistoryInvoice => ({
  invoiceId: input.id,
  number: input.id,
  customerId: ACCOUNT,
  currency: input.currency ?? "SEK",
  amountMinor: minor(input.amount),
  issueDay: day(input.issued ?? input.due),
  dueDay: day(input.due),
  applied: (input.applied ?? []).map(([on, amount]) => ({ day: day(on), amountMinor: minor(amount) })),
  ...input.more,
});

export type HistoryInput = {
  readonly invoices?: readonly InvoiceInput[];
  readonly account?: Partial<AccountHistory["account"]>;
} & Partial<Omit<AccountHistory, "invoices" | "account">>;
export const historyOf = ({ invoices = [], account = {}, ...more }: HistoryInput): AccountHistory => ({
  account: {
    accountId: ACCOUNT,
    name: "Account",
    country: "SE",
    language: "sv",
    timeZone: undefined,
    customerClass: undefined,
    customerIds: [ACCOUNT],
    reachable: ["mail", "letter", "sms", "call"],
    customerSince: undefined,
    ...account,
  },
  invoices: invoices.map(invoiceOf),
  money: [],
  notices: [],
  holds: [],
  promises: [],
  effects: [],
  ...more,
});

/** A notice that was decided and sent on one day, as the outbox would have recorded it. */
export const noticeOf = (
  stepId: string,
  on: string,
  invoiceIds: readonly string[],
  more: Partial<HistoryNotice> = {},
): HistoryNotice => ({
  noticeId: `${stepId}@${on}`,
  stepId,
  channel: "mail",
  invoiceIds,
  decidedOn: day(on),
  sentOn: day(on),
  ...more,
});

/** What a desk that does its work does each day: asks the ladder, sends what it says, does the effects that may act. */
export type Diary = {
  history: AccountHistory;
  readonly lines: string[];
};
export function live(
  diary: Diary,
  prepared: PreparedPolicy,
  span: {
    readonly from: string;
    readonly to: string;
    readonly does?: (state: LadderState) => "all" | "nothing" | "tell";
  },
): void {
  for (let on = day(span.from); Temporal.PlainDate.compare(on, day(span.to)) <= 0; on = on.add({ days: 1 })) {
    const state = ladderState(diary.history, prepared, on);
    const does = span.does?.(state) ?? "all";
    if (does === "nothing") continue;
    step(diary, state, does);
  }
}

/** Carries out one state: at most one notice, and unless `does` is "tell" every effect that waits for nothing (an approval is given). */
export function step(diary: Diary, state: LadderState, does: "all" | "tell" = "all"): void {
  const on = state.day.toString();
  const { tell } = state;
  if (tell !== undefined) {
    const notices = tell.channels.map(({ channel }) =>
      noticeOf(tell.stepId, on, tell.invoiceIds, { channel, noticeId: `${tell.stepId}@${on}/${channel}` }),
    );
    diary.history = { ...diary.history, notices: [...diary.history.notices, ...notices] };
    diary.lines.push(`${on} tell ${tell.stepId}`);
  }
  if (does === "tell") return;
  for (const { kind, stepId, isDone, waiting } of state.effects) {
    if (isDone || waiting.some((one) => one.kind !== "approval")) continue;
    const effects = [...diary.history.effects, { kind, stepId, doneOn: state.day }];
    diary.history = { ...diary.history, effects };
    diary.lines.push(`${on} do ${kind}`);
  }
  for (const { kind, why } of state.lift) {
    const effects = diary.history.effects.map((effect) =>
      effect.kind === kind && effect.undoneOn === undefined ? { ...effect, undoneOn: state.day } : effect,
    );
    diary.history = { ...diary.history, effects };
    diary.lines.push(`${on} lift ${kind} (${why})`);
  }
}
