import type { RuleRowWire } from "../../../src/activity/lab/contract-wire.ts";
import { SHIPPED_WHY } from "../../../src/activity/lab/contract.ts";
import { type T, useFormat, useT } from "../../i18n/t.ts";
import { type Level, Tag } from "../../kit/Risk.tsx";

export type RuleState = RuleRowWire["state"];
export type RuleLevel = RuleRowWire["level"];
export const STATE_LEVEL: Record<RuleState, Level> = { on: "ok", shadow: "info", off: "none" };
const LEVEL_LEVEL: Record<RuleLevel, Level> = {
  informational: "none",
  low: "none",
  medium: "info",
  high: "warn",
  critical: "crit",
};

export function StateTag({ state }: { readonly state: RuleState }) {
  const t = useT();
  return <Tag level={STATE_LEVEL[state]}>{t(`rules.state.${state}`)}</Tag>;
}
export function LevelTag({ level }: { readonly level: RuleLevel }) {
  const t = useT();
  return (
    <Tag level={LEVEL_LEVEL[level]} line>
      {t(`rules.level.${level}`)}
    </Tag>
  );
}

/** Whether a part of a condition, or a window, holds. */
export function Holds({ holds }: { readonly holds: boolean }) {
  const t = useT();
  return <Tag level={holds ? "ok" : "none"}>{t(holds ? "lab.explain.true" : "lab.explain.false")}</Tag>;
}

/** The rule's title in the reader's language. */
export function useRuleTitle(): (rule: { readonly title: string; readonly titleSv: string }) => string {
  const { language } = useFormat();
  return ({ title, titleSv }) => (language === "sv" ? titleSv : title);
}

/** `15m`, `24h`, `7d`: a timespan as rules write it. */
export function spanText(ms: number): string {
  const units = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "m"],
    [1_000, "s"],
  ] as const;
  const [size, sign] = units.find(([one]) => ms >= one && ms % one === 0) ?? [1, "ms"];
  return `${ms / size}${sign}`;
}

/** A reason as it was written; the one that Surety itself gives is in the reader's language. */
export const whyText = (why: string, t: T): string => (why === SHIPPED_WHY ? t("rule.card.shipped") : why);
