import type { Json } from "../../core/canonical.ts";
import type { KnownEvent } from "../contract-event.ts";

/** Fields of one event that a page shows; a request body of thousands of members stays readable in the record itself. */
const FIELDS_MAX = 200;
const LEFT_OUT: ReadonlySet<string> = new Set(["raw", "changes", "customer"]);

type Field = { readonly name: string; readonly value: string };

/** Every normalised field that an event tells, by its dotted name. Lists of plain values are one field. */
export function fieldsOf(event: KnownEvent): readonly Field[] {
  const fields: Field[] = [];
  for (const [name, value] of Object.entries(event)) if (!LEFT_OUT.has(name)) walk(name, value, fields);
  return fields.slice(0, FIELDS_MAX);
}

function walk(name: string, value: unknown, fields: Field[]): void {
  if (value === undefined || value === null || fields.length >= FIELDS_MAX) return;
  if (value instanceof Temporal.Instant) return void fields.push({ name, value: value.toString() });
  if (Array.isArray(value)) {
    const isPlain = value.every((one) => typeof one !== "object" || one === null);
    if (isPlain) fields.push({ name, value: value.map(String).join(", ") });
    else for (const [at, one] of value.entries()) walk(`${name}[${at}]`, one, fields);
    return;
  }
  if (typeof value === "object")
    for (const [key, member] of Object.entries(value as Record<string, unknown>))
      walk(`${name}.${key}`, member, fields);
  else fields.push({ name, value: String(value as Json) });
}
