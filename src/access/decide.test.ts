import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { may, type Permission, PERMISSIONS, type Person, ROLES, type Role, whyNot } from "./contract.ts";
import {
  decideDeactivation,
  decideEntry,
  decideLink,
  decideReactivation,
  decideRole,
  refusalFor,
  sessionEnd,
} from "./decide.ts";

/** The whole table, as people read it. G = Global admin, A = Admin agent, B = Billing admin, U = Auditor. */
const MATRIX: Readonly<Record<Permission, string>> = {
  "desk.read": "GABU",
  "customers.read": "GABU",
  "customers.edit": "G.B.",
  "receivables.read": "GABU",
  "receivables.import": "G.B.",
  "receivables.allocate": "G.B.",
  "collections.read": "GABU",
  "collections.work": "GAB.",
  "collections.policy": "G.B.",
  "collections.publish": "G.B.",
  "exposure.read": "GABU",
  "exposure.set-rates": "G.B.",
  "spending.read": "GABU",
  "spending.set-budget": "GAB.",
  "activity.read": "GABU",
  "activity.send": "GA..",
  "activity.tune": "GA..",
  "activity.rules": "GA..",
  "activity.keep": "G...",
  "notices.read": "GABU",
  "notices.claim": "GA..",
  "notices.answer": "GA..",
  "cases.read": "GABU",
  "cases.work": "GAB.",
  "cases.close": "GA..",
  "proposals.read": "GABU",
  "proposals.create": "GAB.",
  "proposals.approve": "GAB.",
  "sync.read": "GABU",
  "sync.run": "GA..",
  "audit.read": "GABU",
  "audit.export": "G..U",
  "people.manage": "G...",
  "settings.manage": "G...",
  "account.self": "GABU",
};
const LETTERS: Readonly<Record<Role, string>> = {
  "global-admin": "G",
  "admin-agent": "A",
  "billing-admin": "B",
  auditor: "U",
};
const permissions = Object.keys(PERMISSIONS) as Permission[];

test("the matrix below names every permission", () => assert.deepEqual(Object.keys(MATRIX), permissions));
for (const permission of permissions)
  for (const role of ROLES) {
    const allowed = MATRIX[permission].includes(LETTERS[role]);
    test(`${role} ${allowed ? "may" : "may not"} use ${permission}`, () => {
      assert.equal(may(role, permission), allowed);
      const who = whyNot(role, permission)?.who;
      assert.deepEqual(who, allowed ? undefined : ROLES.filter((other) => MATRIX[permission].includes(LETTERS[other])));
    });
  }

const person = (more: Partial<Person>): Person => ({
  id: "p",
  name: "Elin",
  email: "elin@x.se",
  role: "global-admin",
  twoFactor: false,
  ...more,
});
const uses = [
  // person                               permission           second factor asked?   refused as
  [{ role: "auditor" }, "proposals.approve", false, "role-may-not"],
  [{ role: "admin-agent" }, "proposals.approve", false, undefined],
  [{ role: "admin-agent" }, "proposals.approve", true, "second-factor-required"],
  [{ role: "admin-agent", twoFactor: true }, "proposals.approve", true, undefined],
  [{ role: "admin-agent" }, "proposals.create", true, undefined],
  [{ via: "api-key", twoFactor: true }, "proposals.approve", true, "person-required"],
  [{ via: "api-key" }, "proposals.approve", false, "person-required"],
  [{ via: "api-key" }, "people.manage", false, "person-required"],
  [{ via: "api-key" }, "settings.manage", false, "person-required"],
  [{ via: "api-key" }, "receivables.import", true, undefined],
  [{ via: "session" }, "people.manage", true, undefined],
] as const satisfies readonly (readonly [Partial<Person>, Permission, boolean, string | undefined])[];
for (const [who, permission, requireTwoFactor, code] of uses)
  test(`${JSON.stringify(who)} on ${permission}, second factor ${requireTwoFactor ? "asked" : "not asked"}: ${code ?? "may"}`, () =>
    assert.equal(refusalFor(person(who), permission, { requireTwoFactor })?.code, code));

const now = Temporal.Instant.from("2026-11-17T08:00:00Z");
const hour = (hours: number) => now.add({ hours });
const links = [
  ["a fresh one", { expiresAt: hour(1), usedAt: null, withdrawnAt: null }, undefined],
  ["one at its last moment", { expiresAt: now, usedAt: null, withdrawnAt: null }, "link-expired"],
  ["a used one, even when it is old", { expiresAt: hour(-5), usedAt: hour(-9), withdrawnAt: null }, "link-used"],
  ["a withdrawn one", { expiresAt: hour(1), usedAt: null, withdrawnAt: hour(-1) }, "link-withdrawn"],
] as const;
for (const [title, facts, code] of links)
  test(`a link: ${title}: ${code ?? "works"}`, () => {
    const decision = decideLink({ kind: "invitation", ...facts }, now);
    assert.equal(decision.ok ? undefined : decision.error.code, code);
  });
test("a link that nobody made is unknown", () => assert.equal(decideLink(undefined, now).ok, false));

const member = (role: Role, active = true) => ({ id: "m", role, active });
const changes = [
  [
    "the last Global admin becomes Auditor",
    decideRole({ member: member("global-admin"), otherAdmins: 0 }, "auditor"),
    "last-global-admin",
  ],
  [
    "the last Global admin stays one",
    decideRole({ member: member("global-admin"), otherAdmins: 0 }, "global-admin"),
    "none",
  ],
  [
    "one of two Global admins becomes Auditor",
    decideRole({ member: member("global-admin"), otherAdmins: 1 }, "auditor"),
    "change",
  ],
  [
    "a deactivated Global admin becomes Auditor",
    decideRole({ member: member("global-admin", false), otherAdmins: 0 }, "auditor"),
    "change",
  ],
  ["nobody becomes Auditor", decideRole({ member: undefined, otherAdmins: 1 }, "auditor"), "person-unknown"],
  [
    "the last Global admin leaves",
    decideDeactivation({ member: member("global-admin"), otherAdmins: 0 }),
    "last-global-admin",
  ],
  ["one of two Global admins leaves", decideDeactivation({ member: member("global-admin"), otherAdmins: 1 }), "change"],
  ["a Billing admin leaves", decideDeactivation({ member: member("billing-admin"), otherAdmins: 1 }), "change"],
  ["somebody who has left leaves", decideDeactivation({ member: member("auditor", false), otherAdmins: 1 }), "none"],
  [
    "somebody who has left comes back",
    decideReactivation({ member: member("auditor", false), otherAdmins: 1 }),
    "change",
  ],
  ["somebody who is here comes back", decideReactivation({ member: member("auditor"), otherAdmins: 1 }), "none"],
] as const;
for (const [title, decision, expected] of changes)
  test(`${title}: ${expected}`, () => assert.equal(decision.ok ? decision.value : decision.error.code, expected));

test("each kind of link asks for what it needs", () => {
  assert.equal(decideEntry("demo", {}).ok, true);
  assert.equal(decideEntry("reset", { password: "x" }).ok, true);
  assert.equal(decideEntry("invitation", { password: "x" }).ok, false);
  assert.equal(decideEntry("first-run", { name: "a", email: "b", password: "c" }).ok, true);
});

test("a session never ends later than twelve hours after its use, nor than seven days after its start", () =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 7 * 24 * 60 }), (minutes) => {
      const used = now.add({ minutes });
      const end = sessionEnd(now, used);
      assert.ok(Temporal.Instant.compare(end, used.add({ hours: 12 })) <= 0);
      assert.ok(Temporal.Instant.compare(end, now.add({ hours: 168 })) <= 0);
      assert.ok(Temporal.Instant.compare(end, used) >= 0);
    }),
  ));
