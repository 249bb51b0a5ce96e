import { useNavigate } from "@tanstack/react-router";
import { ABUSES } from "../../../src/activity/contract-detector.ts";
import type { RuleRowWire } from "../../../src/activity/lab/contract-wire.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { type AbuseCount, countByAbuse } from "./list.ts";

/** Detections that are on, per abuse: fewer than two leave a single mistake to blindness. */
const ENOUGH = 2;

/** How many detections watch each abuse; a press narrows the list to them. */
export function MatrixPanel({
  rows,
  chosen,
}: {
  readonly rows: readonly RuleRowWire[];
  readonly chosen: string | undefined;
}) {
  const t = useT();
  const counts = countByAbuse(rows, ABUSES);
  const most = Math.max(1, ...counts.map(({ on, shadow, off }) => on + shadow + off));
  return (
    <Panel title={t("rules.matrix")} question={t("rules.matrix.q")}>
      <ul className="rules-matrix">
        {counts.map((one) => (
          <AbuseLine key={one.abuse} one={one} most={most} isChosen={chosen === one.abuse} />
        ))}
      </ul>
    </Panel>
  );
}

type LineProps = { readonly one: AbuseCount; readonly most: number; readonly isChosen: boolean };
function AbuseLine({ one: { abuse, on, shadow, off, hits }, most, isChosen }: LineProps) {
  const t = useT();
  const f = useFormat();
  const navigate = useNavigate();
  const width = (n: number) => ({ width: `${(n / most) * 100}%` });
  const says = [
    t("rules.matrix.n.on", { n: on }),
    ...(shadow > 0 ? [t("rules.matrix.n.shadow", { n: shadow })] : []),
    ...(off > 0 ? [t("rules.matrix.n.off", { n: off })] : []),
  ];
  return (
    <li>
      <button
        type="button"
        aria-pressed={isChosen}
        onClick={() => void navigate({ to: "/activity/rules", search: isChosen ? {} : { kind: abuse }, replace: true })}
      >
        <span className="row">
          <span className="b">{t(`rules.abuse.${abuse}`)}</span>
          {on < ENOUGH && (
            <span className="warn small row" style={{ gap: 4 }}>
              <Glyph level="warn" size={12} />
              {t("rules.matrix.thin")}
            </span>
          )}
          <span className="push small num ink2">{t("rules.matrix.n.hits", { n: f.count(hits) })}</span>
        </span>
        <span className="rules-bar" aria-hidden="true">
          <i className="on" style={width(on)} />
          <i className="shadow" style={width(shadow)} />
          <i className="off" style={width(off)} />
        </span>
        <span className="small ink3">{says.join(", ")}</span>
      </button>
    </li>
  );
}
