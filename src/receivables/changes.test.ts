import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Actor, Tx } from "../store/contract.ts";
import { testStore } from "../store/testing.ts";
import type { MoneyIn } from "./contract-ledger.ts";
import { decideWriteOff, reallocate, undoChange, writeOff } from "./service-changes.ts";
import { recordMoneyWith } from "./service-money.ts";
import { agedRows, overviewOf } from "./service-overview.ts";
import { openReceivables } from "./service.ts";
import { endPayer, moneyDetail, setPayer, statementOf } from "./service-statement.ts";
import { addInvoices, emptyLedger, LEDGER_CUSTOMER as CUSTOMER } from "./testing-ledger.ts";

const store = await testStore();
const deps = { onChanged: async () => {}, newId: randomUUID, customersByIds: async () => new Map() };
const day = (text: string) => Temporal.PlainDate.from(text);
const karin = { kind: "person", id: "karin", name: "Karin" } as const satisfies Actor;
const elin = { kind: "person", id: "elin", name: "Elin" } as const satisfies Actor;
const on = (text: string, actor: Actor = karin) => ({
  actor,
  now: Temporal.Instant.from(`${text}T09:00:00Z`),
  today: day(text),
});
const child = "0aaaaaaa-1111-4222-8333-444455556666" as CustomerId;

const within = <T>(work: (tx: Tx) => Promise<T>) => store.inTransaction(work);
const pay = async (number: string, valueDate: string, amountMinor: bigint, names: string[] = []) => {
  const row: MoneyIn = {
    customerId: CUSTOMER,
    system: "bank",
    number,
    kind: "payment",
    currency: "SEK",
    amountMinor,
    valueDate: day(valueDate),
    names,
  };
  const done = await within((tx) =>
    recordMoneyWith(deps)(tx, { rows: [row], actor: karin, now: on("2026-07-01").now }),
  );
  assert.ok(done.ok);
  return done.value[0]?.paymentId ?? "";
};
const at = async (text: string, customerId = CUSTOMER) => {
  const [open] = await openReceivables(store.db, day(text), [customerId]);
  return [open?.outstandingMinor ?? 0n, open?.unappliedMinor ?? 0n];
};
const openNumbers = async (text: string) => {
  const { movements } = await statementOf(store.db, deps, {
    customerId: CUSTOMER,
    asOf: day(text),
    skip: 0,
    limit: 100,
  });
  return movements
    .filter((row) => row.what === "item" && row.left?.minor !== "0")
    .map((row) => row.number)
    .toSorted();
};
const sek = (minor: bigint) => ({ minor, currency: "SEK" });

test("money is moved by hand from today on: no earlier day changes, the reason is kept, and it can be undone once", async () => {
  await emptyLedger(store.db);
  const [one = "", two = ""] = await addInvoices(store.db, [
    { number: "I1", amount: 100n, issued: "2026-05-01" },
    { number: "I2", amount: 100n, issued: "2026-06-01" },
  ]);
  const paymentId = await pay("P1", "2026-06-10", 100n);
  assert.deepEqual([await openNumbers("2026-06-10"), await openNumbers("2026-07-01")], [["I2"], ["I2"]]);
  const detail = await moneyDetail(store.db, paymentId);
  assert.ok(detail.ok);
  const ask = {
    paymentId,
    seen: detail.value.seen,
    to: [{ invoiceId: two, amount: sek(100n) }],
    reason: "Paid for June, says the customer.",
  };
  const moved = await within((tx) => reallocate(tx, deps, { ...ask, ...on("2026-07-02") }));
  assert.ok(moved.ok, moved.ok ? "" : moved.error.code);
  assert.deepEqual([await openNumbers("2026-07-01"), await openNumbers("2026-07-02")], [["I2"], ["I1"]]);
  const late = await within((tx) =>
    reallocate(tx, deps, { ...ask, to: [{ invoiceId: one, amount: sek(100n) }], ...on("2026-07-02") }),
  );
  assert.equal(late.ok ? "" : late.error.code, "changed-since");
  const { movements } = await statementOf(store.db, deps, {
    customerId: CUSTOMER,
    asOf: day("2026-07-02"),
    skip: 0,
    limit: 9,
  });
  assert.deepEqual(
    movements
      .find((row) => row.what === "money")
      ?.allocations.map((line) => `${line.number} ${line.amount.minor} ${line.reason}`),
    ["I1 100 oldest-due", "I1 -100 taken-back", "I2 100 by-hand"],
  );
  const undo = () =>
    within((tx) =>
      undoChange(tx, deps, { changeId: moved.value, reason: "They meant May.", ...on("2026-07-03", elin) }),
    );
  assert.ok((await undo()).ok);
  assert.deepEqual([await openNumbers("2026-07-02"), await openNumbers("2026-07-03")], [["I1"], ["I2"]]);
  const again = await undo();
  assert.equal(again.ok ? "" : again.error.code, "not-done");
  const { rows } = await sql<{
    type: string;
  }>`select type from event where type like 'receivables.%' order by seq`.execute(store.db);
  assert.deepEqual(
    rows.slice(-3).map(({ type }) => type),
    ["receivables.money-reallocated", "receivables.money-reallocated", "receivables.change-undone"],
  );
});

test("money is never moved to more than an invoice needs, beyond what it has, or to another customer's invoice", async () => {
  await emptyLedger(store.db);
  const [one = ""] = await addInvoices(store.db, [{ number: "I1", amount: 100n, issued: "2026-05-01" }]);
  const [other = ""] = await addInvoices(store.db, [
    { number: "X1", amount: 100n, issued: "2026-05-01", customerId: child },
  ]);
  const [more = ""] = await addInvoices(store.db, [{ number: "I2", amount: 100n, issued: "2026-05-02" }]);
  const paymentId = await pay("P1", "2026-06-10", 120n);
  const seen = (await moneyDetail(store.db, paymentId)).ok
    ? ((await moneyDetail(store.db, paymentId)) as { value: { seen: string } }).value.seen
    : "";
  for (const [to, code] of [
    [[{ invoiceId: one, amount: sek(101n) }], "over-invoice"],
    [
      [
        { invoiceId: one, amount: sek(100n) },
        { invoiceId: more, amount: sek(21n) },
      ],
      "over-money",
    ],
    [[{ invoiceId: other, amount: sek(10n) }], "not-its-invoice"],
    [
      [
        { invoiceId: one, amount: sek(100n) },
        { invoiceId: more, amount: sek(20n) },
      ],
      "nothing-changes",
    ],
  ] as const) {
    const done = await within((tx) =>
      reallocate(tx, deps, { paymentId, seen, to, reason: "Trying.", ...on("2026-07-02") }),
    );
    assert.equal(done.ok ? "done" : done.error.code, code);
  }
});

test("a small write-off is done by one, a large one by two, and undoing it makes the debt owed again", async () => {
  await emptyLedger(store.db);
  const [small = "", large = ""] = await addInvoices(store.db, [
    { number: "I1", amount: 100_000n, issued: "2026-05-01" },
    { number: "I2", amount: 100_001n, issued: "2026-05-02" },
  ]);
  const off = (invoiceId: string, minor: bigint) =>
    within((tx) => writeOff(tx, deps, { invoiceId, amount: sek(minor), reason: "Bankrupt.", ...on("2026-07-02") }));
  const done = await off(small, 100_000n);
  assert.ok(done.ok && !done.value.waits);
  assert.deepEqual(
    [await at("2026-07-01"), await at("2026-07-02")],
    [
      [200_001n, 0n],
      [100_001n, 0n],
    ],
  );
  const asked = await off(large, 100_001n);
  assert.ok(asked.ok && asked.value.waits);
  assert.deepEqual(await at("2026-07-02"), [100_001n, 0n]);
  const decide = (actor: Actor) =>
    within((tx) => decideWriteOff(tx, deps, { changeId: asked.value.id, approve: true, ...on("2026-07-03", actor) }));
  const own = await decide(karin);
  assert.equal(own.ok ? "" : own.error.code, "second-person");
  assert.ok((await decide(elin)).ok);
  assert.deepEqual(await at("2026-07-03"), [0n, 0n]);
  const undone = await within((tx) =>
    undoChange(tx, deps, { changeId: done.value.id, reason: "They paid after all.", ...on("2026-07-04") }),
  );
  assert.ok(undone.ok, undone.ok ? "" : undone.error.code);
  assert.deepEqual(
    [await at("2026-07-03"), await at("2026-07-04")],
    [
      [0n, 0n],
      [100_000n, 0n],
    ],
  );
});

test("a payer's money pays its own invoices first, then those it pays for, from the day of the link", async () => {
  await emptyLedger(store.db);
  await addInvoices(store.db, [{ number: "I1", amount: 100n, issued: "2026-06-20" }]);
  await addInvoices(store.db, [{ number: "X1", amount: 40n, issued: "2026-05-01", customerId: child }]);
  const link = await within((tx) =>
    setPayer(tx, deps, {
      customerId: child,
      payerId: CUSTOMER,
      from: day("2026-06-01"),
      reason: "One group.",
      ...on("2026-06-01"),
    }),
  );
  assert.ok(link.ok);
  const chain = await within((tx) =>
    setPayer(tx, deps, {
      customerId: CUSTOMER,
      payerId: child,
      from: day("2026-06-01"),
      reason: "Other way.",
      ...on("2026-06-01"),
    }),
  );
  assert.equal(chain.ok ? "" : chain.error.code, "payer-chain");
  await pay("P1", "2026-06-10", 130n);
  assert.deepEqual(
    [await at("2026-06-20"), await at("2026-06-20", child), await at("2026-06-09", child)],
    [
      [0n, 0n],
      [10n, 0n],
      [40n, 0n],
    ],
  );
  const list = (per: "customer" | "account") =>
    agedRows(store.db, deps, { asOf: day("2026-06-20"), by: "due", per, sort: "outstanding", direction: "desc" });
  assert.deepEqual(
    (await (await list("account")).slice(0, 9)).map((row) => [row.customerId, row.outstanding.minor]),
    [[CUSTOMER, "10"]],
  );
  assert.deepEqual(
    (await (await list("customer")).slice(0, 9)).map((row) => row.payer?.customerId),
    [CUSTOMER],
  );
  const { movements } = await statementOf(store.db, deps, {
    customerId: child,
    asOf: day("2026-06-20"),
    skip: 0,
    limit: 9,
  });
  assert.deepEqual(
    movements.map((row) => `${row.what} ${row.change.minor} ${row.balance.minor}`),
    ["paid-for -30 10", "item 40 40"],
  );
  assert.ok(
    (
      await within((tx) =>
        endPayer(tx, deps, { linkId: link.value, until: day("2026-07-01"), reason: "Sold.", ...on("2026-07-01") }),
      )
    ).ok,
  );
});

test("the overview's buckets sum to the outstanding, by due and by invoice date, and its measures say why they are unknown", async () => {
  await emptyLedger(store.db);
  await addInvoices(store.db, [
    { number: "I1", amount: 100n, issued: "2026-01-01", due: "2026-01-31" },
    { number: "I2", amount: 70n, issued: "2026-06-01", due: "2026-07-31" },
    { number: "E1", amount: 5n, issued: "2025-01-01", currency: "EUR" },
  ]);
  for (const [by, notDue, over90] of [
    ["due", "70", "100"],
    ["issue", "0", "100"],
  ] as const) {
    const { currencies } = await overviewOf(store.db, deps, { asOf: day("2026-06-20"), by });
    const [block] = currencies;
    assert.deepEqual([block?.ageing.outstanding.minor, block?.ageing.buckets.notDue.minor], ["170", notDue]);
    const sum = Object.values(block?.ageing.buckets ?? {}).reduce((total, { minor }) => total + BigInt(minor), 0n);
    assert.equal(sum, 170n);
    assert.equal(block?.ageing.buckets.over120.minor, over90);
    assert.equal(block?.measures.find(({ name }) => name === "at-risk")?.value, "58.82");
    const euro = currencies.find(({ ageing }) => ageing.currency === "EUR");
    assert.deepEqual(
      euro?.measures.filter(({ name }) => name === "dso").map(({ value, why }) => [value, why]),
      [[null, "no-sales"]],
    );
  }
});
