import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { ABUSES } from "../contract-detector.ts";
import { DETECTORS, SWEEPS } from "../detectors/detectors.ts";
import { lintFiles } from "../sigma/lint.ts";
import { loadSigma } from "../sigma/load.ts";
import { UNKNOWN_RUNBOOK } from "./decide-notes.ts";
import { cardOf, ownRules, readRules } from "./own-rules.ts";
import { FORMS, inForm } from "./forms.ts";
import { Bench, knownEvents } from "./testing.ts";

const { documents, cards, notes, texts } = ownRules();
const RUNBOOKS = join(import.meta.dirname, "../../../docs/guide/runbooks");
const bench = new Bench(documents);

for (const card of cards)
  test(`${card.title}: its examples`, () => {
    const examples = notes.get(card.id)?.examples ?? [];
    for (const hits of [true, false])
      assert.ok(
        examples.some((one) => one.hits === hits),
        hits ? "no example hits" : "no example stays quiet",
      );
    for (const { name, hits, events } of examples) assert.equal(bench.hits(events).has(card.id), hits, name);
  });

test("the same happening in every form in which it is handed over comes to the same", () => {
  let said = 0;
  for (const card of cards)
    for (const { name, hits, events } of notes.get(card.id)?.examples ?? [])
      for (const form of FORMS) {
        const records = inForm(events, form);
        if (records === undefined) continue;
        said++;
        const about = `${card.title}: ${name}, as ${form.name}`;
        assert.ok(
          knownEvents(records).some(({ shape }) => shape === form.name),
          about,
        );
        assert.equal(bench.hits(records).has(card.id), hits, about);
      }
  assert.ok(said > 500, `${said} streams`);
});

test("the same events in any order and repeated come to the same rules", () => {
  const streams = cards.flatMap(({ id }) => (notes.get(id)?.examples ?? []).map(({ events }) => events));
  const short = streams.filter((events) => events.length > 1 && events.length <= 30);
  assert.ok(short.length > 30, `${short.length} streams`);
  fc.assert(
    fc.property(
      fc
        .constantFrom(...short)
        .chain((events) =>
          fc.tuple(fc.constant(events), fc.shuffledSubarray([...events], { minLength: events.length })),
        ),
      ([events, shuffled]) => {
        const repeated = [...shuffled, ...events.slice(0, 5)];
        assert.deepEqual([...bench.hits(repeated)].sort(), [...bench.hits(events)].sort());
      },
    ),
  );
});

test("the linter has nothing to say", () => {
  const told = lintFiles(texts).map(({ file, line, code, message }) => `${file}:${line} ${code} ${message}`);
  assert.deepEqual(told, []);
});

test("every rule that alerts says all that a person needs", () => {
  const titles = new Set<string>();
  for (const card of cards) {
    assert.ok(!titles.has(card.title), `two rules are called ${card.title}`);
    titles.add(card.title);
    assert.notEqual(card.titleSv, card.title, card.title);
    assert.ok(card.why.length > 20, `${card.title}: why`);
    assert.ok(card.falsePositives.length > 0, `${card.title}: false positives`);
    assert.ok(card.attack.length > 0, `${card.title}: ATT&CK`);
    assert.ok(card.sources.length > 0, `${card.title}: sources`);
    assert.ok(card.covers !== "", `${card.title}: covers`);
    assert.ok(existsSync(join(RUNBOOKS, `${card.runbook}.md`)), `${card.title}: there is no runbook ${card.runbook}`);
  }
});

test("every runbook that a detection names is there, and says what a person needs at night", () => {
  const named = new Set([...cards, ...DETECTORS, ...SWEEPS].map(({ runbook }) => runbook).concat(UNKNOWN_RUNBOOK));
  for (const name of named) {
    const file = join(RUNBOOKS, `${name}.md`);
    assert.ok(existsSync(file), `there is no runbook ${name}`);
    const headings = new Set([...readFileSync(file, "utf8").matchAll(/^## (.+)$/gm)].map(([, heading]) => heading));
    for (const heading of ["First five minutes", "Check", "Contain", "Talk to the customer", "Close", "Refund clock"])
      assert.ok(headings.has(heading), `${name}: ${heading}`);
  }
});

const TACTICS =
  /^attack\.(reconnaissance|resource-development|initial-access|execution|persistence|privilege-escalation|defense-evasion|credential-access|discovery|lateral-movement|collection|command-and-control|exfiltration|impact|t\d{4}(\.\d{3})?)$/;
test("tags are ATT&CK's, ids are unique UUIDs, rules after SigmaHQ's name their author and terms", () => {
  const ids = new Set<string>();
  for (const { head } of documents) {
    for (const tag of head.tags) assert.match(tag, TACTICS, head.title);
    assert.match(head.id ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, head.title);
    assert.ok(!ids.has(head.id ?? ""), `${head.title}: its id is another's`);
    ids.add(head.id ?? "");
    if (head.related.length === 0) continue;
    assert.equal(head.license, "DRL-1.1", head.title);
    assert.match(head.author ?? "", /, after .+ \(SigmaHQ\)$/, head.title);
  }
});

/** RULES, sections 2 and 3: what Sigma can say of it. The rest is told by detectors. */
const FORTY = Array.from({ length: 40 }, (_none, at) => String(at + 1));
const BY_SIGMA = [
  "R1",
  "R2",
  "R3",
  "R4",
  "R5",
  "R6",
  "R7",
  "R8",
  "R9",
  "R10",
  "R11",
  "R12",
  "R13",
  "R14",
  "R15",
  "R16",
];
test("the forty that matter most, and what Sigma can say of the nineteen, are covered", () => {
  const covered = new Set(cards.flatMap(({ covers }) => covers.split(", ")));
  assert.deepEqual(
    [...FORTY, ...BY_SIGMA, "R17", "R18", "R19"].filter((one) => !covered.has(one)),
    [],
  );
});

test("every abuse has two detections or more, of rules and detectors, with examples", () => {
  for (const abuse of ABUSES) {
    const speak = [...cards, ...DETECTORS].filter((card) => card.abuse.includes(abuse));
    const alone = speak.filter((card) => card.abuse[0] === abuse || card.abuse.length <= 2);
    assert.ok(alone.length >= 2, `${abuse}: ${alone.map(({ title }) => title).join("; ")}`);
  }
});

test("examples are invented: addresses and mail domains are those kept for documentation", () => {
  for (const { file, text } of texts) {
    for (const [ip] of text.matchAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g))
      assert.match(ip, /^(192\.0\.2|198\.51\.100|203\.0\.113)\.|^0\.0\.0\.0$/, `${file}: ${ip}`);
    for (const [mail] of text.matchAll(/[\w.<>#]+@[\w-]+\.[\w.-]+/g))
      assert.match(mail, /\.example$/, `${file}: ${mail}`);
  }
});

test("rules that SigmaHQ has are named by their upstream ids", (t) => {
  const file = join(import.meta.dirname, "../../../../shared/detection/conformance/sigmahq_cloud_rules.jsonl");
  if (!existsSync(file)) {
    t.skip("SigmaHQ's rules are not beside this checkout");
    return;
  }
  const known = new Set(
    readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { readonly id: string }).id),
  );
  const named = documents.flatMap(({ head }) => head.related.map(({ id }) => id));
  for (const id of named) assert.ok(known.has(id), id);
  assert.ok(new Set(named).size >= 40, `${new Set(named).size} upstream rules are named`);
});

test("a fault of the notes has its line and column", () => {
  const { faults } = readRules(
    "title: a\nid: 8629988d-ddde-4f05-8ada-5476e7832885\nlogsource: { product: surety }\ndetection:\n  a: { b: c }\n  condition: a\nsurety:\n  why: x\n  abuse: [A9]\n",
    "a.yml",
  );
  assert.deepEqual(
    faults.map(({ line, column, code }) => ({ line, column, code })),
    [{ line: 9, column: 11, code: "bad-value" }],
  );
});

test("a foreign rule has a card too: what it does not say is assumed", () => {
  const { documents: foreign } = loadSigma(
    "title: Coins\nid: 8629988d-ddde-4f05-8ada-5476e7832885\nlevel: high\ndescription: What it sees.\ntags: [attack.impact, attack.t1496]\nlogsource: { product: azure, service: activitylogs }\ndetection:\n  a: { b: c }\n  condition: a\n",
  );
  const [only] = foreign.map(cardOf);
  assert.deepEqual(only, {
    id: "8629988d-ddde-4f05-8ada-5476e7832885",
    title: "Coins",
    titleSv: "Coins",
    level: "high",
    family: "misuse",
    abuse: ["A4"],
    why: "What it sees.",
    sources: ["azure-activity"],
    falsePositives: [],
    runbook: UNKNOWN_RUNBOOK,
    attack: ["T1496"],
    covers: "",
    contain: "none",
  });
});

test("no file of rules is empty", () => {
  for (const { file, documents: held } of texts) assert.ok(held.length > 0, file);
});
