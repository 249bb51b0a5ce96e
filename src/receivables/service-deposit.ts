import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import type { MoneyIn } from "./contract-ledger.ts";
import { type ChangeDeps, OWN_SYSTEM, payInvoice, type Who } from "./service-pay-invoice.ts";
import { recordMoneyWith } from "./service-money.ts";
import { rowIds } from "./store-bulk.ts";
import { type ChangeRow, findOpenItem, insertChange } from "./store-changes.ts";
import { addDeposit, depositHeld } from "./store-deposit.ts";
import { lockLedger } from "./store-import.ts";

type Draw = Who & {
  readonly invoiceId: string;
  readonly amount: { readonly minor: bigint; readonly currency: string };
  readonly reason: string;
};

/**
 * Pays an invoice, or part of it, from the deposit that its customer has with us: the deposit falls and the invoice is paid, in one
 * transaction, from today. Refused for more than is open or held. Gives the change, by which it can be undone.
 */
export async function drawDeposit(tx: Tx, deps: ChangeDeps, ask: Draw): Promise<Result<string, Refusal>> {
  const { amount, actor, now, today, reason } = ask;
  await lockLedger(tx);
  const item = await findOpenItem(tx, ask.invoiceId);
  if (item === undefined) return no("not-found", "invoice-unknown", "there is no such invoice");
  if (amount.currency !== item.currency) return no("invalid", "wrong-currency", `the invoice is in ${item.currency}`);
  if (amount.minor <= 0n) return no("invalid", "amount-zero", "draw more than nothing");
  const { customerId, currency, number } = item;
  if (amount.minor > item.open) return no("conflict", "over-invoice", "less than that is open", { facts: { number } });
  const held = await depositHeld(tx, { customerId, currency, day: today });
  if (amount.minor > held)
    return no("conflict", "over-deposit", "the deposit does not hold that much", {
      facts: { heldMinor: held.toString(), currency },
    });
  const id = deps.newId();
  await insertChange(tx, {
    change_id: id,
    kind: "deposit-draw",
    state: "done",
    customer_id: customerId,
    currency,
    amount_minor: amount.minor,
    what: { number, invoiceId: item.id },
    reason,
    asked_by: actor.name,
    asked_by_id: actor.id,
    asked_at: now,
  });
  const entry = { customerId, system: OWN_SYSTEM, currency, day: today, reference: reason };
  await addDeposit(tx, { ...entry, number: id, kind: "drawn", amountMinor: -amount.minor }, { ids: rowIds(), now });
  await payInvoice(tx, deps, { item, id, kind: "payment", amountMinor: amount.minor, reason, actor, now, today });
  await appendEvents(tx, [
    {
      type: "receivables.deposit-drawn",
      actor,
      at: now,
      customerId,
      subject: { kind: "ledger-change", id },
      why: reason,
      data: { number, amount: { minor: amount.minor.toString(), currency } },
    },
  ]);
  return ok(id);
}

type Undo = Who & { readonly changeId: string; readonly reason: string };
/** Takes a draw back, from today: the invoice is open again and the deposit holds the amount again. */
export async function undoDraw(
  tx: Tx,
  deps: ChangeDeps,
  change: ChangeRow,
  ask: Undo,
): Promise<Result<unknown, Refusal>> {
  const common = {
    customerId: change.customer_id as MoneyIn["customerId"],
    system: OWN_SYSTEM,
    number: `${change.change_id} undone`,
    currency: change.currency as MoneyIn["currency"],
  };
  const { today, now, reason } = ask;
  const entry = {
    ...common,
    day: today,
    reference: reason,
    kind: "paid-in",
    amountMinor: change.amount_minor,
  } as const;
  await addDeposit(tx, entry, { ids: rowIds(), now });
  const row: MoneyIn = {
    ...common,
    kind: "payment-reversal",
    amountMinor: -change.amount_minor,
    valueDate: today,
    names: [],
    text: reason,
    reverses: { system: OWN_SYSTEM, number: change.change_id },
  };
  return recordMoneyWith(deps)(tx, { rows: [row], actor: ask.actor, now, rule: "named-only" });
}
