import type { CustomerRow, EntitlementRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";

/** What a lever is told, by name. */
export type Facts = Readonly<Record<string, unknown>>;

export class UnknownFact extends Error {}

/** By id or by the key of the story. */
export function customerOf(sim: Sim, facts: Facts): CustomerRow {
  const wanted = String(facts["customer"] ?? "").toLowerCase();
  const found = sim.tables.customers.get(wanted) ?? sim.tables.customers.where("key", wanted)[0];
  if (found === undefined) throw new UnknownFact(`no customer "${wanted}": give an id or the key of a story`);
  return found;
}

/** By id or name; the customer's first one when none is named. */
export function entitlementOf(sim: Sim, customer: CustomerRow, facts: Facts): EntitlementRow | undefined {
  const all = sim.tables.entitlements.where("customer", customer.id);
  const wanted = facts["subscription"];
  if (wanted === undefined) return all[0];
  if (wanted === null) return undefined;
  const found = all.find((one) => one.id === wanted || one.name === wanted);
  if (found === undefined) throw new UnknownFact(`${customer.name} has no Azure subscription "${String(wanted)}"`);
  return found;
}
