import type { VersionRowWire } from "../../../src/collections/policy/contract-wire.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { type Level, Tag } from "../../kit/Risk.tsx";

const LEVEL: Record<VersionRowWire["state"], Level> = {
  draft: "none",
  asked: "warn",
  scheduled: "info",
  "in-force": "ok",
  superseded: "none",
  ended: "none",
  withdrawn: "none",
};

export function StateTag({ row }: { readonly row: VersionRowWire }) {
  const t = useT();
  return <Tag level={LEVEL[row.state]}>{t(`policy.state.${row.state}`)}</Tag>;
}

/** From which day to which a version holds. */
export function useSpan(): (row: Pick<VersionRowWire, "fromDay" | "untilDay">) => string {
  const t = useT();
  const f = useFormat();
  return ({ fromDay, untilDay }) =>
    fromDay === null
      ? "–"
      : untilDay === null
        ? t("policy.days.from", { from: f.day(fromDay) })
        : t("policy.days.span", { from: f.day(fromDay), until: f.day(untilDay) });
}
