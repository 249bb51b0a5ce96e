import type { ImportWire } from "../../src/receivables/contract-import.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { ProgressBar } from "../kit/Bits.tsx";
import { Panel } from "../kit/Panel.tsx";

/** An import on its way, with its rows counted. */
export function RunningImport({ one }: { readonly one: ImportWire }) {
  const t = useT();
  const f = useFormat();
  const { rowsDone, rowsTotal } = one.progress;
  const label =
    one.state === "queued"
      ? t("receivables.run.queued")
      : t("receivables.run.rows", { done: f.count(rowsDone), total: f.count(rowsTotal ?? rowsDone) });
  return (
    <Panel
      title={t("receivables.run")}
      question={t("receivables.run.q")}
      aside={<span className="ink3 cut">{one.fileName}</span>}
    >
      <div className="sec col" style={{ gap: 8 }}>
        <span className="b num" role="status">
          {label}
        </span>
        <ProgressBar done={rowsDone} total={Math.max(1, rowsTotal ?? 1)} label={label} />
        <span className="small ink2">{t("receivables.run.text")}</span>
      </div>
    </Panel>
  );
}
