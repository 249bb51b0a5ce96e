/** Where something stands in a policy's text. Lines and columns count from 1, offsets from 0 (in UTF-16 units, as editors count). */
export type Place = {
  /** `steps[2].daysPastDue`; "" is the document. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly from: number;
  readonly to: number;
};

export const FAULT_CODES = [
  "text-too-long",
  "yaml",
  "too-deep",
  "aliases",
  "empty",
  "missing",
  "unknown-key",
  "type",
  "choice",
  "range",
  "length",
  "format",
  "duplicate",
  "currency",
  "decimals",
  "time-zone",
  "contract-rate",
  "expression",
  "expression-type",
  "expression-call",
  "expression-pattern",
  "expression-fact",
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

/** Why a text is not a policy. `message` and `fix` are English for the command line; the page words `code` with `facts`. */
export type PolicyFault = Place & {
  readonly code: FaultCode;
  readonly message: string;
  readonly fix: string;
  /** What was written there, cut to 80 characters. */
  readonly value: string;
  readonly facts: Readonly<Record<string, string | number>>;
};

/** Events of policies; `subject` is `{ kind: "policy", id: "se:3" }`, or the rate or acceptance. */
export const POLICY_EVENTS = {
  /** data: version, sha256. */
  drafted: "collections.policy-drafted",
  /** data: version, sha256 before and after. */
  edited: "collections.policy-edited",
  /** A completed simulation of exactly this text was looked at. data: sha256, simulationId. */
  simulated: "collections.policy-simulated",
  /** data: version, fromDay, position, sha256. */
  asked: "collections.policy-asked",
  /** data: version, fromDay, position, sha256. */
  approved: "collections.policy-approved",
  /** Back to draft. */
  rejected: "collections.policy-rejected",
  withdrawn: "collections.policy-withdrawn",
  /** data: version, day. */
  ended: "collections.policy-ended",
  /** data: series, from, percent, source. */
  rateAdded: "collections.rate-added",
  /** data: policyId, version, acceptedOn, evidence. */
  accepted: "collections.policy-accepted",
} as const;

export const VERSION_STATES = ["draft", "asked", "scheduled", "in-force", "superseded", "ended", "withdrawn"] as const;
/** What a version is on a day; all but draft, asked and withdrawn follow from days. */
export type VersionState = (typeof VERSION_STATES)[number];
