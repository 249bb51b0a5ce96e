import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import { testStore } from "../../store/testing.ts";
import type { StoredEvent } from "../contract-stream.ts";
import { newRecord, type TestRecord, testStream } from "./testing.ts";

const store = await testStore();
const stream = testStream(store);
const NOW = Temporal.Instant.from("2026-11-22T12:00:00Z");
const put = (records: readonly TestRecord[], now = NOW, intake = "push:test") =>
  stream.append(
    records.map((record) => newRecord(record, now)),
    { intake, now },
  );
const idsAfter = async (position: bigint): Promise<string[]> => {
  const ids: string[] = [];
  for (let at = position; ;) {
    const page = await stream.readAfter(at, 7);
    const last = page.at(-1);
    if (last === undefined) return ids;
    ids.push(...page.map(({ event }) => event.id));
    at = last.position;
  }
};
const scanned = async (from: string, until: string): Promise<StoredEvent[]> => {
  const found: StoredEvent[] = [];
  const range = { from: Temporal.Instant.from(from), until: Temporal.Instant.from(until) };
  for await (const piece of stream.scan(range)) found.push(...piece);
  return found;
};

test("a record is kept once, however often and in whatever batch it comes", async () => {
  const start = await stream.end();
  const one = { id: "r1", at: "2026-11-20T10:00:00Z" };
  const two = { id: "r2", at: "2026-11-20T10:00:01Z" };
  assert.deepEqual(await put([one, one, two, one]), { fresh: 2, repeated: 2, lastPosition: await stream.end() });
  assert.deepEqual(await put([two, one], NOW.add({ hours: 30 })), { fresh: 0, repeated: 2, lastPosition: undefined });
  assert.deepEqual(await idsAfter(start), ["r1", "r2"]);
});

test("one id in two tenants, or from two sources, is two events", async () => {
  const at = "2026-11-20T10:00:00Z";
  const { fresh } = await put([
    { id: "t1", at, tenant: "a" },
    { id: "t1", at, tenant: "b" },
    { id: "t1", at },
    { id: "t1", at, source: "defender" },
  ]);
  assert.equal(fresh, 4);
  assert.equal((await stream.byId("defender", "t1"))?.event.source, "defender");
  assert.equal(await stream.byId("entra-audit", "t1"), undefined);
});

test("an impossible time is filed under its receipt, and the record is known again days later", async () => {
  const records: TestRecord[] = [
    { id: "early", at: "1601-01-01T00:00:00Z" },
    { id: "late", at: "2999-01-01T00:00:00Z" },
    { id: "timeless", at: undefined as never, source: "unknown" },
  ];
  assert.equal((await put(records)).fresh, 3);
  assert.deepEqual(await put(records, NOW.add({ hours: 72 })), { fresh: 0, repeated: 3, lastPosition: undefined });
  const early = await stream.byId("azure-activity", "early");
  assert.equal(early?.event.at.toString(), NOW.toString());
  assert.equal((early?.event.raw as { at: string } | undefined)?.at, "1601-01-01T00:00:00Z");
  const { rows } = await sql<{
    filed: string;
  }>`select filed from activity_event where id in ('early', 'late') order by id`.execute(store.db);
  assert.deepEqual(
    rows.map(({ filed }) => filed),
    ["too-early", "too-late"],
  );
});

test("days are made as they are met, from 2000 to tomorrow", async () => {
  const days = ["2000-01-01T00:00:00Z", "2012-02-29T23:59:59.9999999Z", "2026-11-23T11:59:59Z"];
  assert.equal((await put(days.map((at, n) => ({ id: `d${n}`, at })))).fresh, 3);
  const { rows } = await sql<{
    day: string;
    at: Temporal.Instant;
  }>`select day::text as day, at from activity_event where id in ('d0', 'd1', 'd2') order by day`.execute(store.db);
  assert.deepEqual(
    rows.map(({ day }) => day),
    ["2000-01-01", "2012-02-29", "2026-11-23"],
  );
  // The last tenth of a microsecond of a day does not round into the next.
  assert.equal(rows[1]?.at.toString(), "2012-02-29T23:59:59.999999Z");
  assert.equal((await stream.byId("azure-activity", "d1"))?.event.at.toString(), "2012-02-29T23:59:59.9999999Z");
});

test("odd texts come back as they came", async () => {
  const more = { text: "tab\tline\nback\\slash \\. \\N \u0000 \ud800 åäö 😀", long: "x".repeat(5_000) };
  const id = `odd \t \\ ${"y".repeat(1_200)}`;
  await put([{ id, at: "2026-11-20T10:00:00Z", actor: "tab\there\0", more }]);
  const found = await stream.byId("azure-activity", id);
  assert.deepEqual((found?.event.raw as { more: unknown } | undefined)?.more, more);
  assert.equal((await put([{ id, at: "2026-11-20T10:00:00Z" }])).repeated, 1);
});

test("what stands alongside is kept with the records or not at all", async () => {
  const end = await stream.end();
  const record = newRecord({ id: "beside", at: "2026-11-20T10:00:00Z" }, NOW);
  const failing = stream.append([record], {
    intake: "push:test",
    now: NOW,
    alongside: async (_, appended) => {
      assert.equal(appended.fresh, 1);
      throw new Error("no");
    },
  });
  await assert.rejects(failing, /^Error: no$/);
  assert.equal(await stream.byId("azure-activity", "beside"), undefined);
  assert.equal(await stream.end(), end);
  assert.equal((await put([{ id: "beside", at: "2026-11-20T10:00:00Z" }])).fresh, 1);
});

test("a scan gives event time order over days, half-open", async () => {
  await put([
    { id: "s3", at: "2026-06-02T00:00:00Z" },
    { id: "s1", at: "2026-06-01T05:00:00Z" },
    { id: "s4", at: "2026-06-02T00:00:01Z" },
    { id: "s2", at: "2026-06-01T05:00:00.5Z" },
  ]);
  const ids = (found: StoredEvent[]) => found.map(({ event }) => event.id);
  assert.deepEqual(ids(await scanned("2026-06-01T05:00:00Z", "2026-06-02T00:00:01Z")), ["s1", "s2", "s3"]);
  assert.deepEqual(ids(await scanned("2026-06-02T00:00:00Z", "2026-06-02T00:00:00Z")), []);
});

test("a scan of more rows than a page leaves none out and gives none twice", async () => {
  const records = Array.from({ length: 4_500 }, (_, n) => ({ id: `page${n}`, at: "2026-05-01T00:00:00Z" }));
  await put(records);
  const ids = (await scanned("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z")).map(({ event }) => event.id);
  assert.equal(ids.length, 4_500);
  assert.equal(new Set(ids).size, 4_500);
});

test("an append over years of days is kept whole, told once, and read in its order", async () => {
  const start = await stream.end();
  const at = (n: number) =>
    Temporal.Instant.from("2024-01-01T00:00:00Z")
      .add({ hours: 24 * n })
      .toString();
  const records = Array.from({ length: 300 }, (_, n) => newRecord({ id: `y${n}`, at: at((n * 7) % 150) }, NOW));
  const told: number[] = [];
  const appended = await stream.append([...records, ...records.slice(0, 9)], {
    intake: "file:old",
    now: NOW,
    alongside: async (_, { fresh, repeated }) => void told.push(fresh, repeated),
  });
  assert.deepEqual([appended.fresh, appended.repeated, told], [300, 9, [300, 9]]);
  assert.equal(appended.lastPosition, await stream.end());
  const positions: bigint[] = [];
  for (let after = start; ;) {
    const page = await stream.readAfter(after, 40);
    if (page.length === 0) break;
    positions.push(...page.map(({ position }) => position));
    after = page.at(-1)?.position ?? after;
  }
  assert.equal(positions.length, 300);
  assert.deepEqual(
    positions,
    positions.toSorted((a, b) => (a < b ? -1 : 1)),
  );
  const names = [3, 299, 0, 150].map((n) => ({ source: "azure-activity" as const, id: `y${n}` }));
  const found = await stream.byRefs([...names, { source: "azure-activity", id: "nowhere" }]);
  assert.deepEqual(
    found.map(({ event }) => event.id),
    ["y3", "y299", "y0", "y150"],
  );
});

test("a reader beside concurrent appends misses nothing and sees nothing twice", async () => {
  const start = await stream.end();
  const other = testStream(store); // a second process as far as the database knows
  let isWriting = true;
  const seen: string[] = [];
  const reader = (async () => {
    let at = start;
    for (;;) {
      const wasWriting = isWriting;
      const page = await stream.readAfter(at, 50);
      seen.push(...page.map(({ event }) => event.id));
      at = page.at(-1)?.position ?? at;
      if (page.length === 0 && !wasWriting) return;
      if (page.length === 0) await new Promise((go) => setImmediate(go));
    }
  })();
  const batch = (n: number) =>
    Array.from({ length: 20 }, (_, k) =>
      newRecord({ id: `c${n * 15 + k}`, at: `2026-11-${10 + (k % 3)}T00:00:00Z` }, NOW),
    );
  const writers = Array.from({ length: 40 }, (_, n) =>
    (n % 2 === 0 ? stream : other).append(batch(n), {
      intake: "push:test",
      now: NOW,
      // Longer transactions give a wrong order its chance.
      alongside: async (tx) => void (await sql`select pg_sleep(${(n % 4) / 200})`.execute(tx)),
    }),
  );
  const done = await Promise.all(writers);
  isWriting = false;
  await reader;
  const all = new Set(
    Array.from({ length: 40 }, (_, n) => Array.from({ length: 20 }, (_, k) => `c${n * 15 + k}`)).flat(),
  );
  assert.equal(
    done.reduce((sum, one) => sum + one.fresh, 0),
    all.size,
  );
  assert.equal(seen.length, all.size);
  assert.deepEqual(new Set(seen), all);
});

test("in any order, in any batches and with repeats the same events are kept", async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 8 }), { maxLength: 6 }),
      async (batches) => {
        run += 1;
        const start = await stream.end();
        const record = (n: number) => ({ id: `p${run}-${n}`, at: `2026-10-0${1 + (n % 3)}T00:00:00Z` });
        const appended = await Promise.all(batches.map((batch) => put(batch.map(record))));
        const wanted = new Set(batches.flat().map((n) => `p${run}-${n}`));
        assert.deepEqual(new Set(await idsAfter(start)), wanted);
        assert.equal(
          appended.reduce((sum, one) => sum + one.fresh, 0),
          wanted.size,
        );
        assert.equal(
          appended.reduce((sum, one) => sum + one.fresh + one.repeated, 0),
          batches.flat().length,
        );
      },
    ),
    { numRuns: 25 },
  );
});

test("an append wakes who listens", async () => {
  const client = await store.pool.connect();
  try {
    await client.query("listen activity_appended");
    const heard = new Promise<string | undefined>((tell) =>
      client.once("notification", ({ payload }) => tell(payload)),
    );
    const { lastPosition } = await put([{ id: "wake", at: "2026-11-20T10:00:00Z" }]);
    assert.equal(await heard, lastPosition?.toString());
  } finally {
    await client.query("unlisten *");
    client.release();
  }
});
