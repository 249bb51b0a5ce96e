import type { SigmaEvent } from "./contract.ts";

export type Leaf = string | number | boolean | null;

/** What an event has at a field: nothing, or its scalars, with those of arrays one by one. */
export type Found = {
  readonly isPresent: boolean;
  readonly leaves: readonly Leaf[];
};
export const ABSENT: Found = { isPresent: false, leaves: [] };

/** A field's name, taken apart once. */
export type FieldPath = {
  readonly field: string;
  /** The name split at its dots. */
  readonly path: readonly string[];
  /** What is left of the name from each step on. */
  readonly rests: readonly string[];
  /** A step is the name of something that every object inherits: only own members count. */
  readonly isOdd: boolean;
};

export function fieldPath(field: string): FieldPath {
  const path = field.split(".");
  const rests = path.map((_step, at) => path.slice(at).join("."));
  return { field, path, rests, isOdd: [...path, ...rests].some((name) => name in Object.prototype) };
}
const known = new Map<string, FieldPath>();
/** Names that are remembered; rules name some thousands. */
const KNOWN_MAX = 20_000;

/**
 * Looks a field up: an own key of exactly that name first, else step by step at the dots. At an array every member is followed, and one
 * that fits is enough. Names are case-sensitive.
 */
export function lookUp(event: SigmaEvent, field: string, _path?: readonly string[]): Found {
  let path = known.get(field);
  if (path === undefined) {
    path = fieldPath(field);
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(field, path);
  }
  return lookUpPath(event, path);
}

/** The same with a name that was taken apart before. */
export function lookUpPath(event: SigmaEvent, path: FieldPath): Found {
  const own = member(event, path.field, path.isOdd);
  if (own !== undefined) return foundOf(own);
  if (path.path.length === 1) return ABSENT;
  let value: unknown = event;
  for (let at = 0; at < path.path.length; at++) {
    if (value === null || typeof value !== "object") return ABSENT;
    if (Array.isArray(value)) return foundIn(value, path, at);
    // The rest of the name may be one key: `properties["ipAddress.city"]`.
    const rest = at > 0 && at < path.path.length - 1 ? member(value, path.rests[at] ?? "", path.isOdd) : undefined;
    if (rest !== undefined) return foundOf(rest);
    value = member(value, path.path[at] ?? "", path.isOdd);
    if (value === undefined) return ABSENT;
  }
  return foundOf(value);
}

const member = (value: object, name: string, isOdd: boolean): unknown =>
  isOdd && !Object.hasOwn(value, name) ? undefined : (value as SigmaEvent)[name];

function foundIn(members: readonly unknown[], path: FieldPath, at: number): Found {
  const leaves: Leaf[] = [];
  return walk(members, path, { at, leaves }) ? { isPresent: true, leaves } : ABSENT;
}

type Walk = { readonly at: number; readonly leaves: Leaf[] };

function walk(value: unknown, path: FieldPath, { at, leaves }: Walk): boolean {
  if (at === path.path.length) {
    collect(value, leaves);
    return true;
  }
  if (Array.isArray(value)) {
    let isPresent = false;
    for (const one of value) if (walk(one, path, { at, leaves })) isPresent = true;
    return isPresent;
  }
  if (value === null || typeof value !== "object") return false;
  const rest = at > 0 && at < path.path.length - 1 ? member(value, path.rests[at] ?? "", path.isOdd) : undefined;
  if (rest !== undefined) return walk(rest, path, { at: path.path.length, leaves });
  const next = member(value, path.path[at] ?? "", path.isOdd);
  return next !== undefined && walk(next, path, { at: at + 1, leaves });
}

function foundOf(value: unknown): Found {
  if (value === null || typeof value !== "object") return { isPresent: true, leaves: [value as Leaf] };
  const leaves: Leaf[] = [];
  collect(value, leaves);
  return { isPresent: true, leaves };
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
