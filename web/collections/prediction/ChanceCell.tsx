import { useFormat, useT } from "../../i18n/t.ts";
import { Bar } from "../../kit/Bits.tsx";
import { Fig } from "../../kit/Fig.tsx";
import { useReasonText } from "./Reasons.tsx";

type ChanceProps = {
  /** 0 to 10,000; null = not known. */
  readonly chanceBps: number | null;
  readonly reasons: readonly { readonly kind: string; readonly facts: Readonly<Record<string, string | number>> }[];
  /** What the chance is of: "paid within 30 d". */
  readonly label: string;
  readonly asOf?: string | null | undefined;
  /** In a column whose header is the label, with the reasons in the next one. */
  readonly isInColumn?: boolean | undefined;
};

/** A chance as bar and percent that opens to its reasons. One that is not known says why in words and draws no bar. */
export function ChanceCell({ chanceBps, reasons, label, asOf, isInColumn = false }: ChanceProps) {
  const t = useT();
  const f = useFormat();
  const text = useReasonText();
  if (chanceBps === null) {
    const [why] = reasons;
    return <span className="ink3 small">{why === undefined || isInColumn ? t("kit.unknown") : text(why)}</span>;
  }
  const share = chanceBps / 10_000;
  const figure = {
    title: t("prediction.chance"),
    parts: reasons.map((reason) => ({ label: text(reason), value: "" })),
    formula: t("prediction.chance.formula"),
    asOf,
    source: t("prediction.source"),
  };
  return (
    <span className="row" style={{ gap: 6 }}>
      <span className="hide-sm" style={{ width: 64 }}>
        <Bar share={share} height={5} />
      </span>
      <Fig opens={figure} label={label}>
        {f.percent(share)}
      </Fig>
      {!isInColumn && <span className="tiny ink3">{label}</span>}
    </span>
  );
}
