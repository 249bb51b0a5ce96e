import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { CorrelationRule, CorrelationType, SigmaEvent, Threshold } from "./contract.ts";
import { Correlator, type Firing } from "./correlator.ts";
import { needlesOf } from "./decide-needles.ts";
import { tallyOf } from "./decide-tally.ts";
import { type Entry, windowHolds } from "./decide-window.ts";
import { loadSigma } from "./load.ts";
import { agrees, Matcher } from "./matcher.ts";
import { ruleSetOf } from "./rule-set.ts";

/** Rules and events drawn from few words, so that they meet. */
const word = fc.constantFrom("alpha", "beta", "Gamma", "alphabet", "ΑΣ", "x");
const value = fc.oneof(word, fc.integer({ min: 0, max: 3 }), fc.boolean());
const field = fc.constantFrom("a", "b", "c.d", "e", "toString");
const pattern = fc
  .array(fc.oneof(word, fc.constantFrom("*", "?", "al", "Σ")), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(""));
const item = fc.oneof(
  fc.tuple(field, value).map(([name, one]) => `${name}: ${JSON.stringify(one)}`),
  fc
    .tuple(field, fc.array(pattern, { minLength: 1, maxLength: 3 }))
    .map(([name, some]) => `${name}: ${JSON.stringify(some)}`),
  fc
    .tuple(field, fc.constantFrom("contains", "startswith", "endswith", "cased", "contains|cased", "neq"), pattern)
    .map(([name, how, one]) => `${name}|${how}: ${JSON.stringify(one)}`),
  fc
    .tuple(field, fc.array(pattern, { minLength: 2, maxLength: 3 }))
    .map(([name, some]) => `${name}|contains|all: ${JSON.stringify(some)}`),
  fc.tuple(field, fc.boolean()).map(([name, one]) => `${name}|exists: ${one}`),
  field.map((name) => `${name}: null`),
  fc.tuple(field, fc.constantFrom("a.", "al.h", "^x", "B")).map(([name, one]) => `${name}|re: ${JSON.stringify(one)}`),
  fc.tuple(field, fc.integer({ min: 0, max: 3 })).map(([name, one]) => `${name}|gte: ${one}`),
  fc.tuple(field, field).map(([name, one]) => `${name}|fieldref: ${one}`),
);
const selection = fc
  .array(item, { minLength: 1, maxLength: 3 })
  .map((items) => [...new Map(items.map((one) => [one.split(":")[0], one])).values()]);
const condition = fc.constantFrom(
  "s0 and s1",
  "s0 or s1",
  "s0 and not s1",
  "not s0",
  "1 of s*",
  "all of them",
  "not (s0 or s1) or s1",
);
const source = fc.constantFrom("{ product: p }", "{ product: q }", "{ product: p, service: s }", "{ category: c }");
const rule = fc.record({ first: selection, second: selection, condition, source }).map(
  (one) => `title: drawn
logsource: ${one.source}
detection:
  s0:
${one.first.map((line) => `    ${line}`).join("\n")}
  s1:
${one.second.map((line) => `    ${line}`).join("\n")}
  condition: ${one.condition}
`,
);
const event: fc.Arbitrary<SigmaEvent> = fc.record(
  {
    a: fc.oneof(value, fc.array(value, { maxLength: 2 })),
    b: fc.oneof(value, fc.constant(null)),
    c: fc.oneof(fc.record({ d: value }), fc.array(fc.record({ d: value }), { maxLength: 2 })),
    "c.d": value,
    e: word,
  },
  { requiredKeys: [] },
);
const classified = fc.constantFrom(
  undefined,
  { product: "p" },
  { product: "p", service: "s" },
  [{ product: "q" }, { category: "c" }],
  [{ product: "p", category: "c", service: "s" }, { product: "q" }],
);
const loaded = (texts: readonly string[]) => {
  const documents = texts.flatMap((text) => loadSigma(text).documents);
  return ruleSetOf(documents);
};

test("with the index and without it the same drawn rules match drawn events, whatever they were classified as", () => {
  let matches = 0;
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 1, maxLength: 6 }),
      fc.array(event, { maxLength: 6 }),
      classified,
      (rules, events, is) => {
        const matcher = new Matcher(loaded(rules));
        for (const one of events) {
          const found = matcher.match(one, is);
          matches += found.length;
          assert.deepEqual(found, matcher.matchNaively(one, is));
        }
      },
    ),
    { numRuns: 1_500 },
  );
  assert.ok(matches > 500, `${matches} matches`);
});

test("several log sources of an event: a rule matches when any agrees", () => {
  fc.assert(
    fc.property(rule, event, (text, one) => {
      const matcher = new Matcher(loaded([text]));
      const [p, q] = [{ product: "p", service: "s" }, { category: "c" }];
      const either = new Set([...matcher.match(one, p), ...matcher.match(one, q)]);
      assert.deepEqual(matcher.match(one, [p, q]), [...either]);
    }),
  );
  assert.ok(agrees({ product: "p" }, { product: "p", service: "s" }));
});

test("not x matches exactly where x does not", () => {
  fc.assert(
    fc.property(selection, event, (lines, one) => {
      const text = (words: string): string =>
        `title: x\nlogsource: { product: p }\ndetection:\n  s:\n${lines.map((line) => `    ${line}`).join("\n")}\n  condition: ${words}\n`;
      const matches = (words: string): number => new Matcher(loaded([text(words)])).match(one, undefined).length;
      const set = loaded([text("s")]);
      fc.pre(set.rules.length === 1);
      assert.equal(matches("s") + matches("not s"), 1);
    }),
  );
});

test("a rule that is added changes nothing for the others", () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), rule, event, classified, (rules, more, one, is) => {
      const few = loaded(rules);
      const all = loaded([...rules, more]);
      const found = new Matcher(all).match(one, is).filter((at) => at < few.rules.length);
      assert.deepEqual(found, new Matcher(few).match(one, is));
    }),
  );
});

test("a filter only takes away, whatever it says", () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 3 }), selection, event, (rules, lines, one) => {
      const filter = `title: f\nlogsource: { product: p }\nfilter:\n  rules: any\n  s:\n${lines.map((line) => `    ${line}`).join("\n")}\n  condition: not s\n`;
      const before = new Matcher(loaded(rules)).match(one, undefined);
      const after = new Matcher(loaded([...rules, filter])).match(one, undefined);
      assert.ok(after.every((at) => before.includes(at)));
    }),
  );
});

test("texts found in one pass are those that stand in it", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "é", "😀"), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(letters, { minLength: 1, maxLength: 20 }),
      fc.string({ unit: fc.constantFrom("a", "b", "é", "😀", "z"), maxLength: 20 }),
      (texts, text) => {
        const found = new Set<number>();
        needlesOf(texts.map((one, at) => [one, at] as const))?.find(text, (at) => void found.add(at));
        const wanted = texts.flatMap((one, at) => (text.includes(one) ? [at] : []));
        assert.deepEqual(
          [...found].sort((a, b) => a - b),
          wanted,
        );
      },
    ),
  );
});

const TYPES: readonly CorrelationType[] = [
  "event_count",
  "value_count",
  "temporal",
  "temporal_ordered",
  "value_sum",
  "value_avg",
  "value_percentile",
  "value_median",
];
const correlationOf = (type: CorrelationType, threshold: Threshold): CorrelationRule => {
  const [made] = loadSigma(
    `title: t\ncorrelation:\n  type: event_count\n  rules: [a, b, c]\n  timespan: 10s\n  condition: { gte: 1 }\n`,
  ).documents;
  if (made?.kind !== "correlation") throw new Error("it loads");
  return { ...made, type, thresholds: [threshold], fields: ["v"], percentile: 75 };
};

test("a figure that is kept up to date is the figure of the window, for every type", () => {
  const entry = fc.record({
    rule: fc.integer({ min: 0, max: 2 }),
    value: fc.oneof(
      fc.constant(undefined),
      fc.integer({ min: -3, max: 3 }),
      fc.double({ noNaN: true, min: -1, max: 1 }),
    ),
  });
  const threshold = fc.record({
    by: fc.constantFrom("gt", "gte", "lt", "lte", "eq", "neq"),
    value: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...TYPES),
      threshold,
      fc.array(entry, { maxLength: 20 }),
      fc.integer({ min: 1, max: 6 }),
      (type, by, drawn, width) => {
        const correlation = correlationOf(type, by);
        const entries: Entry[] = drawn.map((one, time) => ({ ...one, time }));
        const tally = tallyOf(correlation);
        entries.forEach((one, at) => {
          tally.add(one);
          const gone = entries[at - width];
          if (gone !== undefined) tally.remove(gone);
          const window = entries.slice(Math.max(0, at - width + 1), at + 1);
          assert.equal(
            tally.holds(() => window),
            windowHolds(correlation, window),
            `${type} at ${at}`,
          );
        });
      },
    ),
    { numRuns: 500 },
  );
});

const COUNTED = `title: base
name: base
logsource: { product: p }
detection:
  s: { k: 1 }
  condition: s
---
title: three
correlation:
  type: event_count
  rules: [base]
  group-by: [user]
  timespan: 10s
  condition: { gte: 3 }
`;
const seen = (time: number, more: { readonly user?: string; readonly scope?: string } = {}) => ({
  event: { k: 1, user: more.user ?? "x" },
  time: time * 1_000,
  ref: `e${time}`,
  id: `e${time}`,
  scope: more.scope,
});

test("events of different scopes never come together", () => {
  const correlator = new Correlator<string>(loaded([COUNTED]));
  const take = (time: number, scope: string): readonly Firing<string>[] => correlator.take([0], seen(time, { scope }));
  assert.deepEqual([take(1, "one"), take(2, "two"), take(3, "one"), take(4, "two")].flat(), []);
  const [firing] = take(5, "one");
  assert.deepEqual([firing?.scope, firing?.refs, firing?.size], ["one", ["e1", "e3", "e5"], 3]);
});

test("a group that is too full forgets its oldest, says so, and does not count them again when they come again", () => {
  const correlator = new Correlator<string>(loaded([COUNTED]), { entriesMax: 16, latenessMs: 3_600_000, refsMax: 4 });
  let last: readonly Firing<string>[] = [];
  for (let time = 0; time < 100; time++) last = correlator.take([0], seen(time / 100));
  assert.equal(last[0]?.refs.length, 4);
  const { evicted, entries, tooLate } = correlator.counters;
  assert.ok(evicted > 80 && entries <= 17 && tooLate === 0);
  assert.deepEqual(correlator.take([0], seen(0)), []);
  assert.equal(correlator.counters.tooLate, 1);
});

test("all groups together have a limit: the ones nothing came to for longest give way", () => {
  const correlator = new Correlator<string>(loaded([COUNTED]), { totalMax: 10 });
  for (let time = 0; time < 100; time++) correlator.take([0], seen(time, { user: `u${time % 20}` }));
  const { entries, evicted } = correlator.counters;
  assert.ok(entries <= 10 && evicted >= 80);
});

test("counters say why an event was not counted", () => {
  const correlator = new Correlator<string>(loaded([COUNTED]), { latenessMs: 1_000 });
  correlator.take([0], seen(100));
  correlator.take([0], seen(100));
  correlator.take([0], seen(1));
  correlator.take([0], { ...seen(100), event: { k: 1 } });
  assert.deepEqual(correlator.countersOf(0), {
    groups: 1,
    entries: 1,
    evicted: 0,
    ungrouped: 1,
    tooLate: 1,
    repeated: 1,
  });
});
