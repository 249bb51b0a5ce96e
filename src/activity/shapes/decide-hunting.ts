import type { ActivityActor, ActivityResource } from "../contract-event.ts";
import { SECURITY_ALERTS } from "./decide-defender.ts";
import { type Draft, outcomeOf, reasonOf } from "./decide-draft.ts";
import {
  contentOf,
  countryOf,
  embedded,
  embeddedRec,
  first,
  ipOf,
  lower,
  type Rec,
  text,
  told,
} from "./decide-read.ts";
import { timeOf } from "./decide-time.ts";

/** Row of advanced hunting, in the envelope of streaming or alone. The table is the envelope's category. */
export function huntingRow(of: Rec): Draft {
  const row = embeddedRec(of["properties"]) ?? of;
  const table = (text(of["category"]) ?? text(row["Type"]) ?? "").replace(/^AdvancedHunting-/i, "");
  const action = first(row, "ActionType", "Action", "DeliveryAction");
  const title = told(row["Title"]);
  const isAlert = told(row["AlertId"]) !== undefined;
  const appName = told(row["Application"]);
  const appId = told(row["AppId"]) ?? told(row["ApplicationId"]);
  const addresses = addressesOf(row, { table, action });
  return {
    source: "defender",
    shape: "defender.hunting-row",
    logsource: isAlert ? SECURITY_ALERTS : { product: "m365", service: table === "" ? "hunting" : table.toLowerCase() },
    id: undefined,
    content: contentOfRow(row, { table, action: isAlert ? undefined : action }),
    at: timeOf(row["Timestamp"]) ?? timeOf(row["TimeGenerated"]) ?? timeOf(of["time"]),
    tenant: lower(told(of["tenantId"])) ?? lower(told(row["TenantId"])),
    operation: (isAlert ? (title ?? table) : (action ?? table)).toLowerCase() || "unknown",
    category: table || undefined,
    service: told(row["ServiceSource"]),
    outcome: outcomeOfRow(row, action),
    reason: reasonOf(told(row["FailureReason"])),
    actor: actorOf(row),
    app: appName === undefined && appId === undefined ? undefined : { id: appId?.toLowerCase(), name: appName },
    ip: addresses.from,
    country: countryOf(row["CountryCode"]) ?? countryOf(row["Location"]),
    userAgent: told(row["UserAgent"]),
    resource: resourceOf(row),
    target:
      addresses.to === undefined ? undefined : { id: addresses.to, name: told(row["RemoteUrl"]), type: "address" },
    correlation: isAlert ? text(row["AlertId"]) : undefined,
    alert: isAlert ? { title, severity: lower(told(row["Severity"])) } : undefined,
    request: embedded(row["RawEventData"] ?? row["AdditionalFields"]),
  };
}

/** ReportId counts events of one device, so it tells rows apart only together with device, time and action. */
function contentOfRow(
  row: Rec,
  { table, action }: { readonly table: string; readonly action: string | undefined },
): string {
  const report = first(row, "ReportId", "ReportID");
  if (report === undefined || action === undefined) return contentOf({ table, row });
  return contentOf({
    table,
    report,
    action,
    device: row["DeviceId"] ?? null,
    at: row["Timestamp"] ?? row["TimeGenerated"] ?? null,
  });
}

function outcomeOfRow(row: Rec, action: string | undefined): Draft["outcome"] {
  const said = outcomeOf(told(row["ActionResult"]));
  if (said !== undefined) return said;
  if (/(?:failed|failure)$/i.test(action ?? "")) return "failure";
  return /success$/i.test(action ?? "") ? "success" : "unknown";
}

/** Tables of devices name both ends. Who began it: the device itself, except for what comes in and for sign-ins at it. */
function addressesOf(
  row: Rec,
  { table, action }: { readonly table: string; readonly action: string | undefined },
): { readonly from: string | undefined; readonly to?: string | undefined } {
  const own = ipOf(row["IPAddress"]) ?? ipOf(row["SenderIPv4"]) ?? ipOf(row["SenderIPv6"]);
  const remote = ipOf(row["RemoteIP"]);
  const local = ipOf(row["LocalIP"]) ?? ipOf(row["PublicIP"]);
  if (own !== undefined) return { from: own };
  const isIncoming = /^devicelogonevents$/i.test(table) || /^inbound|^listening/i.test(action ?? "");
  return isIncoming
    ? { from: remote ?? local }
    : { from: local ?? remote, to: local === undefined ? undefined : remote };
}

const NAMES = [
  "AccountUpn",
  "AccountUPN",
  "InitiatingProcessAccountUpn",
  "SenderFromAddress",
  "SenderEmailAddress",
  "AccountName",
  "InitiatingProcessAccountName",
  "AccountDisplayName",
];
function actorOf(row: Rec): ActivityActor | undefined {
  const name = first(row, ...NAMES);
  const id = first(row, "AccountObjectId", "InitiatingProcessAccountObjectId", "SenderObjectId") ?? name;
  if (id === undefined) return undefined;
  const type = lower(row["AccountType"]);
  const isSystem = type === "system" || /^(?:system|local service|network service)$/i.test(name ?? "");
  return {
    id: id.toLowerCase(),
    name,
    kind: type === "application" ? "service-principal" : isSystem ? "system" : "user",
  };
}

function resourceOf(row: Rec): ActivityResource | undefined {
  const host = first(row, "DeviceName", "TargetDeviceName");
  const object = first(row, "ObjectName", "FileName", "Subject");
  const id = first(row, "ObjectId", "DeviceId", "NetworkMessageId", "TeamsMessageId") ?? host ?? object;
  if (id === undefined) return undefined;
  const type = lower(told(row["ObjectType"]) ?? told(row["EntityType"]));
  const isDevice = host !== undefined && told(row["ObjectId"]) === undefined;
  return { id: id.toLowerCase(), name: host ?? object, type: isDevice ? "device" : type };
}
