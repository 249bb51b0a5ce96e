import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import type { RatesWire, RateWire } from "../../../src/collections/policy/contract-wire.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { DayField } from "../../kit/DayField.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { Loaded, useProblemText, Why } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";

const PATH = "/api/collections/rates";
const SERIES = ["SE", "EU", "UK"] as const;

/** Reference rates with their sources: data that the desk keeps up to date, half-year by half-year. */
export function RatesPanel() {
  const t = useT();
  const f = useFormat();
  const can = useMay();
  const rates = useRead<RatesWire>(["collections", "rates"], PATH, { refetchInterval: false });
  return (
    <Panel title={t("policy.rates")} question={t("policy.rates.q")}>
      <Loaded query={rates} title={t("policy.rates.failed")}>
        {({ rates: rows, missing }) => (
          <>
            {missing.length > 0 && (
              <div className="sec row top warn">
                <Glyph level="unknown" size={15} />
                {t("policy.rates.missing", { list: missing.map(({ series, from }) => `${series} ${from}`).join(", ") })}
              </div>
            )}
            <table className="t">
              <thead>
                <tr>
                  <th scope="col">{t("policy.rates.series")}</th>
                  <th scope="col">{t("policy.rates.from")}</th>
                  <th scope="col" className="right">
                    {t("policy.rates.percent")}
                  </th>
                  <th scope="col">{t("policy.rates.source")}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((rate) => (
                  <tr key={`${rate.series} ${rate.from}`}>
                    <td>{t(`policy.rates.series.${rate.series}`)}</td>
                    <td className="num">{rate.from}</td>
                    <td className="right num">{f.decimal(Number(rate.percent), 2)}</td>
                    <td>
                      {rate.source} <Standing rate={rate} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {can("collections.policy") && <NewRate />}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Standing({ rate }: { readonly rate: RateWire }) {
  const t = useT();
  const words = t(`policy.rates.standing.${rate.standing}`, { name: rate.addedBy ?? "" });
  return <span className={`tiny ${rate.standing === "single-source" ? "warn" : "ink3"}`}>{words}</span>;
}

function NewRate() {
  const t = useT();
  const problem = useProblemText();
  const [series, setSeries] = useState<string>("SE");
  const [from, setFrom] = useState("");
  const [percent, setPercent] = useState("");
  const [source, setSource] = useState("");
  const write = useWrite((body: unknown, options) => api.post<RatesWire>(PATH, body, options), {
    topics: ["collections"],
    onDone: () => setPercent(""),
  });
  const isWhole =
    from !== "" && /^-?\d{1,2}(\.\d{1,4})?$/.test(percent.trim().replace(",", ".")) && source.trim().length >= 5;
  return (
    <form
      className="sec row wrap"
      style={{ gap: 8, alignItems: "end" }}
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate({ series, from, percent: percent.trim().replace(",", "."), source: source.trim() });
      }}
    >
      <Select
        label={t("policy.rates.series")}
        data={SERIES.map((value) => ({ value, label: t(`policy.rates.series.${value}`) }))}
        value={series}
        onChange={(value) => value !== null && setSeries(value)}
        allowDeselect={false}
      />
      <DayField label={t("policy.rates.from")} value={from} onChange={setFrom} />
      <TextInput
        label={t("policy.rates.percent")}
        value={percent}
        onChange={(event) => setPercent(event.currentTarget.value)}
        inputMode="decimal"
        w={90}
      />
      <TextInput
        label={t("policy.rates.source")}
        value={source}
        onChange={(event) => setSource(event.currentTarget.value)}
        style={{ flex: 1, minWidth: 180 }}
      />
      <Button type="submit" variant="default" disabled={!isWhole || write.isPending}>
        {t("policy.rates.add")}
      </Button>
      {write.error && <Why>{problem(write.error)}</Why>}
    </form>
  );
}
