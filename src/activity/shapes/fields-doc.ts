import { FIELDS } from "../contract-fields.ts";
import type { Share } from "./testing-ecs.ts";

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const code = (text: string): string => `\`${text}\``;
const percent = (part: number, whole: number): string => `${part}/${whole} (${Math.floor((part / whole) * 100)} %)`;

/** docs/reference/activity-fields.md. */
export function fieldsDocument(shares: ReadonlyMap<string, Share>): string {
  return [
    "# Fields of a normalised event",
    "",
    "Made by `UPDATE=1 node --test src/activity/shapes/fields-doc.test.ts`; do not edit by hand.",
    "",
    "Whatever system told it and in whatever form: rules, detectors and the search page name these fields. A field that the record does not carry is",
    "absent, which means *not told*, never *no*. Beside them a rule sees the record's own fields under their own names, and the names that",
    "[upstream rules](upstream-rules.md) use; where two collide the normalised one wins. A text that holds JSON is found both as text and by the names in it.",
    "ECS is [Elastic Common Schema](https://www.elastic.co/docs/reference/ecs) 9.5, OCSF is [1.9](https://schema.ocsf.io). `–`: that schema has no place for it.",
    "",
    row("field", "meaning", "example", "ECS", "OCSF"),
    row("---", "---", "---", "---", "---"),
    ...FIELDS.map(({ name, meaning, example, ecs, ocsf }) =>
      row(code(name), meaning, code(example), ecs.length === 0 ? "–" : ecs.map(code).join(", "), code(ocsf)),
    ),
    "",
    "## Beside another normaliser",
    "",
    "SEKOIA.IO publishes vendor records with the ECS document it makes of each. Below: of the ECS fields in its documents, how many we fill with the same",
    "value; of those, how many our event has a place for at all; and of all values in its documents, its own fields included, how many a rule can see",
    "somewhere in our event.",
    "",
    row("intake", "records", "same value", "of fields we have", "visible to a rule", "mostly missing"),
    row("---", "---", "---", "---", "---", "---"),
    ...[...shares].map(([intake, { records, expected, same, placed, values, seen, missing }]) =>
      row(
        intake,
        String(records),
        percent(same, expected),
        percent(same, placed),
        percent(seen, values),
        missing
          .slice(0, 6)
          .map(([field, times]) => `${code(field)} ${times}`)
          .join(", "),
      ),
    ),
    "",
    "What is missing is mostly derived (parts of a URL and of a user agent, coordinates, hashes and arguments of processes on devices), stays in the raw",
    "record and is visible to rules there. Where both have a value and differ, theirs is often the time of delivery (ours is when it happened), a constant",
    "of the product, or a redacted name in place of an address.",
    "",
  ].join("\n");
}
