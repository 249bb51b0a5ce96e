import type { Currency } from "../../core/currency.ts";
import type { Money } from "../../core/money.ts";
import type { CustomerClass } from "../contract-policy.ts";

/**
 * What a condition may ask about: one account in one currency on one day. `undefined` = not known, which is neither false nor
 * zero: an expression whose answer depends on it does not match, and says which fact was missing.
 */
export type PolicyFacts = {
  readonly currency: Currency;
  readonly overdueMinor: bigint;
  readonly creditsMinor: bigint;
  readonly netOverdueMinor: bigint;
  readonly notDueMinor: bigint;
  readonly invoices: number;
  readonly daysPastDue: number;
  readonly customer: CustomerPolicyFacts;
  readonly promises: { readonly broken: number };
  /** Decline code of the last failed payment; "" = a feed tells of payments and none failed; undefined = no feed tells. */
  readonly payments: { readonly lastFailure: string | undefined };
  readonly exposure?: Money | undefined;
  readonly deposit?: Money | undefined;
  readonly limit?: Money | undefined;
};
/** What `applies` may ask: it chooses the policy before any amount is looked at. */
export type CustomerPolicyFacts = {
  readonly class: CustomerClass | undefined;
  readonly country: string | undefined;
  readonly daysKnown: number | undefined;
  /** Customers that the account pays for, itself among them. */
  readonly customers: number;
};

export type FactType = "amount" | "int" | "text";
type Fact = {
  readonly name: string;
  readonly type: FactType;
  readonly means: string;
  readonly from: string;
  /** Which feed must run for the fact to be known at all; undefined = the ledger, which is always there. */
  readonly feed?: FactFeed;
  readonly example: string;
  /** Smallest and largest value that can occur, where that is known: the linter refuses what lies outside. */
  readonly min?: number;
  readonly values?: readonly string[];
};
export const FACT_FEEDS = [
  "customer-class",
  "customer-country",
  "failed-payments",
  "exposure",
  "deposit",
  "limit",
] as const;
export type FactFeed = (typeof FACT_FEEDS)[number];

/** The one table of facts: the type checker, the linter, the editor and docs/reference/policy-facts.md read it. */
export const FACTS = [
  {
    name: "currency",
    type: "text",
    means: "The currency that is being judged: conditions are read once per currency, the worst counts.",
    from: "ledger",
    example: 'currency == "SEK"',
  },
  {
    name: "overdue",
    type: "amount",
    means: "Open amount of the invoices past due that count (not disputed, sold, promised or claims), before credits.",
    from: "ledger",
    min: 0,
    example: "overdue >= 1000",
  },
  {
    name: "credits",
    type: "amount",
    means: "Money and credit notes that are not applied to an invoice.",
    from: "ledger",
    min: 0,
    example: "credits == 0",
  },
  {
    name: "netOverdue",
    type: "amount",
    means: "Overdue after credits, never below zero.",
    from: "ledger",
    min: 0,
    example: 'currency == "SEK" && netOverdue > 500.50',
  },
  {
    name: "notDue",
    type: "amount",
    means: "Open amount of invoices that are not yet due.",
    from: "ledger",
    min: 0,
    example: "notDue > overdue",
  },
  {
    name: "invoices",
    type: "int",
    means: "Overdue invoices that count.",
    from: "ledger",
    min: 0,
    example: "invoices >= 3",
  },
  {
    name: "daysPastDue",
    type: "int",
    means: "Days past the due date of the oldest of them, after a due date on a day off has moved; negative before it.",
    from: "ledger",
    example: "daysPastDue >= 45",
  },
  {
    name: "customer.class",
    type: "text",
    means: "What the customer is.",
    from: "the customer's record",
    feed: "customer-class",
    values: ["business", "public", "healthcare", "education", "charity", "consumer"],
    example: 'customer.class in ["public", "healthcare"]',
  },
  {
    name: "customer.country",
    type: "text",
    means: "ISO 3166 code of the country the customer is in.",
    from: "the customer's record",
    feed: "customer-country",
    example: 'customer.country == "SE"',
  },
  {
    name: "customer.daysKnown",
    type: "int",
    means: "Days since the customer became one.",
    from: "the customer's record",
    min: 0,
    example: "customer.daysKnown < 90",
  },
  {
    name: "customer.customers",
    type: "int",
    means: "Customers that the account pays for, itself among them.",
    from: "the customer's record",
    min: 1,
    example: "customer.customers > 1",
  },
  {
    name: "promises.broken",
    type: "int",
    means: "Promises to pay that were broken.",
    from: "promises",
    min: 0,
    example: "promises.broken >= 2",
  },
  {
    name: "payments.lastFailure",
    type: "text",
    means: 'Decline code of the last failed payment; "" when none failed.',
    from: "payment provider",
    feed: "failed-payments",
    example: 'payments.lastFailure == "insufficient_funds"',
  },
  {
    name: "exposure",
    type: "amount",
    means: "What could be lost with the account today, in its own currency.",
    from: "exposure",
    feed: "exposure",
    min: 0,
    example: "exposure > limit",
  },
  {
    name: "deposit",
    type: "amount",
    means: "Deposit held.",
    from: "receivables",
    feed: "deposit",
    min: 0,
    example: "deposit >= overdue",
  },
  {
    name: "limit",
    type: "amount",
    means: "Credit limit of the account.",
    from: "the customer's record",
    feed: "limit",
    min: 0,
    example: "overdue > limit",
  },
] as const satisfies readonly Fact[];
export type FactName = (typeof FACTS)[number]["name"];
export const factOf = (name: string): Fact | undefined => FACTS.find((one) => one.name === name);

/** Functions and operators an expression may use. Nothing loops, so its cost is bounded by its length. */
export const FUNCTIONS = [
  { name: "known", form: "known(fact)", means: "Whether the fact is known." },
  { name: "has", form: "has(customer.class)", means: "The same, for a fact with a point in its name." },
  {
    name: "matches",
    form: 'customer.country.matches("^(SE|NO)$")',
    means: "A regular expression (RE2: no look-around, linear time).",
  },
  { name: "startsWith", form: 'payments.lastFailure.startsWith("card_")', means: "How a text begins." },
  { name: "endsWith", form: 'payments.lastFailure.endsWith("_funds")', means: "How a text ends." },
  { name: "contains", form: 'payments.lastFailure.contains("lost")', means: "Whether a text holds another." },
  { name: "size", form: "size(customer.country)", means: "Length of a text or list." },
] as const;
