import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { settle } from "./decide-window.ts";

/** Operations whose detectors are remembered; beyond it they are worked out each time. */
const REMEMBERED_MAX = 20_000;

/**
 * Which detectors want an event, by its source and operation: so that the many events nobody wants cost one look-up.
 * @returns a function to be kept as long as the detectors
 */
export function detectorsByOperation(detectors: readonly Detector[]): (event: KnownEvent) => readonly Detector[] {
  const known = new Map<string, Map<string, readonly Detector[]>>();
  let size = 0;
  return ({ source, operation }) => {
    let bySource = known.get(source);
    if (!bySource) known.set(source, (bySource = new Map()));
    const remembered = bySource.get(operation);
    if (remembered) return remembered;
    const found = detectors.filter((one) => one.sources.includes(source) && isWanted(one.wants, operation));
    if (size < REMEMBERED_MAX) {
      bySource.set(operation, found);
      size += 1;
    }
    return found;
  };
}
const isWanted = (wants: readonly string[] | undefined, operation: string): boolean =>
  wants === undefined ||
  wants.some((want) => (want.endsWith("*") ? operation.startsWith(want.slice(0, -1)) : want === operation));

/** All hits of one detector in a stream, by group: what a runner must come to, in whatever order and however often it saw the events. */
export function hitsIn(
  detector: Detector,
  events: readonly KnownEvent[],
  contextOf: (group: string) => DetectorContext,
): ReadonlyMap<string, readonly Hit[]> {
  const groups = new Map<string, Kept[]>();
  for (const event of events)
    for (const { group, kept } of detector.keep(event)) {
      const known = groups.get(group);
      if (known) known.push(kept);
      else groups.set(group, [kept]);
    }
  return new Map(
    [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([group, kept]) => [group, detector.decide(group, settle(kept), contextOf(group))]),
  );
}
