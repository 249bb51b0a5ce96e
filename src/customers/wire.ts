import type { Currency } from "../core/currency.ts";
import { type Money, moneyToJson } from "../core/money.ts";
import type { MoneyWire } from "../core/wire.ts";
import type { Actor } from "../store/contract.ts";
import type {
  Committed,
  CommittedWire,
  CustomerRow,
  HeldEntitlement,
  HeldSubscription,
  Identity,
  LimitWire,
  NoteWire,
  StandingWire,
  SubscriptionRow,
} from "./contract.ts";
import { decideCommitted, monthlyCost, renewalCommits, termFactsOf, willRenew } from "./decide-committed.ts";
import { cancelWindow, subscriptionWarnings } from "./decide-warnings.ts";
import type { ListRow } from "./store-list.ts";
import type { IdentityRow, LimitRow, NoteRow } from "./store.ts";

/** From our rows to the wire forms of the contract. */

const amount = (minor: bigint | null, currency: Currency | null): MoneyWire | null =>
  minor === null || currency === null ? null : { minor: minor.toString(), currency };
const wire = (money: Money | undefined): MoneyWire | null => (money === undefined ? null : moneyToJson(money));
const text = (value: { toString(): string } | null | undefined): string | null => value?.toString() ?? null;
export const actorWire = ({ kind, name }: Actor) => ({ kind, name });

export const rowToWire = (row: ListRow): CustomerRow => ({
  id: row.id,
  name: row.name,
  domain: row.domain,
  country: row.country,
  reseller:
    row.reseller_id === null || row.reseller_name === null ? null : { id: row.reseller_id, name: row.reseller_name },
  standing: row.standing,
  exposure: amount(row.exposure, row.currency),
  openInvoices: amount(row.open_invoices, row.currency),
  overdue: amount(row.overdue, row.currency),
  oldestDueDay: text(row.oldest_due_day),
  unbilled: amount(row.unbilled, row.currency),
  committed: amount(row.committed, row.currency),
  deposits: amount(row.deposits, row.currency),
  limit: amount(row.limit_minor, row.limit_currency),
  headroom: amount(row.headroom, row.currency),
  unknownParts: [...row.unknown_parts],
  budgetUse: row.budget_use,
  budgetUsedBps: row.budget_used_bps,
  openNotices: row.open_notices,
  openCases: row.open_cases,
  figuresAt: text(row.figures_at),
  firstSeenAt: row.first_seen_at.toString(),
  detachedAt: text(row.detached_at),
});

export const identityToWire = (row: IdentityRow): Identity => ({
  id: row.id,
  name: row.name,
  domain: row.domain,
  customDomains: row.custom_domains === null ? null : [...row.custom_domains],
  country: row.country,
  city: row.city,
  email: row.email,
  contactName: row.contact_name,
  phone: row.phone,
  relationship: row.relationship,
  reseller:
    row.reseller_id === null || row.reseller_name === null ? null : { id: row.reseller_id, name: row.reseller_name },
  firstSeenAt: row.first_seen_at.toString(),
  lastSeenAt: (row.detached_at === null ? (row.list_read_at ?? row.last_seen_at) : row.last_seen_at).toString(),
  detachedAt: text(row.detached_at),
  allowDelegatedAccess: row.allow_delegated,
  gdap: {
    asked: row.gdap_active !== null,
    activeCount: row.gdap_active,
    roleCount: row.gdap_roles,
    endsAt: text(row.gdap_ends_at),
    autoExtends: row.gdap_auto_extends,
  },
  adminMfa:
    row.mfa_admins === null || row.mfa_admins_with === null
      ? null
      : { admins: row.mfa_admins, withMfa: row.mfa_admins_with },
});

export const standingToWire = (row: IdentityRow): StandingWire => ({
  standing: row.standing,
  reason: row.standing_reason,
  backWhen: row.standing_back,
  by: row.standing_by === null ? null : actorWire(row.standing_by),
  since: text(row.standing_at),
});

export const limitToWire = (row: LimitRow): LimitWire => ({
  amount: { minor: row.amount_minor.toString(), currency: row.currency },
  why: row.why,
  by: actorWire(row.set_by),
  at: row.set_at.toString(),
});

export const noteToWire = (row: NoteRow): NoteWire => ({
  id: row.id,
  text: row.text,
  by: actorWire(row.written_by),
  at: row.written_at.toString(),
});

export function committedToWire(committed: Committed): CommittedWire {
  if (committed.kind !== "committed") return { kind: committed.kind, why: committed.why };
  return {
    kind: "committed",
    amount: moneyToJson(committed.amount),
    instalments: committed.instalments,
    instalment: moneyToJson(committed.instalment),
    nextChargeDay: committed.nextChargeDay.toString(),
    endsOn: committed.endsOn.toString(),
    cancellableUntil: text(committed.cancellableUntil),
  };
}

type SubscriptionContext = {
  readonly now: Temporal.Instant;
  readonly today: Temporal.PlainDate;
  readonly hasOverdue: boolean;
  readonly entitlements: readonly HeldEntitlement[];
};

export function subscriptionToWire(
  held: HeldSubscription,
  { now, today, hasOverdue, entitlements }: SubscriptionContext,
): SubscriptionRow {
  const facts = termFactsOf(held);
  const committed = decideCommitted(facts, held.price, today);
  const isSeat = held.family !== "azure-plan" && held.family !== "azure-legacy";
  return {
    id: held.id,
    name: held.name,
    family: held.family,
    status: held.status,
    quantity: held.quantity,
    isTrial: held.isTrial,
    autoRenew: held.autoRenew,
    billingCycle: held.billingCycle ?? null,
    term: held.term ?? null,
    unitPrice:
      held.price === undefined
        ? null
        : { amount: held.price.unitPrice, currency: held.price.currency, since: held.price.since.toString() },
    monthly: isSeat ? wire(monthlyCost(facts, held.price)) : null,
    renewsOn: willRenew(facts) ? text(held.commitmentEndDay?.add({ days: 1 })) : null,
    renewalCommits: wire(renewalCommits(facts, held.price)),
    cancelWindow: cancelWindow(held, now),
    committed: committedToWire(committed),
    suspensionReasons: [...held.suspensionReasons],
    hasScheduledChange: held.scheduledNextTermInstructions !== undefined && held.scheduledNextTermInstructions !== null,
    warnings: [...subscriptionWarnings(held, { now, today, hasOverdue, committed })],
    readAt: held.readAt.toString(),
    goneAt: text(held.goneAt),
    entitlements: entitlements
      .filter((one) => one.planId === held.id)
      .map(({ id, name, status, planId }) => ({ id, name, status, planId })),
  };
}
