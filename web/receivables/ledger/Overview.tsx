import type { MeasureWire, OverviewWire } from "../../../src/receivables/contract-statement.ts";
import { type Format, type Key, type T, useFormat, useT } from "../../i18n/t.ts";
import { AgeingBar } from "../../kit/AgeingBar.tsx";
import { Fig, type Figure } from "../../kit/Fig.tsx";
import { Money } from "../../kit/Money.tsx";
import { Panel } from "../../kit/Panel.tsx";

type Block = OverviewWire["currencies"][number];

/** Ageing and measures, one row of panels a currency. */
export function Overview({ overview }: { readonly overview: OverviewWire }) {
  return (
    <>
      {overview.currencies.map((block) => (
        <div className="ledger-pair" key={block.ageing.currency}>
          <Ageing block={block} by={overview.by} />
          <Measures block={block} asOf={overview.asOf} />
        </div>
      ))}
    </>
  );
}

function Ageing({ block, by }: { readonly block: Block; readonly by: OverviewWire["by"] }) {
  const t = useT();
  const { ageing, claims, unappliedAges } = block;
  const { notDue, d1to30, d31to60, d61to90, d91to120, over120 } = ageing.buckets;
  const unapplied: Figure = {
    title: t("ledger.unapplied"),
    parts: unappliedAges.flatMap((value, place) =>
      value.minor === "0" ? [] : [{ label: t(`ledger.free.${place}` as Key), value: <Money value={value} /> }],
    ),
    sum: { value: <Money value={ageing.unapplied} /> },
    formula: t("ledger.unapplied.how"),
    source: t("ledger.source"),
  };
  return (
    <Panel title={t("ledger.ageing", { currency: ageing.currency })} question={t("ledger.ageing.q")}>
      <div className="sec">
        <div className="row small ink2 ledger-sums">
          <span>
            {t("ledger.outstanding")} <Money value={ageing.outstanding} className="b" />
          </span>
          {by === "due" && (
            <span>
              {t("ledger.overdue")}{" "}
              <Money value={ageing.overdue} className={ageing.overdue.minor === "0" ? "b" : "b warn"} />
            </span>
          )}
        </div>
        <AgeingBar
          buckets={[notDue, d1to30, d31to60, d61to90, d91to120, over120]}
          {...(by === "issue" ? { first: t("ledger.age.issued") } : {})}
        />
        <div className="row small ink3 ledger-sums">
          {ageing.unapplied.minor !== "0" && (
            <span>
              {t("ledger.unapplied")} <Money value={ageing.unapplied} opens={unapplied} label={t("ledger.unapplied")} />
            </span>
          )}
          {claims.minor !== "0" && (
            <span>
              {t("ledger.claims")} <Money value={claims} />
            </span>
          )}
          {ageing.disputed.minor !== "0" && (
            <span>
              {t("ledger.disputed")} <Money value={ageing.disputed} />
            </span>
          )}
          {ageing.deposits.minor !== "0" && (
            <span>
              {t("ledger.deposits")} <Money value={ageing.deposits} />
            </span>
          )}
        </div>
      </div>
    </Panel>
  );
}

function Measures({ block, asOf }: { readonly block: Block; readonly asOf: string }) {
  const t = useT();
  return (
    <Panel title={t("ledger.measures", { currency: block.ageing.currency })} question={t("ledger.measures.q")}>
      <dl className="sec ledger-measures">
        {block.measures.map((measure) => (
          <div key={measure.name}>
            <dt className="tiny ink3">{t(`ledger.measure.${measure.name}`)}</dt>
            <dd>
              <MeasureFigure measure={measure} asOf={asOf} />
              {measure.why !== null && <span className="tiny ink3 ledger-why">{t(`ledger.gap.${measure.why}`)}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** A measure's value, which opens to its formula and inputs; unknown is written as such. */
export function MeasureFigure({ measure, asOf }: { readonly measure: MeasureWire; readonly asOf: string }) {
  const t = useT();
  const f = useFormat();
  return (
    <Fig opens={figureOf(measure, { t, f, asOf })} label={t(`ledger.measure.${measure.name}`)} className="num b">
      {measure.value === null ? <span className="ink3">{t("kit.unknown")}</span> : valueText(measure, t, f)}
    </Fig>
  );
}

const valueText = ({ unit, value }: MeasureWire, t: T, f: Format): string =>
  unit === "days" ? t("ledger.days", { n: f.decimal(Number(value), 1) }) : f.percent(Number(value) / 100, 1);

/** Every number opens: formula, inputs, day. */
function figureOf(
  measure: MeasureWire,
  { t, f, asOf }: { readonly t: T; readonly f: Format; readonly asOf: string },
): Figure {
  return {
    title: `${t(`ledger.measure.${measure.name}`)}, ${f.day(asOf)}`,
    parts: measure.inputs.map((input) => ({
      label: t(`ledger.input.${input.name}` as Key),
      value: input.amount === null ? f.count(input.count ?? 0) : <Money value={input.amount} />,
    })),
    formula: t(`ledger.formula.${measure.name}`),
    source: t("ledger.source"),
  };
}
