import { useNavigate, useSearch } from "@tanstack/react-router";
import type { BankFileWire } from "../../../src/receivables/bank/contract-bank.ts";
import { useT } from "../../i18n/t.ts";
import { Loaded } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { Page } from "../../shell/Page.tsx";
import { BankAccounts, PastBankFiles } from "./BankAside.tsx";
import { BankDrop } from "./BankDrop.tsx";
import { BankFilePanels } from "./BankFilePanels.tsx";
import { WaitingPanel } from "./WaitingPanel.tsx";
import "../import.css";
import "./bank.css";

/** Money in: from a bank's file to customers' money, and what waits for a person. The file that is shown stands in the address. */
export function BankPage() {
  const t = useT();
  const can = useMay();
  const navigate = useNavigate({ from: "/money-in" });
  const { show } = useSearch({ from: "/desk/money-in" });
  const open = (id: string | undefined) => void navigate({ search: (old) => ({ ...old, show: id }) });
  return (
    <Page title={t("nav.moneyIn")} beside={t("receivables.bank.beside")}>
      <div className="g2 import-page">
        <div className="stk">
          {show === undefined ? (
            <>
              <BankDrop canImport={can("receivables.import")} onReceived={(made) => open(made.id)} />
              <WaitingPanel />
            </>
          ) : (
            <OneFile key={show} id={show} onLeave={() => open(undefined)} />
          )}
        </div>
        <div className="stk">
          <BankAccounts />
          <PastBankFiles shown={show} />
        </div>
      </div>
    </Page>
  );
}

function OneFile({ id, onLeave }: { readonly id: string; readonly onLeave: () => void }) {
  const t = useT();
  const file = useRead<BankFileWire>(["receivables", "bank", id], `/api/bank-files/${encodeURIComponent(id)}`, {
    refetchInterval: false,
  });
  return (
    <Loaded query={file} title={t("receivables.bank.failed")}>
      {(one) => <BankFilePanels one={one} onLeave={onLeave} />}
    </Loaded>
  );
}
