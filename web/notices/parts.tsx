import type { NoticeRowJson, RunningJson } from "../../src/notices/contract.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import type { Figure } from "../kit/Fig.tsx";
import { Money } from "../kit/Money.tsx";
import type { Level } from "../kit/Risk.tsx";

/** A notice's name: our word for a known type, else Microsoft's own title, else the type as sent. */
export function useNoticeName(): (notice: Pick<NoticeRowJson, "kind" | "title">) => string {
  const word = useWord();
  return ({ kind, title }) => word(`notices.kind.${kind}`, {}, title ?? kind);
}

/** Severity as a mark; an unknown word is shown as unknown, never as harmless. */
export const severityLevel = (severity: string | null): Level =>
  severity === "high"
    ? "crit"
    : severity === "medium"
      ? "warn"
      : severity === "low" || severity === "informational"
        ? "none"
        : "unknown";

/** Why a rate is unknown, in words. */
export function useRunningWhy(): (running: RunningJson) => string {
  const t = useT();
  const word = useWord();
  return (running) =>
    running.known
      ? ""
      : t("notices.money.unknown", { why: word(`notices.running.${running.reason}`, {}, running.reason) });
}

/** Money per hour, opening to what it rests on; unknown is a word with its reason. */
export function Running({ running, className = "" }: { readonly running: RunningJson; readonly className?: string }) {
  const t = useT();
  const why = useRunningWhy();
  const figure = useRunningFigure(running);
  if (!running.known)
    return (
      <span className={`ink3 ${className}`} title={why(running)}>
        {t("kit.unknown")}
      </span>
    );
  return <Money value={running.perHour} per="/h" className={className} opens={figure} label={t("notices.money")} />;
}

export function useRunningFigure(running: RunningJson): Figure {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  if (!running.known) return { title: t("notices.money"), parts: [], formula: "", source: "" };
  const day = { minor: (BigInt(running.perHour.minor) * 24n).toString(), currency: running.perHour.currency };
  return {
    title: t("notices.money"),
    parts: [
      { label: t("cases.money.hour"), value: f.money(running.perHour, { digits: "minor" }) },
      { label: t("cases.money.day"), value: f.money(day) },
    ],
    formula: word(`cases.basis.${running.basis}`, {}, running.basis),
    asOf: running.asOf,
    source: "Partner Center",
  };
}
