import type { Call } from "../http/contract.ts";
import type { Tx } from "../store/contract.ts";
import type { OverviewDeps } from "./service-overview.ts";
import type { ChangeDeps, Who } from "./service-pay-invoice.ts";

export type LedgerPageDeps = OverviewDeps &
  ChangeDeps & {
    /** The calendar day at the desk. */
    readonly deskDay: (tx: Tx, now: Temporal.Instant) => Promise<Temporal.PlainDate>;
  };
export type WhoOf = (call: Call<never, never, never>) => Promise<Who>;

/** Makes the function that says who asks, when, and on which day at the desk. */
export const whoOf =
  (deps: LedgerPageDeps) =>
  async ({ tx, actor, now }: Call<unknown, unknown, unknown>): Promise<Who> => ({
    actor,
    now,
    today: await deps.deskDay(tx, now),
  });
