import assert from "node:assert/strict";
import { X509Certificate, createVerify } from "node:crypto";
import { test } from "node:test";
import { type Client, type Heard, type Json, find, withReceiver, withSimulator } from "./client.ts";

const EVENTS = [
  "azure-fraud-event-detected",
  "subscription-updated",
  "usagerecords-thresholdExceeded",
  "invoice-ready",
  "test-created",
  "granular-admin-relationship-terminated",
];
const register = (client: Client, url: string, more: object = {}) =>
  client.call("POST", "/webhooks/v1/registration", { body: { WebhookUrl: url, WebhookEvents: EVENTS, ...more } });

const certificateOf = async (url: string): Promise<X509Certificate> =>
  new X509Certificate(Buffer.from(await (await fetch(url)).arrayBuffer()));
const rootOf = (client: Client): Promise<X509Certificate> => certificateOf(`${client.url}/sim/root.cer`);

/** What a careful receiver checks, with nothing but node:crypto. */
async function isGenuine(
  client: Client,
  heard: Heard,
  at: number = Date.parse("2026-11-17T08:00:00Z"),
): Promise<boolean> {
  const signature = /^Signature (.+)$/.exec(
    heard.headers["authorization"] ?? heard.headers["x-ms-signature"] ?? "",
  )?.[1];
  const url = heard.headers["x-ms-certificate-url"] ?? "";
  if (
    signature === undefined ||
    heard.headers["x-ms-signature-algorithm"] !== "rsa-sha256" ||
    !url.startsWith(`${client.url}/`)
  )
    return false;
  const leaf = await certificateOf(url);
  const root = await rootOf(client);
  const chain = leaf.checkIssued(root) && leaf.verify(root.publicKey) && root.verify(root.publicKey);
  const inTime = Date.parse(leaf.validFrom) <= at && at <= Date.parse(leaf.validTo);
  if (!chain || !inTime || !leaf.issuer.includes("O=Microsoft Corporation")) return false;
  return createVerify("RSA-SHA256").update(heard.body).verify(leaf.publicKey, signature, "base64");
}

test("registration: events offered, one per tenant, read, replaced", () =>
  withSimulator({ world: "empty" }, async (client) => {
    const at = "/webhooks/v1/registration";
    const offered = [...(await client.get(`${at}/events`)).json].map(String);
    assert.ok(offered.includes("azure-fraud-event-detected"));
    assert.equal((await client.get(at)).status, 404);
    assert.equal(
      (await client.call("PUT", at, { body: { WebhookUrl: "http://127.0.0.1:9/", WebhookEvents: ["test-created"] } }))
        .status,
      404,
    );
    const made = await register(client, "http://127.0.0.1:9/hook");
    assert.ok(made.json["SubscriberId"]);
    assert.equal((await register(client, "http://127.0.0.1:9/other")).status, 409);
    assert.deepEqual((await client.get(at)).json, { WebhookUrl: "http://127.0.0.1:9/hook", WebhookEvents: EVENTS });
    const replaced = await client.call("PUT", at, {
      body: { WebhookUrl: "http://127.0.0.1:9/new", WebhookEvents: ["test-created"] },
    });
    assert.deepEqual([replaced.json["WebhookUrl"], replaced.json["SubscriberId"]], [
      "http://127.0.0.1:9/new",
      made.json["SubscriberId"],
    ] as unknown as Json[]);
    assert.equal(
      (await client.call("PUT", at, { body: { WebhookUrl: "http://127.0.0.1:9/new", WebhookEvents: ["made-up"] } }))
        .status,
      400,
    );
  }));

test("a test event arrives signed, its result can be asked for, and a third in a minute is throttled", () =>
  withReceiver((receiver) =>
    withSimulator({ world: "empty" }, async (client, { control }) => {
      await register(client, receiver.url);
      const at = "/webhooks/v1/registration/validationEvents";
      const sent = await client.call("POST", at, { body: {} });
      await control.advance("PT1S");
      assert.equal(receiver.heard.length, 1);
      const heard = receiver.heard[0] as Heard;
      assert.equal(heard.json["EventName"], "test-created");
      assert.ok(await isGenuine(client, heard));
      const result = await client.get(`${at}/${String(sent.json["correlationId"])}`);
      assert.deepEqual([result.json["status"], result.json["results"]?.[0]?.["responseCode"]], [
        "completed",
        "OK",
      ] as unknown as Json[]);
      await client.call("POST", at, { body: {} });
      const third = await client.call("POST", at, { body: {} });
      assert.equal(third.status, 429);
      assert.ok(Number(third.headers.get("retry-after")) > 0);
    }),
  ));

test("alerts, changes, exceeded budgets and ended rights are told, with addresses on this simulator", () =>
  withReceiver((receiver) =>
    withSimulator({}, async (client, { control }) => {
      await register(client, receiver.url);
      control.raise("alert", { customer: "hjulsta" });
      control.raise("ends-gdap", { customer: "vantaa" });
      const lindqvist = await find(client, "lindqvist");
      const path = `/v1/customers/${lindqvist.id}/subscriptions/${lindqvist.seats["Microsoft 365 E3"]}`;
      await client.call("PATCH", path, { body: { ...(await client.get(path)).json, autoRenewEnabled: false } });
      control.raise("spend-jump", { customer: "hjulsta", perHour: 60_000, rampHours: 0.1 });
      await control.advance("PT3M");
      await control.advance("PT3H");
      const names = receiver.heard.map((one) => String(one.json["EventName"]));
      for (const name of [
        "azure-fraud-event-detected",
        "granular-admin-relationship-terminated",
        "subscription-updated",
        "usagerecords-thresholdExceeded",
      ])
        assert.ok(names.includes(name), name);
      const fraud = receiver.heard.find((one) => one.json["EventName"] === "azure-fraud-event-detected");
      assert.equal(fraud?.json["ResourceName"], undefined, "this event has no ResourceName");
      assert.ok(String(fraud?.json["ResourceUri"]).startsWith(`${client.url}/v1/fraudEvents?SubscriptionId=`));
      const updated = receiver.heard.find((one) => one.json["EventName"] === "subscription-updated");
      assert.ok(
        String(updated?.json["ResourceUri"]).startsWith(`${client.url}/webhooks/v1/customers/`),
        "with the misleading prefix",
      );
      const audit = await client.get(String(updated?.json["AuditUri"]).slice(client.url.length));
      assert.equal(audit.json["operationType"], "update_subscription");
      const over = receiver.heard.filter((one) => one.json["EventName"] === "usagerecords-thresholdExceeded");
      assert.ok(
        over.every((one) => !String(one.body).includes("hjulsta")),
        "the event names no customer",
      );
      await control.advance("PT5H");
      const again = receiver.heard.filter((one) => one.json["EventName"] === "usagerecords-thresholdExceeded");
      assert.ok(again.length - over.length <= 1, "told once a month and customer");
      for (const heard of receiver.heard) assert.ok(await isGenuine(client, heard));
    }),
  ));

test("the signature can come in its own header", () =>
  withReceiver((receiver) =>
    withSimulator({ world: "empty" }, async (client, { control }) => {
      await register(client, receiver.url, { SignatureTokenToMsSignatureHeader: true });
      await client.call("POST", "/webhooks/v1/registration/validationEvents", { body: {} });
      await control.advance("PT1S");
      assert.equal(receiver.heard[0]?.headers["authorization"], undefined);
      assert.ok(await isGenuine(client, receiver.heard[0] as Heard));
    }),
  ));

test("ten attempts, further and further apart, then silence", () =>
  withReceiver((receiver) =>
    withSimulator({ world: "empty" }, async (client, { control }) => {
      await register(client, receiver.url);
      receiver.answer(503);
      await client.call("POST", "/webhooks/v1/registration/validationEvents", { body: {} });
      for (let hour = 0; hour < 12; hour++) for (let step = 0; step < 12; step++) await control.advance("PT5M");
      assert.equal(receiver.heard.length, 10);
      const delivery = (await client.sim("GET", "webhooks")).json["deliveries"]?.[0];
      assert.equal(delivery?.["state"], "offline");
      const times = [...((delivery as Json)["results"] as Json)].map((one) => Date.parse(String(one["at"])));
      const gaps = times.slice(1).map((time, i) => time - Number(times[i]));
      assert.ok(Number(gaps.at(-1)) > Number(gaps[0]));
      assert.equal(
        new Set(receiver.heard.map((one) => String(one.body))).size,
        1,
        "every attempt carries the same bytes",
      );
    }),
  ));

test("a receiver that recovers gets what waits", () =>
  withReceiver((receiver) =>
    withSimulator({ world: "empty" }, async (client, { control }) => {
      await register(client, receiver.url);
      receiver.answer(500);
      await client.call("POST", "/webhooks/v1/registration/validationEvents", { body: {} });
      await control.advance("PT1S");
      receiver.answer(200);
      await control.advance("PT1M");
      assert.equal(receiver.heard.length, 2);
      assert.equal((await client.sim("GET", "webhooks")).json["deliveries"]?.[0]?.["state"], "delivered");
    }),
  ));

test("forged, foreign, expired, late, doubled, reordered and lost deliveries on demand", () =>
  withReceiver((receiver) =>
    withSimulator({}, async (client, { control }) => {
      await register(client, receiver.url);
      const next = async (trick: string, more: object = {}): Promise<Heard[]> => {
        receiver.heard.length = 0;
        await client.sim("POST", "webhooks", { trick, ...more });
        control.raise("alert", { customer: "hjulsta" });
        await control.advance("PT2S");
        return receiver.heard;
      };
      for (const trick of [
        "bad-signature",
        "foreign-root",
        "expired-certificate",
        "foreign-host",
        "no-signature",
        "changed-body",
      ]) {
        const heard = await next(trick);
        assert.equal(heard.length, 1, trick);
        assert.equal(await isGenuine(client, heard[0] as Heard), false, trick);
      }
      assert.equal((await next("lost")).length, 0);
      const doubled = await next("duplicate", { seconds: 1 });
      assert.deepEqual([doubled.length, new Set(doubled.map((one) => String(one.body))).size], [2, 1]);
      assert.equal((await next("late", { seconds: 172_800 })).length, 0);
      await control.advance("P2D");
      assert.ok(
        receiver.heard.some((one) => one.json["EventName"] === "azure-fraud-event-detected"),
        "48 hours late, but it came",
      );
      assert.equal((await next("reorder")).length, 0);
      control.raise("alert", { customer: "lumo" });
      await control.advance("PT1S");
      await control.advance("PT31S");
      const lumo = await find(client, "lumo");
      const order = receiver.heard.map((one) =>
        String(one.json["ResourceUri"]).includes(String(lumo.entitlements["Lumo Plattform"])),
      );
      assert.equal(order[0], true, "the later event came first");
      assert.equal((await client.sim("POST", "webhooks", { trick: "unheard-of" })).status, 400);
    }),
  ));
