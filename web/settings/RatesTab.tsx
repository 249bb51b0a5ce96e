import { Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { CURRENCIES } from "../../src/core/currency.ts";
import type { RatesWire } from "../../src/exposure/contract.ts";
import { api } from "../api.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { DayField } from "../kit/DayField.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { EmptyState, Loaded } from "../kit/States.tsx";
import { useRead, useWrite } from "../query.ts";
import { useDesk, useMay } from "../shell/desk.ts";
import { SaveLine } from "./SaveLine.tsx";

const PATH = "/api/exchange-rates";

/** What a foreign amount is worth in the reporting currency, day by day. */
export function RatesTab() {
  const t = useT();
  const can = useMay();
  const rates = useRead<RatesWire>(["exposure", "rates"], PATH, { refetchInterval: false });
  return (
    <div className="stk">
      <Panel title={t("settings.rates")} question={t("settings.rates.q")}>
        <Loaded query={rates}>{(data) => <RateTable rates={data} />}</Loaded>
      </Panel>
      {can("exposure.set-rates") && (
        <Loaded query={rates} skeleton={null}>
          {(data) => <NewRates to={data.reportingCurrency} />}
        </Loaded>
      )}
    </div>
  );
}

function RateTable({ rates }: { readonly rates: RatesWire }) {
  const t = useT();
  const f = useFormat();
  return (
    <>
      {rates.missing.length > 0 && (
        <div className="sec row top warn">
          <Glyph level="warn" size={15} />
          {t("settings.rates.missing", { list: rates.missing.join(", "), to: rates.reportingCurrency })}
        </div>
      )}
      {rates.rates.length === 0 ? (
        <EmptyState
          level="none"
          title={t("settings.rates.none")}
          text={t("settings.rates.none.text", { to: rates.reportingCurrency })}
        />
      ) : (
        <table className="t">
          <thead>
            <tr>
              <th scope="col">{t("settings.rates.pair")}</th>
              <th scope="col" className="right">
                {t("settings.rates.rate")}
              </th>
              <th scope="col">{t("settings.rates.day")}</th>
              <th scope="col" className="hide-sm">
                {t("settings.rates.source")}
              </th>
            </tr>
          </thead>
          <tbody>
            {rates.rates.map((rate) => (
              <tr key={`${rate.from} ${rate.to}`}>
                <td>{`1 ${rate.from} → ${rate.to}`}</td>
                <td className="right num">{rate.rate}</td>
                <td className="num">{f.day(rate.day)}</td>
                <td className="hide-sm">
                  {rate.source} <span className="tiny ink3">{rate.setBy}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

type Body = { readonly rates?: readonly object[]; readonly csv?: string };

function NewRates({ to }: { readonly to: string }) {
  const t = useT();
  const { now, zone } = useDesk();
  const [from, setFrom] = useState("EUR");
  const [rate, setRate] = useState("");
  const [day, setDay] = useState(() => Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate().toString());
  const [csv, setCsv] = useState("");
  const save = useWrite((body: Body, options) => api.put(PATH, body, options), {
    topics: ["exposure"],
    onDone: () => {
      setRate("");
      setCsv("");
    },
  });
  const isChanged = rate.trim() !== "" || csv.trim() !== "";
  const body: Body = csv.trim() === "" ? { rates: [{ day, from, to, rate: rate.trim().replace(",", ".") }] } : { csv };
  return (
    <Panel title={t("settings.rates.new")} question={t("settings.rates.new.q")}>
      <form
        className="sec col settings-form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(body);
        }}
      >
        <span className="row wrap top">
          <Select
            searchable
            w={110}
            label={t("settings.rates.from")}
            data={CURRENCIES.filter((one) => one !== to)}
            value={from}
            allowDeselect={false}
            onChange={(next) => next !== null && setFrom(next)}
          />
          <TextInput
            label={t("settings.rates.worth", { to })}
            inputMode="decimal"
            value={rate}
            onChange={(event) => setRate(event.currentTarget.value)}
          />
          <DayField label={t("settings.rates.day")} value={day} onChange={setDay} />
        </span>
        <Textarea
          label={t("settings.rates.csv")}
          description={t("settings.rates.csv.text")}
          autosize
          minRows={2}
          maxRows={10}
          classNames={{ input: "mono" }}
          value={csv}
          onChange={(event) => setCsv(event.currentTarget.value)}
        />
        <SaveLine isChanged={isChanged} isBusy={save.isPending} isSaved={save.isSuccess} error={save.error} />
      </form>
    </Panel>
  );
}
