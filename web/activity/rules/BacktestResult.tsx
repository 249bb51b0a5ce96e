import type {
  BacktestResultWire,
  BacktestRowWire,
  BacktestSampleWire,
  BacktestSideWire,
} from "../../../src/activity/lab/contract-backtest.ts";
import { type Format, type T, useFormat, useT, useWord } from "../../i18n/t.ts";
import { BarChart, ChartFrame } from "../../kit/Chart.tsx";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { EmptyState } from "../../kit/States.tsx";
import { firstDayOf, lastDayOf, subjectText } from "./backtests.ts";
import { factsText } from "./ExplainDetector.tsx";
import { LevelTag } from "./parts.tsx";

type Props = { readonly row: BacktestRowWire; readonly result: BacktestResultWire };

/** What would have been said over stored history, beside what the version in use would have said. */
export function BacktestResult({ row, result }: Props) {
  const t = useT();
  const f = useFormat();
  const { tried, current, newly, noLonger } = result;
  const range = t("lab.result.q", {
    events: f.count(result.events),
    first: f.day(firstDayOf(row.from)),
    last: f.day(lastDayOf(row.until)),
  });
  return (
    <>
      <Panel
        className="rule-long"
        title={`${t("lab.result")}: ${subjectText(row, t)}`}
        question={result.events === 0 ? t("lab.result.q.none") : range}
        aside={<span className="ink3 small">{t("lab.result.seconds", { n: f.decimal(result.seconds, 1) })}</span>}
      >
        <div className="backtest-both">
          <Figures tried={tried} current={current} />
          {tried.hits + (current?.hits ?? 0) > 0 && <DaysChart result={result} />}
        </div>
      </Panel>
      {current !== null && (
        <div className="rule-grid">
          <Samples title={t("lab.result.newly")} count={newly.count} samples={newly.samples} ruleId={row.ruleId} />
          <Samples
            title={t("lab.result.noLonger")}
            count={noLonger.count}
            samples={noLonger.samples}
            ruleId={row.ruleId}
          />
        </div>
      )}
      <div className="rule-grid">
        <Samples
          title={t("lab.result.samples")}
          question={t("lab.result.samples.q")}
          count={tried.findings}
          samples={result.samples}
          ruleId={row.ruleId}
        />
        <Customers side={tried} />
      </div>
      <Trust result={result} />
    </>
  );
}

type Line = readonly [term: string, pick: (side: BacktestSideWire) => string, about?: string];

function Figures({ tried, current }: Pick<BacktestResultWire, "tried" | "current">) {
  const t = useT();
  const f = useFormat();
  const lines: readonly Line[] = [
    [t("lab.result.findings"), ({ findings }) => f.count(findings), t("lab.result.findings.about")],
    [t("lab.result.hits"), ({ hits }) => f.count(hits)],
    [t("lab.result.customers"), ({ customers }) => f.count(customers)],
    [t("lab.result.money"), (side) => moneyOf(side, f)],
    [t("lab.result.muted"), ({ muted }) => f.count(muted)],
    [t("lab.result.filtered"), ({ filtered }) => f.count(filtered)],
    [t("lab.result.nobodys"), ({ nobodys }) => f.count(nobodys)],
  ];
  return (
    <table className="t backtest-figures">
      {current !== null && (
        <thead>
          <tr>
            <th scope="col">
              <span className="sr">{t("lab.result")}</span>
            </th>
            <th scope="col" className="right">
              {t("lab.result.tried")}
            </th>
            <th scope="col" className="right">
              {t("lab.result.current")}
            </th>
          </tr>
        </thead>
      )}
      <tbody>
        {lines.map(([term, pick, about]) => (
          <tr key={term}>
            <th scope="row">
              {term}
              {about !== undefined && <span className="small ink3 rules-line">{about}</span>}
            </th>
            <td className="right num b">{pick(tried)}</td>
            {current !== null && <td className="right num ink2">{pick(current)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
const moneyOf = ({ money, customers }: BacktestSideWire, f: Format): string =>
  customers === 0 ? "–" : money === null || money.length === 0 ? "?" : money.map((one) => f.money(one)).join(" + ");

const HEIGHT = 220;
function DaysChart({ result: { tried, current, firstDay } }: { readonly result: BacktestResultWire }) {
  const t = useT();
  const f = useFormat();
  const first = Temporal.PlainDate.from(firstDay);
  const data = tried.perDay.map((n, at) => ({
    day: f.day(first.add({ days: at }).toString()),
    tried: n,
    current: current?.perDay[at] ?? 0,
  }));
  const words = { tried: f.count(tried.hits), current: f.count(current?.hits ?? 0), days: data.length };
  return (
    <div className="rule-chart">
      <ChartFrame
        label={t(current === null ? "lab.result.chart.alone" : "lab.result.chart", words)}
        height={HEIGHT}
        table={{
          columns: [t("rule.hits.day"), t("lab.result.tried"), ...(current === null ? [] : [t("lab.result.current")])],
          rows: data.map((one) => [one.day, f.count(one.tried), ...(current === null ? [] : [f.count(one.current)])]),
        }}
      >
        <BarChart
          h={HEIGHT}
          data={data}
          dataKey="day"
          withLegend={current !== null}
          gridAxis="x"
          tickLine="none"
          yAxisProps={{ allowDecimals: false, width: 32 }}
          series={[
            { name: "tried", label: t("lab.result.tried"), color: "var(--s-accent)" },
            ...(current === null ? [] : [{ name: "current", label: t("lab.result.current"), color: "var(--s-ink-3)" }]),
          ]}
        />
      </ChartFrame>
    </div>
  );
}

type SamplesProps = {
  readonly title: string;
  readonly question?: string;
  readonly count: number;
  readonly samples: readonly BacktestSampleWire[];
  readonly ruleId: string;
};
function Samples({ title, question, count, samples, ruleId }: SamplesProps) {
  const t = useT();
  const f = useFormat();
  return (
    <Panel title={title} question={question} aside={<span className="num">{f.count(count)}</span>}>
      {samples.length === 0 ? (
        <EmptyState level="none" title={t("lab.result.none")} />
      ) : (
        <ul className="rule-matches">
          {samples.map((one, at) => (
            <li key={at}>
              <span className="row wrap">
                <span className="num small ink2 nowrap">{f.moment(one.at)}</span>
                <LevelTag level={one.level} />
                {one.customer !== null && (
                  <Go className="more" to={`/customers/${one.customer.id}`}>
                    {one.customer.name}
                  </Go>
                )}
                <WhyLink ruleId={ruleId} one={one} t={t} />
              </span>
              <span className="small ink2 explain-found">{factsText(one.facts)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function WhyLink({ ruleId, one, t }: { readonly ruleId: string; readonly one: BacktestSampleWire; readonly t: T }) {
  const last = one.events.at(-1);
  if (last === undefined) return null;
  const event = encodeURIComponent(`${last.source}|${last.id}`);
  return (
    <Go className="more push small" to={`/activity/rules/${ruleId}?tab=explain&event=${event}`}>
      {t("lab.try.why")}
    </Go>
  );
}

function Customers({ side }: { readonly side: BacktestSideWire }) {
  const t = useT();
  const f = useFormat();
  return (
    <Panel
      title={t("lab.result.customerList")}
      question={t("lab.result.customerList.q")}
      aside={<span className="num">{f.count(side.customers)}</span>}
    >
      {side.byCustomer.length === 0 ? (
        <EmptyState level="none" title={t("lab.result.none")} />
      ) : (
        <table className="t">
          <tbody>
            {side.byCustomer.slice(0, 20).map(({ id, name, hits }) => (
              <tr key={id}>
                <td>
                  <Go className="more" to={`/customers/${id}`}>
                    {name}
                  </Go>
                </td>
                <td className="right num">{t("lab.try.hits", { n: hits })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Trust({ result }: { readonly result: BacktestResultWire }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  return (
    <Panel title={t("lab.result.trust")} question={t("lab.result.trust.q")}>
      <ul className="rule-examples small">
        {result.limits.map(({ kind, facts }) => {
          const { first, last } = facts;
          const filters = facts["filters"];
          const words = {
            ...facts,
            ...(typeof first === "string" ? { first: f.day(first) } : {}),
            ...(typeof last === "string" ? { last: f.moment(last) } : {}),
            ...(typeof filters === "number" ? { n: filters } : {}),
          };
          return (
            <li key={kind} className="row top">
              <Glyph level={/short|cut|failed|no-events/.test(kind) ? "warn" : "info"} />
              <span>{word(`lab.limit.${kind}`, words, kind)}</span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
