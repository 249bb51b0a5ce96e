import assert from "node:assert/strict";
import { before, test } from "node:test";
import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import { money } from "../core/money.ts";
import type { Actor, Tx } from "../store/contract.ts";
import { appendEvents, readEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import { CUSTOMER_SORTS, type CustomerRow, type PortfolioFigures } from "./contract.ts";
import { DIRECTIONS } from "./decide-cursor.ts";
import { followEvents } from "./service-follow.ts";
import { ownPart } from "./service-passport.ts";
import { saveSubscriptions } from "./service-holdings.ts";
import { saveCustomers } from "./service-sync.ts";
import { renewalsDue, windowsClosing } from "./service-due.ts";
import { timelineOf } from "./service-timeline.ts";
import {
  addNote,
  customerFilters,
  limitsOf,
  type ListAsk,
  listCustomers,
  saveBudgetUse,
  savePortfolioFigures,
  setLimit,
  setStanding,
} from "./service.ts";
import { aCustomer, aSubscription, customerIdOf } from "./testing.ts";

const COUNT = 2_000;
const store = await testStore();
const now = Temporal.Instant.from("2026-11-17T07:42:00Z");
const today = Temporal.PlainDate.from("2026-11-17");
const karin: Actor = { kind: "person", id: "p1", name: "Karin Holm" };
const act = { actor: karin, now };
const changed: CustomerId[] = [];
const deps = {
  reportingCurrency: async () => "SEK",
  onChanged: async (_tx: Tx, ids: readonly CustomerId[]) => void changed.push(...ids),
};

/** Figures with many ties and many unknowns: what paging must survive. */
const figuresOf = (n: number): PortfolioFigures => {
  const sek = (minor: number) => (n % 7 === 0 ? undefined : money(BigInt(minor), "SEK"));
  return {
    customerId: customerIdOf(n),
    currency: "SEK",
    exposure: sek((n % 40) * 1_000),
    openInvoices: sek(500),
    overdue: sek(n % 5 === 0 ? 900 : 0),
    unbilled: sek(n % 3),
    committed: sek(n % 11),
    deposits: sek(0),
    unknownParts: n % 7 === 0 ? ["usage-unread"] : [],
    at: now,
  };
};

before(async () => {
  const customers = Array.from({ length: COUNT }, (_, n) =>
    aCustomer(n, { name: `Kund ${n % 50} ÅÄÖ AB`, ...(n % 4 === 0 ? { associatedPartnerId: "r1" } : {}) }),
  );
  await store.inTransaction((tx) => saveCustomers(tx, customers, now));
  await store.inTransaction((tx) =>
    savePortfolioFigures(
      tx,
      customers.map((_, n) => figuresOf(n)),
    ),
  );
  await store.inTransaction((tx) =>
    saveBudgetUse(
      tx,
      customers.map((_, n) => ({
        customerId: customerIdOf(n),
        use: n % 2 === 0 ? ("no-budget" as const) : ("within" as const),
        usedBps: n % 2 === 0 ? undefined : (n * 13) % 9_000,
      })),
    ),
  );
});

async function walk(ask: Omit<ListAsk, "limit" | "cursor">): Promise<readonly CustomerRow[]> {
  const rows: CustomerRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await listCustomers(store.db, { ...ask, cursor, limit: 200 });
    assert.ok(page.ok, "the cursor of a page is good for the next");
    assert.ok(page.value.rows.length <= 200);
    rows.push(...page.value.rows);
    cursor = page.value.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

for (const sort of CUSTOMER_SORTS)
  for (const direction of DIRECTIONS)
    test(`2,000 customers by ${sort} ${direction}: everyone once, in order, unknown last`, async () => {
      const rows = await walk({ filter: {}, sort, direction });
      assert.equal(new Set(rows.map((row) => row.id)).size, COUNT);
      assert.equal(rows.length, COUNT);
      const values = rows.map((row) => valueOf(row, sort));
      const firstUnknown = values.indexOf(null);
      if (firstUnknown >= 0) assert.ok(values.slice(firstUnknown).every((value) => value === null));
      const known = values.filter((value) => value !== null);
      for (let at = 1; at < known.length; at++) {
        const [a, b] = direction === "asc" ? [known[at - 1]!, known[at]!] : [known[at]!, known[at - 1]!];
        assert.ok(a <= b, `${String(a)} before ${String(b)}`);
      }
    });

function valueOf(row: CustomerRow, sort: (typeof CUSTOMER_SORTS)[number]): bigint | string | null {
  const minor = {
    exposure: row.exposure,
    overdue: row.overdue,
    headroom: row.headroom,
    unbilled: row.unbilled,
    committed: row.committed,
  } as const;
  if (sort === "name") return null; // names are ordered by the database's collation
  if (sort === "since") return row.firstSeenAt;
  if (sort === "budget") return row.budgetUsedBps === null ? null : BigInt(row.budgetUsedBps);
  const value = minor[sort];
  return value === null ? null : BigInt(value.minor);
}

const filters = [
  [{ q: "AAÖ customer777.onmicrosoft" }, 1],
  [{ reseller: "r1" }, COUNT / 4],
  [{ reseller: "direct" }, COUNT - COUNT / 4],
  [{ hasNoBudget: true }, COUNT / 2],
  [{ isOverdue: true }, Array.from({ length: COUNT }, (_, n) => n).filter((n) => n % 5 === 0 && n % 7 !== 0).length],
  [{ hasLeft: true }, 0],
  [{ country: "SE" }, 0],
  [{ q: "kund", reseller: "r1", hasNoBudget: true }, COUNT / 4],
] as const;
for (const [filter, expected] of filters)
  test(`filter ${JSON.stringify(filter)} finds ${expected}`, async () => {
    const page = await listCustomers(store.db, { filter, sort: "name", direction: "asc", limit: 10 });
    assert.equal(page.ok && page.value.total, expected);
  });

test("the choices of the filters add up", async () => {
  const found = await customerFilters(store.db);
  assert.deepEqual([found.total, found.direct, found.resellers[0]?.count], [COUNT, COUNT - COUNT / 4, COUNT / 4]);
});

const id = customerIdOf(1);
test("a standing is changed with its reason, and the same again is refused", async () => {
  const set = (reason: string) =>
    store.inTransaction((tx) =>
      setStanding(tx, { ...act, customerId: id, standing: "watch", reason, backWhen: "overdue under 100,000 SEK" }),
    );
  const first = await set("97% of limit");
  assert.deepEqual(first.ok && [first.value.standing, first.value.by?.name], ["watch", "Karin Holm"]);
  const again = await set("97% of limit");
  assert.equal(!again.ok && again.error.code, "standing-unchanged");
  assert.equal((await set("41 days past due")).ok, true);
  const [event] = await readEvents(store.db, { customerId: id, limit: 1 });
  assert.deepEqual(
    [event?.type, event?.why, event?.actor.name],
    ["customers.standing-changed", "41 days past due", "Karin Holm"],
  );
  const nobody = await store.inTransaction((tx) =>
    setStanding(tx, { ...act, customerId: customerIdOf(99_999), standing: "watch", reason: "why" }),
  );
  assert.equal(!nobody.ok && nobody.error.kind, "not-found");
});

test("a limit gives headroom at once, in the reporting currency only", async () => {
  const set = (minor: bigint, currency = "SEK") =>
    store.inTransaction((tx) =>
      setLimit(tx, { ...act, customerId: id, amount: money(minor, currency), why: "bureau score A" }, deps),
    );
  const eur = await set(1n, "EUR");
  assert.equal(!eur.ok && eur.error.code, "limit-currency");
  assert.equal((await set(250_000n)).ok, true);
  assert.ok(changed.includes(id), "exposure is told");
  const page = await listCustomers(store.db, { filter: {}, sort: "headroom", direction: "asc", limit: 1 });
  assert.deepEqual(page.ok && [page.value.rows[0]?.id, page.value.rows[0]?.headroom?.minor], [id, "249000"]);
  await store.inTransaction((tx) => savePortfolioFigures(tx, [{ ...figuresOf(1), exposure: money(260_000n, "SEK") }]));
  const over = await listCustomers(store.db, {
    filter: { isOverLimit: true },
    sort: "headroom",
    direction: "asc",
    limit: 5,
  });
  assert.deepEqual(over.ok && over.value.rows.map((row) => row.headroom?.minor), ["-10000"]);
  await store.inTransaction((tx) =>
    savePortfolioFigures(tx, [{ ...figuresOf(1), currency: "EUR", exposure: money(1n, "EUR") }]),
  );
  const eurRow = await listCustomers(store.db, { filter: { q: id }, sort: "name", direction: "asc", limit: 1 });
  assert.equal(eurRow.ok && eurRow.value.rows[0]?.headroom, null, "kronor are not taken from euros");
  assert.equal((await limitsOf(store.db, [id])).get(id)?.why, "bureau score A");
});

test("notes, and a timeline by groups whose pages meet", async () => {
  for (let n = 0; n < 25; n++)
    await store.inTransaction((tx) =>
      addNote(
        tx,
        { ...act, customerId: id, text: `note ${n}` },
        () => `33333333-0000-4000-8000-${String(n).padStart(12, "0")}`,
      ),
    );
  const all: string[] = [];
  let before: bigint | undefined;
  do {
    const page = await timelineOf(store.db, { customerId: id, group: "people", beforeSeq: before, limit: 10 });
    all.push(...page.rows.map((row) => row.seq));
    before = page.nextCursor === null ? undefined : BigInt(page.nextCursor);
  } while (before !== undefined);
  assert.equal(new Set(all).size, all.length);
  assert.equal(all.length, 25 + 2);
  const moneyRows = await timelineOf(store.db, { customerId: id, group: "money", limit: 10 });
  assert.deepEqual(
    moneyRows.rows.map((row) => row.type),
    ["customers.limit-set"],
  );
});

test("the passport's own part", async () => {
  await store.inTransaction((tx) =>
    saveSubscriptions(
      tx,
      {
        customerId: id,
        subscriptions: [aSubscription(5, { commitmentEndDay: today.add({ days: 2 }) })],
        entitlements: [],
      },
      now,
    ),
  );
  const own = await ownPart(store.db, id, { now, today });
  assert.deepEqual(
    [own?.standing.standing, own?.limit?.why, own?.subscriptions.length, own?.notes.length],
    ["watch", "bureau score A", 1, 20],
  );
  assert.deepEqual(own?.subscriptions[0]?.warnings, ["renews-soon"]);
  assert.equal(await ownPart(store.db, customerIdOf(99_999), { now, today }), undefined);
});

test("renewals of overdue customers and closing windows are due work", async () => {
  const save = (n: number, subscription: ReturnType<typeof aSubscription>) =>
    store.inTransaction((tx) =>
      saveSubscriptions(tx, { customerId: customerIdOf(n), subscriptions: [subscription], entitlements: [] }, now),
    );
  await save(10, aSubscription(10, { name: "Microsoft 365 E5", commitmentEndDay: today.add({ days: 3 }) }));
  await save(15, aSubscription(15, { cancellableUntil: now.add({ hours: 20 }) }));
  await save(11, aSubscription(11, { cancellableUntil: now.add({ hours: 20 }) }));
  const renewals = await renewalsDue(store.db, now);
  assert.deepEqual(
    [renewals.count, renewals.first?.customerId, renewals.first?.amount],
    [1, customerIdOf(10), undefined],
  );
  const windows = await windowsClosing(store.db, now);
  assert.deepEqual(
    [windows.count, windows.first?.customerId],
    [1, customerIdOf(15)],
    "a customer in good standing may keep its window",
  );
});

test("following the log: counts of notices, and customers of the ledger, once", async () => {
  const ledger = { customerId: "9a9a9a9a-0000-8000-8000-000000000002" as CustomerId, name: "Ledger Ltd" };
  const follow = {
    store,
    clock: { now: () => now },
    ...deps,
    ledgerCustomers: async () => [ledger],
    countsFor: async (_tx: Tx, ids: readonly CustomerId[]) =>
      new Map(ids.map((one) => [one, { openNotices: 2, openCases: 1, worst: undefined }])),
  };
  await store.inTransaction((tx) =>
    appendEvents(tx, [
      { type: "notices.received", actor: karin, at: now, subject: { kind: "notice", id: "n1" }, customerId: id },
      { type: "receivables.imported", actor: karin, at: now, subject: { kind: "import", id: "i1" } },
    ]),
  );
  await followEvents(follow);
  await followEvents(follow);
  const page = await listCustomers(store.db, {
    filter: { hasOpenNotice: true },
    sort: "name",
    direction: "asc",
    limit: 5,
  });
  assert.deepEqual(page.ok && page.value.rows.map((row) => [row.id, row.openNotices, row.openCases]), [[id, 2, 1]]);
  const found = await listCustomers(store.db, {
    filter: { q: "ledger ltd" },
    sort: "name",
    direction: "asc",
    limit: 5,
  });
  assert.equal(found.ok && found.value.total, 1);
  assert.ok(changed.includes(ledger.customerId));
  assert.equal(await followEvents(follow), 0);
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from event where type = 'customers.joined' and customer_id = ${ledger.customerId}`.execute(
    store.db,
  );
  assert.equal(rows[0]?.n, 1);
});
