import type { SigmaEvent } from "./contract.ts";

export type Leaf = string | number | boolean | null;

/** What an event has at a field: nothing, or its scalars, with those of arrays one by one. */
export type Found = {
  readonly isPresent: boolean;
  readonly leaves: readonly Leaf[];
};
export const ABSENT: Found = { isPresent: false, leaves: [] };

const isRecord = (value: unknown): value is SigmaEvent =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Looks a field up: an own key of exactly that name first, else step by step at the dots. At an array every member is followed, and one
 * that fits is enough. Names are case-sensitive. `path` is the field split at its dots.
 */
export function lookUp(event: SigmaEvent, field: string, path: readonly string[]): Found {
  if (Object.hasOwn(event, field)) return foundOf(event[field]);
  if (path.length === 1) return ABSENT;
  const leaves: Leaf[] = [];
  return walk(event, path, { at: 0, leaves }) ? { isPresent: true, leaves } : ABSENT;
}

type Walk = { readonly at: number; readonly leaves: Leaf[] };

function walk(value: unknown, path: readonly string[], { at, leaves }: Walk): boolean {
  if (at === path.length) {
    if (value === undefined) return false;
    collect(value, leaves);
    return true;
  }
  if (Array.isArray(value)) {
    let isPresent = false;
    for (const member of value) if (walk(member, path, { at, leaves })) isPresent = true;
    return isPresent;
  }
  if (!isRecord(value)) return false;
  // The rest of the name may be one key: `properties["ipAddress.city"]`.
  if (at > 0 && at < path.length - 1) {
    const rest = path.slice(at).join(".");
    if (Object.hasOwn(value, rest)) return walk(value[rest], path, { at: path.length, leaves });
  }
  const step = path[at];
  if (step === undefined || !Object.hasOwn(value, step)) return false;
  return walk(value[step], path, { at: at + 1, leaves });
}

function foundOf(value: unknown): Found {
  if (value !== null && typeof value === "object") {
    const leaves: Leaf[] = [];
    collect(value, leaves);
    return { isPresent: true, leaves };
  }
  return { isPresent: value !== undefined, leaves: value === undefined ? [] : [value as Leaf] };
}

/** The scalars of a value; an object has none, an array those of its members. */
function collect(value: unknown, leaves: Leaf[]): void {
  if (Array.isArray(value)) for (const member of value) collect(member, leaves);
  else if (value === null || typeof value !== "object") {
    if (value !== undefined) leaves.push(value as Leaf);
  }
}

const DEPTH_MAX = 64;

/** Every value of an event as text, names of fields left out: what keywords are looked for in. */
export function textsOfEvent(event: SigmaEvent): readonly string[] {
  const texts: string[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (depth > DEPTH_MAX || value === null || value === undefined) return;
    if (Array.isArray(value)) for (const member of value) visit(member, depth + 1);
    else if (typeof value === "object") for (const key in value) visit((value as SigmaEvent)[key], depth + 1);
    else texts.push(String(value as string | number | boolean));
  };
  visit(event, 0);
  return texts;
}
