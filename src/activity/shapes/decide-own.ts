import type { Json } from "../../core/canonical.ts";
import type { ActivityEvent } from "../contract-event.ts";
import { restoredCase } from "./decide-case.ts";
import { officeRecord, searchRecord } from "./decide-m365.ts";
import { embeddedRec, isRec, NO_REC, parsedText, type Rec } from "./decide-read.ts";

type View = Record<string, unknown>;

/**
 * The record's own fields, in an object of their own. JSON in texts is opened, and the text stays beside it: `properties.requestbody` is then
 * found as text and its members by name.
 */
export function ownFields({ raw, shape }: ActivityEvent): View {
  if (!isRec(raw)) return {};
  switch (shape) {
    case "m365-audit.management-api":
      return typeof raw["creationtime"] === "string" ? { ...(restoredCase(raw) ?? raw) } : { ...raw };
    case "m365-audit.search-row":
      return { ...raw, ...searchRecord(raw) };
    case "m365-audit.log-analytics":
      return { ...opened(raw, 1), ...officeRecord(raw) };
    case "defender.hunting-row":
      return rowFields(raw);
    default:
      return opened(typeof raw["operationname"] === "string" ? (restoredCase(raw) ?? raw) : raw, 2);
  }
}

/** A row of advanced hunting by its columns, without the envelope; rows of cloud apps hold a record of the unified audit log. */
function rowFields(raw: Rec): View {
  const found = opened(raw, 2);
  const row = isRec(raw["properties"]) ? raw["properties"] : raw;
  const inner = embeddedRec(row["RawEventData"]);
  for (const part of [row, inner ?? NO_REC])
    for (const key in part) if (key !== "__proto__" && !Object.hasOwn(found, key)) found[key] = part[key];
  return found;
}

/** A copy in which members that are JSON texts are both: what they hold, and the text. */
function opened(of: Rec, depth: number): View {
  const found: View = {};
  for (const key in of) {
    if (key === "__proto__") continue;
    const value = of[key];
    if (typeof value === "string") found[key] = openedText(value, depth);
    else if (depth > 1 && isRec(value) && key === "properties") found[key] = opened(value, depth - 1);
    else found[key] = value;
  }
  return found;
}
function openedText(value: string, depth: number): unknown {
  const start = value.charCodeAt(0);
  if (start !== 0x7b && start !== 0x5b) return value;
  const parsed = parsedText(value);
  if (parsed === undefined) return value;
  const held: unknown = depth > 1 && isRec(parsed) ? opened(parsed, depth - 1) : parsed;
  return Array.isArray(held) ? [...(held as readonly Json[]), value] : [held, value];
}
