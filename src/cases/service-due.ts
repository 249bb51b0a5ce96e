import type { CaseId, CustomerId } from "../core/ids.ts";
import type { CustomerNames } from "../notices/contract.ts";
import type { Tx } from "../store/contract.ts";
import { type CaseFamily, REFUND_DAYS } from "./contract.ts";
import { decideRefund } from "./decide-refund.ts";
import { caseNumber } from "./findings.ts";
import { casesByNumber, countOpenCases, loadOpenCases, refundsOpen } from "./store-due.ts";

/** A refund ticket that can still be filed, the one with least time first. */
export type RefundsDue = {
  readonly kind: "refunds";
  readonly count: number;
  readonly first: {
    readonly customerName: string;
    readonly what: string;
    readonly quantity: null;
    readonly at: string;
    readonly amount: { minor: string; currency: string } | null;
  } | null;
};

/** Open refund countdowns, for the first screen. Source of the 60 days: GUIDANCE 1.3. */
export async function refundsDue(customerNames: CustomerNames, tx: Tx, now: Temporal.Instant): Promise<RefundsDue> {
  const rows = await refundsOpen(tx, now.subtract({ hours: 24 * (REFUND_DAYS + 1) }));
  const open = rows.flatMap((row) => {
    const refund = decideRefund({ firstUseAt: row.first_use_at, now, request: undefined, caseId: row.case_id });
    return refund?.state === "open" ? [{ row, refund }] : [];
  });
  const first = open[0];
  if (first === undefined) return { kind: "refunds", count: 0, first: null };
  const { row, refund } = first;
  const name = (await customerNames(tx, [row.customer_id as CustomerId])).get(row.customer_id as CustomerId)?.name;
  const at = Temporal.PlainDate.from(refund.lastDay).add({ days: 1 }).toZonedDateTime("UTC").toInstant();
  const amount =
    row.money_minor === null || row.money_currency === null
      ? null
      : { minor: row.money_minor.toString(), currency: row.money_currency };
  return {
    kind: "refunds",
    count: open.length,
    first: {
      customerName: name ?? row.customer_id,
      what: caseNumber(row.number),
      quantity: null,
      at: at.toString(),
      amount,
    },
  };
}

export const caseCounts = async (tx: Tx): Promise<{ readonly open: number }> => ({ open: await countOpenCases(tx) });

const NUMBER = /^(?:case-?)?0*(\d{1,12})$/i;

/** Cases by their number, as the search box asks: `CASE-0412`, `case412`, `412`. */
export async function casesByText(
  customerNames: CustomerNames,
  tx: Tx,
  { text, limit }: { readonly text: string; readonly limit: number },
) {
  const digits = NUMBER.exec(text.trim())?.[1];
  if (digits === undefined) return [];
  const rows = await casesByNumber(tx, digits, limit);
  const names = await customerNames(
    tx,
    rows.map((row) => row.customer_id as CustomerId),
  );
  return rows.map((row) => ({
    kind: "case" as const,
    id: row.case_id,
    title: caseNumber(row.number),
    detail: names.get(row.customer_id as CustomerId)?.name ?? "",
  }));
}

/** Open cases of some families with who has them, for slices that rest while somebody looks into a customer. */
export async function openCasesOf(tx: Tx, families: readonly CaseFamily[]) {
  return (await loadOpenCases(tx, families)).map((row) => ({
    caseId: row.case_id as CaseId,
    number: caseNumber(row.number),
    customerId: row.customer_id as CustomerId,
    family: row.family,
    openedAt: row.opened_at,
    assignee: row.assignee_id === null ? undefined : { id: row.assignee_id, name: row.assignee_name ?? "" },
  }));
}
