import { useT } from "../../i18n/t.ts";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import type { Mark } from "./check.ts";

type Props = { readonly marks: readonly Mark[]; readonly onGo: (mark: Mark) => void };

/** What stands in the way and what should be thought over; each opens its place in the text. */
export function Findings({ marks, onGo }: Props) {
  const t = useT();
  const errors = marks.filter(({ severity }) => severity === "error").length;
  const warnings = marks.length - errors;
  return (
    <Panel
      title={t("policy.findings")}
      question={t("policy.findings.q")}
      aside={
        <span role="status">
          {errors > 0 && <span className="crit">{t("policy.findings.errors", { n: errors })}</span>}{" "}
          {warnings > 0 && <span className="warn">{t("policy.findings.warnings", { n: warnings })}</span>}
        </span>
      }
    >
      {marks.length === 0 ? (
        <div className="sec row">
          <Glyph level="ok" /> {t("policy.findings.none")}
        </div>
      ) : (
        <ul className="pol-finds">
          {marks.map((mark) => (
            <li key={`${mark.from} ${mark.text}`}>
              <button type="button" className="pol-find" onClick={() => onGo(mark)}>
                <Glyph level={mark.severity === "error" ? "crit" : "warn"} />
                <span>
                  {mark.text}
                  <span className="small ink3" style={{ display: "block" }}>
                    {t("policy.findings.place", { line: mark.line, column: mark.column })}
                    {mark.fix !== undefined && ` · ${t("policy.fix", { fix: mark.fix })}`}
                  </span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
