import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { Result } from "../../core/result.ts";
import { testStore } from "../../store/testing.ts";
import type { By, PolicyDeps } from "./deps.ts";
import { packText } from "./packs.ts";
import { policiesPage, publicPolicies, versionPage } from "./read.ts";
import { addRate, ratesOf, ratesPage, recordAcceptance } from "./service-rates.ts";
import {
  approve,
  askFor,
  createDraft,
  end,
  markSimulated,
  policyInForce,
  reject,
  saveDraft,
  sha256Of,
  withdraw,
} from "./service.ts";

const { inTransaction, db } = await testStore();
const day = (text: string) => Temporal.PlainDate.from(text);
let today = day("2026-03-01");
const deps: PolicyDeps = {
  desk: async () => ({ day: today, name: "Skärgård Cloud AB", language: "sv", country: "SE" }),
  customerCount: async () => 214,
  isCustomer: async (_tx, id) => id !== "no-customer",
};
const as = (id: string): By => ({
  actor: { kind: "person", id, name: id },
  person: { id, name: id },
  now: Temporal.Instant.from(`${today.toString()}T08:00:00Z`),
});
const person = (id: string, role: "billing-admin" | "auditor" = "billing-admin") =>
  ({ id, name: id, email: `${id}@x`, role, twoFactor: true }) as const;
const code = <T>(done: Result<T, Refusal>) => (done.ok ? "ok" : done.error.code);
const SE = packText("se");
const seen = (text: string) =>
  inTransaction((tx) => markSimulated(tx, sha256Of(text), { simulationId: "sim-1", ...as("karin") }));
const ask = (version: number, fromDay: string, who = "karin") =>
  inTransaction((tx) =>
    askFor(tx, deps, { id: { policyId: "se", version }, why: "Ready", fromDay: day(fromDay), position: 1, ...as(who) }),
  );
const yes = (version: number, who: string) =>
  inTransaction((tx) => approve(tx, deps, { id: { policyId: "se", version }, ...as(who) }));
const versionsOn = async (text: string) =>
  (await policyInForce(db, day(text))).map(({ policy, version }) => `${policy.id}:${version}`);

test("a policy from draft to force, and what stands in its way", async () => {
  assert.equal(
    code(await inTransaction((tx) => createDraft(tx, { policyId: "se", text: "law: SE", ...as("karin") }))),
    "ok",
  );
  assert.equal(
    code(await inTransaction((tx) => createDraft(tx, { policyId: "se", text: SE, ...as("karin") }))),
    "policy-draft-open",
  );
  assert.equal(code(await ask(1, "2026-03-02")), "policy-has-errors");
  const id = { policyId: "se", version: 1 };
  assert.equal(
    code(await inTransaction((tx) => saveDraft(tx, id, { text: SE, sha256: sha256Of("other"), ...as("karin") }))),
    "policy-changed",
  );
  assert.equal(
    code(await inTransaction((tx) => saveDraft(tx, id, { text: SE, sha256: sha256Of("law: SE"), ...as("karin") }))),
    "ok",
  );
  assert.equal(code(await ask(1, "2026-03-02")), "policy-not-simulated");
  await seen(SE);
  await seen(SE);
  assert.equal(code(await ask(1, "2026-02-28")), "policy-from-past");
  assert.equal(code(await ask(1, "2026-03-02")), "ok");
  assert.equal(
    code(await inTransaction((tx) => saveDraft(tx, id, { text: "x", sha256: sha256Of(SE), ...as("karin") }))),
    "policy-state",
  );
  assert.equal(code(await yes(1, "karin")), "policy-own-question");
  assert.equal(code(await inTransaction((tx) => reject(tx, { id, why: "Not yet", ...as("omar") }))), "ok");
  assert.equal(code(await ask(1, "2026-03-02")), "ok");
  assert.equal(code(await yes(1, "omar")), "ok");
  assert.deepEqual(await versionsOn("2026-03-01"), []);
  assert.deepEqual(await versionsOn("2026-03-02"), ["se:1"]);
});

test("what a page shows of a version, and what a person may do with it", async () => {
  const page = await versionPage(db, deps, {
    id: { policyId: "se", version: 1 },
    person: person("omar"),
    now: as("x").now,
  });
  assert.ok(page.ok);
  assert.equal(page.value.row.state, "scheduled");
  assert.equal(page.value.row.seen.length, 1);
  assert.deepEqual(page.value.may, { ask: { why: "state" }, approve: { why: "state" } });
  const list = await policiesPage(db, deps, as("x").now);
  assert.deepEqual(
    list.packs.filter(({ isOffered }) => isOffered).map(({ id }) => id),
    ["se"],
  );
});

test("the next version takes over on its day, and past days keep the one they had", async () => {
  today = day("2026-06-01");
  const stricter = SE.replace("daysPastDue: 30", "daysPastDue: 32");
  assert.equal(
    code(await inTransaction((tx) => createDraft(tx, { policyId: "se", text: stricter, ...as("karin") }))),
    "ok",
  );
  await seen(stricter);
  assert.equal(code(await ask(2, "2026-06-15")), "ok");
  assert.equal(code(await yes(2, "omar")), "ok");
  assert.deepEqual(await versionsOn("2026-06-14"), ["se:1"]);
  assert.deepEqual(await versionsOn("2026-06-15"), ["se:2"]);
  assert.equal(
    (await policyInForce(db, day("2026-06-15")))[0]?.policy.steps.find(({ id }) => id === "suspend")?.daysPastDue,
    32,
  );
});

test("a coming version can be withdrawn, one in force is ended from a day", async () => {
  assert.equal(
    code(await inTransaction((tx) => withdraw(tx, deps, { id: { policyId: "se", version: 1 }, ...as("karin") }))),
    "policy-state",
  );
  assert.equal(
    code(await inTransaction((tx) => withdraw(tx, deps, { id: { policyId: "se", version: 2 }, ...as("karin") }))),
    "ok",
  );
  assert.deepEqual(await versionsOn("2026-06-15"), ["se:1"]);
  const stop = (on: string) =>
    inTransaction((tx) =>
      end(tx, deps, { id: { policyId: "se", version: 1 }, why: "Pause", day: day(on), ...as("omar") }),
    );
  assert.equal(code(await stop("2026-05-01")), "policy-from-past");
  assert.equal(code(await stop("2026-07-01")), "ok");
  assert.deepEqual(await versionsOn("2026-06-30"), ["se:1"]);
  assert.deepEqual(await versionsOn("2026-07-01"), []);
});

test("the text of an approved version cannot be changed or deleted, not even by hand", async () => {
  await assert.rejects(
    sql`update collections_policy_version set text = 'x' where state = 'approved'`.execute(db),
    /never changes/,
  );
  await assert.rejects(sql`delete from collections_policy_version`.execute(db), /never deleted/);
});

test("every move is in the log", async () => {
  const { rows } = await sql<{ type: string }>`select type from event order by seq`.execute(db);
  assert.deepEqual(
    rows.map(({ type }) => type.replace("collections.policy-", "")),
    [
      "drafted",
      "edited",
      "simulated",
      "asked",
      "rejected",
      "asked",
      "approved",
      "drafted",
      "simulated",
      "asked",
      "approved",
      "withdrawn",
      "ended",
    ],
  );
});

test("the public page shows what is published and no draft", async () => {
  const open = await publicPolicies(db, deps, { now: as("x").now });
  assert.ok(open.ok);
  assert.deepEqual(
    open.value.policies.map(({ version, partnerTouchesAccessFrom }) => [version, partnerTouchesAccessFrom]),
    [[1, 30]],
  );
  assert.equal(code(await publicPolicies(db, deps, { version: 2, now: as("x").now })), "policy-unknown");
  assert.equal(code(await publicPolicies(db, deps, { version: 1, now: as("x").now })), "ok");
});

test("acceptances are recorded once, of versions that were approved, by customers", async () => {
  const accept = (customerId: string, version = 1) =>
    inTransaction((tx) =>
      recordAcceptance(tx, deps, {
        policyId: "se",
        version,
        customerId: customerId as CustomerId,
        acceptedOn: day("2026-05-01"),
        evidence: "Signed terms, p. 3",
        ...as("karin"),
      }),
    );
  assert.deepEqual(await accept("c1"), { ok: true, value: { already: false } });
  assert.deepEqual(await accept("c1"), { ok: true, value: { already: true } });
  assert.equal(code(await accept("no-customer")), "customer-unknown");
  assert.equal(code(await accept("c1", 2)), "policy-unknown");
  const list = await policiesPage(db, deps, as("x").now);
  assert.equal(list.versions.find(({ version }) => version === 1)?.accepted, 1);
});

test("a rate is data: added with its source, corrected by a newer entry, gone from what is missing", async () => {
  const add = (from: string, percent: string) =>
    inTransaction((tx) =>
      addRate(tx, deps, { series: "SE", from: day(from), percent, source: "riksbank.se", ...as("karin") }),
    );
  assert.equal(code(await add("2025-08-01", "2.0")), "rate-half-year");
  assert.equal(code(await add("2027-01-01", "2.0")), "rate-ahead");
  const missing = async () =>
    (await ratesPage(db, today)).missing.filter(({ series }) => series === "SE").map(({ from }) => from);
  assert.deepEqual(await missing(), ["2025-07-01"]);
  assert.equal(code(await add("2025-07-01", "2.5")), "ok");
  today = today.add({ days: 1 });
  assert.equal(code(await add("2025-07-01", "2.0")), "ok");
  assert.deepEqual(await missing(), []);
  assert.deepEqual(
    (await ratesOf(db)).find(({ series, from }) => series === "SE" && from === "2025-07-01")?.percent,
    "2",
  );
});

test("the demo's pack comes into force even where somebody had begun a draft", async () => {
  const { switchOnPack } = await import("./demo.ts");
  await inTransaction((tx) => createDraft(tx, { policyId: "uk", text: "law: UK", ...as("karin") }));
  const [asker, approver] = [as("karin"), as("omar")];
  const ask = {
    pack: "uk",
    fromDay: day("2026-02-02"),
    simulationId: "demo",
    why: "The demo",
    asker,
    approver,
  } as const;
  assert.equal((await inTransaction((tx) => switchOnPack(tx, deps, { ...ask, now: asker.now }))).version, 2);
  assert.deepEqual(await versionsOn("2026-02-02"), ["uk:2"]);
});
