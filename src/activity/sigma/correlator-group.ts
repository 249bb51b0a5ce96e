import type { CorrelationRule } from "./contract.ts";
import { type Tally, tallyOf } from "./decide-tally.ts";
import type { Entry } from "./decide-window.ts";

/** A correlation that came true: the window that ends with an event fulfils it. */
export type Firing<R = number> = {
  /** Place in `set.correlations`. */
  readonly correlation: number;
  readonly scope: string | undefined;
  readonly group: readonly string[];
  /** Time of the event with which the window ends. The same correlation, scope, group and time is the same firing. */
  readonly time: number;
  /** The event with which the window ends; with late events another than the one that came. */
  readonly ref: R;
  /** Events in the window, oldest first; of a chain those of the firings it consists of. Of too many the oldest, the newest and one of each rule. */
  readonly refs: readonly R[];
  /** How many entries the window has, however many of them `refs` names: what an event_count counted. */
  readonly size: number;
};
/** A firing that no longer stands: an event that came late took away what fulfilled the window that ends at `time`. */
export type Retraction = Pick<Firing, "correlation" | "scope" | "group" | "time">;

/** A match as a group keeps it. */
export type Kept<R> = Entry & {
  /** What the caller calls the event. */
  readonly ref: R;
  /** The source's id of the event with its place in the correlation; undefined = repeats cannot be told. */
  readonly id: string | undefined;
  /** Of a firing that a chain is built on: the events it consists of. */
  readonly inner: readonly R[] | undefined;
};
/** A group as plain values. `fired`: the ends of the windows that were fulfilled; `floor`: nothing up to it counts any more. */
export type KeptGroup<R = number> = {
  readonly key: readonly string[];
  readonly scope: string | undefined;
  readonly entries: readonly Kept<R>[];
  readonly fired: readonly number[];
  readonly floor: number | undefined;
};
type Made<R> = Omit<Firing<R>, "correlation">;
export type Change<R> = {
  readonly fired: Made<R>[];
  readonly withdrawn: Omit<Retraction, "correlation">[];
};

/** Old entries are thrown out in pieces: moving the rest costs as much for one as for many. */
const FORGET_AT_ONCE = 64;
/** Entries that are looked through for one of each rule, beside the oldest and the newest. */
const LOOKED_BACK_MAX = 1_000;

/** The state of one group of a correlation: its matches by time, and which window ends were fulfilled. */
export class Group<R> {
  readonly #correlation: CorrelationRule;
  readonly #key: readonly string[];
  readonly #scope: string | undefined;
  /** Sorted by time. */
  #entries: Kept<R>[] = [];
  readonly #ids = new Set<string>();
  /** Times at which the window that ends there is fulfilled and was told. */
  readonly #fired = new Set<number>();
  /** The window that ends with the newest entry: what it comes to, and its first place. */
  #tally: Tally;
  #from = 0;
  /** Up to this time entries were thrown out because there were too many: windows there are no longer whole. */
  #floor = Number.NEGATIVE_INFINITY;

  constructor(correlation: CorrelationRule, key: readonly string[], scope: string | undefined) {
    this.#correlation = correlation;
    this.#key = key;
    this.#scope = scope;
    this.#tally = tallyOf(correlation);
  }

  get size(): number {
    return this.#entries.length;
  }
  get newest(): number {
    return this.#entries.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
  }
  has(id: string): boolean {
    return this.#ids.has(id);
  }
  isTooLate(time: number, latenessMs: number): boolean {
    return time <= this.#floor || time <= this.newest - this.#correlation.timespanMs - latenessMs;
  }

  /** Puts a match where it belongs; gives the windows that it made true and untrue. */
  add(entry: Kept<R>, refsMax: number): Change<R> {
    if (entry.id !== undefined) this.#ids.add(entry.id);
    const span = this.#correlation.timespanMs;
    if (entry.time >= this.newest) {
      this.#entries.push(entry);
      this.#tally.add(entry);
      for (;;) {
        const first = this.#entries[this.#from];
        if (first === undefined || first.time > entry.time - span) break;
        this.#tally.remove(first);
        this.#from++;
      }
      const change: Change<R> = { fired: [], withdrawn: [] };
      const end = this.#entries.length - 1;
      this.#settle({ end, from: this.#from, tally: this.#tally, isNew: true, refsMax }, change);
      return change;
    }
    const place = firstAfter(this.#entries, entry.time);
    this.#entries.splice(place, 0, entry);
    if (entry.time > this.newest - span) this.#tally.add(entry);
    else this.#from++;
    return this.#lookFrom(place, entry.time, { added: entry, refsMax });
  }

  /** Takes a match back; undefined when it is not here. */
  remove(id: string, time: number, refsMax: number): Change<R> | undefined {
    if (!this.#ids.delete(id)) return undefined;
    let place = firstAfter(this.#entries, time) - 1;
    while (place >= 0 && this.#entries[place]?.id !== id) place--;
    if (place < 0) return undefined;
    this.#entries.splice(place, 1);
    this.#restart();
    const at = Math.max(0, firstAfter(this.#entries, time) - 1);
    const change = this.#lookFrom(at, time, { added: undefined, refsMax });
    // With nothing left at its moment, no window ends there any more.
    if (this.#entries[at]?.time !== time && this.#fired.delete(time))
      change.withdrawn.push({ scope: this.#scope, group: this.#key, time });
    return change;
  }

  /** Throws out what is older than any window that may still be looked at, and what is too much. `early` of them were still waited for. */
  forget(latenessMs: number, entriesMax: number): { readonly gone: number; readonly early: number } {
    const horizon = this.newest - this.#correlation.timespanMs - latenessMs;
    const old = this.#olderThan(horizon);
    const tooMany = this.#entries.length - entriesMax;
    if (tooMany <= 0 && old < Math.min(FORGET_AT_ONCE, this.#entries.length / 2)) return { gone: 0, early: 0 };
    // A little more than too many: else every event to come moves all the others.
    const gone = Math.max(old, tooMany > 0 ? tooMany + (entriesMax >> 4) : 0);
    if (gone > old) this.#floor = this.#entries[gone - 1]?.time ?? this.#floor;
    this.#throwOut(gone);
    return { gone, early: gone - old };
  }

  /** Throws out what is no later than a time; gives how many. */
  forgetUntil(horizon: number): number {
    const old = this.#olderThan(horizon);
    this.#throwOut(old);
    return old;
  }
  #olderThan(horizon: number): number {
    return (this.#entries[0]?.time ?? Number.POSITIVE_INFINITY) <= horizon ? firstAfter(this.#entries, horizon) : 0;
  }
  #throwOut(count: number): void {
    if (count === 0) return;
    const thrown = this.#entries.splice(0, count);
    for (const { id } of thrown) if (id !== undefined) this.#ids.delete(id);
    for (let at = this.#from; at < count; at++) {
      const entry = thrown[at];
      if (entry !== undefined) this.#tally.remove(entry);
    }
    this.#from = Math.max(0, this.#from - count);
    const oldest = this.#entries[0]?.time ?? Number.POSITIVE_INFINITY;
    for (const time of this.#fired) if (time < oldest) this.#fired.delete(time);
  }

  kept(): KeptGroup<R> {
    const floor = Number.isFinite(this.#floor) ? this.#floor : undefined;
    return { key: this.#key, scope: this.#scope, entries: [...this.#entries], fired: [...this.#fired], floor };
  }
  putBack({ entries, fired, floor }: KeptGroup<R>): void {
    this.#entries = [...entries];
    for (const { id } of entries) if (id !== undefined) this.#ids.add(id);
    for (const time of fired) this.#fired.add(time);
    this.#floor = floor ?? Number.NEGATIVE_INFINITY;
    this.#restart();
  }

  /** Looks at every window that an entry of `time` lies in: those that end with it or with a later one inside the timespan. */
  #lookFrom(
    place: number,
    time: number,
    { added, refsMax }: { added: Kept<R> | undefined; refsMax: number },
  ): Change<R> {
    const change: Change<R> = { fired: [], withdrawn: [] };
    const span = this.#correlation.timespanMs;
    const tally = tallyOf(this.#correlation);
    let from = firstAfter(this.#entries, (this.#entries[place]?.time ?? time) - span);
    for (let at = from; at < place; at++) this.#enter(tally, at);
    for (let end = place; end < this.#entries.length; end++) {
      const last = this.#entries[end];
      if (last === undefined || last.time >= time + span) break;
      tally.add(last);
      while ((this.#entries[from]?.time ?? last.time) <= last.time - span) {
        const gone = this.#entries[from++];
        if (gone !== undefined) tally.remove(gone);
      }
      // Of events of one moment the last one has them all in its window.
      if (this.#entries[end + 1]?.time === last.time || last.time < time) continue;
      this.#settle({ end, from, tally, isNew: last === added, refsMax }, change);
    }
    return change;
  }
  #enter(tally: Tally, at: number): void {
    const entry = this.#entries[at];
    if (entry !== undefined) tally.add(entry);
  }

  /** What the window [from, end] comes to now, beside what was told of it. */
  #settle(window: Window, change: Change<R>): void {
    const { end, from, tally } = window;
    const last = this.#entries[end];
    if (last === undefined) return;
    const holds = tally.holds(() => this.#entries.slice(from, end + 1));
    const wasTold = this.#fired.has(last.time);
    if (!holds && !wasTold) return;
    if (holds && wasTold && !window.isNew) return;
    const whose = { scope: this.#scope, group: this.#key, time: last.time };
    if (!holds) {
      this.#fired.delete(last.time);
      change.withdrawn.push(whose);
      return;
    }
    this.#fired.add(last.time);
    change.fired.push({ ...whose, ref: last.ref, refs: this.#refsOf(window), size: end + 1 - from });
  }

  /** The oldest and the newest events of a window, and one of each rule that these leave out. */
  #refsOf({ from, end, refsMax }: Window): readonly R[] {
    const half = refsMax >> 1;
    const isShort = end + 1 - from > refsMax;
    const oldest = this.#entries.slice(from, isShort ? from + half : end + 1);
    const newest = isShort ? this.#entries.slice(end + 1 - (refsMax - half), end + 1) : [];
    const between = isShort ? this.#missing([...oldest, ...newest], from + half, end + 1 - (refsMax - half)) : [];
    const chosen = [...oldest, ...between, ...newest];
    if (!chosen.some(({ inner }) => inner !== undefined)) return chosen.map(({ ref }) => ref);
    return endsOf([...new Set(chosen.flatMap(({ ref, inner }) => inner ?? [ref]))], refsMax);
  }

  /** Of each rule that the chosen ones lack the newest between two places, looking back so far only. */
  #missing(chosen: readonly Kept<R>[], from: number, until: number): readonly Kept<R>[] {
    const present = new Set(chosen.map(({ rule }) => rule));
    const found: Kept<R>[] = [];
    for (let at = until - 1; at >= Math.max(from, until - LOOKED_BACK_MAX); at--) {
      if (present.size === this.#correlation.rules.length) break;
      const entry = this.#entries[at];
      if (entry === undefined || present.has(entry.rule)) continue;
      present.add(entry.rule);
      found.push(entry);
    }
    return found.toReversed();
  }

  #restart(): void {
    this.#tally = tallyOf(this.#correlation);
    this.#from = firstAfter(this.#entries, this.newest - this.#correlation.timespanMs);
    for (let at = this.#from; at < this.#entries.length; at++) this.#enter(this.#tally, at);
  }
}
type Window = {
  readonly end: number;
  readonly from: number;
  readonly tally: Tally;
  /** The window ends with the entry that was just added. */
  readonly isNew: boolean;
  readonly refsMax: number;
};

/** The first and the last of a list that is longer than `max`. */
export function endsOf<T>(some: readonly T[], max: number): readonly T[] {
  return some.length <= max ? some : [...some.slice(0, max >> 1), ...some.slice(-(max - (max >> 1)))];
}

/** Place of the first entry later than `time`. */
function firstAfter(entries: readonly { readonly time: number }[], time: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.time ?? 0) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
