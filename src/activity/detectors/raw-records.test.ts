/** From records as the systems write them, through the normaliser, to the hit: the fields that detectors read are those that shapes fill. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../core/canonical.ts";
import type { DetectorContext, Hit } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { normalise } from "../shapes/normalise.ts";
import { standardSettings } from "./decide-card.ts";
import { DETECTORS } from "./detectors.ts";
import { CUSTOMER, portfolio, REGIONS, START, SUBSCRIPTION } from "./example.ts";
import { hitsIn } from "./run.ts";

const OBJECT = "0b1ec700-0000-4000-8000-000000000001";
const OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const NAME = "eve@fabrikam.example";
const at = (minutes: number) => START.add({ seconds: Math.round(minutes * 60) }).toString();
const guid = (n: number) => `10000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

const events = (records: readonly Json[]): readonly KnownEvent[] =>
  records.flatMap((raw) => normalise(raw, { receivedAt: START })).map((event) => ({ ...event, customer: CUSTOMER }));
function hitsOf(records: readonly Json[], facts?: DetectorContext["portfolio"]): ReadonlyMap<string, readonly Hit[]> {
  const stream = events(records);
  return new Map(
    DETECTORS.map((detector) => {
      const context = { settings: standardSettings(detector.settings), portfolio: facts };
      return [detector.id, [...hitsIn(detector, stream, () => context).values()].flat()] as const;
    }).filter(([, hits]) => hits.length > 0),
  );
}

type Azure = { readonly minutes: number; readonly operation: string; readonly resource: string; readonly body?: Json };
const claims = {
  "http://schemas.microsoft.com/identity/claims/objectidentifier": OBJECT,
  "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": NAME,
};
const forms = {
  "Event Hub": ({ minutes, operation, resource, body }: Azure): Json => ({
    time: at(minutes),
    resourceId: resource.toUpperCase(),
    operationName: operation.toUpperCase(),
    category: "Administrative",
    resultType: "Accept",
    resultSignature: "Accepted.Created",
    callerIpAddress: "192.0.2.10",
    correlationId: guid(minutes),
    identity: { claims },
    properties: {
      eventCategory: "Administrative",
      requestbody: JSON.stringify(body ?? {}),
      eventDataId: guid(minutes),
    },
  }),
  "ARM REST": ({ minutes, operation, resource, body }: Azure): Json => ({
    eventTimestamp: at(minutes),
    eventDataId: guid(minutes),
    correlationId: guid(minutes),
    caller: NAME,
    claims,
    category: { value: "Administrative" },
    operationName: { value: operation, localizedValue: operation },
    resourceId: resource,
    status: { value: "Accepted" },
    subStatus: { value: "Created" },
    ...(resource.includes(SUBSCRIPTION) && { subscriptionId: SUBSCRIPTION }),
    properties: { requestbody: JSON.stringify(body ?? {}), statusCode: "Created" },
  }),
  "Log Analytics": ({ minutes, operation, resource, body }: Azure): Json => ({
    TimeGenerated: at(minutes),
    EventDataId: guid(minutes),
    CorrelationId: guid(minutes),
    Caller: NAME,
    Claims: JSON.stringify(claims),
    CategoryValue: "Administrative",
    OperationNameValue: operation.toUpperCase(),
    _ResourceId: resource,
    ActivityStatusValue: "Accept",
    ActivitySubstatusValue: "Created",
    ...(resource.includes(SUBSCRIPTION) && { SubscriptionId: SUBSCRIPTION }),
    Type: "AzureActivity",
    Properties: JSON.stringify({ requestbody: JSON.stringify(body ?? {}), statusCode: "Created" }),
  }),
};
const vm = (n: number) =>
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm-${n}`;

for (const [form, record] of Object.entries(forms))
  test(`a takeover told as ${form} is one, and so are its fleet and its sizes`, () => {
    const machines = Array.from({ length: 10 }, (_, n) =>
      record({
        minutes: 10 + n,
        operation: "Microsoft.Compute/virtualMachines/write",
        resource: vm(n),
        body: {
          location: REGIONS[n % 3] ?? "",
          properties: { hardwareProfile: { vmSize: "Standard_NC24ads_A100_v4" } },
        },
      }),
    );
    const hits = hitsOf(
      [
        record({
          minutes: 1,
          operation: "Microsoft.Authorization/elevateAccess/action",
          resource: "/providers/Microsoft.Authorization",
        }),
        record({
          minutes: 2,
          operation: "Microsoft.Authorization/roleAssignments/write",
          resource: `/providers/Microsoft.Authorization/roleAssignments/${guid(99)}`,
          body: {
            Properties: {
              PrincipalId: OBJECT,
              PrincipalType: "User",
              RoleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${OWNER}`,
              Scope: "/",
            },
          },
        }),
        ...machines,
      ],
      portfolio({ subscriptionDays: 3 }),
    );
    const levels = [...hits].map(([id, of]) => [id, of[0]?.level, of[0]?.subscription]);
    assert.deepEqual(levels, [
      ["fleet-burst", "critical", SUBSCRIPTION],
      ["first-large-size", "high", SUBSCRIPTION],
      ["takeover-chain", "critical", SUBSCRIPTION],
      ["privileged-grant", "critical", undefined],
    ]);
    assert.deepEqual(hits.get("takeover-chain")?.[0]?.facts, {
      actor: NAME,
      roles: "owner",
      scopes: "/",
      load: "large-size",
      count: 10,
      regions: "brazilsouth, eastus, westeurope",
      sizes: "standard_nc24ads_a100_v4",
      subscriptions: 1,
      minutes: 9,
    });
  });

test("Entra's elevation by object id and Azure's grant by name are one person's", () => {
  const arm = forms["ARM REST"];
  const elevation: Json = {
    id: "Directory_elevation",
    category: "AzureRBACRoleManagementElevateAccess",
    activityDisplayName: "User has elevated their access to User Access Administrator for their Azure Resources",
    activityDateTime: at(0),
    result: "success",
    initiatedBy: { user: { id: OBJECT, userPrincipalName: NAME } },
    targetResources: [],
  };
  const body = {
    Properties: { PrincipalId: OBJECT, RoleDefinitionId: OWNER, Scope: `/subscriptions/${SUBSCRIPTION}` },
  };
  const hits = hitsOf([
    elevation,
    arm({
      minutes: 5,
      operation: "Microsoft.Authorization/roleAssignments/write",
      resource: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/${guid(7)}`,
      body,
    }),
    arm({
      minutes: 9,
      operation: "Microsoft.Compute/virtualMachineScaleSets/write",
      resource: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/set`,
      body: { location: "eastus", sku: { name: "Standard_D16s_v5", capacity: 4 } },
    }),
  ]);
  assert.equal(hits.get("takeover-chain")?.[0]?.level, "critical");
  assert.equal(hits.get("first-large-size")?.[0]?.facts["vcpus"], 64);
});

const audit = (minutes: number, operationType: string, more: { readonly [key: string]: Json } = {}): Json => ({
  partnerId: "0a0a0a0a-0000-4000-8000-00000000000a",
  customerId: CUSTOMER,
  customerName: "Fabrikam",
  userPrincipalName: "anna@reseller.example",
  resourceType: "customer",
  operationType,
  operationDate: at(minutes),
  operationStatus: "succeeded",
  customizedData: [],
  ...more,
});

test("Partner Center's records tell of a burst of purchases and of seats that are filled at once", () => {
  const line = { LineItemNumber: 0, OfferId: "C0BD2E08", FriendlyName: "Microsoft 365 E5", Quantity: 120 };
  const hits = hitsOf([
    audit(0, "add_customer"),
    audit(5, "create_order", {
      resourceType: "order",
      resourceNewValue: JSON.stringify({ Id: "o1", LineItems: [line] }),
    }),
    ...Array.from({ length: 120 }, (_, n) =>
      audit(6 + n / 4, "update_customer_user_licenses", {
        resourceType: "license",
        customizedData: [
          { key: "CustomerUserId", value: guid(n) },
          { key: "AddedLicenseSkuId", value: guid(5) },
        ],
      }),
    ),
  ]);
  assert.deepEqual(
    ["purchase-burst", "order-to-seats"].map((id) => hits.get(id)?.[0]?.level),
    ["high", "high"],
  );
  assert.equal(hits.get("order-to-seats")?.[0]?.facts["people"], 120);
});

test("a spending budget raised through Partner Center, then a GPU size", () => {
  const budget = (amount: number) => JSON.stringify({ amount });
  const hits = hitsOf([
    audit(0, "update_customer_spending_budget", { resourceOldValue: budget(100), resourceNewValue: budget(90_000) }),
    forms["Event Hub"]({
      minutes: 60,
      operation: "Microsoft.Compute/virtualMachines/write",
      resource: vm(1),
      body: { location: "eastus", properties: { hardwareProfile: { vmSize: "Standard_ND96asr_v4" } } },
    }),
  ]);
  assert.equal(hits.get("guard-rails-then-load")?.[0]?.facts["removed"], "spending-budget");
});

test("three customers with one telephone, as add_customer tells it", () => {
  const records = [1, 2, 3].map((n) =>
    audit(n, "add_customer", {
      customerId: guid(500 + n),
      resourceNewValue: JSON.stringify({
        BillingProfile: { Email: `a${n}@b${n}.example`, DefaultAddress: { PhoneNumber: "+46 8 123 456 78" } },
      }),
    }),
  );
  const stream = events(records).map((event, n) => ({ ...event, customer: guid(501 + n) as typeof CUSTOMER }));
  const [detector] = DETECTORS.filter(({ id }) => id === "shared-attributes");
  assert.ok(detector);
  const context = { settings: standardSettings(detector.settings), portfolio: undefined };
  const hits = [...hitsIn(detector, stream, () => context).values()].flat();
  assert.deepEqual(
    hits.map(({ customer }) => customer),
    [501, 502, 503].map(guid),
  );
});

test("a mailbox rule and two hundred messages, as the Management Activity API tells them", () => {
  const record = (
    minutes: number,
    n: number,
    Operation: string,
    more: { readonly [key: string]: Json } = {},
  ): Json => ({
    CreationTime: at(minutes).slice(0, 19),
    Id: guid(n),
    Operation,
    OrganizationId: CUSTOMER,
    RecordType: 2,
    ResultStatus: "Succeeded",
    UserType: 0,
    Version: 1,
    Workload: "Exchange",
    UserId: NAME,
    ...more,
  });
  const hits = hitsOf([
    record(0, 0, "New-InboxRule", {
      RecordType: 1,
      ResultStatus: "True",
      Parameters: [
        { Name: "Name", Value: "." },
        { Name: "DeleteMessage", Value: "True" },
      ],
    }),
    ...Array.from({ length: 201 }, (_, n) => record(60 + n / 5, n + 1, "Send")),
  ]);
  assert.deepEqual(
    hits.get("mass-mail")?.map(({ level, facts }) => [level, facts["messages"], facts["mailbox"]]),
    [["critical", 201, NAME]],
  );
});

test("sign-ins of Graph: tries over accounts from one address, then one gets in from a new country", () => {
  const signIn = (n: number, minutes: number, errorCode: number, user: string): Json => ({
    id: guid(n),
    createdDateTime: at(minutes),
    userPrincipalName: `${user}@fabrikam.example`,
    userId: guid(900 + n),
    appDisplayName: "Azure Portal",
    appId: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
    ipAddress: "203.0.113.66",
    clientAppUsed: "Browser",
    status: { errorCode, failureReason: "Invalid username or password" },
    location: { countryOrRegion: "NG" },
    resourceDisplayName: "Windows Azure Service Management API",
  });
  const hits = hitsOf([
    ...Array.from({ length: 12 }, (_, n) => signIn(n, n, 50126, `user${n}`)),
    signIn(50, 30, 0, "user3"),
  ]);
  assert.equal(hits.get("spray-then-success")?.[0]?.level, "high");
  assert.equal(hits.get("spray-then-success")?.[0]?.facts["country"], "NG");
});
