import { hash } from "node:crypto";
import type { Json } from "../../core/canonical.ts";
import type { ActivityEvent } from "../contract-event.ts";
import { restoredCase } from "./decide-case.ts";
import { readerOf } from "./decide-classify.ts";
import { type Draft, eventOfDraft } from "./decide-draft.ts";
import { membersOf } from "./decide-members.ts";
import { contentOf, isRec, type Rec } from "./decide-read.ts";
import { timeOf } from "./decide-time.ts";

/** Hexadecimal digits of a hash in an id: 96 bits. */
const DIGITS = 24;

/**
 * Every record of an input as a normalised event: one for a record, many for an envelope. Never throws, whatever the JSON; what no reader
 * knows is an event of source `unknown` with its raw record. The same record always gives the same event.
 */
export function normalise(raw: Json, at: { readonly receivedAt: Temporal.Instant }): readonly ActivityEvent[] {
  const members = membersOf(raw);
  return members.length === 1
    ? [eventOf(members[0] ?? null, at.receivedAt)]
    : members.map((one) => eventOf(one, at.receivedAt));
}

function eventOf(raw: Json, receivedAt: Temporal.Instant): ActivityEvent {
  if (!isRec(raw)) return unknownEvent(raw, receivedAt);
  try {
    const draft = draftOf(raw);
    return draft === undefined ? unknownEvent(raw, receivedAt) : finished(draft, raw, receivedAt);
  } catch {
    // A form that a reader cannot bear is a form we do not know: kept raw and counted like any other unknown one.
    return unknownEvent(raw, receivedAt);
  }
}

function draftOf(raw: Rec): Draft | undefined {
  const reader = readerOf(raw);
  if (reader !== undefined) return reader(raw);
  const restored = restoredCase(raw);
  return restored === undefined ? undefined : readerOf(restored)?.(restored);
}

function finished(draft: Draft, raw: Json, receivedAt: Temporal.Instant): ActivityEvent {
  const id = draft.id ?? `${draft.prefix ?? ""}${hashOf(draft.content ?? contentOf(raw))}`;
  return eventOfDraft(draft, { id: isPlain(id) ? id : hashOf(id), at: draft.at ?? receivedAt, raw });
}
/** Longer ids, and those with characters that no system writes into one, are hashed: an id is a key, and stands in links. */
const ID_MAX = 400;
const isPlain = (id: string): boolean => id.length <= ID_MAX && !/\p{Cc}/u.test(id);
const hashOf = (content: string): string => hash("sha256", content, "hex").slice(0, DIGITS);

/** Members in which any log may say when something happened. */
const TIME_NAMES = [
  "time",
  "timestamp",
  "@timestamp",
  "Timestamp",
  "TimeGenerated",
  "eventTime",
  "createdDateTime",
  "CreationTime",
  "date",
];
function unknownEvent(raw: Json, receivedAt: Temporal.Instant): ActivityEvent {
  const time = isRec(raw)
    ? TIME_NAMES.map((name) => timeOf(raw[name])).find((found) => found !== undefined)
    : undefined;
  return {
    id: hashOf(contentOf(raw)),
    source: "unknown",
    shape: "unknown",
    logsource: {},
    at: time ?? receivedAt,
    operation: "unknown",
    outcome: "unknown",
    raw,
  };
}
