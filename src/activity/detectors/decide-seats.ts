import type { Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorFacts } from "./decide-actors.ts";
import { domainOfUser, isGuest, registrable } from "./decide-domain.ts";
import { partnerData } from "./decide-partner.ts";

/** Operations that give a person a seat or take it away, and those that make domains the tenant's own. */
export const SEAT_OPS = ["change user license", "update_customer_user_licenses", "update_sfb_customer_user_licenses"];
export const DOMAIN_OPS = ["add unverified domain", "add verified domain", "verify domain", "add domain"];
const seats = new Set(SEAT_OPS);
const domains = new Set(DOMAIN_OPS);

/** What is kept of an event about seats: whose, of which home, which products were given and taken. */
export function seatFacts(event: KnownEvent): Kept["facts"] | undefined {
  if (event.outcome === "failure") return undefined;
  const target = event.target ?? event.resource;
  if (domains.has(event.operation)) {
    const domain = registrable(target?.name ?? target?.id ?? "");
    return domain === undefined ? undefined : { kind: "domain", domain };
  }
  if (!seats.has(event.operation) || !target) return undefined;
  const [added, removed] = products(event);
  const name = target.name?.includes("@") ? target.name : target.id;
  return {
    kind: "seat",
    ...actorFacts(event),
    user: target.id,
    domain: domainOfUser(name) ?? "",
    guest: isGuest(name),
    added: added.join(" "),
    removed: removed.join(" "),
  };
}

const SKU_ID = /skuid[="':\s]+([0-9a-f-]{36})/gi;
const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** Products given and taken: Partner Center names them, Entra tells the whole before and after. */
function products(event: KnownEvent): readonly [readonly string[], readonly string[]] {
  const named = ["AddedLicenseSkuId", "RemovedLicenseSkuId"].map((key) => partnerData(event, key));
  if (named.some((one) => one !== undefined)) return [guids(named[0]), guids(named[1])];
  const change = event.changes?.find(({ name }) => /^assignedlicen[sc]e/i.test(name));
  const [before, after] = [skus(change?.before), skus(change?.after)];
  return [after.filter((one) => !before.includes(one)), before.filter((one) => !after.includes(one))];
}
const guids = (text: string | undefined) => [...new Set((text ?? "").toLowerCase().match(GUID) ?? [])].sort();
const skus = (text: string | undefined) =>
  [...new Set([...(text ?? "").matchAll(SKU_ID)].map(([, id = ""]) => id.toLowerCase()))].sort();
