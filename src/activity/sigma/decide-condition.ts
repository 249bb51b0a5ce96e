/** The words of a condition. `selector` names selections by pattern, `them` all that do not begin with `_`. */
export type ConditionNode =
  | { readonly kind: "and" | "or"; readonly of: readonly ConditionNode[] }
  | { readonly kind: "not"; readonly of: ConditionNode }
  | { readonly kind: "name"; readonly name: string; readonly at: number }
  | { readonly kind: "selector"; readonly every: boolean; readonly pattern: string; readonly at: number };

export type ConditionFault = {
  readonly at: number;
  readonly code: "condition-syntax" | "aggregation-v1";
  readonly message: string;
};
type Token = { readonly text: string; readonly at: number };

/** A condition may not be longer, nor nest deeper. */
const LENGTH_MAX = 20_000;
const DEPTH_MAX = 100;

class Refused extends Error {
  readonly fault: ConditionFault;
  constructor(fault: ConditionFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/**
 * Parses a condition: `or` binds loosest, then `and`, `not`, `X of`, parentheses. Operators may be written in upper case.
 * Places count characters from 0. Source: specification, "Condition".
 */
export function parseCondition(text: string): ConditionNode | ConditionFault {
  if (text.length > LENGTH_MAX)
    return { at: 0, code: "condition-syntax", message: `a condition has at most ${LENGTH_MAX} characters` };
  try {
    return new Reader(tokensOf(text), text.length).whole();
  } catch (error) {
    if (error instanceof Refused) return error.fault;
    throw error;
  }
}
export const isFault = (given: ConditionNode | ConditionFault): given is ConditionFault => "message" in given;

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|([()])|([\w*-]+)|(\|)|(.)/gsu;
  for (const found of text.matchAll(pattern)) {
    const [whole, bracket, word, pipe, other] = found;
    const at = found.index;
    if (pipe !== undefined)
      throw new Refused({
        at,
        code: "aggregation-v1",
        message: "aggregations after | are Sigma 1: write a correlation rule (event_count, value_count, temporal)",
      });
    if (other !== undefined)
      throw new Refused({ at, code: "condition-syntax", message: `"${other}" has no meaning in a condition` });
    if (bracket !== undefined || word !== undefined) tokens.push({ text: whole, at });
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  whole(): ConditionNode {
    const node = this.#or();
    const left = this.#tokens[this.#next];
    if (left !== undefined)
      throw this.#refused(`"${left.text}" stands where and, or, or the end was expected`, left.at);
    return node;
  }

  #or(): ConditionNode {
    return this.#chain("or", () => this.#and());
  }
  #and(): ConditionNode {
    return this.#chain("and", () => this.#not());
  }
  #chain(word: "and" | "or", read: () => ConditionNode): ConditionNode {
    const of = [read()];
    while (this.#isWord(word)) {
      this.#next++;
      of.push(read());
    }
    const [only] = of;
    return of.length === 1 && only !== undefined ? only : { kind: word, of };
  }

  #not(): ConditionNode {
    if (!this.#isWord("not")) return this.#one();
    this.#next++;
    return this.#deeper(() => ({ kind: "not", of: this.#not() }));
  }

  #one(): ConditionNode {
    const token = this.#tokens[this.#next++];
    if (token === undefined) throw this.#refused("the condition ends where a selection was expected", this.#end);
    if (token.text === "(") {
      const node = this.#deeper(() => this.#or());
      const close = this.#tokens[this.#next++];
      if (close?.text !== ")") throw this.#refused('a ")" is missing', close?.at ?? this.#end);
      return node;
    }
    const word = token.text.toLowerCase();
    const isOf = this.#isWord("of");
    if (isOf && (word === "1" || word === "any" || word === "all")) return this.#selector(word === "all");
    if (token.text === ")" || word === "and" || word === "or" || word === "not" || (word === "of" && !isOf))
      throw this.#refused(`"${token.text}" stands where a selection was expected`, token.at);
    if (token.text.includes("*"))
      throw this.#refused(
        `"${token.text}" is a pattern: write "1 of ${token.text}" or "all of ${token.text}"`,
        token.at,
      );
    return { kind: "name", name: token.text, at: token.at };
  }

  #selector(every: boolean): ConditionNode {
    this.#next++;
    const token = this.#tokens[this.#next++];
    if (token === undefined || token.text === "(" || token.text === ")")
      throw this.#refused('"of" needs them or a pattern', token?.at ?? this.#end);
    return { kind: "selector", every, pattern: token.text, at: token.at };
  }

  #isWord(word: string): boolean {
    return this.#tokens[this.#next]?.text.toLowerCase() === word;
  }
  #deeper(read: () => ConditionNode): ConditionNode {
    if (++this.#depth > DEPTH_MAX) throw this.#refused(`a condition nests at most ${DEPTH_MAX} deep`, 0);
    const node = read();
    this.#depth--;
    return node;
  }
  #refused(message: string, at: number): Refused {
    return new Refused({ at, code: "condition-syntax", message });
  }
}

/** Names that a selector means: `them` leaves out those that begin with `_`, and so does a pattern that does not begin with it. */
export function namesOf(pattern: string, names: readonly string[]): readonly string[] {
  if (pattern.toLowerCase() === "them") return names.filter((name) => !name.startsWith("_"));
  const parts = pattern.split("*");
  return names.filter((name) => (pattern.startsWith("_") || !name.startsWith("_")) && fitsParts(parts, name));
}

/** `sel*_x`: the parts between stars, in order, the first at the beginning and the last at the end. */
function fitsParts(parts: readonly string[], name: string): boolean {
  const [first = "", ...rest] = parts;
  if (rest.length === 0) return name === first;
  const last = rest.pop() ?? "";
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
