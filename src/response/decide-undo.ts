import type { Effect, EffectKind, ProposalKind } from "./contract.ts";
import { UNDONE_BY } from "./decide.ts";

/** How it could be taken back, until when, and what does not come back with it. */
export type UndoPlan =
  | {
      readonly kind: "possible";
      readonly by: ProposalKind;
      /** Last day on which Microsoft still allows it; undefined = no limit is documented. */
      readonly untilDay: Temporal.PlainDate | undefined;
      /** Days after the action, when the limit counts from there. */
      readonly withinDays: number | undefined;
      readonly restores: readonly EffectKind[];
      readonly keepsLost: readonly EffectKind[];
    }
  | { readonly kind: "none"; readonly why: "alert-answers-are-final" | "it-is-an-undo" };

/** A cancelled Azure subscription can be reactivated for 90 days; Microsoft may delete its data from day 30 (GUIDANCE 2). */
const REACTIVATE_DAYS = 90;

/** What each undo brings back, and what stays lost although the action is undone. */
const BACK: Readonly<
  Record<ProposalKind, { readonly restores: readonly EffectKind[]; readonly keepsLost: readonly EffectKind[] }>
> = {
  "suspend-subscription": {
    restores: ["users-blocked", "auto-renew-goes-off", "scheduled-changes-dropped"],
    keepsLost: [],
  },
  "reactivate-subscription": { restores: ["users-back"], keepsLost: [] },
  "auto-renew-off": { restores: ["ends-at-term-end"], keepsLost: [] },
  "auto-renew-on": { restores: ["renews-and-commits"], keepsLost: [] },
  "cancel-entitlement": { restores: [], keepsLost: ["public-ips-lost", "machines-stay-stopped", "answer-is-final"] },
  "reactivate-entitlement": { restores: ["spend-resumes"], keepsLost: [] },
  "answer-alert": { restores: [], keepsLost: ["answer-is-final"] },
};

/** How a proposal of this kind could be taken back, told before anyone approves it. */
export function undoOf(
  kind: ProposalKind,
  { untilDay, effects }: { readonly untilDay: Temporal.PlainDate | undefined; readonly effects: readonly Effect[] },
): UndoPlan {
  const by = UNDONE_BY[kind];
  if (by === undefined) return { kind: "none", why: "alert-answers-are-final" };
  const present = new Set<EffectKind>([...effects.map((effect) => effect.kind), "machines-stay-stopped"]);
  return {
    kind: "possible",
    by,
    // The last day of the term is itself too late: the renewal, or the end, may come at any hour of it.
    untilDay: untilDay?.subtract({ days: 1 }),
    withinDays: kind === "cancel-entitlement" ? REACTIVATE_DAYS : undefined,
    restores: BACK[kind].restores.filter((effect) => present.has(effect)),
    keepsLost: BACK[kind].keepsLost.filter((effect) => present.has(effect)),
  };
}
