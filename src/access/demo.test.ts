import assert from "node:assert/strict";
import { test } from "node:test";
import { testStore } from "../store/testing.ts";
import type { WelcomeStateWire } from "./contract.ts";
import { testAccess, tokenIn } from "./testing.ts";

const store = await testStore();
const { access, browser } = testAccess(store, { isDemo: true });
const state = async () => (await browser().ask({ method: "GET", path: "/api/welcome/state" })).body as WelcomeStateWire;

test("the demo link signs in as its Global admin, once", async () => {
  const link = await access.demoLink();
  const one = browser();
  assert.equal((await one.ask({ method: "POST", path: "/api/welcome", body: { token: tokenIn(link) } })).status, 200);
  const me = await one.me();
  assert.deepEqual([me?.name, me?.role], ["Jonas Wik", "global-admin"]);
  const again = await browser().ask({ method: "POST", path: "/api/welcome", body: { token: tokenIn(link) } });
  assert.equal(again.body["code"], "link-used");
});

test("anyone may sign in as each demo person, so that one visitor can be the second who approves", async () => {
  await access.demoLink();
  const { people = [], state: is } = await state();
  assert.equal(is, "demo");
  assert.deepEqual(
    people.map(({ name, role }) => [name, role]),
    [
      ["Elin Sandström", "admin-agent"],
      ["Karin Holm", "billing-admin"],
      ["Jonas Wik", "global-admin"],
      ["Astrid Lund", "auditor"],
    ],
  );
  for (const { name, email, password } of people) {
    const one = browser();
    assert.equal((await one.auth("/sign-in/email", { email, password })).status, 200);
    assert.equal((await one.me())?.name, name);
  }
});

test("a demo asks for no second factor unless somebody switches it on", async () => {
  assert.equal((await access.approvers(store.db)).length, 3);
  assert.equal((await access.settings(store.db))["access.requireTwoFactor"], false);
});

test("nobody can change the password that the next visitor needs", async () => {
  const { people = [] } = await state();
  const elin = people[0];
  const one = browser();
  await one.auth("/sign-in/email", { email: elin?.email, password: elin?.password });
  const { body } = await one.auth("/change-password", {
    currentPassword: elin?.password,
    newPassword: "granit-lykta-7-molnbro",
  });
  assert.equal(body["code"], "demo-password");
});

test("at a desk that is no demo, demo people do not exist", async () => {
  const { people = [] } = await state();
  const real = testAccess(store);
  const one = real.browser();
  const { body } = await one.auth("/sign-in/email", { email: people[2]?.email, password: people[2]?.password });
  assert.equal(body["code"], "account-deactivated");
  assert.equal((await real.browser().ask({ method: "GET", path: "/api/welcome/state" })).body["state"], "first-run");
  assert.equal(await real.access.demoLink(), undefined);
  assert.ok(await real.access.firstRunLink());
});
