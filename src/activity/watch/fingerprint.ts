import { createHash } from "node:crypto";
import type { CustomerId } from "../../core/ids.ts";

/** Longer values are told apart by their hash: a fingerprint has at most 500 characters. */
const GROUP_CHARACTERS_MAX = 200;
const NONE = "-";

type Named = {
  readonly rule: string;
  readonly customer: CustomerId | undefined;
  readonly subscription: string | undefined;
  readonly group: readonly string[];
  /** Epoch milliseconds; undefined for what stands as long as it is so, and is no act of one day. */
  readonly at: number | undefined;
};
const STANDING = "standing";
export const isStanding = (fingerprint: string): boolean => fingerprint.endsWith(`:${STANDING}`);

/** UTC day of a moment, `2026-11-22`. */
export const dayText = (at: number): string => Temporal.Instant.fromEpochMilliseconds(at).toString().slice(0, 10);

/** What makes two hits one finding: rule, customer, subscription, the values the rule tells findings apart by, and the UTC day. */
export function fingerprintOf({ rule, customer, subscription, group, at }: Named): string {
  const joined = group.map((value) => (value === "" ? NONE : value)).join("|");
  const values = joined.length <= GROUP_CHARACTERS_MAX ? joined : createHash("sha256").update(joined).digest("hex");
  return `activity:${rule}:${customer ?? NONE}:${subscription ?? NONE}:${values === "" ? NONE : values}:${at === undefined ? STANDING : dayText(at)}`;
}
