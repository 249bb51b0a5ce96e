import type { CustomerId } from "../core/ids.ts";
import { type NewEvent, SURETY, type Tx } from "../store/contract.ts";
import { inSavepoint } from "../store/savepoint.ts";
import { COLLECTIONS_EVENTS, EFFECT_DOES, OWN_EFFECTS } from "./contract.ts";
import type { AccountHistory } from "./contract-history.ts";
import type { LadderState } from "./contract-ladder.ts";
import type { PolicyVersion } from "./contract-policy.ts";
import { type Act, askedBecomes, liftingBecomes, type ProposalEnd, wasRefused } from "./decide-acts.ts";
import { reasonOf, type Target, targetsOf } from "./decide-ask.ts";
import type { CollectionsDeps, ProposalFacts } from "./deps.ts";
import {
  changeEffect,
  effectProposals,
  type EffectProposalRow,
  type EffectRow,
  insertEffect,
  insertEffectProposal,
} from "./store-effects.ts";

/** From what a policy wants to what is asked for, done and taken back. All in the transaction of the look at the account. */

type Deps = Pick<CollectionsDeps, "newId" | "response" | "holdingsOf">;
export type Around = {
  readonly history: AccountHistory;
  readonly state: LadderState;
  readonly version: PolicyVersion;
  readonly day: Temporal.PlainDate;
  readonly now: Temporal.Instant;
};

/** Does one act; gives its events, to be appended last. */
export async function doAct(
  tx: Tx,
  deps: Deps,
  { act, around }: { readonly act: Act; readonly around: Around },
): Promise<readonly NewEvent[]> {
  switch (act.kind) {
    case "ask":
      return ask(tx, deps, act, around);
    case "drop":
      return dropEffect(tx, deps, { row: act.row, why: act.why, now: around.now });
    case "lift":
      return lift(tx, deps, { row: act.row, why: act.why, day: around.day, now: around.now });
  }
}

type Asking = Extract<Act, { kind: "ask" }>;

async function ask(tx: Tx, deps: Deps, act: Asking, around: Around): Promise<readonly NewEvent[]> {
  const { history, state, version, day, now } = around;
  const { step, effect: kind, need } = act;
  const isOwn = OWN_EFFECTS.includes(kind);
  const targets = isOwn ? [] : await openTargets(tx, deps, { kind, history, now });
  // Nothing of the kind is held, or all of it is so already: there is nothing to ask for today.
  if (!isOwn && targets.length === 0) return [];
  const isDone = isOwn && need === 0;
  const row: EffectRow = {
    effect_id: deps.newId(),
    account_id: history.account.accountId,
    kind,
    step_id: step.id,
    step_name: { en: step.name.en, sv: step.name.sv ?? null },
    policy_id: version.policy.id,
    policy_version: version.version,
    invoice_id: state.carrying?.invoiceId ?? null,
    state: isDone ? "done" : "asked",
    state_at: now,
    wanted_on: day,
    done_on: isDone ? day : null,
    undone_on: null,
    refused_on: null,
    reason: reasonOf({ version, step, state, history }),
    need,
    amounts: state.currencies
      .filter((one) => one.netOverdueMinor > 0n)
      .map((one) => ({ minor: one.netOverdueMinor.toString(), currency: one.currency })),
    kept_out: [],
  };
  if (isOwn)
    return (await insertEffect(tx, row))
      ? [event(row, isDone ? "done" : "asked", { now, data: { proposals: 0 } })]
      : [];
  return proposeAll(tx, deps, { row, targets, now });
}

/** What an account holds that the effect would meet. */
async function openTargets(
  tx: Tx,
  deps: Deps,
  {
    kind,
    history,
    now,
  }: { readonly kind: EffectRow["kind"]; readonly history: AccountHistory; readonly now: Temporal.Instant },
): Promise<readonly Target[]> {
  if (EFFECT_DOES[kind].length === 0) return [];
  const held = await deps.holdingsOf(tx, history.account.customerIds, now);
  return targetsOf(kind, [...held.values()].flat());
}

type Proposing = { readonly row: EffectRow; readonly targets: readonly Target[]; readonly now: Temporal.Instant };

/** One proposal a subscription. Those that response refuses are named with its reason; if it refuses all, nothing was asked. */
async function proposeAll(tx: Tx, deps: Deps, { row, targets, now }: Proposing): Promise<readonly NewEvent[]> {
  const made: EffectProposalRow[] = [];
  const keptOut: { name: string; code: string }[] = [];
  for (const { holding, wanted } of targets) {
    const done = await inSavepoint(tx, () =>
      deps.response.propose(tx, {
        customerId: holding.customerId,
        wanted,
        reason: row.reason,
        by: SURETY,
        now,
        needAtLeast: row.need,
      }),
    );
    if (!done.ok) {
      keptOut.push({ name: holding.name, code: done.error.code });
      continue;
    }
    made.push({
      proposal_id: done.value.proposalId,
      effect_id: row.effect_id,
      customer_id: holding.customerId,
      kind: wanted.kind,
      target: holding.subscriptionId,
      name: holding.name,
      undo_of: null,
    });
  }
  if (made.length === 0) return [];
  if (!(await insertEffect(tx, { ...row, kept_out: keptOut })))
    throw new Error(`invariant broken: ${row.kind} of account ${row.account_id} is asked for twice under its lock`);
  for (const one of made) await insertEffectProposal(tx, one);
  return [event(row, "asked", { now, data: { proposals: made.length, keptOut } })];
}

/** Takes back what was asked and not decided; what has started goes on and is lifted when it is done. */
export async function dropEffect(
  tx: Tx,
  deps: Pick<CollectionsDeps, "response">,
  { row, why, now }: { readonly row: EffectRow; readonly why: string; readonly now: Temporal.Instant },
): Promise<readonly NewEvent[]> {
  const proposals = await effectProposals(tx, [row.effect_id]);
  let started = 0;
  for (const { proposal_id: id } of proposals) {
    const note = `No longer wanted: ${why}`;
    if (!(await deps.response.drop(tx, { id, actor: SURETY, note, now }))) started++;
  }
  if (started > 0) {
    const states = await deps.response.statesOf(
      tx,
      proposals.map((one) => one.proposal_id),
    );
    const mayTakeEffect = [...states.values()].some((one) => TAKES_EFFECT.has(one.state));
    if (mayTakeEffect) return [];
  }
  await changeEffect(tx, row.effect_id, { state: "dropped", at: now });
  return [event(row, "dropped", { now, data: { why } })];
}
const TAKES_EFFECT: ReadonlySet<ProposalFacts["state"]> = new Set(["approved", "running", "sent", "verified"]);

type Lifting = {
  readonly row: EffectRow;
  readonly why: string;
  readonly day: Temporal.PlainDate;
  readonly now: Temporal.Instant;
};

/** Ends an effect: ours at once, Microsoft's by a proposal that restores what was recorded before it. */
async function lift(tx: Tx, deps: Deps, { row, why, day, now }: Lifting): Promise<readonly NewEvent[]> {
  if (OWN_EFFECTS.includes(row.kind)) {
    await changeEffect(tx, row.effect_id, { state: "lifted", at: now, undoneOn: day });
    return [event(row, "lifted", { now, data: { why } })];
  }
  const proposals = await effectProposals(tx, [row.effect_id]);
  let asked = 0;
  for (const one of proposals.filter(({ undo_of }) => undo_of === null)) {
    const note = `The reason is gone (${why}): takes back what ${row.policy_id} version ${row.policy_version}, step ${row.step_id}, brought about`;
    const done = await inSavepoint(tx, () =>
      deps.response.proposeUndo(tx, { id: one.proposal_id, actor: SURETY, note, now }),
    );
    // Nothing was done by this one, or it is taken back already: the rest decides.
    if (!done.ok) continue;
    asked++;
    await insertEffectProposal(tx, { ...one, proposal_id: done.value.proposalId, undo_of: one.proposal_id });
  }
  await changeEffect(
    tx,
    row.effect_id,
    asked > 0 ? { state: "lifting", at: now } : { state: "lifted", at: now, undoneOn: day },
  );
  return [event(row, asked > 0 ? "lifting" : "lifted", { now, data: { why, proposals: asked } })];
}

/** Brings the rows of an account up to what became of their proposals. Gives them as they now stand. */
export async function settleEffects(
  tx: Tx,
  deps: Pick<CollectionsDeps, "response">,
  {
    rows,
    day,
    now,
  }: { readonly rows: readonly EffectRow[]; readonly day: Temporal.PlainDate; readonly now: Temporal.Instant },
): Promise<{ readonly changed: boolean; readonly events: readonly NewEvent[] }> {
  const open = rows.filter(
    (row) => (row.state === "asked" || row.state === "lifting") && !OWN_EFFECTS.includes(row.kind),
  );
  if (open.length === 0) return { changed: false, events: [] };
  const links = await effectProposals(
    tx,
    open.map((row) => row.effect_id),
  );
  const states = await deps.response.statesOf(
    tx,
    links.map((one) => one.proposal_id),
  );
  const events: NewEvent[] = [];
  for (const row of open) {
    const ends = links.filter((one) => one.effect_id === row.effect_id).flatMap((one) => endOf(one, states));
    events.push(...(await settle(tx, { row, ends, day, now })));
  }
  return { changed: events.length > 0, events };
}

function endOf(link: EffectProposalRow, states: ReadonlyMap<string, ProposalFacts>): readonly ProposalEnd[] {
  const found = states.get(link.proposal_id);
  return found === undefined ? [] : [{ state: found.state, stateAt: found.stateAt, isUndo: link.undo_of !== null }];
}

type Settling = {
  readonly row: EffectRow;
  readonly ends: readonly ProposalEnd[];
  readonly day: Temporal.PlainDate;
  readonly now: Temporal.Instant;
};
async function settle(tx: Tx, { row, ends, day, now }: Settling): Promise<readonly NewEvent[]> {
  if (row.state === "lifting") {
    const next = liftingBecomes(ends, now);
    if (next === "lifting") return [];
    const refusedOn = next === "done" && wasRefused(ends) ? day : undefined;
    await changeEffect(tx, row.effect_id, {
      state: next,
      at: now,
      undoneOn: next === "lifted" ? day : undefined,
      refusedOn,
    });
    return [event(row, next === "lifted" ? "lifted" : "refused", { now, data: { of: "lifting" } })];
  }
  const next = askedBecomes(ends, now);
  if (next === "asked") return [];
  await changeEffect(tx, row.effect_id, {
    state: next,
    at: now,
    doneOn: next === "done" ? day : undefined,
    refusedOn: next === "refused" ? day : undefined,
  });
  return [event(row, next, { now, data: {} })];
}

const TYPES = {
  asked: COLLECTIONS_EVENTS.effectAsked,
  done: COLLECTIONS_EVENTS.effectDone,
  refused: COLLECTIONS_EVENTS.effectRefused,
  dropped: COLLECTIONS_EVENTS.effectDropped,
  lifting: COLLECTIONS_EVENTS.effectLifting,
  lifted: COLLECTIONS_EVENTS.effectLifted,
} as const;

/** What happened to an effect, for the timeline of its account. */
export const event = (
  row: EffectRow,
  what: keyof typeof TYPES,
  { now, data, actor }: { readonly now: Temporal.Instant; readonly data: object; readonly actor?: NewEvent["actor"] },
): NewEvent => ({
  type: TYPES[what],
  actor: actor ?? SURETY,
  at: now,
  subject: { kind: "collections-effect", id: row.effect_id },
  customerId: row.account_id as CustomerId,
  why: row.reason,
  data: { kind: row.kind, step: row.step_id, policy: row.policy_id, version: row.policy_version, ...data },
});
