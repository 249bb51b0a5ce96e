import type { ActivityEvent, ActivitySource } from "../contract-event.ts";
import type { LogSource } from "../sigma/contract.ts";
import { ACTIVITY_LOGS } from "./decide-azure.ts";
import { AUDIT_LOGS } from "./decide-entra-audit.ts";
import { THREAT_MANAGEMENT } from "./decide-defender.ts";
import { isRec } from "./decide-read.ts";
import { RISK_DETECTION } from "./decide-risk.ts";
import { SIGN_IN_LOGS } from "./decide-sign-in.ts";

const EXCHANGE: LogSource = { product: "m365", service: "exchange" };
const THREAT_DETECTION: LogSource = { product: "m365", service: "threat_detection" };
const PIM: LogSource = { product: "azure", service: "pim" };
const M365: LogSource = { product: "m365", service: "audit" };
const ours = (source: ActivitySource): LogSource => ({ product: "surety", service: source });

/** What else an event may be called, apart from its own log source: the same happening is told by several logs. */
const KINDS = {
  own: [],
  "m365-entra-audit": [AUDIT_LOGS, ours("entra-audit")],
  "m365-sign-in": [SIGN_IN_LOGS, ours("entra-sign-in")],
  "m365-exchange": [EXCHANGE],
  "m365-alert": [THREAT_MANAGEMENT, THREAT_DETECTION, ours("defender")],
  "m365-compliance": [THREAT_MANAGEMENT, THREAT_DETECTION],
  "activity-alert": [ours("defender")],
  "cloud-app-alert": [THREAT_MANAGEMENT, THREAT_DETECTION],
  "identity-alert": [RISK_DETECTION, ours("entra-risk")],
  "risky-sign-in": [RISK_DETECTION],
  "entra-audit": [M365],
  "pim-audit": [PIM, M365],
  "device-audit": [ACTIVITY_LOGS, M365],
  "cloud-app-record": [M365, ours("m365-audit")],
} as const satisfies Record<string, readonly LogSource[]>;
type Kind = keyof typeof KINDS;

/** Arrays are made once for each combination, so that who matches rules can remember what it found out about them. */
const made = new Map<string, readonly LogSource[]>();

/**
 * Every log source that an event answers to: what Sigma's taxonomy calls it, `{product: "surety", service: <source>}` for our own rules, and
 * those of other logs that tell of the same things: a sign-in in the unified audit log is a sign-in, an alert in it an alert.
 */
export function logSourcesOf(event: ActivityEvent): readonly LogSource[] {
  const { product, service, category } = event.logsource;
  const kind = kindOf(event);
  const key = `${event.source}|${kind}|${product ?? ""}|${service ?? ""}|${category ?? ""}`;
  let found = made.get(key);
  if (found === undefined) {
    found = [event.logsource, ours(event.source), ...KINDS[kind]];
    // Names of log sources are few; a flood of invented categories must not fill the memory.
    if (made.size < MADE_MAX) made.set(key, found);
  }
  return found;
}
const MADE_MAX = 10_000;

function kindOf(event: ActivityEvent): Kind {
  switch (event.source) {
    case "m365-audit":
      return unifiedKind(event);
    case "azure-activity":
      return event.alert === undefined ? "own" : "activity-alert";
    case "entra-sign-in":
      return hasRisk(event) ? "risky-sign-in" : "own";
    case "entra-audit":
      return auditKind(event);
    case "defender":
      return alertKind(event);
    default:
      return "own";
  }
}

function unifiedKind({ category, operation, alert }: ActivityEvent): Kind {
  switch (category) {
    case "AzureActiveDirectory":
      return operation === "userloggedin" || operation === "userloginfailed" ? "m365-sign-in" : "m365-entra-audit";
    case "Exchange":
      return "m365-exchange";
    case "SecurityComplianceCenter":
      return alert === undefined ? "m365-compliance" : "m365-alert";
    default:
      return "own";
  }
}

/** Products whose alerts Sigma's rules expect in the compliance center: cloud apps and mail. */
const CLOUD_APP_PRODUCTS = /mcas|cloud app|cloudapp|office ?365|oatp|security ?&? ?compliance/i;
const IDENTITY_PRODUCTS = /identity ?protection|\bipc\b|aadip/i;
function alertKind({ alert, service, category, shape }: ActivityEvent): Kind {
  if (shape === "defender.hunting-row" && category === "CloudAppEvents") return "cloud-app-record";
  if (alert === undefined) return "own";
  const product = `${service ?? ""} ${shape === "defender.sentinel-alert" ? (category ?? "") : ""}`;
  if (IDENTITY_PRODUCTS.test(product)) return "identity-alert";
  return CLOUD_APP_PRODUCTS.test(product) ? "cloud-app-alert" : "own";
}

/** Types of risk that a sign-in names. */
export function riskTypesOf({ raw }: ActivityEvent): readonly string[] {
  if (!isRec(raw)) return [];
  const of = isRec(raw["properties"]) ? raw["properties"] : raw;
  for (const name of ["riskEventTypes_v2", "riskEventTypes", "RiskEventTypes_V2", "RiskEventTypes"]) {
    const found = of[name];
    const types = typeof found === "string" ? found.split(/[^A-Za-z]+/) : Array.isArray(found) ? found : [];
    const named = types.filter((one): one is string => typeof one === "string" && one !== "");
    if (named.length > 0) return named;
  }
  return [];
}
const hasRisk = (event: ActivityEvent): boolean => riskTypesOf(event).length > 0;

/** Activities of devices that one rule looks for in the Activity Log; they have only ever been in Entra's. */
const DEVICE_OPERATIONS = new Set([
  "delete device",
  "delete device configuration",
  "update device",
  "update device configuration",
]);
function auditKind({ service, operation }: ActivityEvent): Kind {
  if (DEVICE_OPERATIONS.has(operation)) return "device-audit";
  return service === "PIM" ? "pim-audit" : "entra-audit";
}
