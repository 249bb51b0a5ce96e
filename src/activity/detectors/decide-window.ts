import type { Hit, Kept } from "../contract-detector.ts";
import { type Level, LEVELS } from "../sigma/contract.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** Events that a hit names: more are left out in the middle. */
export const EVENTS_MAX = 50;

export const dayOf = (at: number): number => Math.floor(at / DAY_MS);
export const rank = (level: Level): number => LEVELS.indexOf(level);
export const atLeast = (level: Level, other: Level): Level => (rank(level) >= rank(other) ? level : other);

/** The one order of a group: event time, then source, then id. */
export const byTime = (a: Kept, b: Kept): number =>
  a.at - b.at || (a.source < b.source ? -1 : a.source > b.source ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Each event once, in the one order: what `decide` must be given. */
export function settle(kept: readonly Kept[]): readonly Kept[] {
  const once = new Map<string, Kept>();
  for (const one of kept) once.set(`${one.source}|${one.id}`, one);
  return [...once.values()].sort(byTime);
}

/** What a window comes to at its last event. */
export type Verdict = Pick<Hit, "level" | "subscription" | "customer"> & {
  readonly key: string;
  /** As a function when they are worked out of the whole window: it is asked once a day, for the verdict that stays. */
  readonly facts: Hit["facts"] | (() => Hit["facts"]);
  /** Which events of the window make it; all when absent. */
  readonly about?: ((one: Kept) => boolean) | undefined;
};
/** Follows a window over a group: `enter` and `leave` keep counts, `judge` looks at them after an event entered. */
export type Watch = {
  readonly enter?: (one: Kept) => void;
  readonly leave?: (one: Kept) => void;
  readonly judge: (last: Kept, window: Slice) => Verdict | undefined;
};
/** Events (t − span, t] of a group, oldest first. */
export type Slice = { readonly from: number; readonly to: number; readonly all: readonly Kept[] };
export const inSlice = ({ all, from, to }: Slice): readonly Kept[] => all.slice(from, to + 1);

export const wholeOf = (all: readonly Kept[]): Slice => ({ from: 0, to: all.length - 1, all });

type Best = { readonly first: number; readonly verdict: Verdict; readonly window: Slice };

/**
 * Slides the half-open window (t − span, t] over a settled group and judges it at each event. Of the verdicts with one key on one UTC day
 * the strongest (the latest of equals) gives level, facts and events; the time is that of the day's first verdict, when it was first true.
 */
export function slide(all: readonly Kept[], spanMs: number, watch: Watch): readonly Hit[] {
  const best = new Map<string, Best>();
  walk(all, spanMs, watch, (last, window) => {
    const verdict = watch.judge(last, window);
    if (!verdict) return;
    const name = `${verdict.key}\n${dayOf(last.at)}`;
    const known = best.get(name);
    if (!known) best.set(name, { first: last.at, verdict, window });
    else if (rank(verdict.level) >= rank(known.verdict.level)) best.set(name, { ...known, verdict, window });
  });
  return [...best.values()].map(asHit);
}

/** Moves the window over a group: what enters, what leaves, then what it is at each event. */
export function walk(
  all: readonly Kept[],
  spanMs: number,
  { enter, leave }: Pick<Watch, "enter" | "leave">,
  at: (last: Kept, window: Slice) => void,
): void {
  let from = 0;
  all.forEach((last, to) => {
    enter?.(last);
    for (let old = all[from]; old && old.at <= last.at - spanMs; old = all[++from]) leave?.(old);
    at(last, { from, to, all });
  });
}

function asHit({ first, verdict, window }: Best): Hit {
  const { key, level, facts, subscription, customer, about } = verdict;
  const events = fewer(about ? inSlice(window).filter(about) : inSlice(window));
  return {
    key,
    level,
    at: first,
    facts: typeof facts === "function" ? facts() : facts,
    events,
    subscription,
    customer,
  };
}

/** Hits found in several ways: of those with one key on one UTC day the strongest stays (the earlier of equals), from when the first was true. */
export function strongest(hits: readonly Hit[]): readonly Hit[] {
  const best = new Map<string, Hit>();
  for (const hit of [...hits].sort((a, b) => a.at - b.at)) {
    const name = `${hit.key}\n${dayOf(hit.at)}`;
    const known = best.get(name);
    if (!known) best.set(name, hit);
    else if (rank(hit.level) > rank(known.level)) best.set(name, { ...hit, at: known.at });
  }
  return [...best.values()];
}

/** The first and the last of many. */
export const fewer = (events: readonly Kept[]): readonly Kept[] =>
  events.length <= EVENTS_MAX
    ? events
    : [...events.slice(0, EVENTS_MAX / 2), ...events.slice(events.length - EVENTS_MAX / 2)];

/** How often each value is in a window, so that distinct values are counted without looking at the window again. */
export class Tally {
  readonly #counts = new Map<string, number>();
  add(value: string): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }
  remove(value: string): void {
    const count = (this.#counts.get(value) ?? 0) - 1;
    if (count > 0) this.#counts.set(value, count);
    else this.#counts.delete(value);
  }
  get distinct(): number {
    return this.#counts.size;
  }
  has(value: string): boolean {
    return this.#counts.has(value);
  }
  /** Distinct values in order, few enough for a sentence. */
  list(max = 12): string {
    return listed([...this.#counts.keys()], max);
  }
}

/** Values for a sentence: distinct, sorted, at most `max`, and how many more. */
export function listed(values: readonly string[], max = 12): string {
  const sorted = [...new Set(values)].filter((value) => value !== "").sort();
  const more = sorted.length - max;
  return sorted.slice(0, max).join(", ") + (more > 0 ? ` +${more}` : "");
}
export const distinct = (values: readonly string[]): number => new Set(values).size;

/** A fact as text; "" when it is not there. */
export const text = (one: Kept, name: string): string => {
  const value = one.facts[name];
  return value === undefined || value === null ? "" : String(value);
};
export const count = (one: Kept, name: string): number => {
  const value = one.facts[name];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
};
