import type { CaseId, CustomerId, FindingId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import type { Tx } from "../store/contract.ts";

/** How bad, in Microsoft's own words for alerts. */
export const SEVERITIES = ["informational", "low", "medium", "high"] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * What kind of trouble a case is about. At most one case is open per customer and family; findings of the family fold into it.
 * `misuse`: someone uses the cloud against the rules, intruder or customer. `spend`: money runs against the agreement.
 * `payment`: the customer does not pay. `identity`: who they say they are is in doubt. `coverage`: we cannot see or act.
 */
export const CASE_FAMILIES = ["misuse", "spend", "payment", "identity", "coverage"] as const;
export type CaseFamily = (typeof CASE_FAMILIES)[number];

/** One fact in the chain of evidence: when, what, where it was read. Pages word it by `kind` and `facts`. */
export type Evidence = {
  readonly at: Temporal.Instant;
  /** `slice.what`, a key of the page's word table, e.g. `notices.received`. */
  readonly kind: string;
  readonly facts: Readonly<Record<string, string | number>>;
  /** System of record, e.g. "Partner Center", "Microsoft Graph", "ledger". */
  readonly source: string;
  /** Id of the record in that system, when it has one. */
  readonly recordId?: string | undefined;
  /** The record as it arrived, kept with the finding. */
  readonly raw?: unknown;
};

/** What one of our detectors saw. The one thing detectors produce, whatever they look at. */
export type NewFinding = {
  /** `slice.detector`, e.g. `spending.over-budget`. Pages word it by this key and `facts`. */
  readonly kind: string;
  readonly family: CaseFamily;
  readonly customerId: CustomerId;
  /** Partner Center or Azure subscription, when one is meant. */
  readonly subscriptionId?: string | undefined;
  readonly severity: Severity;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly evidence: readonly Evidence[];
  /** What could be lost through this; undefined means unknown, never zero. */
  readonly moneyAtRisk?: Money | undefined;
  /** Same fingerprint = same finding seen again, e.g. `over-budget:{customer}:2026-11`. */
  readonly fingerprint: string;
  readonly observedAt: Temporal.Instant;
};

/** Keeps a finding and folds it into the customer's open case of that family, opening one when there is none. Safe to repeat. */
export type ReportFinding = (tx: Tx, finding: NewFinding) => Promise<{ readonly findingId: FindingId; readonly caseId: CaseId; readonly isNew: boolean }>;
