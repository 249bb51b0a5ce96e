import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProposalStateKind } from "../response/contract.ts";
import type { LadderState, WantedEffect } from "./contract-ladder.ts";
import { actsOf, askedBecomes, liftingBecomes, mayAct, needOf, type ProposalEnd } from "./decide-acts.ts";
import { packPolicy } from "./policy/packs.ts";
import type { EffectRow } from "./store-effects.ts";

const NOW = Temporal.Instant.from("2026-04-10T09:00:00Z");
const DAY = Temporal.PlainDate.from("2026-04-10");
const version = { policy: packPolicy("se"), version: 3 };
const step = (id: string) => version.policy.steps.find((one) => one.id === id) ?? assert.fail(id);

const wanted = (more: Partial<WantedEffect> = {}): WantedEffect => ({
  kind: "suspend-seats",
  stepId: "suspend",
  isDone: false,
  waiting: [{ kind: "approval", need: 2 }],
  ...more,
});
const state = (effects: readonly WantedEffect[], lift: LadderState["lift"] = []): LadderState => ({
  accountId: "a" as LadderState["accountId"],
  day: DAY,
  policyId: "se",
  policyVersion: 3,
  currencies: [],
  carrying: undefined,
  step: undefined,
  steps: [],
  resting: [],
  tell: undefined,
  tellWaits: undefined,
  effects,
  lift,
  next: undefined,
});
const row = (more: Partial<EffectRow>): EffectRow => ({
  effect_id: "e",
  account_id: "a" as EffectRow["account_id"],
  kind: "suspend-seats",
  step_id: "suspend",
  step_name: { en: "Suspend", sv: null },
  policy_id: "se",
  policy_version: 3,
  invoice_id: null,
  state: "asked",
  state_at: NOW,
  wanted_on: DAY,
  done_on: null,
  undone_on: null,
  refused_on: null,
  reason: "because",
  need: 2,
  amounts: [],
  kept_out: [],
  ...more,
});
const acts = (of: LadderState, rows: readonly EffectRow[], isPaused = false) =>
  actsOf(of, version, { rows, askAgainDays: 14, isPaused }).map((act) => act.kind);

const CASES: readonly (readonly [string, readonly string[], LadderState, readonly EffectRow[], boolean?])[] = [
  ["wanted and may act: asked for", ["ask"], state([wanted()]), []],
  ["asked for already: once", [], state([wanted()]), [row({})]],
  [
    "waits for a notice: not asked",
    [],
    state([wanted({ waiting: [{ kind: "notice-not-sent", stepId: "reminder" }] })]),
    [],
  ],
  ["sending is paused: not asked", [], state([wanted()]), [], true],
  [
    "refused yesterday: not asked again",
    [],
    state([wanted()]),
    [row({ state: "refused", refused_on: DAY.subtract({ days: 1 }) })],
  ],
  [
    "refused two weeks ago: asked again",
    ["ask"],
    state([wanted()]),
    [row({ state: "refused", refused_on: DAY.subtract({ days: 14 }) })],
  ],
  ["lapsed: asked again", ["ask"], state([wanted()]), [row({ state: "dropped" })]],
  ["not wanted any more: dropped", ["drop"], state([]), [row({})]],
  [
    "held meanwhile: dropped",
    ["drop"],
    state([wanted({ waiting: [{ kind: "resting", why: "hacked", until: undefined }] })]),
    [row({})],
  ],
  [
    "a notice bounced: dropped",
    ["drop"],
    state([wanted({ waiting: [{ kind: "notice-not-sent", stepId: "reminder" }] })]),
    [row({})],
  ],
  [
    "a day off: stays asked",
    [],
    state([wanted({ waiting: [{ kind: "resting", why: "day-off", until: undefined }] })]),
    [row({})],
  ],
  [
    "no reason any more: lifted",
    ["lift"],
    state([], [{ kind: "suspend-seats", stepId: "suspend", why: "paid" }]),
    [row({ state: "done", done_on: DAY })],
  ],
  [
    "paused: lifted all the same",
    ["lift"],
    state([], [{ kind: "suspend-seats", stepId: "suspend", why: "paid" }]),
    [row({ state: "done", done_on: DAY })],
    true,
  ],
];
for (const [name, expected, of, rows, isPaused] of CASES)
  test(name, () => assert.deepEqual(acts(of, rows, isPaused), expected));

test("a period that still runs is no yes", () => {
  assert.ok(mayAct(wanted()));
  assert.ok(!mayAct(wanted({ waiting: [{ kind: "notice-period", stepId: "suspension-notice", until: DAY }] })));
  assert.ok(!mayAct(wanted({ isDone: true })));
});

test("people who must agree, as the policy says; what ends things always asks one", () => {
  assert.equal(needOf("suspend-seats", step("suspend")), 2);
  assert.equal(needOf("freeze-purchases", step("freeze")), 0);
  assert.equal(needOf("write-off", step("freeze")), 1);
});

const end = (state: ProposalStateKind, isUndo = false, hoursAgo = 1): ProposalEnd => ({
  state,
  stateAt: NOW.subtract({ hours: hoursAgo }),
  isUndo,
});
test("what became of an effect, by its proposals", () => {
  const of = (...ends: readonly ProposalEnd[]) => askedBecomes(ends, NOW);
  assert.equal(of(end("proposed"), end("verified")), "asked");
  assert.equal(of(end("verified"), end("rejected")), "done");
  assert.equal(of(end("rejected"), end("expired")), "refused");
  assert.equal(of(end("expired")), "dropped");
  assert.equal(of(end("failed")), "asked", "a person may let it run again within a day");
  assert.equal(of(end("failed", false, 25)), "dropped");
  const back = (...ends: readonly ProposalEnd[]) => liftingBecomes(ends, NOW);
  assert.equal(back(end("verified"), end("approved", true)), "lifting");
  assert.equal(back(end("verified"), end("verified", true)), "lifted");
  assert.equal(back(end("verified"), end("rejected", true)), "done");
});
