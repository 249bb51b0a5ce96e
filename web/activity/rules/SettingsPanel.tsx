import type { RuleWire } from "../../../src/activity/lab/contract-wire.ts";
import type { SettingsWire } from "../../../src/activity/watch/contract-wire.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { useRead } from "../../query.ts";

/** The numbers that hold for all customers now, by name; undefined until they are there. */
export function useSettings(ruleId: string, hasAny: boolean) {
  const read = useRead<SettingsWire>(["activity", "settings"], "/api/activity/settings", {
    enabled: hasAny,
    refetchInterval: false,
  });
  return read.data?.detectors.find(({ id }) => id === ruleId)?.settings;
}

/** The numbers a detector uses; they are changed, for all or for one customer, where suppressions are. */
export function SettingsPanel({ rule }: { readonly rule: RuleWire }) {
  const t = useT();
  const f = useFormat();
  const settings = useSettings(rule.ruleId, rule.settings.length > 0);
  const number = (n: number) => f.decimal(n, Number.isInteger(n) ? 0 : 2);
  return (
    <Panel
      title={t("rule.settings")}
      question={t("rule.settings.q")}
      aside={
        <Go className="more" to={`/activity/suppressions?rule=${rule.ruleId}`}>
          {t("rule.settings.tune")}
        </Go>
      }
    >
      <table className="t">
        <tbody>
          {rule.settings.map(({ name, about, unit, standard, min, max }) => {
            const set = settings?.find((one) => one.name === name);
            const own = set?.customers.length ?? 0;
            return (
              <tr key={name}>
                <td>
                  {about}
                  <span className="small ink3 rules-line">
                    {t("rule.settings.standard", { n: number(standard), unit, min: number(min), max: number(max) })}
                    {own > 0 && ` · ${t("rule.settings.own", { n: own })}`}
                  </span>
                </td>
                <td className="right num nowrap">
                  {t("rule.settings.set", { n: number(set?.value ?? standard), unit })}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {!rule.isSweep && (
        <div className="sec">
          <Go className="more" to={`/activity/rules/${rule.ruleId}?tab=backtest`}>
            {t("rule.settings.try")}
          </Go>
        </div>
      )}
    </Panel>
  );
}
