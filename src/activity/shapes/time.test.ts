import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { timeOf, timeText } from "./decide-time.ts";

const cases = [
  // as written                                 the moment
  ["2024-02-08T21:49:53.7643129Z", "2024-02-08T21:49:53.764312Z"],
  ["2024-02-08T21:49:53.7643129+00:00", "2024-02-08T21:49:53.764312Z"],
  ["2021-12-08T00:25:45.69", "2021-12-08T00:25:45.69Z"],
  ["2021-03-23 10:00:00", "2021-03-23T10:00:00Z"],
  ["2025-04-21 20:51:04.058183200", "2025-04-21T20:51:04.0581832Z"],
  ["2025-10-24T09:43:16+0530", "2025-10-24T04:13:16Z"],
  ["2025-10-24T09:43:16 -07:00", "2025-10-24T16:43:16Z"],
  ["2025-10-24T09:43:16UTC", "2025-10-24T09:43:16Z"],
  ["2025-10-24T09:43", "2025-10-24T09:43:00Z"],
  ["2024-02-29", "2024-02-29T00:00:00Z"],
  ["2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"],
  ["/Date(1616493600000)/", "2021-03-23T10:00:00Z"],
  ["/Date(1616493600000+0200)/", "2021-03-23T10:00:00Z"],
  [1_616_493_600, "2021-03-23T10:00:00Z"],
  ["1616493600123", "2021-03-23T10:00:00.123Z"],
  ["3/23/2021 10:00:00 AM", "2021-03-23T10:00:00Z"],
  ["3/23/2021, 12:00:00.250 AM", "2021-03-23T00:00:00.25Z"],
  ["Tue, 23 Mar 2021 10:00:00 GMT", "2021-03-23T10:00:00Z"],
  // no moments
  ["9999-12-31T23:59:59.9970000", undefined],
  ["0001-01-01T00:00:00", undefined],
  ["2023-02-29", undefined],
  ["2023-13-01T00:00:00Z", undefined],
  ["2023-01-01T25:00:00Z", undefined],
  ["2023-01-01T10:00:00 Mars", undefined],
  ["yesterday", undefined],
  ["", undefined],
  [12, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [null, undefined],
  [{}, undefined],
] as const;
for (const [written, moment] of cases)
  test(`${JSON.stringify(written)} is ${moment ?? "no moment"}`, () => {
    const expected =
      moment === undefined
        ? undefined
        : Temporal.Instant.from(moment).round({ smallestUnit: "microsecond", roundingMode: "trunc" }).toString();
    assert.equal(timeOf(written)?.toString(), expected);
  });

const instant = fc
  .integer({ min: 40_000_000, max: 7_000_000_000 })
  .chain((seconds) =>
    fc
      .integer({ min: 0, max: 999_999_999 })
      .map((nanos) => Temporal.Instant.fromEpochNanoseconds(BigInt(seconds) * 1_000_000_000n + BigInt(nanos))),
  );

test("what Temporal writes is read as Temporal reads it, to the microsecond", () => {
  fc.assert(
    fc.property(instant, fc.constantFrom("UTC", "+05:30", "-11:00"), (at, timeZone) => {
      const expected = at.round({ smallestUnit: "microsecond", roundingMode: "trunc" });
      assert.equal(timeOf(at.toString({ timeZone }))?.toString(), expected.toString());
    }),
  );
});

test("and written as Temporal writes it, to the millisecond", () => {
  fc.assert(
    fc.property(instant, (at) => {
      const expected = at.round({ smallestUnit: "millisecond", roundingMode: "trunc" });
      assert.equal(timeText(at), expected.toString());
    }),
  );
});

test("any text and any number is a moment or none", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.double(), fc.date({ noInvalidDate: true }).map(String)),
      (value) => void timeOf(value),
    ),
  );
});
