import { z } from "zod";
import { CASE_FAMILIES } from "../../cases/contract-states.ts";
import { ABUSES, type Abuse, CONTAINMENTS, type DetectionCard } from "../contract-detector.ts";
import { type ActivitySource, SOURCES } from "../contract-event.ts";
import type { RuleNotes } from "../contract-hit.ts";
import type { LogSource, SigmaDocument, SigmaEvent } from "../sigma/contract.ts";

/** Events that one entry of an example stands for, and events of one example. */
const TIMES_MAX = 200;
const EVENTS_MAX = 1_000;
const TEXT_MAX = 2_000;

const text = z.string().trim().min(1).max(TEXT_MAX);
const record = z.record(z.string(), z.unknown());
const repeated = z.strictObject({ times: z.int().min(1).max(TIMES_MAX), of: record });

/**
 * What may stand under a rule's own key `surety`. An event of an example is a raw record, or `{times, of}`: that many records, in which `<n>`
 * is 00, 01 … and `<a|b|c>` goes round its words.
 */
export const ruleNotes = z.strictObject({
  titleSv: text.exactOptional(),
  family: z.enum(CASE_FAMILIES).exactOptional(),
  abuse: z.array(z.enum(ABUSES)).min(1).exactOptional(),
  why: text.exactOptional(),
  sources: z.array(z.enum(SOURCES)).min(1).exactOptional(),
  runbook: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "a runbook is the name of a page, such as coin-mining")
    .exactOptional(),
  covers: text.exactOptional(),
  contain: z.enum(CONTAINMENTS).exactOptional(),
  fold: z.array(text).max(8).optional(),
  across: z.literal("customers").optional(),
  twinOf: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "a twin is the id of a detector, such as fleet-burst")
    .optional(),
  examples: z
    .array(
      z.strictObject({
        name: text,
        hits: z.boolean(),
        events: z
          .array(z.union([repeated, record]))
          .min(1)
          .transform(expanded),
      }),
    )
    .optional(),
});

function expanded(entries: readonly Record<string, unknown>[]): readonly SigmaEvent[] {
  const events = entries.flatMap((entry) => {
    const many = repeated.safeParse(entry);
    return many.success
      ? Array.from({ length: many.data.times }, (_none, at) => numbered(many.data.of, at) as SigmaEvent)
      : [numbered(entry, 0) as SigmaEvent];
  });
  return events.slice(0, EVENTS_MAX);
}

/** Puts a number and a word of each round into every text of a record. */
function numbered(value: unknown, at: number): unknown {
  if (typeof value === "string")
    return value
      .replaceAll("<n>", String(at).padStart(2, "0"))
      .replaceAll(/<([^<>]*\|[^<>]*)>/g, (_whole, words: string) => {
        const list = words.split("|");
        return list[at % list.length] ?? "";
      });
  if (Array.isArray(value)) return value.map((member) => numbered(member, at));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, numbered(member, at)]));
}

/** A fault of the notes with the way to it: `["examples", 0, "hits"]`. */
export type NotesFault = { readonly path: readonly (string | number)[]; readonly message: string };

/** Reads what stands under `surety`; nothing there is no fault, since foreign rules run too. */
export function readNotes(value: unknown): { readonly notes: RuleNotes; readonly faults: readonly NotesFault[] } {
  if (value === undefined || value === null) return { notes: {}, faults: [] };
  const read = ruleNotes.safeParse(value);
  if (read.success) return { notes: read.data, faults: [] };
  const faults = read.error.issues.map(({ path, message }) => ({
    path: path.filter((step) => typeof step !== "symbol"),
    message,
  }));
  return { notes: {}, faults };
}

/** Runbook of rules that do not name one. */
export const UNKNOWN_RUNBOOK = "unknown-rule";

/** What a rule says about itself, with what is assumed where it says nothing. */
export function cardOfNotes(document: SigmaDocument, notes: RuleNotes): DetectionCard {
  const { head } = document;
  const attack = attackOf(head.tags);
  return {
    id: head.id ?? head.name ?? head.title,
    title: head.title,
    titleSv: notes.titleSv ?? head.title,
    level: head.level ?? "medium",
    family: notes.family ?? "misuse",
    abuse: notes.abuse ?? abuseOf(attack),
    why: notes.why ?? head.description ?? "",
    sources: notes.sources ?? (document.kind === "correlation" ? [] : sourcesOf(document.logsource)),
    falsePositives: head.falsePositives,
    runbook: notes.runbook ?? UNKNOWN_RUNBOOK,
    attack,
    covers: notes.covers ?? "",
    contain: notes.contain ?? "none",
  };
}

/** `attack.t1078.004` → `T1078.004`; tactics and other tags are left out. */
export const attackOf = (tags: readonly string[]): readonly string[] =>
  tags.flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? []);

/** Which abuse a technique speaks of when the rule does not say; the longest prefix counts. Source: RULES, section 4. */
const ABUSE_BY_TECHNIQUE: readonly (readonly [prefix: string, abuse: Abuse])[] = [
  ["T1496", "A4"],
  ["T1498", "A3"],
  ["T1499", "A3"],
  ["T1586.002", "A1"],
  ["T1564.008", "A1"],
  ["T1566", "A1"],
  ["T1204", "A5"],
  ["T1105", "A5"],
  ["T1608", "A5"],
  ["T1098.003", "M5"],
];
function abuseOf(attack: readonly string[]): readonly Abuse[] {
  const found = attack.flatMap((id) => ABUSE_BY_TECHNIQUE.find(([prefix]) => id.startsWith(prefix))?.[1] ?? []);
  return found.length === 0 ? ["A2"] : [...new Set(found)];
}

/** Which of our sources a log source means. A key that is absent fits everything. */
const SOURCE_BY_SERVICE: Readonly<Record<string, ActivitySource>> = {
  activitylogs: "azure-activity",
  auditlogs: "entra-audit",
  pim: "entra-audit",
  signinlogs: "entra-sign-in",
  riskdetection: "entra-risk",
  audit: "m365-audit",
  exchange: "m365-audit",
  threat_detection: "m365-audit",
  threat_management: "m365-audit",
};
function sourcesOf({ product, service }: LogSource): readonly ActivitySource[] {
  if (service === undefined)
    return product === undefined || product === "surety" ? SOURCES.filter((source) => source !== "unknown") : [];
  const own = SOURCES.find((source) => source === service);
  const known = own ?? SOURCE_BY_SERVICE[service];
  return known === undefined ? [] : [known];
}
