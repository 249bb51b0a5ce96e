import type { CustomerId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import { isLedgerOnly } from "./contract.ts";
import { latest } from "./decide-allocation.ts";
import type { ChangeDeps, Who } from "./service-pay-invoice.ts";
import type { OverviewDeps } from "./service-overview.ts";
import { loadLedgerCustomers } from "./store.ts";
import { rowIds } from "./store-bulk.ts";
import { keepEntries } from "./store-entries.ts";
import { lockLedger } from "./store-import.ts";
import {
  endMerge,
  findMerge,
  hasOpenLinks,
  insertMerge,
  ledgerState,
  type MergeRow,
  moveAll,
  moveBack,
  paidAcross,
  sameNumbers,
} from "./store-merge.ts";

export type MergeDeps = ChangeDeps & Pick<OverviewDeps, "customersByIds">;
type Merge = Who & {
  readonly customerId: CustomerId;
  readonly into: CustomerId;
  /** What the page had read of the ledger-only customer: a change in between is refused. */
  readonly seen: string;
  readonly reason: string;
};

/**
 * Says that a customer that only the ledger knew is a tenant. All it has goes over with its days, so that sums over all customers
 * stay what they were on every day; imports find the tenant from then on. Nothing is allocated anew.
 */
export async function mergeCustomer(tx: Tx, deps: MergeDeps, ask: Merge): Promise<Result<string, Refusal>> {
  const { customerId: from, into, actor, now, reason } = ask;
  await lockLedger(tx);
  const [known] = await loadLedgerCustomers(tx, [from]);
  if (known === undefined)
    return no("conflict", "not-ledger-only", "only a customer that just the ledger knows can go over to a tenant");
  if (isLedgerOnly(into) || !(await deps.customersByIds(tx, [into])).has(into))
    return no("invalid", "not-a-tenant", "choose a customer that Partner Center knows");
  if ((await ledgerState(tx, from)) !== ask.seen)
    return no("conflict", "changed-since", "this customer's ledger changed after you opened it: look again");
  const twice = await sameNumbers(tx, from, into);
  if (twice.length > 0)
    return no("conflict", "number-twice", "both have the same numbers from one system: they may be the same invoices", {
      facts: { numbers: twice.join(", ") },
    });
  if (await hasOpenLinks(tx, [from, into]))
    return no("conflict", "payer-links", "one of the two pays for somebody or is paid for: end that first");
  const mergeId = deps.newId();
  await insertMerge(tx, {
    merge_id: mergeId,
    from_id: from,
    into_id: into,
    reason,
    merged_by: actor.name,
    merged_at: now,
  });
  await moveAll(tx, { mergeId, from, into });
  await deps.onChanged(tx, [from, into]);
  const subject = { kind: "customer-merge", id: mergeId };
  const data = { name: known.name, fromId: from, intoId: into };
  await appendEvents(tx, [
    { type: "receivables.customer-merged", actor, at: now, customerId: into, subject, why: reason, data },
  ]);
  return ok(mergeId);
}

/**
 * Takes a merge back: what had gone over is the ledger-only customer's again. Money of the one that pays invoices of the other since
 * is taken back first, from today; what came in under the tenant since stays there.
 */
export async function undoMerge(
  tx: Tx,
  deps: MergeDeps,
  ask: Who & { readonly mergeId: string; readonly reason: string },
): Promise<Result<MergeRow, Refusal>> {
  const { actor, now, reason, mergeId } = ask;
  await lockLedger(tx);
  const merge = await findMerge(tx, mergeId);
  if (merge === undefined) return no("not-found", "merge-unknown", "there is no such merge");
  if (merge.undone_by !== null) return no("conflict", "already-undone", "it has been undone");
  const across = await paidAcross(tx, mergeId);
  if (across.some((one) => one.invoice === null || one.minor < 0n))
    return no("conflict", "entangled", "a refund or chargeback of the one was settled with money of the other since");
  if (await hasOpenLinks(tx, [merge.from_id, merge.into_id]))
    return no("conflict", "payer-links", "one of the two pays for somebody or is paid for: end that first");
  const back = across.map((one) => ({
    paymentId: one.payment,
    invoiceId: one.invoice,
    againstId: null,
    amountMinor: -one.minor,
    day: latest([ask.today.toString(), one.lastDay]),
    reason: "taken-back" as const,
  }));
  await keepEntries(tx, back, rowIds());
  await moveBack(tx, merge);
  await endMerge(tx, mergeId, { name: actor.name, at: now, reason });
  await deps.onChanged(tx, [merge.from_id, merge.into_id]);
  const subject = { kind: "customer-merge", id: mergeId };
  const data = { name: merge.from_name, fromId: merge.from_id, intoId: merge.into_id, takenBack: back.length };
  await appendEvents(tx, [
    { type: "receivables.merge-undone", actor, at: now, customerId: merge.into_id, subject, why: reason, data },
  ]);
  return ok({ ...merge, undone_by: actor.name, undo_reason: reason });
}
