import type { CustomerId } from "../../core/ids.ts";
import type { DetectorContext } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import type { SigmaEvent } from "../sigma/contract.ts";
import { Correlator, type Firing, type KeptGroup } from "../sigma/correlator.ts";
import { Matcher } from "../sigma/matcher.ts";
import { type Brief, briefOf, eventOf, inTime, receivedOf } from "./brief.ts";
import type {
  CustomerFilter,
  Evaluated,
  EvaluatedHit,
  EvaluatorCounters,
  EvaluatorInput,
  EvaluatorLimits,
  Incoming,
  Retracted,
  RuleCounters,
} from "./contract.ts";
import { CustomerFilters, namesOfHead } from "./customer-filters.ts";
import { decideAcross } from "./decide-across.ts";
import { DetectorIndex } from "./detector-index.ts";
import { DetectorGroups, type KeptDetectorGroup } from "./detector-groups.ts";
import { HitMaker } from "./hit-maker.ts";

export const EVALUATOR_LIMITS: EvaluatorLimits = {
  groupsMax: 50_000,
  entriesMax: 5_000,
  // Cloud audit sources deliver most within minutes and the last within a day.
  latenessMs: 24 * 3_600_000,
};
/** A clock that is wrong by more than this is not believed: the event counts as of when it came. */
const AHEAD_MS = 3_600_000;
const FORGET_EVERY_EVENTS = 5_000;
const BRIEFS_MAX = 2_000_000;

/** State of one rule, to be carried to another evaluator or process. The name holds id and version: a changed rule starts anew. */
export type KeptUnit =
  | { readonly unit: string; readonly correlation: readonly KeptGroup[] }
  | { readonly unit: string; readonly detector: readonly KeptDetectorGroup[] };
export type KeptState = {
  readonly now: number;
  readonly nextRef: number;
  readonly briefs: readonly (readonly [ref: number, brief: Brief])[];
  readonly names: readonly (readonly [string, Retracted])[];
  readonly units: readonly KeptUnit[];
};

/**
 * Runs rules, correlations and detectors over events, in memory: the live watch and every backtest are this. The same events in any order,
 * in any cut into batches and repeated come to the same hits, once retractions are applied.
 */
export class Evaluator {
  readonly #input: EvaluatorInput;
  readonly #limits: EvaluatorLimits;
  readonly #matcher: Matcher;
  readonly #correlator: Correlator;
  readonly #detectors: readonly DetectorGroups[];
  readonly #index: DetectorIndex;
  #filters: CustomerFilters;
  readonly #make: HitMaker;
  /** Rules that a correlation refers to: their events are remembered. */
  readonly #correlated: ReadonlySet<number>;
  readonly #spanMaxMs: number;
  readonly #counts = new Map<string, RuleCounters>();
  #briefs = new Map<number, Brief>();
  #nextRef = 1;
  #now = -Infinity;
  #sinceForgot = 0;
  #events = 0;
  #nobodys = 0;
  #late = 0;
  #ahead = 0;

  constructor(input: EvaluatorInput) {
    const { set, detectors } = input.rules;
    this.#input = input;
    this.#limits = { ...EVALUATOR_LIMITS, ...input.limits };
    this.#matcher = new Matcher(set);
    const across = decideAcross(set.correlations);
    this.#correlator = new Correlator(set, this.#limits, across);
    this.#detectors = detectors.map((one) => new DetectorGroups(one, this.#limits));
    this.#index = new DetectorIndex(detectors.map(({ detector }) => detector));
    this.#filters = new CustomerFilters(input.filters ?? []);
    this.#make = new HitMaker(input.rules, across);
    this.#correlated = new Set(set.correlations.flatMap(({ of }) => of.flatMap(({ rule }) => rule ?? [])));
    this.#spanMaxMs = Math.max(0, ...set.correlations.map(({ correlation }) => correlation.timespanMs));
  }

  /** How far before now events are needed to know the state of some rules (of all: undefined), milliseconds; 0 when none needs any. */
  lookBackOf(units?: readonly string[]): number {
    const { set, detectors } = this.#input.rules;
    const isAsked = (unit: string): boolean => units === undefined || units.includes(unit);
    const spans = [
      ...set.correlations.flatMap(({ correlation }, at) =>
        isAsked(this.#make.unitOf(at)) ? [correlation.timespanMs] : [],
      ),
      ...detectors.flatMap(({ detector }, at) => (isAsked(this.#unitOfDetector(at)) ? [detector.spanMs] : [])),
    ];
    return spans.length === 0 ? 0 : Math.max(...spans) + this.#limits.latenessMs;
  }

  /** Filters in force from now on. */
  useFilters(filters: readonly CustomerFilter[]): void {
    this.#filters = new CustomerFilters(filters);
  }

  take(batch: readonly Incoming[]): Evaluated {
    const hits = new Map<string, EvaluatedHit>();
    const retracted = new Map<string, Retracted>();
    const late: KnownEvent[] = [];
    const filtered = new Map<string, number>();
    const floor = this.#floorOf(batch);
    // In the order of event time, which windows take fastest; a batch may hold a day newest first.
    for (const one of inTime(batch)) this.#takeOne(one, { hits, late, filtered });
    for (const gone of this.#correlator.retractions()) {
      for (const told of this.#make.retracted(gone)) this.#takeBack(told, { hits, retracted });
    }
    this.#detectors.forEach((groups, at) => this.#lookAtDetector({ groups, at, floor }, { hits, retracted }));
    for (const hit of hits.values()) this.#count(hit.rule.id).hits++;
    if (this.#sinceForgot >= FORGET_EVERY_EVENTS) this.forget();
    return { hits: [...hits.values()], retracted: [...retracted.values()], late, filtered };
  }

  get counters(): EvaluatorCounters {
    const { evicted, ungrouped, tooLate } = this.#correlator.counters;
    return {
      events: this.#events,
      nobodys: this.#nobodys,
      late: this.#late,
      ahead: this.#ahead,
      groups: this.#detectors.reduce((sum, { size }) => sum + size, this.#correlator.groups),
      entriesEvicted: this.#detectors.reduce((sum, one) => sum + one.evicted, evicted),
      ungrouped,
      tooLate,
      rules: this.#counts,
    };
  }

  /** Drops what no event to come can need. Runs by itself every few thousand events. */
  forget(): void {
    this.#sinceForgot = 0;
    if (this.#now === -Infinity) return;
    this.#correlator.forget(this.#now);
    for (const groups of this.#detectors) groups.forget(this.#now);
    const horizon = this.#now - this.#spanMaxMs - this.#limits.latenessMs;
    for (const [ref, { at }] of this.#briefs) if (at <= horizon) this.#briefs.delete(ref);
    for (const ref of this.#briefs.keys()) {
      if (this.#briefs.size <= BRIEFS_MAX) break;
      this.#briefs.delete(ref);
    }
  }

  /** All that is kept, rule by rule. */
  kept(): KeptState {
    const { correlations } = this.#input.rules.set;
    return {
      now: this.#now,
      nextRef: this.#nextRef,
      briefs: [...this.#briefs],
      names: this.#make.names(),
      units: [
        ...correlations.map((_one, at) => ({ unit: this.#make.unitOf(at), correlation: this.#correlator.keptOf(at) })),
        ...this.#detectors.map((groups, at) => ({ unit: this.#unitOfDetector(at), detector: groups.kept() })),
      ],
    };
  }

  /** Puts back what rules of the same version kept. Gives the rules for which nothing was kept: they must be built by replay. */
  restore(state: KeptState): readonly string[] {
    const byUnit = new Map(state.units.map((one) => [one.unit, one]));
    const missing: string[] = [];
    this.#now = Math.max(this.#now, state.now);
    this.#nextRef = Math.max(this.#nextRef, state.nextRef);
    this.#make.restoreNames(state.names);
    this.#briefs = new Map([...state.briefs, ...this.#briefs]);
    this.#input.rules.set.correlations.forEach((_one, at) => {
      const kept = byUnit.get(this.#make.unitOf(at));
      if (kept !== undefined && "correlation" in kept) this.#correlator.restore(at, kept.correlation);
      else missing.push(this.#make.unitOf(at));
    });
    this.#detectors.forEach((groups, at) => {
      const kept = byUnit.get(this.#unitOfDetector(at));
      if (kept !== undefined && "detector" in kept) groups.restore(kept.detector);
      else missing.push(this.#unitOfDetector(at));
    });
    return missing;
  }

  #unitOfDetector(at: number): string {
    const one = this.#input.rules.detectors[at];
    return `detector:${one?.id}@${one?.version}`;
  }

  /** Below this moment what is kept may be cut off already: nothing is found or taken back there. */
  #floorOf(batch: readonly Incoming[]): number {
    if (this.#input.clock !== "received") return this.#now - this.#limits.latenessMs;
    const received = batch.map((one) => receivedOf(one) ?? Infinity);
    return received.reduce((least, one) => Math.min(least, one), Infinity) - this.#limits.latenessMs;
  }

  #takeOne(one: Incoming, into: Pick<Into, "hits" | "filtered"> & { readonly late: KnownEvent[] }): void {
    const event = eventOf(one);
    const { at, isLate } = this.#timeOf(one);
    this.#events++;
    this.#sinceForgot++;
    if (event.customer === undefined) this.#nobodys++;
    let view: SigmaEvent;
    try {
      view = this.#input.view(event);
    } catch {
      this.#count("view").failed++;
      return;
    }
    const excluded = this.#filters.for(event.customer, view);
    const isKept = (names: readonly (string | undefined)[], rule: string): boolean => {
      const filter = excluded?.(names);
      if (filter === undefined) return true;
      into.filtered.set(filter, (into.filtered.get(filter) ?? 0) + 1);
      this.#count(rule).filtered++;
      return false;
    };
    const { set } = this.#input.rules;
    const matched = this.#matcher.match(view, this.#input.logSourcesOf(event)).filter((rule) => {
      const head = set.rules[rule]?.head;
      const owner = this.#make.ownerOf(rule);
      this.#count(owner.id).matched++;
      return isKept(head === undefined ? [owner.id] : [owner.id, ...namesOfHead(head)], owner.id);
    });
    const brief = briefOf(event, at);
    for (const rule of matched)
      if (set.alerting[rule] === true) add(into.hits, this.#make.ofEvent({ rule, view, brief }));
    if (isLate) {
      into.late.push(event);
      this.#late++;
      return;
    }
    this.#correlate(matched, { view, brief }, into.hits);
    for (const place of this.#index.wanting(event)) {
      const groups = this.#detectors[place];
      const { id } = this.#input.rules.detectors[place] ?? { id: "" };
      if (groups === undefined || !isKept([id], id)) continue;
      try {
        groups.keep(event, at);
      } catch {
        this.#count(id).failed++;
      }
    }
  }

  #correlate(matched: readonly number[], seen: { readonly view: SigmaEvent; readonly brief: Brief }, hits: Hits): void {
    const rules = matched.filter((rule) => this.#correlated.has(rule));
    if (rules.length === 0) return;
    const { view, brief } = seen;
    const ref = this.#nextRef++;
    this.#briefs.set(ref, brief);
    const id = `${brief.source}|${brief.id}`;
    const scope = brief.customer;
    for (const firing of this.#correlator.take(rules, { event: view, time: brief.at, ref, id, scope }))
      this.#fire(firing, hits);
  }

  #fire(firing: Firing, hits: Hits): void {
    if (this.#input.rules.set.alertingCorrelations[firing.correlation] !== true) return;
    const briefs = firing.refs.flatMap((ref) => this.#briefs.get(ref) ?? []);
    for (const hit of this.#make.ofFiring(firing, briefs)) add(hits, hit);
  }

  #lookAtDetector(
    { groups, at, floor }: { readonly groups: DetectorGroups; readonly at: number; readonly floor: number },
    into: Pick<Into, "hits" | "retracted">,
  ): void {
    const one = this.#input.rules.detectors[at];
    if (one === undefined) return;
    const contextOf = (customer: CustomerId | undefined): DetectorContext => ({
      settings: boundedSettings(one.detector.settings, this.#input.settings?.(one.id, customer)),
      portfolio: customer === undefined ? undefined : this.#input.portfolio?.(customer),
    });
    const { found, gone } = groups.look({
      floor,
      contextOf,
      make: (hit) => this.#make.ofDetector(one, hit),
      onFailed: () => this.#count(one.id).failed++,
    });
    for (const told of gone) this.#takeBack(told, into);
    for (const hit of found) {
      into.retracted.delete(keyOf(hit));
      add(into.hits, hit);
    }
  }

  #takeBack(told: Retracted, { hits, retracted }: Pick<Into, "hits" | "retracted">): void {
    const key = keyOf(told);
    hits.delete(key);
    retracted.set(key, told);
  }

  /** When the event is taken to have happened, and whether it came too late for the windows. */
  #timeOf(one: Incoming): { readonly at: number; readonly isLate: boolean } {
    const told = eventOf(one).at.epochMilliseconds;
    const received = this.#input.clock === "received" ? receivedOf(one) : undefined;
    const isAhead = received !== undefined && told > received + AHEAD_MS;
    if (isAhead) this.#ahead++;
    const at = isAhead ? received : told;
    this.#now = Math.max(this.#now, received ?? at);
    return { at, isLate: at <= (received ?? this.#now) - this.#limits.latenessMs };
  }

  #count(rule: string): RuleCounters {
    const known = this.#counts.get(rule);
    if (known !== undefined) return known;
    const made = { matched: 0, hits: 0, retracted: 0, failed: 0, filtered: 0 };
    this.#counts.set(rule, made);
    return made;
  }
}

type Hits = Map<string, EvaluatedHit>;
type Into = {
  readonly hits: Hits;
  readonly retracted: Map<string, Retracted>;
  readonly filtered: Map<string, number>;
};
const keyOf = ({ fingerprint, completedBy }: Retracted): string => `${fingerprint}\u0000${completedBy}`;
const add = (hits: Hits, hit: EvaluatedHit): void => void hits.set(keyOf(hit), hit);

/** Every setting with its number: what was set for the customer, kept inside its bounds, else the standard. */
export function boundedSettings(
  of: readonly { readonly name: string; readonly standard: number; readonly min: number; readonly max: number }[],
  set: Readonly<Record<string, number>> | undefined,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    of.map(({ name, standard, min, max }) => [name, Math.min(max, Math.max(min, set?.[name] ?? standard))]),
  );
}
