import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { answeredIn30Days, crossesLimitAt, decideAverage, meanMinutes } from "./decide-average.ts";

const now = Temporal.Instant.from("2026-11-17T07:42:00Z");
const ago = (hours: number) => now.subtract({ minutes: Math.round(hours * 60) });
const days = (list: readonly (readonly [daysAgo: number, count: number, hours: number])[]) =>
  list.map(([daysAgo, count, hours]) => ({ daysAgo, count, minutes: hours * 60 }));

const tables = [
  // says, [days ago, answered, hours in all], average minutes
  ["nothing answered is unknown, not zero", [], undefined],
  ["one answer is its own time", [[0, 1, 2]], 120],
  [
    "the mean of three",
    [
      [0, 1, 1],
      [0, 1, 2],
      [2, 1, 6],
    ],
    180,
  ],
  ["the thirtieth day back still counts", [[29, 1, 4]], 240],
  [
    "the one before it does not",
    [
      [30, 1, 4],
      [0, 1, 1],
    ],
    60,
  ],
] as const;
for (const [says, list, expected] of tables)
  test(`average: ${says}`, () => {
    assert.equal(meanMinutes(answeredIn30Days(days(list))), expected);
  });

test("nothing open never crosses; already above does not cross again", () => {
  assert.equal(crossesLimitAt({ count: 3, minutes: 180 }, [], now), undefined);
  assert.equal(crossesLimitAt({ count: 1, minutes: 100 * 60 }, [ago(1)], now), undefined);
});

test("at the moment of crossing the average is 24 h, a minute before it is not", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 1_000 }),
      fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 8 }),
      (count, mean, ages) => {
        const open = ages.map((minutes) => now.subtract({ minutes }));
        const at = crossesLimitAt({ count, minutes: count * mean }, open, now);
        assert.ok(at);
        const exact = (when: Temporal.Instant) =>
          count * mean +
          open.reduce((sum, start) => sum + Math.floor((when.epochMilliseconds - start.epochMilliseconds) / 60_000), 0);
        const limit = 1_440 * (count + open.length);
        assert.ok(exact(at) >= limit);
        assert.ok(exact(at.subtract({ minutes: 1 })) < limit);
      },
    ),
  );
});

test("what the pages are given: history of thirty days, the sum behind the figure, and above the limit or not", () => {
  const average = decideAverage(
    days([
      [0, 1, 30],
      [0, 1, 26],
      [40, 1, 90],
    ]),
    [ago(1)],
    now,
  );
  assert.equal(average.averageMinutes, 28 * 60);
  assert.deepEqual([average.answeredCount, average.answeredMinutes, average.aboveLimit], [2, 56 * 60, true]);
  assert.equal(average.history.length, 30);
  assert.equal(average.history.at(-1)?.averageMinutes, 28 * 60);
  assert.equal(average.history.at(0)?.averageMinutes, 90 * 60, "29 days ago only the old answer counted");
});
