import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { test } from "node:test";
import fc from "fast-check";
import { type Json, find, withSimulator } from "./client.ts";
import type { EntitlementRow } from "../kernel/rows.ts";
import { costByResource, costOf } from "../usage/model.ts";

test("the clock is set, advanced, only forward, and says what it is", () =>
  withSimulator({ world: "empty" }, async (client) => {
    assert.match(String((await client.sim("GET", "clock")).json["now"]), /^2026-11-17T07:42/);
    assert.match(String((await client.sim("POST", "clock", { advance: "P1DT2H" })).json["now"]), /^2026-11-18T09:42/);
    assert.match(
      String((await client.sim("POST", "clock", { set: "2027-01-01T00:00:00Z" })).json["now"]),
      /^2027-01-01T00:00/,
    );
    assert.equal((await client.sim("POST", "clock", { set: "2026-01-01T00:00:00Z" })).status, 400);
    assert.equal((await client.sim("POST", "clock", { advance: "soon" })).status, 400);
    assert.equal((await client.sim("POST", "clock", {})).status, 400);
  }));

test("provisioning is pending for fifteen minutes", () =>
  withSimulator({}, async (client, { control }) => {
    const klovern = await find(client, "klovern");
    const path = `/v1/customers/${klovern.id}/subscriptions/${klovern.seats["Microsoft Defender for Business"]}/provisioningstatus`;
    const answer = (await client.get(path)).json;
    assert.deepEqual([answer["status"], answer["quantity"]], ["success", 62] as unknown as Json[]);
    await control.advance("PT1M");
  }));

test("spend estimates are a day behind and refreshed once a day, unless told otherwise", () =>
  withSimulator({ usageDelayHours: 24 }, async (client, { control }) => {
    const asOf = async () =>
      String((await client.get("/v1/customers/usagerecords")).json["items"]?.[0]?.["lastModifiedDate"]);
    assert.match(await asOf(), /^2026-11-16T00:00/);
    await control.advance("PT8H");
    assert.match(await asOf(), /^2026-11-16T00:00/);
    await control.advance("PT9H");
    assert.match(await asOf(), /^2026-11-17T00:00/);
    await client.sim("POST", "settings", { usageDelayHours: 1 });
    assert.match(await asOf(), /^2026-11-17T23:40/);
  }));

test("an export runs, succeeds with a link that expires, or fails for a quiet month", () =>
  withSimulator({}, async (client, { control }) => {
    const at = "/v1.0/reports/partners/billing";
    const started = await client.call("POST", `${at}/usage/unbilled/export`, {
      body: { currencyCode: "DKK", attributeSet: "full", billingPeriod: "current" },
    });
    assert.equal(started.status, 202);
    const operation = String(started.headers.get("location")).slice(client.url.length);
    const running = await client.get(operation);
    assert.deepEqual([running.json["status"], running.json["@odata.type"], running.headers.get("retry-after")], [
      "running",
      "#microsoft.graph.partners.billing.runningOperation",
      "10",
    ] as unknown as Json[]);
    await control.advance("PT30S");
    const done = (await client.get(operation)).json;
    assert.equal(done["status"], "succeeded");
    const manifest = (await client.get(String(done["resourceLocation@odata.navigationLink"]).slice(client.url.length)))
      .json;
    const file = `${String(manifest["rootDirectory"])}/${String(manifest["blobs"]?.[0]?.["name"])}`;
    const link = `${file}?${String(manifest["sasToken"])}`;
    const lines = gunzipSync(Buffer.from(await (await fetch(link)).arrayBuffer()))
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Json);
    assert.ok(lines.length > 100 && lines.every((one) => String(one["billingCurrency"]) === "DKK"));
    assert.equal((await fetch(file)).status, 403, "nothing without the signature");
    assert.equal((await fetch(link.replace(/sig=./, "sig=x"))).status, 403);
    await control.advance("PT13H");
    assert.equal((await fetch(link)).status, 403, "the link has expired");
    const quiet = await client.call("POST", `${at}/reconciliation/unbilled/export`, {
      body: { currencyCode: "JPY", attributeSet: "basic", billingPeriod: "last" },
    });
    await control.advance("PT30S");
    const failed = (await client.get(String(quiet.headers.get("location")).slice(client.url.length))).json;
    assert.deepEqual([failed["status"], failed["error"]], [
      "failed",
      { message: "No data available", code: "5000" },
    ] as unknown as Json[]);
    const invoice = (await client.get("/v1/invoices?size=1")).json["items"]?.[0]?.["id"];
    assert.equal(
      (
        await client.call("POST", `${at}/reconciliation/billed/export`, {
          body: { invoiceId: invoice, attributeSet: "full" },
        })
      ).status,
      202,
    );
    assert.equal((await client.call("POST", `${at}/usage/billed/export`, { body: {} })).status, 400);
  }));

test("delegated relations: made, locked, ended, each with its ETag and its wait", () =>
  withSimulator({}, async (client, { control }) => {
    const at = "/v1.0/tenantRelationships/delegatedAdminRelationships";
    const { id } = await find(client, "ronneby");
    const body = {
      displayName: "Ronneby desk",
      duration: "P730D",
      customer: { tenantId: id },
      accessDetails: { unifiedRoles: [{ roleDefinitionId: "729827e3-9c14-49f7-bb1b-9608f156bbb8" }] },
      autoExtendDuration: "P180D",
    };
    const made = await client.call("POST", at, { body });
    assert.deepEqual([made.status, made.json["status"]], [201, "created"] as unknown as Json[]);
    assert.equal((await client.call("POST", at, { body })).status, 409, "the name is in use");
    assert.equal(
      (await client.call("POST", at, { body: { ...body, displayName: "Too long", duration: "P3Y" } })).status,
      400,
    );
    assert.equal(
      (
        await client.call("POST", at, {
          body: {
            ...body,
            displayName: "GA",
            accessDetails: { unifiedRoles: [{ roleDefinitionId: "62e90394-69f5-4237-9190-012177145e10" }] },
          },
        })
      ).status,
      400,
    );
    const own = `${at}/${String(made.json["id"])}`;
    assert.equal(
      (await client.call("PATCH", own, { body: { displayName: "New" }, headers: { "If-Match": "stale" } })).status,
      412,
    );
    const named = await client.call("PATCH", own, {
      body: { displayName: "New" },
      headers: { "If-Match": made.headers.get("etag") ?? "" },
    });
    assert.equal(named.json["displayName"], "New");
    assert.equal(
      (await client.call("POST", `${own}/requests`, { body: { action: "terminate" } })).status,
      400,
      "only an active one can end",
    );
    assert.equal((await client.call("POST", `${own}/requests`, { body: { action: "lockForApproval" } })).status, 201);
    assert.equal((await client.get(own)).json["status"], "approvalPending");
    assert.equal(
      (
        await client.call("DELETE", own, {
          headers: { "If-Match": String((await client.get(own)).json["@odata.etag"]) },
        })
      ).status,
      400,
    );
    const vantaa = await find(client, "vantaa");
    const active = (await client.get(`${at}?$filter=${encodeURIComponent(`customer/tenantId eq '${vantaa.id}'`)}`))
      .json["value"]?.[0] as Json;
    const path = `${at}/${String(active["id"])}`;
    const assigned = await client.call("POST", `${path}/accessAssignments`, {
      body: {
        accessContainer: { accessContainerId: "g1", accessContainerType: "securityGroup" },
        accessDetails: body.accessDetails,
      },
    });
    assert.equal(assigned.json["status"], "pending");
    await control.advance("PT21S");
    assert.equal((await client.get(`${path}/accessAssignments`)).json["value"]?.[0]?.["status"], "active");
    await client.call("POST", `${path}/requests`, { body: { action: "terminate" } });
    assert.equal((await client.get(path)).json["status"], "terminating");
    await control.advance("PT31S");
    assert.equal((await client.get(path)).json["status"], "terminated");
    assert.equal((await client.call("POST", at, { as: "graph-app", body })).status, 403, "writes are delegated");
  }));

const anEntitlement: fc.Arbitrary<EntitlementRow> = fc
  .record({
    perDay: fc.integer({ min: 1, max: 20_000 }),
    growth: fc.double({ min: -0.02, max: 0.03, noNaN: true }),
    from: fc.integer({ min: 0, max: 40 }),
    ramp: fc.double({ min: 0.01, max: 30, noNaN: true }),
    stop: fc.integer({ min: 0, max: 60 }),
    length: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ perDay, growth, from, ramp, stop, length }) => {
    const day = (n: number): string =>
      Temporal.Instant.from("2026-09-01T00:00:00Z")
        .add({ hours: 24 * n + 7 })
        .toString();
    return {
      id: "e",
      customerId: "c",
      planId: "p",
      name: "n",
      status: "active",
      createdAt: day(1),
      moving: null,
      stops: [{ from: day(stop), to: day(stop + length) }],
      usage: {
        perDay,
        anchor: day(20),
        growthPerDay: growth,
        weekend: 0.7,
        noise: 0.2,
        resources: [
          { name: "a", group: "g", kind: "vm", location: "l", share: 0.6 },
          { name: "b", group: "g", kind: "disk", location: "l", share: 0.4 },
        ],
      },
      bursts: [
        {
          id: "b",
          from: day(from),
          until: day(from + 9),
          perHour: 500,
          rampHours: ramp,
          resources: [{ name: "x", group: "g", kind: "gpu", location: "l", share: 1 }],
        },
      ],
    };
  });
const at = (hours: number): number => Date.parse("2026-09-01T00:00:00Z") + hours * 3_600_000;

test("spend is additive: any way to cut a period gives the same sum, and resources give the whole", () => {
  fc.assert(
    fc.property(
      anEntitlement,
      fc.tuple(...Array.from({ length: 3 }, () => fc.integer({ min: 0, max: 1_600 }))),
      (entitlement, cuts) => {
        const [a = 0, b = 0, c = 0] = cuts.toSorted((x, y) => x - y);
        const cost = (from: number, to: number) => costOf(entitlement, { fromMs: at(from), toMs: at(to) });
        const whole = cost(a, c);
        assert.ok(Math.abs(whole - cost(a, b) - cost(b, c)) <= 1e-6 * Math.max(1, whole));
        const parts = costByResource(entitlement, { fromMs: at(a), toMs: at(c) }).reduce(
          (sum, part) => sum + part.cost,
          0,
        );
        assert.ok(Math.abs(whole - parts) <= 1e-6 * Math.max(1, whole));
        assert.ok(whole >= 0);
      },
    ),
    { numRuns: 300 },
  );
});
