import { useMemo } from "react";
import { useFormat, useT } from "../i18n/t.ts";
import { ChartFrame, LineChart } from "../kit/Chart.tsx";
import { type Average, hoursOf, LIMIT_HOURS } from "./average.ts";

const HEIGHT = 104;
const TICK_HOURS = 12;

/** The past 30 days solid, what comes if nothing is answered dashed, the limit as a line. */
export function AverageChart({ average }: { readonly average: Average }) {
  const t = useT();
  const f = useFormat();
  const points = useMemo(() => seriesOf(average, f.day), [average, f.day]);
  const now = points.findLast((point) => point.past !== null);
  const first = points[0];
  const top = Math.max(LIMIT_HOURS, ...points.map(({ past, ahead }) => Math.max(past ?? 0, ahead ?? 0)));
  const domainTop = Math.ceil((top + 1) / TICK_HOURS) * TICK_HOURS;
  const ticks = Array.from({ length: domainTop / TICK_HOURS }, (_, i) => (i + 1) * TICK_HOURS).filter(
    (tick) => tick <= LIMIT_HOURS || domainTop > 60,
  );
  const hours = (value: number | null) => (value === null ? "" : `${f.decimal(value)} h`);
  return (
    <ChartFrame
      label={t("avg.chart", { now: now?.past == null ? t("kit.unknown") : hours(now.past) })}
      height={HEIGHT}
      table={{
        columns: [t("avg.day"), t("avg.past"), t("avg.ahead")],
        rows: points.map(({ day, past, ahead }) => [day, hours(past), hours(ahead)]),
      }}
    >
      <LineChart
        h={HEIGHT}
        mt={4}
        data={points}
        dataKey="day"
        curveType="linear"
        withDots={false}
        withLegend={false}
        gridAxis="none"
        strokeWidth={1.75}
        tickLine="none"
        connectNulls={false}
        lineChartProps={{ margin: { right: 4, bottom: 10 } }}
        lineProps={{ isAnimationActive: false }}
        valueFormatter={(value) => hours(value)}
        series={[
          { name: "past", label: t("avg.past"), color: "var(--s-data-1)" },
          { name: "ahead", label: t("avg.ahead"), color: "var(--s-crit)", strokeDasharray: "3 3" },
        ]}
        yAxisProps={{ domain: [0, domainTop], ticks, width: 26, tickMargin: 4, tickFormatter: String }}
        xAxisProps={{
          interval: 0,
          minTickGap: 40,
          tickMargin: 4,
          height: 18,
          ticks: [first?.day ?? "", now?.day ?? ""],
        }}
        referenceLines={[
          { y: LIMIT_HOURS, color: "var(--s-ink-2)" },
          ...(now ? [{ x: now.day, color: "var(--s-line-2)" }] : []),
        ]}
      />
    </ChartFrame>
  );
}

type Point = { readonly day: string; readonly past: number | null; readonly ahead: number | null };

function seriesOf(average: Average, dayOf: (iso: string) => string): Point[] {
  const [start, ...later] = average.forecast.ahead.map(({ at, ...point }) => ({
    day: dayOf(at),
    hours: hoursOf(point),
  }));
  const past = average.history.map(({ at, averageMinutes }) => ({
    day: dayOf(at),
    past: averageMinutes === null ? null : averageMinutes / 60,
    ahead: null as number | null,
  }));
  const last = past.at(-1);
  if (last && start) last.ahead = start.hours;
  return [...past, ...later.map(({ day, hours }) => ({ day, past: null, ahead: hours }))];
}
