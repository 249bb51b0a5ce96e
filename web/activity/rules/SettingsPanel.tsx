import type { RuleWire } from "../../../src/activity/lab/contract-wire.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";

/** The numbers a detector uses; they are changed, for all or for one customer, where suppressions are. */
export function SettingsPanel({ rule }: { readonly rule: RuleWire }) {
  const t = useT();
  const f = useFormat();
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
          {rule.settings.map(({ name, about, unit, standard, min, max }) => (
            <tr key={name}>
              <td>
                {about}
                <span className="small ink3 rules-line">
                  {t("rule.settings.standard", {
                    n: f.decimal(standard, decimalsOf(standard)),
                    unit,
                    min: f.decimal(min, decimalsOf(min)),
                    max: f.decimal(max, decimalsOf(max)),
                  })}
                </span>
              </td>
              <td className="right mono small ink2">{name}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="sec">
        <Go className="more" to={`/activity/rules/${rule.ruleId}?tab=backtest`}>
          {t("rule.settings.try")}
        </Go>
      </div>
    </Panel>
  );
}
export const decimalsOf = (n: number): number => (Number.isInteger(n) ? 0 : 2);
