import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, type Json, find, withSimulator } from "./client.ts";

const NEW_MODEL = { "X-NewEventsModel": "true" };
const graphAlerts = async (client: Client): Promise<Json[]> => [
  ...((await client.get("/beta/security/partner/securityAlerts?$top=100")).json["value"] as Json),
];
const events = async (client: Client, query = "", headers: Record<string, string> = NEW_MODEL): Promise<Json[]> => [
  ...(await client.get(`/v1/fraudEvents${query}`, { headers })).json,
];

test("one record shows in Graph, in v1 and in v1's new model, with ids that share nothing", () =>
  withSimulator({}, async (client) => {
    const havso = await find(client, "havso");
    const graph = (await graphAlerts(client)).find((one) => String(one["customerTenantId"]) === havso.id) as Json;
    const [full] = await events(client, `?SubscriptionId=${String(graph["subscriptionId"])}&PageSize=10&PageNumber=1`);
    const [old] = await events(client, `?SubscriptionId=${String(graph["subscriptionId"])}`, {});
    assert.equal(graph["alertType"], "CryptoMining");
    assert.equal(full?.["eventType"], "CryptoMining");
    assert.equal(old?.["eventType"], undefined, "without the header the members from eventType on are missing");
    assert.equal(old?.["eventId"], full?.["eventId"]);
    assert.ok(!String(full?.["eventId"]).includes(String(graph["id"])));
    assert.equal(
      `${String(full?.["eventTime"])}Z`,
      String(graph["detectedDateTime"]),
      "v1 writes its times without a zone",
    );
    assert.deepEqual(
      [...((full as Json)["affectedResources"] as Json)].map((one) => one["azureResourceId"]),
      [...(graph["affectedResources"] as Json)].map((one) => one["resourceId"]),
    );
    assert.deepEqual([full?.["IsTest"], graph["isTest"]], ["false", false] as unknown as Json[]);
    assert.equal(typeof full?.["hitCount"], "string");
    assert.match(String(old?.["resolvedOn"]), /^9999-12-31T23:59:59/);
    assert.equal(old?.["resolvedReason"], "None");
    assert.equal(typeof full?.["activityLogs"], "string");
  }));

test("the demo holds kinds no list knows, alerts without resources, and every age", () =>
  withSimulator({}, async (client) => {
    const alerts = await graphAlerts(client);
    const open = alerts.filter((one) => String(one["status"]) !== "resolved");
    const ages = open
      .map((one) =>
        Math.round((Date.parse("2026-11-17T07:42:00Z") - Date.parse(String(one["detectedDateTime"]))) / 60_000),
      )
      .sort((a, b) => a - b);
    assert.deepEqual(ages, [9, 21, 46, 131, 1042, 1357]);
    assert.ok(open.some((one) => String(one["alertType"]).startsWith("Mail_")));
    assert.ok(open.some((one) => one["affectedResources"]?.length === 0));
    assert.ok(open.some((one) => one["subscriptionId"] === null));
    assert.equal(alerts.length - open.length, 10);
  }));

test("answering by Graph shows in v1, with who and when", () =>
  withSimulator({}, async (client) => {
    const havso = await find(client, "havso");
    const alert = (await graphAlerts(client)).find((one) => String(one["customerTenantId"]) === havso.id) as Json;
    const path = `/beta/security/partner/securityAlerts/${String(alert["id"])}`;
    const type = "#microsoft.graph.partner.security.partnerSecurityAlert";
    const looking = await client.call("PATCH", path, { body: { "@odata.type": type, status: "investigating" } });
    assert.deepEqual([looking.status, looking.json["status"]], [200, "investigating"]);
    assert.equal(
      (await client.call("PATCH", path, { body: { status: "resolved" } })).status,
      400,
      "a reason is needed",
    );
    const done = await client.call("PATCH", path, {
      body: { "@odata.type": type, status: "resolved", resolvedReason: "fraud" },
    });
    assert.deepEqual([done.json["status"], done.json["resolvedReason"]], ["resolved", "fraud"]);
    assert.match(String(done.json["resolvedBy"]), /^riskdesk@/);
    const again = await client.call("PATCH", path, { body: { status: "resolved", resolvedReason: "fraud" } });
    assert.equal(again.json["activityLogs"]?.length, 2, "the same answer twice is one change");
    const [event] = await events(client, `?SubscriptionId=${String(alert["subscriptionId"])}&EventStatus=Resolved`);
    assert.deepEqual([event?.["eventStatus"], event?.["resolvedReason"]], ["Resolved", "Fraud"]);
    const log = JSON.parse(String(event?.["activityLogs"])) as { statusTo: string }[];
    assert.deepEqual(
      log.map((one) => one.statusTo),
      ["Investigating", "Resolved"],
    );
  }));

test("v1 answers some or, without ids, all events of an Azure subscription", () =>
  withSimulator({}, async (client, { control }) => {
    const havso = await find(client, "havso");
    control.raise("alert", { customer: "havso", subscription: "Havsö Produktion", kind: "VM_AnomalousDeployment" });
    const subscription = String(havso.entitlements["Havsö Produktion"]);
    const path = `/v1/fraudEvents/subscription/${subscription}/status`;
    const both = await events(client, `?SubscriptionId=${subscription}`);
    assert.equal(both.length, 2);
    const one = await client.call("POST", path, {
      body: { EventIds: [both[0]?.["eventId"]], EventStatus: "Investigating" },
      headers: NEW_MODEL,
    });
    assert.deepEqual([one.json.length, one.json[0]?.["eventStatus"]], [1, "Investigating"]);
    const all = await client.call("POST", path, { body: { EventStatus: "Resolved", ResolvedReason: "Fraud" } });
    assert.deepEqual(
      [...all.json].map((event) => event["resolvedReason"]),
      ["Fraud", "Fraud"] as unknown as Json[],
    );
    assert.equal((await client.call("POST", path, { body: { EventStatus: "Gone" } })).status, 400);
    assert.equal(
      (
        await client.call("POST", "/v1/fraudEvents/subscription/11111111-2222-4333-8444-555555555555/status", {
          body: { EventStatus: "Resolved", ResolvedReason: "Fraud" },
        })
      ).status,
      404,
    );
  }));

test("a test alert says so, and an alert can be raised for any customer with any kind", () =>
  withSimulator({}, async (client, { control }) => {
    control.raise("alert", { customer: "visby", subscription: null, kind: "Brand_NewKind", test: true });
    const alert = (await graphAlerts(client)).find((one) => String(one["alertType"]) === "Brand_NewKind");
    assert.deepEqual([alert?.["isTest"], alert?.["subscriptionId"]], [true, null] as unknown as Json[]);
    const bad = await client.sim("POST", "events/alert", { customer: "nobody" });
    assert.equal(bad.status, 400);
  }));

test("later alerts of the demo come by themselves", () =>
  withSimulator({}, async (client, { control }) => {
    const before = (await graphAlerts(client)).length;
    await control.advance("PT7M");
    assert.equal((await graphAlerts(client)).length, before + 1);
    await control.advance("P2D");
    assert.ok((await graphAlerts(client)).length >= before + 6);
  }));

test("the score counts what the world holds", () =>
  withSimulator({}, async (client) => {
    const at = "/beta/security/partner/securityScore";
    const { json } = await client.get(`${at}/requirements`);
    const of = (type: string) => [...(json["value"] as Json)].find((one) => String(one["requirementType"]) === type);
    assert.equal(of("securityAlertsPromptlyResolved")?.["averageResponseTimeInHours"], "15.5");
    assert.equal(of("mfaEnforcedForAdminsOfCustomers")?.["complianceStatus"], "noncomplaint", "Microsoft's spelling");
    assert.equal(of("spendingBudgetSetForCustomerAzureSubscriptions")?.["totalCustomersCount"], 37);
    assert.ok(Number((await client.get(at)).json["currentScore"]) < 100);
    const insights = await client.get(`${at}/customerInsights`);
    const gotland = await find(client, "gotland");
    const all = [...(insights.json["value"] as Json)];
    assert.ok(insights.json["@odata.nextLink"]);
    const rest = await client.get(String(insights.json["@odata.nextLink"]).slice(client.url.length));
    const row = [...all, ...(rest.json["value"] as Json)].find((one) => String(one["tenantId"]) === gotland.id);
    assert.deepEqual([row?.["mfa"]?.["compliantAdminsCount"], row?.["mfa"]?.["securityDefaultsStatus"]], [
      0,
      "disabled",
    ] as unknown as Json[]);
    assert.equal((await client.get(`${at}/history`)).json["value"]?.length, 30);
  }));
