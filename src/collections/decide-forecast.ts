import type { AccountHistory, HistoryEffect, HistoryNotice } from "./contract-history.ts";
import type { EffectKind } from "./contract-policy.ts";
import { mayAct, needOf } from "./decide-acts.ts";
import { ladderState, type PreparedPolicy } from "./ladder/decide-ladder.ts";

/** What comes on which day if nothing is paid, nothing changes, every letter arrives and everything asked for is approved. */

export type Coming = {
  readonly day: Temporal.PlainDate;
  readonly stepId: string;
  readonly what: "tell" | "effect";
  readonly effects: readonly EffectKind[];
  readonly asks: number;
};

/** Days looked ahead. */
export const FORECAST_DAYS = 120;

export function forecastOf(
  history: AccountHistory,
  prepared: PreparedPolicy,
  { from, days = FORECAST_DAYS }: { readonly from: Temporal.PlainDate; readonly days?: number },
): readonly Coming[] {
  const coming: Coming[] = [];
  let imagined = settledFrom(history, from);
  for (let ahead = 0; ahead <= days; ahead++) {
    const day = from.add({ days: ahead });
    const state = ladderState(imagined, prepared, day);
    const notices: HistoryNotice[] = [];
    const effects: HistoryEffect[] = [];
    if (state.tell !== undefined) {
      const { stepId, channels, invoiceIds } = state.tell;
      for (const { channel } of channels)
        notices.push({
          noticeId: `${day.toString()}:${channel}`,
          stepId,
          channel,
          invoiceIds,
          decidedOn: day,
          sentOn: day,
        });
      coming.push({ day, stepId, what: "tell", effects: [], asks: 0 });
    }
    for (const wanted of state.effects.filter(mayAct)) {
      const step = prepared.byId.get(wanted.stepId)?.step;
      if (step === undefined) continue;
      effects.push({ kind: wanted.kind, stepId: wanted.stepId, doneOn: day });
      add(coming, { day, stepId: wanted.stepId, kind: wanted.kind, need: needOf(wanted.kind, step) });
    }
    if (notices.length > 0 || effects.length > 0)
      imagined = {
        ...imagined,
        notices: [...imagined.notices, ...notices],
        effects: [...imagined.effects, ...effects],
      };
  }
  return coming;
}

/** What is on its way today is taken as sent. */
const settledFrom = (history: AccountHistory, from: Temporal.PlainDate): AccountHistory => ({
  ...history,
  notices: history.notices.map((one) =>
    one.sentOn === undefined && one.failedOn === undefined ? { ...one, sentOn: from } : one,
  ),
});

function add(
  coming: Coming[],
  one: { readonly day: Temporal.PlainDate; readonly stepId: string; readonly kind: EffectKind; readonly need: number },
): void {
  const { day, stepId, kind, need } = one;
  const at = coming.findIndex((other) => other.what === "effect" && other.stepId === stepId && other.day.equals(day));
  const known = coming[at];
  if (known === undefined) coming.push({ day, stepId, what: "effect", effects: [kind], asks: need });
  else coming[at] = { ...known, effects: [...known.effects, kind], asks: Math.max(known.asks, need) };
}
