import type { OvernightWire } from "../../src/today/contract.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Tag } from "../kit/Risk.tsx";

/** What happened while nobody was here, in one line; only when something did. */
export function Overnight({ night }: { readonly night: OvernightWire }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const isAllAnswered = night.answered >= night.received;
  const first = night.contained[0];
  return (
    <section className="night" aria-label={t("today.night")}>
      <Tag level={isAllAnswered ? "ok" : "warn"}>{t("today.night")}</Tag>
      <span className="ink2">
        {night.received > 0 && t("today.night.came", { n: night.received, answered: night.answered })}{" "}
        {night.contained.map((one) => {
          const action = word(`today.contained.${one.kind}`, {}, one.kind);
          const text =
            one.minutes === null
              ? t("today.night.contained.alone", { customer: one.customerName, action })
              : t("today.night.contained", { customer: one.customerName, action, minutes: f.duration(one.minutes) });
          return (
            <span key={`${one.caseId} ${one.customerName}`}>
              {text}{" "}
              {one.saving && (
                <span className="nowrap">
                  <Money value={one.saving} className="b" />{" "}
                  {t("today.night.saves", { per: one.per ? word(`dec.per.${one.per}`, {}, "") : "" }).trim()}.
                </span>
              )}{" "}
            </span>
          );
        })}
      </span>
      <Go className="more push" to={first?.caseId ? `/cases/${first.caseId}` : "/notices"}>
        {first?.caseNumber ? t("today.night.open", { case: first.caseNumber }) : t("today.night.all")}
      </Go>
    </section>
  );
}
