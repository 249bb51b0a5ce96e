import type { CaseRowJson } from "../../src/cases/contract.ts";
import { useT } from "../i18n/t.ts";
import { Fig } from "../kit/Fig.tsx";
import { Money } from "../kit/Money.tsx";

/** The number that orders urgent work, opening to what it is made of. */
export function PriorityCell({ row }: { readonly row: Pick<CaseRowJson, "priority" | "updatedAt"> }) {
  const t = useT();
  const { priority } = row;
  if (priority === null) return <span className="ink3">–</span>;
  const { score, level, band, stake, amount } = priority;
  return (
    <Fig
      label={t("cases.col.priority")}
      className="num b"
      opens={{
        title: t("cases.priority.title"),
        parts: [
          { label: t("cases.priority.level"), value: t(`cases.priority.level.${level}`) },
          {
            label: t(`cases.priority.stake.${stake}`),
            value: amount === null ? "–" : <Money value={amount} />,
            note: amount === null ? t("cases.priority.unknown") : t("cases.priority.band", { n: band }),
          },
        ],
        sum: { value: <span className="num">{score}</span> },
        formula: t("cases.priority.formula"),
        asOf: row.updatedAt,
        source: t("cases.priority.source"),
      }}
    >
      {score}
    </Fig>
  );
}
