import assert from "node:assert/strict";
import { test } from "node:test";
import { timelineGroup } from "./decide-timeline.ts";

const cases = [
  ["receivables.payment-imported", "money"],
  ["spending.budget-agreed", "money"],
  ["customers.limit-set", "money"],
  ["customers.subscription-changed", "money"],
  ["notices.received", "security"],
  ["response.proposal-approved", "security"],
  ["customers.gdap-changed", "security"],
  ["customers.standing-changed", "people"],
  ["customers.note-added", "people"],
  ["somewhere.new", "people"],
  ["", "people"],
] as const;
for (const [type, group] of cases) test(`"${type}" is about ${group}`, () => assert.equal(timelineGroup(type), group));
