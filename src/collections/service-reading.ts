import type { CustomerId } from "../core/ids.ts";
import type { Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Actor, Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import { COLLECTIONS_EVENTS, type Reading } from "./contract.ts";
import { saveReading } from "./store.ts";

/** A person's reading of an account wins over the desk's suggestion until it is taken back. */
export async function setReading(
  tx: Tx,
  ask: {
    readonly accountId: CustomerId;
    readonly reading: Reading | null;
    readonly why: string;
    readonly actor: Actor;
    readonly now: Temporal.Instant;
  },
): Promise<Result<{ readonly accountId: string }, Refusal>> {
  const { accountId, reading, why, actor, now } = ask;
  await saveReading(tx, { accountId, reading, why, by: actor, at: now });
  await appendEvents(tx, [
    {
      type: COLLECTIONS_EVENTS.readingSet,
      actor,
      at: now,
      subject: { kind: "account", id: accountId },
      customerId: accountId,
      why: why === "" ? undefined : why,
      data: { reading },
    },
  ]);
  return ok({ accountId });
}
