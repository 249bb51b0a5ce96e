import type { SigmaEvent } from "./contract.ts";
import { numberOf } from "./decide-compare.ts";
import { type Entry, windowHolds } from "./decide-window.ts";
import { type Leaf, lookUp } from "./fields.ts";
import type { LinkedCorrelation, RuleSet } from "./rule-set.ts";

/** A matching event as the correlator is told of it. */
export type Seen = {
  readonly event: SigmaEvent;
  /** Event time, milliseconds since 1970: when it happened, not when it came. */
  readonly time: number;
  /** What the caller calls it: an index, a number of its own. */
  readonly ref: number;
  /** The source's id of the event; the same twice is one. undefined = cannot be told apart. */
  readonly id: string | undefined;
};

/** A correlation that came true: the window that ends with an event fulfils it. */
export type Firing = {
  /** Place in `set.correlations`. */
  readonly correlation: number;
  readonly group: readonly string[];
  /** Time of the event with which the window ends. */
  readonly time: number;
  /** The event with which the window ends; with late events another than the one that came. */
  readonly ref: number;
  /** The events in the window. */
  readonly refs: readonly number[];
};

/** What is kept at most. */
export type CorrelatorLimits = {
  /** Groups of one correlation, and events of one group. The oldest go first; `evicted` counts them. */
  readonly groupsMax: number;
  readonly entriesMax: number;
  /** How late an event may come, counted from the newest of its group, and still find its whole window. Milliseconds. */
  readonly latenessMs: number;
};
/** Cloud audit sources deliver most within minutes and the last within a day. */
const LIMITS: CorrelatorLimits = { groupsMax: 100_000, entriesMax: 10_000, latenessMs: 24 * 3_600_000 };

type Group = {
  readonly key: readonly string[];
  /** Sorted by time. */
  readonly entries: Entry[];
  /** Sources' ids and rule of what is in `entries`. */
  readonly ids: Set<string>;
  /** Entries at whose time the window was fulfilled already. */
  readonly fired: Set<Entry>;
};

/**
 * Correlations over event time, with half-open windows (t − timespan, t]. Events may come late, out of order and twice: an event that comes
 * late is put where it belongs, and every window it lies in is looked at again. The same events in any order come to the same firings.
 */
export class Correlator {
  readonly #set: RuleSet;
  readonly #limits: CorrelatorLimits;
  readonly #groups: readonly Map<string, Group>[];
  /** Rule → the correlations that refer to it, with its places there. */
  readonly #byRule = new Map<number, { readonly correlation: number; readonly place: number }[]>();
  readonly #byChain = new Map<number, { readonly correlation: number; readonly place: number }[]>();
  #evicted = 0;
  #ungrouped = 0;
  #tooLate = 0;

  constructor(set: RuleSet, limits: CorrelatorLimits = LIMITS) {
    this.#set = set;
    this.#limits = limits;
    this.#groups = set.correlations.map(() => new Map());
    set.correlations.forEach(({ of }, correlation) =>
      of.forEach((link, place) => {
        const [map, key] = link.rule === undefined ? [this.#byChain, link.correlation] : [this.#byRule, link.rule];
        if (key === undefined) return;
        map.set(key, [...(map.get(key) ?? []), { correlation, place }]);
      }),
    );
  }

  /** Events dropped because a group or the number of groups was full, without a value to group by, and later than is waited for. */
  get counters(): { readonly evicted: number; readonly ungrouped: number; readonly tooLate: number } {
    return { evicted: this.#evicted, ungrouped: this.#ungrouped, tooLate: this.#tooLate };
  }

  /** Takes an event that matched `rules`; gives what came true through it, in the order of the correlations. */
  take(rules: readonly number[], seen: Seen): readonly Firing[] {
    const firings: Firing[] = [];
    for (const rule of rules)
      for (const at of this.#byRule.get(rule) ?? NONE)
        this.#add(at, { ...seen, fieldOf: (name) => fieldOf(seen.event, name) }, firings);
    return firings;
  }

  #add(at: { readonly correlation: number; readonly place: number }, seen: Taken, firings: Firing[]): void {
    const linked = this.#set.correlations[at.correlation];
    const groups = this.#groups[at.correlation];
    if (linked === undefined || groups === undefined) return;
    const key = groupOf(linked, at.place, seen);
    if (key === undefined) {
      this.#ungrouped++;
      return;
    }
    const group = this.#group(groups, key);
    const id = seen.id === undefined ? undefined : `${at.place}\u0000${seen.id}`;
    if (id !== undefined && group.ids.has(id)) return;
    const newest = group.entries.at(-1)?.time ?? seen.time;
    if (seen.time <= newest - linked.correlation.timespanMs - this.#limits.latenessMs) {
      this.#tooLate++;
      return;
    }
    if (id !== undefined) group.ids.add(id);
    const entry: Entry = {
      time: seen.time,
      rule: at.place,
      value: valueOf(linked, seen),
      ref: seen.ref,
      id,
    };
    const place = insert(group.entries, entry);
    this.#look(at.correlation, group, place, firings);
    this.#forget(linked, group);
  }

  /** Looks at every window that the entry at `place` lies in: those that end with it or with a later one inside the timespan. */
  #look(correlation: number, group: Group, place: number, firings: Firing[]): void {
    const linked = this.#set.correlations[correlation];
    const added = group.entries[place];
    if (linked === undefined || added === undefined) return;
    const span = linked.correlation.timespanMs;
    for (let end = place; end < group.entries.length; end++) {
      const last = group.entries[end];
      if (last === undefined || last.time >= added.time + span) break;
      // Of events of one moment the last one has them all in its window.
      if (group.entries[end + 1]?.time === last.time) continue;
      const window = group.entries.slice(firstAfter(group.entries, last.time - span), end + 1);
      if (!windowHolds(linked.correlation, window)) continue;
      const isNew = last === added || !group.fired.has(last);
      group.fired.add(last);
      if (!isNew) continue;
      const firing: Firing = {
        correlation,
        group: group.key,
        time: last.time,
        ref: last.ref,
        refs: window.map(({ ref }) => ref),
      };
      firings.push(firing);
      this.#chain(firing, firings);
    }
  }

  /** A firing is an event of its own, at the time of the event that completed it, with the values it is grouped by. */
  #chain(firing: Firing, firings: Firing[]): void {
    const links = this.#byChain.get(firing.correlation);
    const names = this.#set.correlations[firing.correlation]?.correlation.groupBy ?? [];
    if (links === undefined) return;
    const fieldOf = (name: string): string | undefined => firing.group[names.indexOf(name)];
    const id = `firing:${firing.correlation}:${firing.group.join("\u0000")}:${firing.time}`;
    for (const at of links) this.#add(at, { time: firing.time, ref: firing.ref, id, fieldOf }, firings);
  }

  #group(groups: Map<string, Group>, key: readonly string[]): Group {
    const text = key.join("\u0000");
    const known = groups.get(text);
    if (known !== undefined) return known;
    if (groups.size >= this.#limits.groupsMax) {
      const [oldest] = groups.keys();
      if (oldest !== undefined) groups.delete(oldest);
      this.#evicted++;
    }
    const made: Group = { key, entries: [], ids: new Set(), fired: new Set() };
    groups.set(text, made);
    return made;
  }

  #forget({ correlation }: LinkedCorrelation, group: Group): void {
    const newest = group.entries.at(-1)?.time ?? 0;
    // A window that a late event ends reaches back one timespan from it.
    const keep = firstAfter(group.entries, newest - correlation.timespanMs - this.#limits.latenessMs);
    const tooMany = group.entries.length - this.#limits.entriesMax;
    const drop = Math.max(keep, tooMany);
    if (drop <= 0) return;
    if (tooMany > keep) this.#evicted += tooMany - keep;
    for (const entry of group.entries.splice(0, drop)) {
      group.fired.delete(entry);
      if (entry.id !== undefined) group.ids.delete(entry.id);
    }
  }
}
const NONE: readonly never[] = [];

type Taken = Pick<Seen, "time" | "ref" | "id"> & { readonly fieldOf: (name: string) => string | undefined };

/** The first value of a field as text; undefined when it is absent, null or empty of scalars. */
function fieldOf(event: SigmaEvent, name: string): string | undefined {
  const found = lookUp(event, name, name.split("."));
  const leaf = found.leaves.find((one): one is Exclude<Leaf, null> => one !== null);
  return leaf === undefined ? undefined : String(leaf);
}

/** The values an event is grouped by, in lower case; undefined = one is missing, and it joins no group. */
function groupOf({ correlation, of }: LinkedCorrelation, place: number, seen: Taken): readonly string[] | undefined {
  const written = of[place]?.written ?? "";
  const values: string[] = [];
  for (const name of correlation.groupBy) {
    const field = correlation.aliases.get(name)?.get(written) ?? name;
    const value = seen.fieldOf(field);
    if (value === undefined) return undefined;
    values.push(value.toLowerCase());
  }
  return values;
}

function valueOf({ correlation }: LinkedCorrelation, seen: Taken): string | number | undefined {
  const { fields, type } = correlation;
  const [field] = fields;
  if (field === undefined) return undefined;
  if (type !== "value_count") return numberOf(seen.fieldOf(field) ?? "");
  const values = fields.map((name) => seen.fieldOf(name)?.toLowerCase());
  return values.includes(undefined) ? undefined : values.join("\u0000");
}

/** Puts an entry behind those of its time or earlier; gives its place. */
function insert(entries: Entry[], entry: Entry): number {
  const last = entries.at(-1);
  if (last === undefined || last.time <= entry.time) return entries.push(entry) - 1;
  const place = firstAfter(entries, entry.time);
  entries.splice(place, 0, entry);
  return place;
}

/** Place of the first entry later than `time`. */
function firstAfter(entries: readonly Entry[], time: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.time ?? 0) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
