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
};
export type Movement = {
  readonly change: bigint | null;
  readonly causes: readonly (readonly [MovementCause, bigint])[];
};

/**
 * Why exposure moved from one day to another. The causes always sum to the change: what none of them explains (exchange rates,
 * corrected invoices, customers that came or left) is named `other`, not spread over the rest. Causes of zero are left out.
 */
export function decideMovement({
  before,
  after,
  invoiced,
  paid,
  usageUp,
  usageDown,
  termUp,
  termDown,
  deposits,
}: MovementFacts): Movement {
  if (before === null || after === null) return { change: null, causes: [] };
  const change = after - before;
  const named: (readonly [MovementCause, bigint])[] = [
    ["invoices-issued", invoiced],
    ["new-usage", usageUp],
    ["payments-in", -paid],
    ["usage-billed", usageDown],
    ["terms-added", termUp],
    ["terms-ended", termDown],
    ["deposits", deposits],
  ];
  const explained = named.reduce((sum, [, minor]) => sum + minor, 0n);
  const all = [...named, ["other", change - explained] as const];
  return { change, causes: all.filter(([, minor]) => minor !== 0n) };
}
