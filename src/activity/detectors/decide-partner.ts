import type { CustomerId } from "../../core/ids.ts";
import type { Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { listIn, textIn } from "./decide-json.ts";
import { text } from "./decide-window.ts";

/** A value among the `customizedData` of a Partner Center audit record. */
export function partnerData(event: KnownEvent, key: string): string | undefined {
  const wanted = key.toLowerCase();
  const found = listIn(event.raw, "customizedData").find((one) => textIn(one, "key")?.toLowerCase() === wanted);
  return found === undefined ? undefined : textIn(found, "value");
}

/** Somebody or something of the reseller acts: a delegated administrator, or a person or application in Partner Center. */
export const isPartnerAct = (event: KnownEvent): boolean =>
  event.actor !== undefined &&
  (event.actor.kind === "partner" || (event.source === "partner-center" && event.actor.kind !== "system"));

/** What a group over several customers comes to: one hit for each customer touched, each naming how many and what. */
export function perCustomer(touched: readonly Kept[], base: Omit<Hit, "customer" | "events" | "key">): readonly Hit[] {
  const byCustomer = Map.groupBy(touched, (one) => text(one, "customer"));
  return [...byCustomer]
    .filter(([customer]) => customer !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([customer, events]) => ({
      ...base,
      key: customer,
      customer: customer as CustomerId,
      events: events.slice(0, 50),
    }));
}
