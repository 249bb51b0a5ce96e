import type { PoliciesWire, VersionRowWire } from "../../../src/collections/policy/contract-wire.ts";
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

/**
 * Name of a version in the reader's language: a version carries its English name, and one that still has the name of its
 * pack has the pack's Swedish name too.
 */
export function usePolicyName(packs: PoliciesWire["packs"]): (version: Pick<VersionRowWire, "name">) => string {
  const { language } = useFormat();
  return ({ name }) => packs.find((pack) => pack.name.en === name)?.name[language] ?? name;
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
