import type { MOVEMENT_CAUSES } from "./contract.ts";

export type MovementCause = (typeof MOVEMENT_CAUSES)[number];
/** Minor units of the reporting currency. `deposits` is the change of what deposits take off: negative when they take off more. */
export type MovementFacts = {
  readonly before: bigint | null;
  readonly after: bigint | null;
  readonly invoiced: bigint;
  readonly paid: bigint;
  readonly usageUp: bigint;
  readonly usageDown: bigint;
  readonly termUp: bigint;
  readonly termDown: bigint;
  readonly deposits: bigint;
  /** What other exchange rates alone did to yesterday's amounts, by part; it is taken out of the other causes. */
  readonly rates: { readonly open: bigint; readonly usage: bigint; readonly term: bigint; readonly deposits: bigint };
};
export type Movement = {
  readonly change: bigint | null;
  readonly causes: readonly (readonly [MovementCause, bigint])[];
};

/**
 * Why exposure moved from one day to another. The causes always sum to the change: what none of them explains (corrected
 * invoices, customers that came or left) is named `other`, not spread over the rest. Causes of zero are left out.
 */
export function decideMovement(facts: MovementFacts): Movement {
  const { before, after, invoiced, paid, rates } = facts;
  if (before === null || after === null) return { change: null, causes: [] };
  const change = after - before;
  const [usageUp, usageDown] = without(rates.usage, facts.usageUp, facts.usageDown);
  const [termUp, termDown] = without(rates.term, facts.termUp, facts.termDown);
  const named: (readonly [MovementCause, bigint])[] = [
    ["invoices-issued", invoiced],
    ["new-usage", usageUp],
    ["payments-in", -paid],
    ["usage-billed", usageDown],
    ["terms-added", termUp],
    ["terms-ended", termDown],
    ["deposits", facts.deposits - rates.deposits],
    ["rates", rates.open + rates.usage + rates.term + rates.deposits],
  ];
  const explained = named.reduce((sum, [, minor]) => sum + minor, 0n);
  const all = [...named, ["other", change - explained] as const];
  return { change, causes: all.filter(([, minor]) => minor !== 0n) };
}

/** A higher rate made the rises larger, a lower one the falls; what is then left over went the other way. */
function without(rate: bigint, up: bigint, down: bigint): readonly [bigint, bigint] {
  if (rate > 0n) return up >= rate ? [up - rate, down] : [0n, down + up - rate];
  return down <= rate ? [up, down - rate] : [up + down - rate, 0n];
}
