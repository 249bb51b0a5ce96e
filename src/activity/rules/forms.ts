/**
 * The same happening in the other forms in which its system hands it over. Rules are written on normalised fields, so they must say the same of
 * each: a test sends every example through all of them, and the reference says on which each rule was proven. For tests and the reference only.
 */
type Rec = Readonly<Record<string, unknown>>;
export type Form = { readonly name: string; readonly of: (record: Rec) => Rec | undefined };

const isRec = (value: unknown): value is Rec => typeof value === "object" && value !== null && !Array.isArray(value);
const rec = (value: unknown): Rec => (isRec(value) ? value : {});
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const valueOf = (value: unknown): string => (isRec(value) ? text(value["value"]) : text(value));
const list = (value: unknown): readonly Rec[] => (Array.isArray(value) ? value.filter(isRec) : []);
/** As JSON in a text, the way the columns of Log Analytics hold it. */
const column = (value: unknown): string => JSON.stringify(value ?? null);
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

type AzureParts = {
  readonly time: string;
  readonly operation: string;
  readonly resource: string;
  readonly status: string;
  readonly subStatus: string;
  readonly ip: string;
  readonly caller: string;
  readonly claims: Rec;
  readonly correlation: string;
  readonly tenant: string;
  readonly properties: Rec;
};
const WORDS: Readonly<Record<string, string>> = {
  Start: "Started",
  Accept: "Accepted",
  Success: "Succeeded",
  Failure: "Failed",
};

/** What the Activity Log says, from its Event Hub and ARM forms. Logs of single resources have the Event Hub form only. */
function azureParts(of: Rec): AzureParts | undefined {
  const isArm = isRec(of["operationName"]) && of["eventTimestamp"] !== undefined;
  if (!isArm && (of["category"] !== "Administrative" || of["time"] === undefined)) return undefined;
  const status = isArm ? valueOf(of["status"]) : text(of["resultType"]);
  return {
    time: text(isArm ? of["eventTimestamp"] : of["time"]),
    operation: valueOf(of["operationName"]),
    resource: text(of["resourceId"]),
    status: WORDS[status] ?? status,
    subStatus: isArm ? valueOf(of["subStatus"]) : (text(of["resultSignature"]).split(".")[1] ?? ""),
    ip: text(isArm ? rec(of["httpRequest"])["clientIpAddress"] : of["callerIpAddress"]),
    caller: text(of["caller"]),
    claims: rec(isArm ? of["claims"] : rec(of["identity"])["claims"]),
    correlation: text(of["correlationId"]),
    tenant: text(of["tenantId"]),
    properties: rec(of["properties"]),
  };
}
const subscriptionOf = (resource: string): string => /^\/subscriptions\/([^/]+)/i.exec(resource)?.[1] ?? "";

const AZURE_FORMS: readonly Form[] = [
  {
    name: "azure-activity.arm",
    of: (record) => {
      const parts = azureParts(record);
      return (
        parts && {
          eventTimestamp: parts.time,
          operationName: { value: parts.operation },
          resourceId: parts.resource,
          status: { value: parts.status },
          subStatus: { value: parts.subStatus },
          caller: parts.caller,
          claims: parts.claims,
          httpRequest: { clientIpAddress: parts.ip },
          correlationId: parts.correlation,
          subscriptionId: subscriptionOf(parts.resource),
          tenantId: parts.tenant,
          properties: parts.properties,
        }
      );
    },
  },
  {
    name: "azure-activity.event-hub",
    of: (record) => {
      const parts = azureParts(record);
      const short = Object.entries(WORDS).find(([, word]) => word === parts?.status)?.[0];
      return (
        parts && {
          time: parts.time,
          operationName: parts.operation.toUpperCase(),
          resourceId: parts.resource.toUpperCase(),
          category: "Administrative",
          resultType: short ?? parts.status,
          resultSignature: `${parts.status}.${parts.subStatus}`,
          callerIpAddress: parts.ip,
          correlationId: parts.correlation,
          identity: { claims: { name: parts.caller, ...parts.claims } },
          tenantId: parts.tenant,
          properties: parts.properties,
        }
      );
    },
  },
  {
    name: "azure-activity.log-analytics",
    of: (record) => {
      const parts = azureParts(record);
      return (
        parts && {
          Type: "AzureActivity",
          TimeGenerated: parts.time,
          OperationNameValue: parts.operation,
          ActivityStatusValue: parts.status,
          ActivitySubstatusValue: parts.subStatus,
          Caller: parts.caller,
          CallerIpAddress: parts.ip,
          CategoryValue: "Administrative",
          Claims: column(parts.claims),
          CorrelationId: parts.correlation,
          SubscriptionId: subscriptionOf(parts.resource),
          Properties: column(parts.properties),
          _ResourceId: parts.resource.toLowerCase(),
        }
      );
    },
  },
];

const isAudit = (of: Rec): boolean => of["activityDisplayName"] !== undefined && of["initiatedBy"] !== undefined;
const isSignIn = (of: Rec): boolean => of["createdDateTime"] !== undefined && isRec(of["status"]) && "appId" in of;
const isRisk = (of: Rec): boolean => of["riskEventType"] !== undefined && of["detectedDateTime"] !== undefined;
const enveloped = (of: Rec, more: Rec): Rec => ({ tenantId: TENANT, properties: of, ...more });
const TENANT = "7d1f0c52-0b7e-4c55-9a3e-2f6b8f0a1c11";
const rows = (of: Rec, more: Rec): Rec => ({
  ...Object.fromEntries(
    Object.entries(of).map(([name, value]) => [
      capital(name),
      typeof value === "object" && value !== null ? column(value) : value,
    ]),
  ),
  AADTenantId: TENANT,
  ...more,
});

const ENTRA_FORMS: readonly Form[] = [
  {
    name: "entra-audit.event-hub",
    of: (of) =>
      isAudit(of)
        ? enveloped(of, {
            time: of["activityDateTime"],
            category: "AuditLogs",
            operationName: of["activityDisplayName"],
          })
        : undefined,
  },
  {
    name: "entra-audit.log-analytics",
    of: (of) =>
      isAudit(of)
        ? rows(of, {
            Type: "AuditLogs",
            TimeGenerated: of["activityDateTime"],
            OperationName: of["activityDisplayName"],
          })
        : undefined,
  },
  {
    name: "entra-sign-in.event-hub",
    of: (of) =>
      isSignIn(of)
        ? enveloped(of, {
            time: of["createdDateTime"],
            category: "SignInLogs",
            operationName: "Sign-in activity",
            resultType: String(rec(of["status"])["errorCode"]),
            callerIpAddress: of["ipAddress"],
          })
        : undefined,
  },
  {
    name: "entra-sign-in.log-analytics",
    of: (of) =>
      isSignIn(of)
        ? rows(of, {
            Type: "SigninLogs",
            Category: "SignInLogs",
            OperationName: "Sign-in activity",
            TimeGenerated: of["createdDateTime"],
            ResultType: String(rec(of["status"])["errorCode"]),
            IPAddress: of["ipAddress"],
            LocationDetails: column(of["location"]),
            Location: rec(of["location"])["countryOrRegion"],
            ResourceId: "",
            ResourceIdentity: of["resourceId"],
          })
        : undefined,
  },
  {
    name: "entra-risk.event-hub",
    of: (of) =>
      isRisk(of)
        ? enveloped(of, {
            time: of["detectedDateTime"],
            category: "UserRiskEvents",
            operationName: "User Risk Detection",
          })
        : undefined,
  },
  {
    name: "entra-risk.log-analytics",
    of: (of) =>
      isRisk(of) ? rows(of, { Type: "AADUserRiskEvents", TimeGenerated: of["detectedDateTime"] }) : undefined,
  },
];

const isUnified = (of: Rec): boolean => of["CreationTime"] !== undefined && of["OrganizationId"] !== undefined;

const UNIFIED_FORMS: readonly Form[] = [
  {
    name: "m365-audit.search-row",
    of: (of) =>
      isUnified(of)
        ? {
            RecordType: of["RecordType"],
            CreationDate: of["CreationTime"],
            UserIds: of["UserId"],
            Operations: of["Operation"],
            AuditData: column(of),
            Identity: of["Id"],
          }
        : undefined,
  },
  {
    name: "m365-audit.log-analytics",
    of: (of) => {
      // The table holds Exchange, SharePoint and Teams only.
      if (!isUnified(of) || !["Exchange", "OneDrive", "SharePoint"].includes(text(of["Workload"]))) return undefined;
      const { Workload, Id, CreationTime, ObjectId, Parameters, ...others } = of;
      return {
        ...others,
        Type: "OfficeActivity",
        TimeGenerated: CreationTime,
        OfficeWorkload: Workload,
        OfficeId: Id,
        ...(ObjectId === undefined ? {} : { OfficeObjectId: ObjectId }),
        ...(Parameters === undefined ? {} : { Parameters: column(Parameters) }),
      };
    },
  },
  {
    // The unified audit log tells Entra's audit again, with a dot behind the operation.
    name: "m365-audit.management-api",
    of: (of) => {
      // It leaves the reason of a result out.
      if (!isAudit(of) || of["resultReason"] !== undefined) return undefined;
      const user = rec(rec(of["initiatedBy"])["user"]);
      const [target] = list(of["targetResources"]);
      if (user["id"] === undefined || target === undefined) return undefined;
      const typed = /^[0-9a-f-]{36}$/.test(text(target["id"]))
        ? [{ ID: `${text(target["type"])}_${text(target["id"])}`, Type: 2 }]
        : [];
      const named = text(target["userPrincipalName"]) || text(target["displayName"]);
      return {
        CreationTime: text(of["activityDateTime"]).replace("Z", ""),
        Id: `1a00ffff-0000-4000-8000-${text(of["id"]).replaceAll(/\W|_/g, "").toLowerCase().slice(-12).padStart(12, "0")}`,
        Operation: `${text(of["activityDisplayName"])}.`,
        OrganizationId: TENANT,
        RecordType: 8,
        ResultStatus: of["result"] === "success" ? "Success" : "Failure",
        UserType: 0,
        Workload: "AzureActiveDirectory",
        UserId: user["userPrincipalName"],
        ObjectId: named,
        Actor: [
          { ID: user["userPrincipalName"], Type: 5 },
          { ID: `User_${text(user["id"])}`, Type: 2 },
          { ID: user["id"], Type: 2 },
        ],
        Target: [
          ...typed,
          { ID: target["id"], Type: 2 },
          { ID: named, Type: target["userPrincipalName"] === undefined ? 1 : 5 },
        ],
        ModifiedProperties: list(target["modifiedProperties"]).map((one) => ({
          Name: one["displayName"],
          OldValue: one["oldValue"] ?? "",
          NewValue: one["newValue"] ?? "",
        })),
      };
    },
  },
];

/** Every form in which some record can be said again. */
export const FORMS: readonly Form[] = [...AZURE_FORMS, ...ENTRA_FORMS, ...UNIFIED_FORMS];

/** A stream with every record that can be said in a form said in it; undefined when none can. */
export function inForm(records: readonly unknown[], { of }: Form): readonly Rec[] | undefined {
  let isAny = false;
  const said = records.map((record) => {
    const other = isRec(record) ? of(record) : undefined;
    if (other !== undefined) isAny = true;
    return other ?? rec(record);
  });
  return isAny ? said : undefined;
}
