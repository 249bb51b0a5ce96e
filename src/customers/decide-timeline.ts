import type { TimelineGroup } from "./contract.ts";

/** Events of the customers slice that belong to another chip than "people". */
const OWN: Readonly<Record<string, TimelineGroup>> = {
  "customers.limit-set": "money",
  "customers.subscription-added": "money",
  "customers.subscription-changed": "money",
  "customers.subscription-gone": "money",
  "customers.subscription-returned": "money",
  "customers.subscriptions-first-read": "money",
  "customers.entitlement-added": "security",
  "customers.entitlement-changed": "security",
  "customers.entitlement-gone": "security",
  "customers.gdap-changed": "security",
};
const SLICES: Readonly<Record<string, TimelineGroup>> = {
  receivables: "money",
  collections: "money",
  exposure: "money",
  spending: "money",
  notices: "security",
  cases: "security",
  response: "security",
  activity: "security",
};

/** The chip of the timeline an event belongs to, by its type; what nobody placed is about people. */
export const timelineGroup = (type: string): TimelineGroup => OWN[type] ?? SLICES[type.split(".")[0] ?? ""] ?? "people";
