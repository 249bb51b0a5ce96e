import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, type Json, find, withSimulator } from "./client.ts";

const records = async (client: Client, query: string): Promise<Json[]> => [
  ...((await client.get(`/v1/auditrecords?${query}`)).json["items"] as Json),
];
const filter = (Field: string, Value: string, Operator: string): string =>
  `filter=${encodeURIComponent(JSON.stringify({ Field, Value, Operator }))}`;

test("the activity log reaches 90 days back, 30 days at a time", () =>
  withSimulator({ pageRowsMax: 200 }, async (client) => {
    const status = async (query: string) => (await client.get(`/v1/auditrecords?${query}`)).status;
    assert.equal(await status("startDate=2026-08-19&endDate=2026-09-18"), 200, "the 90th day");
    assert.equal(await status("startDate=2026-08-18&endDate=2026-09-10"), 400);
    assert.equal(await status("startDate=2026-10-01&endDate=2026-10-31"), 200, "30 days apart");
    assert.equal(await status("startDate=2026-10-01&endDate=2026-11-01"), 400);
    assert.equal(await status("startDate=2026-11-10&endDate=2026-11-01"), 400);
    assert.equal(await status("startDate=yesterday"), 400);
    const days = (await records(client, "startDate=2026-09-01")).map((one) =>
      String(one["operationDate"]).slice(0, 10),
    );
    assert.ok(
      days.every((day) => day >= "2026-09-01" && day <= "2026-10-01"),
      "a missing end means the largest window",
    );
    const usual = (await records(client, "")).map((one) => String(one["operationDate"]).slice(0, 10));
    assert.ok(usual.every((day) => day >= "2026-10-18" && day <= "2026-11-17"));
    const whole: Json[] = [];
    for (const [from, to] of [
      ["2026-08-19", "2026-09-17"],
      ["2026-09-18", "2026-10-17"],
      ["2026-10-18", "2026-11-17"],
    ] as const)
      whole.push(...(await records(client, `startDate=${from}&endDate=${to}`)));
    assert.ok(whole.length > 400, `${whole.length} records`);
  }));

test("the log is filtered by company, customer and kind of resource", () =>
  withSimulator({ pageRowsMax: 200 }, async (client) => {
    const havso = await find(client, "havso");
    const own = await records(client, filter("CustomerId", havso.id.toUpperCase(), "equals"));
    assert.ok(own.length > 3 && own.every((one) => String(one["customerId"]) === havso.id));
    assert.ok((await records(client, filter("CompanyName", "HAVSÖ", "substring"))).length === own.length);
    const roles = await records(client, filter("ResourceType", "customer_directory_role", "equals"));
    assert.ok(roles.some((one) => String(one["operationType"]) === "add_user_member"));
    assert.equal((await client.get(`/v1/auditrecords?${filter("Colour", "red", "equals")}`)).status, 400);
  }));

test("members are as published: no id, JSON inside strings, keys and values", () =>
  withSimulator({ pageRowsMax: 200 }, async (client) => {
    const all = await records(client, "");
    assert.ok(all.every((one) => one["id"] === undefined));
    const order = all.find(
      (one) => String(one["operationType"]) === "create_order" && one["resourceNewValue"] !== undefined,
    ) as Json;
    assert.ok((JSON.parse(String(order["resourceNewValue"])) as Json)["LineItems"]);
    assert.ok([...(order["customizedData"] as Json)].some((pair) => String(pair["key"]) === "Quantity-0"));
    assert.ok(all.some((one) => String(one["operationStatus"]) === "failed"));
  }));

test("what is done through the API is in the log: budget, user, profile, relation", () =>
  withSimulator({}, async (client) => {
    const visby = await find(client, "lumo");
    const base = `/v1/customers/${visby.id}`;
    const budget = await client.call("PATCH", `${base}/usagebudget`, {
      body: { Amount: 300_000, Attributes: { ObjectType: "SpendingBudget" } },
    });
    assert.deepEqual([budget.json["amount"], budget.json["usageSpendingBudget"]], [300_000, 300_000]);
    assert.equal((await client.get(`${base}/usagebudget`)).json["amount"], 300_000);
    const none = await client.call("PATCH", `${base}/usagebudget`, { body: { Amount: null } });
    assert.deepEqual([none.status, none.json["amount"]], [200, null]);
    assert.equal((await client.call("PATCH", `${base}/usagebudget`, { body: { Amount: -1 } })).status, 400);
    const user = (await client.get(`${base}/users`)).json["items"]?.[0] as Json;
    const one = `${base}/users/${String(user["id"])}`;
    assert.equal(
      (
        await client.call("PATCH", `${one}/resetpassword`, {
          body: { passwordProfile: { password: "Very-long-1", forceChangePassword: true } },
        })
      ).status,
      200,
    );
    const role = [...((await client.get(`${one}/directoryroles`)).json["items"] as Json)].find(
      (each) => String(each["name"]) === "Global Administrator",
    );
    assert.equal(role?.["id"], "62e90394-69f5-4237-9190-012177145e10");
    const members = `${base}/directoryroles/${String(role?.["id"])}/usermembers`;
    assert.equal((await client.call("DELETE", `${members}/${String(user["id"])}`)).status, 204);
    assert.equal(
      (await client.call("POST", members, { body: { Name: "x", UserPrincipalName: "x", Id: user["id"] } })).status,
      201,
    );
    assert.equal((await client.call("DELETE", one)).status, 204);
    const gone = await client.get(
      `${base}/users?filter=${encodeURIComponent('{"Field":"UserState","Value":"Inactive","Operator":"equals"}')}`,
    );
    assert.ok(gone.json["items"]?.[0]?.["softDeletionTime"]);
    assert.equal((await client.call("PATCH", one, { body: { state: "active" } })).json["state"], "active");
    const profile = (await client.get(`${base}/profiles/billing`)).json;
    const etag = String(profile["attributes"]?.["etag"]);
    const put = (tag: string) =>
      client.call("PUT", `${base}/profiles/billing`, {
        body: { ...profile, email: "new@lumostudios.example" },
        headers: { "If-Match": tag },
      });
    assert.equal((await put(etag)).json["email"], "new@lumostudios.example");
    assert.equal((await put(etag)).json["code"], "2055");
    const operations = (await records(client, filter("CustomerId", visby.id, "equals"))).map((each) =>
      String(each["operationType"]),
    );
    for (const wanted of [
      "update_customer_spending_budget",
      "reset_customer_user_password",
      "remove_user_member",
      "add_user_member",
      "delete_customer_user",
      "restore_customer_user",
      "update_customer_billing_profile",
    ])
      assert.ok(operations.includes(wanted), wanted);
  }));

test("the relation ends only when nothing is active; afterwards the customer is not ours", () =>
  withSimulator({}, async (client) => {
    const visby = await find(client, "visby");
    const base = `/v1/customers/${visby.id}`;
    const body = { RelationshipToPartner: "none", Attributes: { ObjectType: "Customer" } };
    assert.equal((await client.call("PATCH", base, { body })).json["code"], "800096");
    const path = `${base}/subscriptions/${visby.seats["Microsoft 365 Business Basic"]}`;
    await client.call("PATCH", path, { body: { ...(await client.get(path)).json, status: "suspended" } });
    const removed = await client.call("PATCH", base, { body });
    assert.deepEqual([removed.status, removed.json["RelationshipToPartner"], removed.json["Id"]], [
      200,
      "none",
      null,
    ] as unknown as Json[]);
    assert.equal((await client.get(base)).json["code"], "20002");
    const names = [...((await client.get("/v1/customers?size=0")).json["items"] as Json)].map(
      (one) => one["companyProfile"]?.["companyName"],
    );
    assert.ok(!names.includes("Visby Glasbruk AB" as unknown as Json));
  }));

test("without delegated rights users cannot be touched", () =>
  withSimulator({}, async (client) => {
    const ronneby = await find(client, "ronneby");
    assert.equal((await client.get(`/v1/customers/${ronneby.id}/users`)).json["code"], "900308");
  }));
