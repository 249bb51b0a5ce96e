import type { CustomerId } from "../../core/ids.ts";
import type { Money } from "../../core/money.ts";
import { moneyJsonOf } from "./decide-money.ts";
import type { EvaluatedHit, Retracted } from "../watch/contract.ts";
import type { BacktestSampleWire, BacktestSideWire } from "./contract-backtest.ts";

const DAY_MS = 86_400_000;
/** Hits that are kept by themselves; past it they are counted and no longer told apart. */
export const HITS_MAX = 200_000;
const SAMPLES_MAX = 20;
const CUSTOMERS_MAX = 50;

type KeptHit = {
  readonly fingerprint: string;
  readonly at: number;
  readonly customer: CustomerId | undefined;
  readonly isMuted: boolean;
  readonly level: EvaluatedHit["level"];
  readonly facts: EvaluatedHit["facts"];
  readonly events: EvaluatedHit["events"];
};
type Range = { readonly from: number; readonly until: number };

/** What one side of a backtest hit. Only what is completed inside the range counts; what is before it only warms up. */
export class Tally {
  readonly #range: Range;
  readonly #mutedBy: (hit: EvaluatedHit) => string | undefined;
  readonly #hits = new Map<string, KeptHit>();
  #dropped = 0;
  #filtered = 0;

  constructor(range: Range, mutedBy: (hit: EvaluatedHit) => string | undefined) {
    this.#range = range;
    this.#mutedBy = mutedBy;
  }

  take(given: {
    readonly hits: readonly EvaluatedHit[];
    readonly retracted: readonly Retracted[];
    readonly filtered: ReadonlyMap<string, number>;
    readonly isInside: boolean;
  }): void {
    for (const hit of given.hits) {
      if (hit.at < this.#range.from || hit.at >= this.#range.until) continue;
      if (this.#hits.size >= HITS_MAX && !this.#hits.has(nameOf(hit))) {
        this.#dropped++;
        continue;
      }
      const { fingerprint, at, customer, level, facts, events } = hit;
      const isMuted = this.#mutedBy(hit) !== undefined;
      this.#hits.set(nameOf(hit), { fingerprint, at, customer, level, facts, events, isMuted });
    }
    for (const gone of given.retracted) this.#hits.delete(nameOf(gone));
    if (given.isInside) for (const n of given.filtered.values()) this.#filtered += n;
  }

  get dropped(): number {
    return this.#dropped;
  }
  /** Hits that would have been told, by name: not muted, of a customer. */
  told(): ReadonlyMap<string, KeptHit> {
    return new Map([...this.#hits].filter(([, { isMuted, customer }]) => !isMuted && customer !== undefined));
  }
  customers(): readonly CustomerId[] {
    return [...new Set([...this.told().values()].flatMap(({ customer }) => customer ?? []))];
  }

  side({ names, exposure }: Known): BacktestSideWire {
    const told = this.told();
    const byCustomer = new Map<CustomerId, number>();
    const perDay = Array.from({ length: daysOf(this.#range) }, () => 0);
    const first = firstDayOf(this.#range);
    for (const { customer, at } of told.values()) {
      if (customer !== undefined) byCustomer.set(customer, (byCustomer.get(customer) ?? 0) + 1);
      const day = Math.floor(at / DAY_MS) - first;
      perDay[day] = (perDay[day] ?? 0) + 1;
    }
    const all = [...this.#hits.values()];
    return {
      hits: told.size,
      findings: new Set([...told.values()].map(({ fingerprint }) => fingerprint)).size,
      muted: all.filter(({ isMuted }) => isMuted).length,
      filtered: this.#filtered,
      nobodys: all.filter(({ customer }) => customer === undefined).length,
      customers: byCustomer.size,
      byCustomer: [...byCustomer]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, CUSTOMERS_MAX)
        .map(([id, hits]) => ({ id, name: names.get(id) ?? id, hits })),
      perDay,
      money:
        exposure === undefined ? null : moneyJsonOf([...byCustomer.keys()].flatMap((id) => exposure.get(id) ?? [])),
    };
  }
}
export type Known = {
  readonly names: ReadonlyMap<CustomerId, string>;
  /** undefined = of none of them anything is known. */
  readonly exposure: ReadonlyMap<CustomerId, Money> | undefined;
};

export const nameOf = ({ fingerprint, completedBy }: Retracted): string => `${fingerprint}\u0000${completedBy}`;
const firstDayOf = ({ from }: Range): number => Math.floor(from / DAY_MS);
const daysOf = (range: Range): number => Math.floor((range.until - 1) / DAY_MS) - firstDayOf(range) + 1;

/** What one side tells and the other does not: a finding is the same when its fingerprint is. */
export function onlyIn(a: Tally, b: Tally, names: Known["names"]) {
  const theirs = new Set([...b.told().values()].map(({ fingerprint }) => fingerprint));
  const own = [...a.told().values()].filter(({ fingerprint }) => !theirs.has(fingerprint));
  return { count: new Set(own.map(({ fingerprint }) => fingerprint)).size, samples: samplesOf(own, names) };
}

/** One of each finding, those of different customers first, newest first. */
export function samplesOf(hits: readonly KeptHit[], names: Known["names"]): BacktestSampleWire[] {
  const byFinding = new Map(hits.map((hit) => [hit.fingerprint, hit]));
  const newest = [...byFinding.values()].sort((a, b) => b.at - a.at);
  const seen = new Set<string | undefined>();
  const firsts = newest.filter(({ customer }) => !seen.has(customer) && seen.add(customer) !== undefined);
  const picked = [...new Set([...firsts, ...newest])].slice(0, SAMPLES_MAX);
  return picked
    .sort((a, b) => b.at - a.at)
    .map(({ at, customer, level, facts, events }) => ({
      at: Temporal.Instant.fromEpochMilliseconds(at).toString(),
      customer: customer === undefined ? null : { id: customer, name: names.get(customer) ?? customer },
      level,
      facts: { ...facts },
      events: events.slice(0, 20).map(({ source, id }) => ({ source, id })),
    }));
}
