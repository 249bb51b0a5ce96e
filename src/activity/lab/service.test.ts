import assert from "node:assert/strict";
import { test } from "node:test";
import { type Actor, SURETY, type Tx } from "../../store/contract.ts";
import { readEvents } from "../../store/events.ts";
import { testStore } from "../../store/testing.ts";
import { Matcher } from "../sigma/matcher.ts";
import { ownRules } from "../rules/own-rules.ts";
import { activating, activeRules, rulesRevision } from "./active.ts";
import { splitRules } from "./decide-split.ts";
import { readRule } from "./decide-text.ts";
import { saveRule, type SaveAsk, switchRule } from "./service.ts";
import { importRules, seedRules } from "./service-deliver.ts";
import { findRule, findVersion } from "./store.ts";
import { BURST_ID, burstText, ELEVATE_ID, elevateText, testDetector } from "./testing.ts";

const store = await testStore();
const now = Temporal.Instant.from("2026-03-01T12:00:00Z");
const ada: Actor = { kind: "person", id: "ada", name: "Ada" };
const detector = testDetector();
const ship = (texts: readonly string[], detectors = [detector]) =>
  store.inTransaction((tx) =>
    seedRules(tx, { files: texts.map((text, at) => ({ file: `own-${at}.yml`, text })), detectors, sweeps: [] }, now),
  );
const save = (more: Partial<SaveAsk> & { readonly text: string }) =>
  store.inTransaction((tx) => saveRule(tx, { origin: "made", author: ada, why: "because", state: "on", now, ...more }));
const active = () => activeRules(store.db, activating({ detectors: [detector], sweeps: [] }));
const inUse = async (tx: Tx, id: string) => {
  const row = await findRule(tx, id);
  assert.ok(row);
  return { ...row, text: (await findVersion(tx, id, row.version))?.text };
};

test("what ships is put in once, and again changes nothing", async () => {
  const first = await ship([elevateText(), burstText()]);
  assert.deepEqual(first.added, [ELEVATE_ID, BURST_ID, "two-deletions"]);
  assert.deepEqual(first.refused, []);
  const revision = await rulesRevision(store.db);
  const again = await ship([elevateText(), burstText()]);
  assert.deepEqual(again.same, [ELEVATE_ID, BURST_ID, "two-deletions"]);
  assert.equal(await rulesRevision(store.db), revision);
  const { rules, detectors, set, ruleOf, correlationOf, broken } = await active();
  assert.deepEqual(
    rules.map(({ id, version, card }) => [id, version, card.level]),
    [
      [ELEVATE_ID, 1, "high"],
      [BURST_ID, 1, "medium"],
    ],
  );
  assert.deepEqual(rules[0]?.card.attack, ["T1098.003"]);
  assert.equal(rules[0]?.card.titleSv, "Åtkomst till allt tagen");
  assert.deepEqual(
    detectors.map(({ id }) => id),
    ["two-deletions"],
  );
  assert.deepEqual([ruleOf, correlationOf, broken], [[0, 1], [1], []]);
  assert.deepEqual(set.alerting, [true, false]);
});

test("a new product version is followed, unless somebody changed the rule", async () => {
  await ship([elevateText(), burstText()]);
  const saved = await save({ text: burstText(10), ruleId: BURST_ID, basedOn: 1, why: "our customers build much" });
  assert.ok(saved.ok && saved.value.version === 2);
  const upgraded = await ship([elevateText("references: [https://example.com]\n"), burstText(5)]);
  assert.deepEqual([upgraded.followed, upgraded.kept], [[ELEVATE_ID], [BURST_ID]]);
  const elevate = await inUse(store.db, ELEVATE_ID);
  assert.deepEqual([elevate.version, elevate.upstream], [2, 2]);
  const burst = await inUse(store.db, BURST_ID);
  assert.deepEqual([burst.version, burst.upstream, burst.newest, burst.text], [2, 3, 3, burstText(10)]);
  // The same once more: no third version, the fork stays.
  assert.deepEqual((await ship([elevateText("references: [https://example.com]\n"), burstText(5)])).same.length, 3);
  // Taking over what ships ends the fork: the next version is followed again.
  const taken = await store.inTransaction((tx) =>
    switchRule(tx, { ruleId: BURST_ID, state: "on", version: 3, author: ada, why: "theirs is better now", now }),
  );
  assert.ok(taken.ok);
  assert.deepEqual((await ship([elevateText("references: [https://example.com]\n"), burstText(6)])).followed, [
    BURST_ID,
  ]);
});

test("a detector that is gone is off; a rule that ships no more goes on and says so", async () => {
  const gone = await ship([burstText(6)], []);
  assert.deepEqual([...gone.withdrawn].sort(), [ELEVATE_ID, "two-deletions"].sort());
  const [rule, code] = [await findRule(store.db, ELEVATE_ID), await findRule(store.db, "two-deletions")];
  assert.deepEqual([rule?.state, rule?.is_withdrawn, code?.state], ["on", true, "off"]);
  const on = await store.inTransaction((tx) =>
    switchRule(tx, { ruleId: "two-deletions", state: "on", author: ada, why: "please", now }),
  );
  assert.ok(!on.ok && on.error.code === "detector-gone");
  const back = await ship([elevateText(), burstText(6)]);
  assert.deepEqual(back.refused, []);
  assert.equal((await findRule(store.db, ELEVATE_ID))?.is_withdrawn, false);
});

test("a detector whose program changed is a new version with its state kept", async () => {
  await store.inTransaction((tx) =>
    switchRule(tx, { ruleId: "two-deletions", state: "shadow", author: ada, why: "looks noisy", now }),
  );
  const changed = await ship([elevateText(), burstText(6)], [testDetector("Deletions in an hour")]);
  assert.deepEqual(changed.followed, ["two-deletions"]);
  const { detectors } = await active();
  assert.deepEqual(
    detectors.map(({ state, version, card }) => [state, version, card.title]),
    [["shadow", 2, "Deletions in an hour"]],
  );
});

const OTHER_ID = "33333333-3333-4333-8333-333333333333";
const other = (title: string) =>
  elevateText().replace(ELEVATE_ID, OTHER_ID).replace("Access to everything taken", title);

test("a draft is kept and does not run; saved again it is put in use; both are told", async () => {
  const draft = await save({ text: other("First"), state: "draft" });
  assert.deepEqual(draft, { ok: true, value: { ruleId: OTHER_ID, version: 1, state: "off" } });
  const on = await save({ text: other("First"), ruleId: OTHER_ID });
  assert.deepEqual(on, { ok: true, value: { ruleId: OTHER_ID, version: 1, state: "on" } });
  const next = await save({ text: other("Second"), ruleId: OTHER_ID, state: "draft", basedOn: 1 });
  assert.deepEqual(next, { ok: true, value: { ruleId: OTHER_ID, version: 1, state: "on" } });
  assert.equal((await active()).rules.find(({ id }) => id === OTHER_ID)?.card.title, "First");
  const late = await save({ text: other("Third"), basedOn: 1 });
  assert.ok(!late.ok && late.error.code === "rule-changed-meanwhile");
  const used = await save({ text: other("Second"), basedOn: 2, state: "shadow" });
  assert.deepEqual(used, { ok: true, value: { ruleId: OTHER_ID, version: 2, state: "shadow" } });
  const events = await readEvents(store.db, { subject: { kind: "activity-rule", id: OTHER_ID }, limit: 20 });
  assert.deepEqual(events.map(({ type }) => type).toReversed(), [
    "activity.rule-changed",
    "activity.rule-switched",
    "activity.rule-changed",
    "activity.rule-changed",
    "activity.rule-switched",
  ]);
});

test("what is no rule is refused with line and column", async () => {
  const table: readonly (readonly [string, string, string])[] = [
    [elevateText().replace("condition: selection", "condition: selektion"), "undefined-identifier", "10:14"],
    [elevateText().replace(`id: ${ELEVATE_ID}\n`, ""), "no-id", "1:1"],
    [`${elevateText()}---\n${other("Another")}`, "several-rules", "21:1"],
    [elevateText().replace("abuse: [A2]", "abuse: [A9]"), "bad-notes", "16:11"],
    ["a: [1", "yaml", "1:6"],
  ];
  for (const [text, code, place] of table) {
    const refused = await save({ text });
    assert.ok(!refused.ok, code);
    assert.deepEqual(refused.error.fields?.map(({ field, value }) => [value, field])[0], [code, place]);
  }
});

test("an import is of its own origin and leaves the rules of others alone", async () => {
  const third = other("Imported").replace(OTHER_ID, "44444444-4444-4444-8444-444444444444");
  const by = { author: SURETY, why: "SigmaHQ", state: "off", now } as const;
  const done = await store.inTransaction((tx) =>
    importRules(
      tx,
      [
        { file: "a.yml", text: third },
        { file: "b.yml", text: other("Theirs") },
        { file: "c.yml", text: "x" },
      ],
      by,
    ),
  );
  assert.equal(done.added.length, 1);
  assert.deepEqual(done.refused.map(({ file }) => file).sort(), ["b.yml", "c.yml"]);
  assert.equal((await findRule(store.db, OTHER_ID))?.origin, "made");
});

test("two rules may carry base rules of one name without meeting", async () => {
  const copy = burstText(2)
    .replace(BURST_ID, "55555555-5555-4555-8555-555555555555")
    .replace("virtualmachines/write", "disks/write");
  assert.ok((await save({ text: copy })).ok);
  const { set, ruleOf, rules } = await active();
  const hit = new Matcher(set).match({ operation: "microsoft.compute/disks/write", outcome: "success" }, undefined);
  assert.deepEqual(
    hit.map((at) => rules[ruleOf[at] ?? -1]?.id),
    ["55555555-5555-4555-8555-555555555555"],
  );
  assert.deepEqual(
    set.correlations.map(({ of }) => of[0]?.rule),
    [1, 3].slice(0, 2),
  );
});

test("Surety's own rules come apart into texts that stand alone", () => {
  const { texts, faults } = splitRules(ownRules().texts);
  assert.deepEqual(faults, []);
  const ids = texts.map(({ text, file }) => {
    const { rule, faults: wrong } = readRule(text, file);
    assert.deepEqual(wrong, [], text.slice(0, 200));
    return rule?.id;
  });
  const cards = ownRules().cards.map(({ id }) => id);
  assert.deepEqual([...ids].sort(), [...cards].sort());
});
