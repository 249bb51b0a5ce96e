import { PROBLEM_ADVICE, type PartnerCenterProblem, type PartnerCenterProblemKind } from "./contract.ts";

/** Microsoft's codes that mean more than their HTTP status. Source: CONTRACT 1.5 and 15. */
const KIND_OF_CODE: Readonly<Record<PartnerCenterProblemKind, readonly string[]>> = {
  "auth-config": ["900420"],
  "mfa-needed": ["900421"],
  "consent-needed": [],
  "needs-user-token": ["900329"],
  "forbidden-role": ["900308", "900150", "900335"],
  "conditional-access": ["900309"],
  "agreement-unsigned": ["900124"],
  "detached-customer": ["20002", "900159"],
  "stale-etag": ["2055"],
  "pending-operation": ["900278", "800060", "800082"],
  "not-allowed-now": [
    "2001",
    "2011",
    "800012",
    "800040",
    "800090",
    "800091",
    "800096",
    "900115",
    "900214",
    "900257",
    "900277",
    "900279",
    "900280",
    "900307",
    "900311",
    "900337",
  ],
  "too-late": ["900117", "900213"],
  "purchase-refused": [
    "800018",
    "800023",
    "800025",
    "800039",
    "800069",
    "800073",
    "800074",
    "800075",
    "900121",
    "900149",
    "900416",
  ],
  "not-found": ["20003", "800111", "600074"],
  "bad-request": ["800002", "900118", "600002", "600049", "600050", "600051"],
  throttled: [],
  outage: [],
  "unreadable-answer": [],
};
const KIND_BY_CODE = new Map(
  Object.entries(KIND_OF_CODE).flatMap(([kind, codes]) =>
    codes.map((code) => [code, kind as PartnerCenterProblemKind] as const),
  ),
);

/** An answer that is not a success, reduced to what decides its meaning. */
export type BadAnswer = {
  readonly httpStatus: number;
  /** Parsed body; undefined when empty, HTML or broken. */
  readonly body: unknown;
  readonly retryAfter: string | null;
  readonly wwwAuthenticate: string | null;
  /** Whether the call may have changed something. */
  readonly isWrite: boolean;
};
export type CallIds = { readonly requestId: string; readonly correlationId: string };

const DETAIL_CHARS_MAX = 400;
const RETRY_AFTER_SECONDS_MAX = 86_400;

const member = (value: unknown, name: string): unknown => {
  if (value === null || typeof value !== "object") return undefined;
  return Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
};
const asText = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined;

/** Code and words of an error body in any of its shapes: standard, newer, throttling gateway, Graph. */
export function errorBody(body: unknown): { readonly code: string | undefined; readonly detail: string | undefined } {
  const inner = member(body, "error");
  const source = inner !== null && typeof inner === "object" ? inner : body;
  const detail = asText(member(source, "description")) ?? asText(member(source, "message"));
  return { code: asText(member(source, "code")), detail: detail?.slice(0, DETAIL_CHARS_MAX) };
}

/** Seconds to wait as Microsoft says them, in the header or in the words of the body. */
export function retryAfterSeconds(header: string | null, detail: string | undefined): number | undefined {
  const said = /^\s*(\d{1,7})\s*$/.exec(header ?? "")?.[1] ?? /try again in (\d{1,7}) seconds/i.exec(detail ?? "")?.[1];
  return said === undefined ? undefined : Math.min(Number(said), RETRY_AFTER_SECONDS_MAX);
}

function kindByStatus(answer: BadAnswer): PartnerCenterProblemKind {
  const { httpStatus: status } = answer;
  if (status === 401) return /mfa/i.test(answer.wwwAuthenticate ?? "") ? "mfa-needed" : "auth-config";
  if (status === 403) return "forbidden-role";
  if (status === 404 || status === 410) return "not-found";
  if (status === 409) return "pending-operation";
  if (status === 412) return "stale-etag";
  if (status === 429) return "throttled";
  if (status === 408 || status >= 500) return "outage";
  return status >= 400 ? "bad-request" : "unreadable-answer";
}

/** What an unsuccessful answer means. The code decides first, since Microsoft uses 400 and 403 for nearly everything. */
export function problemOf(answer: BadAnswer, ids: CallIds): PartnerCenterProblem {
  const { code, detail } = errorBody(answer.body);
  const byStatus = kindByStatus(answer);
  const passing = byStatus === "throttled" || byStatus === "outage";
  const kind = passing ? byStatus : ((code === undefined ? undefined : KIND_BY_CODE.get(code)) ?? byStatus);
  return {
    kind,
    advice: PROBLEM_ADVICE[kind],
    detail: detail ?? `Microsoft answered with status ${answer.httpStatus} and no readable reason`,
    code,
    httpStatus: answer.httpStatus,
    ...ids,
    retryAfterSeconds: retryAfterSeconds(answer.retryAfter, detail),
    outcomeUnknown: answer.isWrite && byStatus === "outage",
  };
}

/** What a refused token exchange means. Source: CONTRACT 1.4 and the error list of the token service (AADSTS numbers). */
export function tokenProblemOf(answer: BadAnswer, ids: CallIds): PartnerCenterProblem {
  const error = asText(member(answer.body, "error"))?.toLowerCase();
  const words = asText(member(answer.body, "error_description")) ?? "";
  const code = /AADSTS\d{4,8}/.exec(words)?.[0];
  const needsPerson = error === "interaction_required" || code === "AADSTS50076" || code === "AADSTS50079";
  const byStatus = kindByStatus(answer);
  const kind: PartnerCenterProblemKind =
    byStatus === "outage" || byStatus === "throttled" || error === "temporarily_unavailable"
      ? byStatus === "throttled"
        ? "throttled"
        : "outage"
      : needsPerson
        ? "mfa-needed"
        : error === "invalid_grant"
          ? "consent-needed"
          : "auth-config";
  return {
    kind,
    advice: PROBLEM_ADVICE[kind],
    detail: `token refused: ${error ?? `status ${answer.httpStatus}`}${words === "" ? "" : `, ${words.split("\n")[0]?.slice(0, DETAIL_CHARS_MAX) ?? ""}`}`,
    code,
    httpStatus: answer.httpStatus,
    ...ids,
    retryAfterSeconds: retryAfterSeconds(answer.retryAfter, undefined),
    outcomeUnknown: false,
  };
}

/** No answer at all, or one that cannot be read. */
export const silence = (
  kind: "outage" | "unreadable-answer",
  detail: string,
  call: CallIds & { readonly isWrite: boolean; readonly httpStatus?: number | undefined },
): PartnerCenterProblem => ({
  kind,
  advice: PROBLEM_ADVICE[kind],
  detail,
  httpStatus: call.httpStatus,
  requestId: call.requestId,
  correlationId: call.correlationId,
  outcomeUnknown: call.isWrite,
});
