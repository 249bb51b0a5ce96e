import type { JudgedWire, ModelWire, PredictionWire } from "../../../src/collections/prediction/contract.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Facts, Legend } from "../../kit/Bits.tsx";
import { ChartFrame, LineChart } from "../../kit/Chart.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { EmptyState, Loaded } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";

const HEIGHT = 180;

/** What the chances rest on: what was learnt, how it did on what it had never seen, and what a call is taken to change. */
export function ModelPanel() {
  const t = useT();
  const prediction = useRead<PredictionWire>(["collections", "prediction"], "/api/collections/prediction");
  return (
    <Panel title={t("prediction.title")} question={t("prediction.q")} id="model">
      <Loaded query={prediction} title={t("prediction.failed")}>
        {(data) => (data.paid === null ? <Nothing prediction={data} /> : <Model model={data.paid} prediction={data} />)}
      </Loaded>
    </Panel>
  );
}

function Nothing({ prediction: { lack } }: { readonly prediction: PredictionWire }) {
  const t = useT();
  const f = useFormat();
  const one = lack.find(({ kind }) => kind === "paid");
  const text =
    one === undefined
      ? undefined
      : `${t("prediction.none.text", { rows: one.rowsWanted, payers: one.payersWanted })} ${t("prediction.lack", { rows: one.rows, payers: one.payers, day: f.day(one.asOf) })}`;
  return <EmptyState level="unknown" title={t("prediction.none")} text={text} />;
}

function Model({ model, prediction }: { readonly model: ModelWire; readonly prediction: PredictionWire }) {
  const t = useT();
  const f = useFormat();
  const { judged } = model;
  return (
    <div className="sec col" style={{ gap: 10 }}>
      <p className="small">
        {t("prediction.learnt", { invoices: model.invoices, payers: model.payers, day: f.day(model.asOf) })}.{" "}
        {t("prediction.judged", { rows: judged.rows, from: f.day(judged.from), to: f.day(judged.to) })}
      </p>
      <Facts
        rows={[
          [
            t("prediction.auc"),
            <span key="auc" title={t("prediction.auc.note")}>
              {f.percent(judged.auc)}
            </span>,
          ],
          [t("prediction.auc.without"), f.percent(judged.aucWithoutHistory)],
          [
            t("prediction.gap"),
            <span key="gap" title={t("prediction.gap.note")}>
              {t("prediction.gap.points", { n: Math.round(judged.calibrationGap * 100) })}
            </span>,
          ],
        ]}
      />
      <Calibration judged={judged} />
      <Contact contact={prediction.contact} />
      <p className="tiny ink3">{t("prediction.limits")}</p>
    </div>
  );
}

/** What was told beside what came true, in ten equal groups; the diagonal is right on average. */
function Calibration({ judged: { calibration } }: { readonly judged: JudgedWire }) {
  const t = useT();
  const f = useFormat();
  const data = calibration.map(({ said, came }) => ({ told: f.percent(said), came: came * 100, right: said * 100 }));
  return (
    <>
      <Legend
        items={[
          { label: t("prediction.calibration.came"), tone: "var(--s-accent)", kind: "line" },
          { label: t("prediction.calibration.right"), tone: "var(--s-ink-3)", kind: "dashed" },
        ]}
      />
      <ChartFrame
        label={t("prediction.calibration.chart", {
          low: f.percent(calibration[0]?.said ?? 0),
          high: f.percent(calibration.at(-1)?.said ?? 1),
        })}
        height={HEIGHT}
        table={{
          columns: [
            t("prediction.calibration.said"),
            t("prediction.calibration.came"),
            t("prediction.calibration.rows"),
          ],
          rows: calibration.map(({ said, came, rows }) => [f.percent(said), f.percent(came), f.count(rows)]),
        }}
      >
        <LineChart
          h={HEIGHT}
          data={data}
          dataKey="told"
          curveType="linear"
          withLegend={false}
          gridAxis="y"
          tickLine="none"
          lineProps={{ isAnimationActive: false }}
          valueFormatter={(value) => f.percent(value / 100)}
          yAxisProps={{ width: 44, domain: [0, 100] }}
          series={[
            { name: "came", label: t("prediction.calibration.came"), color: "var(--s-accent)" },
            {
              name: "right",
              label: t("prediction.calibration.right"),
              color: "var(--s-ink-3)",
              strokeDasharray: "4 3",
            },
          ]}
        />
      </ChartFrame>
    </>
  );
}

function Contact({ contact }: Pick<PredictionWire, "contact">) {
  const t = useT();
  const n = (points: number | null) => Math.round(points ?? 0);
  return (
    <p className="small">
      {t(`prediction.contact.${contact.kind}`, {
        points: n(contact.points),
        low: n(contact.low),
        high: n(contact.high),
        calls: contact.calls,
        wanted: contact.callsWanted,
      })}
    </p>
  );
}
