import type { CustomerId } from "../../core/ids.ts";
import type { Level } from "../sigma/contract.ts";
import { LEVELS } from "../sigma/contract.ts";
import type { Sweep } from "../contract-detector.ts";
import { Evaluator } from "../watch/evaluator.ts";
import { detectorAlone } from "./active.ts";
import type { ExamplesWire } from "./contract-wire.ts";
import { readRule } from "./decide-text.ts";
import type { LabDeps } from "./deps.ts";
import { settingsOf } from "./explain-detector.ts";
import { inTime, runExamples } from "./try.ts";

type Row = ExamplesWire["rows"][number];

/** Runs what a rule or detector brings to show itself, each example from nothing. */
export function examplesOf(
  deps: LabDeps,
  { id, text, now }: { id: string; text: string | null; now: Temporal.Instant },
): Row[] {
  if (text !== null) {
    const { rule } = readRule(text);
    if (rule === undefined) return [];
    const sizes = (rule.notes.examples ?? []).map(({ events }) => events.length);
    return runExamples(deps, rule, now).map(({ name, wanted, got }, at) => ({
      name,
      wanted: wanted ? rule.card.level : null,
      got: got ? rule.card.level : null,
      isRight: wanted === got,
      events: sizes[at] ?? 0,
    }));
  }
  const detector = deps.detectors.find((one) => one.id === id);
  if (detector !== undefined)
    return detector.examples.map(({ name, hits: wanted, events, portfolio }) => {
      const evaluator = new Evaluator({
        rules: detectorAlone(detector, 1),
        view: deps.view,
        logSourcesOf: deps.logSourcesOf,
        portfolio: (customer: CustomerId) => (portfolio?.customer === customer ? portfolio : undefined),
      });
      return rowOf(name, {
        wanted,
        got: strongest(evaluator.take(inTime(events)).hits.map(({ level }) => level)),
        events: events.length,
      });
    });
  const sweep = deps.sweeps.find((one) => one.id === id);
  return sweep === undefined ? [] : sweepExamples(sweep);
}

const sweepExamples = (sweep: Sweep): Row[] =>
  sweep.examples.map(({ name, hits: wanted, portfolio, now }) => {
    const hits = sweep.decide(portfolio, settingsOf(sweep, {}), now);
    return rowOf(name, { wanted, got: strongest(hits.map(({ level }) => level)), events: 0 });
  });

const rowOf = (
  name: string,
  { wanted, got, events }: { wanted: Level | undefined; got: Level | undefined; events: number },
): Row => ({
  name,
  wanted: wanted ?? null,
  got: got ?? null,
  isRight: wanted === got,
  events,
});
const strongest = (levels: readonly Level[]): Level | undefined => LEVELS.findLast((level) => levels.includes(level));
