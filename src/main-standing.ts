import type { CollectionsDeps } from "./collections/deps.ts";
import { standingOf } from "./collections/decide-standing.ts";
import { failuresOf } from "./collections/store-failures.ts";
import { type Clock, dayOf } from "./core/time.ts";
import { exposuresOf } from "./exposure/service.ts";
import type { DeskFacts } from "./main-parts.ts";
import { depositsHeld } from "./receivables/store-first.ts";
import { countEvents } from "./receivables/stripe/store-read.ts";
import type { Tx } from "./store/contract.ts";

/** Whether Stripe ever told anything: before that nobody knows of failed payments. */
export const tellsFailures = async (tx: Tx): Promise<boolean> => (await countEvents(tx)).lastAt !== null;

/** What conditions may ask of accounts as they stand today; on a past day nothing of it is known. */
export const standingWith =
  (clock: Clock, desk: Pick<DeskFacts, "zone">): NonNullable<CollectionsDeps["standingOf"]> =>
  async (tx, { accounts, day }) => {
    if (Temporal.PlainDate.compare(day, dayOf(clock.now(), desk.zone)) < 0) return new Map();
    const ids = [...new Set(accounts.flatMap((one) => one.customerIds))];
    const parts = {
      exposures: await exposuresOf(tx, ids),
      deposits: (await depositsHeld(tx, ids, day)).map(({ customerId, currency, amountMinor }) => ({
        customerId,
        money: { minor: amountMinor, currency },
      })),
      failures: await failuresOf(tx, ids),
      tellsFailures: await tellsFailures(tx),
    };
    return new Map(accounts.map((one) => [one.accountId, standingOf(one.customerIds, parts)]));
  };
