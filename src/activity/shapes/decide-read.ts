import type { Json } from "../../core/canonical.ts";
import { guid } from "../../core/ids.ts";

/** An object of a record, as it came. */
export type Rec = { readonly [key: string]: Json };

/** Texts longer than this are not looked into for JSON: no Microsoft log carries a longer member (limit of a record: 1 MB). */
const EMBEDDED_MAX = 1_048_576;
/** Members of a list that are read: targets, changes, parameters. More are still in the raw record. */
export const ITEMS_MAX = 200;

export const isRec = (value: Json | undefined): value is Rec =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const rec = (value: Json | undefined): Rec | undefined => (isRec(value) ? value : undefined);
export const NO_REC: Rec = {};
const NO_LIST: readonly Json[] = [];
export const list = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value.length > ITEMS_MAX ? value.slice(0, ITEMS_MAX) : value) : NO_LIST;

/** A text that says something: trimmed, never empty. Numbers and booleans as their text. */
export function text(value: Json | undefined): string | undefined {
  if (typeof value === "string") {
    if (value === "") return undefined;
    const trimmed = value.trim();
    return trimmed === "" ? undefined : trimmed;
  }
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
/** The same in lower case, for what identifies. */
export const lower = (value: Json | undefined): string | undefined => text(value)?.toLowerCase();

/** What a table says of a key that comes from a record: never what every object has, such as `constructor`. */
export const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** Texts by which systems say that they have nothing to say. */
const NOTHING = new Set(["<null>", "null", "none", "n/a", "not available", "not-found", "not found", "undefined"]);
/** A text, unless it stands for nothing. */
export function told(value: Json | undefined): string | undefined {
  const found = text(value);
  if (found === undefined || found.length > 15) return found;
  // Most texts do not begin as those words do.
  const start = found.charCodeAt(0) | 32;
  return (start === 110 || start === 117 || start === 60) && NOTHING.has(found.toLowerCase()) ? undefined : found;
}

/** First of these members that says something. */
export function first(of: Rec, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = told(of[name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A value that is `{value, localizedValue}` in one form and plain text in the other. */
export const valueOf = (value: Json | undefined): string | undefined =>
  isRec(value) ? text(value["value"]) : text(value);

/** A GUID in lower case; undefined for any other text. */
export const guidOf = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value.length === 36 ? guid(value) : undefined;

/** The JSON a text holds; any other value as it is. Texts that only look like JSON stay texts. */
export function embedded(value: Json | undefined): Json | undefined {
  if (typeof value !== "string") return value ?? undefined;
  const parsed = parsedText(value);
  return parsed === undefined ? value : parsed;
}

/** The object or list that a text holds; undefined when it holds none. */
export function parsedText(value: string): Json | undefined {
  if (value.length < 2 || value.length > EMBEDDED_MAX) return undefined;
  const start =
    value.charCodeAt(0) <= 32 || value.charCodeAt(0) === 0xfeff ? value.trimStart().charCodeAt(0) : value.charCodeAt(0);
  if (start !== 0x7b && start !== 0x5b) return undefined;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return undefined;
  }
}
export const embeddedRec = (value: Json | undefined): Rec | undefined => rec(embedded(value));

/** Walks down objects (and JSON in texts) by names; undefined where the way ends. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let here = value;
  for (const name of path) {
    const one = embeddedRec(here);
    if (one === undefined) return undefined;
    here = one[name];
  }
  return here ?? undefined;
}

/** The value of a list of `{Name, Value}` (also `{key, value}`), found by name without case. */
export function named(pairs: Json | undefined, name: string): string | undefined {
  for (const one of list(pairs)) {
    if (!isRec(one)) continue;
    const key = one["Name"] ?? one["name"] ?? one["key"] ?? one["Key"];
    if (typeof key === "string" && key.toLowerCase() === name.toLowerCase())
      return told(one["Value"] ?? one["value"] ?? undefined);
  }
  return undefined;
}

/** IP address without port, brackets or zone, in lower case; undefined for what is none. */
export function ipOf(value: Json | undefined): string | undefined {
  if (typeof value !== "string" || value.length < 2 || value.length > 64) return undefined;
  if (IPV4.test(value)) return value;
  const trimmed = value.trim().toLowerCase();
  const v4 = IPV4_PORT.exec(trimmed);
  if (v4 !== null) return v4[1];
  const v6 = IPV6_PORT.exec(trimmed)?.[1];
  return v6?.includes(":") === true ? shortIpv6(v6) : undefined;
}
/** One spelling for one address, as RFC 5952 wants it: no leading zeros, the first longest run of zeros as `::`. */
function shortIpv6(address: string): string | undefined {
  const [head = "", tail, more] = address.split("::");
  if (more !== undefined || address.includes(".")) return more === undefined ? address : undefined;
  const start = head === "" ? [] : head.split(":");
  const end = tail === undefined || tail === "" ? [] : tail.split(":");
  const gap = 8 - start.length - end.length;
  if (tail === undefined ? gap !== 0 : gap < 0) return undefined;
  const groups = [...start, ...Array.from({ length: gap }, () => "0"), ...end].map((group) =>
    group.replace(/^0+(?=.)/, ""),
  );
  if (groups.some((group) => group === "" || group.length > 4)) return undefined;
  let run = { from: 0, length: 0 };
  for (let from = 0; from < 8; from++) {
    let length = 0;
    while (groups[from + length] === "0") length++;
    if (length > run.length) run = { from, length };
  }
  if (run.length < 2) return groups.join(":");
  return `${groups.slice(0, run.from).join(":")}::${groups.slice(run.from + run.length).join(":")}`;
}
const IPV4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
/** `1.2.3.4:5678`, `::ffff:1.2.3.4`, `[::ffff:1.2.3.4]:5678`. */
const IPV4_PORT = /^\[?(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})\]?(?::\d{1,5})?$/;
const IPV6_PORT = /^\[?([0-9a-f:]{2,39}(?:\.\d{1,3}){0,3})(?:%\w+)?(?:\](?::\d{1,5})?)?$/;

/** ISO 3166-1 alpha-2 in upper case; a country in words is not told in a form that rules can use. */
export function countryOf(value: Json | undefined): string | undefined {
  return typeof value === "string" && value.length === 2 && /^[a-z]{2}$/i.test(value) ? value.toUpperCase() : undefined;
}

/** How deep a record is read when its id is made of its content. */
const DEPTH_MAX = 200;

/** Text of a value with sorted keys: the same record in any order of keys gives the same text. Never throws. */
export function contentOf(value: Json, depth = 0): string {
  if (depth > DEPTH_MAX) return "…";
  if (Array.isArray(value)) return `[${value.map((one: Json) => contentOf(one, depth + 1)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const of = value as Rec;
    const keys = Object.keys(of).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${contentOf(of[key] ?? null, depth + 1)}`).join(",")}}`;
  }
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
