import type { Json } from "../../core/canonical.ts";

/** PostgreSQL keeps no NUL and no half of a surrogate pair in JSON; records from outside may have both. */
const UNKEEPABLE = /\\u0000|\\ud[89a-f]/i;

export const cleanText = (text: string): string => text.replaceAll("\u0000", "").toWellFormed();

/** The value as PostgreSQL can keep it; the very same when it can already. */
export function cleanJson(value: Json): Json {
  return UNKEEPABLE.test(JSON.stringify(value)) ? cleaned(value) : value;
}

function cleaned(value: Json): Json {
  if (typeof value === "string") return cleanText(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map(cleaned);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [cleanText(key), cleaned(member)]));
}
