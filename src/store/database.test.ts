import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { testStore } from "./testing.ts";

const store = await testStore();
const kept = async () =>
  (await sql<{ n: number }>`select count(*)::int as n from pg_prepared_statements`.execute(store.db)).rows[0]?.n;

test("a statement that is asked often is kept, and answers the same for every value", async () => {
  await store.db.connection().execute(async (one) => {
    const ask = async (day: Temporal.PlainDate | null, ids: readonly string[]) =>
      (
        await sql<{
          day: Temporal.PlainDate | null;
          n: bigint;
        }>`select ${day}::date as day, count(*) as n from unnest(${ids}::text[])`.execute(one)
      ).rows[0];
    const day = Temporal.PlainDate.from("2026-11-17");
    const names = () =>
      sql`select name from pg_prepared_statements where statement like '%unnest($2::text[])%'`.execute(one);
    for (let times = 0; times < 4; times++) assert.deepEqual(await ask(day, ["a"]), { day, n: 1n });
    assert.equal((await names()).rows.length, 0);
    for (const many of [0, 1, 20])
      assert.equal((await ask(day, Array.from({ length: many }, String)))?.n, BigInt(many));
    assert.equal((await ask(null, ["a"]))?.day, null);
    assert.equal((await names()).rows.length, 1);
    // A long list is planned for its own length.
    assert.equal((await ask(day, Array.from({ length: 5_000 }, String)))?.n, 5_000n);
  });
});

test("a statement without values, of several parts, or that was only asked now and then is not kept", async () => {
  const before = await kept();
  for (let times = 0; times < 9; times++) await sql`select 1; select 2`.execute(store.db);
  for (let times = 0; times < 4; times++) await sql`select ${"text"}::text, 'rare'`.execute(store.db);
  assert.equal(await kept(), before);
});
