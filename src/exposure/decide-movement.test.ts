import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decideMovement } from "./decide-movement.ts";

const nothing = {
  invoiced: 0n,
  paid: 0n,
  usageUp: 0n,
  usageDown: 0n,
  termUp: 0n,
  termDown: 0n,
  deposits: 0n,
  rates: { open: 0n, usage: 0n, term: 0n, deposits: 0n },
};

test("the picture of the first screen: invoices and usage up, payments and terms down", () => {
  const { change, causes } = decideMovement({
    ...nothing,
    before: 19_108_300n,
    after: 19_520_600n,
    invoiced: 318_400n,
    usageUp: 286_900n,
    paid: 151_300n,
    termDown: -41_700n,
  });
  assert.equal(change, 412_300n);
  assert.deepEqual(causes, [
    ["invoices-issued", 318_400n],
    ["new-usage", 286_900n],
    ["payments-in", -151_300n],
    ["terms-ended", -41_700n],
  ]);
});

test("what nothing explains is called other", () => {
  assert.deepEqual(decideMovement({ ...nothing, before: 100n, after: 107n, invoiced: 5n }).causes, [
    ["invoices-issued", 5n],
    ["other", 2n],
  ]);
});

test("without a day before there is no change to explain", () =>
  assert.deepEqual(decideMovement({ ...nothing, before: null, after: 5n }), { change: null, causes: [] }));

test("the causes sum to the change", () => {
  const minor = fc.bigInt(-(10n ** 12n), 10n ** 12n);
  fc.assert(
    fc.property(
      fc.record({
        before: minor,
        after: minor,
        invoiced: minor,
        paid: minor,
        usageUp: minor,
        usageDown: minor,
        termUp: minor,
        termDown: minor,
        deposits: minor,
        rates: fc.record({ open: minor, usage: minor, term: minor, deposits: minor }),
      }),
      (facts) => {
        const { change, causes } = decideMovement(facts);
        assert.equal(
          causes.reduce((sum, [, cause]) => sum + cause, 0n),
          change,
        );
      },
    ),
  );
});

test("a dearer euro is told as rates, not as new usage", () => {
  const { causes } = decideMovement({
    ...nothing,
    before: 11_000n,
    after: 89_150n,
    usageUp: 78_150n,
    rates: { open: 0n, usage: 88_000n, term: 0n, deposits: 0n },
  });
  assert.deepEqual(causes, [
    ["usage-billed", -9_850n],
    ["rates", 88_000n],
  ]);
});
