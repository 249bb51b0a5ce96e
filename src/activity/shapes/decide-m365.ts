import type { Json } from "../../core/canonical.ts";
import type {
  ActivityActor,
  ActivityEvent,
  ActivityOutcome,
  ActivityResource,
  ActivityShape,
  ActorKind,
} from "../contract-event.ts";
import type { LogSource } from "../sigma/contract.ts";
import { changesOf, namedInChanges } from "./decide-changes.ts";
import { type Draft, outcomeOf, reasonOf } from "./decide-draft.ts";
import { operationText } from "./decide-entra-audit.ts";
import {
  embedded,
  first,
  guidOf,
  ipOf,
  isRec,
  list,
  lower,
  own,
  parsedText,
  type Rec,
  rec,
  text,
  told,
} from "./decide-read.ts";
import { signInOutcome } from "./decide-sign-in.ts";
import { timeOf } from "./decide-time.ts";

export const M365_AUDIT: LogSource = { product: "m365", service: "audit" };

/** Source: learn.microsoft.com/office/office-365-management-api, UserType. Log Analytics writes the words. */
const USER_KINDS: Readonly<Record<string, ActorKind>> = {
  0: "user",
  1: "user",
  2: "user",
  3: "system",
  4: "system",
  5: "service-principal",
  6: "service-principal",
  7: "system",
  8: "system",
  9: "partner",
  10: "user",
  regular: "user",
  reserved: "user",
  admin: "user",
  dcadmin: "system",
  system: "system",
  application: "service-principal",
  serviceprincipal: "service-principal",
  custompolicy: "system",
  systempolicy: "system",
  partnertechnician: "partner",
  guest: "user",
};

/** Record of the Management Activity API. Source: learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema */
export const managementRecord = (of: Rec): Draft => unifiedOf(of, "m365-audit.management-api");

/** Row of Search-UnifiedAuditLog: the record is JSON text in AuditData; where that cell is empty the row's own columns must do. */
export function searchRow(of: Rec): Draft {
  return unifiedOf(searchRecord(of), "m365-audit.search-row");
}
export function searchRecord(of: Rec): Rec {
  const data = rec(embedded(of["AuditData"]));
  if (data !== undefined) return data;
  const row: Record<string, Json> = { ...of };
  const put = (name: string, value: Json | undefined): void => {
    if (row[name] === undefined && value !== undefined) row[name] = value;
  };
  put("Id", of["Identity"]);
  put("CreationTime", of["CreationDate"]);
  put("Operation", of["Operations"]);
  put("UserId", of["UserIds"]);
  return row;
}

/** Row of the table OfficeActivity. */
export const logAnalyticsOffice = (of: Rec): Draft => unifiedOf(officeRecord(of), "m365-audit.log-analytics");

const OFFICE_NAMES: Readonly<Record<string, string>> = {
  OfficeId: "Id",
  OfficeWorkload: "Workload",
  OfficeObjectId: "ObjectId",
  TimeGenerated: "CreationTime",
  Client_IPAddress: "ClientIPAddress",
  Logon_Type: "LogonType",
  AADTarget: "Target",
};
/** The row by the names of the Management Activity API, with JSON in its columns parsed. */
export function officeRecord(of: Rec): Rec {
  const found: Record<string, Json> = {};
  for (const key in of) {
    const value = of[key];
    if (value === null || value === undefined || value === "" || key === "__proto__") continue;
    const parsed = typeof value === "string" ? (parsedText(value) ?? value) : value;
    found[own(OFFICE_NAMES, key) ?? key] = parsed;
  }
  return found;
}

function unifiedOf(of: Rec, shape: ActivityShape): Draft {
  const operation = operationText(text(of["Operation"]));
  const changes = of["ModifiedProperties"] === undefined ? undefined : changesOf([embedded(of["ModifiedProperties"])]);
  const workload = text(of["Workload"]);
  const request = requestOf(of);
  const target = targetOf(of, workload, request);
  const tenant = guidOf(of["OrganizationId"]) ?? lower(of["OrganizationId"]);
  return {
    source: "m365-audit",
    shape,
    logsource: M365_AUDIT,
    id: told(of["Id"]) ?? told(of["Identity"]) ?? told(of["_ItemId"]) ?? told(of["ItemId"]),
    at: timeOf(of["CreationTime"]) ?? timeOf(of["CreationDate"]),
    tenant,
    operation,
    category: workload,
    service: workload,
    outcome: unifiedOutcome(of, operation),
    reason: reasonOfRecord(of),
    actor: actorOf(of, tenant),
    app: appOf(of),
    ip: ipOf(of["ClientIP"]) ?? ipOf(of["ClientIPAddress"]) ?? ipOf(of["ActorIpAddress"]),
    userAgent: userAgentOf(of),
    resource: namedInChanges(changes) ?? resourceOf(of, { operation, workload }) ?? target,
    target,
    correlation:
      workload === "AzureActiveDirectory" ? first(of, "InterSystemsId", "CorrelationId") : text(of["CorrelationId"]),
    alert: of["AlertId"] === undefined ? undefined : { title: text(of["Name"]), severity: lower(of["Severity"]) },
    request,
    changes,
  };
}

function unifiedOutcome(of: Rec, operation: string): ActivityOutcome {
  if (operation === "userloginfailed" || operation === "userloggedin") {
    const byCode = signInOutcome(told(of["ErrorNumber"]));
    if (operation === "userloginfailed") return byCode === "started" ? "started" : "failure";
    return byCode === "unknown" ? (outcomeOf(text(of["ResultStatus"])) ?? "success") : byCode;
  }
  const status = of["ResultStatus"];
  if (typeof status !== "string") return "unknown";
  return outcomeOf(status) ?? (status.toLowerCase().startsWith("partiallysucceeded") ? "success" : "unknown");
}
function reasonOfRecord(of: Rec): string | undefined {
  const error = of["ErrorNumber"] === undefined ? undefined : told(of["ErrorNumber"]);
  if (error !== undefined && error !== "0") return reasonOf(error, told(of["LogonError"]));
  return of["LogonError"] === undefined ? undefined : told(of["LogonError"]);
}

/** Exchange's trace of one message to one recipient. Source: learn.microsoft.com/exchange/monitoring/trace-an-email-message */
export function messageTrace(of: Rec): Draft {
  const [sender, recipient] = [told(of["SenderAddress"]), told(of["RecipientAddress"])];
  const status = told(of["Status"]);
  const id = told(of["MessageTraceId"]);
  return {
    source: "m365-audit",
    shape: "m365-audit.message-trace",
    logsource: { product: "m365", service: "messagetrace" },
    id: id === undefined ? undefined : [id, recipient?.toLowerCase() ?? "", status?.toLowerCase() ?? ""].join(":"),
    at: timeOf(of["Received"]),
    // Exchange gives the domain and no tenant id.
    tenant: guidOf(of["OrganizationId"]),
    operation: "message trace",
    category: "Exchange",
    service: "Exchange",
    outcome: outcomeOfTrace(status),
    reason: status,
    actor: sender === undefined ? undefined : { id: sender.toLowerCase(), name: sender, kind: "unknown" },
    ip: ipOf(of["FromIP"]),
    resource: id === undefined ? undefined : { id, name: told(of["Subject"]), type: "message" },
    target: recipient === undefined ? undefined : { id: recipient.toLowerCase(), name: recipient, type: "user" },
    correlation: told(of["MessageId"]),
  };
}
function outcomeOfTrace(status: string | undefined): ActivityOutcome {
  const folded = status?.toLowerCase();
  if (folded === "delivered" || folded === "expanded" || folded === "resolved") return "success";
  if (folded === "pending" || folded === "gettingstatus") return "started";
  return folded === "failed" || folded === "quarantined" || folded === "filteredasspam" ? "failure" : "unknown";
}

/** `User_<id>`, `ServicePrincipal_<id>`, `Role_<id>`: an id with its kind, as Entra writes it into the unified audit log. */
function typedId(value: Json | undefined): { readonly id: string; readonly type: string } | undefined {
  if (typeof value !== "string") return undefined;
  const cut = value.indexOf("_");
  if (cut <= 0 || value.length - cut !== 37) return undefined;
  const id = guidOf(value.slice(cut + 1));
  return id === undefined ? undefined : { id, type: value.slice(0, cut).toLowerCase() };
}
type Party = { id?: string; type?: string; name?: string };
/** Actor and Target are lists of `{ID, Type}` for one party. Types: 1 name, 2 other, 3 PUID, 4 SPN, 5 UPN. */
function partyOf(value: Json | undefined): Party {
  const party: Party = {};
  let plain: string | undefined;
  for (const one of list(value)) {
    if (!isRec(one)) continue;
    const said = one["ID"];
    if (typeof said !== "string" || said === "") continue;
    const typed = typedId(said);
    if (typed !== undefined) Object.assign(party, typed);
    else if (guidOf(said) !== undefined) plain ??= said.toLowerCase();
    else if (said.includes("@") || (one["Type"] === 1 && party.name === undefined)) party.name = said;
  }
  if (party.id === undefined && plain !== undefined) party.id = plain;
  return party;
}

function actorOf(of: Rec, tenant: string | undefined): ActivityActor | undefined {
  const user = told(of["UserId"]);
  const typed = typedId(of["UserId"]);
  const party = of["Actor"] === undefined ? undefined : partyOf(of["Actor"]);
  const key = guidOf(of["UserKey"]);
  const id = typed?.id ?? party?.id ?? key ?? user?.toLowerCase();
  if (id === undefined) return undefined;
  const name = typed === undefined ? (user ?? party?.name) : (party?.name ?? user);
  return {
    id,
    name,
    kind: kindOf(of, { user, type: typed?.type ?? party?.type }),
    homeTenant:
      guidOf(of["ActorContextId"]) ?? (tenant !== undefined && of["Actor"] !== undefined ? tenant : undefined),
  };
}
const SYSTEM_NAMES = /^(?:nt authority|nt service|sharepoint\\|microsoft[\\. ]|app@sharepoint$)/i;
function kindOf(
  of: Rec,
  { user, type }: { readonly user: string | undefined; readonly type: string | undefined },
): ActorKind {
  if (of["IsDelegatedAdmin"] === true || of["DelegatedAdmin"] === true) return "partner";
  if (type === "serviceprincipal") return "service-principal";
  const kind = own(USER_KINDS, String(of["UserType"]).toLowerCase()) ?? "unknown";
  const isAddress = user?.includes("@") === true;
  // "Application" is also written where a person came through one.
  if (kind === "service-principal" && isAddress && user !== "app@sharepoint") return "user";
  if (kind === "user" && user !== undefined && (!isAddress || user === "app@sharepoint"))
    return SYSTEM_NAMES.test(user) ? "system" : kind;
  return kind;
}

function appOf(of: Rec): ActivityEvent["app"] {
  const id = told(of["ApplicationId"]) ?? told(of["ClientAppId"]) ?? told(of["AppId"]);
  const name =
    of["ApplicationDisplayName"] === undefined && of["AppName"] === undefined
      ? undefined
      : first(of, "ApplicationDisplayName", "AppName");
  return id === undefined && name === undefined ? undefined : { id: id?.toLowerCase(), name };
}
function userAgentOf(of: Rec): string | undefined {
  const own = told(of["UserAgent"]);
  if (own !== undefined) return own;
  const pairs = of["ExtendedProperties"];
  if (pairs === undefined) return told(of["ClientInfoString"]);
  let details: string | undefined;
  for (const one of list(embedded(pairs))) {
    if (!isRec(one)) continue;
    if (one["Name"] === "UserAgent") return told(one["Value"]);
    if (one["Name"] === "additionalDetails") details = text(one["Value"]);
  }
  return details?.includes("User-Agent") === true ? told(rec(embedded(details))?.["User-Agent"]) : undefined;
}

function targetOf(of: Rec, workload: string | undefined, request: Json | undefined): ActivityResource | undefined {
  if (of["Target"] !== undefined) {
    const party = partyOf(embedded(of["Target"]));
    const id = party.id ?? party.name?.toLowerCase();
    if (id !== undefined) {
      const type = party.type ?? (workload === "AzureActiveDirectory" ? typeAmong(of["Target"]) : undefined);
      return { id, name: party.name, type };
    }
  }
  const other = told(of["TargetUserOrGroupName"]) ?? told(of["AlertEntityId"]);
  if (other !== undefined)
    return { id: other.toLowerCase(), name: other, type: lower(of["TargetUserOrGroupType"] ?? of["EntityType"]) };
  // Whom a permission is given to.
  const user = isRec(request) ? (told(request["User"]) ?? told(request["Trustee"])) : undefined;
  return user === undefined ? undefined : { id: user.toLowerCase(), name: user, type: "user" };
}
const KINDS_OF_TARGET = new Set(["user", "serviceprincipal", "application", "group", "role", "device", "policy"]);
function typeAmong(value: Json | undefined): string | undefined {
  for (const one of list(value)) {
    const said = isRec(one) ? lower(one["ID"]) : undefined;
    if (said !== undefined && KINDS_OF_TARGET.has(said)) return said;
  }
  return undefined;
}

type About = { readonly operation: string; readonly workload: string | undefined };
function resourceOf(of: Rec, { operation, workload }: About): ActivityResource | undefined {
  const mailbox = told(of["MailboxOwnerUPN"]);
  if (mailbox !== undefined) return { id: mailbox.toLowerCase(), name: mailbox, type: "mailbox" };
  const object = told(of["ObjectId"]);
  if (object === undefined || workload === "AzureActiveDirectory") return undefined;
  const item = told(of["ItemType"]);
  if (item !== undefined)
    return { id: object.toLowerCase(), name: told(of["SourceFileName"]), type: item.toLowerCase() };
  const dash = operation.indexOf("-");
  return {
    id: object.toLowerCase(),
    name: object,
    type: workload === "Exchange" && dash > 0 ? operation.slice(dash + 1) : undefined,
  };
}

/** Parameters of a command and properties of an operation, by name. */
function requestOf(of: Rec): Json | undefined {
  const parameters = of["Parameters"];
  const properties = of["OperationProperties"];
  if (parameters === undefined && properties === undefined) return undefined;
  const found: Record<string, Json> = {};
  let hasAny = false;
  for (const source of [parameters, properties])
    for (const one of list(embedded(source))) {
      if (!isRec(one)) continue;
      const name = one["Name"] ?? one["name"];
      if (typeof name !== "string" || name === "" || name === "__proto__") continue;
      found[name] = one["Value"] ?? one["value"] ?? null;
      hasAny = true;
    }
  if (hasAny) return found;
  return typeof parameters === "string" ? told(parameters) : undefined;
}
