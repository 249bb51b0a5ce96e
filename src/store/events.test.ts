import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { exportChain, verifyChain, verifyExport } from "./audit.ts";
import { type NewEvent, SURETY } from "./contract.ts";
import { appendEvents, cursorOf, moveCursor, readEvents, readEventsAfter } from "./events.ts";
import { testStore } from "./testing.ts";

const store = await testStore();
const at = Temporal.Instant.from("2026-11-17T02:10:00.123456Z");
const event = (id: string, more: Partial<NewEvent> = {}): NewEvent => ({
  type: "store.tested",
  actor: SURETY,
  at,
  subject: { kind: "thing", id },
  data: { amount: 5n, text: "å – \u2028" },
  ...more,
});

test("state and event are kept together or not at all", async () => {
  await store.inTransaction((tx) => appendEvents(tx, [event("a"), event("b", { why: "because" })]));
  await assert.rejects(
    store.inTransaction(async (tx) => {
      await appendEvents(tx, [event("lost")]);
      throw new Error("crash");
    }),
    /crash/,
  );
  const found = await readEvents(store.db, { limit: 10 });
  assert.deepEqual(
    found.map((e) => [e.seq, e.subject.id, e.why]),
    [
      [2n, "b", "because"],
      [1n, "a", null],
    ],
  );
  assert.deepEqual(found[0]?.data, { amount: "5", text: "å – \u2028" });
});

test("many writers at once leave one unbroken chain without gaps", async () => {
  await Promise.all(
    Array.from({ length: 24 }, (_, i) =>
      store.inTransaction((tx) => appendEvents(tx, [event(`w${i}`), event(`x${i}`)])),
    ),
  );
  const report = await verifyChain(store.db);
  assert.deepEqual({ ok: report.ok, rows: report.rows }, { ok: true, rows: 50 });
});

test("a reader follows the outbox with its cursor and sees each event once", async () => {
  const seen: bigint[] = [];
  for (let round = 0; round < 10; round++) {
    await store.inTransaction(async (tx) => {
      const batch = await readEventsAfter(tx, await cursorOf(tx, "reader"), 7);
      seen.push(...batch.map((e) => e.seq));
      const last = batch.at(-1);
      if (last) await moveCursor(tx, "reader", last.seq);
    });
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 50 }, (_, i) => BigInt(i + 1)),
  );
});

const refused = [
  ["update event set body = '{}' where seq = 1", /append-only/],
  ["delete from event where seq = 50", /append-only/],
  ["truncate event", /append-only/],
  ["update event_head set seq = 1", /moves only with an event/],
  [
    "insert into event select 99, type, at, actor_kind, actor_id, subject_kind, subject_id, customer_id, case_id, body, prev_hash, repeat('a', 64) from event where seq = 1",
    /does not follow/,
  ],
] as const;
for (const [statement, why] of refused)
  test(`the database refuses: ${statement.slice(0, 60)}`, async () => {
    await assert.rejects(sql.raw(statement).execute(store.db), why);
  });

test("an export verifies offline, and a changed, missing or cut line is named", async () => {
  const lines = await Array.fromAsync(exportChain(store.db));
  assert.equal(lines.length, 50);
  const verify = (some: readonly string[]) =>
    verifyExport(
      (async function* () {
        yield* some;
      })(),
    );
  assert.equal((await verify(lines)).ok, true);
  assert.deepEqual(await verify(lines.with(6, (lines[6] ?? "").replace("store.tested", "store.forged"))), {
    ok: false,
    rows: 6,
    brokenSeq: "7",
    why: "its text was changed after it was written",
  });
  assert.deepEqual(await verify(lines.toSpliced(9, 1)), {
    ok: false,
    rows: 9,
    brokenSeq: "10",
    why: "row 10 is missing",
  });
  assert.deepEqual(await verify(lines.with(3, "{")), {
    ok: false,
    rows: 3,
    brokenSeq: "4",
    why: "its line is not readable",
  });
});

test("events whose types begin alike are read newest first, whichever type, and with the other filters", async () => {
  const kinds = ["walk.a", "walk.b-done", "walk-other.a", "walk.b", "walk.a"] as const;
  await store.inTransaction((tx) =>
    appendEvents(
      tx,
      kinds.map((type, i) => event(`k${i}`, { type })),
    ),
  );
  const ids = async (typePrefix: string, more: { limit?: number; beforeSeq?: bigint; since?: Temporal.Instant } = {}) =>
    (await readEvents(store.db, { typePrefix, limit: 10, ...more })).map(({ subject }) => subject.id);
  assert.deepEqual(await ids("walk."), ["k4", "k3", "k1", "k0"]);
  assert.deepEqual(await ids("walk.b"), ["k3", "k1"]);
  assert.deepEqual(await ids("walk"), ["k4", "k3", "k2", "k1", "k0"]);
  assert.deepEqual(await ids("walk.", { limit: 2 }), ["k4", "k3"]);
  const newest = (await readEvents(store.db, { limit: 1 }))[0]?.seq ?? 0n;
  assert.deepEqual(await ids("walk.", { beforeSeq: newest, limit: 2 }), ["k3", "k1"]);
  assert.deepEqual(await ids("walk.", { since: at.add({ seconds: 1 }) }), []);
  assert.deepEqual(await ids("zzz"), []);
});

test("verify names the first row that someone with full rights has changed", async () => {
  await sql
    .raw(
      "alter table event disable trigger all; update event set customer_id = 'other' where seq = 30; alter table event enable trigger all",
    )
    .execute(store.db);
  const columns = await verifyChain(store.db);
  assert.deepEqual(columns, { ok: false, rows: 30, brokenSeq: "30", why: "its columns do not say what its text says" });
  await sql
    .raw(
      "alter table event disable trigger all; update event set body = replace(body, 'w', 'v') where seq = 20; alter table event enable trigger all",
    )
    .execute(store.db);
  const text = await verifyChain(store.db);
  assert.equal(text.ok ? "" : text.brokenSeq, "20");
  await sql
    .raw(
      "alter table event disable trigger all; delete from event where seq >= 15; alter table event enable trigger all",
    )
    .execute(store.db);
  assert.deepEqual(await verifyChain(store.db), {
    ok: false,
    rows: 14,
    brokenSeq: "15",
    why: "the log ends before its recorded end: rows were cut off",
  });
});
