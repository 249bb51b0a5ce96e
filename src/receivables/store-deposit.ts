import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { Ids } from "./store-bulk.ts";

/** What a customer's deposit can give on a day: what is held then, less what is known to leave it later. Minor units. */
export async function depositHeld(
  tx: Tx,
  of: { readonly customerId: CustomerId; readonly currency: string; readonly day: Temporal.PlainDate },
): Promise<bigint> {
  const { rows } = await sql<{ held: bigint }>`
    select coalesce(sum(amount_minor) filter (where day <= ${of.day}::date or amount_minor < 0), 0)::bigint as held
    from deposit_entry where customer_id = ${of.customerId} and currency = ${of.currency}`.execute(tx);
  return rows[0]?.held ?? 0n;
}

export type NewDeposit = {
  readonly customerId: CustomerId;
  readonly system: string;
  readonly number: string;
  readonly kind: "paid-in" | "drawn";
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly day: Temporal.PlainDate;
  readonly reference: string;
};
/** Adds an entry to a deposit. */
export async function addDeposit(
  tx: Tx,
  entry: NewDeposit,
  { ids, now }: { readonly ids: Ids; readonly now: Temporal.Instant },
): Promise<void> {
  await ids.reserve(tx, 1);
  await sql`insert into deposit_entry (entry_id, customer_id, system, number, kind, currency, amount_minor, day, reference, recorded_at)
    values (${ids.take()}, ${entry.customerId}, ${entry.system}, ${entry.number}, ${entry.kind}, ${entry.currency}, ${entry.amountMinor}, ${entry.day}, ${entry.reference}, ${now})`.execute(
    tx,
  );
}
