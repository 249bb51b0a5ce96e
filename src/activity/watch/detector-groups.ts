import type { CustomerId } from "../../core/ids.ts";
import type { DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import type { ActiveDetector } from "../lab/contract.ts";
import { type Who, whoOf } from "./brief.ts";
import type { EvaluatedHit, EvaluatorLimits, Retracted } from "./contract.ts";
import { dayText } from "./fingerprint.ts";

/** A group as plain values, for checkpoints. `hits`: what was found in it, by identity. */
export type KeptDetectorGroup = {
  readonly group: string;
  readonly kept: readonly Kept[];
  readonly who: readonly (readonly [ref: string, who: Who])[];
  readonly hits: readonly (readonly [identity: string, said: Said])[];
};

/** What was last said of a hit, when it was, and under which name. */
type Said = { readonly text: string; readonly at: number; readonly name: Retracted };

type Group = {
  /** Sorted by time, source, id. */
  readonly kept: Kept[];
  /** Who did them, by source and id. */
  readonly who: Map<string, Who>;
  readonly hits: Map<string, Said>;
};

export type FoundHit = {
  readonly group: string;
  readonly identity: string;
  readonly hit: Hit;
  readonly customer: CustomerId | undefined;
  readonly who: readonly Who[];
};
export type Looking = {
  /** Only hits after it are looked at: below it what is kept may already be cut off. */
  readonly floor: number;
  readonly contextOf: (customer: CustomerId | undefined) => DetectorContext;
  readonly make: (found: FoundHit) => EvaluatedHit;
  readonly onFailed: (error: unknown) => void;
};
export type Looked = { readonly found: EvaluatedHit[]; readonly gone: Retracted[] };

/** The groups of one detector: what `keep` keeps, each event once, and what `decide` last said of it. */
export class DetectorGroups {
  readonly #of: ActiveDetector;
  readonly #limits: EvaluatorLimits;
  readonly #groups = new Map<string, Group>();
  readonly #changed = new Set<string>();
  evicted = 0;

  constructor(of: ActiveDetector, limits: EvaluatorLimits) {
    this.#of = of;
    this.#limits = limits;
  }

  get size(): number {
    return this.#groups.size;
  }

  /** @param at the time the event is taken for, epoch milliseconds */
  keep(event: KnownEvent, at: number): void {
    for (const { group: name, kept } of this.#of.detector.keep(event)) {
      const group = this.#group(name);
      const id = `${kept.source}|${kept.id}`;
      if (group.who.has(id)) continue;
      group.who.set(id, whoOf(event));
      insert(group.kept, kept.at === at ? kept : { ...kept, at });
      this.#changed.add(name);
      const tooMany = group.kept.length - this.#limits.entriesMax;
      if (tooMany > 0) {
        this.evicted += tooMany;
        dropOldest(group, tooMany);
      }
    }
  }

  /** Asks `decide` about the groups that changed. A detector that throws loses this batch of its group and no more. */
  look(looking: Looking): Looked {
    const looked: Looked = { found: [], gone: [] };
    for (const name of this.#changed) {
      const group = this.#groups.get(name);
      if (group === undefined) continue;
      try {
        const hits = this.#of.detector.decide(name, group.kept, looking.contextOf(customerOfGroup(name)));
        this.#compare({ name, group, hits }, looking, looked);
      } catch (error) {
        looking.onFailed(error);
      }
    }
    this.#changed.clear();
    return looked;
  }

  #compare(of: { name: string; group: Group; hits: readonly Hit[] }, { floor, make }: Looking, looked: Looked): void {
    const { name, group, hits } = of;
    const seen = new Set<string>();
    for (const hit of hits) {
      const identity = `${hit.key}@${dayText(hit.at)}`;
      seen.add(identity);
      if (hit.at <= floor) continue;
      const text = JSON.stringify([hit.level, hit.facts, hit.events.length, hit.subscription]);
      const known = group.hits.get(identity);
      if (known?.text === text) continue;
      const who = hit.events.flatMap(({ source, id }) => group.who.get(`${source}|${id}`) ?? []);
      const made = make({ group: name, identity, hit, customer: hit.customer ?? customerOfGroup(name), who });
      const { fingerprint, completedBy } = made;
      // What was found under another name (another subscription, say) is taken back.
      if (known !== undefined && known.name.fingerprint !== fingerprint) looked.gone.push(known.name);
      group.hits.set(identity, { text, at: hit.at, name: { fingerprint, completedBy } });
      looked.found.push(made);
    }
    for (const [identity, { at, name: told }] of group.hits) {
      if (seen.has(identity) || at <= floor) continue;
      group.hits.delete(identity);
      looked.gone.push(told);
    }
  }

  /** Drops what no event that comes at `now` can need. */
  forget(now: number): void {
    const floor = now - this.#limits.latenessMs;
    const horizon = floor - this.#of.detector.spanMs;
    for (const [name, group] of this.#groups) {
      if ((group.kept.at(-1)?.at ?? 0) <= horizon) {
        this.#groups.delete(name);
        continue;
      }
      let old = 0;
      while ((group.kept[old]?.at ?? Infinity) <= horizon) old++;
      dropOldest(group, old);
      for (const [identity, { at }] of group.hits) if (at <= floor - DAY_MS) group.hits.delete(identity);
    }
  }

  kept(): readonly KeptDetectorGroup[] {
    return [...this.#groups].map(([group, { kept, who, hits }]) => ({
      group,
      kept: [...kept],
      who: [...who],
      hits: [...hits],
    }));
  }

  restore(groups: readonly KeptDetectorGroup[]): void {
    this.#groups.clear();
    for (const { group, kept, who, hits } of groups)
      this.#groups.set(group, {
        kept: [...kept],
        who: new Map(who),
        hits: new Map(hits),
      });
  }

  #group(name: string): Group {
    const known = this.#groups.get(name);
    if (known !== undefined) {
      // Put to the end: the group that was quiet longest is the first to go.
      this.#groups.delete(name);
      this.#groups.set(name, known);
      return known;
    }
    if (this.#groups.size >= this.#limits.groupsMax) {
      const [oldest] = this.#groups.keys();
      if (oldest !== undefined) {
        this.evicted += this.#groups.get(oldest)?.kept.length ?? 0;
        this.#groups.delete(oldest);
      }
    }
    const made: Group = { kept: [], who: new Map(), hits: new Map() };
    this.#groups.set(name, made);
    return made;
  }
}

/** Whose a group is: its text begins with the customer, or with `-` when it spans several. */
export const customerOfGroup = (group: string): CustomerId | undefined => {
  const [customer = "-"] = group.split("|", 1);
  return customer === "-" ? undefined : (customer as CustomerId);
};

const DAY_MS = 86_400_000;

const isBefore = (a: Kept, b: Kept): boolean =>
  a.at !== b.at ? a.at < b.at : a.source !== b.source ? a.source < b.source : a.id < b.id;

function insert(kept: Kept[], one: Kept): void {
  let low = 0;
  let high = kept.length;
  const last = kept.at(-1);
  if (last === undefined || isBefore(last, one)) low = high;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = kept[middle];
    if (other !== undefined && isBefore(other, one)) low = middle + 1;
    else high = middle;
  }
  kept.splice(low, 0, one);
}

function dropOldest(group: Group, count: number): void {
  for (const { source, id } of group.kept.splice(0, count)) group.who.delete(`${source}|${id}`);
}
