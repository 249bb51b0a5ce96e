import assert from "node:assert/strict";
import { test } from "node:test";
import { CASE_FAMILIES, OUTCOMES, OUTCOMES_OF } from "./contract.ts";
import { type CloseFacts, type CloseWish, decideClose } from "./decide-close.ts";

const quiet: CloseFacts = {
  state: "investigating",
  family: "misuse",
  openNotices: [],
  liveProposals: [],
  openSecureSteps: [],
};
const wish: CloseWish = { outcome: "fraud", note: "Stolen admin token; machines stopped." };
const notice = { id: "n", number: "N-2289" };
const proposal = { id: "p", number: "P-0981" };

const cases: readonly (readonly [string, Partial<CloseFacts>, Partial<CloseWish>, readonly string[]])[] = [
  ["nothing in the way", {}, {}, []],
  ["an open case that nobody took", { state: "open" }, {}, []],
  ["a notice is unanswered", { openNotices: [notice] }, {}, ["notice-open N-2289"]],
  [
    "two notices: each is named",
    { openNotices: [notice, { id: "m", number: "N-2290" }] },
    {},
    ["notice-open N-2289", "notice-open N-2290"],
  ],
  ["a proposal still waits or runs", { liveProposals: [proposal] }, {}, ["proposal-live P-0981"]],
  ["fraud with unsigned Secure steps", { openSecureSteps: ["secure.mfa"] }, {}, ["step-open secure.mfa"]],
  ["a false alarm needs no Secure steps", { openSecureSteps: ["secure.mfa"] }, { outcome: "legitimate" }, []],
  ["no outcome", {}, { outcome: undefined }, ["outcome-missing"]],
  ["an outcome of another family", {}, { outcome: "accepted-loss" }, ["outcome-wrong accepted-loss"]],
  ["fraud is no outcome of an overspend", { family: "spend" }, {}, ["outcome-wrong fraud"]],
  ["an overspend written off", { family: "spend" }, { outcome: "accepted-loss" }, []],
  ["no reason", {}, { note: "   " }, ["note-missing 10"]],
  ["nine characters", {}, { note: "123456789" }, ["note-missing 10"]],
  ["ten characters", {}, { note: "1234567890" }, []],
  ["too long", {}, { note: "x".repeat(4_001) }, ["note-long 4000"]],
  [
    "closed already: nothing else matters",
    { state: "closed", openNotices: [notice] },
    { note: "" },
    ["already-closed"],
  ],
  [
    "everything at once",
    { openNotices: [notice], liveProposals: [proposal], openSecureSteps: ["secure.mfa"] },
    { note: "" },
    ["proposal-live P-0981", "notice-open N-2289", "step-open secure.mfa", "note-missing 10"],
  ],
];
for (const [says, facts, wanted, expected] of cases)
  test(`close? ${says}: ${expected.length === 0 ? "yes" : "no"}`, () => {
    const blockers = decideClose({ ...quiet, ...facts }, { ...wish, ...wanted });
    assert.deepEqual(
      blockers.map(({ code, ref }) => (ref === null ? code : `${code} ${ref}`)),
      expected,
    );
  });

test("every family has outcomes and every outcome belongs to a family", () => {
  for (const family of CASE_FAMILIES) assert.equal(OUTCOMES_OF[family].length, 3);
  const used = new Set(CASE_FAMILIES.flatMap((family) => OUTCOMES_OF[family] as readonly string[]));
  assert.deepEqual([...OUTCOMES].toSorted(), [...used].toSorted());
});
