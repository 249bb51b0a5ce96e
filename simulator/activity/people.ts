import { guidOf } from "../kernel/ids.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { officeIp, strangeIp, type Who } from "./records.ts";

/** People of a customer who appear in its logs: its directory, and an administrator when that is empty. */
export function peopleOf(sim: Sim, customer: CustomerRow): readonly Who[] {
  const home = { ip: officeIp(customer.id), country: customer.country, city: customer.city };
  const known = sim.tables.users
    .where("customer", customer.id)
    .filter((user) => user.deletedAt === null)
    .slice(0, 12)
    .map((user) => ({ id: user.id, upn: user.upn, name: `${user.first} ${user.last}`, ...home }));
  const admin = adminOf(customer);
  return known.some((one) => one.upn === admin.upn) ? known : [admin, ...known];
}

export const adminOf = (customer: CustomerRow): Who => ({
  id: guidOf(customer.id, "admin"),
  upn: `admin@${customer.domain}`,
  name: `${customer.contact[0]} ${customer.contact[1]}`,
  ip: officeIp(customer.id),
  country: customer.country,
  city: customer.city,
});

/** Somebody nobody has seen before: a guest account in the customer's directory, from far away. */
export const strangerOf = (customer: CustomerRow, story: string): Who => ({
  id: guidOf(customer.id, story, "stranger"),
  upn: `svc-sync_${guidOf(customer.id, story).slice(0, 4)}@${customer.domain}`,
  name: "svc sync",
  ip: strangeIp(customer.id, story),
  country: "VN",
  city: "Da Nang",
});

/** A customer's person whose account somebody else uses. */
export const stolen = (who: Who, story: string): Who => ({
  ...who,
  ip: strangeIp(who.id, story),
  country: "NG",
  city: "Lagos",
});
