import { Button } from "@mantine/core";
import type { ImportRowWire } from "../../src/receivables/contract-import.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, type Level } from "../kit/Risk.tsx";
import { EmptyState, ErrorState, RowsSkeleton } from "../kit/States.tsx";
import { useList } from "../query.ts";

const LEVELS: Readonly<Record<ImportRowWire["state"], Level>> = {
  draft: "none",
  queued: "info",
  running: "info",
  done: "ok",
  refused: "crit",
  failed: "error",
  discarded: "none",
};

type PastProps = { readonly shown: string | undefined; readonly onOpen: (id: string) => void };

/** Imports of the desk, newest first. */
export function PastImports({ shown }: PastProps) {
  const t = useT();
  const list = useList<ImportRowWire>("receivables", "/api/imports", { limit: 12 });
  return (
    <Panel title={t("receivables.past")} question={t("receivables.past.q")}>
      {list.error && list.rows.length === 0 ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.isLoading ? (
        <RowsSkeleton rows={4} />
      ) : list.rows.length === 0 ? (
        <EmptyState level="unknown" title={t("receivables.past.none")} text={t("receivables.past.none.text")} />
      ) : (
        <ul className="import-list">
          {list.rows.map((row) => (
            <PastRow key={row.id} row={row} isShown={row.id === shown} />
          ))}
        </ul>
      )}
      {list.hasMore && (
        <div className="sec">
          <Button size="xs" variant="default" loading={list.isLoadingMore} onClick={list.loadMore}>
            {t("receivables.past.more")}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function PastRow({ row, isShown }: { readonly row: ImportRowWire; readonly isShown: boolean }) {
  const t = useT();
  const f = useFormat();
  const rows = row.totals?.rows;
  return (
    <li className={isShown ? "sel" : ""}>
      <Glyph level={LEVELS[row.state]} size={14} />
      <span className="col import-past">
        <Go className="lnk cut" to={`/import?show=${row.id}`} {...(isShown ? { "aria-current": "true" as const } : {})}>
          {row.fileName}
        </Go>
        <span className="tiny ink3">
          {t(`receivables.state.${row.state}`)} · {t(`receivables.kind.${row.kind}`)}
          {rows !== undefined && ` · ${t("receivables.past.rows", { n: rows })}`}
        </span>
      </span>
      <span className="tiny ink3 num nowrap push">{f.moment(row.finishedAt ?? row.createdAt)}</span>
    </li>
  );
}
