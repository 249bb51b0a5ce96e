import type { EntitlementId, SubscriptionId } from "../core/ids.ts";
import { moneyToText, money } from "../core/money.ts";
import type { Wanted } from "../response/contract.ts";
import { EFFECT_DOES } from "./contract.ts";
import type { AccountHistory } from "./contract-history.ts";
import type { LadderState } from "./contract-ladder.ts";
import type { EffectKind, PolicyStep, PolicyVersion } from "./contract-policy.ts";
import type { Holding } from "./deps.ts";

/** What an effect becomes at Microsoft, holding by holding, and why: the text that those who approve read. */

export type Target = { readonly holding: Holding; readonly wanted: Wanted };

/** One proposal a subscription; what is not active, or so already, is not asked for. */
export function targetsOf(kind: EffectKind, holdings: readonly Holding[]): readonly Target[] {
  return EFFECT_DOES[kind].flatMap((does): readonly Target[] =>
    holdings.flatMap((holding): readonly Target[] => {
      const wanted = wantedOf(does, holding);
      return wanted === undefined ? [] : [{ holding, wanted }];
    }),
  );
}

function wantedOf(does: (typeof EFFECT_DOES)[EffectKind][number], holding: Holding): Wanted | undefined {
  const subscriptionId = holding.subscriptionId as SubscriptionId;
  if (holding.status !== "active") return undefined;
  switch (does) {
    case "auto-renew-off":
      return holding.is === "seats" && holding.autoRenew ? { kind: does, subscriptionId } : undefined;
    case "suspend-subscription":
      return holding.is === "seats" ? { kind: does, subscriptionId } : undefined;
    case "cancel-entitlement":
      return holding.is === "plan" && holding.entitlementIds.length > 0
        ? {
            kind: does,
            entitlementIds: holding.entitlementIds as readonly EntitlementId[],
            answerAlertsAsFraud: false,
          }
        : undefined;
  }
}

/** Longest reason that a proposal keeps. */
const REASON_MAX = 2_000;
const INVOICES_NAMED = 10;

type Because = {
  readonly version: PolicyVersion;
  readonly step: PolicyStep;
  readonly state: LadderState;
  readonly history: AccountHistory;
};
/** Policy and version, step, what is owed since when, and every notice with the day it was sent. */
export function reasonOf({ version, step, state, history }: Because): string {
  const owed = state.currencies
    .filter((one) => one.netOverdueMinor > 0n)
    .map((one) => `${moneyToText(money(one.netOverdueMinor, one.currency))} ${one.currency}`);
  const items = state.currencies.flatMap((one) =>
    one.items.filter((item) => item.leftOut === undefined && item.daysPastDue > 0),
  );
  const named = items.slice(0, INVOICES_NAMED).map((item) => `${item.number} (${item.daysPastDue} d)`);
  const more = items.length > named.length ? ` and ${items.length - named.length} more` : "";
  const late = new Set(items.map((item) => item.invoiceId));
  const told = history.notices
    .filter(
      (one) => one.sentOn !== undefined && one.failedOn === undefined && one.invoiceIds.some((id) => late.has(id)),
    )
    .toSorted((a, b) => Temporal.PlainDate.compare(a.decidedOn, b.decidedOn))
    .map((one) => `${one.stepId} by ${one.channel} ${one.sentOn?.toString()}`);
  const text = [
    `Policy ${version.policy.id} version ${version.version}, step ${step.id} (${step.name.en}), ${state.carrying?.daysPastDue ?? 0} days past due.`,
    `Overdue ${owed.join(", ") || "0"}: ${named.join(", ")}${more}.`,
    `Notices sent: ${told.slice(-INVOICES_NAMED).join(", ") || "none"}.`,
  ].join(" ");
  return text.slice(0, REASON_MAX);
}
