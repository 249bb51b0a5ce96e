import type { Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorFacts } from "./decide-actors.ts";
import { listIn, numberIn } from "./decide-json.ts";

export const ORDER_OPS = ["create_order", "update_order", "update_subscription", "convert_trial_subscription"];

/** What is kept of a purchase: how many seats it adds. A change that only lowers, or whose numbers are not told, adds none. */
export function orderFacts(event: KnownEvent): Kept["facts"] | undefined {
  if (!ORDER_OPS.includes(event.operation) || event.outcome === "failure") return undefined;
  const facts = { ...actorFacts(event), operation: event.operation, what: event.resource?.id ?? event.id };
  if (event.operation === "create_order") {
    const seats = listIn(event.request, "lineItems").map((one) => numberIn(one, "quantity") ?? 0);
    return { kind: "order", ...facts, seats: seats.reduce((a, b) => a + b, 0) };
  }
  if (event.operation === "convert_trial_subscription") return { kind: "trial", ...facts, seats: 0 };
  const change = event.changes?.find(({ name }) => /(^|\.)quantity$/i.test(name));
  const more = Number(change?.after ?? Number.NaN) - Number(change?.before ?? Number.NaN);
  return more > 0 && Number.isSafeInteger(more) ? { kind: "order", ...facts, seats: more } : undefined;
}
