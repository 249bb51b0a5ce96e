import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, type Json, find, withSimulator } from "./client.ts";

const E3 = "Microsoft 365 E3";

async function open(
  client: Client,
  key: string,
  name: string,
): Promise<{
  path: string;
  read: () => Promise<Json>;
  patch: (change: object, headers?: Record<string, string>) => ReturnType<Client["call"]>;
}> {
  const customer = await find(client, key);
  const path = `/v1/customers/${customer.id}/subscriptions/${customer.seats[name] ?? customer.plan}`;
  const read = async () => (await client.get(path)).json;
  return {
    path,
    read,
    patch: async (change, headers = {}) => {
      const now = await read();
      return client.call("PATCH", path, {
        body: { ...now, ...change },
        headers: { "If-Match": String(now["attributes"]?.["etag"]), ...headers },
      });
    },
  };
}

test("suspending and reactivating: auto-renew goes off and scheduled changes are lost; the partner restores them", () =>
  withSimulator({}, async (client) => {
    const copilot = await open(client, "solvik", "Microsoft 365 Copilot");
    const before = await copilot.read();
    assert.equal(before["autoRenewEnabled"], true);
    assert.equal(before["scheduledNextTermInstructions"]?.["quantity"], 75);
    const suspended = await copilot.patch({ status: "suspended" });
    assert.equal(suspended.status, 200);
    assert.deepEqual(
      [suspended.json["status"], suspended.json["autoRenewEnabled"], suspended.json["scheduledNextTermInstructions"]],
      ["suspended", false, undefined],
    );
    assert.ok((suspended.json["suspensionReasons"]?.length ?? 0) > 0);
    assert.notEqual(suspended.json["attributes"]?.["etag"], before["attributes"]?.["etag"]);
    assert.equal((await copilot.patch({ quantity: 61 })).json["code"], "800091");
    const active = await copilot.patch({
      status: "active",
      autoRenewEnabled: true,
      scheduledNextTermInstructions: before["scheduledNextTermInstructions"],
    });
    assert.deepEqual(
      [
        active.json["status"],
        active.json["autoRenewEnabled"],
        active.json["scheduledNextTermInstructions"]?.["quantity"],
      ],
      ["active", true, 75],
    );
  }));

test("what is left out of a PATCH is reset", () =>
  withSimulator({}, async (client) => {
    const { path, read } = await open(client, "solvik", "Microsoft 365 Copilot");
    const { autoRenewEnabled: _a, scheduledNextTermInstructions: _s, ...rest } = await read();
    const changed = await client.call("PATCH", path, { body: { ...rest, friendlyName: "Copilot" } });
    assert.deepEqual(
      [
        changed.status,
        changed.json["friendlyName"],
        changed.json["autoRenewEnabled"],
        changed.json["scheduledNextTermInstructions"],
      ],
      [200, "Copilot", false, undefined],
    );
    const partial = await client.call("PATCH", path, { body: { status: "suspended" } });
    assert.deepEqual([partial.status, partial.json["code"]], [400, "800002"]);
  }));

test("a PascalCase body with its etag inside is understood", () =>
  withSimulator({}, async (client) => {
    const { path, read } = await open(client, "lindqvist", E3);
    const now = await read();
    const body = Object.fromEntries(
      Object.entries(now).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
    );
    const done = await client.call("PATCH", path, {
      body: {
        ...body,
        Status: "suspended",
        Attributes: { Etag: now["attributes"]?.["etag"], ObjectType: "Subscription" },
      },
    });
    assert.deepEqual([done.status, done.json["status"]], [200, "suspended"]);
    const stale = await client.call("PATCH", path, {
      body: { ...body, Attributes: { Etag: now["attributes"]?.["etag"] } },
    });
    assert.deepEqual([stale.status, stale.json["code"]], [400, "2055"]);
  }));

test("two writers: the second has a stale ETag", () =>
  withSimulator({}, async (client) => {
    const { path, read } = await open(client, "lindqvist", E3);
    const seen = await read();
    const headers = { "If-Match": String(seen["attributes"]?.["etag"]) };
    const body = { ...seen, autoRenewEnabled: false };
    const answers = await Promise.all([
      client.call("PATCH", path, { body, headers }),
      client.call("PATCH", path, { body, headers }),
    ]);
    assert.deepEqual(answers.map((one) => one.status).sort(), [200, 400]);
  }));

test("a slow subscription answers 202 with Location; until done it reads as before and refuses other changes with 409", () =>
  withSimulator({}, async (client, { control }) => {
    const granit = await open(client, "granit", E3);
    const accepted = await granit.patch({ status: "suspended" });
    assert.deepEqual([accepted.status, accepted.text], [202, ""]);
    assert.match(accepted.headers.get("location") ?? "", /\/subscriptions\//);
    assert.equal((await granit.read())["status"], "active");
    const again = await granit.patch({ autoRenewEnabled: false });
    assert.deepEqual([again.status, again.json["code"]], [409, "900278"]);
    await control.advance("PT13S");
    assert.equal((await granit.read())["status"], "suspended");
  }));

test("cancelling works inside the seven days and not a minute later", () =>
  withSimulator({}, async (client, { control }) => {
    const premium = await open(client, "klovern", "Microsoft 365 Business Premium");
    const defender = await open(client, "klovern", "Microsoft Defender for Business");
    assert.ok((await premium.read())["refundOptions"]);
    const cancelled = await premium.patch({ status: "deleted" });
    assert.deepEqual([cancelled.status, cancelled.json["status"]], [200, "deleted"]);
    assert.equal((await premium.patch({ status: "active" })).json["code"], "2011");
    await control.advance("P2D");
    const late = await defender.patch({ status: "deleted" });
    assert.deepEqual([late.status, late.json["code"]], [400, "900117"]);
    assert.equal((await defender.patch({ quantity: 50 })).json["code"], "900214");
    assert.equal((await defender.patch({ quantity: 70 })).status, 200);
    assert.equal((await defender.patch({ quantity: 65 })).status, 200, "the added seats are in a window of their own");
    assert.equal((await defender.patch({ quantity: 61 })).json["code"], "900214");
    assert.equal((await defender.patch({ status: "expired" })).json["code"], "800040");
  }));

test("life of a term: renewed, or expired, disabled, deleted", () =>
  withSimulator({ throttlePerMinute: 0 }, async (client, { control }) => {
    const solvik = await open(client, "solvik", "Microsoft 365 E5");
    const kvarnby = await open(client, "kvarnby", "Microsoft 365 Business Standard");
    const ingaro = await open(client, "ingaro", "Microsoft 365 Business Basic");
    const visio = await open(client, "lindqvist", "Visio Plan 2");
    const statuses = () =>
      Promise.all([solvik, kvarnby, ingaro, visio].map(async (one) => String((await one.read())["status"])));
    const diary: [advance: string, statuses: string[]][] = [
      ["PT0S", ["active", "active", "suspended", "active"]],
      ["P4D", ["active", "active", "suspended", "active"]],
      ["P6D", ["active", "expired", "suspended", "active"]],
      ["P11D", ["active", "expired", "suspended", "expired"]],
      ["P20D", ["active", "disabled", "suspended", "expired"]],
      ["P71D", ["active", "disabled", "disabled", "disabled"]],
      ["P40D", ["active", "deleted", "disabled", "deleted"]],
      ["P89D", ["active", "deleted", "deleted", "deleted"]],
    ];
    for (const [advance, expected] of diary) {
      await control.advance(advance);
      assert.deepEqual(await statuses(), expected, `after ${advance}`);
    }
    const renewed = await solvik.read();
    assert.match(String(renewed["effectiveStartDate"]), /^2026-11-20/);
    assert.match(String(renewed["commitmentEndDate"]), /^2027-11-19/);
    const no = await kvarnby.patch({ status: "active" });
    assert.deepEqual([no.status, no.json["code"]], [400, "2011"]);
  }));

test("a scheduled change takes effect with the new term, and the window to cancel opens again", () =>
  withSimulator({}, async (client, { control }) => {
    const copilot = await open(client, "solvik", "Microsoft 365 Copilot");
    await control.advance("P60D");
    await copilot.read(); // a refresh token that is not used for 90 days dies
    await control.advance("P48D");
    const json = await copilot.read();
    assert.deepEqual(
      [json["quantity"], json["scheduledNextTermInstructions"], json["refundableQuantity"]?.["totalQuantity"]],
      [75, undefined, 75],
    );
  }));

test("a mutation is idempotent by MS-RequestId: one effect, the same answer", () =>
  withSimulator({}, async (client, { control }) => {
    const { path, read } = await open(client, "lindqvist", E3);
    const now = await read();
    const headers = {
      "If-Match": String(now["attributes"]?.["etag"]),
      "MS-RequestId": "6f1f1c2e-1111-4222-8333-944445555666",
    };
    const body = { ...now, autoRenewEnabled: false };
    const first = await client.call("PATCH", path, { body, headers });
    const second = await client.call("PATCH", path, { body, headers });
    assert.deepEqual([first.status, second.status], [200, 200]);
    assert.equal(first.text, second.text);
    const mine = control.requests().filter((one) => one.requestId === headers["MS-RequestId"]);
    assert.deepEqual(
      mine.map((one) => [one.effect, one.replay]),
      [
        [true, false],
        [false, true],
      ],
    );
    const audits = (await client.get("/v1/auditrecords")).json["items"] as Json;
    assert.equal([...audits].filter((one) => String(one["operationType"]) === "update_subscription").length, 1);
    assert.equal(first.headers.get("ms-requestid"), headers["MS-RequestId"]);
  }));

test("suspending a base takes its history along: the change is in the activity log with before and after", () =>
  withSimulator({}, async (client) => {
    const { patch } = await open(client, "lindqvist", E3);
    await patch({ status: "suspended" });
    const record = [...((await client.get("/v1/auditrecords")).json["items"] as Json)].find(
      (one) => String(one["operationType"]) === "update_subscription",
    ) as Json;
    assert.equal((JSON.parse(String(record["resourceOldValue"])) as Json)["status"], "active");
    assert.equal((JSON.parse(String(record["resourceNewValue"])) as Json)["status"], "suspended");
    assert.match(String(record["userPrincipalName"]), /^riskdesk@/);
  }));
