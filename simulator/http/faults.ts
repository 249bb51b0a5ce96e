import { fractionOf } from "../kernel/ids.ts";
import { type Reply } from "./route.ts";
import { refused, throttled } from "./replies.ts";
import { asStrings, inOddCase, withUnknownWords } from "./messy.ts";

/** What can go wrong. Kinds marked * happen after the call took effect. */
export const FAULT_KINDS = {
  throttle: "429 with Retry-After (`seconds`, 30)",
  "no-mfa": "401 900421",
  refuse: "any refusal: `status` (403), `code` (900308), `text`",
  "server-error": "5xx: `status` (503)",
  "interaction-required": "the token service wants a person: 400 AADSTS50076",
  hang: "no answer until `seconds` (60) have passed, then the connection closes",
  slow: "a right answer, `seconds` (5) late",
  reset: "the connection is reset",
  truncate: "* half of a right answer, then the connection closes",
  html: "an HTML page from a gateway: `status` (502)",
  empty: "an empty body: `status` (500)",
  "stale-etag": "400 2055, or 412 with `status`",
  pending: "409 900278",
  casing: "* a right answer with members in odd case",
  strings: "* a right answer with numbers and booleans as strings",
  "unknown-words": "* a right answer with values no list knows",
  "lost-answer": "* the call takes effect, then the connection is reset, or 5xx with `status`",
  accepted: "a subscription change is answered 202 and takes `seconds` (30)",
} as const;
export type FaultKind = keyof typeof FAULT_KINDS;

export type Fault = {
  readonly kind: FaultKind;
  /** Which calls: method, regular expression over path and query, customer id. Left out = all. */
  readonly method?: string;
  readonly path?: string;
  readonly customer?: string;
  /** How many calls it hits; left out = every one until faults are cleared. */
  readonly count?: number;
  /** Share of the matching calls it hits, 0 to 1; drawn from the world's seed. */
  readonly probability?: number;
  readonly seconds?: number;
  readonly status?: number;
  readonly code?: string;
  readonly text?: string;
};

export type ArmedFault = Fault & { readonly id: string; left: number; hits: number };

export type Faults = {
  add(fault: Fault): string;
  clear(): void;
  list(): readonly ArmedFault[];
  /** The fault this call meets, if any; counts it down. */
  take(call: { method: string; target: string }): ArmedFault | undefined;
};

export function newFaults(seed: () => number): Faults {
  let armed: ArmedFault[] = [];
  let added = 0;
  let drawn = 0;
  const hits = (fault: ArmedFault, call: { method: string; target: string }): boolean => {
    if (fault.left <= 0) return false;
    if (fault.method !== undefined && fault.method.toUpperCase() !== call.method) return false;
    if (fault.path !== undefined && !new RegExp(fault.path, "i").test(call.target)) return false;
    if (fault.customer !== undefined && !call.target.toLowerCase().includes(fault.customer.toLowerCase())) return false;
    drawn += 1;
    return fault.probability === undefined || fractionOf(seed(), "fault", drawn) < fault.probability;
  };
  return {
    add(fault) {
      const id = `fault-${(added += 1)}`;
      armed.push({ ...fault, id, left: fault.count ?? Number.POSITIVE_INFINITY, hits: 0 });
      return id;
    },
    clear() {
      armed = [];
    },
    list: () => armed,
    take(call) {
      const fault = armed.find((one) => hits(one, call));
      if (fault === undefined) return undefined;
      fault.left -= 1;
      fault.hits += 1;
      return fault;
    },
  };
}

/** The answer a fault gives instead of calling the handler; undefined when the handler runs after all. */
export function replyInstead(fault: Fault): Reply | undefined {
  switch (fault.kind) {
    case "throttle":
      return throttled(fault.seconds ?? 30);
    case "no-mfa":
      return noMfa();
    case "interaction-required":
      return interactionRequired();
    case "refuse":
      return refused(
        fault.status ?? 403,
        fault.code ?? "900308",
        fault.text ?? "The caller has no right to this operation.",
      );
    case "server-error":
      return refused(fault.status ?? 503, "5000", "The service is not available right now.");
    case "html":
      return { status: fault.status ?? 502, bytes: { data: GATEWAY_PAGE, type: "text/html; charset=utf-8" } };
    case "empty":
      return { status: fault.status ?? 500 };
    case "stale-etag":
      return refused(fault.status ?? 400, "2055", "Etag is no longer valid");
    case "pending":
      return refused(409, "900278", "A pending operation exists for this subscription.");
    default:
      return undefined;
  }
}

/** What a fault makes of a right answer. */
export function spoil(fault: Fault, reply: Reply): Reply {
  if (fault.kind === "casing") return { ...reply, body: inOddCase(reply.body) };
  if (fault.kind === "strings") return { ...reply, body: asStrings(reply.body) };
  if (fault.kind === "unknown-words") return { ...reply, body: withUnknownWords(reply.body) };
  return reply;
}

export const noMfa = (): Reply => {
  const { status, body } = refused(401, "900421", "MFA required for user access.");
  return { status, body, headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' } };
};

const interactionRequired = (): Reply => ({
  status: 400,
  body: {
    error: "interaction_required",
    error_description:
      "AADSTS50076: Due to a configuration change made by your administrator, you must use multi-factor authentication.",
    error_codes: [50076],
    suberror: "basic_action",
  },
});

const GATEWAY_PAGE = Buffer.from(
  "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n<body><center><h1>Microsoft-Azure-Application-Gateway/v2</h1></center></body></html>\n",
);
