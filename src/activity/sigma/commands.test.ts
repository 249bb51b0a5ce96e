import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { lintCommand } from "./command-lint.ts";
import { matchCommand, type MatchOptions, type View } from "./command-match.ts";
import { vectorsCommand } from "./command-vectors.ts";
import { readLines } from "./read-lines.ts";

const folder = mkdtempSync(join(tmpdir(), "surety-sigma-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const RULES = `title: One
id: 5b0f2a9e-3c1d-4e5f-8a6b-7c8d9e0f1a2b
name: one
logsource: { product: p }
detection:
  s: { kind: one }
  condition: s
---
title: Two
logsource: { product: q }
detection:
  s: { kind: two }
  condition: s
---
title: Thrice
id: 6b0f2a9e-3c1d-4e5f-8a6b-7c8d9e0f1a2b
correlation:
  type: event_count
  rules: [one]
  group-by: [user]
  timespan: 10s
  condition: { gte: 3 }
`;

async function* bytes(text: string, size: number): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}
const view =
  (product: string): View =>
  (record) => [{ view: record, source: { product }, time: undefined, id: undefined, isUnknown: false }];

async function match(rules: string, events: string, more: Partial<MatchOptions> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const options = { rules, events: "-", raw: true, anyLogsource: true, json: true, ...more };
  const code = await matchCommand(options, {
    open: () => bytes(events, 7),
    write: (text) => void out.push(text),
    complain: (text) => void err.push(text),
    views: async () => ({ normalised: view("p"), raw: view("q") }),
  });
  return { code, out: out.join("").trim().split("\n").filter(Boolean), err };
}
const event = (kind: string, time: number, user = "x"): string =>
  JSON.stringify({ kind, user, time: `2026-01-01T00:00:${String(time).padStart(2, "0")}Z` });

test("a line for each match, and for a correlation at the event that completes it; what it counts says nothing of its own", async () => {
  const events = [event("one", 1), event("two", 2), "", event("one", 3), event("one", 4, "y"), event("one", 5)].join(
    "\n",
  );
  const { code, out, err } = await match(file("good.yml", RULES), events);
  assert.deepEqual(out, [
    '{"rule":"Two","id":null,"event":1}',
    '{"rule":"Thrice","id":"6b0f2a9e-3c1d-4e5f-8a6b-7c8d9e0f1a2b","event":4}',
  ]);
  assert.deepEqual([code, err], [0, []]);
});

test("rules are asked of their own log source unless any is asked for", async () => {
  const events = `${event("two", 1)}\n`;
  const rules = file("good.yml", RULES);
  assert.equal((await match(rules, events, { anyLogsource: false })).out.length, 1);
  assert.equal((await match(rules, events, { anyLogsource: false, raw: false })).out.length, 0);
  assert.equal((await match(rules, events, { raw: false })).out.length, 1);
});

test("a fault in any rule: all are told with their places, and nothing is matched", async () => {
  const bad = `${RULES}---\ntitle: Bad\nlogsource: { product: p }\ndetection:\n  s: { kind|nope: one }\n  condition: s\n---\ntitle: Lost\ncorrelation:\n  type: temporal\n  rules: [gone]\n  timespan: 1m\n`;
  const path = file("bad.yml", bad);
  const { code, out, err } = await match(path, event("two", 1));
  assert.deepEqual([code, out.length], [2, 0]);
  assert.equal(err[0]?.slice(0, err[0].indexOf("]") + 1), `${path}:27:8 unknown-modifier [Bad]`);
  assert.equal(err[1]?.slice(0, err[1].indexOf("]") + 1), `${path}:30:1 unknown-rule [Lost]`);
});

test("lines that are no events are named and left out; the others keep their numbers", async () => {
  const { code, out, err } = await match(file("good.yml", RULES), `nonsense\n[1]\n${event("two", 1)}`);
  assert.deepEqual(out, ['{"rule":"Two","id":null,"event":2}']);
  assert.equal(code, 1);
  assert.match(err[0] ?? "", /^-:1: not JSON/);
  assert.match(err[1] ?? "", /^-:2: an event is a JSON object/);
});

test("the order of the events of a file does not change what a correlation finds", async () => {
  const rules = file("good.yml", RULES);
  const events = [event("one", 9), event("one", 1), event("one", 5)];
  assert.equal((await match(rules, events.join("\n"))).out.length, 1);
  assert.equal((await match(rules, events.toReversed().join("\r\n"))).out.length, 1);
  const twice = await match(rules, [event("one", 9), event("one", 9), event("one", 1)].join("\n"), { idField: "time" });
  assert.deepEqual(twice.out, []);
});

test("lines are found wherever the pieces of the stream end", async () => {
  const text = `\uFEFFä\n\n${"b".repeat(20)}\r\n😀\nlast`;
  for (const size of [1, 2, 3, 5, 100]) {
    const lines: string[] = [];
    for await (const some of readLines(bytes(text, size)))
      for (const line of some) lines.push(`${line.number} ${line.text?.trim()}`);
    assert.deepEqual(lines, ["1 ä", `3 ${"b".repeat(20)}`, "4 😀", "5 last"]);
  }
});

test("vectors: exactly what passed and what did not; only settled ones count for the exit code", () => {
  const vector = (more: object) => ({ id: "v1", rule: RULES, event: { kind: "two" }, match: true, ...more });
  const run = (detection: readonly object[]) => {
    const out: string[] = [];
    const path = file("vectors.json", JSON.stringify({ detection }));
    const code = vectorsCommand(path, { json: true }, { write: (text) => void out.push(text), complain: () => {} });
    return { code, said: JSON.parse(out.join("")) as unknown };
  };
  assert.deepEqual(run([vector({})]), { code: 0, said: { passed: 1, failed: 0, failures: [] } });
  const failed = { passed: 0, failed: 1, failures: [{ id: "v1", expected: false, got: true }] };
  assert.deepEqual(run([vector({ match: false })]), { code: 1, said: failed });
  assert.deepEqual(run([vector({ match: false, status: "divergent" })]), { code: 0, said: failed });
});

test("lint: exit code 1 on errors, 0 on warnings unless they are asked to count", () => {
  const run = (text: string, strict = false) => {
    const out: string[] = [];
    const path = file("lint.yml", text);
    const options = { json: true, strict };
    const code = lintCommand(path, options, { write: (line) => void out.push(line), isTerminal: false });
    return {
      code,
      ...(JSON.parse(out.join("")) as { errors: number; warnings: number; findings: { file: string; fix: string }[] }),
    };
  };
  const warned = run(RULES);
  assert.ok(warned.code === 0 && warned.errors === 0 && warned.warnings > 0);
  assert.ok(warned.findings.every(({ file: of, fix }) => of.endsWith("lint.yml") && fix !== ""));
  assert.equal(run(RULES, true).code, 1);
  const wrong = run(RULES.replace("kind: two", "kind|nope: two"));
  assert.ok(wrong.code === 1 && wrong.errors === 1);
});
