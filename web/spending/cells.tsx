import type { SpendRow, SpendState } from "../../src/spending/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Bar, limitTone } from "../kit/Bits.tsx";
import { Money } from "../kit/Money.tsx";
import { Glyph, type Level, Tag } from "../kit/Risk.tsx";

type RowProps = { readonly row: SpendRow };
export const STATE_LEVEL: Readonly<Record<SpendState, Level>> = {
  over: "crit",
  near: "warn",
  "forecast-over": "warn",
  within: "ok",
  "no-budget": "unknown",
};

export function NameCell({ row }: RowProps) {
  return (
    <span className="cut" title={row.name}>
      {row.name}
    </span>
  );
}

export function StateCell({ row }: RowProps) {
  const t = useT();
  const word = t(`spending.state.${row.state}`);
  return row.state === "within" ? (
    <span className="small ink2">{word}</span>
  ) : (
    <Tag level={STATE_LEVEL[row.state]}>{word}</Tag>
  );
}

export function UsedCell({ row }: RowProps) {
  return <Money value={row.used} />;
}

export function BudgetCell({ row }: RowProps) {
  const t = useT();
  const f = useFormat();
  if (row.budget === null || row.usedBps === null)
    return <span className="small warn">{t("spending.budget.none")}</span>;
  const share = row.usedBps / 10_000;
  return (
    <span className="col" style={{ gap: 3 }}>
      <span className="row small" style={{ gap: 6 }}>
        <span className={`num ${share >= 1 ? "crit b" : share >= 0.8 ? "warn b" : ""}`}>{f.percent(share)}</span>
        <span className="ink3">{t("spending.ofBudget")}</span>
        <Money value={row.budget} className="ink2" />
      </span>
      <Bar share={share} tone={limitTone(share)} height={4} />
      {row.budgetState === null && <span className="tiny ink3">{t("spending.budget.foreign")}</span>}
      {row.budgetState !== null && row.budgetState !== "in-partner-center" && (
        <span
          className={`row tiny ${row.budgetState === "failed" || row.budgetState === "differs" ? "warn" : "ink3"}`}
          style={{ gap: 4 }}
        >
          <Glyph
            level={row.budgetState === "failed" ? "error" : row.budgetState === "differs" ? "warn" : "info"}
            size={11}
          />
          {t(`spending.budget.state.${row.budgetState}`)}
        </span>
      )}
    </span>
  );
}

export function ForecastCell({ row }: RowProps) {
  const t = useT();
  const f = useFormat();
  if (row.forecast === null) return <span className="ink3 small">{t("spending.forecast.tooLittle")}</span>;
  const isOver = row.forecastBps !== null && row.forecastBps > 10_000;
  return (
    <span className="col" style={{ alignItems: "flex-end" }}>
      <span>
        <span className="only-sm ink3">{t("spending.forecast")} </span>
        <Money value={row.forecast.mid} className={isOver ? "warn b" : ""} />
      </span>
      <span className="tiny ink3 num">
        {t("spending.range", { low: f.amount(row.forecast.low), high: f.amount(row.forecast.high) })}
      </span>
    </span>
  );
}

/** A growth of half within a week is worth the amber. */
const STEEP_BPS = 5_000;
export function TrendCell({ row }: RowProps) {
  const t = useT();
  const f = useFormat();
  if (row.trendBps === null) return <span className="ink3 small">–</span>;
  const text = f.percent(Math.abs(row.trendBps) / 10_000);
  const isFlat = Math.abs(row.trendBps) < 50;
  return (
    <span className={`num small ${row.trendBps >= STEEP_BPS ? "warn b" : "ink2"}`} title={t("spending.trend.how")}>
      {isFlat ? f.percent(0) : row.trendBps > 0 ? `+${text}` : `−${text}`}
    </span>
  );
}

const WIDTH = 96;
const HEIGHT = 24;
/** The newest days as a small line from zero; its figures are on the passport. */
export function SparkCell({ row }: RowProps) {
  const t = useT();
  const values = row.spark.map((minor) => BigInt(minor));
  if (values.length < 3) return <span className="ink3 small">–</span>;
  const top = values.reduce((max, value) => (value > max ? value : max), 1n);
  const y = (value: bigint) =>
    HEIGHT - 2 - Number(((value < 0n ? 0n : value) * BigInt((HEIGHT - 4) * 100)) / top) / 100;
  const points = values
    .map((value, at) => `${((at / (values.length - 1)) * WIDTH).toFixed(1)},${y(value).toFixed(1)}`)
    .join(" ");
  return (
    <svg
      className="spark"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={t("spending.spark.label", { n: values.length })}
    >
      <polyline points={points} fill="none" stroke="var(--s-data-1)" strokeWidth="1.5" strokeLinejoin="round" />
    </svg>
  );
}
