import { Button } from "@mantine/core";
import type { ImportWire, TieWire } from "../../src/receivables/contract-import.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, type Level } from "../kit/Risk.tsx";
import { DraftImport } from "./DraftImport.tsx";
import { Totals } from "./PreviewPanel.tsx";
import { ProblemsPanel } from "./ProblemsPanel.tsx";

type ReportProps = { readonly one: ImportWire; readonly onLeave: () => void };

/** What became of an import that came to its end. One that was refused or failed can be read another way and tried again. */
export function ImportReport({ one, onLeave }: ReportProps) {
  const t = useT();
  const canRetry = one.state === "refused" || one.state === "failed";
  return (
    <>
      <Panel
        title={one.fileName}
        question={t("receivables.done.q")}
        aside={
          <Button size="compact-xs" variant="default" onClick={onLeave}>
            {t("receivables.file.other")}
          </Button>
        }
      >
        <Outcome one={one} />
        {one.tie !== null && <Ties tie={one.tie} />}
        {one.totals !== null && <Totals totals={one.totals} kind={one.kind} />}
      </Panel>
      <ProblemsPanel one={one} />
      {canRetry && <DraftImport one={{ ...one, totals: null, problemsTotal: 0, problems: [] }} onLeave={onLeave} />}
    </>
  );
}

/** Whether the ledger has open what the file has open. */
function Ties({ tie }: { readonly tie: readonly TieWire[] }) {
  const t = useT();
  const f = useFormat();
  const exact = (value: TieWire["file"]) => f.money(value, { digits: "minor" });
  return (
    <div className="sec col small import-tie">
      {tie.map(({ currency, file, ledger, ties }) => {
        const difference = { currency, minor: (BigInt(file.minor) - BigInt(ledger.minor)).toString() };
        return (
          <span key={currency} className="row top" style={{ gap: 6 }} role="status">
            <Glyph level={ties ? "ok" : "warn"} size={14} />
            {ties
              ? t("receivables.tie.ok", { amount: exact(file) })
              : t("receivables.tie.differs", {
                  file: exact(file),
                  ledger: exact(ledger),
                  difference: exact(difference),
                })}
          </span>
        );
      })}
    </div>
  );
}

function Outcome({ one }: { readonly one: ImportWire }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const isEmpty = one.state === "done" && one.totals?.effect?.new === 0 && one.totals.effect.changed === 0;
  const level: Level = one.state === "done" ? "ok" : one.state === "discarded" ? "none" : "crit";
  const said =
    one.state === "done"
      ? t("receivables.done.done", { moment: f.moment(one.finishedAt ?? one.createdAt) })
      : one.state === "refused"
        ? t("receivables.done.refused")
        : one.state === "failed"
          ? t(one.mode === "resumable" ? "receivables.done.partlyFailed" : "receivables.done.failed")
          : t("receivables.done.discarded");
  return (
    <div className="sec row top" role="status">
      <Glyph level={level} size={16} />
      <span className="col" style={{ gap: 2 }}>
        <span className="b">{said}</span>
        {one.state === "done" && one.milliseconds !== null && one.totals !== null && (
          <span className="small ink2">
            {t("receivables.done.time", {
              rows: f.count(one.totals.rows),
              seconds: f.decimal(one.milliseconds / 1000),
            })}
          </span>
        )}
        {isEmpty && <span className="small ink2">{t("receivables.done.nothing")}</span>}
        {one.failure && (
          <span className="small ink2">
            {word(`problem.${one.failure.code}`, { rowsRefused: one.totals?.rowsRefused ?? 0 }, one.failure.detail)}
          </span>
        )}
      </span>
    </div>
  );
}
