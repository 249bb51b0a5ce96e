import type { AuditRowWire } from "../../src/access/contract.ts";

/** One field of an event that was set or changed. Values are text as JSON has it; undefined = it was not there. */
export type FieldChange = {
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
};

const DEPTH_MAX = 6;

/** Every leaf of a value by its path: `values.desk.zone` → `"Europe/Stockholm"`. */
function leaves(value: unknown, path: string, into: Map<string, string>): void {
  if (Array.isArray(value) && value.every((one) => typeof one !== "object"))
    return void into.set(path, value.join(", "));
  const isBranch = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isBranch || path.split(".").length > DEPTH_MAX) {
    if (value !== null && value !== undefined)
      into.set(path, typeof value === "string" ? value : JSON.stringify(value));
    return;
  }
  for (const [key, member] of Object.entries(value)) leaves(member, path === "" ? key : `${path}.${key}`, into);
}

/** Before and after, field by field, those that differ first. */
export function changesOf(before: unknown, after: unknown): readonly FieldChange[] {
  const [old, now] = [new Map<string, string>(), new Map<string, string>()];
  leaves(before, "", old);
  leaves(after, "", now);
  const fields = [...new Set([...old.keys(), ...now.keys()])];
  const rows = fields.map((field) => ({ field, before: old.get(field), after: now.get(field) }));
  const differs = (row: FieldChange) => row.before !== row.after;
  return [...rows.filter(differs), ...rows.filter((row) => !differs(row))];
}

/** The facts of an event, flat, for a list. */
export function factsList(data: unknown): readonly (readonly [string, string])[] {
  const found = new Map<string, string>();
  leaves(data, "", found);
  return [...found];
}

/** The facts of an event as the sentence of its type may name them. */
export function factsOf({ data, after }: Pick<AuditRowWire, "data" | "after">): Readonly<Record<string, string>> {
  return Object.fromEntries([...factsList(after), ...factsList(data)]);
}
