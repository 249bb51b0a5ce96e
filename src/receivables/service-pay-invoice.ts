import type { NewId } from "../core/ids.ts";
import type { Actor, Tx } from "../store/contract.ts";
import type { MoneyIn } from "./contract-ledger.ts";
import { latest } from "./decide-allocation.ts";
import type { LedgerDeps } from "./service-money.ts";
import { rowIds } from "./store-bulk.ts";
import type { OpenItem } from "./store-changes.ts";
import { keepEntries } from "./store-entries.ts";
import { findMoney, insertMoney, moneyKey } from "./store-money.ts";

/** What changes by hand ask for, and whoever makes them. */
export type ChangeDeps = LedgerDeps & { readonly newId: NewId };
export type Who = { readonly actor: Actor; readonly now: Temporal.Instant; readonly today: Temporal.PlainDate };

/** System of money that this desk makes itself. */
export const OWN_SYSTEM = "surety";

export type Book = Who & {
  readonly item: OpenItem;
  readonly id: string;
  readonly amountMinor: bigint;
  readonly reason: string;
};
/** Adds money of our own and gives all of it to one invoice, from today or from the day on which it can be. Amount: what is open at most. */
export async function payInvoice(
  tx: Tx,
  deps: ChangeDeps,
  { item, id, kind, amountMinor, reason, now, today }: Book & { readonly kind: MoneyIn["kind"] },
): Promise<void> {
  const row: MoneyIn = {
    customerId: item.customerId,
    system: OWN_SYSTEM,
    number: id,
    kind,
    currency: item.currency as MoneyIn["currency"],
    amountMinor,
    valueDate: today,
    names: [item.number],
    text: reason,
  };
  const ids = rowIds();
  await insertMoney(tx, [row], { ids, now });
  const paymentId = (await findMoney(tx, [row])).get(moneyKey(row))?.paymentId;
  if (paymentId === undefined) throw new Error("invariant broken: money of our own was recorded and is not there");
  const day = latest([today.toString(), item.issueDate, item.reopenedOn]);
  const common = { paymentId, invoiceId: BigInt(item.id), againstId: null, amountMinor, day };
  await keepEntries(tx, [{ ...common, reason: "by-hand", changeId: id }], ids);
  await deps.onChanged(tx, [item.customerId]);
}
