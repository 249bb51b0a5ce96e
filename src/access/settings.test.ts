import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sql } from "kysely";
import { readEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import { settingsBody, type SettingsWire } from "./contract-settings.ts";
import { openKeys, seal, unseal } from "./secret.ts";
import { enterBy, testAccess } from "./testing.ts";

const store = await testStore();
const { access, browser } = testAccess(store);
const admin = browser();
await enterBy(admin, await access.firstRunLink(), { name: "Jonas Wik", email: "jonas@nordvik.se" });
const put = async (body: object) =>
  (await admin.ask({ method: "PUT", path: "/api/settings", body })).body as unknown as SettingsWire;
const get = async () => (await admin.ask({ method: "GET", path: "/api/settings" })).body as unknown as SettingsWire;

test("a desk that nobody has set up has its defaults, and asks for a second factor", async () => {
  const { values, secrets } = await get();
  assert.deepEqual(
    [
      values["desk.zone"],
      values["desk.currency"],
      values["access.requireTwoFactor"],
      values["partner-center.tenantId"],
    ],
    ["Europe/Stockholm", "SEK", true, null],
  );
  assert.deepEqual(secrets, {
    "partner-center.clientSecret": { isSet: false, changedAt: null },
    "partner-center.refreshToken": { isSet: false, changedAt: null },
    "collections.mailPassword": { isSet: false, changedAt: null },
    "collections.smsPassword": { isSet: false, changedAt: null },
    "stripe.webhookSecrets": { isSet: false, changedAt: null },
  });
});

test("what is chosen holds, what is left out stays, null goes back; one event says before and after", async () => {
  await put({ values: { "desk.name": " Nordvik risk ", "desk.zone": "Europe/Helsinki" } });
  await put({ values: { "desk.zone": null } });
  const { values } = await get();
  assert.deepEqual([values["desk.name"], values["desk.zone"]], ["Nordvik risk", "Europe/Stockholm"]);
  const events = await readEvents(store.db, { typePrefix: "access.settings-changed", limit: 5 });
  assert.deepEqual(
    events.map(({ before, after: now }) => [before, now]),
    [
      [{ "desk.zone": "Europe/Helsinki" }, { "desk.zone": "Europe/Stockholm" }],
      [
        { "desk.name": "Surety", "desk.zone": "Europe/Stockholm" },
        { "desk.name": "Nordvik risk", "desk.zone": "Europe/Helsinki" },
      ],
    ],
  );
  await put({ values: { "desk.name": "Nordvik risk" } });
  assert.equal(
    (await readEvents(store.db, { typePrefix: "access.settings-changed", limit: 5 })).length,
    2,
    "no change, no event",
  );
});

const wrong = [
  { "desk.zone": "Mars/Olympus" },
  { "desk.currency": "XYZ" },
  { "desk.language": "de" },
  { "desk.calendar": { weekdays: [1], opens: "17:00", closes: "08:00", holidays: [] } },
  { "desk.calendar": { weekdays: [8], opens: "08:00", closes: "17:00", holidays: [] } },
  { "response.approvals": { "cancel-entitlement": 0 } },
  { "partner-center.tenantId": "not-a-guid" },
  { "access.trustedOrigins": ["javascript:alert(1)"] },
  { "access.audit-check": { ok: true } },
  { "desk.unknown": 1 },
];
for (const values of wrong)
  test(`refused: ${JSON.stringify(values)}`, () => assert.equal(settingsBody.safeParse({ values }).success, false));

test("a secret is kept sealed, never given back, and opened for the connection alone", async () => {
  const secret = "Z8s~very-secret-value";
  const wire = await put({
    values: { "partner-center.tenantId": "11111111-2222-3333-4444-55555555AAAA" },
    secrets: { "partner-center.clientSecret": secret },
  });
  assert.equal(wire.secrets["partner-center.clientSecret"].isSet, true);
  assert.doesNotMatch(JSON.stringify([wire, await get()]), /very-secret/);
  const { rows } = await sql<{
    text: string;
  }>`select string_agg(body, '') || (select string_agg(sealed, '') from access_secret) as text from event`.execute(
    store.db,
  );
  assert.doesNotMatch(rows[0]?.text ?? "", /very-secret/);
  const opened = await access.partnerCenterSettings(store.db);
  assert.deepEqual(
    [opened.clientSecret, opened.tenantId, opened.refreshToken],
    [secret, "11111111-2222-3333-4444-55555555aaaa", undefined],
  );
  await put({ secrets: { "partner-center.clientSecret": null } });
  assert.equal((await access.partnerCenterSettings(store.db)).clientSecret, undefined);
});

test("trying the connection says what is missing before it asks Microsoft", async () => {
  const { body } = await admin.ask({ method: "GET", path: "/api/settings/partner-center/test" });
  assert.deepEqual(
    [body["code"], (body["facts"] as { missing: string }).missing],
    ["connection-incomplete", "appId, clientSecret"],
  );
});

test("what was sealed opens only under its own name, key and text", () => {
  const { settings, demo } = openKeys("", "x".repeat(32));
  const sealed = seal(settings, "a", "text å");
  assert.equal(unseal(settings, "a", sealed), "text å");
  assert.notEqual(seal(settings, "a", "text å"), sealed, "twice the same text looks different");
  assert.equal(unseal(settings, "b", sealed), undefined);
  assert.equal(unseal(demo, "a", sealed), undefined);
  const middle = Math.floor(sealed.length / 2);
  const changed = `${sealed.slice(0, middle)}${sealed[middle] === "A" ? "B" : "A"}${sealed.slice(middle + 1)}`;
  assert.equal(unseal(settings, "a", changed), undefined);
  assert.equal(unseal(settings, "a", "short"), undefined);
});

test("a key file that is damaged, and an environment secret that is short, stop the start and say why", () => {
  const folder = mkdtempSync(join(tmpdir(), "surety-key-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const first = openKeys(folder, undefined);
  assert.equal(openKeys(folder, undefined).auth, first.auth, "the same at each start");
  writeFileSync(join(folder, "secret.key"), "");
  assert.throws(() => openKeys(folder, undefined), /secret\.key is damaged/);
  assert.throws(() => openKeys(folder, "short"), /at least 32 characters/);
});
