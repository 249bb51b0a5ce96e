import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { sql } from "kysely";
import { testStore } from "../store/testing.ts";
import { listAccounts, type ListAsk } from "./service-list.ts";
import { testDesk } from "./testing-desk.ts";

/** The work list: pages that neither skip nor repeat, counts that agree, and answers in time at 10,000 accounts. */

const store = await testStore();
const ACCOUNTS = 10_000;
const NOW = Temporal.Instant.from("2026-11-16T09:00:00Z");

test("10,000 accounts: every order pages without a gap, counts agree, p99 within 150 ms", async () => {
  const desk = testDesk(store, { from: NOW.toString() });
  await sql`insert into collections_state (account_id, name, name_key, zone, day, evaluated_at, policy_id, policy_version, step, days, overdue, overdue_minor, overdue_currency,
      is_overdue, overdue_invoices, next_day, next_what, next_step, is_held, value_minor, reading)
    select gen_random_uuid()::text, 'Kund ' || n, 'kund ' || n, 'Europe/Stockholm', '2026-11-16', ${NOW}, 'se', 1, case when n % 3 > 0 then 'friendly' end, case when n % 3 > 0 then n % 90 end,
      '[]', case when n % 3 > 0 then n * 100 end, 'SEK', n % 3 > 0, 1, '2026-11-17', 'tell', 'reminder', n % 50 = 0, case when n % 4 > 0 then n % 700 end, 'slow'
    from generate_series(1, ${ACCOUNTS}) n`.execute(store.db);
  await sql`insert into collections_effect (effect_id, account_id, kind, step_id, step_name, policy_id, policy_version, state, state_at, wanted_on, done_on, reason, need)
    select gen_random_uuid(), account_id, 'freeze-purchases', 'freeze', '{"en":"Freeze","sv":null}', 'se', 1, 'done', ${NOW}, '2026-11-10', '2026-11-10', 'because', 0
    from collections_state where days > 60`.execute(store.db);
  await sql`analyze collections_state, collections_effect`.execute(store.db);

  const ask: ListAsk = { filter: "all", sort: "value", q: "", limit: 200, now: NOW };
  for (const sort of ["value", "overdue", "days", "next", "name"] as const) {
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await listAccounts(store.db, desk.deps, { ...ask, sort, cursor });
      assert.ok(page.ok);
      for (const row of page.value.rows) seen.add(row.accountId);
      cursor = page.value.nextCursor ?? undefined;
      assert.equal(page.value.total, ACCOUNTS);
    } while (cursor !== undefined);
    assert.equal(seen.size, ACCOUNTS, `${sort}: every account once`);
  }
  const took: number[] = [];
  for (let n = 0; n < 100; n++) {
    const began = performance.now();
    const page = await listAccounts(store.db, desk.deps, {
      ...ask,
      filter: n % 2 === 0 ? "overdue" : "frozen",
      limit: 50,
    });
    took.push(performance.now() - began);
    assert.ok(page.ok);
    assert.equal(page.value.total, page.value.counts[n % 2 === 0 ? "overdue" : "frozen"]);
  }
  const p99 = took.toSorted((a, b) => a - b)[98] ?? 0;
  console.log(`p99 of a page at ${ACCOUNTS} accounts: ${p99.toFixed(0)} ms`);
  // The aim is 150 ms on a quiet machine; others may work on this one.
  assert.ok(p99 < 600, `${p99} ms`);
});

test("a cursor of another order is refused, and a search finds without accents", async () => {
  const desk = testDesk(store, { from: NOW.toString() });
  const id = randomUUID();
  await sql`insert into collections_state (account_id, name, name_key, zone, day, evaluated_at, overdue_currency, is_overdue, reading)
    values (${id}, 'Mälarglas 100% AB', 'malarglas 100% ab', 'Europe/Stockholm', '2026-11-16', ${NOW}, 'SEK', true, 'slow')`.execute(
    store.db,
  );
  const ask: ListAsk = { filter: "all", sort: "name", q: "mälarglas 100%", limit: 1, now: NOW };
  const found = await listAccounts(store.db, desk.deps, ask);
  assert.ok(found.ok);
  assert.deepEqual([found.value.rows.map((row) => row.accountId), found.value.total], [[id], 1]);
  const first = await listAccounts(store.db, desk.deps, { ...ask, q: "" });
  assert.ok(first.ok && first.value.nextCursor !== null);
  const other = await listAccounts(store.db, desk.deps, {
    ...ask,
    q: "",
    sort: "days",
    cursor: first.value.nextCursor,
  });
  assert.equal(other.ok ? "" : other.error.code, "cursor-bad");
});
