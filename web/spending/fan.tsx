import "@mantine/charts/styles.css";
import { CompositeChart } from "@mantine/charts";
import { Area } from "recharts";

/** One day of the fan in whole units of the currency: numbers for drawing only, never for reckoning. */
export type FanPoint = {
  readonly day: string;
  readonly used?: number;
  readonly mid?: number;
  readonly band?: readonly [low: number, high: number];
};
type FanProps = {
  readonly points: readonly FanPoint[];
  readonly budget: number | undefined;
  /** Label of the newest figure's day: where used ends and forecast begins. */
  readonly newest: string | undefined;
  readonly labels: { readonly used: string; readonly forecast: string };
  readonly ticks: readonly string[];
  readonly format: (value: number) => string;
  readonly height: number;
};

/** Spend of the month so far, the forecast with its 10–90 % band, and the budget. Comes with the chart library, so it is loaded late. */
export function SpendFanChart({ points, budget, newest, labels, ticks, format, height }: FanProps) {
  return (
    <CompositeChart
      composedChartProps={{ margin: { right: 20, top: 6, bottom: 8 } }}
      h={height}
      data={points.map((point) => ({ ...point }))}
      dataKey="day"
      curveType="linear"
      withDots={false}
      withLegend={false}
      gridAxis="x"
      strokeDasharray="1 0"
      tickLine="none"
      strokeWidth={2}
      series={[
        { name: "used", label: labels.used, color: "var(--s-data-1)", type: "line" },
        { name: "mid", label: labels.forecast, color: "var(--s-data-1)", type: "line", strokeDasharray: "4 3" },
      ]}
      yAxisProps={{ width: 64, tickMargin: 4, tickFormatter: format, domain: [0, "auto"] }}
      xAxisProps={{ ticks: [...ticks], interval: 0, tickMargin: 6, height: 22 }}
      valueFormatter={format}
      referenceLines={[
        ...(budget === undefined ? [] : [{ y: budget, color: "var(--s-ink-2)", ifOverflow: "extendDomain" as const }]),
        ...(newest === undefined ? [] : [{ x: newest, color: "var(--s-line-2)" }]),
      ]}
    >
      <Area
        dataKey="band"
        stroke="none"
        fill="var(--s-data-1)"
        fillOpacity={0.16}
        isAnimationActive={false}
        type="linear"
        connectNulls={false}
        tooltipType="none"
      />
    </CompositeChart>
  );
}

type BarsProps = {
  readonly data: readonly { readonly day: string; readonly cost: number }[];
  readonly format: (value: number) => string;
  readonly height: number;
  readonly label: string;
};

/** What each day cost. */
export function DayBars({ data, format, height, label }: BarsProps) {
  return (
    <CompositeChart
      composedChartProps={{ margin: { right: 8, top: 6, bottom: 4 } }}
      h={height}
      data={data.map((one) => ({ ...one }))}
      dataKey="day"
      withLegend={false}
      gridAxis="x"
      strokeDasharray="1 0"
      tickLine="none"
      maxBarWidth={26}
      series={[{ name: "cost", label, color: "var(--s-data-1)", type: "bar" }]}
      yAxisProps={{ width: 64, tickMargin: 4, tickFormatter: format }}
      xAxisProps={{ tickMargin: 6, height: 22 }}
      valueFormatter={format}
    />
  );
}
