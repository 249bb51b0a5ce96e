import type { EventRef } from "../contract-stream.ts";
import { cleanText } from "./decide-clean.ts";
import { type Level, LEVELS } from "../sigma/contract.ts";

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

/** How rules stand to each other. */
export type Relations = {
  /** Rules that a rule is built on; of a detector: those its twins are built on. */
  readonly basesOf: (ruleId: string) => ReadonlySet<string>;
  /** The detector that sees the same as a rule, with more facts. */
  readonly twinOf: (ruleId: string) => string | undefined;
  /** Rules that see the same as a detector. */
  readonly twinsOf: (detectorId: string) => readonly string[];
};

type Near = (one: Inhibitable) => boolean;
const nearTo =
  (hit: Inhibitable): Near =>
  (one) =>
    one.customer === hit.customer && one.fingerprint !== hit.fingerprint && Math.abs(one.at - hit.at) <= AROUND_MS;

/**
 * The hit of its twin that tells it already, with more facts: for the same customer within a day, when they share subscription, actor or an
 * event, and the twin's is at least as bad.
 */
export function decideTwin(
  hit: Inhibitable,
  others: readonly Inhibitable[],
  { twinOf }: Pick<Relations, "twinOf">,
): Inhibitable | undefined {
  const twin = hit.customer === undefined ? undefined : twinOf(hit.ruleId);
  if (twin === undefined) return undefined;
  const isNear = nearTo(hit);
  return others.find(
    (one) => one.ruleId === twin && isNear(one) && isAsBad(one, hit) && (isSame(one, hit) || meets(one, hit)),
  );
}

/**
 * What an open finding tells already is no news: what its twin tells; and while a critical one is open, the hits of the rules it is built on, for
 * the same customer and the same subscription or actor and within a day of it, and those whose every event is among its own. Nothing but its
 * twin inhibits a critical hit, so that chains cannot silence each other.
 */
export function decideInhibitor(
  hit: Inhibitable,
  others: readonly Inhibitable[],
  { basesOf, twinOf }: Pick<Relations, "basesOf" | "twinOf">,
): Inhibitable | undefined {
  const twin = decideTwin(hit, others, { twinOf });
  if (twin !== undefined || hit.level === "critical" || hit.customer === undefined) return twin;
  const isNear = nearTo(hit);
  return others.find((one) => {
    if (one.level !== "critical" || !isNear(one)) return false;
    if (hit.events.length > 0 && hit.events.every((ref) => one.events.includes(ref))) return true;
    return basesOf(one.ruleId).has(hit.ruleId) && isSame(one, hit);
  });
}

const isAsBad = (a: Inhibitable, b: Inhibitable): boolean => LEVELS.indexOf(a.level) >= LEVELS.indexOf(b.level);
const meets = (a: Inhibitable, b: Inhibitable): boolean => b.events.some((ref) => a.events.includes(ref));
const isSame = (a: Inhibitable, b: Inhibitable): boolean =>
  (a.subscription !== undefined && a.subscription === b.subscription) || (a.actor !== undefined && a.actor === b.actor);

export const refText = ({ source, id }: EventRef): string => `${source}|${cleanText(id)}`;
