import { z } from "zod";
import type { Json } from "../core/canonical.ts";
import { type Currency, isCurrency } from "../core/currency.ts";
import { type Decimal, parseDecimal } from "../core/decimal.ts";
import { guid } from "../core/ids.ts";
import { parseDay, parseInstant } from "../core/time.ts";
import type { Amount, Open } from "./contract.ts";

/**
 * Schemas that read what Microsoft really sends: property names in any case, numbers and booleans as text,
 * five faces of "no value". Unknown members are kept in `$raw`; only what identifies a thing is required.
 * Source: CONTRACT section 0, each rule seen in published samples.
 */

type Shape = Readonly<Record<string, z.ZodType>>;
type Members<S extends Shape> = { [K in keyof S]: z.output<S[K]> } & { readonly $raw: Json };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** An object whose property names are matched without case; a name in its own spelling wins over another spelling. */
export function ms<S extends Shape>(shape: S): z.ZodType<Members<S>> {
  const names = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  const fold = (value: unknown): unknown => {
    if (!isRecord(value)) return value;
    const folded: Record<string, unknown> = Object.fromEntries([...names.values()].map((name) => [name, undefined]));
    for (const [key, member] of Object.entries(value)) {
      const name = names.get(key.toLowerCase());
      if (name !== undefined && (key === name || folded[name] === undefined)) folded[name] = member;
    }
    return { ...folded, $raw: value };
  };
  return z.preprocess(fold, z.object({ ...shape, $raw: z.unknown() })) as unknown as z.ZodType<Members<S>>;
}

/** A member of an object we hold as it came, found without case. */
export function memberOf(value: unknown, name: string): unknown {
  if (!isRecord(value)) return undefined;
  if (Object.hasOwn(value, name)) return value[name];
  const key = Object.keys(value).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : value[key];
}

/** A copy of an object as it came with one member changed, in the spelling it came with. */
export function withMember(value: Json, name: string, member: Json): Json {
  if (!isRecord(value)) throw new Error("invariant broken: only an object has members");
  const key = Object.keys(value).find((candidate) => candidate.toLowerCase() === name.toLowerCase()) ?? name;
  return { ...(value as { readonly [key: string]: Json }), [key]: member };
}

const read = <T>(reader: (value: unknown) => T): z.ZodType<T> =>
  z.unknown().transform(reader) as unknown as z.ZodType<T>;

/** Refuses a missing value; for what identifies a thing. */
export const need = <T>(schema: z.ZodType<T | undefined>): z.ZodType<T> =>
  schema.refine((value) => value !== undefined, { error: "is missing or unreadable" }) as unknown as z.ZodType<T>;

/** A list that may be absent or null. */
export const listOf = <T>(item: z.ZodType<T>): z.ZodType<readonly T[]> =>
  z.preprocess((value) => (Array.isArray(value) ? value : []), z.array(item)) as unknown as z.ZodType<readonly T[]>;

/** An object that may be absent, null, or something else where Microsoft has nothing to say. */
export const maybe = <T>(schema: z.ZodType<T>): z.ZodType<T | undefined> =>
  z.preprocess((value) => (isRecord(value) ? value : undefined), schema.optional()) as unknown as z.ZodType<
    T | undefined
  >;

export const asText = (value: unknown): string | undefined => {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return undefined;
  const trimmed = value.trim();
  return trimmed === "" ? undefined : trimmed;
};
export const text = read(asText);

/** A GUID in lower case; undefined for anything else. */
export const guidText = read((value) => guid(asText(value) ?? ""));
/** A tenant's GUID, which some invoice lines write as `org:…`. */
export const tenantText = read((value) => guid((asText(value) ?? "").replace(/^org:/i, "")));
/** An id that is usually a GUID: those in lower case, others as sent. */
export const idText = read((value) => {
  const sent = asText(value);
  return sent === undefined ? undefined : (guid(sent) ?? sent);
});

export const flag = read((value) => {
  const sent = asText(value)?.toLowerCase();
  return sent === "true" || sent === "1" ? true : sent === "false" || sent === "0" ? false : undefined;
});

/** Digits after the point that `Decimal` can hold; finer parts of a cent are rounded away. */
const DECIMALS_MAX = 20;

export function asDecimal(value: unknown): Decimal | undefined {
  const sent = asText(value);
  if (sent === undefined || typeof value === "boolean") return undefined;
  const exact = parseDecimal(sent);
  if (exact.ok) return exact.value;
  const rounded = Number(sent);
  if (!Number.isFinite(rounded) || Math.abs(rounded) > 1e15) return undefined;
  const again = parseDecimal(rounded.toFixed(DECIMALS_MAX));
  return again.ok ? again.value : undefined;
}
export const decimal = read(asDecimal);

/** A count; undefined unless it is a whole number that JavaScript holds exactly. */
export const count = read((value) => {
  const sent = asText(value);
  const number = sent === undefined ? Number.NaN : Number(sent);
  return Number.isSafeInteger(number) ? number : undefined;
});

/** Years that stand for "no moment": 9999 is open-ended or unresolved, 0001 was never set. */
const isSentinel = (year: number): boolean => year >= 9_999 || year <= 1;

export function asInstant(value: unknown): Temporal.Instant | undefined {
  const sent = asText(value);
  if (sent === undefined) return undefined;
  const parsed = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(sent) ? `${sent}T00:00:00Z` : sent);
  if (!parsed.ok || isSentinel(parsed.value.toZonedDateTimeISO("UTC").year)) return undefined;
  return parsed.value;
}
export const instant = read(asInstant);

/** The day as written, whatever time and zone follow it: a commitment ends on Microsoft's day, not on ours. */
export const day = read((value) => {
  const parsed = parseDay((asText(value) ?? "").slice(0, 10));
  return parsed.ok && !isSentinel(parsed.value.year) ? parsed.value : undefined;
});

/** A word of a list that may grow: known words in our spelling, others as sent, sentinels ("None") as undefined. */
export const word = <K extends string>(
  known: readonly K[],
  none: readonly string[] = [],
): z.ZodType<Open<K> | undefined> => {
  const spelling = new Map(known.map((one) => [one.toLowerCase(), one]));
  const nothing = new Set(none.map((one) => one.toLowerCase()));
  return read((value) => {
    const sent = asText(value);
    if (sent === undefined || nothing.has(sent.toLowerCase())) return undefined;
    return (spelling.get(sent.toLowerCase()) ?? sent) as Open<K>;
  });
};

export const currencyCode = read((value): Currency | undefined => {
  const sent = asText(value)?.toUpperCase();
  return sent !== undefined && isCurrency(sent) ? sent : undefined;
});

/** An amount needs its number; the currency may be unknown. */
export const amountOf = (value: Decimal, currency: Currency | undefined): Amount => ({ value, currency });

/** Any JSON, or JSON written into a string, as the audit log and alerts carry it. */
export const embeddedJson = read((value): Json | undefined => {
  if (typeof value !== "string") return value === null ? undefined : (value as Json | undefined);
  const sent = value.trim();
  if (sent === "") return undefined;
  try {
    return /^[[{]/.test(sent) ? (JSON.parse(sent) as Json) : sent;
  } catch {
    return sent;
  }
});
export const anyJson = read((value) => (value === null ? undefined : (value as Json | undefined)));

const NUMBER_TOO_LONG = /\d[\d.]{15,}/;

/**
 * Parses an answer without losing digits: a number that a JavaScript number cannot carry exactly becomes its own text,
 * which every schema here reads as well.
 */
export function parseExactJson(body: string): Json {
  if (!NUMBER_TOO_LONG.test(body)) return JSON.parse(body) as Json;
  const keepDigits = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined || String(value) === source) return value;
    const exact = parseDecimal(source);
    const held = parseDecimal(String(value));
    const same =
      exact.ok && held.ok && exact.value.units === held.value.units && exact.value.scale === held.value.scale;
    return same ? value : source;
  };
  return (JSON.parse as (text: string, reviver: typeof keepDigits) => Json)(body, keepDigits);
}

/** An answer that is not what the endpoint promises: names the member, never its value (it may be personal). */
export class UnreadableAnswer extends Error {
  constructor(what: string, detail: string) {
    super(`${what}: ${detail}`);
    this.name = "UnreadableAnswer";
  }
}

export type Parser<T> = (value: unknown) => T;

/** Turns a schema into a function that throws `UnreadableAnswer` with the path of the first fault. */
export const parser =
  <T>(what: string, schema: z.ZodType<T>): Parser<T> =>
  (value) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new UnreadableAnswer(
      what,
      `${issue?.path.map(String).join(".") || "the answer"} ${issue?.message ?? "is unreadable"}`,
    );
  };

/** Items of one page; those that could not be read are named, the rest is used. */
export type Items<T> = { readonly items: readonly T[]; readonly unreadable: readonly string[] };

const LIST_MEMBERS = ["items", "value", "transition"] as const;

/** A collection in any of its wrappings: `items`, Graph's `value`, `transition`, or a bare array. */
export const items =
  <T>(what: string, parseOne: Parser<T>): Parser<Items<T>> =>
  (value) => {
    const list = Array.isArray(value) ? value : LIST_MEMBERS.map((name) => memberOf(value, name)).find(Array.isArray);
    if (list === undefined) throw new UnreadableAnswer(what, "has no list of items");
    const read: T[] = [];
    const unreadable: string[] = [];
    list.forEach((item: unknown, index) => {
      try {
        read.push(parseOne(item));
      } catch (error) {
        if (!(error instanceof UnreadableAnswer)) throw error;
        unreadable.push(`[${index}] ${error.message}`);
      }
    });
    return { items: read, unreadable };
  };
