import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import { SURETY } from "../../store/contract.ts";
import { readEvents } from "../../store/events.ts";
import { testStore } from "../../store/testing.ts";
import { retentionClass } from "./decide-filing.ts";
import { planForgetting, RETENTION_DAYS } from "./decide-retention.ts";
import {
  changeRetention,
  forgetOldEvents,
  holdCustomer,
  releaseCustomer,
  type RetentionDeps,
} from "./service-retention.ts";
import { daysKept } from "./store-days.ts";
import { newRecord, type TestRecord, testStream } from "./testing.ts";

const store = await testStore();
const stream = testStream(store);
const NOW = Temporal.Instant.from("2026-11-22T12:00:00Z");
const HELD = "00000000-0000-4000-8000-000000000001" as CustomerId;
const deps = (now: Temporal.Instant): RetentionDeps => ({
  store,
  clock: { now: () => now },
  newId: randomUUID,
  customersByIds: async () => new Map([[HELD, { name: "Held AB" }]]),
  allCustomerIds: async () => [HELD],
});
const put = async (records: readonly TestRecord[], now: Temporal.Instant) =>
  stream.append(
    records.map((record) => newRecord(record, now)),
    { intake: "push:test", now },
  );
const left = async (): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`select id from activity_event order by id`.execute(store.db);
  return rows.map(({ id }) => id);
};

test("a class goes when the last moment of its day is older than its days", () => {
  const plan = (day: string) => planForgetting([day], RETENTION_DAYS, NOW)[0];
  assert.equal(plan("2026-10-23"), undefined); // 30 days
  assert.deepEqual(plan("2026-10-22"), { day: "2026-10-22", over: ["unknown"], isWhole: false });
  assert.deepEqual(plan("2026-08-23")?.over, ["mailbox", "unknown"]);
  assert.equal(plan("2025-10-18")?.isWhole, false);
  assert.equal(plan("2025-10-17")?.isWhole, true);
});

const CLASSES = [
  ["m365-audit", "mailitemsaccessed", "user", "mailbox"],
  ["m365-audit", "new-inboxrule", "user", "admin"],
  ["m365-audit", "set-mailbox", "system", "mailbox"],
  ["m365-audit", "set-mailbox", "user", "admin"],
  ["m365-audit", "userloginfailed", "user", "sign-in"],
  ["entra-sign-in", "sign-in", "user", "sign-in"],
  ["azure-activity", "microsoft.compute/virtualmachines/write", "user", "admin"],
  ["partner-center", "create_order", "partner", "admin"],
  ["defender", "alert", "unknown", "alert"],
  ["unknown", "", "unknown", "unknown"],
] as const;
for (const [source, operation, kind, expected] of CLASSES)
  test(`${operation || "nothing"} of ${source} by ${kind} is kept as ${expected}`, () =>
    assert.equal(retentionClass({ source, operation, actor: { id: "a", kind } }), expected));

test("diary: events go class by class, whole days by table; held customers and what came lately stay", async () => {
  const long = NOW.subtract({ hours: 24 * 500 });
  await put(
    [
      { id: "a1", at: "2025-07-10T01:00:00Z" },
      { id: "a2", at: "2025-07-10T02:00:00Z", source: "entra-sign-in" },
      { id: "a3", at: "2025-07-10T03:00:00Z", source: "entra-sign-in", customer: HELD },
      { id: "b1", at: "2025-07-09T01:00:00Z" },
    ],
    long,
  );
  await put([{ id: "file", at: "2024-01-01T00:00:00Z" }], NOW); // an old file, brought in today
  // Half a year on, sign-ins had their time; nobody held anything.
  const [at200, at410] = [200, 410].map((days) =>
    Temporal.Instant.from("2025-07-10T00:00:00Z").add({ hours: 24 * days }),
  );
  assert.ok(at200 && at410);
  const hold = await store.inTransaction((tx) =>
    holdCustomer(tx, deps(at200), { customerId: HELD, reason: "lawsuit 4711", actor: SURETY, now: at200 }),
  );
  assert.ok(hold.ok);
  const again = await store.inTransaction((tx) =>
    holdCustomer(tx, deps(at200), { customerId: HELD, reason: "twice", actor: SURETY, now: at200 }),
  );
  assert.equal(!again.ok && again.error.code, "held-already");
  assert.equal((await forgetOldEvents(deps(at200))).removed, 1n);
  assert.deepEqual(await left(), ["a1", "a3", "b1", "file"]);
  // After 410 days the day without a held customer goes as a table, the other stays for it.
  assert.equal((await forgetOldEvents(deps(at410))).removed, 2n);
  assert.deepEqual(await left(), ["a3", "file"]);
  assert.deepEqual(await daysKept(store.db), ["2024-01-01", "2025-07-10"]);
  assert.equal((await forgetOldEvents(deps(at410))).removed, 0n);
  // What is gone may come again, and what is held is known.
  const returned = await put(
    [
      { id: "b1", at: "2025-07-09T01:00:00Z" },
      { id: "a3", at: "2025-07-10T03:00:00Z", source: "entra-sign-in" },
    ],
    NOW,
  );
  assert.deepEqual([returned.fresh, returned.repeated], [1, 1]);
  // The hold is lifted: the usual time applies again.
  const lifted = await store.inTransaction((tx) =>
    releaseCustomer(tx, { id: hold.value.id, why: "settled", actor: SURETY, now: NOW }),
  );
  assert.ok(lifted.ok);
  const twice = await store.inTransaction((tx) =>
    releaseCustomer(tx, { id: hold.value.id, why: "again", actor: SURETY, now: NOW }),
  );
  assert.equal(!twice.ok && twice.error.code, "hold-not-in-force");
  assert.equal((await forgetOldEvents(deps(NOW))).removed, 1n);
  assert.deepEqual(await left(), ["b1", "file"]);
  // A month after the old file came, it has been looked at.
  await forgetOldEvents(deps(NOW.add({ hours: 24 * 31 })));
  assert.deepEqual(await left(), []);
  const told = (await readEvents(store.db, { typePrefix: "activity.", limit: 50 })).map(({ type }) => type).reverse();
  assert.deepEqual(
    [...new Set(told)],
    ["activity.legal-hold-set", "activity.days-removed", "activity.legal-hold-lifted"],
  );
});

test("a class that is given other days is kept so long, and the log says what it was", async () => {
  await put([{ id: "short", at: "2026-10-01T00:00:00Z" }], Temporal.Instant.from("2026-10-01T00:00:00Z"));
  await store.inTransaction((tx) =>
    changeRetention(tx, { class: "admin", days: 7, why: "a test", actor: SURETY, now: NOW }),
  );
  assert.equal((await forgetOldEvents(deps(NOW))).removed, 1n);
  const [event] = await readEvents(store.db, { typePrefix: "activity.settings-changed", limit: 1 });
  assert.deepEqual([event?.before, event?.after, event?.why], [{ days: 400 }, { days: 7 }, "a test"]);
});

test("readers still find everything after old appends were told as one", async () => {
  const start = await stream.end();
  const ids: string[] = [];
  for (let n = 0; n < 12; n++) {
    // Receipt and position need not agree: a late batch may say an earlier time.
    const now = NOW.subtract({ hours: n % 3 === 0 ? 24 * 9 : n % 2 });
    ids.push(`j${n}`);
    await put([{ id: `j${n}`, at: `2026-11-${10 + n}T00:00:00Z` }], now.add({ hours: 24 * 12 }));
  }
  await forgetOldEvents(deps(NOW.add({ hours: 24 * 6 })));
  const read: string[] = [];
  for (let at = start; ;) {
    const page = await stream.readAfter(at, 2);
    const last = page.at(-1);
    if (last === undefined) break;
    read.push(...page.map(({ event }) => event.id));
    at = last.position;
  }
  assert.deepEqual(read, ids);
});
