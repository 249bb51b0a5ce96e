import type { CostJson } from "../../src/cases/contract.ts";
import { exponent } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Legend } from "../kit/Bits.tsx";
import { ChartFrame, LineChart } from "../kit/Chart.tsx";

const HEIGHT = 164;

/** What was spent, and the two futures: act now, or wait until the office opens. */
export function CostCurve({ cost }: { readonly cost: CostJson }) {
  const t = useT();
  const f = useFormat();
  const money = (minor: string | null | undefined) => f.money({ minor: minor ?? "0", currency: cost.currency });
  const last = cost.points.at(-1);
  const cell = (minor: string | null) => (minor === null ? "" : f.amount({ minor, currency: cost.currency }));
  return (
    <>
      <div className="row small curve-head">
        <span className="label">{t("cases.curve", { currency: cost.currency })}</span>
      </div>
      <ChartFrame
        height={HEIGHT}
        label={t("cases.curve.label", {
          spent: money(cost.spentMinor),
          acted: money(last?.ifActed),
          wait: money(last?.ifNot),
          when: last ? f.moment(last.at) : "",
        })}
        table={{
          columns: [t("cases.curve.time"), t("cases.curve.spent"), t("cases.curve.acted"), t("cases.curve.wait")],
          rows: cost.points.map((point) => [
            f.moment(point.at),
            cell(point.spent),
            cell(point.ifActed),
            cell(point.ifNot),
          ]),
        }}
      >
        <Curve cost={cost} />
      </ChartFrame>
      <div style={{ marginTop: 4 }}>
        <Legend
          items={[
            { label: t("cases.curve.spent"), tone: "var(--s-ink)", kind: "line" },
            { label: t("cases.curve.acted"), tone: "var(--s-data-1)", kind: "line" },
            { label: t("cases.curve.wait"), tone: "var(--s-crit)", kind: "dashed" },
          ]}
        />
      </div>
    </>
  );
}

function Curve({ cost }: { readonly cost: CostJson }) {
  const t = useT();
  const f = useFormat();
  const unit = 10 ** exponent(cost.currency);
  // Charts draw with numbers; every figure in words comes from the exact minor units.
  const drawn = (minor: string | null) => (minor === null ? null : Number(minor) / unit);
  const data = cost.points.map((point) => ({
    time: f.moment(point.at),
    at: point.at,
    spent: drawn(point.spent),
    acted: drawn(point.ifActed),
    wait: drawn(point.ifNot),
  }));
  return (
    <LineChart
      h={HEIGHT}
      data={data}
      dataKey="at"
      curveType="linear"
      withDots={false}
      withLegend={false}
      gridAxis="none"
      tickLine="none"
      strokeWidth={2}
      connectNulls={false}
      lineChartProps={{ margin: { right: 14, top: 6, bottom: 14, left: 0 } }}
      series={[
        { name: "spent", label: t("cases.curve.spent"), color: "var(--s-ink)" },
        { name: "acted", label: t("cases.curve.acted"), color: "var(--s-data-1)" },
        { name: "wait", label: t("cases.curve.wait"), color: "var(--s-crit)", strokeDasharray: "4 3" },
      ]}
      valueFormatter={(value) => `${f.count(Math.round(value))} ${cost.currency}`}
      xAxisProps={{ tickFormatter: (at: string) => f.moment(at), minTickGap: 46, height: 20, tickMargin: 4 }}
      yAxisProps={{
        width: 56,
        tickFormatter: (value: number) => f.count(Math.round(value)),
        tickCount: 4,
        tickMargin: 4,
      }}
      tooltipProps={{ labelFormatter: (at: unknown) => (typeof at === "string" ? f.moment(at) : "") }}
    />
  );
}
