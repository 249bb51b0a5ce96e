import { IconLock, IconRotate2 } from "@tabler/icons-react";
import type { Effect, ProposalRowJson, ProposalStateKind, SavingJson, StepState } from "../../src/response/contract.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Approvals } from "../kit/Bits.tsx";
import { type Effect as ShownEffect, Effects } from "../kit/ConfirmDialog.tsx";
import type { Figure } from "../kit/Fig.tsx";
import { Money } from "../kit/Money.tsx";
import { Glyph, type Level, Tag } from "../kit/Risk.tsx";
import { useEffectText, useRoleNames, useUndoText, useWhyText } from "./texts.ts";
import "./response.css";

const STATE_LEVEL: Record<ProposalStateKind, Level> = {
  proposed: "none",
  approved: "info",
  running: "info",
  sent: "info",
  verified: "ok",
  failed: "crit",
  unverified: "warn",
  withdrawn: "none",
  rejected: "none",
  expired: "none",
};
/** A tick only for what Partner Center itself shows: sent is not done. */
export const STEP_LEVEL: Record<StepState, Level> = {
  planned: "none",
  waiting: "none",
  sending: "info",
  sent: "info",
  verified: "ok",
  failed: "crit",
  unverified: "warn",
  skipped: "none",
  dropped: "none",
};

export function StateTag({ state }: { readonly state: ProposalStateKind }) {
  const t = useT();
  return (
    <Tag level={STATE_LEVEL[state]} line={STATE_LEVEL[state] === "none"}>
      {t(`response.state.${state}`)}
    </Tag>
  );
}

/** The saving first, what it counts under it. Nothing is 0 with its reason, unknown is a word. */
export function Saving({ saving, compact = false }: { readonly saving: SavingJson; readonly compact?: boolean }) {
  const t = useT();
  const why = useSavingWhy();
  if (saving.amount === null)
    return (
      <span className={compact ? "row base" : "col right"} style={{ gap: compact ? 6 : 0 }}>
        <span className={saving.kind === "unknown" ? "ink3" : "b num"}>
          {t(saving.kind === "unknown" ? "response.saving.unknown" : "response.saving.none")}
        </span>
        <span className="tiny ink3">{why(saving)}</span>
      </span>
    );
  return (
    <span className={compact ? "row base" : "col right"} style={{ gap: compact ? 6 : 0 }}>
      <SavingFigure saving={saving} />
      <span className="tiny ink3 nowrap">{t(`response.saving.${saving.per ?? "day"}`)}</span>
    </span>
  );
}

function useSavingWhy(): (saving: SavingJson) => string {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  return ({ why, day }) => {
    if (why === "bills-to-term-end")
      return day === null
        ? t("response.saving.bills-to-term-end.open")
        : t("response.saving.bills-to-term-end", { day: f.day(day) });
    return why === null ? "" : word(`response.saving.${why}`, {}, why);
  };
}

function SavingFigure({ saving }: { readonly saving: SavingJson }) {
  const t = useT();
  const f = useFormat();
  const { amount, month, per, unknownParts, day, asOf } = saving;
  if (amount === null) return null;
  const isPositive = BigInt(amount.minor) > 0n;
  const perHour = { minor: (BigInt(amount.minor) / 24n).toString(), currency: amount.currency };
  const exact = (value: typeof amount) => <Money value={value} digits="minor" />;
  const figure: Figure = {
    title: t("response.saving"),
    parts: [
      ...(per === "day" ? [{ label: t("response.saving.perHour"), value: exact(perHour) }] : []),
      { label: t(`response.saving.${per ?? "day"}`), value: exact(amount) },
      ...(per === "day" && month !== null ? [{ label: t("response.saving.perMonth"), value: exact(month) }] : []),
      ...(unknownParts > 0
        ? [{ label: t("response.saving.parts", { n: unknownParts }), value: t("response.saving.unknown") }]
        : []),
    ],
    formula: t(`response.saving.formula.${per ?? "day"}`, { day: day === null ? "…" : f.day(day) }),
    asOf,
    source: t("response.saving.source"),
  };
  return (
    <Money value={amount} signed opens={figure} label={t("response.saving")} className={isPositive ? "b ok" : "b"} />
  );
}

/** Approvals as dots and words, and whether the reader may add one. */
export function ApprovalsCell({ row }: { readonly row: ProposalRowJson }) {
  const t = useT();
  const why = useWhyText();
  const { have, need } = row.approvals;
  if (need === 0) return null;
  return (
    <span className="col" style={{ gap: 2 }}>
      <span className="row num small" style={{ gap: 6 }}>
        <span aria-hidden="true">
          <Approvals have={have} need={need} />
        </span>
        {t("kit.of", { have, need })}
      </span>
      {row.state === "proposed" && (
        <span className="tiny ink3">
          {row.waitingForMe ? t("response.you.can") : row.whyNotMe && why(row.whyNotMe)}
        </span>
      )}
    </span>
  );
}

/** True of the situation rather than done by the action: neither lasting nor to be undone. */
const NOTES: readonly Effect["kind"][] = [
  "used-and-reserved-still-billed",
  "owner-can-reactivate",
  "stops-nothing",
  "bills-on",
];

/** What happens, what cannot be undone first with its padlock; then what stays true whatever is decided. */
export function EffectList({ effects }: { readonly effects: readonly Effect[] }) {
  const text = useEffectText();
  const shown = useShownEffects();
  const notes = effects.filter((effect) => NOTES.includes(effect.kind));
  return (
    <div className="col" style={{ gap: 8 }}>
      <Effects effects={shown(effects)} />
      {notes.map((note) => (
        <span key={note.kind} className="row top small ink2" style={{ gap: 7 }}>
          <span style={{ marginTop: 1 }}>
            <Glyph level="info" size={13} />
          </span>
          {text(note)}
        </span>
      ))}
    </div>
  );
}

/** Effects for a dialog: worded, and without the notes. */
export function useShownEffects(): (effects: readonly Effect[]) => readonly ShownEffect[] {
  const text = useEffectText();
  return (effects) =>
    effects
      .filter((effect) => !NOTES.includes(effect.kind))
      .map((effect) => ({ text: text(effect), isReversible: !effect.lasting }));
}

/** The lasting effects in a few words, for lists. */
export function LastingCell({ effects }: { readonly effects: readonly Effect[] }) {
  const t = useT();
  const lasting = effects.filter((effect) => effect.lasting);
  const word = useWord();
  const text = lasting.map(({ kind }) => word(`effect.${kind}`, {}, kind)).join(" · ");
  return (
    <span className="small ink2">
      <Mark isLasting={lasting.length > 0} /> {lasting.length === 0 ? t("response.lasting.none") : text}
    </span>
  );
}

/** Padlock = cannot be undone; turning arrow = can be. */
export function Mark({ isLasting }: { readonly isLasting: boolean }) {
  const t = useT();
  const Icon = isLasting ? IconLock : IconRotate2;
  return (
    <Icon
      size={14}
      stroke={1.7}
      className="mark-inline"
      role="img"
      aria-label={t(isLasting ? "kit.irreversible" : "kit.reversible")}
    />
  );
}

/** The way back in words: how, until when, what returns and what stays lost. */
export function UndoNote({ undo }: { readonly undo: ProposalRowJson["undo"] }) {
  const t = useT();
  const text = useUndoText();
  const word = useWord();
  const list = (kinds: readonly string[]) => kinds.map((kind) => word(`effect.${kind}`, {}, kind)).join(", ");
  return (
    <div className="row top small" style={{ gap: 7 }}>
      <Mark isLasting={!undo.possible} />
      <span className="col" style={{ gap: 2 }}>
        <span>{text(undo)}</span>
        {undo.restores.length > 0 && (
          <span className="ink3">{t("response.undo.restores", { what: list(undo.restores) })}</span>
        )}
        {undo.keepsLost.length > 0 && (
          <span className="ink3">{t("response.undo.keepsLost", { what: list(undo.keepsLost) })}</span>
        )}
      </span>
    </div>
  );
}

/** Who must still say yes. */
export function ApproversNote({ need, roles }: { readonly need: number; readonly roles: readonly string[] }) {
  const t = useT();
  const names = useRoleNames();
  return (
    <span className="small ink2">
      {need === 0 ? t("response.propose.alone") : t("response.propose.approvals", { n: need, roles: names(roles) })}
    </span>
  );
}
