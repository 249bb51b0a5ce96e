import type { Tx } from "../store/contract.ts";
import type { SubscriptionAhead } from "./contract-due.ts";
import type { DueSubscriptions } from "./contract.ts";
import { decideCommitted, instalmentOf, renewalCommits, termFactsOf } from "./decide-committed.ts";
import { factsFromJson } from "./decide-holdings.ts";
import {
  type Due,
  type DueSubscriptionRow,
  loadRenewals,
  loadRenewalsAhead,
  loadWindows,
  loadWindowsAhead,
} from "./store-due.ts";

/** Days ahead within which a renewal of an overdue customer is due work: enough to decide, ask and switch it off. */
export const RENEWAL_DAYS = 7;
/** Hours ahead within which a closing cancel window is due work. */
export const WINDOW_HOURS = 48;

/** Renewals in the next days at customers that owe overdue money: the last chance to stop a whole term. */
export async function renewalsDue(tx: Tx, now: Temporal.Instant): Promise<DueSubscriptions> {
  const today = now.toZonedDateTimeISO("UTC").toPlainDate();
  return toDue(await loadRenewals(tx, { from: today, until: today.add({ days: RENEWAL_DAYS }) }), "renewal");
}

/** Cancel windows that close soon at customers one would rather not have bound. */
export async function windowsClosing(tx: Tx, now: Temporal.Instant): Promise<DueSubscriptions> {
  return toDue(await loadWindows(tx, { from: now, until: now.add({ hours: WINDOW_HOURS }) }), "window");
}

function toDue({ count, first }: Due, kind: "renewal" | "window"): DueSubscriptions {
  if (first === undefined) return { count, first: undefined };
  const facts = factsFromJson(first.facts);
  const terms = termFactsOf({ ...facts, raw: null });
  const { customerId, customerName, at } = first;
  const amount = kind === "renewal" ? renewalCommits(terms, first.price) : instalmentOf(facts.quantity, first.price);
  return { count, first: { customerId, customerName, name: facts.name, quantity: facts.quantity, at, amount } };
}

/** Every subscription that renews by itself in the next days, with what that commits. For those who know who is overdue. */
export async function renewalsAhead(
  tx: Tx,
  now: Temporal.Instant,
  days: number,
): Promise<readonly SubscriptionAhead[]> {
  const today = now.toZonedDateTimeISO("UTC").toPlainDate();
  const rows = await loadRenewalsAhead(tx, { from: today, until: today.add({ days }) });
  return rows.map((row) => toAhead(row, (terms) => renewalCommits(terms, row.price)));
}

/** Every cancel window that closes in the next days, with what stays to be paid once it has. */
export async function windowsAhead(tx: Tx, now: Temporal.Instant, days: number): Promise<readonly SubscriptionAhead[]> {
  const today = now.toZonedDateTimeISO("UTC").toPlainDate();
  const rows = await loadWindowsAhead(tx, { from: now, until: now.add({ hours: days * 24 }) });
  return rows.map((row) =>
    toAhead(row, (terms) => {
      const committed = decideCommitted(terms, row.price, today);
      return committed.kind === "committed" ? committed.amount : undefined;
    }),
  );
}

function toAhead(
  row: DueSubscriptionRow,
  amountOf: (terms: ReturnType<typeof termFactsOf>) => SubscriptionAhead["amount"],
): SubscriptionAhead {
  const facts = factsFromJson(row.facts);
  const { customerId, subscriptionId, at } = row;
  const amount = amountOf(termFactsOf({ ...facts, raw: null }));
  return { customerId, subscriptionId, name: facts.name, quantity: facts.quantity, at, amount };
}
