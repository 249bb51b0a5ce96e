import type { CustomerId } from "../../core/ids.ts";
import type { ActivityEvent } from "../contract-event.ts";
import type { NewRecord } from "../contract-stream.ts";
import { type BatchReport, INTAKE_LIMITS, type LineProblem } from "./contract.ts";

/** What is counted while a batch is read; a report without its name. */
export type Tally = {
  fresh: number;
  repeated: number;
  unknown: number;
  nobodys: number;
  refused: number;
  readonly lines: LineProblem[];
};
export const newTally = (): Tally => ({ fresh: 0, repeated: 0, unknown: 0, nobodys: 0, refused: 0, lines: [] });

export function countProblem(tally: Tally, problem: LineProblem): void {
  tally.refused += 1;
  if (tally.lines.length < INTAKE_LIMITS.problemsMax) tally.lines.push(problem);
}

export function countRecords(tally: Tally, records: readonly NewRecord[]): void {
  for (const { event, customer } of records) {
    if (event.source === "unknown") tally.unknown += 1;
    if (customer === undefined) tally.nobodys += 1;
  }
}

export const reportOf = (batch: string, tally: Tally): BatchReport => ({
  batch,
  received: tally.fresh + tally.repeated + tally.refused,
  fresh: tally.fresh,
  repeated: tally.repeated,
  unknown: tally.unknown,
  nobodys: tally.nobodys,
  refused: tally.refused,
  lines: tally.lines,
  linesLeftOut: tally.refused - tally.lines.length,
});

/** What a sender said about records that do not say it themselves. */
export type Hint = { readonly customer?: CustomerId | undefined; readonly tenant?: string | undefined };
export type Owners = {
  readonly byTenant: ReadonlyMap<string, CustomerId | undefined>;
  readonly bySubscription: ReadonlyMap<string, CustomerId | undefined>;
};

/** The record with the tenant that the sender named, where the record names none. */
export const withHint = (event: ActivityEvent, hint: Hint): ActivityEvent =>
  event.tenant === undefined && hint.tenant !== undefined ? { ...event, tenant: hint.tenant } : event;

/**
 * Whose an event is: of the tenant it happened in, else of the Azure subscription; what the sender said counts only for records that name
 * neither. Undefined: nobody's that we know.
 */
export function ownerOf(event: ActivityEvent, owners: Owners, hint: Hint): CustomerId | undefined {
  const { tenant, subscription } = event;
  const told =
    (tenant === undefined ? undefined : owners.byTenant.get(tenant)) ??
    (subscription === undefined ? undefined : owners.bySubscription.get(subscription));
  return told ?? (tenant === undefined && subscription === undefined ? hint.customer : undefined);
}
