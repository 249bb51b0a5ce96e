import type { Role } from "../access/contract.ts";
import type { Json } from "../core/canonical.ts";
import { isCurrency } from "../core/currency.ts";
import { parseDecimal } from "../core/decimal.ts";
import type { CustomerId, NoticeId } from "../core/ids.ts";
import { moneyFromDecimal, scale } from "../core/money.ts";
import type { CustomerOf, EntitlementsOf, HeldSubscription, SubscriptionsOf } from "../customers/contract.ts";
import type { AnswerableNotice, NoticesOf, NoticeToAnswer, RecordAnswer } from "../notices/contract.ts";
import type { BurnRateOf } from "../spending/contract.ts";
import type { Tx } from "../store/contract.ts";
import type { AlertFacts, Approver, Priced, ResponseFacts, SubscriptionFacts } from "./facts.ts";

/** What other slices give, as they give it; main.ts passes their functions. */
export type OtherSlices = {
  readonly clock: { now(): Temporal.Instant };
  readonly customerOf: CustomerOf;
  /** When our delegated access to a customer ends; null = none, undefined = not known. */
  readonly gdapEndsAt?: (tx: Tx, id: CustomerId) => Promise<Temporal.Instant | null | undefined>;
  readonly subscriptionsOf: SubscriptionsOf;
  readonly entitlementsOf: EntitlementsOf;
  readonly burnRateOf: BurnRateOf;
  readonly noticesOf: NoticesOf;
  readonly noticeToAnswer: NoticeToAnswer;
  readonly recordAnswer: RecordAnswer;
  readonly people: (tx: Tx) => Promise<readonly { readonly id: string; readonly name: string; readonly role: Role }[]>;
  /** Value of a key of the `setting` table. */
  readonly setting: (tx: Tx, key: string) => Promise<Json | undefined>;
  readonly refreshCustomer?: (tx: Tx, id: CustomerId) => Promise<void>;
};

/** Turns the other slices' functions into the facts this one decides on. */
export function factsFrom(from: OtherSlices): ResponseFacts {
  return {
    customerOf: async (tx, id) => {
      const found = await from.customerOf(tx, id);
      return found && { id, name: found.name, gdapEndsAt: await from.gdapEndsAt?.(tx, id) };
    },
    subscriptionsOf: async (tx, id) =>
      (await from.subscriptionsOf(tx, id)).filter((one) => one.goneAt === undefined).map(subscriptionFacts),
    entitlementsOf: async (tx, id) => {
      const plans = new Map((await from.subscriptionsOf(tx, id)).map((one) => [one.id, one.status]));
      const found = await from.entitlementsOf(tx, id);
      return found.map(({ id: entitlementId, planId, name, status, readAt }) => ({
        customerId: id,
        planId,
        planStatus: plans.get(planId) ?? "none",
        entitlementId,
        name,
        status,
        readAt,
      }));
    },
    burnRateOf: async (tx, { customerId, entitlementId }) => {
      const rate = await from.burnRateOf(tx, customerId, entitlementId);
      return rate.kind === "known"
        ? { kind: "known", perHour: rate.perHour, asOf: rate.through }
        : { kind: "unknown", why: rate.reason };
    },
    ...alertFacts(from),
    approvers: async (tx): Promise<readonly Approver[]> =>
      (await from.people(tx)).filter((one) => one.role !== "auditor"),
    approvalsSetting: (tx) => from.setting(tx, "response.approvals"),
    alertAnswered: from.recordAnswer,
    changedAtMicrosoft: async (tx, id) => from.refreshCustomer?.(tx, id),
  };
}

function alertFacts(from: OtherSlices): Pick<ResponseFacts, "alertsOf" | "alertOf"> {
  const alertOf = async (
    tx: Tx,
    id: NoticeId,
    shown?: { status: string; readAt: Temporal.Instant },
  ): Promise<AlertFacts | undefined> => {
    const notice = await from.noticeToAnswer(tx, id);
    return notice && alertOfNotice(notice, shown, from.clock.now());
  };
  return {
    alertOf: (tx, id) => alertOf(tx, id),
    alertsOf: async (tx, customerId) => {
      const rows = await from.noticesOf(tx, customerId, from.clock.now());
      const alerts: AlertFacts[] = [];
      for (const row of rows) {
        const readAt = Temporal.Instant.from(row.lastSeenAt ?? row.receivedAt);
        const alert = await alertOf(tx, row.id as NoticeId, { status: row.status, readAt });
        if (alert !== undefined) alerts.push(alert);
      }
      return alerts;
    },
  };
}

/** Microsoft's two channels carry one alert: answering one of them, Graph first, answers it. */
function alertOfNotice(
  notice: AnswerableNotice,
  shown: { readonly status: string; readonly readAt: Temporal.Instant } | undefined,
  now: Temporal.Instant,
): AlertFacts | undefined {
  const source = notice.sources.find((one) => one.channel === "graph") ?? notice.sources[0];
  if (source === undefined) return undefined;
  const { noticeId, customerId, entitlementId, kind } = notice;
  const status = notice.state === "answered" ? "resolved" : (shown?.status ?? "active");
  return { noticeId, ...source, customerId, entitlementId, name: kind, status, readAt: shown?.readAt ?? now };
}

function subscriptionFacts(held: HeldSubscription): SubscriptionFacts {
  const {
    customerId,
    id,
    name,
    family,
    status,
    quantity,
    autoRenew,
    commitmentEndDay,
    scheduledNextTermInstructions,
    readAt,
  } = held;
  return {
    customerId,
    subscriptionId: id,
    name,
    family,
    status,
    quantity,
    autoRenew,
    commitmentEndDay,
    hasScheduledChanges: scheduledNextTermInstructions !== undefined && scheduledNextTermInstructions !== null,
    ...prices(held),
    readAt,
  };
}

const CYCLE_MONTHS: Readonly<Record<string, number>> = { monthly: 1, annual: 12, triennial: 36 };
const TERM_MONTHS: Readonly<Record<string, number>> = { P1M: 1, P1Y: 12, P3Y: 36 };
const unknown = (why: string): Priced => ({ kind: "unknown", why });

/** At today's price and seats: what the next term commits, and what a month costs. Microsoft may price the next term otherwise. */
function prices({
  price,
  quantity,
  billingCycle,
  term,
  renewalTerm,
}: HeldSubscription): Pick<SubscriptionFacts, "nextTerm" | "month"> {
  const unit = price === undefined ? undefined : parseDecimal(price.unitPrice);
  const cycle = CYCLE_MONTHS[billingCycle ?? ""];
  const months = TERM_MONTHS[renewalTerm === undefined || renewalTerm === "" ? (term ?? "") : renewalTerm];
  if (price === undefined || unit === undefined || !unit.ok || !isCurrency(price.currency))
    return { nextTerm: unknown("no-price"), month: unknown("no-price") };
  if (cycle === undefined) return { nextTerm: unknown("no-cycle"), month: unknown("no-cycle") };
  const perCycle = moneyFromDecimal(
    { units: unit.value.units * BigInt(quantity), scale: unit.value.scale },
    price.currency,
  );
  const over = (count: number): Priced => ({ kind: "known", amount: scale(perCycle, BigInt(count), BigInt(cycle)) });
  return { month: over(1), nextTerm: months === undefined ? unknown("no-term") : over(months) };
}
