import type { CustomerId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import type {
  ChangeWire,
  MergeWire,
  MoneyDetailWire,
  MovementWire,
  PayerLinkWire,
  StatementWire,
} from "./contract-statement.ts";
import type { ChangeDeps, Who } from "./service-pay-invoice.ts";
import { namesOf, type Names, type OverviewDeps } from "./service-overview.ts";
import { openReceivables } from "./service.ts";
import { type ChangeRow, findMovable, listChanges, loadTargets } from "./store-changes.ts";
import { lockLedger } from "./store-import.ts";
import { ledgerState, type MergeRow, mergesOf } from "./store-merge.ts";
import {
  endLink,
  findLink,
  insertLink,
  type LineRow,
  type LinkFullRow,
  loadLines,
  loadLinksOf,
  loadMovements,
  type MovementRow,
} from "./store-statement.ts";
import { loadLinks } from "./store-aged.ts";
import { isLedgerOnly } from "./contract.ts";
import { ageingRow } from "./wire.ts";

/** Changes by hand that a statement shows. */
const CHANGES_SHOWN = 50;

type Ask = {
  readonly customerId: CustomerId;
  readonly asOf: Temporal.PlainDate;
  readonly skip: number;
  readonly limit: number;
};

/** A customer's ledger at the end of a day: what is open, and every movement with the balance after it. */
export async function statementOf(tx: Tx, deps: OverviewDeps, ask: Ask): Promise<StatementWire> {
  const { customerId, asOf } = ask;
  const movements = await loadMovements(tx, { ...ask, limit: ask.limit + 1 });
  const shown = movements.slice(0, ask.limit);
  const ids = (what: MovementRow["what"]) => shown.filter((row) => row.what === what).map(({ id }) => id);
  const lines = await loadLines(tx, { payments: ids("money"), invoices: ids("item"), asOf });
  const open = await openReceivables(tx, asOf, [customerId]);
  const links = await loadLinksOf(tx, customerId);
  const changes = await listChanges(tx, { customerId, limit: CHANGES_SHOWN });
  const merges = await mergesOf(tx, customerId);
  const others = [...links.flatMap((row) => [row.customer_id, row.payer_id]), ...merges.map((row) => row.into_id)];
  const names = await namesOf(tx, deps, [...new Set([customerId, ...others])]);
  const isOwn = isLedgerOnly(customerId) && merges.every((row) => row.undone_by !== null || row.into_id === customerId);
  const balances = new Map(movements.toReversed().map((row) => [row.currency, row.balance]));
  return {
    customerId,
    name: names.get(customerId)?.name ?? merges.find((row) => row.from_id === customerId)?.from_name ?? customerId,
    isLedgerOnly: isLedgerOnly(customerId),
    asOf: asOf.toString(),
    currencies: open.map((row) => ({
      ...ageingRow(row),
      balance: {
        minor: (balances.get(row.currency) ?? row.outstandingMinor - row.unappliedMinor).toString(),
        currency: row.currency,
      },
    })),
    movements: shown.map((row) => movementWire(row, lines)),
    nextCursor: movements.length > ask.limit ? String(ask.skip + ask.limit) : null,
    total: Number(movements[0]?.lines ?? 0n),
    changes: changes.map(changeWire),
    payers: links.map((row) => linkWire(row, names)),
    merges: merges.map((row) => mergeWire(row, names)),
    seen: isOwn ? await ledgerState(tx, customerId) : null,
  };
}

export const mergeWire = (row: MergeRow, names: Names): MergeWire => ({
  id: row.merge_id,
  fromId: row.from_id,
  fromName: row.from_name,
  intoId: row.into_id,
  intoName: names.get(row.into_id)?.name ?? row.into_id,
  reason: row.reason,
  by: row.merged_by,
  at: row.merged_at.toString(),
  undoneBy: row.undone_by,
  undoReason: row.undo_reason,
});

function movementWire(row: MovementRow, all: readonly LineRow[]): MovementWire {
  const { currency } = row;
  const json = (minor: bigint) => ({ minor: minor.toString(), currency });
  const of =
    row.what === "money"
      ? all.filter((line) => line.payment_id === row.id)
      : row.what === "item"
        ? all.filter((line) => line.invoice_id === row.id)
        : [];
  const moved = of.reduce((sum, line) => sum + line.amount_minor, 0n);
  const left = row.what === "item" ? row.claimed - moved : row.what === "money" ? -row.change - moved : undefined;
  return {
    what: row.what,
    id: row.id,
    number: row.number,
    kind: row.kind,
    day: row.day.toString(),
    dueDate: row.due_date?.toString() ?? null,
    change: json(row.change),
    balance: json(row.balance),
    left: left === undefined ? null : json(left),
    reference: row.reference,
    basis: row.basis,
    allocations: of.map((line) => ({
      number: row.what === "money" ? line.other_number : line.payment_number,
      customerId: row.what === "money" ? line.other_customer : line.payment_customer,
      amount: json(line.amount_minor),
      day: line.day.toString(),
      reason: line.reason,
    })),
    recordedAt: row.recorded_at.toString(),
  };
}

export const changeWire = (row: ChangeRow): ChangeWire => ({
  id: row.change_id,
  kind: row.kind,
  state: row.state,
  customerId: row.customer_id,
  amount: { minor: row.amount_minor.toString(), currency: row.currency },
  number: row.what.number,
  reason: row.reason,
  askedBy: row.asked_by,
  askedById: row.asked_by_id,
  askedAt: row.asked_at.toString(),
  decidedBy: row.decided_by,
  undoneBy: row.undone_by,
  undoReason: row.undo_reason,
});

const linkWire = (row: LinkFullRow, names: Names): PayerLinkWire => ({
  id: row.link_id,
  customerId: row.customer_id,
  customerName: names.get(row.customer_id)?.name ?? row.customer_id,
  payerId: row.payer_id,
  payerName: names.get(row.payer_id)?.name ?? row.payer_id,
  from: row.from_day.toString(),
  until: row.until_day?.toString() ?? null,
  reason: row.reason,
  setBy: row.set_by,
});

/** Some money with the invoices it pays or may pay, for moving it by hand. */
export async function moneyDetail(tx: Tx, paymentId: string): Promise<Result<MoneyDetailWire, Refusal>> {
  const money = await findMovable(tx, paymentId);
  if (money === undefined) return no("not-found", "money-unknown", "there is no such money in the ledger");
  const { currency } = money;
  const json = (minor: bigint) => ({ minor: minor.toString(), currency });
  const invoices = (await loadTargets(tx, money)).map((row) => ({
    id: row.id,
    number: row.number,
    customerId: row.customer_id,
    dueDate: row.due_date,
    kind: row.kind,
    given: json(row.given),
    room: json(row.open + row.given),
  }));
  const { number, amountMinor, valueDate, seen } = money;
  return ok({ id: paymentId, number, amount: json(amountMinor), day: valueDate, seen, invoices });
}

type Pay = Who & {
  readonly customerId: CustomerId;
  readonly payerId: CustomerId;
  readonly from: Temporal.PlainDate;
  readonly reason: string;
};
/**
 * Says that one customer pays for another from a day on. A payer is paid for by nobody and who is paid for pays for nobody: an
 * account is one payer with its dependants, never a chain.
 */
export async function setPayer(tx: Tx, deps: ChangeDeps, ask: Pay): Promise<Result<string, Refusal>> {
  const { customerId, payerId, from } = ask;
  if (customerId === payerId) return no("invalid", "pays-itself", "a customer pays for itself anyway");
  await lockLedger(tx);
  const isOpenOn = (row: LinkFullRow) => row.until_day === null || Temporal.PlainDate.compare(row.until_day, from) > 0;
  const links = [...(await loadLinksOf(tx, customerId)), ...(await loadLinksOf(tx, payerId))].filter(isOpenOn);
  if (links.some((row) => row.customer_id === customerId))
    return no("conflict", "has-payer", "somebody pays for this customer already: end that first");
  if (links.some((row) => row.payer_id === customerId || row.customer_id === payerId))
    return no("conflict", "payer-chain", "a payer is paid for by nobody: choose the one who pays in the end");
  const linkId = deps.newId();
  const { actor, now, reason } = ask;
  const link = { link_id: linkId, customer_id: customerId, payer_id: payerId, from_day: from, until_day: null };
  await insertLink(tx, { ...link, reason, set_by: actor.name, set_at: now });
  await deps.onChanged(tx, [customerId, payerId]);
  const data = { payerId, from: from.toString() };
  const subject = { kind: "payer-link", id: linkId };
  await appendEvents(tx, [{ type: "receivables.payer-set", actor, at: now, customerId, subject, why: reason, data }]);
  return ok(linkId);
}

/** From a day on, a customer pays for itself again. */
export async function endPayer(
  tx: Tx,
  deps: ChangeDeps,
  ask: Who & { readonly linkId: string; readonly until: Temporal.PlainDate; readonly reason: string },
): Promise<Result<string, Refusal>> {
  const link = await findLink(tx, ask.linkId);
  if (link === undefined) return no("not-found", "link-unknown", "there is no such link");
  if (link.until_day !== null) return no("conflict", "already-ended", "it has ended already");
  if (Temporal.PlainDate.compare(ask.until, link.from_day) <= 0)
    return no("invalid", "ends-before-start", "it ends after the day it began", {
      facts: { from: link.from_day.toString() },
    });
  const { actor, now, reason } = ask;
  await endLink(tx, { linkId: ask.linkId, until: ask.until, by: actor.name, at: now });
  const [customerId, payerId] = [link.customer_id as CustomerId, link.payer_id as CustomerId];
  await deps.onChanged(tx, [customerId, payerId]);
  const data = { payerId, until: ask.until.toString() };
  const subject = { kind: "payer-link", id: ask.linkId };
  await appendEvents(tx, [{ type: "receivables.payer-ended", actor, at: now, customerId, subject, why: reason, data }]);
  return ok(ask.linkId);
}

/** Who pays for whom on a day: customer → payer. For slices that work by account. */
export const payersOn = loadLinks;
