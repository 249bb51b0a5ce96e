import type { CaseRowJson } from "../../src/cases/contract.ts";
import type { PassportOwn } from "../../src/customers/contract.ts";
import type { ExposureWire } from "../../src/exposure/contract.ts";
import type { NoticeRowJson } from "../../src/notices/contract.ts";
import type { CustomerReceivablesWire } from "../../src/receivables/contract.ts";
import type { ProposalRowJson } from "../../src/response/contract.ts";
import type { CustomerSpend } from "../../src/spending/contract.ts";
import type { FeedJson } from "../../src/sync/contract.ts";

/** The passport's one answer: the customer's own part and a part of each other slice, null when it could not be read. */
export type PassportWire = PassportOwn & {
  readonly exposure: ExposureWire | null;
  readonly receivables: CustomerReceivablesWire | null;
  readonly spend: CustomerSpend | null;
  readonly notices: readonly NoticeRowJson[] | null;
  readonly cases: readonly CaseRowJson[] | null;
  readonly proposals: readonly ProposalRowJson[] | null;
  readonly feeds: readonly FeedJson[] | null;
};
