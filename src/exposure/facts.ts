import type { CustomerId } from "../core/ids.ts";
import { money } from "../core/money.ts";
import type { CommittedTerms, LimitsOf } from "../customers/contract.ts";
import type { CustomersWithLedger, OpenReceivable, OpenReceivables } from "../receivables/contract.ts";
import type { UnbilledUsageOf } from "../spending/contract.ts";
import type { Tx } from "../store/contract.ts";
import type { ExposureInput, UnknownPart } from "./contract.ts";

/** What exposure asks other slices. main.ts passes their functions. */
export type FactDeps = {
  readonly openReceivables: OpenReceivables;
  readonly customersWithLedger: CustomersWithLedger;
  readonly committedTerms: CommittedTerms;
  readonly unbilledUsage: UnbilledUsageOf;
  readonly limitsOf: LimitsOf;
};

/** Everything known about one customer's exposure on a day, before anything is added up. */
export type CustomerFacts = {
  readonly inputs: ExposureInput[];
  readonly unknown: UnknownPart[];
  readonly receivables: OpenReceivable[];
};

/** Facts of some customers in four set-based reads, however many they are. */
export async function gatherFacts(
  tx: Tx,
  deps: FactDeps,
  asked: { readonly day: Temporal.PlainDate; readonly customerIds: readonly CustomerId[] },
): Promise<ReadonlyMap<CustomerId, CustomerFacts>> {
  const { day, customerIds } = asked;
  const facts = new Map<CustomerId, CustomerFacts>(
    customerIds.map((id) => [id, { inputs: [], unknown: [], receivables: [] }]),
  );
  const known = await deps.customersWithLedger(tx, customerIds);
  for (const row of await deps.openReceivables(tx, day, customerIds)) addReceivable(facts.get(row.customerId), row);
  for (const [id, of] of facts)
    if (!known.has(id))
      for (const part of ["open-not-due", "open-overdue"] as const) of.unknown.push({ part, reason: "no-receivables" });
  for (const row of await deps.committedTerms(tx, day, customerIds)) addCommitted(facts.get(row.customerId), row);
  for (const row of await deps.unbilledUsage(tx, day, customerIds)) addUsage(facts.get(row.customerId), row);
  return facts;
}

const LEDGER = "ledger";
const PARTNER_CENTER = "Partner Center";

function addReceivable(facts: CustomerFacts | undefined, row: OpenReceivable): void {
  if (facts === undefined) return;
  facts.receivables.push(row);
  const common = { asOf: row.recordedAt, source: LEDGER };
  const notDue = row.buckets.notDue;
  if (notDue > 0n)
    facts.inputs.push({
      ...common,
      part: "open-not-due",
      amount: money(notDue, row.currency),
      rows: row.openInvoices - row.overdueInvoices,
    });
  if (row.overdueMinor > 0n)
    facts.inputs.push({
      ...common,
      part: "open-overdue",
      amount: money(row.overdueMinor, row.currency),
      rows: row.overdueInvoices,
    });
  if (row.depositsMinor > 0n)
    facts.inputs.push({ ...common, part: "deposits", amount: money(row.depositsMinor, row.currency), rows: 1 });
}

type CommittedRow = Awaited<ReturnType<CommittedTerms>>[number];
function addCommitted(facts: CustomerFacts | undefined, { committed, name, readAt }: CommittedRow): void {
  if (facts === undefined) return;
  if (committed.kind === "unknown")
    facts.unknown.push({
      part: "committed-term",
      reason: "term-unpriced",
      facts: { subscription: name, why: committed.why },
    });
  else if (committed.amount.minor > 0n)
    facts.inputs.push({
      part: "committed-term",
      amount: committed.amount,
      asOf: readAt,
      source: PARTNER_CENTER,
      rows: 1,
    });
}

type UsageRow = Awaited<ReturnType<UnbilledUsageOf>>[number];
function addUsage(facts: CustomerFacts | undefined, { amount, reason, through, months }: UsageRow): void {
  if (facts === undefined) return;
  if (amount === undefined) {
    const why = reason ?? "never-read";
    facts.unknown.push({
      part: "unbilled-usage",
      reason: why === "currency-unknown" ? "currency-unknown" : "usage-unread",
      facts: { why },
    });
  } else if (amount.minor > 0n)
    facts.inputs.push({
      part: "unbilled-usage",
      amount,
      asOf: through ?? null,
      source: PARTNER_CENTER,
      rows: months.length,
    });
}
