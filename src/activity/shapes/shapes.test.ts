/** One record of each shape, made up, and what it says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../core/canonical.ts";
import { SHAPES, type ActivityEvent } from "../contract-event.ts";
import { fieldText } from "./decide-fields.ts";
import { normalise } from "./normalise.ts";

const receivedAt = Temporal.Instant.from("2026-06-01T00:00:00Z");
const TENANT = "11111111-1111-4111-8111-111111111111";
const SUBSCRIPTION = "22222222-2222-4222-8222-222222222222";
const KIM = "33333333-3333-4333-8333-333333333333";
const APP = "44444444-4444-4444-8444-444444444444";
const ID = "55555555-5555-4555-8555-555555555555";
const VM = `/subscriptions/${SUBSCRIPTION}/resourceGroups/RG/providers/Microsoft.Compute/virtualMachineScaleSets/fleet`;
const AT = "2026-05-01T10:00:00Z";

/** A scale set of GPU machines, as each form of the Activity Log tells it. */
const fleetBody = JSON.stringify({
  location: "Sweden Central",
  sku: { name: "Standard_NC24ads_A100_v4", capacity: 20 },
});
const CLAIMS = {
  "http://schemas.microsoft.com/identity/claims/objectidentifier": KIM.toUpperCase(),
  "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "Kim@Contoso.com",
  "http://schemas.microsoft.com/identity/claims/tenantid": TENANT,
  appid: APP,
  iss: `https://sts.windows.net/${TENANT}/`,
};
const FLEET = {
  source: "azure-activity",
  id: ID,
  at: AT,
  tenant: TENANT,
  subscription: SUBSCRIPTION,
  operation: "microsoft.compute/virtualmachinescalesets/write",
  outcome: "success",
  "actor.id": KIM,
  "actor.kind": "user",
  "actor.homeTenant": TENANT,
  "app.id": APP,
  ip: "203.0.113.9",
  "resource.id": VM.toLowerCase(),
  "resource.name": "fleet",
  "resource.type": "microsoft.compute/virtualmachinescalesets",
  "resource.region": "swedencentral",
  "resource.sku": "standard_nc24ads_a100_v4",
  "resource.capacity": "20",
};
/** Kim made Alex a Global Administrator, as each form of Entra's audit log tells it. */
const ROLE_CHANGES = [
  { displayName: "Role.ObjectID", oldValue: null, newValue: '"77777777-7777-4777-8777-777777777777"' },
  { displayName: "Role.DisplayName", oldValue: null, newValue: '"Global Administrator"' },
];
const ALEX = "66666666-6666-4666-8666-666666666666";
const graphAudit = {
  id: "Directory_1",
  category: "RoleManagement",
  correlationId: "c0ffee",
  result: "success",
  activityDisplayName: "Add member to role",
  activityDateTime: AT,
  loggedByService: "Core Directory",
  initiatedBy: { user: { id: KIM, userPrincipalName: "kim@contoso.com", ipAddress: "203.0.113.9" }, app: null },
  targetResources: [
    { id: ALEX, userPrincipalName: "alex@contoso.com", type: "User", modifiedProperties: ROLE_CHANGES },
  ],
};
const ROLE_GIVEN = {
  source: "entra-audit",
  id: "Directory_1",
  at: AT,
  operation: "add member to role",
  service: "Core Directory",
  outcome: "success",
  "actor.id": KIM,
  "actor.name": "kim@contoso.com",
  "target.id": ALEX,
  "target.name": "alex@contoso.com",
  "target.type": "user",
  "resource.type": "role",
  "resource.name": "Global Administrator",
};
const graphSignIn = {
  id: ID,
  createdDateTime: AT,
  userId: KIM,
  userPrincipalName: "kim@contoso.com",
  appId: APP,
  appDisplayName: "Azure CLI",
  ipAddress: "2001:0DB8:0:0:0:0:0:1",
  status: { errorCode: 50_126, failureReason: "Invalid username or password" },
  location: { countryOrRegion: "SE" },
  resourceId: "797f4846-ba00-4fd7-ba43-dac1f8f63013",
  resourceDisplayName: "Azure Resource Manager",
  conditionalAccessStatus: "notApplied",
};
const SIGN_IN = {
  source: "entra-sign-in",
  id: ID,
  at: AT,
  operation: "sign-in activity",
  outcome: "failure",
  reason: "50126: Invalid username or password",
  "actor.id": KIM,
  "app.name": "Azure CLI",
  ip: "2001:db8::1",
  country: "SE",
  "resource.name": "Azure Resource Manager",
};
const risk = {
  id: "r1",
  riskEventType: "leakedCredentials",
  riskLevel: "high",
  riskState: "atRisk",
  detectedDateTime: AT,
  userId: KIM,
  userPrincipalName: "kim@contoso.com",
  ipAddress: "203.0.113.9",
};
const RISK = {
  source: "entra-risk",
  id: "r1",
  at: AT,
  operation: "leakedcredentials",
  "actor.id": KIM,
  "alert.severity": "high",
  ip: "203.0.113.9",
};
const capital = (of: { readonly [key: string]: Json }): { [key: string]: Json } =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key.charAt(0).toUpperCase() + key.slice(1), value]));
const unified = {
  CreationTime: "2026-05-01T10:00:00",
  Id: ID,
  Operation: "New-InboxRule",
  OrganizationId: TENANT,
  RecordType: 1,
  ResultStatus: "True",
  UserType: 2,
  Workload: "Exchange",
  ClientIP: "[2001:db8::1]:50123",
  UserId: "Kim@contoso.com",
  ObjectId: "kim\\hide",
  Parameters: [{ Name: "DeleteMessage", Value: "True" }],
};
const INBOX_RULE = {
  source: "m365-audit",
  id: ID,
  at: AT,
  tenant: TENANT,
  operation: "new-inboxrule",
  category: "Exchange",
  outcome: "success",
  "actor.id": "kim@contoso.com",
  "actor.kind": "user",
  ip: "2001:db8::1",
  "resource.type": "inboxrule",
  "request.DeleteMessage": "True",
};

type Case = {
  readonly shape: ActivityEvent["shape"];
  readonly says: string;
  readonly raw: Json;
  readonly gives: Readonly<Record<string, string | undefined>>;
};
const CASES: readonly Case[] = [
  {
    shape: "azure-activity.arm",
    says: "a GPU fleet is created",
    raw: {
      eventDataId: ID.toUpperCase(),
      eventTimestamp: AT,
      operationName: { value: "Microsoft.Compute/virtualMachineScaleSets/write", localizedValue: "Create scale set" },
      category: { value: "Administrative" },
      status: { value: "Succeeded" },
      subStatus: { value: "Created", localizedValue: "Created (HTTP Status Code: 201)" },
      caller: "Kim@Contoso.com",
      claims: CLAIMS,
      httpRequest: { clientIpAddress: "203.0.113.9" },
      resourceId: VM,
      subscriptionId: SUBSCRIPTION,
      tenantId: TENANT,
      properties: { requestbody: fleetBody },
    },
    gives: FLEET,
  },
  {
    shape: "azure-activity.event-hub",
    says: "the same",
    raw: {
      time: AT,
      operationName: "MICROSOFT.COMPUTE/VIRTUALMACHINESCALESETS/WRITE",
      category: "Administrative",
      resultType: "Success",
      resultSignature: "Succeeded.Created",
      callerIpAddress: "203.0.113.9:4711",
      resourceId: VM.toUpperCase(),
      identity: { claims: CLAIMS },
      tenantId: TENANT,
      properties: { eventDataId: ID, requestbody: fleetBody },
    },
    gives: FLEET,
  },
  {
    shape: "azure-activity.log-analytics",
    says: "the same",
    raw: {
      Type: "AzureActivity",
      TimeGenerated: "2026-05-01 10:00:00",
      EventDataId: ID,
      OperationNameValue: "Microsoft.Compute/virtualMachineScaleSets/write",
      ActivityStatusValue: "Success",
      CallerIpAddress: "203.0.113.9",
      Caller: "Kim@Contoso.com",
      Claims: JSON.stringify(CLAIMS),
      SubscriptionId: SUBSCRIPTION,
      _ResourceId: VM.toLowerCase(),
      Properties: JSON.stringify({ requestbody: fleetBody }),
    },
    gives: FLEET,
  },
  {
    shape: "entra-audit.graph",
    says: "a role is given",
    raw: graphAudit,
    gives: { ...ROLE_GIVEN, ip: "203.0.113.9", category: "RoleManagement" },
  },
  {
    shape: "entra-audit.event-hub",
    says: "the same",
    raw: {
      time: AT,
      category: "AuditLogs",
      operationName: "Add member to role",
      tenantId: TENANT,
      properties: graphAudit,
    },
    gives: { ...ROLE_GIVEN, tenant: TENANT },
  },
  {
    shape: "entra-audit.log-analytics",
    says: "the same",
    raw: {
      Type: "AuditLogs",
      TimeGenerated: AT,
      AADTenantId: TENANT,
      Id: "Directory_1",
      OperationName: "Add member to role",
      Result: "success",
      LoggedByService: "Core Directory",
      InitiatedBy: JSON.stringify(graphAudit.initiatedBy),
      TargetResources: JSON.stringify(graphAudit.targetResources),
    },
    gives: { ...ROLE_GIVEN, tenant: TENANT },
  },
  { shape: "entra-sign-in.graph", says: "a wrong password", raw: graphSignIn, gives: SIGN_IN },
  {
    shape: "entra-sign-in.event-hub",
    says: "the same",
    raw: {
      time: AT,
      category: "NonInteractiveUserSignInLogs",
      resultType: "50126",
      tenantId: TENANT,
      properties: graphSignIn,
    },
    gives: { ...SIGN_IN, tenant: TENANT, category: "NonInteractiveUserSignInLogs" },
  },
  {
    shape: "entra-sign-in.log-analytics",
    says: "the same",
    raw: {
      ...capital(graphSignIn),
      Type: "SigninLogs",
      TimeGenerated: AT,
      ResultType: "50126",
      ResultDescription: "Invalid username or password",
      IPAddress: "2001:0db8:0000:0000:0000:0000:0000:0001",
      LocationDetails: JSON.stringify(graphSignIn.location),
      Location: "SE",
      ResourceIdentity: graphSignIn.resourceId,
      ResourceId: "/tenants/x/providers/Microsoft.aadiam",
    },
    gives: SIGN_IN,
  },
  { shape: "entra-risk.graph", says: "a leaked password", raw: risk, gives: RISK },
  {
    shape: "entra-risk.event-hub",
    says: "the same",
    raw: { time: AT, category: "UserRiskEvents", tenantId: TENANT, properties: risk },
    gives: { ...RISK, tenant: TENANT },
  },
  {
    shape: "entra-risk.log-analytics",
    says: "the same",
    raw: { ...capital(risk), Type: "AADUserRiskEvents", TimeGenerated: AT },
    gives: RISK,
  },
  { shape: "m365-audit.management-api", says: "an inbox rule that deletes", raw: unified, gives: INBOX_RULE },
  {
    shape: "m365-audit.search-row",
    says: "the same",
    raw: {
      RecordType: "ExchangeAdmin",
      CreationDate: AT,
      UserIds: "Kim@contoso.com",
      Operations: "New-InboxRule",
      AuditData: JSON.stringify(unified),
      Identity: ID,
    },
    gives: INBOX_RULE,
  },
  {
    shape: "m365-audit.log-analytics",
    says: "the same",
    raw: {
      Type: "OfficeActivity",
      TimeGenerated: AT,
      OfficeId: ID,
      OfficeWorkload: "Exchange",
      OfficeObjectId: "kim\\hide",
      Operation: "New-InboxRule",
      OrganizationId: TENANT,
      ResultStatus: "True",
      UserType: "Admin",
      UserId: "Kim@contoso.com",
      ClientIP: "[2001:db8::1]:50123",
      Parameters: JSON.stringify(unified.Parameters),
    },
    gives: INBOX_RULE,
  },
  {
    shape: "m365-audit.message-trace",
    says: "a mail that was taken for spam",
    raw: {
      Organization: "contoso.com",
      MessageTraceId: "t1",
      Received: "2026-05-01T10:00:00",
      SenderAddress: "Kim@contoso.com",
      RecipientAddress: "you@example.com",
      Status: "FilteredAsSpam",
      FromIP: "203.0.113.9",
    },
    gives: {
      id: "t1:you@example.com:filteredasspam",
      at: AT,
      outcome: "failure",
      "actor.id": "kim@contoso.com",
      "target.id": "you@example.com",
      ip: "203.0.113.9",
    },
  },
  {
    shape: "defender.alert-v2",
    says: "an alert",
    raw: {
      "@odata.type": "#microsoft.graph.security.alert",
      id: "a1",
      title: "Password spray",
      severity: "high",
      status: "new",
      category: "CredentialAccess",
      createdDateTime: AT,
      tenantId: TENANT,
      serviceSource: "azureAdIdentityProtection",
      evidence: [
        { userAccount: { azureAdUserId: KIM, userPrincipalName: "kim@contoso.com" } },
        { ipAddress: "203.0.113.9", countryLetterCode: "se" },
      ],
    },
    gives: {
      source: "defender",
      id: "a1",
      at: AT,
      "alert.title": "Password spray",
      "alert.severity": "high",
      "actor.id": KIM,
      ip: "203.0.113.9",
      service: "azureAdIdentityProtection",
    },
  },
  {
    shape: "defender.incident",
    says: "an incident that was closed: a record of its own",
    raw: {
      id: "17",
      displayName: "Ransomware",
      severity: "high",
      status: "resolved",
      determination: "malware",
      createdDateTime: AT,
      incidentWebUrl: "https://security.microsoft.com/incidents/17",
    },
    gives: { id: "17:resolved", at: AT, "alert.title": "Ransomware", operation: "incident" },
  },
  {
    shape: "defender.legacy-alert",
    says: "an alert of the first kind",
    raw: {
      id: "l1",
      title: "Mining",
      azureTenantId: TENANT,
      azureSubscriptionId: SUBSCRIPTION,
      severity: "medium",
      status: "newAlert",
      eventDateTime: AT,
      vendorInformation: { provider: "ASC" },
      userStates: [{ userPrincipalName: "kim@contoso.com", logonIp: "203.0.113.9" }],
    },
    gives: {
      id: "l1",
      at: AT,
      subscription: SUBSCRIPTION,
      "actor.id": "kim@contoso.com",
      ip: "203.0.113.9",
      service: "ASC",
    },
  },
  {
    shape: "defender.hunting-row",
    says: "a sign-in at a device",
    raw: {
      category: "AdvancedHunting-DeviceLogonEvents",
      time: AT,
      tenantId: TENANT,
      properties: {
        Timestamp: AT,
        ActionType: "LogonFailed",
        DeviceId: "d1",
        DeviceName: "pc1",
        AccountName: "kim",
        RemoteIP: "203.0.113.9",
        ReportId: 5,
      },
    },
    gives: {
      operation: "logonfailed",
      outcome: "failure",
      category: "DeviceLogonEvents",
      ip: "203.0.113.9",
      "resource.type": "device",
      "actor.name": "kim",
    },
  },
  {
    shape: "defender.sentinel-alert",
    says: "an alert in Sentinel",
    raw: {
      Type: "SecurityAlert",
      TimeGenerated: AT,
      StartTimeUtc: "2026-05-01 10:00:00",
      SystemAlertId: "s1",
      AlertName: "Digital currency mining",
      AlertType: "VM_CryptoMiner",
      AlertSeverity: "High",
      ProductName: "Azure Security Center",
      Status: "New",
      ResourceId: VM,
      Entities: JSON.stringify([{ Type: "ip", Address: "203.0.113.9" }]),
    },
    gives: {
      id: "s1",
      at: AT,
      operation: "vm_cryptominer",
      subscription: SUBSCRIPTION,
      "alert.title": "Digital currency mining",
      "alert.severity": "high",
      ip: "203.0.113.9",
      "resource.name": "fleet",
    },
  },
  {
    shape: "defender.cloud-alert",
    says: "the same from Defender for Cloud",
    raw: {
      id: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Security/locations/x/alerts/c1`,
      name: "c1",
      type: "Microsoft.Security/Locations/alerts",
      properties: {
        alertDisplayName: "Digital currency mining",
        alertType: "VM_CryptoMiner",
        severity: "High",
        status: "Active",
        startTimeUtc: AT,
        resourceIdentifiers: [{ azureResourceId: VM }],
      },
    },
    gives: {
      id: "c1",
      at: AT,
      operation: "vm_cryptominer",
      subscription: SUBSCRIPTION,
      "alert.severity": "high",
      "resource.name": "fleet",
    },
  },
  {
    shape: "partner-center.audit",
    says: "a subscription that grows",
    raw: {
      partnerId: APP,
      customerId: TENANT,
      operationDate: "2026-05-01T10:00:00.1234567Z",
      operationType: "update_subscription",
      operationStatus: "succeeded",
      resourceType: "subscription",
      userPrincipalName: "Ann@reseller.example",
      resourceOldValue: '{"quantity":5,"status":"active"}',
      resourceNewValue: '{"quantity":500,"status":"active"}',
      customizedData: [{ key: "SubscriptionId", value: ID }],
    },
    gives: {
      source: "partner-center",
      tenant: TENANT,
      operation: "update_subscription",
      outcome: "success",
      "actor.id": "ann@reseller.example",
      "actor.kind": "partner",
      "actor.homeTenant": APP,
      "resource.id": ID,
      "resource.type": "subscription",
      "request.quantity": "500",
      "changes.0.name": "quantity",
      "changes.0.before": "5",
      "changes.0.after": "500",
    },
  },
  {
    shape: "partner-center.fraud-event",
    says: "Microsoft says fraud",
    raw: {
      eventId: "f1",
      eventTime: "2026-05-01T10:00:00",
      customerTenantId: TENANT,
      subscriptionId: SUBSCRIPTION,
      eventType: "NetworkConnectionsToCryptoMiningPools",
      severity: "High",
      displayName: "Mining",
      eventStatus: "Active",
      affectedResources: [{ azureResourceId: VM, type: "vmss" }],
    },
    gives: {
      id: "f1",
      at: AT,
      tenant: TENANT,
      subscription: SUBSCRIPTION,
      operation: "networkconnectionstocryptominingpools",
      "alert.severity": "high",
      "resource.name": "fleet",
    },
  },
  {
    shape: "partner-center.webhook",
    says: "an order changed",
    raw: {
      EventName: "subscription-updated",
      ResourceUri: `https://api.partnercenter.microsoft.com/v1/customers/${TENANT}/subscriptions/${ID}`,
      ResourceName: "subscription",
      AuditUri: null,
      ResourceChangeUtcDate: AT,
    },
    gives: { tenant: TENANT, operation: "subscription-updated", "resource.type": "subscription", at: AT },
  },
  {
    shape: "unknown",
    says: "nothing we know",
    raw: { hello: "world", time: AT },
    gives: { source: "unknown", operation: "unknown", at: AT },
  },
];

for (const { shape, says, raw, gives } of CASES)
  test(`${shape}: ${says}`, () => {
    const [event, ...more] = normalise(raw, { receivedAt });
    assert.ok(event !== undefined && more.length === 0);
    assert.equal(event.shape, shape);
    assert.deepEqual(Object.fromEntries(Object.keys(gives).map((name) => [name, fieldText(event, name)])), gives);
  });

test("every shape has its record", () =>
  assert.deepEqual([...new Set(CASES.map(({ shape }) => shape))].sort(), [...SHAPES].sort()));

test("records of one request stay apart, the same record repeated does not", () => {
  const started = {
    time: AT,
    operationName: "Microsoft.Compute/virtualMachines/write",
    category: "Administrative",
    resultType: "Start",
    correlationId: "c1",
    resourceId: VM,
  };
  const ids = [
    started,
    { ...started, resultType: "Accept", time: "2026-05-01T10:00:01Z" },
    { ...started, resultType: "Success", time: "2026-05-01T10:00:09Z" },
    started,
  ].map((raw) => normalise(raw, { receivedAt })[0]?.id);
  assert.equal(new Set(ids).size, 3);
  assert.equal(ids[0], ids[3]);
});

test("names all in lower case are read as if they were not", () => {
  const lowered = JSON.parse(
    JSON.stringify(unified).replaceAll(/"(\w+)":/g, (_, name: string) => `"${name.toLowerCase()}":`),
  ) as Json;
  const [event] = normalise(lowered, { receivedAt });
  assert.equal(event?.operation, "new-inboxrule");
  assert.equal(event?.id, ID);
});

test("rows of a query are records of its table", () => {
  const events = normalise(
    {
      tables: [
        {
          name: "PrimaryResult",
          columns: [
            { name: "Type" },
            { name: "EventDataId" },
            { name: "OperationNameValue" },
            { name: "TimeGenerated" },
          ],
          rows: [
            ["AzureActivity", ID, "a/b/write", AT],
            ["AzureActivity", KIM, "a/b/delete", AT],
          ],
        },
      ],
    },
    { receivedAt },
  );
  assert.deepEqual(
    events.map(({ id, operation }) => [id, operation]),
    [
      [ID, "a/b/write"],
      [KIM, "a/b/delete"],
    ],
  );
});
