import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, type Json, REST, find, withSimulator } from "./client.ts";

async function open(client: Client) {
  const havso = await find(client, "havso");
  const plan = `/v1/customers/${havso.id}/subscriptions/${havso.plan}`;
  const of = (name: string) => `${plan}/azureEntitlements/${havso.entitlements[name]}`;
  return {
    customer: havso.id,
    plan,
    of,
    status: async (name: string) => String((await client.get(of(name))).json["status"]),
    cancel: (name: string, body: object = { cancellationReason: "compromise" }) =>
      client.call("POST", `${of(name)}/cancel`, { body }),
    spend: async () => Number((await client.get(`/v1/customers/${havso.id}/usagesummary`)).json["totalCost"]),
  };
}

test("an accepted cancellation takes ten minutes to show, and then the use stops", () =>
  withSimulator({}, async (client, { control }) => {
    const { cancel, status, spend } = await open(client);
    const before = await spend();
    await control.advance("PT1H");
    const hour = (await spend()) - before;
    assert.ok(hour > 8_000, `${hour} SEK an hour while mining runs`);
    const answer = await cancel("Havsö Produktion");
    assert.deepEqual([answer.status, answer.json["status"]], [200, "active"]);
    await cancel("Havsö Test");
    await control.advance("PT9M");
    assert.equal(await status("Havsö Produktion"), "active");
    await control.advance("PT2M");
    assert.equal(await status("Havsö Produktion"), "inactive");
    assert.equal(await status("Havsö Test"), "inactive");
    await control.advance("PT1H30M");
    const stopped = await spend();
    await control.advance("PT3H");
    assert.equal(await spend(), stopped, "nothing is used once cancelled");
  }));

test("--speed-cancel sets how long it takes", () =>
  withSimulator({ speedCancelSeconds: 20 }, async (client, { control }) => {
    const { cancel, status } = await open(client);
    await cancel("Havsö Test");
    await control.advance("PT21S");
    assert.equal(await status("Havsö Test"), "inactive");
  }));

test("the plan can be suspended only when all its Azure subscriptions are inactive; suspended, nobody can bring them back", () =>
  withSimulator({ speedCancelSeconds: 20 }, async (client, { control }) => {
    const { plan, cancel, status, of } = await open(client);
    const suspend = async () => {
      const now = (await client.get(plan)).json;
      return client.call("PATCH", plan, {
        body: { ...now, status: "suspended" },
        headers: { "If-Match": String(now["attributes"]?.["etag"]) },
      });
    };
    await cancel("Havsö Test");
    await control.advance("PT21S");
    const early = await suspend();
    assert.deepEqual([early.status, early.json["code"]], [403, "900115"]);
    assert.deepEqual(control.raise("customer-reactivates", { customer: "havso", subscription: "Havsö Test" }), {
      subscription: of("Havsö Test").split("/").at(-1),
      accepted: true,
    });
    await control.advance("PT1S");
    assert.equal(await status("Havsö Test"), "active", "the owner brought it back while the plan was active");
    await cancel("Havsö Test");
    await cancel("Havsö Produktion");
    await control.advance("PT21S");
    assert.equal((await suspend()).json["status"], "suspended");
    const back = await client.call("POST", `${of("Havsö Test")}/reactivate`);
    assert.deepEqual([back.status, back.json["code"]], [400, "900337"]);
    assert.equal((control.raise("customer-reactivates", { customer: "havso" }) as Json)["accepted"], false);
  }));

test("use goes on after a reactivation, by the partner or by the owner", () =>
  withSimulator({ speedCancelSeconds: 20 }, async (client, { control }) => {
    const { cancel, status, spend, of } = await open(client);
    await cancel("Havsö Test");
    await control.advance("PT2H");
    const stopped = await spend();
    const answer = await client.call("POST", `${of("Havsö Test")}/reactivate`);
    assert.equal(answer.status, 202);
    await control.advance("PT11S");
    assert.equal(await status("Havsö Test"), "active");
    await control.advance("PT4H");
    assert.ok((await spend()) - stopped > 20_000, "the intruder's machines were never removed");
    assert.equal((await client.call("POST", `${of("Havsö Test")}/reactivate`)).json["code"], "900337");
  }));

test("cancelling twice has one effect", () =>
  withSimulator({ speedCancelSeconds: 20 }, async (client, { control }) => {
    const { cancel, status } = await open(client);
    const answers = await Promise.all([cancel("Havsö Test"), cancel("Havsö Test")]);
    assert.deepEqual(
      answers.map((one) => one.status),
      [200, 200],
    );
    await control.advance("PT1M");
    assert.equal(await status("Havsö Test"), "inactive");
    const records = [...((await client.get("/v1/auditrecords")).json["items"] as Json)].filter(
      (one) => String(one["resourceType"]) === "azure_entitlement",
    );
    assert.deepEqual(records.map((one) => String(one["customizedData"]?.[3]?.["value"])).sort(), [
      "CancelRequested",
      "Cancelled",
    ]);
  }));

test("refusals of a cancellation, each by its code", () =>
  withSimulator({}, async (client) => {
    const { cancel, of, plan } = await open(client);
    assert.equal((await cancel("Havsö Test", { cancellationReason: "boredom" })).json["code"], "900307");
    assert.equal((await cancel("Havsö Test", {})).json["code"], "800002");
    assert.equal(
      (await client.call("POST", `${plan}/azureEntitlements/11111111-2222-4333-8444-555555555555/cancel`, { body: {} }))
        .json["code"],
      "800111",
    );
    assert.equal(
      (await client.call("POST", of("Havsö Test").replace(/customers\/[^/]+/, "customers/none"), { body: {} })).status,
      405,
    );
    assert.equal(
      (
        await client.call("POST", `${of("Havsö Test").replace(/customers\/[^/]+/, "customers/none")}/cancel`, {
          body: {},
        })
      ).json["code"],
      "900118",
    );
    const asApp = await client.call("POST", `${of("Havsö Test")}/cancel`, {
      as: "app",
      body: { cancellationReason: "compromise" },
    });
    assert.deepEqual([asApp.status, asApp.json["code"]], [403, "900329"]);
    const agent = (await client.sim("POST", "tokens", { user: "jonas.wik@skargardcloud.example" })).json;
    const token = String(
      (
        await client.token({
          grant_type: "refresh_token",
          refresh_token: String(agent["refreshToken"]),
          resource: REST,
        })
      ).json["access_token"],
    );
    const weak = await client.call("POST", `${of("Havsö Test")}/cancel`, {
      token,
      body: { cancellationReason: "compromise" },
    });
    assert.deepEqual(
      [weak.status, weak.json["code"]],
      [403, "900308"],
      "an Admin agent who is not Global admin may not",
    );
  }));
