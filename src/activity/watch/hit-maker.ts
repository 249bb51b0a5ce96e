import { createHash } from "node:crypto";
import type { CustomerId } from "../../core/ids.ts";
import type { Hit } from "../contract-detector.ts";
import type { EventRef } from "../contract-stream.ts";
import type { ActiveDetector, ActiveRule } from "../lab/contract.ts";
import type { RuleHead, SigmaEvent } from "../sigma/contract.ts";
import type { Firing, Retraction } from "../sigma/correlator.ts";
import { lookUp } from "../sigma/fields.ts";
import { type Brief, factsOf, seenOf, type Who } from "./brief.ts";
import type { EvaluatedHit, EvaluatorInput, Retracted } from "./contract.ts";
import { cleanText } from "./decide-clean.ts";
import { decideCanBeTakenBack } from "./decide-steady.ts";
import { dayText, fingerprintOf } from "./fingerprint.ts";

/** Events of a hit that are named; of more the first and the last. */
const EVENTS_MAX = 100;
const NAMES_MAX = 200_000;

/** Makes hits of what matched, with their fingerprints, and knows the names of those that may be taken back. */
export class HitMaker {
  readonly #rules: EvaluatorInput["rules"];
  readonly #canBeTakenBack: readonly boolean[];
  readonly #across: readonly boolean[];
  readonly #names = new Map<string, Retracted>();

  /** @param across by place: correlations that look at several customers at once */
  constructor(rules: EvaluatorInput["rules"], across: readonly boolean[]) {
    this.#rules = rules;
    this.#across = across;
    this.#canBeTakenBack = decideCanBeTakenBack(rules.set.correlations);
  }

  ownerOf(rule: number): ActiveRule {
    return owner(this.#rules.rules[this.#rules.ruleOf[rule] ?? -1]);
  }

  /** Name of a correlation's state: whose it is, in which version, and which of its correlations. State kept before customers were told apart had another. */
  unitOf(correlation: number): string {
    const { correlationOf } = this.#rules;
    const place = correlationOf[correlation];
    const { id, version } = owner(this.#rules.rules[place ?? -1]);
    return `scoped:${id}@${version}#${correlation - correlationOf.indexOf(place ?? -1)}`;
  }

  /** A rule that one event is enough for. */
  ofEvent(of: { readonly rule: number; readonly view: SigmaEvent; readonly brief: Brief }): EvaluatedHit {
    const { rule, view, brief } = of;
    const active = this.ownerOf(rule);
    const head = this.#rules.set.rules[rule]?.head;
    const group = active.card.fold.map((field) => firstText(view, field));
    return this.#hit(active, head, {
      customer: brief.customer,
      subscription: brief.subscription,
      group,
      at: brief.at,
      facts: factsOf(brief, [brief], 1),
      events: [{ source: brief.source, id: brief.id }],
      completedBy: short(`${brief.source}|${brief.id}`),
      seen: seenOf([brief]),
    });
  }

  /**
   * A correlation that came true: one hit, or one for each customer it touched when it looks across customers. Of several events of its last
   * moment the first by name speaks for it, so that order does not matter.
   */
  ofFiring(firing: Firing, briefs: readonly Brief[]): readonly EvaluatedHit[] {
    const sorted = [...briefs].sort((a, b) => a.at - b.at || (nameOf(a) < nameOf(b) ? -1 : 1));
    const canGo = this.#canBeTakenBack[firing.correlation] === true;
    const touched = this.#across[firing.correlation] === true ? customersOf(sorted) : [];
    const made =
      touched.length === 0
        ? [this.#ofWindow(firing, sorted)]
        : touched.map((customer) => {
            // What was done at nobody's is our own doing, and belongs to each.
            const theirs = sorted.filter((one) => one.customer === customer || one.customer === undefined);
            // Once a day for each: every further event fires again, and would tell it again to all of them.
            const completedBy = canGo ? undefined : `@${dayText(firing.time)}|${firing.group.join("|")}`;
            return this.#ofWindow(firing, theirs, { customer, completedBy, customers: touched.length });
          });
    const hits = made.filter((hit) => hit !== undefined);
    if (canGo) hits.forEach((hit, at) => this.#remember(this.#keyOf(firing, at), hit));
    return hits;
  }

  #ofWindow(firing: Firing, sorted: readonly Brief[], part?: Part): EvaluatedHit | undefined {
    const last = sorted.find(({ at }) => at === firing.time) ?? sorted.at(-1);
    const correlation = this.#rules.set.correlations[firing.correlation]?.correlation;
    if (last === undefined || correlation === undefined) return undefined;
    const active = owner(this.#rules.rules[this.#rules.correlationOf[firing.correlation] ?? -1]);
    const valueOf = (name: string): string | undefined => firing.group[correlation.groupBy.indexOf(name)];
    const fold = active.card.fold.filter((field) => correlation.groupBy.includes(field));
    const group = (fold.length > 0 ? fold.map((field) => valueOf(field) ?? "") : firing.group).map(cleanText);
    const facts = factsOf(last, sorted, part === undefined ? firing.size : sorted.length);
    return this.#hit(active, correlation.head, {
      customer: part?.customer ?? (valueOf("customer") as CustomerId | undefined) ?? last.customer,
      subscription: valueOf("subscription") ?? commonOf(sorted.map(({ subscription }) => subscription)),
      // A window that is not of one subscription may see another's event come late: it is no part of what the finding is.
      isOfSubscription: correlation.groupBy.includes("subscription"),
      group,
      at: firing.time,
      facts: part === undefined ? facts : { ...facts, customers: part.customers },
      seen: seenOf(sorted),
      events: ends(sorted).map(({ source, id }) => ({ source, id })),
      completedBy: short(part?.completedBy ?? `@${firing.time}${fold.length > 0 ? `|${firing.group.join("|")}` : ""}`),
    });
  }

  /** The hits that a retraction takes back. */
  retracted(gone: Retraction): readonly Retracted[] {
    const taken: Retracted[] = [];
    for (let at = 0; ; at++) {
      const key = this.#keyOf(gone, at);
      const told = this.#names.get(key);
      if (told === undefined) return taken;
      this.#names.delete(key);
      taken.push(told);
    }
  }

  ofDetector(
    of: ActiveDetector,
    found: {
      readonly group: string;
      readonly identity: string;
      readonly hit: Hit;
      readonly customer: CustomerId | undefined;
      readonly who: readonly Who[];
    },
  ): EvaluatedHit {
    const { group, identity, hit, customer } = found;
    const [, ...values] = group.split("|");
    const { id, title, titleSv, family, runbook, contain } = of.detector;
    const parts = [...values.filter((value) => value !== hit.subscription), ...(hit.key === "" ? [] : [hit.key])];
    const named = {
      rule: id,
      customer,
      subscription: hit.subscription,
      // The subscription stands in the fingerprint already.
      group: parts.map(cleanText),
      at: hit.at,
    };
    return {
      rule: { id, title, titleSv, family, runbook, contain, version: of.version },
      level: hit.level,
      customer,
      subscription: hit.subscription,
      group: named.group,
      at: hit.at,
      facts: cleanFacts(hit.facts),
      events: ends(hit.events).map(({ source, id: event }) => ({ source, id: event })),
      fingerprint: fingerprintOf(named),
      completedBy: short(`${identity}|${values.join("|")}`),
      isShadow: of.state === "shadow",
      seen: seenOf(found.who),
    };
  }

  names(): readonly (readonly [string, Retracted])[] {
    return [...this.#names];
  }
  restoreNames(names: readonly (readonly [string, Retracted])[]): void {
    for (const [key, told] of names) this.#names.set(key, told);
  }

  #hit(active: ActiveRule, head: RuleHead | undefined, of: Made): EvaluatedHit {
    const { card } = active;
    // A base rule that a correlation lets alert speaks in its own name.
    const isFace = head === undefined || head.id === undefined || head.id.toLowerCase() === active.id;
    const id = isFace ? active.id : (head.id?.toLowerCase() ?? active.id);
    const { completedBy, isOfSubscription = true, ...rest } = of;
    return {
      rule: {
        id,
        title: isFace ? card.title : head.title,
        titleSv: isFace ? card.titleSv : head.title,
        family: card.family,
        runbook: card.runbook,
        contain: card.contain,
        version: active.version,
        author: cut(isFace ? card.author : (head.author ?? ""), AUTHOR_CHARACTERS_MAX),
        license: cut(isFace ? card.license : (head.license ?? ""), LICENSE_CHARACTERS_MAX),
      },
      level: head?.level ?? card.level,
      ...rest,
      fingerprint: fingerprintOf({ rule: id, ...rest, subscription: isOfSubscription ? rest.subscription : undefined }),
      completedBy,
      isShadow: active.state === "shadow",
    };
  }

  #keyOf({ correlation, scope, group, time }: Retraction, at: number): string {
    return `${this.unitOf(correlation)}\u0000${scope ?? ""}\u0000${group.join("\u0000")}\u0000${time}\u0000${at}`;
  }

  #remember(key: string, { fingerprint, completedBy }: EvaluatedHit): void {
    this.#names.delete(key);
    this.#names.set(key, { fingerprint, completedBy });
    if (this.#names.size <= NAMES_MAX) return;
    const [oldest] = this.#names.keys();
    if (oldest !== undefined) this.#names.delete(oldest);
  }
}

/** A correlation's hit for one of the customers that it touched. */
type Part = {
  readonly customer: CustomerId;
  readonly completedBy: string | undefined;
  readonly customers: number;
};

type Made = Pick<EvaluatedHit, "customer" | "subscription" | "group" | "at" | "facts" | "completedBy" | "seen"> & {
  readonly events: readonly EventRef[];
  /** The subscription tells findings apart; it does unless a window may hold several. */
  readonly isOfSubscription?: boolean | undefined;
};

function owner(rule: ActiveRule | undefined): ActiveRule {
  if (rule === undefined) throw new Error("invariant broken: a rule in the set belongs to nobody");
  return rule;
}

const AUTHOR_CHARACTERS_MAX = 500;
const LICENSE_CHARACTERS_MAX = 100;
const cut = (text: string, max: number): string => cleanText(text).slice(0, max);
const VALUE_CHARACTERS_MAX = 500;
const NAME_CHARACTERS_MAX = 400;
/** A name that a column takes: too long ones end in their hash. */
const short = (given: string): string => {
  const text = cleanText(given);
  if (text.length <= NAME_CHARACTERS_MAX) return text;
  return `${text.slice(0, NAME_CHARACTERS_MAX - 65)}~${createHash("sha256").update(text).digest("hex")}`;
};

const cleanFacts = (facts: Hit["facts"]): Hit["facts"] =>
  Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [key, typeof value === "string" ? cleanText(value) : value]),
  );

const nameOf = ({ source, id }: Brief): string => `${source}|${id}`;

const customersOf = (briefs: readonly Brief[]): readonly CustomerId[] =>
  [...new Set(briefs.flatMap(({ customer }) => customer ?? []))].sort();

/** The one value that all have; undefined when they differ or none has one. */
function commonOf(values: readonly (string | undefined)[]): string | undefined {
  const known = new Set(values.filter((one) => one !== undefined));
  const [first] = known;
  return known.size === 1 ? first : undefined;
}

const ends = <T>(all: readonly T[]): readonly T[] =>
  all.length <= EVENTS_MAX ? all : [...all.slice(0, EVENTS_MAX / 2), ...all.slice(-EVENTS_MAX / 2)];

function firstText(view: SigmaEvent, field: string): string {
  const leaf = lookUp(view, field, field.split(".")).leaves.find((one) => one !== null);
  return leaf === undefined ? "" : cleanText(String(leaf).toLowerCase()).slice(0, VALUE_CHARACTERS_MAX);
}
