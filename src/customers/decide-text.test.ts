import assert from "node:assert/strict";
import { test } from "node:test";
import { foldText, searchPatterns, searchText } from "./decide-text.ts";

const folds = [
  ["Skärgård Cloud AB", "skargard cloud ab"],
  ["Ørsted  A/S", "orsted a/s"],
  ["Weiß & Söhne", "weiss & sohne"],
  ["ΑΘΗΝΑ", "αθηνα"],
] as const;
for (const [text, folded] of folds) test(`"${text}" folds to "${folded}"`, () => assert.equal(foldText(text), folded));

test("a customer is found by name, domain and tenant id", () => {
  assert.equal(
    searchText({ id: "4e1f0c72", name: "Solvik Energi AB", domain: "solvikenergi.se" }),
    "solvik energi ab solvikenergi.se 4e1f0c72",
  );
});
test("a search is its words, and the signs of LIKE are only signs", () => {
  assert.deepEqual(searchPatterns("  Solvik 100%_ "), ["%solvik%", "%100\\%\\_%"]);
  assert.deepEqual(searchPatterns("   "), []);
});
