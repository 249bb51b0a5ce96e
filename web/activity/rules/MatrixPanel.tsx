import { useNavigate } from "@tanstack/react-router";
import { ABUSES } from "../../../src/activity/contract-detector.ts";
import type { RuleRowWire } from "../../../src/activity/lab/contract-wire.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { countByAbuse } from "./list.ts";

/** Detections that are on, per abuse: fewer than two leave a single mistake to blindness. */
const ENOUGH = 2;

export function MatrixPanel({ rows }: { readonly rows: readonly RuleRowWire[] }) {
  const t = useT();
  const f = useFormat();
  const navigate = useNavigate();
  const counts = countByAbuse(rows, ABUSES);
  const most = Math.max(1, ...counts.map(({ on, shadow, off }) => on + shadow + off));
  const width = (n: number) => ({ width: `${(n / most) * 100}%` });
  return (
    <Panel title={t("rules.matrix")} question={t("rules.matrix.q")}>
      <table className="t rules-matrix">
        <thead>
          <tr>
            <th scope="col">{t("rules.col.abuse")}</th>
            <th scope="col" className="hide-sm" aria-hidden="true" />
            <th scope="col" className="right">
              {t("rules.matrix.on")}
            </th>
            <th scope="col" className="right">
              {t("rules.matrix.shadow")}
            </th>
            <th scope="col" className="right">
              {t("rules.matrix.off")}
            </th>
            <th scope="col" className="right">
              {t("rules.matrix.hits")}
            </th>
          </tr>
        </thead>
        <tbody>
          {counts.map(({ abuse, on, shadow, off, hits }) => (
            <tr key={abuse}>
              <th scope="row">
                <button
                  type="button"
                  className="linkish"
                  onClick={() => void navigate({ to: "/activity/rules", search: { kind: abuse } })}
                >
                  {t(`rules.abuse.${abuse}`)}
                </button>
                {on < ENOUGH && (
                  <span className="warn small row" style={{ gap: 4 }}>
                    <Glyph level="warn" size={12} />
                    {t("rules.matrix.thin")}
                  </span>
                )}
              </th>
              <td className="hide-sm rules-bar-cell" aria-hidden="true">
                <span className="rules-bar">
                  <i className="on" style={width(on)} />
                  <i className="shadow" style={width(shadow)} />
                  <i className="off" style={width(off)} />
                </span>
              </td>
              <td className="right num">{f.count(on)}</td>
              <td className="right num">{f.count(shadow)}</td>
              <td className="right num">{f.count(off)}</td>
              <td className="right num">{f.count(hits)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
