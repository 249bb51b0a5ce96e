import type { ACCOUNT_SORTS } from "./contract-wire.ts";

/** Search words and cursors of the work list. */

/** Lower case without accents, so that "Mälarglas" is found as "malarglas". */
export const foldName = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ø", "o")
    .replaceAll("æ", "ae")
    .replaceAll("ß", "ss")
    .replaceAll(/\s+/g, " ")
    .trim();

const WORDS_MAX = 6;
const SEARCH_CHARS_MAX = 100;
/** LIKE patterns, all of which must be found; the signs of LIKE are made harmless. */
export const patternsOf = (text: string): readonly string[] =>
  foldName(text.slice(0, SEARCH_CHARS_MAX))
    .split(" ")
    .filter((word) => word !== "")
    .slice(0, WORDS_MAX)
    .map((word) => `%${word.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`);

export type Cursor = { readonly value: string | null; readonly id: string };
type Sort = (typeof ACCOUNT_SORTS)[number];
const FORM: Readonly<Record<Sort, RegExp>> = {
  value: /^-?\d{1,19}$/,
  overdue: /^-?\d{1,19}$/,
  days: /^-?\d{1,5}$/,
  next: /^\d{4}-\d{2}-\d{2}$/,
  name: /^.{0,500}$/s,
};

/** Opaque to callers; only this slice reads it. */
export const cursorText = (scope: string, { value, id }: Cursor): string => JSON.stringify([scope, value, id]);

/** undefined = not one that this list gave in this order. */
export function readCursor(text: string, scope: string): Cursor | undefined {
  try {
    const parts: unknown = JSON.parse(text);
    if (!Array.isArray(parts) || parts.length !== 3) return undefined;
    const [of, value, id] = parts as unknown[];
    if (of !== scope || typeof id !== "string" || id.length > 100) return undefined;
    if (value === null) return { value, id };
    const form = FORM[scope.split(" ")[0] as Sort] ?? /^[\d:.TZ+ -]{1,40}$/;
    return typeof value === "string" && form.test(value) ? { value, id } : undefined;
  } catch {
    return undefined;
  }
}
