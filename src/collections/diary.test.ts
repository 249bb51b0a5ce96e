import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { testStore } from "../store/testing.ts";
import { collectionsSettings } from "./contract.ts";
import { effectsNow, lettersOf, seats, testDesk } from "./testing-desk.ts";

/** Weeks of one account, day by day, on a real database. */

const store = await testStore();

const weekdays = (from: string, to: string): readonly string[] => {
  const days: string[] = [];
  for (
    let day = Temporal.PlainDate.from(from);
    Temporal.PlainDate.compare(day, Temporal.PlainDate.from(to)) <= 0;
    day = day.add({ days: 1 })
  )
    days.push(day.toString());
  return days;
};

test("invoice, letters, freeze, suspension proposed, approved, paid, reactivated", async () => {
  const desk = testDesk(store, { from: "2026-03-01T08:00:00Z" });
  // Due Monday 2026-03-02.
  const account = await desk.newAccount([
    { number: "F-1", amount: 5_000_00n, issued: "2026-02-02", due: "2026-03-02" },
  ]);
  const seat = seats(account, "Microsoft 365 Business Premium");
  desk.hold(account, [seat]);

  for (const day of weekdays("2026-03-02", "2026-03-16")) await desk.day(day);
  assert.deepEqual(await lettersOf(store, account), [
    "2026-03-02 heads-up mail sent",
    "2026-03-05 friendly mail sent",
    "2026-03-12 reminder mail sent",
  ]);
  assert.deepEqual(await effectsNow(store, account), []);

  // Day 15 freezes new purchases at once, and says so.
  await desk.day("2026-03-17");
  assert.deepEqual(await effectsNow(store, account), ["freeze-purchases done 2026-03-17"]);
  assert.equal((await desk.purchaseFreeze(store.db, [account])).get(account)?.stepId, "freeze");

  for (const day of weekdays("2026-03-18", "2026-03-31")) await desk.day(day);
  const told = await lettersOf(store, account);
  assert.ok(told.includes("2026-03-23 suspension-notice mail sent"), told.join("\n"));
  assert.ok(
    !(await effectsNow(store, account)).some((one) => one.startsWith("suspend-seats")),
    "the notice has not run",
  );

  // Day 30 is 1 April; the notice of 23 March runs ten days, to 2 April. 3 April is Good Friday, the 6th Easter Monday.
  for (const day of weekdays("2026-04-01", "2026-04-07")) await desk.day(day);
  const asked = [...desk.standIn.all.values()].filter((one) => one.kind === "suspend-subscription");
  assert.equal(asked.length, 1, "one proposal, however many days it waits");
  assert.equal(asked[0]?.need, 2, "as many people as the policy says");
  const { rows } = await sql<{
    reason: string;
    wanted_on: Temporal.PlainDate;
  }>`select reason, wanted_on from collections_effect
    where account_id = ${account} and kind = 'suspend-seats'`.execute(store.db);
  assert.equal(rows[0]?.wanted_on.toString(), "2026-04-02");
  assert.match(
    rows[0]?.reason ?? "",
    /Policy se version 1, step suspend .*F-1 \(31 d\).*suspension-notice by mail 2026-03-23/,
  );

  // Approved and carried out.
  desk.standIn.become(asked[0]?.id ?? "", "verified", desk.deps.clock.now());
  desk.hold(account, [{ ...seat, status: "suspended", autoRenew: false }]);
  await desk.day("2026-04-08");
  assert.ok((await effectsNow(store, account)).includes("suspend-seats done 2026-04-08"));

  // Paid: purchases are free the same day, and the way back is proposed.
  await desk.pay(account, 5_000_00n, "2026-04-09");
  await desk.day("2026-04-09");
  assert.equal((await desk.purchaseFreeze(store.db, [account])).size, 0);
  const undo = [...desk.standIn.all.values()].find((one) => one.undoOf === asked[0]?.id);
  assert.ok(undo, "taking the suspension back is proposed");
  assert.ok((await effectsNow(store, account)).includes("suspend-seats lifting 2026-04-08"));

  desk.standIn.become(undo.id, "verified", desk.deps.clock.now());
  await desk.day("2026-04-10");
  const end = await effectsNow(store, account);
  assert.ok(end.includes("suspend-seats lifted 2026-04-08 2026-04-10"), end.join("\n"));
  assert.ok(end.includes("freeze-purchases lifted 2026-03-17 2026-04-09"), end.join("\n"));
});

test("the day run twice, by two workers at once, tells once; a week asleep skips nothing and doubles nothing", async () => {
  const desk = testDesk(store, { from: "2026-06-01T06:00:00Z" });
  const account = await desk.newAccount([{ number: "G-1", amount: 900_00n, issued: "2026-05-01", due: "2026-06-01" }]);
  await desk.day("2026-06-04");
  await sql`delete from collections_run`.execute(store.db);
  await Promise.all([desk.runDay(), desk.runDay()]);
  await desk.send();
  assert.deepEqual(await lettersOf(store, account), ["2026-06-04 friendly mail sent"]);
  // Asleep until day 15: the reminder was due on day 10 and is told first; freezing does not wait for it.
  await desk.day("2026-06-16");
  assert.deepEqual(await effectsNow(store, account), ["freeze-purchases done 2026-06-16"]);
  await desk.day("2026-06-17");
  await desk.day("2026-06-18");
  const told = await lettersOf(store, account);
  assert.equal(new Set(told.map((line) => line.split(" ")[1])).size, told.length, "each step once");
  assert.equal(told[1], "2026-06-16 reminder mail sent");
});

test("a promise rests the account, and broken it resumes with a call", async () => {
  const desk = testDesk(store, { from: "2026-08-03T06:00:00Z" });
  const account = await desk.newAccount([{ number: "H-1", amount: 800_00n, issued: "2026-07-01", due: "2026-08-03" }]);
  await desk.day("2026-08-06");
  const { makePromise } = await import("./service-promises.ts");
  const made = await store.inTransaction((tx) =>
    makePromise(tx, desk.deps, {
      accountId: account,
      amount: { minor: 800_00n, currency: "SEK" },
      dueOn: Temporal.PlainDate.from("2026-08-14"),
      invoiceIds: [],
      note: "By the 14th",
      actor: { kind: "person", id: "karin", name: "Karin" },
      now: desk.deps.clock.now(),
    }),
  );
  assert.ok(made.ok);
  for (const day of weekdays("2026-08-07", "2026-08-16")) await desk.day(day);
  assert.deepEqual(
    await lettersOf(store, account),
    ["2026-08-06 friendly mail sent"],
    "no letter while the promise holds",
  );
  await desk.day("2026-08-17");
  const { rows } = await sql<{ seen: string; calls: number }>`select p.seen,
    (select count(*)::int from collections_task t where t.account_id = p.account_id and t.kind = 'call') as calls
    from collections_promise p where p.account_id = ${account}`.execute(store.db);
  assert.deepEqual(rows, [{ seen: "broken", calls: 1 }]);
  await desk.day("2026-08-18");
  const again = await sql<{
    n: number;
  }>`select count(*)::int as n from collections_task where account_id = ${account} and kind = 'call'`.execute(store.db);
  assert.equal(again.rows[0]?.n, 1, "asked for once");
  assert.ok((await lettersOf(store, account)).length > 1, "the ladder goes on");
});

test("what is paid between the decision and the sending is not sent", async () => {
  const desk = testDesk(store, { from: "2026-09-01T06:00:00Z" });
  const account = await desk.newAccount([{ number: "J-1", amount: 700_00n, issued: "2026-08-01", due: "2026-09-01" }]);
  desk.clock("2026-09-04T07:30:00Z");
  await desk.runDay();
  assert.deepEqual(await lettersOf(store, account), ["2026-09-04 friendly mail queued"]);
  await desk.pay(account, 700_00n, "2026-09-04");
  await desk.send();
  assert.deepEqual(await lettersOf(store, account), ["2026-09-04 friendly mail cancelled"]);
});

test("late news from the bank pause letters, and the day is made up for when they come", async () => {
  const desk = testDesk(store, { from: "2026-10-01T06:00:00Z" });
  const account = await desk.newAccount([{ number: "K-1", amount: 600_00n, issued: "2026-09-01", due: "2026-10-01" }]);
  const { saveCollectionsSettings } = await import("./service-settings.ts");
  const now = Temporal.Instant.from("2026-10-01T06:00:00Z");
  const settings = collectionsSettings.parse({ bankLateDays: 2 });
  await store.inTransaction((tx) =>
    saveCollectionsSettings(tx, { settings, actor: { kind: "person", id: "karin", name: "Karin" }, now }),
  );
  await desk.day("2026-10-05");
  assert.deepEqual(await lettersOf(store, account), [], "nothing is known from the bank");
  const { rows } = await sql<{
    days: number;
  }>`select days from collections_state where account_id = ${account}`.execute(store.db);
  assert.equal(rows[0]?.days, 4, "the list is true all the same");
  Object.assign(desk.deps, { bankFreshness: async () => ({ through: Temporal.PlainDate.from("2026-10-02") }) });
  await desk.day("2026-10-05", "14:00");
  assert.deepEqual(await lettersOf(store, account), ["2026-10-05 friendly mail sent"]);
});
