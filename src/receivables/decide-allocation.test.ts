import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BUCKETS, bucketOf } from "./contract.ts";
import { allocateMoney, type FreeMoney, type OpenInvoice } from "./decide-allocation.ts";

const money = (paymentId: bigint, leftMinor: bigint, more: Partial<FreeMoney> = {}): FreeMoney => ({
  paymentId,
  leftMinor,
  valueDate: "2026-02-01",
  wanted: null,
  reference: null,
  ...more,
});
const invoice = (invoiceId: bigint, openMinor: bigint, more: Partial<OpenInvoice> = {}): OpenInvoice => ({
  invoiceId,
  number: `INV-${1000n + invoiceId}`,
  openMinor,
  issueDate: "2026-01-01",
  dueDate: "2026-01-31",
  ...more,
});
const brief = (given: ReturnType<typeof allocateMoney>) =>
  given.map(({ paymentId, invoiceId, amountMinor, day }) => `${paymentId}→${invoiceId}: ${amountMinor} on ${day}`);

test("money goes to the invoice it names, even when an older one is open", () => {
  const given = allocateMoney(
    [money(1n, 100n, { wanted: "INV-1002" })],
    [invoice(1n, 100n, { dueDate: "2025-12-31" }), invoice(2n, 100n)],
    { rule: "named-then-oldest" },
  );
  assert.deepEqual(brief(given), ["1→2: 100 on 2026-02-01"]);
});
test("an invoice named in the text of the transfer counts too, a short number does not", () => {
  assert.deepEqual(
    brief(
      allocateMoney(
        [money(1n, 50n, { reference: "tack INV-1001, 12" })],
        [invoice(1n, 100n), invoice(2n, 100n, { number: "12" })],
        { rule: "named-only" },
      ),
    ),
    ["1→1: 50 on 2026-02-01"],
  );
});
test("what is left after the named invoice goes to the oldest due, if the rule says so", () => {
  const invoices = [
    invoice(1n, 40n, { dueDate: "2026-03-01" }),
    invoice(2n, 30n, { dueDate: "2026-01-15" }),
    invoice(3n, 30n, { dueDate: "2026-01-10" }),
  ];
  assert.deepEqual(
    brief(allocateMoney([money(1n, 80n, { wanted: "INV-1001" })], invoices, { rule: "named-then-oldest" })),
    ["1→1: 40 on 2026-02-01", "1→3: 30 on 2026-02-01", "1→2: 10 on 2026-02-01"],
  );
  assert.deepEqual(brief(allocateMoney([money(1n, 80n, { wanted: "INV-1001" })], invoices, { rule: "named-only" })), [
    "1→1: 40 on 2026-02-01",
  ]);
});
test("money that came before the invoice counts from the invoice's day", () => {
  assert.deepEqual(
    brief(
      allocateMoney([money(1n, 10n, { valueDate: "2025-12-24" })], [invoice(1n, 10n)], { rule: "named-then-oldest" }),
    ),
    ["1→1: 10 on 2026-01-01"],
  );
});

const day = fc
  .integer({ min: 0, max: 200 })
  .map((n) => Temporal.PlainDate.from("2026-01-01").add({ days: n }).toString());
const minor = fc.bigInt(1n, 500n);
const ledger = fc.record({
  money: fc
    .array(fc.record({ left: minor, valueDate: day, names: fc.option(fc.integer({ min: 0, max: 12 })) }), {
      maxLength: 12,
    })
    .map((rows) =>
      rows.map(({ left, valueDate, names }, i) =>
        money(BigInt(i), left, { valueDate, wanted: names === null ? null : `INV-${1000 + names}` }),
      ),
    ),
  invoices: fc
    .array(fc.record({ open: minor, issueDate: day, dueDate: day }), { maxLength: 12 })
    .map((rows) => rows.map(({ open, issueDate, dueDate }, i) => invoice(BigInt(i), open, { issueDate, dueDate }))),
  rule: fc.constantFrom("named-only" as const, "named-then-oldest" as const),
});
const sumBy = (given: ReturnType<typeof allocateMoney>, key: "paymentId" | "invoiceId") =>
  Map.groupBy(given, (one) => one[key]);

test("never more than the money has or the invoice needs, never before either day, and nothing idle under the oldest-due rule", () => {
  fc.assert(
    fc.property(ledger, ({ money, invoices, rule }) => {
      const given = allocateMoney(money, invoices, { rule });
      const total = (of: typeof given = []) => of.reduce((sum, one) => sum + one.amountMinor, 0n);
      for (const [id, of] of sumBy(given, "paymentId"))
        assert.ok(total(of) <= (money.find((one) => one.paymentId === id)?.leftMinor ?? -1n));
      for (const [id, of] of sumBy(given, "invoiceId"))
        assert.ok(total(of) <= (invoices.find((one) => one.invoiceId === id)?.openMinor ?? -1n));
      for (const one of given) {
        assert.ok(one.amountMinor > 0n);
        assert.ok(one.day >= (invoices.find(({ invoiceId }) => invoiceId === one.invoiceId)?.issueDate ?? "9"));
        assert.ok(one.day >= (money.find(({ paymentId }) => paymentId === one.paymentId)?.valueDate ?? "9"));
      }
      if (rule === "named-then-oldest") {
        const [has, needs] = [
          money.reduce((sum, one) => sum + one.leftMinor, 0n),
          invoices.reduce((sum, one) => sum + one.openMinor, 0n),
        ];
        assert.equal(total(given), has < needs ? has : needs);
      }
    }),
  );
});

for (const [late, bucket] of [
  [-5, "notDue"],
  [0, "notDue"],
  [1, "d1to30"],
  [30, "d1to30"],
  [31, "d31to60"],
  [60, "d31to60"],
  [61, "d61to90"],
  [90, "d61to90"],
  [91, "d91to120"],
  [120, "d91to120"],
  [121, "over120"],
  [4_000, "over120"],
] as const)
  test(`${late} days past due is in ${bucket}`, () => assert.equal(bucketOf(late), bucket));
test("every day has exactly one bucket", () =>
  fc.assert(fc.property(fc.integer({ min: -10_000, max: 10_000 }), (late) => BUCKETS.includes(bucketOf(late)))));
