import type { VersionState } from "./contract.ts";

/** What of a version decides its state on a day. */
export type VersionFacts = {
  readonly policyId: string;
  readonly version: number;
  readonly kept: "draft" | "asked" | "approved" | "withdrawn";
  readonly fromDay: Temporal.PlainDate | undefined;
  readonly endedOn: Temporal.PlainDate | undefined;
};
export type VersionStanding = {
  readonly state: VersionState;
  /** First day on which it is not in force any more: replaced or ended; undefined = open, or never in force. */
  readonly until: Temporal.PlainDate | undefined;
};
const isAfter = (a: Temporal.PlainDate, b: Temporal.PlainDate) => Temporal.PlainDate.compare(a, b) > 0;
const earliest = (days: readonly Temporal.PlainDate[]): Temporal.PlainDate | undefined =>
  days.toSorted(Temporal.PlainDate.compare)[0];

/** What a version is on a day, beside the others of its policy. Nothing of it is stored: days decide. */
export function standingOf(one: VersionFacts, all: readonly VersionFacts[], day: Temporal.PlainDate): VersionStanding {
  if (one.kept !== "approved" || one.fromDay === undefined)
    return { state: one.kept === "approved" ? "withdrawn" : one.kept, until: undefined };
  const { fromDay } = one;
  const replacedOn = earliest(
    all.flatMap((other) =>
      other.kept === "approved" &&
      other.policyId === one.policyId &&
      other.fromDay !== undefined &&
      (isAfter(other.fromDay, fromDay) || (other.fromDay.equals(fromDay) && other.version > one.version))
        ? [other.fromDay]
        : [],
    ),
  );
  const until = earliest([replacedOn, one.endedOn].filter((each) => each !== undefined));
  if (isAfter(fromDay, day)) return { state: "scheduled", until };
  if (until === undefined || isAfter(until, day)) return { state: "in-force", until };
  return { state: replacedOn !== undefined && until.equals(replacedOn) ? "superseded" : "ended", until };
}
