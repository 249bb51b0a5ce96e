import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ImportWire } from "../../src/receivables/contract-import.ts";
import { useT } from "../i18n/t.ts";
import { Loaded } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { useMay } from "../shell/desk.ts";
import { Page } from "../shell/Page.tsx";
import { DraftImport } from "./DraftImport.tsx";
import { DropFile } from "./DropFile.tsx";
import { ImportReport } from "./ImportReport.tsx";
import { PastImports } from "./PastImports.tsx";
import { RunningImport } from "./RunningImport.tsx";
import { SavedMappings } from "./SavedMappings.tsx";
import { StripePanel } from "./StripePanel.tsx";
import "./import.css";

const RUNNING = new Set(["queued", "running"]);
const POLL_MS = 700;

/** From a file to the ledger: recognise, map, look, take in, report. The import that is shown stands in the address. */
export function ImportPage() {
  const t = useT();
  const can = useMay();
  const navigate = useNavigate({ from: "/import" });
  const { show } = useSearch({ from: "/desk/import" });
  const open = (id: string | undefined) => void navigate({ search: (old) => ({ ...old, show: id }) });
  return (
    <Page title={t("nav.import")} beside={t("receivables.import.beside")}>
      <div className="g2 import-page">
        <div className="stk">
          {show === undefined ? (
            <DropFile canImport={can("receivables.import")} onReceived={(made) => open(made.id)} />
          ) : (
            <OneImport key={show} id={show} onLeave={() => open(undefined)} />
          )}
        </div>
        <div className="stk">
          <PastImports shown={show} onOpen={open} />
          <StripePanel canMatch={can("receivables.import")} />
          <SavedMappings canForget={can("receivables.import")} />
        </div>
      </div>
    </Page>
  );
}

type OneImportProps = { readonly id: string; readonly onLeave: () => void };

function OneImport({ id, onLeave }: OneImportProps) {
  const t = useT();
  const path = `/api/imports/${encodeURIComponent(id)}`;
  const first = useRead<ImportWire>(["receivables", "import", id], path, { refetchInterval: false });
  const isRunning = first.data !== undefined && RUNNING.has(first.data.state);
  return (
    <Loaded query={first} title={t("receivables.loading.failed")}>
      {(one) =>
        isRunning ? (
          <Polled id={id} path={path} />
        ) : one.state === "draft" ? (
          <DraftImport key={one.id} one={one} onLeave={onLeave} />
        ) : (
          <ImportReport one={one} onLeave={onLeave} />
        )
      }
    </Loaded>
  );
}

/** Asks again while the import runs; the same query, so the page changes over when it ends. */
function Polled({ id, path }: { readonly id: string; readonly path: string }) {
  const running = useRead<ImportWire>(["receivables", "import", id], path, { refetchInterval: POLL_MS });
  return running.data === undefined ? null : <RunningImport one={running.data} />;
}
