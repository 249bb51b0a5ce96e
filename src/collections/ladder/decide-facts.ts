import type { Currency } from "../../core/currency.ts";
import type { AccountFacts } from "../contract-history.ts";

/**
 * What a condition (`when`, `applies`, an exemption) may ask of an account on a day, in one currency. Unknown is undefined; a condition that
 * needs an unknown fact does not hold. The names that a policy writes, and what they mean, are in docs/reference/policy-facts.md.
 */
export type LadderFacts = {
  readonly account: AccountFacts;
  readonly currency: Currency | undefined;
  /** Of the oldest invoice that counts; negative before its due date; undefined = nothing is open. */
  readonly daysPastDue: number | undefined;
  /** Overdue before credits, credits, and what is left of it. */
  readonly overdueMinor: bigint;
  readonly creditsMinor: bigint;
  readonly netOverdueMinor: bigint;
  readonly notDueMinor: bigint;
  /** Overdue invoices that count. */
  readonly invoices: number;
  readonly disputedInvoices: number;
  readonly promisesBroken: number;
  /** Whole days since the customer's first day; undefined = not known. */
  readonly customerDays: number | undefined;
};

/** A compiled condition. It never throws: what cannot be told from the facts is false. */
export type Condition = (facts: LadderFacts) => boolean;
