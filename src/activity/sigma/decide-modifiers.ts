import { RE2JS } from "re2js";
import ipaddr from "ipaddr.js";
import {
  type FaultCode,
  type Placeholders,
  type Predicate,
  TIME_PARTS,
  type TimePart,
  type ValueTest,
} from "./contract.ts";
import { base64Of, base64Offsets, utf16, utf8 } from "./decide-bytes.ts";
import { compilePattern, readWildcards, widen } from "./decide-pattern.ts";

export type Scalar = string | number | boolean | null;
export type ItemFault = { readonly code: FaultCode; readonly message: string };
export const isItemFault = (given: object): given is ItemFault => "code" in given && "message" in given;

class Refused extends Error {
  readonly fault: ItemFault;
  constructor(code: FaultCode, message: string) {
    super(message);
    this.fault = { code, message };
  }
}

/** `-a -b -c` with windash is 5 × 5 × 5 texts; more than this is refused. */
const ALTERNATIVES_MAX = 5 ** 5;
/** A regular expression and the text it looks at may not be longer: characters. */
const REGEX_LENGTH_MAX = 4_096;
const REGEX_INPUT_MAX = 65_536;
/** For what has no linear-time engine (look-around, back-references) the text is cut here. */
export const BACKTRACKING_INPUT_MAX = 2_048;

const WIDENING = ["contains", "startswith", "endswith"] as const;
type Widening = (typeof WIDENING)[number];
const COMPARING = ["gt", "gte", "lt", "lte"] as const;
const REGEX_FLAGS: Readonly<Record<string, "i" | "m" | "s">> = {
  i: "i",
  ignorecase: "i",
  m: "m",
  multiline: "m",
  s: "s",
  dotall: "s",
};
const BYTES = ["wide", "utf16le", "utf16be", "utf16"] as const;
const KNOWN = new Set<string>([
  ...WIDENING,
  ...COMPARING,
  ...BYTES,
  ...TIME_PARTS,
  ...Object.keys(REGEX_FLAGS),
  "all",
  "cased",
  "neq",
  "re",
  "cidr",
  "base64",
  "base64offset",
  "windash",
  "fieldref",
  "exists",
  "expand",
]);

/**
 * One `field|modifiers: value` as a predicate, or why it is none. Modifiers apply from left to right.
 * Source: specification, appendix "Value Modifiers"; README.md for what tools disagree on.
 */
export function compileItem(key: string, values: readonly Scalar[], placeholders: Placeholders): Predicate | ItemFault {
  try {
    return new Item(key, placeholders).compile(values);
  } catch (error) {
    if (error instanceof Refused) return error.fault;
    throw error;
  }
}

/** Whether a regular expression runs in time that grows with the text alone; undefined for what is none. */
export function isLinear(text: string): boolean | undefined {
  const source = text.replace(/^\(\?[ims]+\)/, "");
  if (isGood(() => RE2JS.compile(source))) return true;
  return isGood(() => new RegExp(source)) ? false : undefined;
}
function isGood(compile: () => unknown): boolean {
  try {
    compile();
    return true;
  } catch {
    return false;
  }
}

/** What a value is while modifiers work on it. */
type Draft =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "plain"; readonly text: string }
  | { readonly kind: "scalar"; readonly value: number | boolean | null };

class Item {
  readonly #field: string;
  readonly #modifiers: readonly string[];
  readonly #key: string;
  readonly #placeholders: Placeholders;

  constructor(key: string, placeholders: Placeholders) {
    const [field = "", ...modifiers] = key.split("|");
    this.#key = key;
    this.#field = field.trim();
    this.#modifiers = modifiers.map((one) => one.trim());
    this.#placeholders = placeholders;
  }

  #has(name: string): boolean {
    return this.#modifiers.includes(name);
  }
  #refuse(code: FaultCode, message: string): never {
    throw new Refused(code, `${this.#key}: ${message}`);
  }
  #misused(message: string): never {
    return this.#refuse("modifier-misused", message);
  }

  compile(values: readonly Scalar[]): Predicate {
    for (const name of this.#modifiers)
      if (!KNOWN.has(name)) this.#refuse("unknown-modifier", `"${name}" is no Sigma modifier`);
    if (values.length === 0) this.#refuse("bad-value", "the list is empty");
    if (this.#has("all") && values.length === 1)
      this.#misused('"all" needs a list of at least two values; with one it says nothing');
    if (values.length > 1 && values.includes(null))
      this.#refuse("bad-value", "null stands alone: give it a selection of its own");
    const test = this.#has("exists") ? this.#exists(values) : { kind: "values" as const, values: this.#values(values) };
    const isAll = this.#has("all");
    const isNegated = this.#has("neq");
    const words = this.#modifiers.filter((name) => name !== "all" && name !== "neq").join("|");
    // Numbers by their text: JSON would write NaN and infinity as null. What placeholders stand for is a part of the meaning.
    const written = values.map((value) => (typeof value === "number" ? { number: String(value) } : value));
    const meant = this.#has("expand") ? [...this.#placeholders] : [];
    const wanted = JSON.stringify([words, isAll, isNegated, written, meant]);
    return { key: `${this.#field}\u0000${wanted}`, field: this.#field, test, isAll, isNegated };
  }

  #exists(values: readonly Scalar[]): Predicate["test"] {
    if (this.#field === "") this.#misused('"exists" needs a field');
    if (this.#modifiers.length > 1) this.#misused('"exists" stands alone');
    const [wanted] = values;
    if (values.length !== 1 || typeof wanted !== "boolean") this.#misused('"exists" is true or false');
    return { kind: "exists", wanted };
  }

  #values(values: readonly Scalar[]): readonly ValueTest[] {
    if (this.#has("re")) return values.map((value) => this.#regex(value));
    if (this.#has("cidr")) return values.map((value) => this.#cidr(value));
    if (this.#has("fieldref")) return values.map((value) => this.#fieldReference(value));
    const comparing = COMPARING.filter((name) => this.#has(name));
    const part = TIME_PARTS.find((name) => this.#has(name));
    if (comparing.length > 0 || part !== undefined)
      return values.map((value) => this.#comparison(value, comparing, part));
    for (const flag of Object.keys(REGEX_FLAGS))
      if (this.#has(flag)) this.#misused(`"${flag}" is a flag of "re" and follows it`);
    return values.flatMap((value) => this.#text(value));
  }

  #regex(value: Scalar): ValueTest {
    if (typeof value !== "string" && typeof value !== "number") this.#misused('"re" needs a text');
    const at = this.#modifiers.indexOf("re");
    const before = this.#modifiers.slice(0, at).filter((name) => name !== "all" && name !== "neq");
    if (before.length > 0) this.#misused(`"re" comes before "${before[0]}"`);
    let flags = "";
    for (const name of this.#modifiers.slice(at + 1)) {
      const flag = REGEX_FLAGS[name];
      if (flag !== undefined) flags += flag;
      else if (!["all", "neq", "expand", ...WIDENING].includes(name)) this.#misused(`"${name}" does not follow "re"`);
    }
    return this.#compiledRegex(String(value), flags);
  }

  #compiledRegex(text: string, given: string): ValueTest {
    if (text.length > REGEX_LENGTH_MAX)
      this.#refuse("bad-regex", `a regular expression has at most ${REGEX_LENGTH_MAX} characters`);
    const inline = /^\(\?([ims]+)\)/.exec(text);
    const source = inline === null ? text : text.slice(inline[0].length);
    const flags = [...new Set(given + (inline?.[1] ?? ""))].join("");
    try {
      const re2 =
        (flags.includes("i") ? RE2JS.CASE_INSENSITIVE : 0) |
        (flags.includes("m") ? RE2JS.MULTILINE : 0) |
        (flags.includes("s") ? RE2JS.DOTALL : 0);
      const linear = RE2JS.compile(source, re2);
      return {
        kind: "regex",
        source: text,
        isMatch: (value) => linear.matcher(value.slice(0, REGEX_INPUT_MAX)).find(),
      };
    } catch {
      return this.#backtracking(text, source, flags);
    }
  }

  /** Look-around and back-references have no linear-time engine: the text they see is cut instead. */
  #backtracking(text: string, source: string, flags: string): ValueTest {
    let compiled: RegExp;
    try {
      compiled = new RegExp(source, flags);
    } catch (error) {
      this.#refuse("bad-regex", error instanceof Error ? error.message : "it is no regular expression");
    }
    if (/\((?:[^()\\]|\\.)*[+*](?:[^()\\]|\\.)*\)[+*{]/.test(source))
      this.#refuse("bad-regex", "a repeated group that repeats inside, with look-around, can take forever: rewrite it");
    return { kind: "regex", source: text, isMatch: (value) => compiled.test(value.slice(0, BACKTRACKING_INPUT_MAX)) };
  }

  #cidr(value: Scalar): ValueTest {
    const others = this.#modifiers.filter((name) => !["cidr", "all", "neq", "expand"].includes(name));
    if (others.length > 0) this.#misused(`"cidr" stands alone, without "${others[0]}"`);
    if (typeof value !== "string") this.#refuse("bad-cidr", "a network is text such as 192.0.2.0/24");
    return { kind: "cidr", contains: this.#network(value) };
  }

  #network(text: string): (value: string) => boolean {
    let network: [ipaddr.IPv4 | ipaddr.IPv6, number];
    try {
      network = text.includes("/")
        ? ipaddr.parseCIDR(text)
        : [ipaddr.parse(text), ipaddr.parse(text).kind() === "ipv4" ? 32 : 128];
    } catch {
      this.#refuse("bad-cidr", `"${text}" is no network such as 192.0.2.0/24 or 2001:db8::/32`);
    }
    const [address, bits] = network;
    const bytes = address.toByteArray();
    const hasHostBits = bytes.some((byte, at) => {
      const free = Math.min(8, Math.max(0, (at + 1) * 8 - bits));
      return (byte & ((1 << free) - 1)) !== 0;
    });
    if (hasHostBits) this.#refuse("bad-cidr", `"${text}" has bits set behind its prefix`);
    return (value) => {
      if (!ipaddr.isValid(value)) return false;
      const parsed = ipaddr.process(value);
      return parsed.kind() === address.kind() && parsed.match(network as [ipaddr.IPv4, number] & [ipaddr.IPv6, number]);
    };
  }

  #fieldReference(value: Scalar): ValueTest {
    if (typeof value !== "string" || value === "") this.#misused('"fieldref" needs the name of a field');
    const others = this.#modifiers.filter((name) => !["fieldref", "all", "neq", "cased", ...WIDENING].includes(name));
    if (others.length > 0) this.#misused(`"fieldref" does not go with "${others[0]}"`);
    const at = WIDENING.find((name) => this.#has(name)) ?? "whole";
    return { kind: "field", field: value, at, isCased: this.#has("cased") };
  }

  #comparison(value: Scalar, comparing: readonly (typeof COMPARING)[number][], part: TimePart | undefined): ValueTest {
    const others = this.#modifiers.filter((name) => !["all", "neq", ...COMPARING, ...TIME_PARTS].includes(name));
    if (others.length > 0 || comparing.length > 1)
      this.#misused(
        `"${[...comparing, part].filter(Boolean).join("|")}" does not go with "${others[0] ?? comparing[1]}"`,
      );
    if (typeof value !== "number" || Number.isNaN(value))
      this.#refuse("bad-value", "a number is compared with a number");
    return { kind: "compare", by: comparing[0] ?? "eq", value, part };
  }

  #text(value: Scalar): readonly ValueTest[] {
    let drafts: readonly Draft[] = [
      typeof value === "string" ? { kind: "text", text: value } : { kind: "scalar", value },
    ];
    const widening: Widening[] = [];
    for (const name of this.#modifiers) {
      if (name === "all" || name === "neq" || name === "cased") continue;
      if ((WIDENING as readonly string[]).includes(name)) {
        widening.push(name as Widening);
        continue;
      }
      if (widening.length > 0 && name !== "expand" && name !== "windash")
        this.#misused(`"${name}" comes before "${widening[0]}"`);
      drafts = drafts.flatMap((draft) => this.#modified(draft, name));
      if (drafts.length > ALTERNATIVES_MAX)
        this.#refuse("too-many-alternatives", `more than ${ALTERNATIVES_MAX} texts follow from this value`);
    }
    return drafts.map((draft) => this.#compared(draft, widening));
  }

  #modified(draft: Draft, name: string): readonly Draft[] {
    if (name === "expand") return this.#expanded(draft);
    if (draft.kind === "scalar") {
      if (draft.value === null || typeof draft.value === "boolean") this.#misused(`"${name}" needs a text`);
      return this.#modified({ kind: "text", text: String(draft.value) }, name);
    }
    if (name === "windash") {
      if (draft.kind !== "text") this.#misused('"windash" comes before an encoding');
      return dashed(draft.text, ALTERNATIVES_MAX + 1).map((text) => ({ kind: "text", text }));
    }
    const bytes = draft.kind === "bytes" ? draft.bytes : utf8(this.#plainText(draft, name));
    switch (name) {
      case "wide":
      case "utf16le":
      case "utf16be":
      case "utf16":
        if (draft.kind === "bytes") this.#misused(`"${name}" stands once`);
        return [{ kind: "bytes", bytes: utf16(this.#plainText(draft, name), name) }];
      case "base64":
        return [{ kind: "plain", text: base64Of(bytes) }];
      case "base64offset":
        return base64Offsets(bytes).map((text) => ({ kind: "plain", text }));
      default:
        this.#misused(`"${name}" does not apply to a text`);
    }
  }

  /** A text that is encoded may have no wildcards; escapes are resolved. */
  #plainText(draft: Exclude<Draft, { kind: "scalar" | "bytes" }>, name: string): string {
    if (draft.kind === "plain") return draft.text;
    const pieces = readWildcards(draft.text);
    if (pieces.some((piece) => typeof piece !== "string")) this.#misused(`"${name}" takes no wildcards`);
    return pieces.join("");
  }

  #expanded(draft: Draft): readonly Draft[] {
    if (draft.kind !== "text") return [draft];
    const pieces = draft.text.split(/(?<!\\)%([^%\s]+)%/);
    let texts = [""];
    for (const [at, piece] of pieces.entries()) {
      if (at % 2 === 0) {
        texts = texts.map((text) => text + piece.replaceAll("\\%", "%"));
        continue;
      }
      const values = this.#placeholders.get(piece);
      if (values === undefined || values.length === 0)
        this.#refuse("unresolved-placeholder", `%${piece}% has no values: give them with --placeholders`);
      texts = texts.flatMap((text) => values.map((value) => text + value));
      if (texts.length > ALTERNATIVES_MAX)
        this.#refuse("too-many-alternatives", `more than ${ALTERNATIVES_MAX} texts follow from this value`);
    }
    return texts.map((text) => ({ kind: "text", text }));
  }

  #compared(draft: Draft, widening: readonly Widening[]): ValueTest {
    const isCased = this.#has("cased");
    if (draft.kind === "scalar") {
      const { value } = draft;
      if (value === null)
        return widening.length === 0 && !isCased ? { kind: "null" } : this.#misused("null has no text");
      if (widening.length === 0 && this.#field !== "")
        return typeof value === "number" ? { kind: "number", value, text: String(value) } : { kind: "boolean", value };
      return this.#compared({ kind: "plain", text: String(value) }, widening);
    }
    const pieces =
      draft.kind === "text"
        ? readWildcards(draft.text)
        : [draft.kind === "plain" ? draft.text : Array.from(draft.bytes, (byte) => String.fromCharCode(byte)).join("")];
    const nonEmpty = pieces.filter((piece) => piece !== "");
    // A keyword is looked for anywhere in a value.
    const how: readonly Widening[] = this.#field === "" ? ["contains"] : widening;
    const wide = how.reduce<readonly (typeof pieces)[number][]>((now, one) => widen(now, one), nonEmpty);
    return { kind: "text", pattern: compilePattern(wide, isCased) };
  }
}

const DASHES = ["-", "/", "\u2013", "\u2014", "\u2015"] as const;

/** Every `-` or `/` that begins a parameter, as each of the five dashes that command lines take. Stops at `max` texts. */
function dashed(text: string, max: number): readonly string[] {
  const places = [...text.matchAll(/\B[-/]\b/g)].map(({ index }) => index);
  let texts = [""];
  let from = 0;
  for (const place of places) {
    const before = text.slice(from, place);
    texts = texts.flatMap((start) => DASHES.map((dash) => start + before + dash));
    if (texts.length >= max) return texts;
    from = place + 1;
  }
  return texts.map((start) => start + text.slice(from));
}
