import type { LadderState } from "../contract-ladder.ts";
import { type DayNumber, dayNumber } from "../ladder/decide-days.ts";
import { type IndexedAccount, type IndexedEffect, type IndexedNotice, NEVER } from "../ladder/decide-index.ts";

/** An account that lives through days: what the ladder says is done the same day. */
export type Living = IndexedAccount & { readonly notices: IndexedNotice[]; readonly effects: IndexedEffect[] };
export type Assume = {
  /** Letters that are due are sent the same day; else only those count that the ledger tells of. */
  readonly notices: "assume-sent" | "from-file";
  /** What waits for an approval alone is approved the same day. */
  readonly effects: "assume-done" | "from-file";
};
/** What was done on the day. */
export type Done = {
  readonly told: boolean;
  readonly acted: readonly LadderState["effects"][number]["kind"][];
  readonly lifted: readonly LadderState["effects"][number]["kind"][];
};

/** A copy that can live on; assumed facts take the place of the ledger's own. */
export const living = (account: IndexedAccount, assume: Assume): Living => ({
  ...account,
  notices: assume.notices === "assume-sent" ? [] : [...account.notices],
  effects: assume.effects === "assume-done" ? [] : [...account.effects],
});

const NONE: readonly never[] = [];
const NOTHING: Done = { told: false, acted: NONE, lifted: NONE };

export function carryOut(account: Living, state: LadderState, assume: Assume): Done {
  if (state.tell === undefined && state.effects.length === 0 && state.lift.length === 0) return NOTHING;
  const day = dayNumber(state.day);
  const { tell } = state;
  const isTold = tell !== undefined && assume.notices === "assume-sent";
  if (isTold)
    for (const { channel } of tell.channels)
      account.notices.push({
        stepId: tell.stepId,
        channel,
        invoiceIds: tell.invoiceIds,
        decided: day,
        sent: day,
        failed: NEVER,
      });
  if (assume.effects === "from-file") return { told: isTold, acted: NONE, lifted: NONE };
  const acted: Done["acted"][number][] = [];
  for (const { kind, stepId, isDone, waiting } of state.effects) {
    if (isDone || waiting.some((one) => one.kind !== "approval")) continue;
    acted.push(kind);
    account.effects.push({ source: { kind, stepId, doneOn: state.day }, done: day, undone: NEVER });
  }
  const lifted = state.lift.map(({ kind }) => kind);
  for (const kind of lifted) undo(account, kind, day);
  return { told: isTold, acted, lifted };
}

function undo(account: Living, kind: IndexedEffect["source"]["kind"], day: DayNumber): void {
  for (const [n, effect] of account.effects.entries())
    if (effect.source.kind === kind && effect.undone === NEVER) account.effects[n] = { ...effect, undone: day };
}
