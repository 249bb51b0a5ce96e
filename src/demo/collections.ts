import type { CallOutcome, DisputeReason } from "../collections/contract.ts";
import type { Money } from "../core/money.ts";

/** What the people of Skärgård Cloud AB did about customers that owe. All of it is invented. */

/** Customers that are public bodies: they keep access to what they run on. */
export const DEMO_PUBLIC: readonly string[] = ["Ekeby kommun"];

const sek = (kronor: bigint): Money => ({ minor: kronor * 100n, currency: "SEK" });

export const DEMO_PROMISES: readonly {
  readonly customer: string;
  /** Days before the visitor arrives. */
  readonly madeAgo: number;
  readonly dueIn: number;
  readonly amount: Money;
  readonly note: string;
}[] = [
  {
    customer: "Granit Bygg i Umeå AB",
    madeAgo: 27,
    dueIn: 6,
    amount: sek(200_000n),
    note: "Half as soon as their own customer pays",
  },
  {
    customer: "Granit Bygg i Umeå AB",
    madeAgo: 14,
    dueIn: 5,
    amount: sek(200_000n),
    note: "Said again, by the managing director",
  },
  {
    customer: "Solvik Energi AB",
    madeAgo: 6,
    dueIn: 9,
    amount: sek(250_000n),
    note: "Their bank has approved the transfer",
  },
];

export const DEMO_DISPUTES: readonly {
  readonly customer: string;
  readonly raisedAgo: number;
  readonly forDays: number;
  readonly reason: DisputeReason;
  readonly note: string;
}[] = [
  {
    customer: "Bergslagens Buss AB",
    raisedAgo: 5,
    forDays: 14,
    reason: "wrong-quantity",
    note: "They returned 20 licences in August and were billed for all of them",
  },
];

export const DEMO_CALLS: readonly [
  { readonly outcome: CallOutcome; readonly note: string },
  ...{ readonly outcome: CallOutcome; readonly note: string }[],
] = [
  { outcome: "cannot-pay", note: "Waits for a customer of their own to pay" },
  { outcome: "paid-already", note: "Says it is in the next payment run" },
  { outcome: "refuses", note: "Will not pay before the support case is closed" },
];
