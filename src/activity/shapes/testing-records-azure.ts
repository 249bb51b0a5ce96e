/** Records of Azure and Entra, made up: one of each shape, and what it says. */
import type { Json } from "../../core/canonical.ts";
import { APP, AT, type Case, ID, KIM, SUBSCRIPTION, TENANT, VM } from "./testing-ids.ts";

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
export const AZURE_CASES: readonly Case[] = [
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
    // The table has the tenant of its workspace only.
    gives: { ...FLEET, tenant: undefined },
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
];
