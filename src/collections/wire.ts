import type { z } from "zod";
import type { Currency } from "../core/currency.ts";
import type { LadderState } from "./contract-ladder.ts";
import type { PolicyVersion } from "./contract-policy.ts";
import type { accountRowJson, currencyStateJson, stepStateJson, waitingJson } from "./contract-wire.ts";
import type { PromiseWire } from "./contract-work.ts";
import type { PromiseRow } from "./store.ts";
import type { ListRow } from "./store-list.ts";

/** From rows and states to the forms on the wire. */

export type Names = (policyId: string | null, stepId: string) => { readonly en: string; readonly sv: string | null };
/** Names of steps by the policies in force; a step of an older version keeps its id as its name. */
export const namesOf =
  (versions: readonly PolicyVersion[]): Names =>
  (policyId, stepId) => {
    const policies = versions.filter(({ policy }) => policyId === null || policy.id === policyId);
    const step = policies.flatMap(({ policy }) => policy.steps).find((one) => one.id === stepId);
    return step === undefined ? { en: stepId, sv: null } : { en: step.name.en, sv: step.name.sv ?? null };
  };

type RowWire = z.input<typeof accountRowJson>;

export function rowWire(row: ListRow, names: Names): RowWire {
  const money = (minor: bigint | null) =>
    minor === null ? null : { minor: minor.toString(), currency: row.overdue_currency };
  return {
    accountId: row.account_id,
    name: row.name,
    country: row.country,
    customerClass: row.customer_class,
    paysFor: row.pays_for,
    judged: row.policy_id === null ? "no-policy" : "policy",
    policyId: row.policy_id,
    policyVersion: row.policy_version,
    overdue: [...row.overdue],
    overdueInReporting: money(row.overdue_minor),
    daysPastDue: row.days,
    overdueInvoices: row.overdue_invoices,
    step: row.step === null ? null : { id: row.step, name: names(row.policy_id, row.step) },
    next:
      row.next_day === null || row.next_step === null || row.next_what === null
        ? null
        : {
            day: row.next_day.toString(),
            stepId: row.next_step,
            stepName: names(row.policy_id, row.next_step),
            what: row.next_what,
          },
    resting: row.resting.map(({ why, until, invoiceIds }) => ({ why, until, wholeAccount: invoiceIds.length === 0 })),
    frozenSince: row.frozen_since?.toString() ?? null,
    asks: row.asks.map(({ id, kind, have, need }) => ({ effectId: id, kind, have, need: Math.max(1, need) })),
    promise:
      row.promise === null
        ? null
        : {
            id: row.promise.id,
            amount: { minor: row.promise.minor, currency: row.promise.currency },
            dueOn: row.promise.dueOn,
          },
    callDueOn: row.call_due?.toString() ?? null,
    score: {
      chanceBps: row.chance_bps,
      chanceIfContactedBps: row.contacted_bps,
      value: money(row.value_minor),
      reasons: row.reasons.map(({ kind, facts }) => ({ kind, facts })),
    },
    reading: { is: row.set_reading ?? row.reading, suggested: row.set_reading === null },
    lastToldOn: row.last_told_on?.toString() ?? null,
    evaluatedAt: row.evaluated_at.toString(),
  };
}

export const waitingWire = (one: LadderState["effects"][number]["waiting"][number]): z.input<typeof waitingJson> =>
  one.kind === "notice-period" || one.kind === "resting"
    ? ({ ...one, until: one.until?.toString() ?? null } as z.input<typeof waitingJson>)
    : one;

export const stepsWire = (state: LadderState, { policy }: PolicyVersion): z.input<typeof stepStateJson>[] =>
  policy.steps.map((step) => {
    const match = state.steps.find((one) => one.stepId === step.id);
    return {
      id: step.id,
      name: { en: step.name.en, sv: step.name.sv ?? null },
      daysPastDue: step.daysPastDue,
      matches: match?.matches ?? false,
      currency: match?.currency ?? null,
      because: [...(match?.because ?? [])],
      toldOn: match?.toldOn?.toString() ?? null,
      effects: step.effects.map((kind) => {
        const wanted = state.effects.find((one) => one.kind === kind && one.stepId === step.id);
        return { kind, isDone: wanted?.isDone ?? false, waiting: (wanted?.waiting ?? []).map(waitingWire) };
      }),
    };
  });

export const currencyWire = (of: LadderState["currencies"][number]): z.input<typeof currencyStateJson> => {
  const money = (minor: bigint): { minor: string; currency: Currency } => ({
    minor: minor.toString(),
    currency: of.currency,
  });
  return {
    currency: of.currency,
    overdue: money(of.overdueMinor),
    credits: money(of.creditsMinor),
    netOverdue: money(of.netOverdueMinor),
    notDue: money(of.notDueMinor),
    invoices: of.invoices,
    items: of.items.map((item) => ({
      invoiceId: item.invoiceId,
      number: item.number,
      open: money(item.openMinor),
      dueDay: item.dueDay.toString(),
      daysPastDue: item.daysPastDue,
      leftOut: item.leftOut ?? null,
    })),
  };
};

export const promiseWire = (row: PromiseRow, accountName: string | null): PromiseWire => ({
  id: row.promise_id,
  accountId: row.account_id,
  accountName,
  amount: { minor: row.amount_minor.toString(), currency: row.currency },
  madeOn: row.made_on.toString(),
  dueOn: row.due_on.toString(),
  graceUntil: row.grace_until.toString(),
  invoices: row.invoices.map(({ id, number }) => ({ id, number })),
  state: row.seen,
  paid: { minor: row.paid_minor.toString(), currency: row.currency },
  note: row.note,
  by: { kind: row.by_kind, id: row.by_id, name: row.by_name },
  at: row.at.toString(),
});
