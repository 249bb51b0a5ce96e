import { Button } from "@mantine/core";
import type { BankAccountWire, BankFileRowWire } from "../../../src/receivables/bank/contract-bank.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph, type Level } from "../../kit/Risk.tsx";
import { EmptyState, ErrorState, Loaded, RowsSkeleton } from "../../kit/States.tsx";
import { useList, useRead } from "../../query.ts";

/** Our own accounts, and up to when each is known. */
export function BankAccounts() {
  const t = useT();
  const f = useFormat();
  const accounts = useRead<{ readonly rows: readonly BankAccountWire[] }>(
    ["receivables", "bank-accounts"],
    "/api/bank-accounts",
  );
  return (
    <Panel title={t("receivables.bank.accounts")} question={t("receivables.bank.accounts.q")}>
      <Loaded query={accounts} skeleton={<RowsSkeleton rows={2} />}>
        {({ rows }) =>
          rows.length === 0 ? (
            <EmptyState
              level="unknown"
              title={t("receivables.bank.accounts.none")}
              text={t("receivables.bank.accounts.none.text")}
            />
          ) : (
            <ul className="import-list">
              {rows.map((row) => (
                <li key={`${row.account} ${row.currency}`}>
                  <span className="col import-past">
                    <span className="small">
                      <span className="mono">{row.account}</span> <span className="cur">{row.currency}</span>
                    </span>
                    <span className="tiny ink3">
                      {row.coversTo === null
                        ? t("receivables.bank.accounts.at", { moment: f.moment(row.takenAt) })
                        : t("receivables.bank.accounts.to", {
                            day: f.day(row.coversTo),
                            moment: f.moment(row.takenAt),
                          })}
                    </span>
                  </span>
                  <Go className="lnk tiny push nowrap" to={`/money-in?show=${row.bankFileId}`} title={row.fileName}>
                    {row.format}
                  </Go>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

const LEVELS: Readonly<Record<BankFileRowWire["state"], Level>> = {
  draft: "info",
  partly: "warn",
  committed: "ok",
  refused: "crit",
  checked: "ok",
  discarded: "none",
};

/** Bank files of the desk, newest first. */
export function PastBankFiles({ shown }: { readonly shown: string | undefined }) {
  const t = useT();
  const f = useFormat();
  const list = useList<BankFileRowWire>("receivables", "/api/bank-files", { limit: 12 });
  return (
    <Panel title={t("receivables.bank.past")} question={t("receivables.bank.past.q")}>
      {list.error && list.rows.length === 0 ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.isLoading ? (
        <RowsSkeleton rows={4} />
      ) : list.rows.length === 0 ? (
        <EmptyState
          level="unknown"
          title={t("receivables.bank.past.none")}
          text={t("receivables.bank.past.none.text")}
        />
      ) : (
        <ul className="import-list">
          {list.rows.map((row) => (
            <li key={row.id} className={row.id === shown ? "sel" : ""}>
              <Glyph level={LEVELS[row.state]} size={14} />
              <span className="col import-past">
                <Go
                  className="lnk cut"
                  to={`/money-in?show=${row.id}`}
                  {...(row.id === shown ? { "aria-current": "true" as const } : {})}
                >
                  {row.fileName}
                </Go>
                <span className="tiny ink3">
                  {[row.format, t(`receivables.bank.state.${row.state}`)].filter(Boolean).join(" · ")}
                </span>
              </span>
              <span className="tiny ink3 num nowrap push">{f.moment(row.committedAt ?? row.createdAt)}</span>
            </li>
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
