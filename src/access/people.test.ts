import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import type { PeopleWire } from "./contract.ts";
import { enterBy, GOOD_PASSWORD, testAccess, tokenIn } from "./testing.ts";

const store = await testStore();
const { access, browser } = testAccess(store);
const admin = browser();
await enterBy(admin, await access.firstRunLink(), { name: "Jonas Wik", email: "jonas@nordvik.se" });
const jonas = (await admin.me())?.id ?? "";

const people = async () => (await admin.ask({ method: "GET", path: "/api/people" })).body as unknown as PeopleWire;
const invite = (email: string, role: string) =>
  admin.ask({ method: "POST", path: "/api/people/invitations", body: { email, role } });
const post = (path: string, body: object = {}) => admin.ask({ method: "POST", path, body });
async function member(name: string, role: string) {
  const one = browser();
  const email = `${name.split(" ")[0]?.toLowerCase()}@nordvik.se`;
  await enterBy(one, (await invite(email, role)).body["link"], { name });
  return { one, email, id: (await one.me())?.id ?? "" };
}

test("an invitation is shown once, waits, is used once and gives exactly its role", async () => {
  const { body } = await invite("Elin@Nordvik.se", "admin-agent");
  assert.deepEqual(
    (await people()).invitations.map(({ email, role, invitedBy }) => [email, role, invitedBy]),
    [["elin@nordvik.se", "admin-agent", "Jonas Wik"]],
  );
  assert.doesNotMatch(JSON.stringify(await people()), new RegExp(tokenIn(body["link"])));
  const elin = browser();
  const answer = await enterBy(elin, body["link"], { name: "Elin Sandström", email: "attacker@evil.example" });
  assert.deepEqual(
    [answer.body["email"], answer.body["role"]],
    ["elin@nordvik.se", "admin-agent"],
    "the address is the invitation's",
  );
  assert.equal((await enterBy(browser(), body["link"], { name: "Another" })).body["code"], "link-used");
  assert.equal((await people()).invitations.length, 0);
  assert.equal((await invite("elin@nordvik.se", "auditor")).body["code"], "person-exists");
});

test("a new invitation of the same address replaces the old one; a withdrawn one no longer works", async () => {
  const first = (await invite("karin@nordvik.se", "auditor")).body;
  const second = (await invite("karin@nordvik.se", "billing-admin")).body;
  assert.equal((await enterBy(browser(), first["link"], { name: "Karin" })).body["code"], "link-withdrawn");
  assert.equal(
    (await admin.ask({ method: "DELETE", path: `/api/people/invitations/${String(second["id"])}` })).status,
    200,
  );
  assert.equal((await enterBy(browser(), second["link"], { name: "Karin" })).body["code"], "link-withdrawn");
  assert.equal(
    (await admin.ask({ method: "DELETE", path: `/api/people/invitations/${String(second["id"])}` })).body["code"],
    "invitation-unknown",
  );
});

test("only a Global admin sees and changes people", async () => {
  const { one } = await member("Astrid Lund", "auditor");
  for (const ask of [
    { method: "GET", path: "/api/people" },
    { method: "POST", path: "/api/people/invitations", body: { email: "x@y.se", role: "global-admin" } },
    { method: "PUT", path: `/api/people/${jonas}/role`, body: { role: "auditor" } },
    { method: "GET", path: "/api/settings" },
    { method: "POST", path: "/api/api-keys", body: { name: "k", role: "global-admin" } },
  ])
    assert.equal((await one.ask(ask)).body["code"], "role-may-not", ask.path);
});

test("a deactivated person loses access at once, cannot sign in, and gets it back", async () => {
  const { one, email, id } = await member("Bo Ek", "billing-admin");
  assert.ok(await one.me());
  assert.equal((await post(`/api/people/${id}/deactivate`, { why: "left the company" })).body["changed"], true);
  assert.equal(await one.me(), undefined);
  const again = await one.auth("/sign-in/email", { email, password: GOOD_PASSWORD });
  assert.deepEqual([again.status, again.body["code"]], [403, "account-deactivated"]);
  assert.equal(
    (await one.auth("/sign-in/email", { email, password: "wrong-password-9" })).body["code"],
    "invalid-email-or-password",
    "a guesser learns nothing",
  );
  assert.equal(await one.me(), undefined);
  assert.equal((await post(`/api/people/${id}/deactivate`)).body["changed"], false);
  const [event] = await readEvents(store.db, { typePrefix: "access.person-deactivated", limit: 1 });
  assert.deepEqual(
    [event?.why, event?.actor.name, event?.data],
    ["left the company", "Jonas Wik", { name: "Bo Ek", sessionsEnded: 1 }],
  );
  await post(`/api/people/${id}/reactivate`);
  assert.equal((await one.auth("/sign-in/email", { email, password: GOOD_PASSWORD })).status, 200);
});

test("a deactivation that commits while a sign-in runs leaves no way in", async () => {
  const { email, id } = await member("Disa Berg", "auditor");
  const racer = browser();
  await Promise.all([
    racer.auth("/sign-in/email", { email, password: GOOD_PASSWORD }),
    post(`/api/people/${id}/deactivate`),
  ]);
  assert.equal(await racer.me(), undefined);
});

test("the last Global admin stays, also when two demote each other at the same moment", async () => {
  const row = (await people()).people.find(({ id }) => id === jonas);
  assert.equal(row?.isLastAdmin, true);
  const put = (id: string, role: string) =>
    admin.ask({ method: "PUT", path: `/api/people/${id}/role`, body: { role } });
  assert.equal((await put(jonas, "auditor")).body["code"], "last-global-admin");
  assert.equal((await post(`/api/people/${jonas}/deactivate`)).body["code"], "last-global-admin");
  const second = await member("Hanna Dahl", "auditor");
  await put(second.id, "global-admin");
  assert.equal((await second.one.me())?.role, "global-admin", "a new role holds at once");
  const demote = (by: typeof admin, id: string) =>
    by.ask({ method: "PUT", path: `/api/people/${id}/role`, body: { role: "auditor" } });
  const answers = await Promise.all([demote(admin, second.id), demote(second.one, jonas)]);
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  const admins = await Promise.all([admin.me(), second.one.me()]);
  assert.equal(admins.filter((one) => one?.role === "global-admin").length, 1);
  const left = admins[0]?.role === "global-admin" ? admin : second.one;
  await left.ask({ method: "PUT", path: `/api/people/${jonas}/role`, body: { role: "global-admin" } });
});

test("signing a person out everywhere leaves their account as it is", async () => {
  const { one, email, id } = await member("Eva Falk", "auditor");
  assert.equal((await post(`/api/people/${id}/end-sessions`)).body["ended"], 1);
  assert.equal(await one.me(), undefined);
  assert.equal((await one.auth("/sign-in/email", { email, password: GOOD_PASSWORD })).status, 200);
});

test("one changes one's own name and language, and nobody else's", async () => {
  const { one } = await member("Filip Ström", "auditor");
  const { body } = await one.ask({
    method: "PUT",
    path: "/api/account",
    body: { name: "Filip Norling", language: "sv" },
  });
  assert.deepEqual([body["name"], body["language"], body["role"]], ["Filip Norling", "sv", "auditor"]);
  await assert.rejects(one.ask({ method: "PUT", path: "/api/account", body: { role: "global-admin" } }));
  const [event] = await readEvents(store.db, { typePrefix: "access.person-changed", limit: 1 });
  assert.deepEqual(
    [event?.before, event?.after],
    [
      { name: "Filip Ström", language: null },
      { name: "Filip Norling", language: "sv" },
    ],
  );
});

test("an API key works with its role, never as a second person, is seen in use, and ends when revoked", async () => {
  const { body } = await post("/api/api-keys", { name: "nightly import", role: "global-admin", days: 30 });
  const key = String(body["key"]);
  assert.match(key, /^surety_[\w-]{43}$/);
  const headers = { authorization: `Bearer ${key}` };
  const machine = await access.personOf(headers);
  assert.deepEqual([machine?.name, machine?.role, machine?.via], ["nightly import", "global-admin", "api-key"]);
  assert.ok(machine);
  const code = async (permission: string) => (await access.extraRefusal(machine, permission))?.code;
  assert.deepEqual(await Promise.all(["receivables.import", "proposals.approve", "people.manage"].map(code)), [
    undefined,
    "person-required",
    "person-required",
  ]);
  const list = (await admin.ask({ method: "GET", path: "/api/api-keys" })).body as {
    keys: { id: string; hint: string; usedAt: string | null }[];
  };
  assert.equal(list.keys[0]?.hint, key.slice(0, 11));
  assert.ok(list.keys[0]?.usedAt);
  assert.doesNotMatch(JSON.stringify(list), new RegExp(key));
  assert.equal(await access.personOf({ authorization: `Bearer ${key}x` }), undefined);
  await admin.ask({ method: "DELETE", path: `/api/api-keys/${list.keys[0]?.id}` });
  assert.equal(await access.personOf(headers), undefined);
});

test("a key stops with the person who made it", async () => {
  const other = await member("Gustav Holm", "global-admin");
  const { body } = await other.one.ask({
    method: "POST",
    path: "/api/api-keys",
    body: { name: "script", role: "auditor" },
  });
  const headers = { authorization: `Bearer ${String(body["key"])}` };
  assert.ok(await access.personOf(headers));
  await post(`/api/people/${other.id}/deactivate`);
  assert.equal(await access.personOf(headers), undefined);
});

test("approving asks for a second factor while the desk says so, and only then", async () => {
  const me = await admin.me();
  assert.ok(me);
  assert.equal((await access.extraRefusal(me, "proposals.approve"))?.code, "second-factor-required");
  assert.deepEqual(await access.approvers(store.db), []);
  assert.equal((await admin.ask({ method: "GET", path: "/api/account" })).body["twoFactorNeeded"], true);
  await admin.ask({ method: "PUT", path: "/api/settings", body: { values: { "access.requireTwoFactor": false } } });
  assert.equal(await access.extraRefusal(me, "proposals.approve"), undefined);
  assert.ok((await access.approvers(store.db)).some(({ name }) => name === "Jonas Wik"));
});
