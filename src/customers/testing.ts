import { parseDecimal } from "../core/decimal.ts";
import type { CustomerId, SubscriptionId } from "../core/ids.ts";
import type { BillingLineItem, Customer, GdapRelationship, Subscription } from "../partner-center/contract.ts";

/** Facts for tests of this slice, as Partner Center would give them. */

export const guidOf = (n: number, kind = "c"): string =>
  `${kind === "c" ? "00000000" : "11111111"}-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
export const customerIdOf = (n: number): CustomerId => guidOf(n) as CustomerId;
export const subscriptionIdOf = (n: number): SubscriptionId => guidOf(n, "s") as SubscriptionId;

export const aCustomer = (n: number, changes: Partial<Customer> = {}): Customer => ({
  id: customerIdOf(n),
  name: `Customer ${n} AB`,
  domain: `customer${n}.onmicrosoft.com`,
  relationship: "reseller",
  raw: null,
  ...changes,
});

export const aSubscription = (n: number, changes: Partial<Subscription> = {}): Subscription => ({
  id: subscriptionIdOf(n),
  offerId: "CFQ7TTC0LF8R:0001:CFQ7TTC0XXXX",
  name: "Microsoft 365 E5",
  family: "new-commerce",
  status: "active",
  quantity: 10,
  autoRenew: true,
  isTrial: false,
  createdAt: Temporal.Instant.from("2025-01-20T10:00:00Z"),
  commitmentEndDay: Temporal.PlainDate.from("2027-01-19"),
  billingType: "license",
  billingCycle: "monthly",
  term: "P1Y",
  suspensionReasons: [],
  etag: `etag-${n}`,
  raw: { id: subscriptionIdOf(n) },
  ...changes,
});

const decimal = (text: string) => {
  const parsed = parseDecimal(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

export const aLine = (
  customer: number,
  subscription: number,
  changes: Partial<Omit<BillingLineItem, "unitPrice">> & { readonly price?: string } = {},
): BillingLineItem => {
  const { price, ...others } = changes;
  return {
    customerId: customerIdOf(customer),
    subscriptionId: subscriptionIdOf(subscription),
    invoiceId: "G001",
    chargeType: "renew",
    currency: "SEK",
    unitPrice: decimal(price ?? "100.00"),
    quantity: decimal("10"),
    chargeStart: Temporal.PlainDate.from("2026-10-20"),
    chargeEnd: Temporal.PlainDate.from("2026-11-19"),
    raw: null,
    ...others,
  };
};

export const aRelationship = (
  n: number,
  customer: number,
  changes: Partial<GdapRelationship> = {},
): GdapRelationship => ({
  id: `gdap-${n}`,
  customerId: customerIdOf(customer),
  name: `GDAP ${n}`,
  status: "active",
  roleIds: ["role-a", "role-b"],
  activatedAt: Temporal.Instant.from("2026-01-01T00:00:00Z"),
  endsAt: Temporal.Instant.from("2027-03-14T00:00:00Z"),
  autoExtends: false,
  raw: null,
  ...changes,
});
