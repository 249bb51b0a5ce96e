import type { CustomersByIds } from "../../customers/contract.ts";
import type { Tx } from "../../store/contract.ts";
import type { RecordMoney } from "../contract-ledger.ts";

/** What Stripe's events ask of the rest of the desk. */
export type StripeDeps = {
  readonly recordMoney: RecordMoney;
  readonly customersByIds: CustomersByIds;
  /** The calendar day at the desk. */
  readonly deskDay: (tx: Tx, at: Temporal.Instant) => Promise<Temporal.PlainDate>;
  /** Endpoint secrets as kept in the settings, and whether events of Stripe's test mode count. */
  readonly stripeSettings: (tx: Tx) => Promise<{ readonly secrets: string | undefined; readonly takesTest: boolean }>;
  /** The real time: signatures are judged by it, whatever the desk's clock shows. */
  readonly wallNow: () => Temporal.Instant;
};
