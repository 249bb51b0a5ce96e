import type { ExamplesWire, RuleWire, RunbookWire } from "../../../src/activity/lab/contract-wire.ts";
import { Problem } from "../../api.ts";
import { type T, useFormat, useT } from "../../i18n/t.ts";
import { type Fact, Facts } from "../../kit/Bits.tsx";
import { BarChart, ChartFrame } from "../../kit/Chart.tsx";
import { Markdown } from "../../kit/Markdown.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { EmptyState, Loaded } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";
import { LatestPanel } from "./LatestPanel.tsx";
import { spanText, whyText } from "./parts.tsx";
import { SettingsPanel } from "./SettingsPanel.tsx";
import { VersionsPanel } from "./VersionsPanel.tsx";

type Props = { readonly rule: RuleWire };

/** What the rule is about, what it did lately, and what to do when it fires. */
export function AboutTab({ rule }: Props) {
  return (
    <div className="rule-grid">
      <div className="stk">
        <WhyPanel rule={rule} />
        <HitsPanel rule={rule} />
        <LatestPanel rule={rule} />
        <VersionsPanel rule={rule} />
        {rule.settings.length > 0 && <SettingsPanel rule={rule} />}
      </div>
      <div className="stk">
        <RunbookPanel rule={rule} />
        <ExamplesPanel rule={rule} />
      </div>
    </div>
  );
}

function WhyPanel({ rule }: Props) {
  const t = useT();
  const f = useFormat();
  const { card } = rule;
  const state = t("rule.card.state.text", {
    at: f.moment(rule.stateAt),
    name: rule.stateBy,
    why: whyText(rule.stateWhy, t),
  });
  return (
    <Panel title={t("rule.why")} question={t("rule.why.q")}>
      {rule.faults.length > 0 && rule.state !== "off" && (
        <div className="sec row crit">
          <Glyph level="error" /> {t("rule.broken")}
        </div>
      )}
      {(card.why || card.description) && (
        <div className="sec">
          {card.why && <p className="rule-why">{card.why}</p>}
          {card.description && card.description !== card.why && <p className="rule-why ink2">{card.description}</p>}
        </div>
      )}
      <div className="sec">
        <Facts rows={[...factsOf(rule, t), [t("rule.card.state"), state]]} />
      </div>
      {rule.unseenFields !== null && rule.unseenFields.length > 0 && (
        <div className="sec row top warn small">
          <Glyph level="warn" /> {t("rule.card.unseen", { fields: rule.unseenFields.join(", ") })}
        </div>
      )}
    </Panel>
  );
}

function factsOf({ card }: RuleWire, t: T): readonly Fact[] {
  const list = (term: string, values: readonly string[]): readonly Fact[] =>
    values.length === 0 ? [] : [[term, values.join(", ")]];
  const lines = (term: string, values: readonly React.ReactNode[]): readonly Fact[] =>
    values.length === 0
      ? []
      : [
          [
            term,
            <ul key={term} className="rule-lines">
              {values.map((value, at) => (
                <li key={at}>{value}</li>
              ))}
            </ul>,
          ],
        ];
  return [
    ...list(
      t("rule.card.looks"),
      card.sources.map((one) => t(`rules.source.${one}`)),
    ),
    ...list(
      t("rule.card.abuse"),
      card.abuse.map((one) => `${t(`rules.abuse.${one}`)} (${one})`),
    ),
    ...list(t("rule.card.attack"), card.attack),
    ...lines(t("rule.card.fp"), card.falsePositives),
    ...(card.correlation === null ? [] : [[t("rule.card.window"), windowText(card.correlation, t)] as const]),
    ...(card.fields.length === 0
      ? []
      : [
          [
            t("rule.card.fields"),
            <span key="f" className="mono small">
              {card.fields.join(", ")}
            </span>,
          ] as const,
        ]),
    ...(card.contain === "none" ? [] : [[t("rule.card.contain"), t(`rule.card.contain.${card.contain}`)] as const]),
    ...list(t("rule.card.author"), card.author === "" ? [] : [[card.author, card.date].filter(Boolean).join(", ")]),
    ...list(t("rule.card.license"), card.license === "" ? [] : [card.license]),
    ...lines(
      t("rule.card.related"),
      card.related.map(({ id, type }) => (
        <span key={id} className="mono small">
          {id} ({type})
        </span>
      )),
    ),
    ...lines(
      t("rule.card.references"),
      card.references.map((address) => <Reference key={address} address={address} />),
    ),
  ];
}

function Reference({ address }: { readonly address: string }) {
  if (!/^https:\/\//.test(address)) return address;
  return (
    <a href={address} target="_blank" rel="noreferrer">
      {address.replace(/^https:\/\//, "")}
    </a>
  );
}

function windowText({ type, timespanMs, groupBy }: NonNullable<RuleWire["card"]["correlation"]>, t: T): string {
  const span = spanText(timespanMs);
  return groupBy.length === 0
    ? t("rule.card.window.whole", { type, span })
    : t("rule.card.window.text", { type, span, fields: groupBy.join(", ") });
}

const HEIGHT = 150;
function HitsPanel({ rule }: Props) {
  const t = useT();
  const f = useFormat();
  const sum = (pick: (day: RuleWire["days"][number]) => number) => rule.days.reduce((n, day) => n + pick(day), 0);
  const shadow = sum((day) => day.shadow);
  const told = sum((day) => day.hits) - shadow;
  const data = everyDay(rule.days, f.nowIso).map(({ day, hits, shadow: n }) => ({
    day: f.day(day),
    told: hits - n,
    shadow: n,
  }));
  return (
    <Panel title={t("rule.hits")} question={t("rule.hits.q")}>
      {told + shadow === 0 ? (
        <EmptyState
          level={rule.state === "off" ? "none" : "ok"}
          title={t(rule.state === "off" ? "rule.hits.none.off" : "rule.hits.none")}
        />
      ) : (
        <div className="rule-chart">
          <ChartFrame
            label={t("rule.hits.label", { n: told + shadow, shadow })}
            height={HEIGHT}
            table={{
              columns: [t("rule.hits.day"), t("rule.hits.told"), t("rule.hits.shadow")],
              rows: data.map((one) => [one.day, f.count(one.told), f.count(one.shadow)]),
            }}
          >
            <BarChart
              h={HEIGHT}
              data={data}
              dataKey="day"
              type="stacked"
              withLegend={shadow > 0}
              gridAxis="x"
              tickLine="none"
              yAxisProps={{ allowDecimals: false, width: 32 }}
              series={[
                { name: "told", label: t("rule.hits.told"), color: "var(--s-data-3)" },
                { name: "shadow", label: t("rule.hits.shadow"), color: "var(--s-ink-3)" },
              ]}
            />
          </ChartFrame>
        </div>
      )}
    </Panel>
  );
}

const DAYS = 30;
/** Every day up to today, those without hits too. */
function everyDay(days: RuleWire["days"], nowIso: string): RuleWire["days"] {
  const today = Temporal.Instant.from(nowIso).toZonedDateTimeISO("UTC").toPlainDate();
  const byDay = new Map(days.map((one) => [one.day, one]));
  return Array.from({ length: DAYS }, (_, at) => {
    const day = today.subtract({ days: DAYS - 1 - at }).toString();
    return byDay.get(day) ?? { day, hits: 0, shadow: 0 };
  });
}

function RunbookPanel({ rule }: Props) {
  const t = useT();
  const name = rule.card.runbook;
  const read = useRead<RunbookWire>(["activity", "runbook", name], `/api/activity/runbooks/${name}`, {
    refetchInterval: false,
    enabled: name !== "",
  });
  const isMissing = read.error instanceof Problem && read.error.status === 404;
  return (
    <Panel title={t("rule.runbook")} question={t("rule.runbook.q")}>
      {isMissing || name === "" ? (
        <EmptyState level="unknown" title={t("rule.runbook.none")} />
      ) : (
        <Loaded query={read}>{({ text }) => <Markdown text={text.replace(/^# .*\n/, "")} />}</Loaded>
      )}
    </Panel>
  );
}

function ExamplesPanel({ rule }: Props) {
  const t = useT();
  const read = useRead<ExamplesWire>(
    ["activity", "examples", rule.ruleId, rule.version],
    `/api/activity/rules/${rule.ruleId}/examples`,
    { refetchInterval: false },
  );
  const right = read.data?.rows.filter(({ isRight }) => isRight).length ?? 0;
  return (
    <Panel
      title={t("rule.examples")}
      question={t("rule.examples.q")}
      aside={read.data && read.data.rows.length > 0 && t("rule.examples.all", { right, n: read.data.rows.length })}
    >
      <Loaded query={read}>
        {({ rows }) =>
          rows.length === 0 ? (
            <EmptyState level="unknown" title={t("rule.examples.none")} />
          ) : (
            <ul className="rule-examples">
              {rows.map(({ name, wanted, isRight }) => (
                <li key={name} className="row top">
                  <Glyph
                    level={isRight ? "ok" : "error"}
                    label={t(isRight ? "rule.examples.right" : "rule.examples.wrong")}
                  />
                  <span>
                    {name}{" "}
                    <span className="ink3 small">
                      {t(wanted === null ? "rule.examples.nohit" : "rule.examples.hits")}
                    </span>
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
