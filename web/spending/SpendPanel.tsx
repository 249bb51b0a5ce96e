import { Button } from "@mantine/core";
import { lazy } from "react";
import type { CustomerSpend } from "../../src/spending/contract.ts";
import { type Format, type T, useFormat, useT, useWord } from "../i18n/t.ts";
import { Legend } from "../kit/Bits.tsx";
import { ChartFrame } from "../kit/Chart.tsx";
import type { Figure } from "../kit/Fig.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, type Level } from "../kit/Risk.tsx";
import { EmptyState } from "../kit/States.tsx";
import { fanPoints, fanTicks, unitsOf } from "./points.ts";
import { NoSpend, Resources } from "./SpendParts.tsx";
import "./spending.css";

const SpendFanChart = lazy(() => import("./fan.tsx").then((m) => ({ default: m.SpendFanChart })));
const FAN_HEIGHT = 216;

type Props = {
  readonly spend: CustomerSpend | null;
  readonly failed: boolean;
  readonly onBudget: (() => void) | undefined;
};

/** Is the money running as agreed: the month so far, where it ends if it goes on so, and the budget it was agreed to. */
export function SpendPanel({ spend, failed, onBudget }: Props) {
  const t = useT();
  const f = useFormat();
  const month = spend === null ? "" : monthName(spend.month, f);
  return (
    <Panel
      id="spend"
      title={spend === null ? t("spending.azure") : t("spending.azure.month", { month })}
      question={t("spending.q")}
      aside={
        spend?.state === "known" && (
          <span className="hide-sm">
            <FanLegend spend={spend} />
          </span>
        )
      }
    >
      {spend === null || failed ? (
        <EmptyState level="error" title={t("spending.failed")} />
      ) : spend.state === "known" ? (
        <Known spend={spend} onBudget={onBudget} />
      ) : (
        <NoSpend spend={spend} onBudget={onBudget} />
      )}
    </Panel>
  );
}

export const monthName = (month: string, { language }: Format): string =>
  Temporal.PlainDate.from(`${month}-01`).toLocaleString(language === "sv" ? "sv-SE" : "en-GB", { month: "long" });

function FanLegend({ spend }: { readonly spend: CustomerSpend }) {
  const t = useT();
  return (
    <Legend
      items={[
        { label: t("spending.legend.used"), tone: "var(--s-data-1)", kind: "line" },
        ...(spend.forecast
          ? ([
              { label: t("spending.legend.forecast"), tone: "var(--s-data-1)", kind: "dashed" },
              { label: t("spending.legend.band"), tone: "color-mix(in srgb, var(--s-data-1) 18%, var(--s-panel))" },
            ] as const)
          : []),
        ...(budgetOf(spend)
          ? ([{ label: t("spending.legend.budget"), tone: "var(--s-ink-2)", kind: "line" }] as const)
          : []),
      ]}
    />
  );
}

/** What the spend is measured against: the agreed budget, else the one that is set at Microsoft. */
const budgetOf = (spend: CustomerSpend) =>
  [spend.budget?.amount, spend.partnerBudget.amount].find(
    (one) => one !== null && one !== undefined && one.currency === spend.used?.currency,
  ) ?? undefined;

function Known({ spend, onBudget }: { readonly spend: CustomerSpend; readonly onBudget: (() => void) | undefined }) {
  return (
    <>
      <div className="sec spend">
        <div className="col spend-figures">
          <Used spend={spend} />
          <ForecastFigure spend={spend} />
          <Budget spend={spend} onBudget={onBudget} />
        </div>
        <div className="col">
          <div className="only-sm">
            <FanLegend spend={spend} />
          </div>
          <Fan spend={spend} />
        </div>
      </div>
      {spend.resources.length > 0 && <Resources spend={spend} />}
    </>
  );
}

function Used({ spend }: { readonly spend: CustomerSpend }) {
  const t = useT();
  const f = useFormat();
  const figure: Figure = {
    title: t("spending.used"),
    parts: spend.days.slice(-10).map((day) => ({
      label: f.day(day.day),
      value: <Money value={day.cost} code={false} />,
      note: day.spansDays > 1 ? t("spending.spans", { n: day.spansDays }) : undefined,
    })),
    sum: { label: t("spending.monthSoFar"), value: <Money value={spend.used} /> },
    formula: t("spending.used.how"),
    asOf: spend.usedThrough,
    source: t("spending.source"),
  };
  return (
    <div>
      <span className="label">
        {spend.usedThrough ? t("spending.usedTo", { moment: f.moment(spend.usedThrough) }) : t("spending.used")}
      </span>
      <div className="mid">
        <Money value={spend.used} opens={figure} label={t("spending.used")} />
      </div>
      <span className="tiny ink3">
        {t("spending.dayOld")}
        {spend.burnPerHour !== null && ` · ${f.money(spend.burnPerHour)}/h`}
      </span>
    </div>
  );
}

function ForecastFigure({ spend }: { readonly spend: CustomerSpend }) {
  const t = useT();
  const f = useFormat();
  const { forecast, noForecast } = spend;
  if (forecast === null)
    return (
      <div>
        <span className="label">{t("spending.forecast")}</span>
        <div className="small ink2">{t(`spending.noForecast.${noForecast ?? "no-data"}`)}</div>
      </div>
    );
  const budget = budgetOf(spend);
  const isOver = budget !== undefined && BigInt(forecast.mid.minor) > BigInt(budget.minor);
  const figure: Figure = {
    title: t("spending.forecastFor", { day: f.day(forecast.day) }),
    parts: [
      { label: t("spending.monthSoFar"), value: <Money value={spend.used} code={false} /> },
      {
        label: t("spending.perDay"),
        value: <Money value={forecast.perDay} code={false} />,
        note: t("spending.basisDays", { n: forecast.basisDays }),
      },
      { label: t("spending.legend.band"), value: `${f.amount(forecast.low)}–${f.amount(forecast.high)}` },
    ],
    sum: { label: t("spending.forecast"), value: <Money value={forecast.mid} /> },
    formula: t("spending.forecast.how"),
    asOf: spend.usedThrough,
    source: t("spending.source.own"),
  };
  return (
    <div>
      <span className="label">{t("spending.forecastFor", { day: f.day(forecast.day) })}</span>
      <div className={`mid ${isOver ? "warn" : ""}`}>
        <Money value={forecast.mid} opens={figure} label={t("spending.forecast")} />
      </div>
      <span className="tiny ink3 num">
        {t("spending.range", { low: f.amount(forecast.low), high: f.amount(forecast.high) })}
      </span>
    </div>
  );
}

function Budget({ spend, onBudget }: { readonly spend: CustomerSpend; readonly onBudget: (() => void) | undefined }) {
  const t = useT();
  const f = useFormat();
  const { budget, partnerBudget, forecast } = spend;
  const button = onBudget && (
    <Button size="compact-xs" mih={24} variant="default" onClick={onBudget} style={{ marginTop: 4 }}>
      {t(budget === null ? "spending.budget.set" : "spending.budget.change")}…
    </Button>
  );
  if (budget === null)
    return (
      <div>
        <span className="label">{t("spending.budget")}</span>
        <div className="small warn b">{t("spending.budget.none")}</div>
        {partnerBudget.amount !== null && (
          <span className="tiny ink3">
            {t("spending.budget.onlyThere")} <Money value={partnerBudget.amount} />
          </span>
        )}
        <div>{button}</div>
      </div>
    );
  return (
    <div>
      <span className="label">{t("spending.budget")}</span>
      <div className="mid">
        <Money value={budget.amount} opens={budgetFigure(spend, t, f)} label={t("spending.budget")} />
      </div>
      <span className="tiny ink3">
        {spend.usedBps !== null && `${f.percent(spend.usedBps / 10_000)} ${t("spending.usedShare")} · `}
        {forecast?.passesBudgetOn && t("spending.passes", { day: f.day(forecast.passesBudgetOn) })}{" "}
        {t("spending.capsNothing")}
      </span>
      <BudgetStateLine spend={spend} />
      {button}
    </div>
  );
}

function budgetFigure({ budget, partnerBudget, budgetHistory }: CustomerSpend, t: T, f: Format): Figure {
  return {
    title: t("spending.budget"),
    parts: [
      ...(budget === null
        ? []
        : [
            { label: t("spending.budget.with"), value: budget.agreedWith },
            { label: t("spending.budget.on"), value: f.day(budget.agreedOn) },
            { label: t("spending.budget.by"), value: budget.setBy },
          ]),
      {
        label: t("spending.budget.there"),
        value:
          partnerBudget.amount === null ? (
            t(partnerBudget.readAt === null ? "kit.unknown" : "spending.budget.notThere")
          ) : (
            <Money value={partnerBudget.amount} code={false} />
          ),
      },
      ...budgetHistory.slice(1, 4).map((one) => ({
        label: t("spending.budget.before", { day: f.day(one.setAt) }),
        value: <Money value={one.amount} code={false} />,
        note: one.agreedWith,
      })),
    ],
    formula: budget?.why ?? "",
    asOf: partnerBudget.readAt,
    source: t("spending.budget.source"),
  };
}

const STATE_LEVEL: Readonly<Record<string, Level>> = {
  agreed: "info",
  pushing: "info",
  "in-partner-center": "ok",
  differs: "warn",
  failed: "error",
};

/** Where the budget is on its way to Partner Center, with Microsoft's reason when it refused. */
export function BudgetStateLine({ spend }: { readonly spend: Pick<CustomerSpend, "budget" | "partnerBudget"> }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const { budget, partnerBudget } = spend;
  if (budget === null) return null;
  const bad = budget.state === "failed" || budget.state === "differs";
  return (
    <span className={`row top tiny ${bad ? "warn" : "ink2"}`} style={{ gap: 5, marginTop: 3 }}>
      <Glyph level={STATE_LEVEL[budget.state] ?? "info"} size={12} />
      <span>
        {t(`spending.budget.state.${budget.state}`)}
        {budget.state === "differs" &&
          ` ${partnerBudget.amount === null ? t("spending.budget.notThere") : f.money(partnerBudget.amount)}`}
        {budget.failure !== null &&
          ` ${word(`spending.failure.${budget.failure.kind}`, {}, budget.failure.detail)}${budget.failure.code ? ` (${budget.failure.code})` : ""}`}
      </span>
    </span>
  );
}

function Fan({ spend }: { readonly spend: CustomerSpend }) {
  const t = useT();
  const f = useFormat();
  const points = fanPoints(spend, f.day);
  const budget = budgetOf(spend);
  const newest = spend.days.at(-1);
  const currency = spend.used?.currency ?? "";
  const label = spend.forecast
    ? t("spending.fan.label", {
        used: f.money(spend.used!),
        day: f.day(newest?.day ?? spend.forecast.day),
        forecast: f.money(spend.forecast.mid),
        end: f.day(spend.forecast.day),
      })
    : t("spending.fan.label.plain", { used: f.money(spend.used!), day: f.day(newest?.day ?? `${spend.month}-01`) });
  const rows = [
    ...spend.days.map((day) => [f.day(day.day), f.amount(day.cost), f.amount(day.monthToDate), "", ""]),
    ...(spend.forecast?.points ?? [])
      .filter((point) => point.day > (newest?.day ?? ""))
      .map((point) => [f.day(point.day), "", f.amount(point.mid), f.amount(point.low), f.amount(point.high)]),
  ];
  return (
    <ChartFrame
      label={label}
      height={FAN_HEIGHT}
      table={{
        columns: [
          t("spending.day"),
          `${t("spending.cost")}, ${currency}`,
          t("spending.monthSoFar"),
          t("spending.low"),
          t("spending.high"),
        ],
        rows,
      }}
    >
      <SpendFanChart
        points={points}
        budget={budget === undefined ? undefined : unitsOf(budget)}
        newest={newest === undefined ? undefined : f.day(newest.day)}
        labels={{ used: t("spending.legend.used"), forecast: t("spending.legend.forecast") }}
        ticks={fanTicks(spend.month, f.day)}
        format={(value) => f.count(Math.round(value))}
        height={FAN_HEIGHT}
      />
    </ChartFrame>
  );
}
