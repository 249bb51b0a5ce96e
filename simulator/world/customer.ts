import { iso, plusDays, plusHours } from "../kernel/clock.ts";
import { fractionOf } from "../kernel/ids.ts";
import type { CustomerRow, DirectoryUserRow } from "../kernel/rows.ts";
import { COUNTRIES, domainOf, type World } from "./context.ts";
import type { Story } from "./story.ts";

const STREETS = ["Storgatan", "Hamngatan", "Industrivägen", "Kungsgatan", "Järnvägsgatan", "Verkstadsvägen"] as const;

/** The customer's own row, its directory users and Microsoft's vetting. The budget comes last, when spend is known. */
export function buildCustomer(world: World, story: Story): CustomerRow {
  const { sim, id } = world;
  const { currency, culture, phone } = COUNTRIES[story.country];
  const number = (word: string, max: number): number => 1 + Math.floor(fractionOf(story.key, word) * max);
  const domain = domainOf(story.name);
  const mfa = story.mfa ?? { admins: 3, compliant: 3, users: 20, others: 15 };
  const { vetting } = story;
  const row: CustomerRow = {
    id: id("customer", story.key),
    key: story.key,
    says: story.says,
    name: story.name,
    domain,
    country: story.country,
    city: story.city,
    street: story.street ?? `${STREETS[number("street", STREETS.length) - 1]} ${number("house", 88)}`,
    postalCode: `${10_000 + number("post", 88_000)}`,
    phone: `${phone} ${number("area", 90)} 555 ${String(number("line", 99)).padStart(2, "0")} ${String(number("last", 99)).padStart(2, "0")}`,
    email: `faktura@${domain}`,
    contact: story.contact,
    culture,
    currency,
    orgNumber: story.orgNumber,
    commerceId: id("commerce", story.key),
    profileVersion: 1,
    relationship: "reseller",
    resellerId: story.reseller === undefined ? null : id("reseller", story.reseller),
    since: world.daysAgo(story.sinceDays),
    dap: story.dap ?? false,
    vetting:
      vetting === undefined
        ? { status: "Allowed", at: world.daysAgo(story.sinceDays) }
        : { status: vetting.status, at: world.daysAgo(vetting.daysAgo) },
    budget: null,
    overBudgetSentFor: null,
    mfa: {
      admins: mfa.admins,
      compliantAdmins: mfa.compliant,
      users: mfa.users ?? 20,
      compliantNonAdmins: mfa.others ?? 15,
      securityDefaults: mfa.compliant === mfa.admins ? "enabled" : "disabled",
    },
  };
  sim.tables.customers.put(row);
  if (vetting?.next !== undefined)
    sim.schedule.add({
      id: `vetting ${row.id}`,
      at: iso(plusHours(world.now, vetting.next.inHours)),
      kind: "vetting",
      facts: { customer: row.id, status: vetting.next.status },
    });
  buildUsers(world, row);
  return row;
}

/** A handful of directory users per tenant: the admins and a few others. */
function buildUsers({ sim, id, now }: World, customer: CustomerRow): void {
  const names = [customer.contact, ["IT", "Jour"], ["Ekonomi", "Avdelning"], ["Växel", "Reception"]] as const;
  for (const [i, [first, last]] of names.entries()) {
    const row: DirectoryUserRow = {
      id: id("user", customer.key, i),
      customerId: customer.id,
      upn: `${first}.${last}@${customer.domain}`
        .toLowerCase()
        .normalize("NFD")
        .replaceAll(/[^a-z0-9.@-]/g, ""),
      first,
      last,
      state: "active",
      deletedAt: null,
      usageLocation: customer.country,
      roles: i < Math.min(2, customer.mfa.admins) ? ["Global Administrator"] : [],
      passwordResetAt: iso(plusDays(now, -40 - i)),
    };
    sim.tables.users.put(row);
  }
}
