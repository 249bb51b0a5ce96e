import { type EvaluatedHit, SEEN_FIELDS } from "./contract.ts";
import type { SuppressCondition, SuppressField } from "./contract-suppress.ts";
import { cidrOf } from "./decide-network.ts";

/** Fields that name something narrower than a customer. */
const NARROW: readonly SuppressField[] = ["subscription", "group", ...SEEN_FIELDS];
const PREFIX_CHARACTERS_MIN = 4;
const NETWORK_BITS_MIN = { 4: 16, 6: 32 } as const;

export type TooWide =
  | "nothing-named"
  | "whole-customer"
  | "short-prefix"
  | "wide-network"
  | "not-a-network"
  | "network-of-no-ip";

/** Why a suppression may not be made: it would quieten a whole rule, a whole customer or a whole part of the network. */
export function decideTooWide(
  ruleId: string | undefined,
  conditions: readonly SuppressCondition[],
): TooWide | undefined {
  if (conditions.length === 0) return "nothing-named";
  if (ruleId === undefined && !conditions.some(({ field }) => NARROW.includes(field))) return "whole-customer";
  for (const { field, match, value } of conditions) {
    if (match === "starts-with" && value.trim().length < PREFIX_CHARACTERS_MIN) return "short-prefix";
    if (match !== "in-network") continue;
    if (field !== "ip") return "network-of-no-ip";
    const network = cidrOf(value);
    if (network === undefined) return "not-a-network";
    if (network.bits < NETWORK_BITS_MIN[network.version]) return "wide-network";
  }
  return undefined;
}

export type Suppression = {
  readonly id: string;
  /** Undefined: any rule. */
  readonly ruleId: string | undefined;
  readonly conditions: readonly SuppressCondition[];
  readonly expiresAt: Temporal.Instant;
};

/**
 * Whether a suppression keeps a hit quiet: every condition must fit. A field of events must fit in every event of the hit that has it, and
 * in one at least: a window that somebody else took part in is not quietened by one known address.
 */
export function suppresses(one: Suppression, hit: EvaluatedHit, now: Temporal.Instant): boolean {
  if (Temporal.Instant.compare(now, one.expiresAt) >= 0) return false;
  if (one.ruleId !== undefined && one.ruleId !== hit.rule.id) return false;
  return one.conditions.every((condition) => {
    const { field } = condition;
    if (field === "customer") return fits(condition, hit.customer ?? "");
    if (field === "subscription") return fits(condition, hit.subscription ?? "");
    if (field === "group") return hit.group.some((value) => fits(condition, value));
    const values = hit.seen?.[field] ?? [];
    return values.length > 0 && values.every((value) => fits(condition, value));
  });
}

function fits({ match, value }: SuppressCondition, given: string): boolean {
  const wanted = value.trim().toLowerCase();
  const found = given.trim().toLowerCase();
  if (found === "") return false;
  if (match === "in-network") return cidrOf(wanted)?.contains(found) === true;
  return match === "is" ? found === wanted : found.startsWith(wanted);
}
