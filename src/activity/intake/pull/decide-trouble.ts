import type { PartnerCenterProblem } from "../../../partner-center/contract.ts";
import type { PullState } from "../contract-pull.ts";

/** What a refusal means for one customer's feed, and when to ask again. `desk`: it is our own sign-in; asking on would only add refusals. */
export type Trouble =
  | { readonly kind: "customer"; readonly state: PullState; readonly waitSeconds: number }
  | { readonly kind: "desk" };

/** What a customer or we must mend first is asked for again a few times a day. */
const MENDED_SECONDS = 6 * 3_600;
const OUTAGE_SECONDS_FIRST = 60;
const OUTAGE_SECONDS_MAX = 3_600;
const THROTTLED_SECONDS = 300;

/** The token service about one tenant, not about us. Source: learn.microsoft.com/entra/identity-platform/reference-error-codes */
const CONSENT_CODES = new Set([
  "AADSTS65001",
  "AADSTS65004",
  "AADSTS700016",
  "AADSTS7000229",
  "AADSTS500014",
  "AADSTS50020",
  "AADSTS90094",
]);
const TENANT_GONE_CODES = new Set(["AADSTS90002", "AADSTS900023", "AADSTS500208"]);
const ACCESS_CODES = new Set(["AADSTS50105", "AADSTS530003", "AADSTS53003", "AADSTS50076", "AADSTS50079"]);

export function troubleOf(problem: PartnerCenterProblem, failures: number): Trouble {
  const state = stateOf(problem);
  if (state === "desk") return { kind: "desk" };
  if (state === "throttled")
    return { kind: "customer", state, waitSeconds: problem.retryAfterSeconds ?? THROTTLED_SECONDS };
  if (state === "failing")
    return {
      kind: "customer",
      state,
      waitSeconds: Math.min(OUTAGE_SECONDS_MAX, OUTAGE_SECONDS_FIRST * 2 ** Math.min(failures, 10)),
    };
  return { kind: "customer", state, waitSeconds: MENDED_SECONDS };
}

function stateOf({ kind, code, detail, httpStatus }: PartnerCenterProblem): PullState | "desk" {
  const told = `${code ?? ""} ${detail}`;
  if (kind === "throttled") return "throttled";
  if (kind === "outage" || kind === "unreadable-answer") return "failing";
  if (code !== undefined && CONSENT_CODES.has(code)) return "no-consent";
  if (code !== undefined && TENANT_GONE_CODES.has(code)) return "gone";
  if (code !== undefined && ACCESS_CODES.has(code)) return "no-access";
  // No answer of an interface, or one of the token service: our own sign-in.
  if (kind === "needs-user-token" || code?.startsWith("AADSTS") === true || httpStatus === undefined) return "desk";
  if (/premium|licen[cs]e|SKU|not provisioned|tenant is not onboarded/i.test(told)) return "no-licence";
  // The Management Activity API about tenants whose audit log is off. Source: its reference, "Errors".
  if (/\bAF(10011|20023|20052)\b|unified audit/i.test(told)) return "audit-off";
  if (kind === "detached-customer" || httpStatus === 404 || httpStatus === 410) return "gone";
  if (httpStatus === 401 || httpStatus === 403) return "no-access";
  return "failing";
}
