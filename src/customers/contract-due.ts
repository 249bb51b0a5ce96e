import type { CustomerId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import type { Tx } from "../store/contract.ts";

/** A subscription whose renewal or closing cancel window lies ahead. `amount` undefined = not known, never nothing. */
export type SubscriptionAhead = {
  readonly customerId: CustomerId;
  readonly subscriptionId: string;
  readonly name: string;
  readonly quantity: number;
  readonly at: Temporal.Instant;
  readonly amount: Money | undefined;
};
/** Those of the next days, whoever holds them. */
export type SubscriptionsAhead = (tx: Tx, now: Temporal.Instant, days: number) => Promise<readonly SubscriptionAhead[]>;
