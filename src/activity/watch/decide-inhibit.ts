import type { EventRef } from "../contract-stream.ts";
import { cleanText } from "./decide-clean.ts";
import type { Level } from "../sigma/contract.ts";

const AROUND_MS = 24 * 3_600_000;

/** As much of a hit as inhibition looks at. */
export type Inhibitable = {
  readonly fingerprint: string;
  readonly ruleId: string;
  readonly level: Level;
  readonly customer: string | undefined;
  readonly subscription: string | undefined;
  readonly actor: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly events: readonly string[];
};

/**
 * While a critical hit is open, what it tells already is no news: a hit of one of the rules it is built on, for the same customer and the
 * same subscription or actor and within a day of it; or one whose every event is among the critical hit's own. Critical hits are never
 * inhibited, so that chains cannot silence each other.
 */
export function decideInhibitor(
  hit: Inhibitable,
  critical: readonly Inhibitable[],
  basesOf: (ruleId: string) => ReadonlySet<string>,
): Inhibitable | undefined {
  if (hit.level === "critical" || hit.customer === undefined) return undefined;
  return critical.find((one) => {
    if (one.customer !== hit.customer || one.fingerprint === hit.fingerprint) return false;
    if (Math.abs(one.at - hit.at) > AROUND_MS) return false;
    if (hit.events.length > 0 && hit.events.every((ref) => one.events.includes(ref))) return true;
    return basesOf(one.ruleId).has(hit.ruleId) && isSame(one, hit);
  });
}

const isSame = (a: Inhibitable, b: Inhibitable): boolean =>
  (a.subscription !== undefined && a.subscription === b.subscription) || (a.actor !== undefined && a.actor === b.actor);

export const refText = ({ source, id }: EventRef): string => `${source}|${cleanText(id)}`;
