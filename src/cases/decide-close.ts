import {
  type BlockerJson,
  type CaseFamily,
  type CaseState,
  CLOSE_NOTE_MIN,
  NOTE_MAX,
  type Outcome,
  OUTCOMES_OF,
} from "./contract.ts";

type Ref = { readonly id: string; readonly number: string };

/** What closing looks at. `outcome` and `note` are what the person gave, if anything yet. */
export type CloseFacts = {
  readonly state: CaseState;
  readonly family: CaseFamily;
  /** Notices of this case that Microsoft still waits for. Test notices are not among them. */
  readonly openNotices: readonly Ref[];
  /** Proposals that wait, run, or whose effect nobody has seen yet. */
  readonly liveProposals: readonly Ref[];
  /** Steps of the Secure stage that are neither done nor left out with a reason. */
  readonly openSecureSteps: readonly string[];
};
export type CloseWish = { readonly outcome: Outcome | undefined; readonly note: string };

const blocker = (code: BlockerJson["code"], ref: string | null = null, id: string | null = null): BlockerJson => ({
  code,
  ref,
  id,
});

/** What stops closing whatever the person chooses: closing stops nothing at Microsoft, so nothing may still be on its way. */
export function standingBlockers(facts: CloseFacts): readonly BlockerJson[] {
  if (facts.state === "closed") return [blocker("already-closed")];
  return [
    ...facts.liveProposals.map(({ id, number }) => blocker("proposal-live", number, id)),
    ...facts.openNotices.map(({ id, number }) => blocker("notice-open", number, id)),
  ];
}

/** A missed foothold is a second compromise: only a confirmed fraud needs every Secure step. */
export const fraudBlockers = (facts: CloseFacts): readonly BlockerJson[] =>
  facts.family === "misuse" ? facts.openSecureSteps.map((step) => blocker("step-open", step, step)) : [];

/** Everything that stops closing with this outcome and note; empty means that it may be closed. */
export function decideClose(facts: CloseFacts, wish: CloseWish): readonly BlockerJson[] {
  const standing = standingBlockers(facts);
  if (facts.state === "closed") return standing;
  return [
    ...standing,
    ...(wish.outcome === "fraud" ? fraudBlockers(facts) : []),
    ...outcomeBlockers(facts, wish),
    ...noteBlockers(wish),
  ];
}

function outcomeBlockers({ family }: CloseFacts, { outcome }: CloseWish): readonly BlockerJson[] {
  if (outcome === undefined) return [blocker("outcome-missing")];
  return (OUTCOMES_OF[family] as readonly Outcome[]).includes(outcome) ? [] : [blocker("outcome-wrong", outcome)];
}

function noteBlockers({ note }: CloseWish): readonly BlockerJson[] {
  const length = note.trim().length;
  if (length < CLOSE_NOTE_MIN) return [blocker("note-missing", String(CLOSE_NOTE_MIN))];
  return length > NOTE_MAX ? [blocker("note-long", String(NOTE_MAX))] : [];
}
