import type { Access } from "./access/access.ts";
import { CHANNELS } from "./collections/contract-policy.ts";
import type { Letters } from "./collections/letters/letters.ts";
import { reachedCounts } from "./collections/letters/store-contacts.ts";
import type { FactFeed } from "./collections/policy/decide-facts.ts";
import type { PolicyDeps, Reach } from "./collections/policy/deps.ts";
import type { CustomerId } from "./core/ids.ts";
import { dayOf } from "./core/time.ts";
import * as customers from "./customers/service.ts";
import type { DeskFacts } from "./main-parts.ts";
import { tellsFailures } from "./main-standing.ts";
import { payersOn } from "./receivables/service-statement.ts";
import { customersWithLedger } from "./receivables/service.ts";
import { openCurrencies } from "./receivables/store-first.ts";
import type { Tx } from "./store/contract.ts";

/** Which country's pack is offered: the desk knows its zone, not its country. */
const countryOfZone = (zone: string): string | undefined =>
  zone === "Europe/Stockholm"
    ? "SE"
    : zone === "Europe/London"
      ? "GB"
      : zone.startsWith("America/")
        ? "US"
        : zone.startsWith("Europe/")
          ? "BE"
          : undefined;

/** What collections policies ask of other parts. */
export const policyDepsOf = (
  access: Access,
  desk: Pick<DeskFacts, "zone">,
  letters: Pick<Letters, "lacking">,
): PolicyDeps => ({
  desk: async (tx, now) => {
    const settings = await access.settings(tx);
    return {
      day: dayOf(now, desk.zone),
      name: settings["desk.name"] ?? "Surety",
      language: settings["desk.language"] ?? "en",
      country: countryOfZone(desk.zone),
    };
  },
  customerCount: customers.customerCount,
  isCustomer: async (tx, id) => (await customers.customerOf(tx, id)) !== undefined,
  reach: (tx, now) => reachOf(tx, dayOf(now, desk.zone)),
  currencies: openCurrencies,
  feeds: feedsOf,
  incompleteLetters: letters.lacking,
});

/** Letters go to whoever pays: of the customers in the ledger, and of all while it is empty. */
async function reachOf(tx: Tx, day: Temporal.PlainDate): Promise<Reach> {
  const owing = await customersWithLedger(tx);
  const payers = await payersOn(tx, day);
  const ids = owing.size > 0 ? [...owing] : await customers.allCustomerIds(tx);
  const accounts = [...new Set(ids.map((id) => (payers.get(id) ?? id) as CustomerId))];
  const reached = await reachedCounts(tx, accounts);
  const without = CHANNELS.map((channel) => [channel, accounts.length - (reached.get(channel) ?? 0)] as const);
  return { accounts: accounts.length, withoutAddress: Object.fromEntries(without) };
}

/** What stands in the desk itself, or is set by hand there, can be known; failed payments are Stripe's to tell. */
async function feedsOf(tx: Tx): Promise<readonly FactFeed[]> {
  return [
    "customer-class",
    "customer-country",
    "exposure",
    "deposit",
    "limit",
    ...((await tellsFailures(tx)) ? (["failed-payments"] as const) : []),
  ];
}
