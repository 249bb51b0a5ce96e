import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { averageAhead, averageAt, averageChoices } from "./decide-average.ts";

const at = (text: string) => Temporal.Instant.from(text);
const now = at("2026-11-17T08:42:00+01:00");
const office = {
  zone: "Europe/Stockholm",
  opens: Temporal.PlainTime.from("08:00"),
  closes: Temporal.PlainTime.from("18:00"),
};
/** The demo reseller's morning: 9 answered in 154.8 h, 5 open. */
const basis = {
  answeredCount: 9,
  answeredMinutes: 9_288,
  openStartedAt: [
    "2026-11-17T07:56:00+01:00",
    "2026-11-17T08:21:00+01:00",
    "2026-11-16T10:05:00+01:00",
    "2026-11-16T15:20:00+01:00",
    "2026-11-17T06:31:00+01:00",
  ],
};
const tenths = ({ sumMinutes, count }: { sumMinutes: number; count: number }) =>
  Math.round((sumMinutes / count) * 10) / 600;
const hours = (point: { sumMinutes: number; count: number }) => tenths(point).toFixed(1);

const answered = [
  // everything open is answered at   average
  ["2026-11-17T09:00:00+01:00", "14.3"],
  ["2026-11-17T18:00:00+01:00", "17.5"],
  ["2026-11-18T08:00:00+01:00", "22.5"],
] as const;
for (const [when, average] of answered)
  test(`answered at ${when}, the average is ${average} h`, () => {
    assert.equal(hours(averageAt(basis, at(when))), average);
  });

test("the sum stays exact: answered minutes plus each open notice's age", () => {
  assert.deepEqual(averageAt(basis, now), {
    at: now.toString(),
    sumMinutes: 9_288 + 46 + 21 + 1_357 + 1_042 + 131,
    count: 14,
  });
});

test("a notice that comes after the moment has no age, never a negative one", () => {
  const later = { answeredCount: 1, answeredMinutes: 60, openStartedAt: ["2026-11-18T00:00:00Z"] };
  assert.deepEqual(averageAt(later, now), { at: now.toString(), sumMinutes: 60, count: 2 });
});

const choices = [
  // it is now                     the choices
  ["2026-11-17T08:42:00+01:00", ["by 09:00", "tonight 18:00", "tomorrow 08:00"]],
  ["2026-11-17T08:46:00+01:00", ["by 10:00", "tonight 18:00", "tomorrow 08:00"]],
  ["2026-11-17T16:50:00+01:00", ["by 18:00", "tomorrow 08:00"]],
  ["2026-11-17T02:10:00+01:00", ["by 03:00", "tonight 18:00", "tomorrow 08:00"]],
  ["2026-11-17T23:55:00+01:00", ["by 01:00", "tomorrow 08:00"]],
] as const;
for (const [when, expected] of choices)
  test(`at ${when} one can choose ${expected.join(", ")}`, () => {
    const given = averageChoices(basis, at(when), office).map(
      (choice) =>
        `${choice.choice} ${at(choice.at).toZonedDateTimeISO(office.zone).toPlainTime().toString({ smallestUnit: "minute" })}`,
    );
    assert.deepEqual(given, expected);
  });

test("with nothing open there is nothing to choose and no line ahead", () => {
  const quiet = { ...basis, openStartedAt: [] };
  assert.deepEqual([averageChoices(quiet, now, office), averageAhead(quiet, now)], [[], []]);
});

test("waiting longer never makes the average better", () => {
  const minutes = fc.integer({ min: 0, max: 40_000 });
  fc.assert(
    fc.property(minutes, minutes, fc.array(minutes, { minLength: 1, maxLength: 20 }), (a, b, ages) => {
      const open = ages.map((age) => now.subtract({ minutes: age }).toString());
      const one = { answeredCount: 3, answeredMinutes: 500, openStartedAt: open };
      const [sooner, later] = [Math.min(a, b), Math.max(a, b)].map((ahead) =>
        averageAt(one, now.add({ minutes: ahead })),
      );
      assert.ok((sooner?.sumMinutes ?? 0) <= (later?.sumMinutes ?? 0));
    }),
  );
});
