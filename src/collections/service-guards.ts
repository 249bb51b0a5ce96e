import type { NewFinding } from "../cases/contract.ts";
import type { CustomerId } from "../core/ids.ts";
import { moneyToText } from "../core/money.ts";
import type { SubscriptionAhead } from "../customers/contract-due.ts";
import type { Tx } from "../store/contract.ts";
import type { CollectionsDeps } from "./deps.ts";
import { accountsFor } from "./service-accounts.ts";
import { readCollectionsSettings } from "./service-settings.ts";
import { overdueAmong } from "./store-list.ts";
import { dropGuard, type GuardRow, openGuards, saveGuard } from "./store-tasks.ts";

/**
 * Renewals and closing cancel windows of accounts that owe: the last days on which a whole term can still be stopped. Each is a finding with
 * the money at stake, and resolves when the account has paid, the renewal is switched off or the day is past.
 */

const KINDS = { renewal: "collections.renewal-while-overdue", window: "collections.window-while-overdue" } as const;
type Kind = keyof typeof KINDS;
type Hit = {
  readonly kind: Kind;
  readonly ahead: SubscriptionAhead;
  readonly accountId: CustomerId;
  readonly overdue: Overdue;
};
type Overdue = { readonly minor: bigint | null; readonly currency: string; readonly days: number | null };

/** Looks at all of them. Gives how many findings are open. */
export async function lookAtGuards(deps: CollectionsDeps): Promise<number> {
  const now = deps.clock.now();
  return deps.store.inTransaction(async (tx) => {
    const hits = await hitsOf(tx, deps, now);
    const open = new Map((await openGuards(tx)).map((row) => [row.fingerprint, row]));
    // In the order of customers: two reporters then never wait for each other.
    for (const hit of hits.toSorted((a, b) => (a.ahead.customerId < b.ahead.customerId ? -1 : 1))) {
      const fingerprint = fingerprintOf(hit);
      const before = open.get(fingerprint);
      open.delete(fingerprint);
      if (before !== undefined && before.money_minor === (hit.ahead.amount?.minor ?? null)) continue;
      await deps.reportFinding(tx, findingOf(hit, now));
      await saveGuard(tx, rowOf(hit, fingerprint), now);
    }
    for (const fingerprint of open.keys()) {
      await deps.resolveFinding(tx, { fingerprint, at: now, why: "collections.no-longer-so" });
      await dropGuard(tx, fingerprint);
    }
    return hits.length;
  });
}

async function hitsOf(tx: Tx, deps: CollectionsDeps, now: Temporal.Instant): Promise<readonly Hit[]> {
  const { renewalGuardDays, windowGuardDays } = await readCollectionsSettings(tx);
  const ahead = [
    ...(await deps.renewalsAhead(tx, now, renewalGuardDays)).map((one) => ({ kind: "renewal" as const, ahead: one })),
    ...(await deps.windowsAhead(tx, now, windowGuardDays)).map((one) => ({ kind: "window" as const, ahead: one })),
  ];
  const accounts = await accountsFor(tx, deps, [...new Set(ahead.map((one) => one.ahead.customerId))]);
  const overdue = await overdueAmong(tx, [...new Set(accounts.values())]);
  return ahead.flatMap((one): readonly Hit[] => {
    const accountId = accounts.get(one.ahead.customerId) ?? one.ahead.customerId;
    const owed = overdue.get(accountId);
    return owed === undefined ? [] : [{ ...one, accountId, overdue: owed }];
  });
}

/** One finding a subscription and date: the next term is another one. */
const fingerprintOf = ({ kind, ahead }: Hit): string =>
  `${KINDS[kind]}:${ahead.subscriptionId}:${ahead.at.toZonedDateTimeISO("UTC").toPlainDate().toString()}`;

function findingOf(hit: Hit, now: Temporal.Instant): NewFinding {
  const { kind, ahead, overdue } = hit;
  const facts = {
    subscription: ahead.name,
    quantity: ahead.quantity,
    at: ahead.at.toString(),
    ...(overdue.minor === null
      ? {}
      : { overdue: moneyToText({ minor: overdue.minor, currency: overdue.currency }), currency: overdue.currency }),
    ...(overdue.days === null ? {} : { daysPastDue: overdue.days }),
  };
  return {
    kind: KINDS[kind],
    family: "payment",
    customerId: ahead.customerId,
    subscriptionId: ahead.subscriptionId,
    severity: "medium",
    facts,
    evidence: [{ at: now, kind: KINDS[kind], facts, source: "Partner Center", recordId: ahead.subscriptionId }],
    ...(ahead.amount === undefined ? {} : { moneyAtRisk: ahead.amount }),
    fingerprint: fingerprintOf(hit),
    observedAt: now,
  };
}

const rowOf = ({ kind, ahead, accountId }: Hit, fingerprint: string): GuardRow => ({
  fingerprint,
  account_id: accountId,
  customer_id: ahead.customerId,
  kind: KINDS[kind],
  money_minor: ahead.amount?.minor ?? null,
});
