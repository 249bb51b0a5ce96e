import type { Access } from "./access/access.ts";
import type { PolicyDeps } from "./collections/policy/deps.ts";
import { dayOf } from "./core/time.ts";
import * as customers from "./customers/service.ts";
import type { DeskFacts } from "./main-parts.ts";

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
export const policyDepsOf = (access: Access, desk: Pick<DeskFacts, "zone">): PolicyDeps => ({
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
});
