import type { LogSource, Node, Predicate, SigmaEvent } from "./contract.ts";
import { holds, type Looked } from "./decide-compare.ts";
import { ABSENT, fieldPath, type FieldPath, lookUpPath, textsOfEvent } from "./fields.ts";
import { type IndexedRule, RuleIndex } from "./rule-index.ts";
import type { RuleSet } from "./rule-set.ts";

/** A condition whose predicates are numbers: one predicate is asked once an event, however many rules have it. */
type Compiled =
  | { readonly kind: "and" | "or"; readonly of: readonly Compiled[] }
  | { readonly kind: "not"; readonly of: Compiled }
  | { readonly kind: "test"; readonly predicate: number };

/** What an event was classified as. */
export type EventSource = LogSource | readonly LogSource[] | undefined;
/** Rules that one kind of event is for: by place of their log source, and by what they need. */
type Asked = { readonly allowed: Uint8Array | undefined; readonly index: RuleIndex };
/** Classifications that are remembered; there are some dozens. */
const SOURCES_MAX = 200;
/** What a stamp has room for. */
const STAMP_MAX = 2_147_483_647;

const NOTHING_LOOKED: Looked = { ...ABSENT, texts: [], folded: [] };

/**
 * Which rules of a set match an event. Rules are found by what they need: by a value of a field, by a field, or always; cost grows with what
 * is in the event and not with the number of rules. Not to be shared between threads; one event at a time.
 */
export class Matcher {
  readonly #nodes: readonly Compiled[];
  readonly #predicates: Predicate[] = [];
  /** Field of each predicate; -1 = every value. */
  readonly #fieldOf: number[] = [];
  readonly #fields: FieldPath[] = [];
  readonly #placeOf = new Map<string, number>();
  readonly #set: RuleSet;
  readonly #sourceOf: readonly number[];
  readonly #sources: readonly LogSource[];
  #everyRule: Asked | undefined;
  readonly #askedBySource = new Map<string, Asked>();
  #lastSource: EventSource;
  #lastAsked: Asked | undefined;

  // What is known of the event in hand; a stamp that is not the present one is old.
  #stamp = 0;
  #event: SigmaEvent = {};
  readonly #lookedStamp: Int32Array;
  readonly #looked: Looked[];
  readonly #answerStamp: Int32Array;
  readonly #answers: Uint8Array;
  readonly #askedStamp: Int32Array;
  #keywords: Looked | undefined;
  #found: number[] = [];
  readonly #look = (field: number): Looked => this.#lookAt(field);
  readonly #ask = (rule: number): void => {
    if (this.#askedStamp[rule] === this.#stamp) return;
    this.#askedStamp[rule] = this.#stamp;
    const node = this.#nodes[rule];
    if (node !== undefined && this.#holds(node)) this.#found.push(rule);
  };
  readonly #other = (field: string): Looked => this.#lookOther(field);

  constructor(set: RuleSet) {
    const byKey = new Map<string, number>();
    const compile = (node: Node): Compiled => {
      if (node.kind === "test") return { kind: "test", predicate: this.#predicateOf(node.predicate, byKey) };
      return node.kind === "not"
        ? { kind: "not", of: compile(node.of) }
        : { kind: node.kind, of: node.of.map(compile) };
    };
    this.#set = set;
    this.#nodes = set.rules.map(({ node }) => compile(node));
    const { sources, sourceOf } = sourcesOf(set);
    this.#sources = sources;
    this.#sourceOf = sourceOf;
    this.#lookedStamp = new Int32Array(this.#fields.length);
    this.#looked = Array.from({ length: this.#fields.length }, () => NOTHING_LOOKED);
    this.#answerStamp = new Int32Array(this.#predicates.length);
    this.#answers = new Uint8Array(this.#predicates.length);
    this.#askedStamp = new Int32Array(set.rules.length);
  }

  /**
   * Places in `set.rules` of the rules that match, in their order.
   * @param source what the event was classified as, one log source or several of which any may agree; undefined asks every rule, whatever its
   * log source. The same object again is recognised, which is cheaper than an equal one.
   */
  match(event: SigmaEvent, source: EventSource): number[] {
    this.#begin(event);
    const { index } = this.#asked(source);
    this.#found = [];
    index.candidates(event, this.#look, this.#ask);
    const found = this.#found;
    return found.length < 2 ? found : found.sort((a, b) => a - b);
  }

  /** The same without the index: every rule is asked. For tests and for "why did it not fire". */
  matchNaively(event: SigmaEvent, source: EventSource): number[] {
    this.#begin(event);
    const { allowed } = this.#asked(source);
    const found: number[] = [];
    this.#nodes.forEach((node, rule) => {
      if ((allowed === undefined || allowed[this.#sourceOf[rule] ?? 0] !== 0) && this.#holds(node)) found.push(rule);
    });
    return found;
  }

  #begin(event: SigmaEvent): void {
    if (++this.#stamp > STAMP_MAX) {
      for (const stamps of [this.#lookedStamp, this.#answerStamp, this.#askedStamp]) stamps.fill(0);
      this.#stamp = 1;
    }
    this.#event = event;
    this.#keywords = undefined;
  }

  #predicateOf(predicate: Predicate, byKey: Map<string, number>): number {
    const known = byKey.get(predicate.key);
    if (known !== undefined) return known;
    const at = this.#predicates.push(predicate) - 1;
    byKey.set(predicate.key, at);
    this.#fieldOf.push(predicate.field === "" ? -1 : this.#field(predicate.field));
    if (predicate.test.kind === "values")
      for (const value of predicate.test.values) if (value.kind === "field") this.#field(value.field);
    return at;
  }

  #field(field: string): number {
    const known = this.#placeOf.get(field);
    if (known !== undefined) return known;
    const at = this.#fields.push(fieldPath(field)) - 1;
    this.#placeOf.set(field, at);
    return at;
  }

  /** Which rules an event of such a log source is for. */
  #asked(source: EventSource): Asked {
    if (source === undefined) return (this.#everyRule ??= { allowed: undefined, index: this.#indexOf(undefined) });
    if (source === this.#lastSource && this.#lastAsked !== undefined) return this.#lastAsked;
    const sources = Array.isArray(source) ? (source as readonly LogSource[]) : [source as LogSource];
    const key = sources.map(sourceKey).join("\u0001");
    let asked = this.#askedBySource.get(key);
    if (asked === undefined) {
      if (this.#askedBySource.size >= SOURCES_MAX) this.#askedBySource.clear();
      const allowed = Uint8Array.from(this.#sources, (rule) => (sources.some((one) => agrees(rule, one)) ? 1 : 0));
      asked = { allowed, index: this.#indexOf(allowed) };
      this.#askedBySource.set(key, asked);
    }
    this.#lastSource = source;
    this.#lastAsked = asked;
    return asked;
  }

  #indexOf(allowed: Uint8Array | undefined): RuleIndex {
    const rules: IndexedRule[] = [];
    this.#set.rules.forEach(({ node }, rule) => {
      if (allowed === undefined || allowed[this.#sourceOf[rule] ?? 0] !== 0) rules.push({ rule, node });
    });
    return new RuleIndex(rules, (field) => this.#field(field));
  }

  #holds(node: Compiled): boolean {
    switch (node.kind) {
      case "test":
        return this.#answer(node.predicate);
      case "not":
        return !this.#holds(node.of);
      case "and":
        for (const one of node.of) if (!this.#holds(one)) return false;
        return true;
      case "or":
        for (const one of node.of) if (this.#holds(one)) return true;
        return false;
    }
  }

  #answer(at: number): boolean {
    if (this.#answerStamp[at] === this.#stamp) return this.#answers[at] === 1;
    const predicate = this.#predicates[at];
    const field = this.#fieldOf[at] ?? -1;
    const looked = field < 0 ? this.#lookAtAll() : this.#lookAt(field);
    const answer = predicate !== undefined && holds(predicate, looked, this.#other);
    this.#answerStamp[at] = this.#stamp;
    this.#answers[at] = answer ? 1 : 0;
    return answer;
  }

  #lookAt(at: number): Looked {
    if (this.#lookedStamp[at] === this.#stamp) return this.#looked[at] ?? NOTHING_LOOKED;
    const field = this.#fields[at];
    const looked = field === undefined ? NOTHING_LOOKED : lookedOf(this.#event, field);
    this.#lookedStamp[at] = this.#stamp;
    this.#looked[at] = looked;
    return looked;
  }

  #lookOther(field: string): Looked {
    const at = this.#placeOf.get(field);
    return at === undefined ? NOTHING_LOOKED : this.#lookAt(at);
  }

  #lookAtAll(): Looked {
    if (this.#keywords === undefined) {
      const texts = textsOfEvent(this.#event);
      this.#keywords = { isPresent: true, leaves: texts, texts, folded: texts.map((text) => text.toLowerCase()) };
    }
    return this.#keywords;
  }
}

function lookedOf(event: SigmaEvent, path: FieldPath): Looked {
  const { isPresent, leaves } = lookUpPath(event, path);
  if (!isPresent) return NOTHING_LOOKED;
  const [only] = leaves;
  if (leaves.length === 1 && typeof only === "string") {
    const texts = leaves as readonly string[];
    const folded = only.toLowerCase();
    return { isPresent, leaves, texts, folded: folded === only ? texts : [folded] };
  }
  const texts = leaves.map(String);
  return { isPresent, leaves, texts, folded: texts.map((text) => text.toLowerCase()) };
}

const sourceKey = ({ category, product, service }: LogSource): string =>
  `${category ?? ""}\u0000${product ?? ""}\u0000${service ?? ""}`;

/** Log sources of the rules, each once, and which one each rule has. */
function sourcesOf({ rules }: RuleSet): {
  readonly sources: readonly LogSource[];
  readonly sourceOf: readonly number[];
} {
  const sources: LogSource[] = [];
  const byKey = new Map<string, number>();
  const sourceOf = rules.map(({ logsource }) => {
    const key = sourceKey(logsource);
    const known = byKey.get(key);
    if (known !== undefined) return known;
    byKey.set(key, sources.length);
    return sources.push(logsource) - 1;
  });
  return { sources, sourceOf };
}

/** A rule is for an event when every key it names is the event's. */
export const agrees = (rule: LogSource, event: LogSource): boolean =>
  (["category", "product", "service"] as const).every((key) => rule[key] === undefined || rule[key] === event[key]);
