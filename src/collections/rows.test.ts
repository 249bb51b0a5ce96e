import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import { testStore } from "../store/testing.ts";
import { saveAccountSettings } from "./letters/store-contacts.ts";
import { writeLooked, writeStates } from "./store-rows.ts";
import { keptStates, type StateToWrite } from "./store-state.ts";
import { testDesk } from "./testing-desk.ts";

/** Rows that say what they said are not written anew: the table must be what it would be had they been. */

const store = await testStore();

const idOf = (n: number): CustomerId => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}` as CustomerId;
type Says = Pick<StateToWrite, "name" | "days" | "is_overdue" | "overdue_minor" | "reasons" | "resting">;
const says: fc.Arbitrary<Says> = fc.record({
  name: fc.constantFrom("Åkeri", "Bolag"),
  days: fc.constantFrom(null, 1, 2),
  is_overdue: fc.boolean(),
  overdue_minor: fc.constantFrom(null, "0", "100"),
  reasons: fc.constantFrom([], [{ kind: "chance.late", facts: { days: 3 } }]),
  resting: fc.constantFrom([], [{ why: "manual", id: null, until: null, invoiceIds: [] }]),
});
const rowOf = (n: number, day: number, said: Says): StateToWrite => ({
  account_id: idOf(n),
  name_key: said.name.toLowerCase(),
  country: "SE",
  customer_class: null,
  pays_for: 0,
  zone: n % 2 === 0 ? "Europe/Stockholm" : "Asia/Tokyo",
  day: `2026-03-${10 + day + (n % 2)}`,
  told_day: n % 3 === 0 ? null : `2026-03-${10 + day}`,
  evaluated_at: `2026-03-${10 + day}T09:00:00Z`,
  policy_id: null,
  policy_version: null,
  step: null,
  step_index: -1,
  overdue: [],
  overdue_currency: "SEK",
  overdue_invoices: 0,
  next_due_day: null,
  next_day: null,
  next_step: null,
  next_what: null,
  tells: null,
  is_held: false,
  is_exempt: false,
  chance_bps: null,
  contacted_bps: null,
  value_minor: null,
  reading: "unclear",
  last_told_on: null,
  ...said,
});

async function nights(days: readonly (readonly Says[])[], isWhole: boolean): Promise<readonly unknown[]> {
  await sql`delete from collections_state`.execute(store.db);
  for (const [day, all] of days.entries()) {
    const rows = all.map((said, n) => rowOf(n, day, said));
    await store.inTransaction(async (tx) => {
      const kept = await keptStates(
        tx,
        rows.map((row) => row.account_id as CustomerId),
      );
      await (isWhole ? writeStates(tx, rows) : writeLooked(tx, rows, kept));
    });
  }
  const left = await sql<{
    row: unknown;
  }>`select to_jsonb(s) as row from collections_state s order by account_id`.execute(store.db);
  return left.rows.map(({ row }) => row);
}

test("nights that skip what is unchanged leave the rows that nights without it leave", async () => {
  const week = fc.array(fc.array(says, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(week, async (days) => {
      assert.deepEqual(await nights(days, false), await nights(days, true));
    }),
    { numRuns: 40 },
  );
});

test("an older look changes nothing, not even the day", async () => {
  await sql`delete from collections_state`.execute(store.db);
  const said: Says = { name: "Åkeri", days: 1, is_overdue: true, overdue_minor: "100", reasons: [], resting: [] };
  await store.inTransaction((tx) => writeLooked(tx, [rowOf(0, 2, said)], new Map()));
  const kept = await keptStates(store.db, [idOf(0)]);
  await store.inTransaction((tx) => writeLooked(tx, [rowOf(0, 1, said)], kept));
  const { rows } = await sql<{ day: string }>`select day::text from collections_state`.execute(store.db);
  assert.deepEqual(rows, [{ day: "2026-03-12" }]);
});

test("a desk with two zones reads the ledger once and looks at every account of both", async () => {
  await sql`delete from collections_state`.execute(store.db);
  const desk = testDesk(store, { from: "2026-03-01T08:00:00Z" });
  const invoice = { amount: 500_00n, issued: "2026-02-02", due: "2026-03-30" };
  const home = await desk.newAccount([{ number: "Z-1", ...invoice }]);
  const away = await desk.newAccount([{ number: "Z-2", ...invoice }]);
  await store.inTransaction((tx) =>
    saveAccountSettings(tx, {
      account_id: away,
      customer_class: null,
      language: null,
      time_zone: "Asia/Tokyo",
      country: null,
      changed_at: Temporal.Instant.from("2026-03-01T08:00:00Z"),
      changed_by: "Karin Holm",
    }),
  );
  // Marked by the new invoices, both are looked at, and the second zone is known from then on.
  await desk.day("2026-03-02");
  let reads = 0;
  const read = desk.deps.readLedger;
  Object.assign(desk.deps, {
    readLedger: ((tx, ask) => {
      if (ask.depth === "open" && ask.accountIds === undefined) reads++;
      return read(tx, ask);
    }) satisfies typeof read,
  });
  const report = await desk.day("2026-03-03");
  assert.equal(reads, 1);
  assert.equal(report.accounts, 2);
  const { rows } = await sql<{ account_id: string; day: string }>`
    select account_id, day::text from collections_state order by zone`.execute(store.db);
  assert.deepEqual(rows, [
    { account_id: away, day: "2026-03-03" },
    { account_id: home, day: "2026-03-03" },
  ]);
});
