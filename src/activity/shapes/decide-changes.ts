import type { Json } from "../../core/canonical.ts";
import type { ActivityChange, ActivityResource } from "../contract-event.ts";
import { isRec, list, text } from "./decide-read.ts";

/** Longer values stay in the raw record only. */
const VALUE_MAX = 8_192;

/**
 * A value as an audit record writes it: JSON text of a text (`"\"True\""` → `True`), of a list of one (`["Guest"]` → `Guest`), or plain.
 * Lists of several and objects stay JSON text. Empty is undefined: nothing was there.
 */
export function valueText(value: Json | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "string") return typeof value === "object" ? clip(JSON.stringify(value)) : String(value);
  const start = value.charCodeAt(0);
  if (start !== 0x22 && start !== 0x5b) return value === "" ? undefined : clip(value);
  try {
    const parsed = JSON.parse(value) as Json;
    const only = Array.isArray(parsed) && parsed.length <= 1 ? ((parsed[0] ?? "") as Json) : parsed;
    if (typeof only === "string") return only === value ? clip(only) : valueText(only);
    return clip(
      typeof only === "object" && only !== null ? (only === parsed ? value : JSON.stringify(only)) : String(only),
    );
  } catch {
    return clip(value);
  }
}
const clip = (value: string): string | undefined =>
  value === "" ? undefined : value.length > VALUE_MAX ? value.slice(0, VALUE_MAX) : value;

/** Changed properties of Graph (`displayName`, `oldValue`, `newValue`) and of the unified audit log (`Name`, `OldValue`, `NewValue`). */
export function changesOf(lists: readonly (Json | undefined)[]): readonly ActivityChange[] | undefined {
  const found: ActivityChange[] = [];
  for (const one of lists)
    for (const change of list(one)) {
      if (!isRec(change)) continue;
      const name = text(change["displayName"] ?? change["Name"] ?? change["DisplayName"] ?? change["name"]);
      if (name === undefined) continue;
      const before = valueText(change["oldValue"] ?? change["OldValue"]);
      const after = valueText(change["newValue"] ?? change["NewValue"]);
      found.push({ name, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
    }
  return found.length === 0 ? undefined : found;
}

/** The role, group or application that a change names by id and name (`Role.ObjectID`, `Role.DisplayName`). */
export function namedInChanges(changes: readonly ActivityChange[] | undefined): ActivityResource | undefined {
  if (changes === undefined) return undefined;
  for (const kind of ["Role", "Group"]) {
    const find = (name: string): string | undefined => {
      const found = changes.find((change) => change.name === `${kind}.${name}`);
      return found?.after ?? found?.before;
    };
    const id = find("ObjectID") ?? find("TemplateId");
    if (id !== undefined) return { id: id.toLowerCase(), name: find("DisplayName"), type: kind.toLowerCase() };
  }
  return undefined;
}
