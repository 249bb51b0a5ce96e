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
  /** The events in the window; of a chain those of the firings it consists of. At most `REFS_MAX`, the oldest and the newest. */
  readonly refs: readonly number[];
  /** How many entries the window has: what an event_count counted. */
  readonly size: number;
};
/** A firing that no longer stands: an event that came late took away what fulfilled the window that ends at `time`. */
export type Retraction = Pick<Firing, "correlation" | "group" | "time">;
/** Events of one firing that are named at most. */
export const REFS_MAX = 1_000;

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

/** A group of one correlation as plain values. `fired`: the times of the windows that were fulfilled. */
export type KeptGroup = {
  readonly key: readonly string[];
  readonly entries: readonly Entry[];
  readonly fired: readonly number[];
};

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
  readonly #byRule = new Map<number, Place[]>();
  readonly #byChain = new Map<number, Place[]>();
  #evicted = 0;
  #ungrouped = 0;
  #tooLate = 0;
  #retracted: Retraction[] = [];

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

  /** Groups that are kept at present. */
  get groups(): number {
    return this.#groups.reduce((sum, groups) => sum + groups.size, 0);
  }

  /** Firings that late events took away since this was last asked and that did not come back: to be applied after the firings. */
  retractions(): readonly Retraction[] {
    const taken = this.#retracted;
    this.#retracted = [];
    return taken;
  }

  /** Drops what no event later than `now` − lateness can need any more, groups that grew still included. Times in milliseconds. */
  forget(now: number): void {
    this.#groups.forEach((groups, at) => {
      const linked = this.#set.correlations[at];
      if (linked === undefined) return;
      const horizon = now - linked.correlation.timespanMs - this.#limits.latenessMs;
      for (const [key, group] of groups)
        if ((group.entries.at(-1)?.time ?? 0) <= horizon) groups.delete(key);
        else drop(group, firstAfter(group.entries, horizon));
    });
  }

  /** What one correlation keeps, as plain values, and put back: for a set in which it stands elsewhere, or a later process. */
  keptOf(correlation: number): readonly KeptGroup[] {
    return [...(this.#groups[correlation]?.values() ?? [])].map(({ key, entries, fired }) => ({
      key,
      entries: [...entries],
      fired: [...fired].map((entry) => entry.time),
    }));
  }
  restore(correlation: number, kept: readonly KeptGroup[]): void {
    const groups = this.#groups[correlation];
    if (groups === undefined) throw new Error(`invariant broken: no correlation ${correlation}`);
    groups.clear();
    for (const { key, entries, fired } of kept) {
      const ids = entries.flatMap(({ id }) => id ?? []);
      const times = new Set(fired);
      const last = entries.filter((entry, at) => times.has(entry.time) && entries[at + 1]?.time !== entry.time);
      groups.set(key.join("\u0000"), { key, entries: [...entries], ids: new Set(ids), fired: new Set(last) });
    }
  }

  /** Takes an event that matched `rules`; gives what came true through it, in the order of the correlations. */
  take(rules: readonly number[], seen: Seen): readonly Firing[] {
    const firings: Firing[] = [];
    for (const rule of rules)
      for (const at of this.#byRule.get(rule) ?? NONE)
        this.#add(at, { ...seen, fieldOf: (name) => fieldOf(seen.event, name) }, firings);
    return firings;
  }

  #add(at: Place, seen: Taken, firings: Firing[]): void {
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
      inner: seen.inner,
    };
    insert(group.entries, entry);
    this.#look(at.correlation, group, { time: seen.time, added: entry, firings });
    this.#forget(linked, group);
  }

  /** Looks at every window that something at `time` lies in: those that end then or later inside the timespan. */
  #look(correlation: number, group: Group, { time, added, firings }: Looking): void {
    const linked = this.#set.correlations[correlation];
    if (linked === undefined) return;
    const { entries, fired } = group;
    const span = linked.correlation.timespanMs;
    for (let end = firstAfter(entries, time - 1); end < entries.length; end++) {
      const last = entries[end];
      if (last === undefined || last.time >= time + span) break;
      // Of events of one moment the last one has them all in its window.
      if (entries[end + 1]?.time === last.time) continue;
      const window = entries.slice(firstAfter(entries, last.time - span), end + 1);
      if (!windowHolds(linked.correlation, window)) {
        this.#takeBack({ correlation, group, end, firings });
        continue;
      }
      const isNew = last === added || !fired.has(last);
      fired.add(last);
      if (!isNew) continue;
      const refs = window.flatMap(({ ref, inner }) => inner ?? [ref]);
      const firing: Firing = {
        correlation,
        group: group.key,
        time: last.time,
        ref: last.ref,
        refs: endsOf([...new Set(refs)], REFS_MAX),
        size: window.length,
      };
      firings.push(firing);
      this.#retracted = this.#retracted.filter((one) => !isSame(one, firing));
      this.#chain(firing, firings);
    }
  }

  /** The window that ends with the entry at `end` is not fulfilled; if it was, that is taken back, with what was built on it. */
  #takeBack({ correlation, group, end, firings }: TakingBack): void {
    const { entries, fired, key } = group;
    const time = entries[end]?.time ?? 0;
    let had = false;
    for (let at = end; entries[at]?.time === time; at--) {
      const entry = entries[at];
      if (entry !== undefined && fired.delete(entry)) had = true;
    }
    if (!had) return;
    this.#retract({ correlation, group: key, time }, firings);
    const names = this.#set.correlations[correlation]?.correlation.groupBy ?? [];
    const fieldOf = (name: string): string | undefined => key[names.indexOf(name)];
    const id = this.#firingId(correlation, key, time);
    for (const at of this.#byChain.get(correlation) ?? NONE) this.#remove(at, { time, id, fieldOf }, firings);
  }

  /** Of a firing and its retraction by one event only the last counts. */
  #retract(gone: Retraction, firings: Firing[]): void {
    const at = firings.findIndex((one) => isSame(one, gone));
    if (at >= 0) firings.splice(at, 1);
    this.#retracted.push(gone);
  }

  /** By the name of the correlation and not its place, so that it means the same in another set. */
  #firingId(correlation: number, group: readonly string[], time: number): string {
    const head = this.#set.correlations[correlation]?.correlation.head;
    return `firing:${head?.id ?? head?.name ?? head?.title ?? correlation}:${group.join("\u0000")}:${time}`;
  }

  /** Takes an entry out again and looks at the windows it was in. */
  #remove(at: Place, gone: Pick<Taken, "time" | "fieldOf"> & { readonly id: string }, firings: Firing[]): void {
    const linked = this.#set.correlations[at.correlation];
    const key = linked === undefined ? undefined : groupOf(linked, at.place, gone);
    const group = key === undefined ? undefined : this.#groups[at.correlation]?.get(key.join("\u0000"));
    const id = `${at.place}\u0000${gone.id}`;
    if (group === undefined || !group.ids.delete(id)) return;
    const place = group.entries.findIndex((entry) => entry.id === id);
    const [entry] = group.entries.splice(place, 1);
    // With nothing left at its moment, no window ends there any more.
    const isAlone = group.entries[firstAfter(group.entries, gone.time) - 1]?.time !== gone.time;
    if (entry !== undefined && group.fired.delete(entry) && isAlone)
      this.#retract({ correlation: at.correlation, group: group.key, time: gone.time }, firings);
    this.#look(at.correlation, group, { time: gone.time, added: undefined, firings });
  }

  /** A firing is an event of its own, at the time of the event that completed it, with the values it is grouped by. */
  #chain(firing: Firing, firings: Firing[]): void {
    const links = this.#byChain.get(firing.correlation);
    const names = this.#set.correlations[firing.correlation]?.correlation.groupBy ?? [];
    if (links === undefined) return;
    const fieldOf = (name: string): string | undefined => firing.group[names.indexOf(name)];
    const id = this.#firingId(firing.correlation, firing.group, firing.time);
    const inner = endsOf(firing.refs, INNER_MAX);
    for (const at of links) this.#add(at, { time: firing.time, ref: firing.ref, id, fieldOf, inner }, firings);
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
    if (tooMany > keep) this.#evicted += tooMany - keep;
    drop(group, Math.max(keep, tooMany));
  }
}
const NONE: readonly never[] = [];
/** Events of a firing that a chain built on it remembers. */
const INNER_MAX = 50;

type Place = { readonly correlation: number; readonly place: number };
type Taken = Pick<Seen, "time" | "ref" | "id"> & {
  readonly fieldOf: (name: string) => string | undefined;
  readonly inner?: readonly number[] | undefined;
};
type Looking = { readonly time: number; readonly added: Entry | undefined; readonly firings: Firing[] };
type TakingBack = {
  readonly correlation: number;
  readonly group: Group;
  readonly end: number;
  readonly firings: Firing[];
};

const isSame = (a: Retraction, b: Retraction): boolean =>
  a.correlation === b.correlation && a.time === b.time && a.group.join("\u0000") === b.group.join("\u0000");

/** The first and the last of a list that is longer than `max`. */
function endsOf(refs: readonly number[], max: number): readonly number[] {
  return refs.length <= max ? refs : [...refs.slice(0, max / 2), ...refs.slice(-max / 2)];
}

/** Drops the oldest entries of a group. */
function drop(group: Group, count: number): void {
  if (count <= 0) return;
  for (const entry of group.entries.splice(0, count)) {
    group.fired.delete(entry);
    if (entry.id !== undefined) group.ids.delete(entry.id);
  }
}

/** The first value of a field as text; undefined when it is absent, null or empty of scalars. */
function fieldOf(event: SigmaEvent, name: string): string | undefined {
  const found = lookUp(event, name, name.split("."));
  const leaf = found.leaves.find((one): one is Exclude<Leaf, null> => one !== null);
  return leaf === undefined ? undefined : String(leaf);
}

/** The values an event is grouped by, in lower case; undefined = one is missing, and it joins no group. */
function groupOf(
  { correlation, of }: LinkedCorrelation,
  place: number,
  seen: Pick<Taken, "fieldOf">,
): readonly string[] | undefined {
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
