import type { ActivityEvent } from "../contract-event.ts";

/** How long an event is kept depends on what it tells: see retention. */
export const RETENTION_CLASSES = ["admin", "sign-in", "alert", "mailbox", "unknown"] as const;
export type RetentionClass = (typeof RETENTION_CLASSES)[number];

/** Microsoft's cloud is younger: a time before it is a clock that was never set. */
const EARLIEST = Temporal.Instant.from("2000-01-01T00:00:00Z");
/** Clocks of senders run ahead by minutes, never by days. */
const AHEAD_HOURS_MAX = 24;

export type Filing = {
  readonly at: Temporal.Instant;
  /** The event told a time that cannot be: it is filed under the time of its receipt. */
  readonly filed: "too-early" | "too-late" | null;
  /** Its day follows from when it was received, so the same record may come again under another day. */
  readonly isUndated: boolean;
};

/** Under which time an event is kept: its own, unless that is before 2000 or more than a day after its receipt. */
export function filingOf(event: Pick<ActivityEvent, "at" | "source">, receivedAt: Temporal.Instant): Filing {
  const { at } = event;
  if (at.epochMilliseconds < EARLIEST.epochMilliseconds) return { at: receivedAt, filed: "too-early", isUndated: true };
  if (at.epochMilliseconds > receivedAt.epochMilliseconds + AHEAD_HOURS_MAX * 3_600_000)
    return { at: receivedAt, filed: "too-late", isUndated: true };
  return { at, filed: null, isUndated: event.source === "unknown" };
}

const SIGN_INS: ReadonlySet<string> = new Set(["userloggedin", "userloginfailed", "mailboxlogin"]);
/**
 * What people do with mail and files, and what Microsoft's own servers do with mailboxes all day: most of the unified audit log by count,
 * little of it by worth. Rules of mailboxes that matter (inbox rules, forwarding, rights) are administration.
 */
const MAILBOX: ReadonlySet<string> = new Set(
  (
    "mailitemsaccessed messagebind folderbind send sendas sendonbehalf create update copy move movetodeleteditems softdelete harddelete " +
    "recorddelete searchqueryinitiatedexchange searchqueryinitiatedsharepoint set-mailbox set-mailboxplan set-user " +
    "fileaccessed fileaccessedextended filepreviewed filedownloaded filemodified filemodifiedextended fileuploaded filedeleted filemoved " +
    "filerenamed filecopied filecheckedin filecheckedout filesyncdownloadedfull filesyncuploadedfull pageviewed pageviewedextended " +
    "listviewed listitemviewed listitemupdated foldercreated foldermodified"
  ).split(" "),
);
/** `Set-Mailbox` by a person may be forwarding or a right; by Microsoft's service it is upkeep. */
const UPKEEP: ReadonlySet<string> = new Set(["set-mailbox", "set-user"]);

/** The class of an event for retention. */
export function retentionClass(event: Pick<ActivityEvent, "source" | "operation" | "actor">): RetentionClass {
  switch (event.source) {
    case "unknown":
      return "unknown";
    case "entra-sign-in":
      return "sign-in";
    case "entra-risk":
    case "defender":
      return "alert";
    case "m365-audit":
      if (SIGN_INS.has(event.operation)) return "sign-in";
      if (UPKEEP.has(event.operation) && event.actor?.kind !== "system") return "admin";
      return MAILBOX.has(event.operation) ? "mailbox" : "admin";
    default:
      return "admin";
  }
}
