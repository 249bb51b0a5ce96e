/** The shared pieces, as tables: sizes, domains, windows, novelty, medians, names of one actor. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Kept } from "../contract-detector.ts";
import { Actors } from "./decide-actors.ts";
import { median, usualPerDay } from "./decide-baseline.ts";
import { reader, setting, standardSettings } from "./decide-card.ts";
import { creations } from "./decide-compute.ts";
import { domainOfUser, registrable } from "./decide-domain.ts";
import { novelties } from "./decide-first-seen.ts";
import { grantOf } from "./decide-grant.ts";
import { dig } from "./decide-json.ts";
import { parseSku } from "./decide-sku.ts";
import { timesOver } from "./decide-spend.ts";
import {
  byTime,
  DAY_MS,
  dayOf,
  EVENTS_MAX,
  HOUR_MS,
  listed,
  settle,
  slide,
  Tally,
  text,
  walk,
} from "./decide-window.ts";
import { DETECTORS } from "./detectors.ts";
import { azure, START } from "./example.ts";
import { sek } from "./example-money.ts";
import { hitsIn } from "./run.ts";

const kept = (at: number, facts: Kept["facts"] = {}, id = `${at}`): Kept => ({ id, source: "unknown", at, facts });

const sizes = [
  ["Standard_ND96asr_v4", "nd", "gpu", 96],
  ["Standard_NC24ads_A100_v4", "nc", "gpu", 24],
  ["standard_nd128isr_ndr_gb200_v6", "nd", "gpu", 128],
  ["STANDARD_NC6", "nc", "gpu", 6],
  ["NCC40ads_H100_v5", "ncc", "gpu", 40],
  ["Standard_NP10s", "np", "gpu", 10],
  ["Standard_NV36ads_A10_v5", "nv", "desktop-gpu", 36],
  ["Standard_NG32ads_V620_v1", "ng", "desktop-gpu", 32],
  ["Standard_HB120rs_v3", "hb", "hpc", 120],
  ["Standard_HB120-16rs_v3", "hb", "hpc", 16],
  ["Standard_HX176rs", "hx", "hpc", 176],
  ["Standard_M128s", "m", "memory", 128],
  ["Standard_M416-208ms_v2", "m", "memory", 208],
  ["Standard_E64-16ds_v4", "e", "general", 16],
  ["Standard_D2s_v5", "d", "general", 2],
  ["Standard_D5_v2", "d", "general", 16],
  ["Standard_DS14_v2_Promo", "ds", "general", 16],
  ["Standard_A8_v2", "a", "general", 8],
  ["Standard_A9", "a", "general", 16],
  ["Basic_A1", "a", "general", 1],
  ["Standard_G5", "g", "general", 32],
  ["Standard_B2ts_v2", "b", "general", 2],
  ["Standard_D99", "d", "general", undefined],
] as const;
for (const [name, family, kind, vcpus] of sizes)
  test(`${name} is ${kind} with ${vcpus ?? "unknown"} processors`, () =>
    assert.deepEqual(parseSku(name), { family, kind, vcpus }));
test("what is no size has none", () => {
  for (const name of ["", "Standard", "Premium_LRS", "[parameters('x')]", "Standard_", "12", "Standard_D2s_v5 "])
    assert.equal(parseSku(name) === undefined, name !== "Standard_D2s_v5 ", name);
});

const domains = [
  ["mail.fabrikam.com", "fabrikam.com"],
  ["fabrikam.com.", "fabrikam.com"],
  ["shop.example.co.uk", "example.co.uk"],
  ["example.com.au", "example.com.au"],
  ["contoso.onmicrosoft.com", "contoso.onmicrosoft.com"],
  ["åland.example.se", "example.se"],
  ["co.uk", undefined],
  ["onmicrosoft.com", undefined],
  ["localhost", undefined],
  ["192.0.2.1", undefined],
  ["a b.com", undefined],
  ["", undefined],
] as const;
for (const [name, expected] of domains)
  test(`${name || "nothing"} was registered as ${expected ?? "nothing"}`, () =>
    assert.equal(registrable(name), expected));
test("a guest is at home where the name says before #EXT#", () => {
  assert.equal(domainOfUser("bo_berg_mail.buyer.co.uk#EXT#@fabrikam.onmicrosoft.com"), "buyer.co.uk");
  assert.equal(domainOfUser("eve@fabrikam.com"), "fabrikam.com");
  assert.equal(domainOfUser("5e5e"), undefined);
});

test("a window holds what is younger than its span, not what is as old", () => {
  const all = [0, 1, HOUR_MS - 1, HOUR_MS, HOUR_MS + 1].map((at) => kept(at));
  const counts: number[] = [];
  walk(all, HOUR_MS, {}, (_, { from, to }) => counts.push(to - from + 1));
  assert.deepEqual(counts, [1, 2, 3, 3, 3]);
});

test("counts of a sliding window are those of counting it anew", () => {
  const stream = fc.array(fc.record({ at: fc.nat(200), value: fc.constantFrom("a", "b", "c") }), { maxLength: 60 });
  fc.assert(
    fc.property(stream, fc.integer({ min: 1, max: 50 }), (events, span) => {
      const all = settle(events.map(({ at, value }, n) => kept(at, { value }, `${n}`)));
      const tally = new Tally();
      walk(
        all,
        span,
        { enter: (one) => tally.add(text(one, "value")), leave: (one) => tally.remove(text(one, "value")) },
        (last, { to }) => {
          const anew = all.slice(0, to + 1).filter(({ at }) => at > last.at - span);
          assert.equal(tally.distinct, new Set(anew.map((one) => text(one, "value"))).size);
        },
      );
    }),
  );
});

test("of one day the first moment and the strongest verdict count; the next day is another hit", () => {
  const all = [0, 1, 2, DAY_MS, DAY_MS + 1].map((at) => kept(at));
  const hits = slide(all, 10 * DAY_MS, {
    judge: (last, { to }) => ({ key: "k", level: to === 1 ? "high" : "low", facts: { to } }),
  });
  assert.deepEqual(
    hits.map(({ at, level, facts, events }) => [at, level, facts["to"], events.length]),
    [
      [0, "high", 1, 2],
      [DAY_MS, "low", 4, 5],
    ],
  );
});

test("a hit names at most so many events, the first and the last", () => {
  const all = Array.from({ length: 200 }, (_, at) => kept(at));
  const [hit] = slide(all, DAY_MS, { judge: () => ({ key: "", level: "low", facts: {} }) });
  assert.equal(hit?.events.length, EVENTS_MAX);
  assert.deepEqual([hit?.events[0]?.at, hit?.events.at(-1)?.at], [0, 199]);
});

test("a value is new only with enough history, and again after the span", () => {
  const all = [
    kept(0, { v: "a" }),
    kept(9, { v: "b" }),
    kept(10, { v: "c" }),
    kept(20, { v: "c" }),
    kept(40, { v: "c" }),
  ];
  const seen = novelties(all, { spanMs: 20, learnMs: 10, valueOf: (one) => text(one, "v") }).map((one) => one.seen);
  // At 40 the span (20, 40] holds nothing older: whether c is new cannot be known.
  assert.deepEqual(seen, ["unknown", "unknown", "new", "known", "unknown"]);
});

test("usual is the middle of the days before, quiet days included", () => {
  const day = (n: number, count: number) =>
    Array.from({ length: count }, (_, i) => kept(n * DAY_MS + i, {}, `${n}-${i}`));
  const all = [...day(0, 9), ...day(2, 5), ...day(3, 100)];
  const usual = (daysMin: number) => usualPerDay(all, { at: 3 * DAY_MS, daysMin, daysMax: 14, amountOf: () => 1 });
  assert.equal(usual(3), 5);
  assert.equal(usual(4), undefined);
  assert.equal(median([]), undefined);
  assert.equal(median([4, 1, 3, 2]), 2);
});

test("names told together are one actor, in whatever order they come", () => {
  const pairs = [
    kept(0, { actor: "id-1", alias: "eve@x" }),
    kept(1, { actor: "eve@x" }),
    kept(2, { actor: "id-1", alias: "e@y" }),
  ];
  for (const order of [pairs, pairs.toReversed()]) {
    const actors = new Actors(order);
    assert.equal(new Set([...pairs.map((one) => actors.of(one)), actors.find("e@y")]).size, 1);
    assert.notEqual(actors.find("else@x"), actors.find("id-1"));
  }
});

test("a machine is made once per act, and not when it is only changed", () => {
  const write = (at: number, created: boolean | null) =>
    kept(at, { resource: "vm", created, sku: "", region: "", capacity: 1 });
  assert.equal(creations([write(0, null), write(1, true), write(2, false)]).length, 1);
  assert.equal(creations([write(0, null), write(1, false)]).length, 0);
  assert.equal(creations([write(0, true), write(DAY_MS, null), write(2 * DAY_MS, true)]).length, 2);
});

test("bodies are read in any spelling, and only their own members", () => {
  assert.equal(dig({ Properties: { vmSize: "x" } }, "properties", "VMSIZE"), "x");
  assert.equal(dig({}, "constructor"), undefined);
  assert.equal(dig(["a"], "0"), undefined);
  const told = azure(0, {
    operation: "microsoft.authorization/roleassignments/write",
    resource: { id: "/providers/microsoft.authorization/roleassignments/a" },
    request: { Properties: { RoleDefinitionId: "/x/8E3AF657-A8FF-443C-A75C-2FE8C4BCB635", PrincipalId: "P" } },
  });
  assert.deepEqual(grantOf(told), { role: "owner", scope: "/", reach: "root", principal: "p", principalKind: "" });
});

test("ratios of money need two amounts of one currency and something usual", () => {
  assert.equal(timesOver(sek(299), sek(100)), 2.99);
  assert.equal(timesOver(sek(1), sek(0)), undefined);
  assert.equal(timesOver(sek(1), { minor: 1n, currency: "EUR" }), undefined);
  assert.equal(timesOver(undefined, sek(1)), undefined);
});

test("sentences get distinct values in order, and how many more there are", () => {
  assert.equal(listed(["b", "a", "b", ""], 12), "a, b");
  assert.equal(listed(["a", "b", "c"], 2), "a, b +1");
});

test("a setting that is missing, no number or out of bounds is the starting value", () => {
  const settings = [setting("n", "a number", { unit: "things", standard: 5, min: 1, max: 9 })];
  const values = [{}, { n: 0 }, { n: 10 }, { n: Number.NaN }, { n: 1 }, { n: 9 }].map((given) =>
    reader(settings, given)("n"),
  );
  assert.deepEqual(values, [5, 5, 5, 5, 1, 9]);
  assert.throws(() => reader(settings, {})("other"));
});

test("settling gives each event once, by time, source and id", () => {
  const events = [kept(2), kept(1, {}, "b"), kept(1, {}, "a"), kept(2)];
  assert.deepEqual(
    settle(events).map(({ id }) => id),
    ["a", "b", "2"],
  );
  assert.ok(byTime(kept(1), kept(1)) === 0);
});

test("who reaches many customers by habit is told three times and no more", () => {
  const [detector] = DETECTORS.filter(({ id }) => id === "partner-many-customers");
  assert.ok(detector);
  const days = [0, 1, 2, 3, 4, 5];
  const events = days.flatMap((day) =>
    (detector.examples[0]?.events ?? []).map((event) => ({
      ...event,
      id: `${day}:${event.id}`,
      at: event.at.add({ hours: 24 * day }),
    })),
  );
  const context = { settings: standardSettings(detector.settings), portfolio: undefined };
  const hits = [...hitsIn(detector, events, () => context).values()].flat();
  assert.deepEqual(
    days.map((day) => hits.filter(({ at }) => dayOf(at) === dayOf(START.epochMilliseconds) + day).length),
    [5, 5, 5, 0, 0, 0],
  );
});
