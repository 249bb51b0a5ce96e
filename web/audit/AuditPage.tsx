import { useNavigate, useSearch } from "@tanstack/react-router";
import { useT } from "../i18n/t.ts";
import { Page } from "../shell/Page.tsx";
import { ChainPanel } from "./ChainPanel.tsx";
import { LogPanel } from "./LogPanel.tsx";
import type { AuditSearch } from "./search.ts";
import "./audit.css";

/** Who did what, when, and whether the record of it was changed. */
export function AuditPage() {
  const t = useT();
  const { kind, owner, customer, from, to, show, q } = useSearch({ from: "/desk/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const search: AuditSearch = { kind, owner, customer, from, to, show, q };
  const set = (change: AuditSearch) => void navigate({ search: (old) => withChange(old, change), replace: true });
  return (
    <Page
      title={t("nav.audit")}
      beside={t("audit.q")}
      keys={[
        { keys: "J K", label: t("keys.move") },
        { keys: "Enter", label: t("audit.keys.open") },
      ]}
    >
      <div className="stk">
        <ChainPanel />
        <LogPanel search={search} set={set} />
      </div>
    </Page>
  );
}

/** The address after a change; a member that was taken away is not in it. */
const withChange = <Search extends object>(old: Search, change: AuditSearch): Search =>
  Object.fromEntries(Object.entries({ ...old, ...change }).filter(([, value]) => value !== undefined)) as Search;
