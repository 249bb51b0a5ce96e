import assert from "node:assert/strict";
import { test } from "node:test";
import type { Word } from "./define.ts";
import { en } from "./en.ts";
import { sv } from "./sv.ts";

const tables = { en, sv } as const satisfies Record<string, Readonly<Record<string, Word>>>;
const formsOf = (word: Word): readonly string[] => (typeof word === "string" ? [word] : [word.one, word.other]);
const paramsOf = (word: Word): readonly string[] =>
  [
    ...new Set(formsOf(word).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name))),
  ].toSorted();

const keys = Object.keys(en) as (keyof typeof en)[];

test(`the tables hold words (${keys.length})`, () => assert.ok(keys.length > 300));

test("both languages have the same keys", () => {
  assert.deepEqual(Object.keys(sv).toSorted(), Object.keys(en).toSorted());
});

test("a sentence names the same parameters in both languages", () => {
  const wrong = keys.filter((key) => paramsOf(en[key]).join() !== paramsOf(sv[key]).join());
  assert.deepEqual(wrong, []);
});

test("a plural chooses by {n}, which its caller gives", () => {
  const wrong = keys.filter((key) => typeof en[key] !== "string" && typeof sv[key] === "string");
  assert.deepEqual(wrong, []);
});

for (const [language, table] of Object.entries(tables)) {
  const all = Object.entries(table as Readonly<Record<string, Word>>).flatMap(([key, word]) =>
    formsOf(word).map((text) => [key, text] as const),
  );
  test(`${language}: no exclamation marks, no "please", no "successfully", no empty words`, () => {
    const wrong = all.filter(
      ([, text]) => /!|\bplease\b|\bsuccessfully\b|\bvänligen\b/i.test(text) || text.trim() === "",
    );
    assert.deepEqual(wrong, []);
  });
}
