import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, type Json, find, withSimulator } from "./client.ts";

const fault = (client: Client, what: object) => client.sim("POST", "faults", what);

test("429 with Retry-After: for all, for one customer, for a number of calls, and as a burst", () =>
  withSimulator({}, async (client, { control }) => {
    await fault(client, { kind: "throttle", path: "^/v1/customers", seconds: 7, count: 2 });
    const first = await client.get("/v1/customers");
    assert.deepEqual([first.status, first.headers.get("retry-after")], [429, "7"]);
    assert.deepEqual(Object.keys(first.json).sort(), ["message", "statusCode"], "the throttling gateway's own shape");
    await client.get("/v1/customers");
    assert.equal((await client.get("/v1/customers")).status, 200);
    const [havso, lumo] = [await find(client, "havso"), await find(client, "lumo")];
    await fault(client, { kind: "throttle", customer: havso.id });
    assert.equal((await client.get(`/v1/customers/${havso.id}`)).status, 429);
    assert.equal((await client.get(`/v1/customers/${lumo.id}`)).status, 200);
    await client.sim("DELETE", "faults");
    await fault(client, { kind: "throttle", probability: 0.5 });
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async () => (await client.get("/v1/invoices")).status),
    );
    const hit = statuses.filter((status) => status === 429).length;
    assert.ok(hit > 10 && hit < 50, `${hit} of 60`);
    control.clearFaults();
  }));

test("the published limit of customers and subscriptions is kept, and a new minute opens it", () =>
  withSimulator({ throttlePerMinute: 12 }, async (client, { control }) => {
    const statuses: number[] = [];
    for (let call = 0; call < 14; call++) statuses.push((await client.get("/v1/customers?size=1")).status);
    assert.deepEqual([statuses[11], statuses[12]], [200, 429]);
    assert.equal((await client.get("/v1/invoices")).status, 200, "other resources are counted apart");
    await control.advance("PT1M");
    assert.equal((await client.get("/v1/customers?size=1")).status, 200);
  }));

test("refusals by code, stale ETag, pending operation, no MFA", () =>
  withSimulator({}, async (client) => {
    const cases: [what: object, status: number, code: string][] = [
      [{ kind: "no-mfa" }, 401, "900421"],
      [{ kind: "refuse", code: "900309" }, 403, "900309"],
      [{ kind: "refuse", code: "900124", status: 403 }, 403, "900124"],
      [{ kind: "stale-etag" }, 400, "2055"],
      [{ kind: "stale-etag", status: 412 }, 412, "2055"],
      [{ kind: "pending" }, 409, "900278"],
      [{ kind: "server-error", status: 504 }, 504, "5000"],
    ];
    for (const [what, status, code] of cases) {
      await fault(client, { ...what, count: 1, path: "^/v1/customers" });
      const answer = await client.get("/v1/customers");
      assert.deepEqual([answer.status, answer.json["code"]], [status, code]);
    }
  }));

test("broken answers: HTML, empty, truncated, reset, slow, none", () =>
  withSimulator({}, async (client) => {
    const next = async (what: object) => {
      await fault(client, { ...what, count: 1, path: "^/v1/customers" });
      return client.get("/v1/customers");
    };
    const html = await next({ kind: "html" });
    assert.deepEqual(
      [html.status, html.headers.get("content-type"), html.text.startsWith("<!DOCTYPE html>")],
      [502, "text/html; charset=utf-8", true],
    );
    const empty = await next({ kind: "empty" });
    assert.deepEqual([empty.status, empty.text], [500, ""]);
    await assert.rejects(next({ kind: "truncate" }));
    await assert.rejects(next({ kind: "reset" }));
    const began = performance.now();
    assert.equal((await next({ kind: "slow", seconds: 0.3 })).status, 200);
    assert.ok(performance.now() - began > 280);
    await assert.rejects(next({ kind: "hang", seconds: 0.3 }));
    assert.equal((await client.get("/v1/customers")).status, 200);
  }));

test("apply-then-fail: the change takes effect, the answer is lost, and the repeat with the same id gets it", () =>
  withSimulator({}, async (client, { control }) => {
    const lindqvist = await find(client, "lindqvist");
    const path = `/v1/customers/${lindqvist.id}/subscriptions/${lindqvist.seats["Microsoft 365 E3"]}`;
    for (const status of [undefined, 503]) {
      const now = (await client.get(path)).json;
      const wanted = now["status"] === ("active" as unknown as Json) ? "suspended" : "active";
      const headers = {
        "If-Match": String(now["attributes"]?.["etag"]),
        "MS-RequestId": `0b6c6a1e-1111-4222-8333-94444555566${status === undefined ? 1 : 2}`,
      };
      const send = () => client.call("PATCH", path, { body: { ...now, status: wanted }, headers });
      await fault(client, {
        kind: "lost-answer",
        method: "PATCH",
        count: 1,
        ...(status === undefined ? {} : { status }),
      });
      if (status === undefined) await assert.rejects(send());
      else assert.equal((await send()).status, 503);
      assert.equal((await client.get(path)).json["status"], wanted);
      assert.deepEqual([(await send()).status, (await send()).json["status"]], [200, wanted] as unknown as Json[]);
      const effects = control.requests().filter((one) => one.requestId === headers["MS-RequestId"] && one.effect);
      assert.equal(effects.length, 1);
    }
  }));

test("untidy answers: odd case, numbers as strings, words no list has", () =>
  withSimulator({}, async (client) => {
    await fault(client, { kind: "casing", path: "^/v1/customers/usagerecords", count: 1 });
    const odd = await client.get("/v1/customers/usagerecords");
    const names = Object.keys(odd.json);
    assert.ok(
      names.some((name) => name !== name.toLowerCase() && /^[A-Z]/.test(name)),
      names.join(),
    );
    await fault(client, { kind: "strings", path: "^/v1/customers/usagerecords", count: 1 });
    const texts = await client.get("/v1/customers/usagerecords");
    assert.equal(typeof texts.json["items"]?.[0]?.["totalCost"], "string");
    assert.equal(typeof texts.json["items"]?.[0]?.["isUpgraded"], "string");
    await fault(client, { kind: "unknown-words", path: "securityAlerts", count: 1 });
    const future = await client.get("/beta/security/partner/securityAlerts");
    assert.match(String(future.json["value"]?.[0]?.["alertType"]), /^future_/);
    assert.equal(future.json["value"]?.[0]?.["status"], "active", "states stay readable");
  }));

test("a 202 can be asked for, and faults can be listed and cleared", () =>
  withSimulator({}, async (client, { control }) => {
    const lindqvist = await find(client, "lindqvist");
    const path = `/v1/customers/${lindqvist.id}/subscriptions/${lindqvist.seats["Microsoft 365 E3"]}`;
    await fault(client, { kind: "accepted", method: "PATCH", seconds: 40, count: 1 });
    const now = (await client.get(path)).json;
    assert.equal((await client.call("PATCH", path, { body: { ...now, autoRenewEnabled: false } })).status, 202);
    await control.advance("PT41S");
    assert.equal((await client.get(path)).json["autoRenewEnabled"], false);
    await fault(client, { kind: "empty" });
    assert.equal((await client.sim("GET", "faults")).json["faults"]?.length, 2);
    assert.deepEqual((await client.sim("DELETE", "faults")).json["faults"], []);
    assert.equal((await client.get("/v1/customers")).status, 200);
    assert.equal((await fault(client, { kind: "unheard-of" })).status, 400);
    assert.equal((await fault(client, { kind: "empty", path: "(" })).status, 400);
  }));

test("the three shapes of errors, and the sentinels for no value", () =>
  withSimulator({}, async (client) => {
    const standard = (await client.get("/v1/customers/11111111-2222-4333-8444-555555555555")).json;
    assert.deepEqual(Object.keys(standard).sort(), ["code", "data", "description", "source"]);
    const fjall = await find(client, "harjedalen");
    await client.sim("POST", "events/vetting", { customer: fjall.id, status: "Unknown" });
    assert.equal(
      (await client.get(`/v1/customers/${fjall.id}/validationStatus?type=account`)).json["status"],
      "Unknown",
    );
    const graph = await client.get("/beta/security/partner/securityAlerts/none");
    assert.deepEqual([graph.status, Object.keys(graph.json["error"] as Json)], [
      404,
      ["code", "message", "innerError"],
    ] as unknown as Json[]);
    const kvarnby = await find(client, "kvarnby");
    const legacy = [...((await client.get(`/v1/customers/${kvarnby.id}/subscriptions`)).json["items"] as Json)].find(
      (one) => String(one["offerId"]) === "MS-AZR-0145P",
    );
    assert.match(String(legacy?.["commitmentEndDate"]), /^9999-12-31/);
    const usage = [...((await client.get("/v1/customers/usagerecords")).json["items"] as Json)].find(
      (one) => String(one["id"]) === kvarnby.id,
    );
    assert.deepEqual([usage?.["currencyLocale"], usage?.["currencyCode"], usage?.["isUpgraded"]], [
      "sv-SE",
      undefined,
      false,
    ] as unknown as Json[]);
    const ronneby = await find(client, "ronneby");
    const hidden = (await client.get(`/v1/customers/${ronneby.id}`)).json;
    assert.deepEqual([hidden["customDomains"], hidden["companyProfile"]?.["address"], hidden["allowDelegatedAccess"]], [
      undefined,
      undefined,
      false,
    ] as unknown as Json[]);
  }));

test("the token service may want a person, and an unvetted customer cannot buy", () =>
  withSimulator({}, async (client, { control }) => {
    await fault(client, { kind: "interaction-required", path: "oauth2/token", count: 1 });
    const asked = await client.token({ grant_type: "refresh_token", refresh_token: control.credentials.refreshToken });
    assert.deepEqual([asked.status, asked.json["error"], asked.json["error_codes"]?.[0]], [
      400,
      "interaction_required",
      50076,
    ] as unknown as Json[]);
    const lindqvist = await find(client, "lindqvist");
    const path = `/v1/customers/${lindqvist.id}/subscriptions/${lindqvist.seats["Microsoft 365 E3"]}`;
    const buy = async () => client.call("PATCH", path, { body: { ...(await client.get(path)).json, quantity: 75 } });
    for (const [status, code] of [
      ["UnderReview", "800073"],
      ["NotAllowed", "800075"],
    ] as const) {
      control.raise("vetting", { customer: "lindqvist", status });
      assert.deepEqual([(await buy()).status, (await buy()).json["code"]], [403, code] as unknown as Json[]);
    }
    control.raise("vetting", { customer: "lindqvist", status: "Allowed" });
    assert.equal((await buy()).status, 200);
  }));
