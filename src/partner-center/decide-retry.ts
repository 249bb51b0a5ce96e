import type { PartnerCenterProblem } from "./contract.ts";

/** Tries of one call in all, for answers that time may mend. Microsoft's own client library makes four. */
export const TRIES_MAX = 4;
/** Tries of one call that is being throttled. */
export const THROTTLED_TRIES_MAX = 6;
/** The longest wait inside a call; when Microsoft asks for more, the job is put back on the queue instead. */
export const WAIT_SECONDS_MAX = 120;

const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 20_000;

export type Retry =
  | { readonly kind: "give-up" }
  | { readonly kind: "again"; readonly afterMs: number }
  /** The token may have been revoked or expired early: get a new one, once. */
  | { readonly kind: "renew-token" }
  /** The resource refuses app-only tokens: use the user's, once. */
  | { readonly kind: "use-user-token" };

export type Tried = {
  readonly tries: number;
  readonly tokenRenewed: boolean;
  readonly tokenKind: "app" | "user" | "none";
  readonly hasUserToken: boolean;
  /** A fraction in [0, 1) that spreads the waits of many callers. */
  readonly chance: number;
};

/** 401 answers that name no code, or one that means "token missing or denied". */
const RENEWABLE_CODES = new Set([undefined, "400", "800001", "InvalidAuthenticationToken"]);

/**
 * The one retry policy. Passing troubles are repeated with the same MS-RequestId, so Microsoft can tell a repeat from a new
 * wish; a refusal (4xx) is never repeated as it is. Source: CONTRACT 1.5 and 2.5.
 */
export function decideRetry(problem: PartnerCenterProblem, tried: Tried): Retry {
  if (problem.kind === "throttled") return afterThrottling(problem, tried);
  if (problem.kind === "outage" || problem.kind === "unreadable-answer") return afterOutage(problem, tried);
  const renewable = problem.httpStatus === 401 && problem.kind !== "mfa-needed" && RENEWABLE_CODES.has(problem.code);
  if (renewable && !tried.tokenRenewed && tried.tokenKind !== "none") return { kind: "renew-token" };
  if (problem.kind === "needs-user-token" && tried.tokenKind === "app" && tried.hasUserToken)
    return { kind: "use-user-token" };
  return { kind: "give-up" };
}

function afterThrottling(problem: PartnerCenterProblem, tried: Tried): Retry {
  const said = problem.retryAfterSeconds;
  if (tried.tries >= THROTTLED_TRIES_MAX || (said ?? 0) > WAIT_SECONDS_MAX) return { kind: "give-up" };
  // Retrying early counts against us, and everybody told "57 seconds" comes back at once: so wait a little longer, never less.
  const afterMs = said === undefined ? backoffMs(tried) : said * 1_000 + Math.floor(tried.chance * 1_000);
  return { kind: "again", afterMs };
}

function afterOutage(problem: PartnerCenterProblem, tried: Tried): Retry {
  const said = problem.retryAfterSeconds ?? 0;
  if (tried.tries >= TRIES_MAX || said > WAIT_SECONDS_MAX) return { kind: "give-up" };
  return { kind: "again", afterMs: Math.max(said * 1_000, backoffMs(tried)) };
}

/** Doubling waits with jitter: between half and the whole of the step. */
function backoffMs({ tries, chance }: Tried): number {
  const step = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (tries - 1));
  return Math.floor(step / 2 + (chance * step) / 2);
}
