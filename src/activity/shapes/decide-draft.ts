import type { ActivityEvent, ActivityOutcome } from "../contract-event.ts";

/** An event as the reader of its shape gives it: the raw record and, where the source names none, the id are added by `normalise`. */
export type Draft = Omit<ActivityEvent, "id" | "raw" | "at"> & {
  readonly at: Temporal.Instant | undefined;
  /** The source's own id. Undefined: the id is a hash of `content`, and where that is undefined too, of the whole record. */
  readonly id: string | undefined;
  /** What tells this happening from others, when the source gives no id: the same in every form in which it is delivered. */
  readonly content?: string | undefined;
  /** What stands before the hash in the id. */
  readonly prefix?: string | undefined;
};

const SUCCESS = new Set([
  "success",
  "succeeded",
  "succeed",
  "true",
  "ok",
  "resolved",
  "accept",
  "completed",
  "active",
  "created",
]);
const STARTED = new Set([
  "start",
  "started",
  "accepted",
  "progress",
  "inprogress",
  "in progress",
  "running",
  "creating",
  "updating",
]);
const FAILURE = new Set([
  "fail",
  "failed",
  "failure",
  "false",
  "error",
  "denied",
  "unauthorized",
  "forbidden",
  "timeout",
  "decline",
  "declined",
  "canceled",
  "cancelled",
  "clienterror",
  "servererror",
]);

/** Success or failure by the word that a system writes; undefined when it says neither. */
export function outcomeOf(word: string | undefined): ActivityOutcome | undefined {
  if (word === undefined) return undefined;
  const folded = word.toLowerCase();
  if (SUCCESS.has(folded)) return "success";
  if (FAILURE.has(folded)) return "failure";
  return STARTED.has(folded) ? "started" : undefined;
}

/** Success or failure by an HTTP status, as number, text (`200`, `Created`) or `Created (HTTP Status Code: 201)`. */
export function outcomeOfStatus(status: string | undefined): ActivityOutcome | undefined {
  const code = /(?:^|\D)([1-5]\d\d)(?!\d)/.exec(status ?? "")?.[1];
  if (code === undefined) return undefined;
  return code === "202" ? "started" : Number(code) < 400 ? "success" : "failure";
}

/** Texts that say something, joined for `reason`. */
export function reasonOf(...parts: readonly (string | undefined)[]): string | undefined {
  const said = parts.filter((part, at) => part !== undefined && parts.indexOf(part) === at);
  return said.length === 0 ? undefined : said.join(": ");
}

/** What tells one happening from another: parts in lower case, none left out. */
export const contentOfParts = (...parts: readonly (string | undefined)[]): string =>
  parts.map((part) => part?.toLowerCase() ?? "").join("\u0000");

/** The longest operation of Azure's own list has some 200 characters. */
const OPERATION_MAX = 500;

/** Member by member, so that all events have one form in memory: whoever reads them then reads fast. */
export function eventOfDraft(draft: Draft, { id, at, raw }: Pick<ActivityEvent, "id" | "at" | "raw">): ActivityEvent {
  return {
    id,
    source: draft.source,
    shape: draft.shape,
    logsource: draft.logsource,
    at,
    tenant: draft.tenant,
    subscription: draft.subscription,
    operation: draft.operation.length > OPERATION_MAX ? draft.operation.slice(0, OPERATION_MAX) : draft.operation,
    category: draft.category,
    service: draft.service,
    outcome: draft.outcome,
    reason: draft.reason,
    actor: draft.actor,
    app: draft.app,
    ip: draft.ip,
    country: draft.country,
    userAgent: draft.userAgent,
    resource: draft.resource,
    target: draft.target,
    correlation: draft.correlation,
    alert: draft.alert,
    request: draft.request,
    changes: draft.changes,
    raw,
  };
}
