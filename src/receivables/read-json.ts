import { ok, refuse, type Result } from "../core/result.ts";

type Objects = { readonly kind: "json" | "ndjson"; readonly objects: readonly unknown[] };

/** Numbers keep the digits that were written: as a binary fraction an amount could lose its last cent. */
const exactNumbers = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === "number" ? (context?.source ?? String(value)) : value;
const parse = (text: string): unknown => JSON.parse(text, exactNumbers as (key: string, value: unknown) => unknown);

/** The objects of a JSON list, of the longest list inside an object (`{"invoices": […]}`), or of lines of JSON. */
export function jsonObjects(text: string): Result<Objects, string> {
  const whole = attempt(text);
  if (whole.ok) {
    if (Array.isArray(whole.value)) return ok({ kind: "json", objects: whole.value });
    const lists = Object.values(whole.value as object).filter(
      (member): member is unknown[] => Array.isArray(member) && typeof member[0] === "object",
    );
    const longest = lists.sort((a, b) => b.length - a.length)[0];
    return longest === undefined
      ? ok({ kind: "ndjson", objects: [whole.value] })
      : ok({ kind: "json", objects: longest });
  }
  const objects: unknown[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]?.trim() ?? "";
    if (line === "") continue;
    const one = attempt(line);
    if (!one.ok)
      return refuse(
        objects.length === 0 ? `it is not JSON: ${whole.error}` : `line ${at + 1} is not JSON: ${one.error}`,
      );
    objects.push(one.value);
  }
  return ok({ kind: "ndjson", objects });
}

function attempt(text: string): Result<unknown, string> {
  try {
    const value = parse(text);
    return typeof value === "object" && value !== null
      ? ok(value)
      : refuse("it holds a single value, not a list of objects");
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const DEPTH_MAX = 4;

/** Members of an object as text cells; members of members are named `customer.id`. */
export function jsonRow(value: unknown): ReadonlyMap<string, string> {
  const row = new Map<string, string>();
  const put = (name: string, member: unknown, depth: number): void => {
    if (member === null || member === undefined) return;
    if (typeof member === "object" && !Array.isArray(member) && depth < DEPTH_MAX) {
      for (const [key, inner] of Object.entries(member)) put(name === "" ? key : `${name}.${key}`, inner, depth + 1);
    } else
      row.set(
        name === "" ? "value" : name,
        typeof member === "string" ? member : typeof member === "object" ? JSON.stringify(member) : String(member),
      );
  };
  put("", value, 0);
  return row;
}
