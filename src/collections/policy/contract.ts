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
