import type { NewFinding } from "../cases/contract.ts";
import { isCurrency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import { type Money, moneyToText } from "../core/money.ts";
import { dayOf } from "../core/time.ts";
import { STRIPE_LOG } from "../receivables/contract-stripe.ts";
import type { LoggedEvent, Tx } from "../store/contract.ts";
import type { CollectionsDeps } from "./deps.ts";
import { accountsFor } from "./service-accounts.ts";
import { hasCallFor, keepFailure } from "./store-failures.ts";
import { insertTask } from "./store-tasks.ts";

/**
 * What a payment provider told that a person must act on. A disputed payment and a lost card are findings; a payment that this card
 * can never make is a call. The money itself is the ledger's: a chargeback opens the invoice again, and the ladder freezes by its age.
 */

type Told = LoggedEvent & { readonly customerId: CustomerId };
const FOLLOWED: readonly string[] = [
  STRIPE_LOG.paymentFailed,
  STRIPE_LOG.disputeOpened,
  STRIPE_LOG.disputeClosed,
  STRIPE_LOG.instrumentLost,
  STRIPE_LOG.instrumentAdded,
];

/** Acts on these events of the log; each is seen once, because the cursor moves in the same transaction. */
export async function followPayments(tx: Tx, deps: CollectionsDeps, events: readonly LoggedEvent[]): Promise<void> {
  const told = events.filter((one): one is Told => FOLLOWED.includes(one.type) && one.customerId !== null);
  if (told.length === 0) return;
  const accounts = await accountsFor(tx, deps, [...new Set(told.map((one) => one.customerId))]);
  // In the order of customers, then of events: two reporters then never wait for each other.
  for (const one of told.toSorted((a, b) => (a.customerId < b.customerId ? -1 : a.customerId > b.customerId ? 1 : 0)))
    await act(tx, deps, { one, accountId: accounts.get(one.customerId) ?? one.customerId });
}

type Acting = { readonly one: Told; readonly accountId: CustomerId };
async function act(tx: Tx, deps: CollectionsDeps, { one, accountId }: Acting): Promise<void> {
  const { type, customerId, subject, at } = one;
  const data = dataOf(one);
  if (type === STRIPE_LOG.paymentFailed) {
    const code = text(data["declineCode"]) ?? text(data["code"]);
    if (code !== undefined) await keepFailure(tx, { customerId, code: code.slice(0, 80), at });
    if (data["answer"] === "new-instrument") await openCall(tx, deps, { one, accountId });
    return;
  }
  if (type === STRIPE_LOG.disputeOpened) await deps.reportFinding(tx, disputeFinding(one));
  else if (type === STRIPE_LOG.instrumentLost) await deps.reportFinding(tx, lostFinding(one));
  else if (type === STRIPE_LOG.disputeClosed) {
    // Lost: the money is gone and the case stays for a person; won: the cause is.
    if (data["isWon"] === true)
      await deps.resolveFinding(tx, { fingerprint: disputeOf(subject.id), at, why: "collections.dispute-won" });
  } else await deps.resolveFinding(tx, { fingerprint: lostOf(customerId), at, why: "collections.instrument-added" });
}

/** One call an account and payment, however often the provider tries it. */
async function openCall(tx: Tx, deps: CollectionsDeps, { one, accountId }: Acting): Promise<void> {
  if (await hasCallFor(tx, accountId, one.subject.id)) return;
  const data = dataOf(one);
  const now = deps.clock.now();
  const amount = moneyIn(data["amount"]);
  await insertTask(tx, {
    id: deps.newId(),
    accountId,
    kind: "call",
    stepId: null,
    letterId: null,
    facts: {
      payment: one.subject.id,
      because: "new-instrument",
      code: text(data["declineCode"]) ?? text(data["code"]) ?? "",
      ...(amount !== undefined && { amount: moneyToText(amount) }),
      ...(text(data["invoiceNumber"]) !== undefined && { invoiceNumber: text(data["invoiceNumber"]) ?? "" }),
    },
    dueOn: dayOf(now, deps.zone),
    at: now,
  });
}

const disputeOf = (id: string): string => `collections.payment-disputed:${id}`;
const lostOf = (customerId: CustomerId): string => `collections.instrument-lost:${customerId}`;

function disputeFinding(one: Told): NewFinding {
  const data = dataOf(one);
  const amount = moneyIn(data["amount"]);
  const facts = {
    reason: text(data["reason"]) ?? "unknown",
    ...(amount !== undefined && { amount: moneyToText(amount) }),
  };
  // A warning takes nothing yet.
  const isInquiry = text(data["status"])?.startsWith("warning_") === true;
  return {
    ...common(one, "collections.payment-disputed", facts),
    severity: isInquiry ? "medium" : "high",
    ...(amount !== undefined && { moneyAtRisk: amount }),
    fingerprint: disputeOf(one.subject.id),
  };
}

/** The last one lost is worse than one of several: then nothing can be collected at all. */
function lostFinding(one: Told): NewFinding {
  const data = dataOf(one);
  const left = typeof data["left"] === "number" ? data["left"] : 0;
  const facts = { kind: text(data["kind"]) ?? "unknown", last4: text(data["last4"]) ?? "", left };
  return {
    ...common(one, "collections.instrument-lost", facts),
    severity: left === 0 ? "medium" : "low",
    fingerprint: lostOf(one.customerId),
  };
}

const common = ({ customerId, at, subject }: Told, kind: string, facts: NewFinding["facts"]) => ({
  kind,
  family: "payment" as const,
  customerId,
  facts,
  evidence: [{ at, kind, facts, source: "Stripe", recordId: subject.id }],
  observedAt: at,
});

const dataOf = ({ data }: LoggedEvent): Readonly<Record<string, unknown>> =>
  typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
function moneyIn(value: unknown): Money | undefined {
  const { minor, currency } = (value ?? {}) as { readonly minor?: unknown; readonly currency?: unknown };
  if (typeof minor !== "string" || !/^-?\d{1,18}$/.test(minor) || typeof currency !== "string") return undefined;
  return isCurrency(currency) ? { minor: BigInt(minor), currency } : undefined;
}
