import type { Json } from "../../core/canonical.ts";
import type { CustomerId } from "../../core/ids.ts";
import { guid } from "../../core/ids.ts";
import { parseInstant } from "../../core/time.ts";
import type { AuditRecord } from "../../partner-center/contract.ts";
import type {
  ActivityActor,
  ActivityChange,
  ActivityEvent,
  ActivityOutcome,
  ActivityResource,
} from "../contract-event.ts";
import type { LogSource } from "../sigma/contract.ts";
import { type Draft, eventOfDraft, outcomeOf, contentOfParts } from "./decide-draft.ts";
import { contentOf, embedded, first, guidOf, ipOf, isRec, list, lower, type Rec, text, told } from "./decide-read.ts";
import { armIdOf } from "./decide-resource.ts";
import { timeOf } from "./decide-time.ts";

export const PARTNER_CENTER: LogSource = { product: "partnercenter", service: "audit" };

/** An audit record without what only the reader of the API adds. */
type Record_ = Omit<AuditRecord, "id">;

/** A record that the sync already parsed, under the id it gave. */
export function partnerCenterEvent(record: AuditRecord): ActivityEvent {
  return eventOfDraft(auditDraft(record), { id: record.id, at: record.at, raw: record.raw });
}

/** `GET /v1/auditrecords`, one item. Source: CONTRACT section 8. Its id is the one that the sync gives: the two meet. */
export function auditRecord(of: Rec): Draft {
  const at = instantOf(of["operationDate"]) ?? timeOf(of["operationDate"]);
  const data = Object.fromEntries(
    list(of["customizedData"])
      .filter(isRec)
      .flatMap((one) =>
        text(one["key"]) === undefined ? [] : [[text(one["key"]) ?? "", text(one["value"]) ?? null] as const],
      ),
  );
  const record: Record_ = {
    at: at ?? Temporal.Instant.fromEpochMilliseconds(0),
    operation: (text(of["operationType"]) ?? "unknown").toLowerCase(),
    status: text(of["operationStatus"]) ?? "unknown",
    resourceType: text(of["resourceType"]) ?? "unknown",
    customerId: guid(text(of["customerId"]) ?? "") as CustomerId | undefined,
    customerName: text(of["customerName"]),
    userPrincipalName: text(of["userPrincipalName"]),
    applicationId: text(of["applicationId"]),
    before: resourceValue(of["resourceOldValue"]),
    after: resourceValue(of["resourceNewValue"]),
    data,
    raw: of,
  };
  return { ...auditDraft(record), at };
}
const instantOf = (value: Json | undefined): Temporal.Instant | undefined => {
  const parsed = parseInstant(text(value) ?? "");
  return parsed.ok ? parsed.value : undefined;
};
function resourceValue(value: Json | undefined): Json | undefined {
  if (value === null || value === undefined) return undefined;
  return typeof value === "string" ? (value.trim() === "" ? undefined : embedded(value.trim())) : value;
}

function auditDraft(record: Record_): Draft {
  const { at, operation, customerId, resourceType, before, after, data } = record;
  const raw = isRec(record.raw) ? record.raw : {};
  const partner = lower(raw["partnerId"] ?? raw["PartnerId"]);
  const content = [
    resourceType.toLowerCase(),
    record.userPrincipalName?.toLowerCase() ?? null,
    record.applicationId ?? null,
    before ?? null,
    after ?? null,
    data,
  ];
  const user = userOf(data);
  return {
    source: "partner-center",
    shape: "partner-center.audit",
    logsource: PARTNER_CENTER,
    id: undefined,
    prefix: `${at.toString()}_${operation}_${customerId ?? "none"}_`,
    content: contentOf(content),
    at,
    tenant: customerId ?? partner,
    subscription:
      guidOf(lower(data["EntitlementId"])) ??
      guidOf(lower(data["AzureSubscriptionId"])) ??
      azureSubscriptionOf(resourceType, data),
    operation,
    category: resourceType.toLowerCase(),
    outcome: outcomeOfAudit(record.status),
    actor: actorOf(record, partner),
    app: record.applicationId === undefined ? undefined : { id: record.applicationId.toLowerCase() },
    ip: ipOf(data["IpAddress"]) ?? ipOf(data["ClientIp"]) ?? ipOf(raw["ipAddress"]),
    resource: resourceOf(record),
    target: user,
    correlation: lower(data["CorrelationId"]),
    request: after,
    changes: before === undefined || after === undefined ? undefined : differences(before, after),
  };
}

function outcomeOfAudit(status: string): ActivityOutcome {
  return outcomeOf(status) ?? "unknown";
}
function actorOf(
  { userPrincipalName, applicationId }: Record_,
  partner: string | undefined,
): ActivityActor | undefined {
  if (userPrincipalName !== undefined)
    return { id: userPrincipalName.toLowerCase(), name: userPrincipalName, kind: "partner", homeTenant: partner };
  if (applicationId !== undefined)
    return { id: applicationId.toLowerCase(), name: applicationId, kind: "service-principal", homeTenant: partner };
  return undefined;
}
const azureSubscriptionOf = (resourceType: string, data: AuditRecord["data"]): string | undefined =>
  /azure/i.test(resourceType) ? guidOf(lower(data["SubscriptionId"])) : undefined;
function userOf(data: AuditRecord["data"]): ActivityResource | undefined {
  const id = data["CustomerUserId"] ?? data["UserId"] ?? undefined;
  return id === undefined ? undefined : { id: id.toLowerCase(), type: "user" };
}
/** Keys of `customizedData` and members of the resource that name what was acted on, the most telling first. */
const ID_KEYS = [
  "SubscriptionId",
  "SubscriptionId-0",
  "EntitlementId",
  "OrderId",
  "TransferId",
  "RelationshipId",
  "GroupId",
  "RoleId",
  "InvoiceId",
  "CartId",
];
const ID_MEMBERS = ["id", "Id", "subscriptionId", "SubscriptionId"];
function resourceOf({ resourceType, data, after, before, customerId, customerName }: Record_): ActivityResource {
  const type = resourceType.toLowerCase();
  const wanted = type === "order" ? ["OrderId", ...ID_KEYS] : ID_KEYS;
  const inData = wanted.map((key) => data[key] ?? undefined).find((value) => value !== undefined);
  const body = isRec(after) ? after : isRec(before) ? before : undefined;
  const inBody = body === undefined ? undefined : first(body, ...ID_MEMBERS);
  const name = data["SubscriptionName"] ?? data["SubscriptionName-0"] ?? undefined;
  return {
    id: (inData ?? inBody ?? customerId ?? type).toLowerCase(),
    name: name ?? (inData === undefined && inBody === undefined ? customerName : undefined),
    type,
  };
}

const CHANGES_MAX = 100;
const CHANGE_DEPTH_MAX = 4;
/** Members that differ, by their path: `status`, `spendingBudget.amount`. Links and etags change with every write and say nothing. */
function differences(before: Json, after: Json): readonly ActivityChange[] | undefined {
  const found: ActivityChange[] = [];
  const visit = (a: Json | undefined, b: Json | undefined, path: string): void => {
    if (found.length >= CHANGES_MAX) return;
    const depth = path === "" ? 0 : path.split(".").length;
    if (isRec(a) && isRec(b) && depth < CHANGE_DEPTH_MAX) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        if (!/^(?:links|attributes|etag)$/i.test(key)) visit(a[key], b[key], path === "" ? key : `${path}.${key}`);
      return;
    }
    const one = said(a);
    const two = said(b);
    if (one !== two)
      found.push({
        name: path || "value",
        ...(one === undefined ? {} : { before: one }),
        ...(two === undefined ? {} : { after: two }),
      });
  };
  visit(before, after, "");
  return found.length === 0 ? undefined : found;
}
const said = (value: Json | undefined): string | undefined =>
  value === null || value === undefined ? undefined : typeof value === "object" ? contentOf(value) : String(value);

/** Fraud event of the API, old and new model, and Graph's partner security alert. Source: CONTRACT sections 9 and 10. */
export function fraudEvent(of: Rec): Draft {
  const status = lower(told(of["eventStatus"]) ?? told(of["status"]));
  const id = first(of, "eventId", "id");
  const customer = lower(told(of["customerTenantId"]));
  const kind = first(of, "eventType", "alertType");
  const affected = list(of["affectedResources"])[0];
  const arm = isRec(affected) ? armIdOf(first(affected, "azureResourceId", "resourceId")) : undefined;
  const entity = told(of["entityId"]) ?? told(of["resourceName"]);
  return {
    source: "partner-center",
    shape: "partner-center.fraud-event",
    logsource: { product: "partnercenter", service: "fraudevents" },
    id: id === undefined ? undefined : status === undefined || status === "active" ? id : `${id}:${status}`,
    at:
      timeOf(of["eventTime"]) ??
      timeOf(of["detectedDateTime"]) ??
      timeOf(of["firstOccurrence"]) ??
      timeOf(of["firstObservedDateTime"]),
    tenant: customer,
    subscription: guidOf(lower(of["subscriptionId"])),
    operation: (kind ?? "azure_fraud_event_detected").toLowerCase(),
    category: status,
    outcome: "unknown",
    reason: told(of["description"]) ?? told(of["resolvedReason"]),
    country: text(of["country"])?.length === 2 ? text(of["country"])?.toUpperCase() : undefined,
    resource:
      arm === undefined
        ? entity === undefined
          ? undefined
          : { id: entity.toLowerCase(), name: first(of, "entityName", "resourceName") }
        : { id: arm.id, name: arm.name, type: arm.type },
    alert: { title: first(of, "displayName", "serviceName") ?? kind, severity: lower(told(of["severity"])) },
    request: embedded(of["additionalDetails"]),
  };
}

/** Webhook of Partner Center: no data and no id of its own. Source: CONTRACT section 11. */
export function webhook(of: Rec): Draft {
  const uri = text(of["ResourceUri"]) ?? text(of["resourceUri"]);
  const name = (text(of["EventName"]) ?? text(of["eventName"]) ?? "unknown").toLowerCase();
  const when = text(of["ResourceChangeUtcDate"] ?? of["resourceChangeUtcDate"]);
  const audit = text(of["AuditUri"] ?? of["AuditUrl"] ?? of["auditUri"]);
  const customer =
    guidOf(/\/customers\/([0-9a-f-]{36})/i.exec(uri ?? "")?.[1]) ?? guidOf(/_([0-9a-f-]{36})_/i.exec(audit ?? "")?.[1]);
  const kind = told(of["ResourceName"] ?? of["resourceName"])?.toLowerCase();
  return {
    source: "partner-center",
    shape: "partner-center.webhook",
    logsource: { product: "partnercenter", service: "webhook" },
    id: undefined,
    content: contentOfParts(name, uri, when, audit),
    at: timeOf(when),
    tenant: customer,
    subscription: guidOf(/[?&]subscriptionid=([0-9a-f-]{36})/i.exec(uri ?? "")?.[1]),
    operation: name,
    category: kind,
    outcome: "success",
    resource: uri === undefined ? undefined : { id: uri.toLowerCase(), type: kind },
  };
}
