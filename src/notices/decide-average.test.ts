import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { answeredIn30Days, averageIfAnsweredAt, crossesLimitAt, decideAverage, meanMinutes } from "./decide-average.ts";

const now = Temporal.Instant.from("2026-11-17T07:42:00Z");
const ago = (hours: number) => now.subtract({ minutes: Math.round(hours * 60) });
const answered = (endedHoursAgo: number, tookHours: number) => ({
  startedAt: ago(endedHoursAgo + tookHours),
  answeredAt: ago(endedHoursAgo),
});

const tables = [
  // says, answered [ended hours ago, took hours], average minutes
  ["nothing answered is unknown, not zero", [], undefined],
  ["one answer is its own time", [[1, 2]], 120],
  [
    "the mean of three",
    [
      [1, 1],
      [2, 2],
      [3, 6],
    ],
    180,
  ],
  ["an answer 30 days ago still counts", [[720, 4]], 240],
  [
    "one a minute older does not",
    [
      [720 + 1 / 60, 4],
      [1, 1],
    ],
    60,
  ],
  [
    "an answer before its detection counts zero",
    [
      [1, -1],
      [1, 2],
    ],
    60,
  ],
  [
    "one in the future does not count yet",
    [
      [-1, 2],
      [1, 1],
    ],
    60,
  ],
] as const;
for (const [says, list, expected] of tables)
  test(`average: ${says}`, () => {
    assert.equal(
      meanMinutes(
        answeredIn30Days(
          list.map(([end, took]) => answered(end, took)),
          now,
        ),
      ),
      expected,
    );
  });

test("the forecast adds the age of each open notice at that moment", () => {
  const sum = { count: 3, minutes: 3 * 60 };
  assert.equal(averageIfAnsweredAt(sum, [ago(1), ago(2)], now), Math.round((180 + 60 + 120) / 5));
  assert.equal(averageIfAnsweredAt({ count: 0, minutes: 0 }, [], now), undefined);
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
  const average = decideAverage([answered(5, 30), answered(10, 26)], [ago(1)], now);
  assert.equal(average.averageMinutes, 28 * 60);
  assert.deepEqual([average.answeredCount, average.answeredMinutes, average.aboveLimit], [2, 56 * 60, true]);
  assert.equal(average.history.length, 30);
  assert.equal(average.history.at(-1)?.averageMinutes, 28 * 60);
  assert.equal(average.history.at(0)?.averageMinutes, null);
});
