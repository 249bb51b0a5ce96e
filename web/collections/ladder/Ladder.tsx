import { useFormat, useT } from "../../i18n/t.ts";
import { Glyph } from "../../kit/Risk.tsx";
import { type DrawnStep, type Lane as LaneName, LANES, placed, type Rung, rungsOf, spanOf, ticksOf } from "./lanes.ts";
import "./ladder.css";

type Props = {
  readonly steps: readonly DrawnStep[];
  /** What a count of accounts opens: their list. */
  readonly onStep?: ((stepId: string) => void) | undefined;
};

/**
 * A policy as lanes over days past due: who is told, what it costs, what they can still do. On a phone, and for whoever
 * reads with a screen reader, the same as a list of steps.
 */
export function Ladder({ steps, onStep }: Props) {
  return (
    <>
      <Lanes steps={steps} onStep={onStep} />
      <StepList steps={steps} onStep={onStep} />
    </>
  );
}

function Lanes({ steps, onStep }: Props) {
  const t = useT();
  const { from, to } = spanOf(steps);
  const x = (day: number) => ((day - from) / (to - from)) * 100;
  const rungs = rungsOf(steps);
  const ticks = ticksOf(steps);
  return (
    <div className="lad hide-sm" aria-hidden="true">
      {steps.some((step) => step.accounts !== undefined) && <Counts steps={steps} x={x} onStep={onStep} />}
      {LANES.filter((lane) => rungs.some((rung) => rung.lane === lane)).map((lane) => (
        <Lane key={lane} lane={lane} rungs={rungs.filter((rung) => rung.lane === lane)} steps={steps} x={x} />
      ))}
      <span className="label">{t("collections.lane.days")}</span>
      <div className="lad-axis tiny ink3 num">
        {ticks.map((day) => (
          <span key={day} style={{ left: `${x(day)}%` }}>
            {day === 0 ? t("collections.due") : day > 0 ? `+${day}` : `−${-day}`}
          </span>
        ))}
      </div>
    </div>
  );
}

type LaneProps = Pick<Props, "steps"> & {
  readonly lane: LaneName;
  readonly rungs: readonly Rung[];
  readonly x: (day: number) => number;
};
const ROW_PX = 27;
const LANE_PX = 34;

function Lane({ lane, rungs, steps, x }: LaneProps) {
  const t = useT();
  const places = placed(rungs, useRungText(), spanOf(steps));
  const rows = Math.max(...places.map(({ row }) => row));
  return (
    <div className="lane-wrap">
      <span className="small b">{t(`collections.lane.${lane}`)}</span>
      <div className="lane" style={{ height: LANE_PX + rows * ROW_PX }}>
        {ticksOf(steps).map((day) => (
          <i key={day} className={`tick ${day === 0 ? "due0" : ""}`} style={{ left: `${x(day)}%` }} />
        ))}
        {places.map(({ rung, row, end }) => (
          <Mark key={rung.step.id} rung={rung} top={6 + row * ROW_PX} left={x(rung.day)} right={x(end)} />
        ))}
      </div>
    </div>
  );
}

type CountsProps = Props & { readonly x: (day: number) => number };

function Counts({ steps, x, onStep }: CountsProps) {
  const t = useT();
  const f = useFormat();
  const byDay = [...steps].sort((a, b) => a.daysPastDue - b.daysPastDue);
  const most = Math.max(1, ...byDay.map((step) => step.accounts ?? 0));
  return (
    <>
      <span className="label">{t("collections.lane.today")}</span>
      <div className="lad-count">
        {byDay.map((step, at) => {
          const right = x(byDay[at + 1]?.daysPastDue ?? spanOf(steps).to);
          return (
            <div key={step.id} style={{ left: `${x(step.daysPastDue)}%`, width: `${right - x(step.daysPastDue)}%` }}>
              <button type="button" className="linkish tiny num" tabIndex={-1} onClick={() => onStep?.(step.id)}>
                {f.count(step.accounts ?? 0)}
              </button>
              <i style={{ height: 2 + ((step.accounts ?? 0) / most) * 26 }} />
            </div>
          );
        })}
      </div>
    </>
  );
}

/** What a rung says: a step's name where somebody is told, else what it does. */
function useRungText(): (rung: Rung) => string {
  const t = useT();
  const { language } = useFormat();
  return ({ what, step }) => {
    if (what.kind === "told") return language === "sv" ? (step.name.sv ?? step.name.en) : step.name.en;
    if (what.kind === "charge") return what.charges.map((one) => t(`collections.charge.${one}`)).join(", ");
    return what.effects.map((one) => t(`collections.effect.${one}`)).join(", ");
  };
}

type MarkProps = { readonly rung: Rung; readonly top: number; readonly left: number; readonly right: number };

function Mark({ rung, top, left, right }: MarkProps) {
  const t = useT();
  const text = useRungText()(rung);
  const asks = rung.asks && <span className="asks">{t("collections.asks")}</span>;
  const width = `${Math.max(0, right - left)}%`;
  if (rung.what.kind === "effects")
    return (
      <div className={`span ${rung.level}`} style={{ top, left: `${left}%`, width }} title={text}>
        <Glyph level={rung.level} size={11} />
        <span className="cut">{text}</span>
        {asks}
      </div>
    );
  return (
    <div className={`rung ${rung.level}`} style={{ top, left: `${left}%`, maxWidth: width }} title={text}>
      <span className="cut">
        {text}
        {asks}
      </span>
    </div>
  );
}

function StepList({ steps, onStep }: Props) {
  const t = useT();
  const f = useFormat();
  const { language } = f;
  return (
    <ol className="lad-list">
      {steps.map((step) => (
        <li key={step.id}>
          <span className="num b">{step.daysPastDue > 0 ? `+${step.daysPastDue}` : step.daysPastDue}</span>{" "}
          <span className="b">{language === "sv" ? (step.name.sv ?? step.name.en) : step.name.en}</span>{" "}
          {step.accounts !== undefined && (
            <button type="button" className="linkish" onClick={() => onStep?.(step.id)}>
              {t("collections.ladders.accounts", { n: step.accounts })}
            </button>
          )}{" "}
          <span className="ink2">
            {[
              ...step.tell.map(({ channel }) => t(`collections.channel.${channel as "mail"}`)),
              ...step.charges.map((one) => t(`collections.charge.${one}`)),
              ...step.effects.map((one) => t(`collections.effect.${one}`)),
            ].join(", ")}
          </span>{" "}
          {step.approve !== "none" && step.effects.length > 0 && <span className="asks">{t("collections.asks")}</span>}
        </li>
      ))}
    </ol>
  );
}
