import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import type { Detector, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import type { ExplainWire } from "./contract-wire.ts";
import type { LabDeps, Tuning } from "./deps.ts";
import { briefWire, eventsBefore, filterOn } from "./explain.ts";

const SHOWN_MAX = 50;

type Asked = { readonly detector: Detector; readonly event: KnownEvent; readonly tuning: Tuning };

/** Why a detector fires on an event or not: what it kept of it, what else is in the group, and what it decides. */
export async function explainDetector(tx: Tx, deps: LabDeps, { detector, event, tuning }: Asked): Promise<ExplainWire> {
  const filter = filterOn(event, { view: deps.view(event), tuning, names: [detector.id] });
  const own = detector.keep(event);
  const groups = new Map(own.map(({ group, kept }) => [group, new Map([[nameOf(kept), kept]])]));
  let looked = 0;
  let isCut = false;
  if (groups.size > 0)
    for await (const one of eventsBefore(deps, event, {
      spanMs: detector.spanMs,
      sources: detector.sources,
      isAcross: [...groups.keys()].some((group) => group.startsWith("-")),
      cut: () => (isCut = true),
    })) {
      looked++;
      for (const { group, kept } of detector.keep(one)) groups.get(group)?.set(nameOf(kept), kept);
    }
  const settings = settingsOf(detector, tuning.settings(detector.id, event.customer));
  const portfolio = await portfolioOf(tx, deps, event.customer);
  const shown = [...groups].map(([group, byName]) => {
    const kept = [...byName.values()].sort(inOrder);
    return { group, kept, hits: detector.decide(group, kept, { settings, portfolio }) };
  });
  const has = (hit: Hit): boolean =>
    hit.at === event.at.epochMilliseconds ||
    hit.events.some(({ id, source }) => id === event.id && source === event.source);
  return {
    fires: filter === undefined && shown.some(({ hits }) => hits.some(has)),
    event: briefWire(event),
    rules: [],
    correlations: [],
    detector: {
      groups: shown.map(({ group, kept, hits }) => ({
        group,
        kept: kept.slice(-SHOWN_MAX).map((one) => ({
          at: Temporal.Instant.fromEpochMilliseconds(one.at).toString(),
          facts: { ...one.facts },
          isThis: one.id === event.id && one.source === event.source,
        })),
        keptCount: kept.length,
        hits: hits.slice(-SHOWN_MAX).map((hit) => ({
          at: Temporal.Instant.fromEpochMilliseconds(hit.at).toString(),
          level: hit.level,
          key: hit.key,
          facts: { ...hit.facts },
          hasThis: has(hit),
        })),
      })),
      settings,
      portfolioKnown: portfolio !== undefined,
      spanMs: detector.spanMs,
    },
    filteredBy: filter ?? null,
    looked: { events: looked, isCut },
    faults: [],
  };
}

const nameOf = ({ source, id }: Kept): string => `${source}|${id}`;
const inOrder = (a: Kept, b: Kept): number =>
  a.at - b.at || (a.source < b.source ? -1 : a.source > b.source ? 1 : 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** The standard numbers with those that were set. */
export const settingsOf = (
  { settings }: Pick<Detector, "settings">,
  set: Readonly<Record<string, number>>,
): Record<string, number> => Object.fromEntries(settings.map(({ name, standard }) => [name, set[name] ?? standard]));

const portfolioOf = async (tx: Tx, deps: LabDeps, customer: CustomerId | undefined) =>
  customer === undefined ? undefined : (await deps.portfolio(tx, [customer])).get(customer);
