import type { CustomerId, EntitlementId } from "../core/ids.ts";
import type { Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import type { Tx } from "../store/contract.ts";
import type { OptionJson, OptionsJson, ProposalKind, Wanted, WhyNot } from "./contract.ts";
import { APPROVER_ROLES, whyNot } from "./decide.ts";
import { approvalsNeeded, type ApprovalsSetting } from "./decide-approval.ts";
import { effectsOfEntitlements } from "./decide-effects.ts";
import { planOf, type PlanFacts, type Step } from "./decide-plan.ts";
import { leadingAmount } from "./decide-saving.ts";
import { undoOf } from "./decide-undo.ts";
import type { ResponseDeps } from "./deps.ts";
import type { SubscriptionFacts } from "./facts.ts";
import { loadApprovalsSetting, loadBurn, loadState, toRecorded } from "./load.ts";
import { unknownCustomer } from "./refusals.ts";
import { openTargets, recordedBefore } from "./store-actions.ts";
import { effectsWire, savingWire, targetsWire, undoWire, whyNotWire } from "./wire.ts";

/** The ways to act on one customer, side by side: price, consequences, way back, and why not. */

/** Most cards of one answer; the rest is counted, never silently left out. */
const OPTIONS_MAX = 60;

type Asked = { readonly wanted: Wanted; readonly facts: PlanFacts };
type Priced = { readonly option: OptionJson; readonly weight: bigint };

export async function optionsOf(
  tx: Tx,
  deps: Pick<ResponseDeps, "facts">,
  { customerId, now }: { readonly customerId: CustomerId; readonly now: Temporal.Instant },
): Promise<Result<OptionsJson, Refusal>> {
  const customer = await deps.facts.customerOf(tx, customerId);
  if (customer === undefined) return unknownCustomer(customerId);
  const state = await loadState(tx, deps.facts, customerId);
  const active = state.entitlements.filter((one) => one.status === "active");
  const burn = await loadBurn(tx, deps.facts, { customerId, entitlements: active });
  const facts: PlanFacts = { ...state, burn, recorded: undefined };
  const asked: Asked[] = [
    ...entitlementWays(facts).map((wanted) => ({ wanted, facts })),
    ...(await subscriptionWays(tx, facts)),
    ...alertWays(facts).map((wanted) => ({ wanted, facts })),
  ];
  const setting = await loadApprovalsSetting(tx, deps.facts);
  const priced = asked.map((one) => price(one, { today: dayOf(now, "UTC"), setting }));
  const marked = await markOpen(tx, priced);
  const hasAlerts = state.alerts.some((one) => one.status !== "resolved");
  const ordered = marked
    .toSorted(
      (a, b) => rank(b, hasAlerts) - rank(a, hasAlerts) || (b.weight > a.weight ? 1 : b.weight < a.weight ? -1 : 0),
    )
    .map((one) => one.option);
  return ok({
    customerId,
    customerName: customer.name,
    options: ordered.slice(0, OPTIONS_MAX),
    cut: Math.max(0, ordered.length - OPTIONS_MAX),
  });
}

/** What can be done now before what cannot, the recommended first of all; while alerts are open, Azure before seats. */
const rank = ({ option }: Priced, hasAlerts: boolean): number =>
  (option.whyNot === null ? 4 : 0) +
  (option.recommended ? 2 : 0) +
  (hasAlerts && option.kind.endsWith("entitlement") ? 1 : 0);

/** Cancel those that alerts name, all of them, or each by itself; bring back what is cancelled. */
function entitlementWays({ entitlements, alerts }: PlanFacts): readonly Wanted[] {
  const active = entitlements.filter((one) => one.status === "active").map((one) => one.entitlementId);
  const named = active.filter((id) =>
    alerts.some((alert) => alert.entitlementId === id && alert.status !== "resolved"),
  );
  const sets = [named, active, ...active.map((id) => [id])].filter((ids) => ids.length > 0);
  const unique = new Map(sets.map((ids) => [ids.toSorted().join(), ids]));
  const cancel = [...unique.values()].map((entitlementIds): Wanted => ({
    kind: "cancel-entitlement",
    entitlementIds,
    answerAlertsAsFraud: true,
  }));
  const inactive = entitlements.filter((one) => one.status === "inactive");
  return [
    ...cancel,
    ...inactive.map((one): Wanted => ({ kind: "reactivate-entitlement", entitlementIds: [one.entitlementId] })),
  ];
}

async function subscriptionWays(tx: Tx, facts: PlanFacts): Promise<readonly Asked[]> {
  const ways: Asked[] = [];
  for (const one of facts.subscriptions) {
    const { subscriptionId } = one;
    for (const kind of kindsFor(one)) {
      const undoing =
        kind === "reactivate-subscription" ? "suspend" : kind === "auto-renew-on" ? "auto-renew-off" : undefined;
      const recorded =
        undoing === undefined ? undefined : toRecorded(await recordedBefore(tx, subscriptionId, undoing));
      ways.push({ wanted: { kind, subscriptionId }, facts: { ...facts, recorded } });
    }
  }
  return ways;
}

/** Cards worth showing: one for each lever that its present state leaves, greyed with the reason when another one blocks it. */
function kindsFor({
  status,
  family,
  autoRenew,
}: SubscriptionFacts): readonly Extract<Wanted, { subscriptionId: unknown }>["kind"][] {
  if (status === "suspended") return ["reactivate-subscription"];
  if (status !== "active") return [];
  if (family !== "new-commerce") return ["suspend-subscription"];
  return ["suspend-subscription", autoRenew ? "auto-renew-off" : "auto-renew-on"];
}

/** Only alerts that no Azure subscription stands behind any more, or that turn out legitimate, are answered by themselves. */
function alertWays({ alerts }: PlanFacts): readonly Wanted[] {
  const open = alerts.filter((one) => one.status !== "resolved").map((one) => one.noticeId);
  if (open.length === 0) return [];
  const reasons = ["fraud", "legitimate", "ignore"] as const;
  return reasons.map((reason) => ({ kind: "answer-alert", noticeIds: open, answer: { status: "resolved", reason } }));
}

function price(
  { wanted, facts }: Asked,
  { today, setting }: { readonly today: Temporal.PlainDate; readonly setting: ApprovalsSetting },
): Priced {
  const planned = planOf(wanted, facts, today);
  const { kind } = wanted;
  const shell = shellOf(wanted, facts);
  const base = {
    key: `${kind}:${shell.key}`,
    kind,
    roles: [...APPROVER_ROLES[kind]],
    openAlerts: shell.openAlerts,
    recommended: false,
  };
  if (!planned.ok)
    return { option: { ...base, ...unpriced(kind, shell.targets), whyNot: whyNotWire(planned.whyNot) }, weight: 0n };
  const { plan } = planned;
  const option: OptionJson = {
    ...base,
    targets: targetsWire(plan.steps.map(({ step }) => step)),
    saving: savingWire(plan.saving),
    effects: effectsWire(plan.effects),
    undo: undoWire(plan.undo, undefined),
    takesMinutes: plan.takesMinutes,
    approvalsNeeded: approvalsNeeded(plan, { setting, covered: false }),
    recommended: shell.recommended,
    whyNot: null,
  };
  return { option, weight: leadingAmount(plan.saving)?.amount.minor ?? 0n };
}

type Shell = {
  readonly key: string;
  readonly targets: OptionJson["targets"];
  readonly openAlerts: number;
  readonly recommended: boolean;
};

function shellOf(wanted: Wanted, { subscriptions, entitlements, alerts }: PlanFacts): Shell {
  if ("subscriptionId" in wanted) {
    const found = subscriptions.find((one) => one.subscriptionId === wanted.subscriptionId);
    const target = {
      kind: "subscription" as const,
      id: wanted.subscriptionId,
      name: found?.name ?? "",
      quantity: found?.quantity ?? null,
    };
    return { key: wanted.subscriptionId, targets: [target], openAlerts: 0, recommended: false };
  }
  if (wanted.kind === "answer-alert")
    return {
      key: wanted.answer.status === "resolved" ? wanted.answer.reason : wanted.answer.status,
      targets: [],
      openAlerts: wanted.noticeIds.length,
      recommended: false,
    };
  const chosen = new Set<EntitlementId>(wanted.entitlementIds);
  const targets = entitlements
    .filter((one) => chosen.has(one.entitlementId))
    .map((one) => ({ kind: "entitlement" as const, id: one.entitlementId, name: one.name, quantity: null }));
  const open = alerts.filter((one) => one.status !== "resolved" && one.entitlementId !== undefined);
  const behind = open.filter((one) => one.entitlementId !== undefined && chosen.has(one.entitlementId));
  const named = new Set(open.map((one) => one.entitlementId));
  const exactlyNamed =
    named.size > 0 && named.size === chosen.size && [...named].every((id) => id !== undefined && chosen.has(id));
  const key = wanted.entitlementIds.toSorted().join("+");
  return { key, targets, openAlerts: behind.length, recommended: wanted.kind === "cancel-entitlement" && exactlyNamed };
}

/** A card that cannot be chosen still says what it would be. */
const unpriced = (kind: ProposalKind, targets: OptionJson["targets"]) => {
  const effects = kind === "cancel-entitlement" ? effectsOfEntitlements(kind, targets.length) : [];
  return {
    targets,
    saving: savingWire({ kind: "unknown", why: "no-price" }),
    effects: effectsWire(effects),
    undo: undoWire(undoOf(kind, { untilDay: undefined, effects }), undefined),
    takesMinutes: 0,
    approvalsNeeded: 1,
  };
};

/** What is already asked for or under way is not offered a second time. */
async function markOpen(tx: Tx, priced: readonly Priced[]): Promise<readonly Priced[]> {
  const ids = priced.flatMap(({ option }) => option.targets.map((target) => target.id));
  const open = await openTargets(tx, [...new Set(ids)]);
  return priced.map((one) => {
    const { option } = one;
    const taken = open.find(
      ({ kind, targetId }) => option.targets.some((target) => target.id === targetId) && doesTheSame(option.kind, kind),
    );
    const reason: WhyNot | undefined = taken && whyNot("already-proposed", { number: Number(taken.number) });
    return reason === undefined || option.whyNot !== null
      ? one
      : { ...one, option: { ...option, recommended: false, whyNot: whyNotWire(reason) } };
  });
}

const doesTheSame = (kind: ProposalKind, step: Step["kind"]): boolean =>
  kind === step || (step === "set-auto-renew" && (kind === "auto-renew-off" || kind === "auto-renew-on"));
