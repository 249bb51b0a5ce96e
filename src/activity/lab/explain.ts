import type { KnownEvent } from "../contract-event.ts";
import type { CorrelationRule, LogSource, SigmaEvent } from "../sigma/contract.ts";
import { Correlator } from "../sigma/correlator.ts";
import { type Explained, explainMatch } from "../sigma/explain.ts";
import { agrees, Matcher } from "../sigma/matcher.ts";
import { CustomerFilters } from "../watch/customer-filters.ts";
import type { BriefEventWire, ExplainedNode, ExplainWire } from "./contract-wire.ts";
import type { RuleRead } from "./decide-text.ts";
import { figureOf, groupFields, missingOf, thresholdText, valueAt, type WindowEntry } from "./decide-window.ts";
import type { LabDeps, Tuning } from "./deps.ts";

/** Events of before that are looked at to explain one, and for how long. */
export const LOOKED_MAX = 100_000;
const LOOKING_MS_MAX = 5_000;
const SHOWN_MAX = 20;

export const briefWire = (event: KnownEvent): BriefEventWire => ({
  source: event.source,
  id: event.id,
  at: event.at.toString(),
  operation: event.operation,
  outcome: event.outcome,
  actor: event.actor?.name ?? event.actor?.id ?? null,
  customer: event.customer ?? null,
  ip: event.ip ?? null,
  resource: event.resource?.name ?? event.resource?.id ?? null,
});

export const sourceText = ({ product, service, category }: LogSource): string =>
  [product, service, category].filter((one) => one !== undefined).join(" / ") || "*";

export const nodeWire = ({ kind, label, holds, of, test }: Explained): ExplainedNode => ({
  kind,
  label: label ?? null,
  holds,
  of: of.map(nodeWire),
  test:
    test === undefined
      ? null
      : { field: test.field, wanted: test.wanted, found: [...test.found], whyNot: test.whyNot ?? null },
});

type Before = {
  readonly spanMs: number;
  readonly sources?: readonly KnownEvent["source"][] | undefined;
  /** Of every customer. */
  readonly isAcross?: boolean | undefined;
  readonly cut: () => void;
};
/** The stored events before one, of its customer: a correlation or detector may need them. */
export async function* eventsBefore(
  deps: Pick<LabDeps, "stream">,
  event: KnownEvent,
  { spanMs, sources, isAcross = false, cut }: Before,
): AsyncGenerator<KnownEvent> {
  const started = performance.now();
  let looked = 0;
  const until = event.at.add({ nanoseconds: 1 });
  const from = Temporal.Instant.fromEpochMilliseconds(event.at.epochMilliseconds - spanMs);
  const customers = isAcross || event.customer === undefined ? undefined : [event.customer];
  for await (const piece of deps.stream.scan({ from, until, customers, sources })) {
    for (const { event: one } of piece) {
      if (!isAcross && one.customer !== event.customer) continue;
      looked++;
      yield one;
    }
    if (looked < LOOKED_MAX && performance.now() - started < LOOKING_MS_MAX) continue;
    cut();
    return;
  }
}

type Asked = { readonly rule: RuleRead; readonly event: KnownEvent; readonly tuning: Tuning };

/** Why a Sigma rule fires on an event or not: each condition node, and for correlations what was in the window. */
export async function explainRule(deps: LabDeps, { rule, event, tuning }: Asked): Promise<ExplainWire> {
  const view = deps.view(event);
  const sources = deps.logSourcesOf(event);
  const { set } = rule;
  const filter = filterOn(event, { view, tuning, names: namesOf(rule) });
  const matcher = new Matcher(set);
  const matched = matcher.match(view, sources);
  const rules = set.rules.map(({ head, logsource, node }, at) => ({
    title: head.title,
    name: head.name ?? null,
    isAlerting: set.alerting[at] === true,
    logsource: {
      wanted: sourceText(logsource),
      found: sources.map(sourceText),
      fits: sources.some((one) => agrees(logsource, one)),
    },
    holds: matched.includes(at),
    tree: nodeWire(explainMatch(node, view)),
  }));
  const walked =
    set.correlations.length === 0
      ? { correlations: [], looked: { events: 0, isCut: false } }
      : await explainCorrelations(deps, { rule, event, matcher });
  const fires =
    filter === undefined &&
    (matched.some((at) => set.alerting[at] === true) ||
      walked.correlations.some(({ isAlerting, holds }) => isAlerting && holds));
  return { fires, event: briefWire(event), rules, ...walked, detector: null, filteredBy: filter ?? null, faults: [] };
}

const namesOf = ({ id, set }: RuleRead): readonly string[] => [
  id,
  ...set.rules.flatMap(({ head }) => [head.id, head.name].filter((one) => one !== undefined)),
];
export const filterOn = (
  event: KnownEvent,
  { view, tuning, names }: { readonly view: SigmaEvent; readonly tuning: Tuning; readonly names: readonly string[] },
): string | undefined => new CustomerFilters(tuning.filters).for(event.customer, view)?.(names);

type Entry = WindowEntry & { readonly group: string; readonly event: KnownEvent };
type Walk = { readonly rule: RuleRead; readonly event: KnownEvent; readonly matcher: Matcher };

async function explainCorrelations(
  deps: LabDeps,
  { rule, event, matcher }: Walk,
): Promise<Pick<ExplainWire, "correlations" | "looked">> {
  const { set } = rule;
  // A chain may reach back by the spans of all its links.
  const spanMs = set.correlations.reduce((sum, { correlation }) => sum + correlation.timespanMs, 0);
  const correlator = new Correlator(set);
  const entries: Entry[][] = set.correlations.map(() => []);
  const seen: KnownEvent[] = [];
  const fired = new Set<number>();
  const reached: string[][] = set.correlations.map(() => []);
  let isCut = false;
  let looked = 0;
  const take = (one: KnownEvent): void => {
    looked++;
    const view = deps.view(one);
    const matched = matcher.match(view, deps.logSourcesOf(one));
    if (matched.length === 0) return;
    const isThis = one.id === event.id && one.source === event.source;
    const ref = seen.push(one) - 1;
    const at = one.at.epochMilliseconds;
    set.correlations.forEach(({ correlation, of }, place) => {
      for (const link of of) {
        if (link.rule === undefined || !matched.includes(link.rule)) continue;
        const entry = entryOf(correlation, link.written, { view, at });
        if (isThis) reached[place]?.push(link.written);
        if (entry !== undefined) entries[place]?.push({ ...entry, event: one });
      }
    });
    const id = `${one.source}|${one.id}`;
    for (const firing of correlator.take(matched, { event: view, time: at, ref, id })) {
      if (isThis || (firing.time === event.at.epochMilliseconds && firing.ref === ref)) fired.add(firing.correlation);
      set.correlations.forEach(({ of }, place) => {
        for (const link of of) {
          if (link.correlation !== firing.correlation) continue;
          if (isThis) reached[place]?.push(link.written);
          entries[place]?.push({
            rule: link.written,
            at: firing.time,
            value: undefined,
            group: firing.group.join("\u0000"),
            event: one,
          });
        }
      });
    }
  };
  let isStored = false;
  for await (const one of eventsBefore(deps, event, { spanMs, cut: () => (isCut = true) })) {
    if (one.id === event.id && one.source === event.source) isStored = true;
    take(one);
  }
  if (!isStored) take(event);
  const view = deps.view(event);
  return {
    correlations: set.correlations.map(({ correlation }, place) =>
      correlationWire(correlation, {
        view,
        event,
        entries: entries[place] ?? [],
        reached: reached[place] ?? [],
        holds: fired.has(place),
        isAlerting: set.alertingCorrelations[place] === true,
      }),
    ),
    looked: { events: looked, isCut },
  };
}

function entryOf(
  correlation: CorrelationRule,
  written: string,
  { view, at }: { readonly view: SigmaEvent; readonly at: number },
): (WindowEntry & { readonly group: string }) | undefined {
  const values = groupFields(correlation, written).map((field) => valueAt(view, field)?.toLowerCase());
  if (values.includes(undefined)) return undefined;
  const counted = correlation.fields.map((field) => valueAt(view, field)?.toLowerCase());
  return {
    rule: written,
    at,
    value: counted.length === 0 || counted.includes(undefined) ? undefined : counted.join(" · "),
    group: values.join("\u0000"),
  };
}

type Shown = {
  readonly view: SigmaEvent;
  readonly event: KnownEvent;
  readonly entries: readonly Entry[];
  readonly reached: readonly string[];
  readonly holds: boolean;
  readonly isAlerting: boolean;
};

function correlationWire(correlation: CorrelationRule, given: Shown): ExplainWire["correlations"][number] {
  const { view, event, entries, reached, holds, isAlerting } = given;
  const { type, timespanMs, groupBy, thresholds, rules, head } = correlation;
  const fields = groupFields(correlation, reached[0] ?? rules[0] ?? "");
  const group = groupBy.map((field, at) => ({ field, value: valueAt(view, fields[at] ?? field) ?? null }));
  const end = event.at.epochMilliseconds;
  const key = group.map(({ value }) => value?.toLowerCase() ?? "").join("\u0000");
  const isGrouped = group.every(({ value }) => value !== null);
  const inside = entries.filter((one) => one.group === key && one.at > end - timespanMs && one.at <= end);
  return {
    title: head.title,
    type,
    timespanMs,
    isAlerting,
    holds,
    reachedBy: [...new Set(reached)],
    group,
    window:
      reached.length === 0 || !isGrouped
        ? null
        : {
            from: Temporal.Instant.fromEpochMilliseconds(end - timespanMs).toString(),
            until: event.at.toString(),
            figure: figureOf(correlation, inside),
            thresholds: thresholds.map(thresholdText),
            values: [...new Set(inside.flatMap(({ value }) => value ?? []))].slice(0, SHOWN_MAX),
            seen: rules.map((name) => ({ rule: name, count: inside.filter(({ rule }) => rule === name).length })),
            missing: [...missingOf(correlation, inside)],
            events: inside.slice(-SHOWN_MAX).map((one) => ({ rule: one.rule, event: briefWire(one.event) })),
          },
  };
}
