import type { SigmaEvent } from "./contract.ts";
import {
  type Change,
  endsOf,
  type Firing,
  Group,
  type Kept,
  type KeptGroup,
  type Retraction,
} from "./correlator-group.ts";
import { numberOf } from "./decide-compare.ts";
import { type Leaf, lookUp } from "./fields.ts";
import type { LinkedCorrelation, RuleSet } from "./rule-set.ts";

export type { Firing, KeptGroup, Retraction };
/** Events of one firing that are named at most, unless limits say otherwise. */
export const REFS_MAX = 100;
/** Events of a firing that a chain built on it remembers. */
const INNER_MAX = 50;

/** A matching event as the correlator is told of it. `R` is what the caller calls an event: an index, a position, a pair of source and id. */
export type Seen<R = number> = {
  readonly event: SigmaEvent;
  /** Event time, milliseconds since 1970: when it happened, not when it came. */
  readonly time: number;
  readonly ref: R;
  /** The source's id of the event; the same twice is one. undefined = cannot be told apart. */
  readonly id: string | undefined;
  /** Events of different scopes never come together, whatever a correlation groups by: the customer, for a desk of many. Not asked of those that are meant across. */
  readonly scope?: string | undefined;
};

/** What is kept at most. */
export type CorrelatorLimits = {
  /** Groups of one correlation: those that nothing came to for longest go first. */
  readonly groupsMax: number;
  /** Events of one group, the oldest go first; a correlation that counts higher keeps twice what it counts to. */
  readonly entriesMax: number;
  /** Events of all groups together. About 250 bytes each. */
  readonly totalMax: number;
  /** How late an event may come, counted from the newest of its group, and still find its whole window. Milliseconds. */
  readonly latenessMs: number;
  /** Events that a firing names at most; those of the window are counted all the same. */
  readonly refsMax: number;
};
/** Cloud audit sources deliver most within minutes and the last within a day. */
export const CORRELATOR_LIMITS: CorrelatorLimits = {
  groupsMax: 100_000,
  entriesMax: 10_000,
  totalMax: 1_000_000,
  latenessMs: 24 * 3_600_000,
  refsMax: REFS_MAX,
};

/** How much is kept, and what was not counted, by reason. */
export type CorrelatorCounters = {
  readonly groups: number;
  readonly entries: number;
  /** Events that were forgotten before their time because a limit was reached. */
  readonly evicted: number;
  /** Events without a value to group by: they join no group. */
  readonly ungrouped: number;
  /** Events that came later than is waited for. */
  readonly tooLate: number;
  /** Events that were counted before. */
  readonly repeated: number;
};
type Counted = { -readonly [name in keyof CorrelatorCounters]: number };
const noCounts = (): Counted => ({ groups: 0, entries: 0, evicted: 0, ungrouped: 0, tooLate: 0, repeated: 0 });

type Place = { readonly correlation: number; readonly place: number };
type Path = { readonly field: string; readonly path: readonly string[] };
/** One correlation with its state. */
type Line<R> = {
  readonly linked: LinkedCorrelation;
  /** It knows no scopes. */
  readonly isAcross: boolean;
  /** For each of its rules the fields it is grouped by. */
  readonly groupBy: readonly (readonly Path[])[];
  readonly values: readonly Path[];
  readonly entriesMax: number;
  /** In the order in which something last came to them. */
  readonly groups: Map<string, Group<R>>;
  readonly counts: Counted;
};

/**
 * Correlations over event time, with half-open windows (t − timespan, t]. Events may come late, out of order and twice: an event that comes
 * late is put where it belongs, and every window it lies in is looked at again. The same events in any order come to the same firings, less
 * the retractions. One event at a time; whoever has several in hand feeds them by their time, which is fastest.
 */
export class Correlator<R = number> {
  readonly #limits: CorrelatorLimits;
  readonly #lines: readonly Line<R>[];
  /** Rule, or correlation for a chain, → the correlations that refer to it, with its places there. */
  readonly #byRule = new Map<number, Place[]>();
  readonly #byChain = new Map<number, Place[]>();
  #entries = 0;
  #retracted: Retraction[] = [];

  /** @param across by place in `set.correlations`: those that are meant across scopes; none unless told */
  constructor(set: RuleSet, limits: Partial<CorrelatorLimits> = {}, across: readonly boolean[] = []) {
    this.#limits = { ...CORRELATOR_LIMITS, ...limits };
    this.#lines = set.correlations.map((linked, at) => ({
      ...lineOf<R>(linked, this.#limits),
      isAcross: across[at] === true,
    }));
    set.correlations.forEach(({ of }, correlation) =>
      of.forEach((link, place) => {
        const [map, key] = link.rule === undefined ? [this.#byChain, link.correlation] : [this.#byRule, link.rule];
        if (key === undefined) return;
        map.set(key, [...(map.get(key) ?? []), { correlation, place }]);
      }),
    );
  }

  /** Of all correlations together. */
  get counters(): CorrelatorCounters {
    const sum = noCounts();
    for (const at of this.#lines.keys())
      for (const [name, value] of Object.entries(this.countersOf(at))) sum[name as keyof Counted] += value;
    return sum;
  }

  /** Of one correlation, by its place in `set.correlations`. */
  countersOf(correlation: number): CorrelatorCounters {
    const line = this.#lines[correlation];
    return line === undefined ? noCounts() : { ...line.counts, groups: line.groups.size };
  }

  /** Takes an event that matched `rules`; gives what came true through it, in the order of the correlations. */
  take(rules: readonly number[], seen: Seen<R>): readonly Firing<R>[] {
    const firings: Firing<R>[] = [];
    for (const rule of rules) {
      const places = this.#byRule.get(rule);
      if (places === undefined) continue;
      const fieldOf = (at: Path): string | undefined => firstText(seen.event, at);
      for (const at of places) this.#add(at, { ...seen, inner: undefined, fieldOf }, firings);
    }
    return firings;
  }

  /** Groups that are kept at present. */
  get groups(): number {
    return this.#lines.reduce((sum, { groups }) => sum + groups.size, 0);
  }

  /**
   * Firings that late events took away since this was last asked and that did not come back: to be applied after the firings. Only correlations
   * that ask for less, for none or for a mean take anything back.
   */
  retractions(): readonly Retraction[] {
    const taken = this.#retracted;
    this.#retracted = [];
    return taken;
  }

  /** Drops what no event later than `now` − lateness can need any more, groups that grew still included. Times in milliseconds. */
  forget(now: number): void {
    for (const line of this.#lines) {
      const horizon = now - line.linked.correlation.timespanMs - this.#limits.latenessMs;
      for (const [text, group] of line.groups)
        if (group.newest <= horizon) this.#drop(line, text, group);
        else this.#count(line, -group.forgetUntil(horizon));
    }
  }

  /** What one correlation keeps, as plain values, and put back: for a set in which it stands elsewhere, or a later process. */
  keptOf(correlation: number): readonly KeptGroup<R>[] {
    return [...(this.#lines[correlation]?.groups.values() ?? [])].map((group) => group.kept());
  }
  restore(correlation: number, kept: readonly KeptGroup<R>[]): void {
    const line = this.#lines[correlation];
    if (line === undefined) throw new Error(`invariant broken: no correlation ${correlation}`);
    for (const [text, group] of line.groups) this.#drop(line, text, group);
    for (const one of kept) {
      const group = new Group<R>(line.linked.correlation, one.key, one.scope);
      group.putBack(one);
      line.groups.set(textOf(one.key, one.scope), group);
      this.#count(line, group.size);
    }
  }

  #add(at: Place, seen: Taken<R>, firings: Firing<R>[]): void {
    const line = this.#lines[at.correlation];
    if (line === undefined) return;
    const key = groupOf(line, at.place, seen.fieldOf);
    if (key === undefined) {
      line.counts.ungrouped++;
      return;
    }
    const group = this.#group(line, key, line.isAcross ? undefined : seen.scope);
    const id = seen.id === undefined ? undefined : `${at.place}\u0000${seen.id}`;
    if (id !== undefined && group.has(id)) {
      line.counts.repeated++;
      return;
    }
    if (group.isTooLate(seen.time, this.#limits.latenessMs)) {
      line.counts.tooLate++;
      return;
    }
    const entry: Kept<R> = {
      time: seen.time,
      rule: at.place,
      value: valueOf(line, seen),
      ref: seen.ref,
      id,
      inner: seen.inner,
    };
    this.#count(line, 1);
    this.#tell(at.correlation, group.add(entry, this.#limits.refsMax), firings);
    const forgotten = group.forget(this.#limits.latenessMs, line.entriesMax);
    if (forgotten.gone > 0) this.#count(line, -forgotten.gone);
    line.counts.evicted += forgotten.early;
    if (this.#entries > this.#limits.totalMax) this.#makeRoom(group);
  }

  #tell(correlation: number, change: Change<R>, firings: Firing<R>[]): void {
    const links = this.#byChain.get(correlation);
    for (const { scope, group, time } of change.withdrawn) {
      const gone: Retraction = { correlation, scope, group, time };
      // Of a firing and its retraction by one event only the last counts.
      const at = firings.findIndex((one) => isSame(one, gone));
      if (at >= 0) firings.splice(at, 1);
      this.#retracted.push(gone);
      for (const to of links ?? []) this.#unchain(to, gone, firings);
    }
    for (const made of change.fired) {
      const firing = { correlation, ...made };
      firings.push(firing);
      if (this.#retracted.length > 0) this.#retracted = this.#retracted.filter((one) => !isSame(one, firing));
      const inner = endsOf(firing.refs, INNER_MAX);
      for (const to of links ?? [])
        this.#add(to, { ...firing, inner, id: this.#idOf(firing), fieldOf: this.#fieldsOf(firing) }, firings);
    }
  }

  /** A firing is an event of its own, at the time of the event that completed it, with the values it is grouped by. */
  #fieldsOf({ correlation, group }: Retraction): (at: Path) => string | undefined {
    const names = this.#lines[correlation]?.linked.correlation.groupBy ?? [];
    return ({ field }) => group[names.indexOf(field)];
  }
  /** By the name of the correlation and not its place, so that it means the same in another set. */
  #idOf({ correlation, group, time }: Retraction): string {
    const head = this.#lines[correlation]?.linked.correlation.head;
    return `firing:${head?.id ?? head?.name ?? head?.title ?? correlation}:${group.join("\u0000")}:${time}`;
  }

  /** Takes a firing out of what was built on it. */
  #unchain(at: Place, gone: Retraction, firings: Firing<R>[]): void {
    const line = this.#lines[at.correlation];
    const key = line && groupOf(line, at.place, this.#fieldsOf(gone));
    const group = key && line.groups.get(textOf(key, line.isAcross ? undefined : gone.scope));
    if (line === undefined || group === undefined) return;
    const change = group.remove(`${at.place}\u0000${this.#idOf(gone)}`, gone.time, this.#limits.refsMax);
    if (change === undefined) return;
    this.#count(line, -1);
    this.#tell(at.correlation, change, firings);
  }

  #group(line: Line<R>, key: readonly string[], scope: string | undefined): Group<R> {
    const text = textOf(key, scope);
    const known = line.groups.get(text);
    if (known !== undefined) {
      // Last in the order of the map: what nothing comes to drifts to its front.
      line.groups.delete(text);
      line.groups.set(text, known);
      return known;
    }
    if (line.groups.size >= this.#limits.groupsMax) this.#dropOldest(line);
    const made = new Group<R>(line.linked.correlation, key, scope);
    line.groups.set(text, made);
    return made;
  }

  #count(line: Line<R>, by: number): void {
    line.counts.entries += by;
    this.#entries += by;
  }

  #drop(line: Line<R>, text: string, group: Group<R>): void {
    line.groups.delete(text);
    this.#count(line, -group.size);
  }

  #dropOldest(line: Line<R>, but?: Group<R>): boolean {
    for (const [text, group] of line.groups) {
      if (group === but) continue;
      line.counts.evicted += group.size;
      this.#drop(line, text, group);
      return true;
    }
    return false;
  }

  /** The fullest correlation gives way; the group in hand is spared as long as there is another. */
  #makeRoom(but: Group<R>): void {
    const fullest = this.#lines.reduce((most, line) => (line.counts.entries > most.counts.entries ? line : most));
    if (!this.#dropOldest(fullest, but)) this.#dropOldest(fullest);
  }
}

type Taken<R> = Pick<Seen<R>, "time" | "ref" | "id" | "scope"> & {
  /** Of a chained firing: the events that made it. */
  readonly inner: readonly R[] | undefined;
  readonly fieldOf: (at: Path) => string | undefined;
};

const textOf = (key: readonly string[], scope: string | undefined): string =>
  `${scope ?? ""}\u0001${key.join("\u0000")}`;
const isSame = (a: Retraction, b: Retraction): boolean =>
  a.correlation === b.correlation && a.time === b.time && textOf(a.group, a.scope) === textOf(b.group, b.scope);

const pathOf = (field: string): Path => ({ field, path: field.split(".") });

function lineOf<R>(linked: LinkedCorrelation, { entriesMax }: CorrelatorLimits): Omit<Line<R>, "isAcross"> {
  const { correlation, of } = linked;
  const isCounting = correlation.type === "event_count" || correlation.type === "value_count";
  const highest = isCounting ? Math.max(...correlation.thresholds.map(({ value }) => value)) : 0;
  return {
    linked,
    groupBy: of.map(({ written }) =>
      correlation.groupBy.map((name) => pathOf(correlation.aliases.get(name)?.get(written) ?? name)),
    ),
    values: correlation.fields.map(pathOf),
    entriesMax: Math.max(entriesMax, 2 * highest),
    groups: new Map(),
    counts: noCounts(),
  };
}

/** The first value of a field as text; undefined when it is absent, null or empty of scalars. */
function firstText(event: SigmaEvent, { field, path }: Path): string | undefined {
  const leaf = lookUp(event, field, path).leaves.find((one): one is Exclude<Leaf, null> => one !== null);
  return leaf === undefined ? undefined : String(leaf);
}

/** The values an event is grouped by, in lower case; undefined = one is missing, and it joins no group. */
function groupOf<R>(line: Line<R>, place: number, fieldOf: Taken<R>["fieldOf"]): readonly string[] | undefined {
  const values: string[] = [];
  for (const at of line.groupBy[place] ?? []) {
    const value = fieldOf(at);
    if (value === undefined) return undefined;
    values.push(value.toLowerCase());
  }
  return values;
}

function valueOf<R>({ linked, values }: Line<R>, seen: Taken<R>): string | number | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  if (linked.correlation.type !== "value_count") return numberOf(seen.fieldOf(first) ?? "");
  const texts = values.map((at) => seen.fieldOf(at)?.toLowerCase());
  return texts.includes(undefined) ? undefined : texts.join("\u0000");
}
