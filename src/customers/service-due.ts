import type { Tx } from "../store/contract.ts";
import type { DueSubscriptions } from "./contract.ts";
import { instalmentOf, renewalCommits, termFactsOf } from "./decide-committed.ts";
import { factsFromJson } from "./decide-holdings.ts";
import { type Due, loadRenewals, loadWindows } from "./store-due.ts";

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
