import type { SimulationResultWire } from "../../../src/collections/simulation/contract-simulation.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { BarChart, ChartFrame, LineChart } from "../../kit/Chart.tsx";
import { Panel } from "../../kit/Panel.tsx";

const HEIGHT = 220;
type Props = { readonly result: SimulationResultWire };

/** Share of what fell due that was paid, by days past due: as observed and as simulated, with the range of what is assumed. */
export function CashPanel({ result, name }: Props & { readonly name: string }) {
  const t = useT();
  const f = useFormat();
  const [largest] = result.currencies;
  if (largest === undefined) return null;
  const share = (bps: number | null) => (bps === null ? "–" : f.percent(bps / 10_000, 1));
  const drawn = (bps: number | null) => (bps === null ? null : bps / 100);
  const day30 = largest.curve.find(({ days }) => days === 30);
  const late = result.lateTenths;
  const words = { base: share(day30?.observedBps ?? null), draft: share(day30?.draftBps ?? null) };
  return (
    <Panel
      title={t("simulation.cash")}
      question={t("simulation.cash.q")}
      aside={<span className="ink3">{largest.currency}</span>}
    >
      <div className="sim-chart">
        <ChartFrame
          label={t("simulation.cash.label", words)}
          height={HEIGHT}
          table={{
            columns: [
              t("simulation.cash.days"),
              t("simulation.cash.base"),
              t("simulation.cash.draft", { name }),
              t("simulation.cash.range"),
            ],
            rows: largest.curve.map((one) => [
              one.days,
              share(one.observedBps),
              share(one.draftBps),
              `${share(one.lowBps)} – ${share(one.highBps)}`,
            ]),
          }}
        >
          <LineChart
            h={HEIGHT}
            data={largest.curve.map((one) => ({
              days: one.days,
              observed: drawn(one.observedBps),
              draft: drawn(one.draftBps),
            }))}
            dataKey="days"
            curveType="linear"
            withDots={false}
            withLegend
            gridAxis="y"
            tickLine="none"
            strokeWidth={2}
            lineChartProps={{ margin: { bottom: 18, right: 10 } }}
            series={[
              { name: "observed", label: t("simulation.cash.base"), color: "var(--s-ink-3)" },
              { name: "draft", label: t("simulation.cash.draft", { name }), color: "var(--s-data-1)" },
            ]}
            yAxisProps={{ domain: [0, 100], width: 46, tickFormatter: (value: number) => f.percent(value / 100) }}
            xAxisProps={{ height: 20, tickMargin: 4 }}
            valueFormatter={(value) => f.percent(value / 100, 1)}
          />
        </ChartFrame>
        <p className="small num" style={{ margin: "6px 0 0" }}>
          {t("simulation.cash.day30", words)}
          {late?.base != null &&
            ` · ${t("simulation.cash.late", { base: f.decimal(late.base / 10, 1), draft: f.decimal(late.draft / 10, 1) })}`}
        </p>
      </div>
    </Panel>
  );
}

const WEEK = 7;
/** Letters and calls by week, as the policy would have made them. */
export function WorkPanel({ result }: Props) {
  const t = useT();
  const f = useFormat();
  const from = Temporal.PlainDate.from(result.perDay.from);
  const weeks = Array.from({ length: Math.ceil(result.perDay.draft.length / WEEK) }, (_, n) => {
    const days = result.perDay.draft.slice(n * WEEK, (n + 1) * WEEK);
    const sum = (place: 0 | 1) => days.reduce((all, day) => all + day[place], 0);
    return { week: from.add({ days: n * WEEK }).toString(), letters: sum(0), calls: sum(1) };
  });
  return (
    <Panel title={t("simulation.day.title")} question={t("simulation.day.q")}>
      <div className="sim-chart">
        <ChartFrame
          label={t("simulation.day.label", { letters: result.letters.draft, calls: result.calls.draft })}
          height={150}
          table={{
            columns: [t("simulation.day.week"), t("simulation.day.letters"), t("simulation.day.calls")],
            rows: weeks.map((one) => [f.day(one.week), one.letters, one.calls]),
          }}
        >
          <BarChart
            h={150}
            data={weeks}
            dataKey="week"
            type="stacked"
            gridAxis="y"
            tickLine="none"
            withLegend
            series={[
              { name: "letters", label: t("simulation.day.letters"), color: "var(--s-data-1)" },
              { name: "calls", label: t("simulation.day.calls"), color: "var(--s-ink-3)" },
            ]}
            xAxisProps={{ tickFormatter: (day: string) => f.day(day), minTickGap: 40 }}
            yAxisProps={{ width: 34, allowDecimals: false }}
          />
        </ChartFrame>
      </div>
    </Panel>
  );
}
