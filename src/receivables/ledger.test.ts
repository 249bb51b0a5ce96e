import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import { SURETY, type Tx } from "../store/contract.ts";
import { testStore } from "../store/testing.ts";
import type { AccountLedger, ClaimIn, MoneyIn } from "./contract-ledger.ts";
import { openReceivables } from "./service.ts";
import { recordClaimsWith, recordMoneyWith } from "./service-money.ts";
import { readLedger } from "./store-ledger.ts";
import { addInvoices, LEDGER_CUSTOMER as CUSTOMER, emptyLedger } from "./testing-ledger.ts";

const store = await testStore();
const touched: CustomerId[] = [];
const deps = { onChanged: async (_tx: Tx, ids: readonly CustomerId[]) => void touched.push(...ids) };
const recordMoney = recordMoneyWith(deps);
const recordClaims = recordClaimsWith(deps);
const now = Temporal.Instant.from("2026-08-01T08:00:00Z");
const day = (text: string) => Temporal.PlainDate.from(text);

const money = (
  kind: MoneyIn["kind"],
  number: string,
  more: Partial<Omit<MoneyIn, "valueDate">> & { on: string },
): MoneyIn => {
  const { on, ...rest } = more;
  return {
    customerId: CUSTOMER,
    system: "bank",
    number,
    kind,
    currency: "SEK",
    amountMinor: 100n,
    names: [],
    ...rest,
    valueDate: day(on),
  };
};
const record = async (...rows: MoneyIn[]) => {
  const done = await store.inTransaction((tx) => recordMoney(tx, { rows, actor: SURETY, now }));
  assert.ok(done.ok, done.ok ? "" : done.error.detail);
  return done.value;
};
const claim = async (...rows: ClaimIn[]) => {
  const done = await store.inTransaction((tx) => recordClaims(tx, { rows, actor: SURETY, now }));
  assert.ok(done.ok, done.ok ? "" : done.error.detail);
  return done.value;
};
/** Outstanding and unapplied at the end of a day. */
const at = async (text: string) => {
  const [open] = await openReceivables(store.db, day(text));
  return [open?.outstandingMinor ?? 0n, open?.unappliedMinor ?? 0n];
};
const ledger = async (depth: "open" | "all", text: string): Promise<AccountLedger[]> =>
  Array.fromAsync(readLedger(store.db, { depth, asOf: day(text) }));
const reasons = async () =>
  (
    await sql<{
      line: string;
    }>`select coalesce(i.number, 'money') || ' ' || a.amount_minor || ' ' || a.day || ' ' || a.reason as line
      from allocation a left join invoice i using (invoice_id) order by a.allocation_id`.execute(store.db)
  ).rows.map(({ line }) => line);

test("KB-11: a refund without a credit note opens the invoice again on its day, and not before", async () => {
  await emptyLedger(store.db);
  await addInvoices(store.db, [{ number: "I1", amount: 100n, issued: "2026-05-31" }]);
  await record(money("payment", "P1", { on: "2026-06-10" }));
  await record(
    money("refund", "R1", { on: "2026-07-05", amountMinor: -100n, reverses: { system: "bank", number: "P1" } }),
  );
  assert.deepEqual(await at("2026-06-09"), [100n, 0n]);
  assert.deepEqual(await at("2026-07-04"), [0n, 0n]);
  assert.deepEqual(await at("2026-07-05"), [100n, 0n]);
  const [account] = await ledger("open", "2026-07-05");
  assert.deepEqual(
    account?.items[0]?.applied.map((one) => `${one.day.toString()} ${one.amountMinor}`),
    ["2026-06-10 100", "2026-07-05 -100"],
  );
  assert.deepEqual(await ledger("open", "2026-07-04"), []);
});

test("a refund of what a credit note gave leaves the invoice paid", async () => {
  await emptyLedger(store.db);
  await addInvoices(store.db, [{ number: "I1", amount: 100n, issued: "2026-05-31" }]);
  await record(money("payment", "P1", { on: "2026-06-10", names: ["I1"] }));
  await record(money("credit-note", "C1", { on: "2026-06-20", names: ["I1"] }));
  assert.deepEqual(await at("2026-06-20"), [0n, 100n]);
  await record(
    money("refund", "R1", { on: "2026-07-05", amountMinor: -100n, reverses: { system: "bank", number: "P1" } }),
  );
  assert.deepEqual(await at("2026-07-05"), [0n, 0n]);
});

test("a chargeback opens what the payment paid, its end restores it, in any order of arrival", async () => {
  const rows = [
    money("payment", "P1", { on: "2026-06-10" }),
    money("chargeback", "CB", { on: "2026-06-20", amountMinor: -100n, reverses: { system: "bank", number: "P1" } }),
    money("chargeback-reversal", "CR", { on: "2026-07-01", reverses: { system: "bank", number: "CB" } }),
  ];
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
    [2, 0, 1],
    [1, 2, 0],
    [0, 2, 1],
  ]) {
    await emptyLedger(store.db);
    await addInvoices(store.db, [{ number: "I1", amount: 100n, issued: "2026-05-31" }]);
    for (const n of order) await record(rows[n] ?? assert.fail());
    const seen = await Promise.all(["2026-06-09", "2026-06-10", "2026-07-01"].map(at));
    assert.deepEqual(
      seen,
      [
        [100n, 0n],
        [0n, 0n],
        [0n, 0n],
      ],
      `order ${order.join()}`,
    );
    const [during = 0n, unapplied = 0n] = await at("2026-06-25");
    assert.equal(during - unapplied, 100n, `order ${order.join()}`);
  }
});

test("the same money twice is one; another amount under its id is refused", async () => {
  await emptyLedger(store.db);
  await addInvoices(store.db, [{ number: "I1", amount: 150n, issued: "2026-05-31" }]);
  const [first, twin] = await record(
    money("payment", "P1", { on: "2026-06-10" }),
    money("payment", "P1", { on: "2026-06-10" }),
  );
  assert.deepEqual([first?.already, twin?.already, first?.paymentId === twin?.paymentId], [false, true, true]);
  const [again] = await record(money("payment", "P1", { on: "2026-06-10" }));
  assert.deepEqual([again?.already, again?.allocatedMinor], [true, 100n]);
  const other = await store.inTransaction((tx) =>
    recordMoney(tx, { rows: [money("payment", "P1", { on: "2026-06-10", amountMinor: 90n })], actor: SURETY, now }),
  );
  assert.equal(other.ok ? "" : other.error.code, "money-changed");
  assert.deepEqual(await at("2026-06-10"), [50n, 0n]);
});

test("claims are claimed once a key, settle in the order of the policy, and say so", async () => {
  for (const [order, expected] of [
    [
      "costs-interest-principal",
      ["I1/fee-1 60 2026-07-10 within-order", "I1/interest-2 5 2026-07-10 within-order", "I1 35 2026-07-10 named"],
    ],
    ["principal-first", ["I1 100 2026-07-10 named"]],
  ] as const) {
    await emptyLedger(store.db);
    const [id = ""] = await addInvoices(store.db, [{ number: "I1", amount: 100n, issued: "2026-05-31" }]);
    const fee = {
      key: `step-1 ${id}`,
      ofInvoiceId: id,
      kind: "fee",
      amountMinor: 60n,
      day: day("2026-07-01"),
      basis: "SE Act 1981:739 s. 4",
    } as const;
    const interest = { ...fee, key: `interest ${id}`, kind: "interest", amountMinor: 5n } as const;
    assert.deepEqual(
      (await claim(fee, interest, fee)).map(({ already }) => already),
      [false, false, true],
    );
    assert.deepEqual(
      (await claim(fee)).map(({ already }) => already),
      [true],
    );
    assert.deepEqual(await at("2026-07-01"), [165n, 0n]);
    const done = await store.inTransaction((tx) =>
      recordMoney(tx, {
        rows: [money("payment", "P1", { on: "2026-07-10", names: ["I1"] })],
        actor: SURETY,
        now,
        order,
      }),
    );
    assert.ok(done.ok);
    assert.deepEqual(await reasons(), expected);
    const [account] = await ledger("open", "2026-07-10");
    assert.deepEqual(
      account?.items.map((one) => [one.number, one.kind, one.ofInvoiceId]),
      order === "principal-first"
        ? [
            ["I1/fee-1", "fee", id],
            ["I1/interest-2", "interest", id],
          ]
        : [["I1", "invoice", undefined]],
    );
  }
});

test("an account is the payer with those it pays for, from day to day", async () => {
  await emptyLedger(store.db);
  const child = "0aaaaaaa-1111-4222-8333-444455556666" as CustomerId;
  await addInvoices(store.db, [{ number: "I1", amount: 100n, issued: "2026-05-31" }]);
  await addInvoices(store.db, [{ number: "I2", amount: 40n, issued: "2026-05-31", customerId: child }]);
  await sql`insert into payer_link (link_id, customer_id, payer_id, from_day, reason, set_by, set_at)
    values (gen_random_uuid(), ${child}, ${CUSTOMER}, '2026-07-01', 'One group, one treasury.', 'test', now())`.execute(
    store.db,
  );
  const brief = async (text: string) =>
    (await ledger("open", text)).map((one) => [one.accountId, one.customerIds.length, one.items.length]);
  assert.deepEqual(await brief("2026-06-30"), [
    [child, 1, 1],
    [CUSTOMER, 1, 1],
  ]);
  assert.deepEqual(await brief("2026-07-01"), [[CUSTOMER, 2, 2]]);
});

test("an earlier day is read as it was: due date changed later, disputes, unapplied money", async () => {
  await emptyLedger(store.db);
  const [id = ""] = await addInvoices(store.db, [
    { number: "I1", amount: 100n, issued: "2026-05-01", due: "2026-05-31" },
  ]);
  await sql`update invoice set due_date = '2026-06-30', due_changes = '[{"on":"2026-06-05","before":"2026-05-31"}]', disputed = true, disputed_from = '2026-06-10' where invoice_id = ${id}::bigint`.execute(
    store.db,
  );
  await store.inTransaction((tx) =>
    recordMoney(tx, {
      rows: [money("payment", "P1", { on: "2026-06-01", amountMinor: 30n })],
      actor: SURETY,
      now,
      rule: "named-only",
    }),
  );
  const item = async (text: string) => (await ledger("open", text))[0]?.items[0];
  assert.deepEqual(
    [(await item("2026-06-04"))?.dueDay.toString(), (await item("2026-06-04"))?.isDisputed],
    ["2026-05-31", false],
  );
  assert.deepEqual(
    [(await item("2026-06-10"))?.dueDay.toString(), (await item("2026-06-10"))?.isDisputed],
    ["2026-06-30", true],
  );
  assert.equal((await item("2026-06-10"))?.dueChanges[0]?.before.toString(), "2026-05-31");
  assert.deepEqual(
    (await ledger("open", "2026-06-10"))[0]?.money.map((one) => [one.currency, one.amountMinor]),
    [["SEK", 30n]],
  );
});
