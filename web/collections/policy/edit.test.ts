import assert from "node:assert/strict";
import { test } from "node:test";
import { addStep, removeStep, setValue } from "./edit.ts";

const TEXT = `# head
steps:
  # first
  - id: a
    daysPastDue: 5 # five
    effects: [ freeze-purchases ]
  - id: b
    daysPastDue: 9
`;
test("a value is set and every comment stays", () => {
  const text = setValue(TEXT, ["steps", 0, "daysPastDue"], 6);
  assert.match(text, /# head\nsteps:\n {2}# first\n {2}- id: a\n {4}daysPastDue: 6/);
});
test("an empty value takes its member out", () => {
  assert.doesNotMatch(setValue(TEXT, ["steps", 0, "effects"], []), /effects/);
  assert.match(setValue(TEXT, ["steps", 1, "when"], "invoices > 2"), /when: invoices > 2/);
});
test("steps come and go", () => {
  assert.match(addStep(TEXT, 10), /- id: step-3\n/);
  assert.match(addStep(addStep(TEXT, 10), 11), /- id: step-4\n/);
  assert.doesNotMatch(removeStep(TEXT, 1), /id: b/);
});
