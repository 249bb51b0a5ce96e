import assert from "node:assert/strict";
import { test } from "node:test";
import type { CustomerId } from "../../core/ids.ts";
import { testStore } from "../../store/testing.ts";
import type { Detector, Hit } from "../contract-detector.ts";
import { DETECTORS } from "../detectors/detectors.ts";
import { splitRules } from "../lab/decide-split.ts";
import { readRule } from "../lab/decide-text.ts";
import { ownRules } from "../rules/own-rules.ts";
import type { Level } from "../sigma/contract.ts";
import { relationsIn } from "./decide-bases.ts";
import { event, firstUse, GRANIT, RULE, rulesOf, TEXTS } from "./testing.ts";
import { watchDesk } from "./testing-desk.ts";

/** Sees what the Sigma rule of the same name sees, and knows more. */
const twin = (level: Level, needed = 3): Detector => ({
  ...firstUse,
  id: "many-by-code",
  title: "Many machines, priced",
  level,
  settings: [],
  keep: (one) =>
    one.operation !== "create"
      ? []
      : [
          {
            group: one.customer ?? "-",
            kept: { id: one.id, source: one.source, at: one.at.epochMilliseconds, facts: {} },
          },
        ],
  decide: (_group, kept): readonly Hit[] => {
    const last = kept[needed - 1];
    return last === undefined
      ? []
      : [{ key: "", level, at: last.at, facts: { priced: 7 }, events: kept.slice(0, needed) }];
  },
});
const ofTwin = `${TEXTS.burst}  twinOf: many-by-code\n`;
const store = await testStore();
const desk = watchDesk(store, rulesOf([ofTwin]));
const { state, watch } = desk;
const use = (...args: Parameters<typeof rulesOf>) => {
  state.rules = { ...rulesOf(...args), revision: state.rules.revision + 1n };
};
const customerOf = (n: number) => `0b7f1a52-0000-4000-8000-00000000030${n}` as CustomerId;
const create = (minute: number, more = {}) => event("create", minute, more);
const told = async () =>
  (await desk.findings()).map(({ facts, resolved_why: why }) => `${String(facts["rule"])} ${why ?? "open"}`).sort();

test("a rule and its twin in code give one finding, the twin's; what the rule says is evidence of it", async () => {
  use([ofTwin], { detectors: [twin("high")] });
  await desk.send([1, 2, 3, 4].map((minute) => create(minute)));
  await watch.tick();
  assert.deepEqual(await told(), ["many-by-code open"]);
  assert.equal((await desk.findings())[0]?.evidence, 4);
  assert.deepEqual(
    (await desk.hits()).map(({ rule_id: rule, inhibited_by: by }) => [rule, by !== null]),
    [
      [RULE.burst, true],
      [RULE.burst, true],
      ["many-by-code", false],
    ],
  );
});

test("a finding told before its twin was found becomes a part of it", async () => {
  await desk.empty();
  use([ofTwin], { detectors: [twin("high", 4)] });
  const customer = customerOf(2);
  await desk.send([11, 12, 13].map((minute) => create(minute, { customer })));
  await watch.tick();
  assert.deepEqual(await told(), [`${RULE.burst} open`]);
  await desk.send([create(14, { customer })]);
  await watch.tick();
  assert.deepEqual(await told(), [`${RULE.burst} Part of: Many machines, priced`, "many-by-code open"]);
});

test("each tells alone when the other is off, is only watched, or sees another customer", async () => {
  await desk.empty();
  use([ofTwin], { detectors: [twin("high")], shadow: ["many-by-code"] });
  await desk.send([21, 22, 23].map((minute) => create(minute, { customer: GRANIT })));
  await watch.tick();
  assert.deepEqual(await told(), [`${RULE.burst} open`]);
  await desk.empty();
  use([TEXTS.elevate], { detectors: [twin("high")] });
  await desk.send([31, 32, 33].map((minute) => create(minute, { customer: customerOf(3) })));
  await watch.tick();
  assert.deepEqual(await told(), ["many-by-code open"]);
});

test("a twin that says less does not silence a worse finding", async () => {
  await desk.empty();
  use([ofTwin], { detectors: [twin("medium")] });
  await desk.send([41, 42, 43].map((minute) => create(minute, { customer: customerOf(4) })));
  await watch.tick();
  assert.deepEqual(await told(), [`${RULE.burst} open`, "many-by-code open"]);
});

test("a finding says after whom its rule was written, and under which terms", async () => {
  await desk.empty();
  use([TEXTS.elevate.replace("logsource:", "author: Surety, after Ada Nord (SigmaHQ)\nlicense: DRL-1.1\nlogsource:")]);
  await desk.send([event("elevate", 50)]);
  await watch.tick();
  const [finding] = await desk.findings();
  assert.deepEqual(
    [finding?.facts["author"], finding?.facts["license"]],
    ["Surety, after Ada Nord (SigmaHQ)", "DRL-1.1"],
  );
});

test("our own rules name detectors that exist, and the four that see the same have their twin", () => {
  const read = splitRules(ownRules().texts).texts.flatMap(({ text }) => readRule(text).rule ?? []);
  const { twinOf } = relationsIn(
    read.map(({ id, card, documents }) => ({ id, version: 1, state: "on" as const, card, documents })),
  );
  const twins = new Map(read.flatMap(({ id }) => twinOf(id) ?? []).map((detector) => [detector, 1]));
  const known = new Set(DETECTORS.map(({ id }) => id));
  assert.deepEqual(
    [...twins.keys()].filter((id) => !known.has(id)),
    [],
  );
  for (const id of ["takeover-chain", "fleet-burst", "partner-many-customers", "spray-then-success"])
    assert.ok(twins.has(id), id);
});
