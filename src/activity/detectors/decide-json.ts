import type { Json } from "../../core/canonical.ts";

/** Depth and width to which bodies are read: what lies beyond is not looked at. */
export const ITEMS_MAX = 1_000;

/** The value at a path of a body; names in any case, since clients spell them differently. */
export function dig(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const name of path) here = member(here, name);
  return here;
}
function member(value: Json | undefined, name: string): Json | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const object = value as { readonly [key: string]: Json };
  if (Object.hasOwn(object, name)) return object[name];
  const lower = name.toLowerCase();
  const key = Object.keys(object).find((one) => one.toLowerCase() === lower);
  return key === undefined ? undefined : object[key];
}

/** Text at a path; numbers and booleans as their text; undefined for anything else and for blanks. */
export function textIn(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = dig(value, ...path);
  if (typeof found === "number" || typeof found === "boolean") return String(found);
  return typeof found === "string" && found.trim() !== "" ? found.trim() : undefined;
}
export function numberIn(value: Json | undefined, ...path: readonly string[]): number | undefined {
  const found = dig(value, ...path);
  const number = typeof found === "string" && /^\d{1,15}$/.test(found) ? Number(found) : found;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
export function listIn(value: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = dig(value, ...path);
  return Array.isArray(found) ? (found as readonly Json[]).slice(0, ITEMS_MAX) : [];
}
