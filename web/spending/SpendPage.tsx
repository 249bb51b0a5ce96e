import { Button, NativeSelect } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, useMemo, useState } from "react";
import {
  type CustomerSpend,
  SPEND_STATES,
  type SpendRow,
  type SpendState,
  type SpendSummary,
} from "../../src/spending/contract.ts";
import { minutesFrom, shareOf } from "../i18n/format.ts";
import { type T, useFormat, useT } from "../i18n/t.ts";
import { Bar } from "../kit/Bits.tsx";
import { ChartFrame } from "../kit/Chart.tsx";
import { type Column, DataTable } from "../kit/DataTable.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { EmptyState, Loaded, StaleMark } from "../kit/States.tsx";
import { useList, useRead } from "../query.ts";
import type { PageSearch } from "../routes.tsx";
import { useMay } from "../shell/desk.ts";
import { Page } from "../shell/Page.tsx";
import { BudgetDialog } from "./BudgetDialog.tsx";
import { BudgetCell, ForecastCell, NameCell, SparkCell, StateCell, TrendCell, UsedCell } from "./cells.tsx";
import { unitsOf } from "./points.ts";
import { monthName } from "./SpendPanel.tsx";
import "./spending.css";

const DayBars = lazy(() => import("./fan.tsx").then((m) => ({ default: m.DayBars })));
const DEFAULT_SORT = "-budget-use";
const CHART_HEIGHT = 170;
/** Microsoft's estimates are about a day old; older than this is late. */
const STALE_MINUTES = 48 * 60;

export function SpendPage() {
  const t = useT();
  const search = useSearch({ from: "/desk/spend" });
  const navigate = useNavigate();
  const set = (change: PageSearch) =>
    void navigate({ to: "/spend", search: (old: PageSearch) => ({ ...old, ...change }), replace: true });
  const [budgetFor, setBudgetFor] = useState<SpendRow | undefined>();
  const canSet = useMay()("spending.set-budget");
  const summary = useRead<SpendSummary>(["spending", "summary"], "/api/spend/summary", { topics: ["sync"] });
  const sort = search.sort ?? DEFAULT_SORT;
  const state = SPEND_STATES.find((one) => one === search.status);
  const list = useList<SpendRow>("spending", "/api/spend", {
    q: search.q,
    state,
    currency: search.currency,
    budgetTrouble: search.only === "trouble" ? true : undefined,
    sort: sort.replace(/^-/, ""),
    direction: sort.startsWith("-") ? "desc" : "asc",
  });
  const columns = useMemo(() => columnsOf(t, canSet ? setBudgetFor : undefined), [t, canSet]);
  const keys = [
    { keys: "J", label: t("customers.key.next") },
    { keys: "/", label: t("kit.filter") },
    { keys: "Enter", label: t("customers.key.open") },
  ];
  return (
    <Page title={t("nav.spend")} beside={t("spending.q")} keys={keys}>
      <div className="stk">
        <Loaded query={summary}>
          {(data) => <Summary summary={data} state={state} only={search.only} set={set} />}
        </Loaded>
        <Panel
          title={t("spending.list")}
          question={t("spending.list.q")}
          aside={<span className="ink3 hide-sm">{t("spending.caps")}</span>}
        >
          <DataTable
            label={t("spending.list")}
            columns={columns}
            list={list}
            rowId={(row) => row.customerId}
            rowTo={(row) => `/customers/${row.customerId}`}
            filter={search.q}
            onFilter={(q) => set({ q })}
            sort={sort}
            onSort={(next) => set({ sort: next })}
            tools={<Currency summary={summary.data} currency={search.currency} set={set} />}
            isFiltered={state !== undefined || search.currency !== undefined || search.only !== undefined}
            onClear={() => set({ q: undefined, status: undefined, currency: undefined, only: undefined })}
            empty={<EmptyState level="unknown" title={t("spending.unknown")} text={t("spending.unknown.text")} />}
          />
        </Panel>
      </div>
      {budgetFor !== undefined && <BudgetFor row={budgetFor} onClose={() => setBudgetFor(undefined)} />}
    </Page>
  );
}

/** Reads the customer's spend before the dialog opens, so that it knows currency, last month and the budget in force. */
function BudgetFor({ row, onClose }: { readonly row: SpendRow; readonly onClose: () => void }) {
  const spend = useRead<CustomerSpend>(["spending", row.customerId], `/api/customers/${row.customerId}/spend`);
  if (spend.data === undefined) return null;
  return <BudgetDialog customerId={row.customerId} name={row.name} spend={spend.data} onClose={onClose} />;
}

function columnsOf(t: T, onBudget: ((row: SpendRow) => void) | undefined): readonly Column<SpendRow>[] {
  return [
    { id: "name", header: t("customers.col.name"), sort: "name", card: "title", cell: (row) => <NameCell row={row} /> },
    { id: "state", header: t("spending.col.state"), card: "detail", cell: (row) => <StateCell row={row} /> },
    {
      id: "used",
      header: t("spending.monthSoFar"),
      sort: "used",
      align: "right",
      card: "aside",
      cell: (row) => <UsedCell row={row} />,
    },
    {
      id: "budget",
      header: t("spending.col.budget"),
      sort: "budget-use",
      width: "190px",
      cell: (row) => <BudgetCell row={row} />,
    },
    {
      id: "forecast",
      header: t("spending.forecast"),
      sort: "forecast-use",
      align: "right",
      card: "more",
      cell: (row) => <ForecastCell row={row} />,
    },
    {
      id: "trend",
      header: t("spending.col.trend"),
      sort: "trend",
      align: "right",
      cell: (row) => <TrendCell row={row} />,
    },
    { id: "spark", header: t("spending.col.spark"), width: "110px", cell: (row) => <SparkCell row={row} /> },
    ...(onBudget === undefined
      ? []
      : [
          {
            id: "act",
            header: "",
            describe: t("spending.budget.set"),
            cell: (row: SpendRow) => (
              <Button size="compact-xs" mih={24} variant="default" onClick={() => onBudget(row)}>
                {t(row.budgetState === null ? "spending.budget.set" : "spending.budget.change")}…
              </Button>
            ),
          },
        ]),
  ];
}

type SummaryProps = {
  readonly summary: SpendSummary;
  readonly state: SpendState | undefined;
  readonly only: string | undefined;
  readonly set: (change: PageSearch) => void;
};

/** The month of the whole portfolio: how many run as agreed, and what each day cost, in each currency by itself. */
function Summary({ summary, state, only, set }: SummaryProps) {
  const t = useT();
  const f = useFormat();
  const [at, setAt] = useState(0);
  const shown = summary.currencies[at] ?? summary.currencies[0];
  const age = summary.newestThrough === null ? undefined : minutesFrom(summary.newestThrough, f.nowIso);
  const trouble = summary.budgets.failed + summary.budgets.differs;
  return (
    <Panel
      title={t("spending.portfolio", { month: monthName(summary.month, f) })}
      question={t("spending.portfolio.q")}
      aside={
        age === undefined ? null : age > STALE_MINUTES ? (
          <StaleMark minutes={age} />
        ) : (
          <span className="ink3 num">{t("spending.usedTo", { moment: f.moment(summary.newestThrough ?? "") })}</span>
        )
      }
    >
      {shown === undefined ? (
        <EmptyState level="unknown" title={t("spending.unknown")} text={t("spending.unknown.text")} />
      ) : (
        <>
          <div className="sec states" role="group" aria-label={t("spending.col.state")}>
            {SPEND_STATES.map((one) => (
              <button
                key={one}
                type="button"
                className="state"
                aria-pressed={state === one}
                onClick={() => set({ status: state === one ? undefined : one })}
              >
                <span
                  className={`mid num ${summary.counts[one] === 0 ? "ink3" : one === "over" ? "crit" : one === "within" ? "" : "warn"}`}
                >
                  {f.count(summary.counts[one] ?? 0)}
                </span>
                <span className="small ink2">{t(`spending.state.${one}`)}</span>
              </button>
            ))}
            <button
              type="button"
              className="state"
              aria-pressed={only === "trouble"}
              onClick={() => set({ only: only === "trouble" ? undefined : "trouble" })}
            >
              <span className={`mid num ${trouble === 0 ? "ink3" : "warn"}`}>{f.count(trouble)}</span>
              <span className="small ink2">{t("spending.state.trouble")}</span>
            </button>
          </div>
          <div className="sec spend">
            <Figures summary={summary} shown={shown} onCurrency={setAt} />
            <Days shown={shown} />
          </div>
        </>
      )}
    </Panel>
  );
}

type Shown = SpendSummary["currencies"][number];

function Figures({
  summary,
  shown,
  onCurrency,
}: {
  readonly summary: SpendSummary;
  readonly shown: Shown;
  readonly onCurrency: (at: number) => void;
}) {
  const t = useT();
  const f = useFormat();
  const hasBudget = BigInt(shown.budgeted.minor) > 0n;
  const share = hasBudget ? shareOf(shown.used, shown.budgeted) : undefined;
  return (
    <div className="col spend-figures">
      {summary.currencies.length > 1 && (
        <NativeSelect
          size="xs"
          aria-label={t("customers.filter.currency")}
          value={shown.currency}
          onChange={(event) =>
            onCurrency(summary.currencies.findIndex((one) => one.currency === event.currentTarget.value))
          }
          data={summary.currencies.map((one) => ({
            value: one.currency,
            label: `${one.currency} (${f.count(one.customers)})`,
          }))}
        />
      )}
      <div>
        <span className="label">{t("spending.monthSoFar")}</span>
        <div className="mid">
          <Money value={shown.used} />
        </div>
        <span className="tiny ink3">{t("spending.customers", { n: shown.customers })}</span>
      </div>
      <div>
        <span className="label">{t("spending.forecast")}</span>
        <div className="mid">
          {shown.forecast === null ? (
            <span className="small ink2">{t("spending.noForecast.some")}</span>
          ) : (
            <Money value={shown.forecast} />
          )}
        </div>
      </div>
      <div>
        <span className="label">{t("spending.budgeted")}</span>
        <div className="mid">
          {hasBudget ? (
            <Money value={shown.budgeted} />
          ) : (
            <span className="small warn">{t("spending.budget.none")}</span>
          )}
        </div>
        {share !== undefined && <Bar share={share} />}
      </div>
    </div>
  );
}

function Days({ shown }: { readonly shown: Shown }) {
  const t = useT();
  const f = useFormat();
  const rows = shown.days.map((day) => [f.day(day.day), f.amount(day.cost)]);
  return (
    <ChartFrame
      label={t("spending.days.label", { currency: shown.currency, n: shown.days.length })}
      height={CHART_HEIGHT}
      table={{ columns: [t("spending.day"), `${t("spending.cost")}, ${shown.currency}`], rows }}
    >
      <DayBars
        data={shown.days.map((day) => ({ day: f.day(day.day), cost: unitsOf(day.cost) }))}
        format={(value) => f.count(Math.round(value))}
        height={CHART_HEIGHT}
        label={t("spending.cost")}
      />
    </ChartFrame>
  );
}

function Currency({
  summary,
  currency,
  set,
}: {
  readonly summary: SpendSummary | undefined;
  readonly currency: string | undefined;
  readonly set: (change: PageSearch) => void;
}) {
  const t = useT();
  if (summary === undefined || summary.currencies.length < 2) return null;
  return (
    <NativeSelect
      size="xs"
      aria-label={t("customers.filter.currency")}
      value={currency ?? ""}
      onChange={(event) => set({ currency: event.currentTarget.value || undefined })}
      data={[
        { value: "", label: t("customers.filter.currency.all") },
        ...summary.currencies.map((one) => ({ value: one.currency, label: `${one.currency} (${one.customers})` })),
      ]}
    />
  );
}
