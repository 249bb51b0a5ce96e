import { SegmentedControl } from "@mantine/core";
import { useMemo, useState } from "react";
import type { MoneyWire } from "../../src/core/wire.ts";
import type { TrendPointWire } from "../../src/exposure/contract.ts";
import { exponent } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Legend } from "../kit/Bits.tsx";
import { AreaChart, ChartFrame } from "../kit/Chart.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { EmptyState, Loaded } from "../kit/States.tsx";
import { useRead } from "../query.ts";

type TrendWire = { readonly points: readonly TrendPointWire[] };
type TrendProps = {
  /** One customer's; the whole portfolio's without. */
  readonly customerId?: string | undefined;
  readonly limit?: MoneyWire | null | undefined;
};

const SPANS = ["30", "90", "365"] as const;
const HEIGHT = 190;
/** What is added up, from the bottom; deposits are taken off and so are seen as the line below the top. */
const STACKED = ["open-overdue", "open-not-due", "unbilled-usage", "committed-term"] as const;
const TONES = {
  "open-overdue": "var(--s-warn-fill)",
  "open-not-due": "var(--s-data-1)",
  "unbilled-usage": "var(--s-data-2)",
  "committed-term": "var(--s-data-4)",
} as const;

/** Exposure day by day with its parts, as the desk kept it on each day. */
export function ExposureTrend({ customerId, limit }: TrendProps) {
  const t = useT();
  const [days, setDays] = useState<string>("90");
  const path = customerId === undefined ? "/api/exposure/trend" : `/api/customers/${customerId}/exposure/trend`;
  const trend = useRead<TrendWire>(["exposure", "trend", customerId ?? "all", days], `${path}?days=${days}`);
  return (
    <Panel
      title={t("exposure.trend")}
      question={t("exposure.trend.q")}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t("exposure.trend.span")}
          data={SPANS.map((span) => ({ value: span, label: t("exposure.trend.days", { n: span }) }))}
          value={days}
          onChange={setDays}
        />
      }
    >
      <Loaded query={trend} title={t("exposure.trend.failed")}>
        {({ points }) =>
          points.length < 2 ? (
            <EmptyState level="none" title={t("exposure.trend.few")} text={t("exposure.trend.few.text")} />
          ) : (
            <Trend points={points} limit={limit} />
          )
        }
      </Loaded>
    </Panel>
  );
}

/** For the height of a line only; the table and the tooltip write the exact amount. */
const unitsOf = (money: MoneyWire): number =>
  Number(BigInt(money.minor) / 10n ** BigInt(Math.max(0, exponent(money.currency) - 2))) /
  10 ** Math.min(2, exponent(money.currency));

function Trend({ points, limit }: { readonly points: readonly TrendPointWire[]; readonly limit: TrendProps["limit"] }) {
  const t = useT();
  const f = useFormat();
  const known = points.filter(({ total }) => total !== null);
  const [first, last] = [known[0], known.at(-1)];
  const write = (money: MoneyWire | null | undefined) => (money == null ? t("kit.unknown") : f.money(money));
  const partial = points.filter(({ isPartial }) => isPartial).length;
  const currency = last?.total?.currency ?? "";
  return (
    <div className="sec">
      <Legend items={STACKED.map((kind) => ({ label: t(`exposure.part.${kind}`), tone: TONES[kind] }))} />
      <ChartFrame
        label={t("exposure.trend.chart", {
          from: first === undefined ? "" : f.day(first.day),
          to: last === undefined ? "" : f.day(last.day),
          first: write(first?.total),
          last: write(last?.total),
        })}
        height={HEIGHT}
        table={{
          columns: [
            t("exposure.trend.day"),
            t("exposure.trend.total"),
            ...STACKED.map((kind) => t(`exposure.part.${kind}`)),
            t("exposure.part.deposits"),
          ],
          rows: [...points]
            .reverse()
            .map((point) => [
              f.day(point.day),
              write(point.total),
              ...[...STACKED, "deposits" as const].map((kind) =>
                write(point.parts.find((part) => part.kind === kind)?.amount),
              ),
            ]),
        }}
      >
        <TrendChart points={points} limit={limit} currency={currency} />
      </ChartFrame>
      {partial > 0 && (
        <span className="row tiny ink3" style={{ gap: 6 }}>
          <Glyph level="unknown" size={12} />
          {t("exposure.trend.partial", { n: partial })}
        </span>
      )}
    </div>
  );
}

type ChartProps = Pick<TrendProps, "limit"> & { readonly points: readonly TrendPointWire[]; readonly currency: string };

function TrendChart({ points, limit, currency }: ChartProps) {
  const t = useT();
  const f = useFormat();
  const data = useMemo(
    () =>
      points.map((point) => ({
        day: f.day(point.day),
        ...Object.fromEntries(
          point.parts.filter(({ kind }) => kind !== "deposits").map(({ kind, amount }) => [kind, unitsOf(amount)]),
        ),
      })),
    [points, f],
  );
  return (
    <AreaChart
      h={HEIGHT}
      mt={14}
      data={data}
      dataKey="day"
      type="stacked"
      curveType="linear"
      withDots={false}
      withLegend={false}
      withGradient={false}
      fillOpacity={0.85}
      strokeWidth={1}
      gridAxis="y"
      tickLine="none"
      areaProps={{ isAnimationActive: false }}
      valueFormatter={(value) => `${f.count(Math.round(value))}\u00a0${currency}`}
      series={STACKED.map((kind) => ({ name: kind, label: t(`exposure.part.${kind}`), color: TONES[kind] }))}
      xAxisProps={{ minTickGap: 60, tickMargin: 6 }}
      yAxisProps={{ width: 74, tickMargin: 6, tickFormatter: (value: number) => f.count(value) }}
      referenceLines={
        limit == null || limit.currency !== currency
          ? []
          : [{ y: unitsOf(limit), label: t("exposure.trend.limit"), color: "var(--s-ink-2)" }]
      }
    />
  );
}
