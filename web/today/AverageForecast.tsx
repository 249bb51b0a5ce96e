import { useFormat, useT } from "../i18n/t.ts";
import { Fig, type Figure } from "../kit/Fig.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { type Average, hoursOf, LIMIT_HOURS } from "./average.ts";
import { AverageChart } from "./AverageChart.tsx";

const AMBER_HOURS = 20;

/** The 30-day average that the authorisation hangs on, and what each choice of when to answer makes of it. */
export function AverageForecast({ average }: { readonly average: Average }) {
  const t = useT();
  const f = useFormat();
  const open = average.openStartedAt.length;
  const now: Figure = {
    title: t("avg.title"),
    parts: [
      {
        label: t("avg.answered", { n: average.answeredCount }),
        value: `${f.count(average.answeredMinutes)} min`,
        to: "/notices?status=answered",
      },
    ],
    sum: { label: "÷", value: f.count(average.answeredCount) },
    formula: t("avg.formula.now"),
    asOf: average.asOf,
    source: t("avg.source"),
  };
  return (
    <div className="avg line">
      <div className="col" style={{ gap: 2 }}>
        <span className="label">{t("avg.title")}</span>
        <span className="row base">
          {average.averageMinutes === null ? (
            <span className="mid ink3">{t("avg.none")}</span>
          ) : (
            <span className={`big num ${average.aboveLimit ? "crit" : ""}`}>
              <Fig opens={now} label={t("avg.title")}>
                {f.decimal(average.averageMinutes / 60)} h
              </Fig>
            </span>
          )}
          <span className="tiny ink3">{t("avg.of", { n: average.answeredCount, open })}</span>
        </span>
        {average.answeredCount + open > 0 && <AverageChart average={average} />}
      </div>
      <Choices average={average} />
    </div>
  );
}

function Choices({ average }: { readonly average: Average }) {
  const t = useT();
  const f = useFormat();
  const open = average.openStartedAt.length;
  const answered = { n: average.answeredCount };
  return (
    <div className="col" style={{ gap: 6, justifyContent: "center" }}>
      {open > 0 && <span className="label">{t("avg.if", { n: open })}</span>}
      {average.forecast.choices.map((choice) => {
        const hours = hoursOf(choice);
        const figure: Figure = {
          title: t(`avg.${choice.choice}`, { time: f.time(choice.at) }),
          parts: [
            { label: t("avg.answered", answered), value: `${f.count(average.answeredMinutes)} min` },
            {
              label: t("avg.openages", { n: open }),
              value: `${f.count(choice.sumMinutes - average.answeredMinutes)} min`,
            },
          ],
          sum: { label: `÷ ${f.count(choice.count)}`, value: `${f.decimal(hours)} h` },
          formula: t("avg.formula"),
          asOf: average.asOf,
          source: t("avg.source"),
        };
        return (
          <div key={choice.choice} className="row choice">
            <span className="small ink2">{t(`avg.${choice.choice}`, { time: f.time(choice.at) })}</span>
            <span className="avg-line" aria-hidden="true">
              <i style={{ width: `${Math.min(1, hours / LIMIT_HOURS / 1.136) * 100}%`, background: toneOf(hours) }} />
            </span>
            <span className={`num b ${hours > LIMIT_HOURS ? "crit" : ""}`}>
              <Fig opens={figure} label={t("avg.title")}>
                {f.decimal(hours)} h
              </Fig>
            </span>
          </div>
        );
      })}
      <Crossing average={average} />
    </div>
  );
}

const toneOf = (hours: number): string =>
  hours > LIMIT_HOURS ? "var(--s-crit)" : hours > AMBER_HOURS ? "var(--s-warn-fill)" : "var(--s-data-3)";

function Crossing({ average }: { readonly average: Average }) {
  const t = useT();
  const f = useFormat();
  const { crossesLimitAt, aboveLimit } = average;
  const level = aboveLimit ? "crit" : crossesLimitAt ? "warn" : "ok";
  const text = aboveLimit
    ? t("avg.over")
    : crossesLimitAt
      ? t("avg.cross", { when: f.moment(crossesLimitAt) })
      : t("avg.safe");
  return (
    <span className="small row top" style={{ gap: 6, marginTop: 2 }}>
      <span style={{ marginTop: 1 }}>
        <Glyph level={level} size={13} />
      </span>
      <span>
        {text} <span className="ink3">{t("avg.condition")}</span>
      </span>
    </span>
  );
}
