import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import { money } from "../core/money.ts";
import type { CommittedPart, CreditLimit, CustomerSummary, PortfolioFigures } from "../customers/contract.ts";
import type { OpenReceivable, ReceivablesMovement } from "../receivables/contract.ts";
import type { BurnRate, UnbilledUsage } from "../spending/contract.ts";
import { SURETY } from "../store/contract.ts";
import { testStore } from "../store/testing.ts";
import { PARTS, portfolioExposureJson, exposureJson } from "./contract.ts";
import { backfillExposure } from "./backfill.ts";
import { recomputeDirty, recomputeExposure } from "./recompute.ts";
import {
  type ExposureDeps,
  exposureOf,
  exposuresOf,
  markDirty,
  portfolioExposure,
  ratesOn,
  setRates,
} from "./service.ts";
import { loadTrend } from "./store.ts";

const store = await testStore();
const A = "aaaaaaaa-1111-4222-8333-444455556666" as CustomerId;
const B = "bbbbbbbb-1111-4222-8333-444455556666" as CustomerId;
const NEW = "cccccccc-1111-4222-8333-444455556666" as CustomerId;
const at = Temporal.Instant.from("2026-11-17T08:00:00Z");

/** The world of one test: what other slices would say, changed between computations. */
const world = {
  today: "2026-11-17",
  reporting: "SEK",
  open: [] as OpenReceivable[],
  committed: [] as CommittedPart[],
  usage: [] as UnbilledUsage[],
  moved: [] as ReceivablesMovement[],
  limits: new Map<CustomerId, CreditLimit>(),
  figures: new Map<CustomerId, PortfolioFigures>(),
  queued: 0,
};
const inScope = <T extends { readonly customerId: CustomerId }>(rows: readonly T[], ids?: readonly CustomerId[]) =>
  rows.filter(({ customerId }) => ids === undefined || ids.includes(customerId));
const deps: ExposureDeps = {
  store,
  enqueue: async () => void (world.queued += 1),
  openReceivables: async (_tx, _day, ids) => inScope(world.open, ids),
  customersWithLedger: async (_tx, ids) => new Set(inScope(world.open, ids).map(({ customerId }) => customerId)),
  receivablesMovement: async () => world.moved,
  committedTerms: async (_tx, _day, ids) => inScope(world.committed, ids),
  unbilledUsage: async (_tx, _day, ids) => inScope(world.usage, ids),
  burnRateOf: async (_tx, id): Promise<BurnRate> =>
    id === A
      ? { kind: "known", perHour: money(100_00n, "SEK"), basis: "reading", from: at, through: at }
      : { kind: "unknown", reason: "no-data" },
  limitsOf: async () => world.limits,
  allCustomerIds: async () => [A, B, NEW],
  customersByIds: async (_tx, ids) =>
    new Map(ids.map((id) => [id, { id, name: `Customer ${id.charAt(0)}` } as CustomerSummary])),
  savePortfolioFigures: async (_tx, rows) => rows.forEach((row) => world.figures.set(row.customerId, row)),
  reportingCurrency: async () => world.reporting,
  deskDay: async () => Temporal.PlainDate.from(world.today),
};
const open = (
  customerId: CustomerId,
  notDue: bigint,
  late: bigint,
  more: Partial<OpenReceivable> = {},
): OpenReceivable => ({
  customerId,
  currency: "SEK",
  buckets: { notDue, d1to30: late, d31to60: 0n, d61to90: 0n, d91to120: 0n, over120: 0n },
  outstandingMinor: notDue + late,
  overdueMinor: late,
  unappliedMinor: 0n,
  depositsMinor: 0n,
  disputedMinor: 0n,
  openInvoices: 2,
  overdueInvoices: late > 0n ? 1 : 0,
  oldestDueDate: Temporal.PlainDate.from("2026-11-01"),
  recordedAt: at,
  ...more,
});
const usage = (customerId: CustomerId, minor: bigint | undefined, currency = "SEK"): UnbilledUsage => ({
  customerId,
  amount: minor === undefined ? undefined : money(minor, currency),
  reason: minor === undefined ? "never-read" : undefined,
  from: Temporal.PlainDate.from("2026-11-01"),
  through: at,
  months: [],
  basis: "calendar",
});
const portfolio = async () =>
  portfolioExposureJson.parse(await portfolioExposure(store.db, deps, Temporal.PlainDate.from(world.today)));
const one = async (customerId: CustomerId) =>
  exposureJson.parse(
    await exposureOf(store.db, deps, { customerId, day: Temporal.PlainDate.from(world.today), now: at }),
  );
const compute = () => recomputeExposure(store, deps, { customerIds: "all", now: at });

test("before anything was computed the portfolio is unknown, not nought", async () => {
  const empty = await portfolio();
  assert.deepEqual(
    [empty.total, empty.isPartial, empty.parts.every(({ amount }) => amount === null)],
    [null, true, true],
  );
});

test("figures of everyone are kept, summed, and handed to the customers list", async () => {
  world.open = [open(A, 1_000n, 500n, { depositsMinor: 200n, unappliedMinor: 70n }), open(B, 10_000n, 0n)];
  world.usage = [usage(A, 300n), usage(B, undefined)];
  world.limits = new Map([[A, { amount: money(2_000n, "SEK"), setAt: at, setBy: "Karin", why: "bureau" }]]);
  assert.equal(await compute(), 3);
  const whole = await portfolio();
  assert.deepEqual(
    [whole.total?.minor, whole.customers, whole.customersPartial, whole.customersWithoutLimit],
    ["11600", 3, 2, 2],
  );
  assert.deepEqual(
    whole.parts.map(({ kind, amount }) => `${kind} ${amount?.minor}`),
    ["open-not-due 11000", "open-overdue 500", "unbilled-usage 300", "committed-term 0", "deposits -200"],
  );
  assert.deepEqual(whole.unknown, [
    { part: "open-not-due", reason: "no-receivables", customers: 1 },
    { part: "open-overdue", reason: "no-receivables", customers: 1 },
    { part: "unbilled-usage", reason: "usage-unread", customers: 1 },
  ]);
  assert.deepEqual(
    whole.largest.map(({ name, exposure, limitUsedBps, isPartial }) => [name, exposure.minor, limitUsedBps, isPartial]),
    [
      ["Customer b", "10000", null, true],
      ["Customer a", "1600", 8_000, false],
      ["Customer c", "0", null, true],
    ],
  );
  assert.deepEqual(
    [whole.ageing.notDue.minor, whole.ageing.d1to30.minor, whole.ageing.overdue.minor, whole.ageing.unapplied.minor],
    ["11000", "500", "500", "70"],
  );
  const figures = world.figures.get(B);
  assert.deepEqual(
    [figures?.exposure?.minor, figures?.unbilled, figures?.unknownParts],
    [10_000n, undefined, ["unbilled-usage:never-read"]],
  );
  assert.deepEqual(
    [...(await exposuresOf(store.db, [A, B])).values()].map((total) => total?.minor),
    [1_600n, 10_000n],
  );
});

test("a customer's parts open to amount, age, source and rows; headroom and hours follow from the burn", async () => {
  const exposure = await one(A);
  assert.deepEqual(
    [exposure.total?.minor, exposure.headroom?.minor, exposure.limitUsedBps, exposure.hoursUntilLimit],
    ["1600", "400", 8_000, "0.0"],
  );
  assert.deepEqual(exposure.unapplied, [{ minor: "70", currency: "SEK" }]);
  for (const part of exposure.parts)
    if (part.rows > 0)
      assert.ok(part.asOf !== null && part.source !== "" && part.rowsLink?.startsWith(`/api/customers/${A}/`));
  const unknown = await one(NEW);
  assert.deepEqual(
    [unknown.isPartial, unknown.limit, unknown.hoursUntilLimit, unknown.unknown.map(({ reason }) => reason)],
    [true, null, null, ["no-receivables", "no-receivables"]],
  );
});

test("foreign amounts are unknown until a rate is set, then counted by it everywhere", async () => {
  world.usage = [usage(A, 300n), usage(B, 1_000n, "EUR")];
  await compute();
  assert.deepEqual(
    [(await portfolio()).total?.minor, (await ratesOn(store.db, deps, Temporal.PlainDate.from(world.today))).missing],
    ["11600", ["EUR"]],
  );
  const set = await store.inTransaction((tx) =>
    setRates(tx, deps, { csv: "2026-11-16,EUR,SEK,11\n2026-11-18,EUR,SEK,99", source: "ECB", actor: SURETY, now: at }),
  );
  assert.ok(set.ok);
  assert.deepEqual(
    [set.value.missing, set.value.rates.map(({ day, rate }) => `${day} ${rate}`)],
    [[], ["2026-11-16 11"]],
  );
  assert.equal(await recomputeDirty(store, deps, at), 3);
  const part = (await one(B)).parts.find(({ kind }) => kind === "unbilled-usage");
  assert.deepEqual(
    [(await portfolio()).total?.minor, part?.byCurrency[0]?.rate],
    ["22600", { rate: "11", day: "2026-11-16", source: "ECB" }],
  );
  const refused = await store.inTransaction((tx) =>
    setRates(tx, deps, { csv: "2026-11-16,EUR,SEK,eleven", source: "x", actor: SURETY, now: at }),
  );
  assert.equal(refused.ok ? "set" : refused.error.code, "rates-unreadable");
});

test("marks are coalesced, worked off once, and one set meanwhile is not lost", async () => {
  await store.inTransaction(async (tx) => {
    await markDirty(deps)(tx, [A, A, B]);
    await markDirty(deps)(tx, [A]);
  });
  world.open = [open(A, 2_000n, 500n, { depositsMinor: 200n }), open(B, 10_000n, 0n)];
  assert.equal(await recomputeDirty(store, deps, at), 2);
  assert.equal(await recomputeDirty(store, deps, at), 0);
  assert.equal((await portfolio()).total?.minor, "23600");
});

test("the next day everything is computed anew, the day before is kept, and the causes sum to the change", async () => {
  world.today = "2026-11-18";
  world.open = [open(A, 2_500n, 300n, { depositsMinor: 200n }), open(B, 10_000n, 0n)];
  world.moved = [{ customerId: A, currency: "SEK", invoicedMinor: 500n, paidMinor: 200n, depositsMinor: 0n }];
  world.usage = [usage(A, 350n), usage(B, 1_000n, "EUR")];
  assert.equal(await recomputeDirty(store, deps, at), 3);
  const { movement, largest } = await portfolio();
  assert.ok(movement?.change);
  assert.equal(
    movement.causes.reduce((sum, { amount }) => sum + BigInt(amount.minor), 0n),
    BigInt(movement.change.minor),
  );
  const causes = movement.causes.map(({ cause, amount }) => `${cause} ${amount.minor}`);
  assert.deepEqual(causes, ["invoices-issued 500", "new-usage 50", "payments-in -200", "rates 88000"]);
  assert.equal(largest.find(({ customerId }) => customerId === A)?.changeOneDay?.minor, "350");
  const trend = await loadTrend(store.db, {
    customerId: A,
    from: Temporal.PlainDate.from("2026-11-01"),
    to: Temporal.PlainDate.from("2026-11-30"),
  });
  assert.deepEqual(
    trend.map(({ day, total_minor }) => `${day.toString()} ${total_minor}`),
    ["2026-11-17 2600", "2026-11-18 2950"],
  );
});

test("another reporting currency changes every figure", async () => {
  world.reporting = "EUR";
  await recomputeDirty(store, deps, at);
  const whole = await portfolio();
  assert.equal(whole.reportingCurrency, "EUR");
  world.reporting = "SEK";
  await recomputeDirty(store, deps, at);
});

test("days before today are filled in once, oldest first, and today stays today", async () => {
  world.open = [open(A, 100n, 0n)];
  world.usage = [];
  assert.equal(await backfillExposure(store, deps, { days: 5, now: at }), 4);
  assert.equal(await backfillExposure(store, deps, { days: 5, now: at }), 0);
  const from = Temporal.PlainDate.from("2026-11-01");
  const trend = await loadTrend(store.db, { customerId: undefined, from, to: Temporal.PlainDate.from("2026-11-30") });
  assert.deepEqual(
    trend.map(({ day }) => day.toString().slice(8)),
    ["13", "14", "15", "16", "17", "18"],
  );
  assert.deepEqual([(await portfolio()).day, (await portfolio()).total?.minor], ["2026-11-18", "100"]);
});

test("10,000 customers: kept figures add up and pages read them quickly", async () => {
  const ids = Array.from(
    { length: 10_000 },
    (_, i) => `dddddddd-1111-4222-8333-${String(i).padStart(12, "0")}` as CustomerId,
  );
  const rows = new Map(ids.map((id, i) => [id, open(id, BigInt(i), 10n)]));
  const many: ExposureDeps = {
    ...deps,
    allCustomerIds: async () => ids,
    customersWithLedger: async (_tx, asked) => new Set(asked ?? ids),
    unbilledUsage: async () => [],
    openReceivables: async (_tx, _day, asked) => (asked ?? ids).flatMap((id) => rows.get(id) ?? []),
    savePortfolioFigures: async () => {},
  };
  const began = performance.now();
  assert.equal(await recomputeExposure(store, many, { customerIds: "all", now: at }), 10_000);
  const computeMs = performance.now() - began;
  const times: number[] = [];
  for (let i = 0; i < 30; i++) {
    const from = performance.now();
    await portfolioExposure(store.db, many, Temporal.PlainDate.from(world.today));
    times.push(performance.now() - from);
  }
  const whole = await portfolio();
  assert.equal(whole.total?.minor, `${(9_999n * 10_000n) / 2n + 100_000n}`);
  const sums = await sql<{
    total: bigint;
    parts: bigint;
  }>`select sum(total_minor)::bigint as total, sum(not_due_minor + overdue_minor + usage_minor + term_minor + deposit_minor)::bigint as parts from exposure_current`.execute(
    store.db,
  );
  assert.equal(sums.rows[0]?.total, sums.rows[0]?.parts);
  console.log(
    `10,000 customers computed in ${Math.round(computeMs)} ms; portfolio read in ${times.sort((a, b) => a - b)[15]?.toFixed(1)} ms at the median`,
  );
  assert.equal(whole.parts.length, PARTS.length);
});
