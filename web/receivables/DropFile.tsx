import { IconFileImport } from "@tabler/icons-react";
import type { ImportWire } from "../../src/receivables/contract-import.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { DropZone } from "./DropZone.tsx";

type DropFileProps = { readonly canImport: boolean; readonly onReceived: (made: ImportWire) => void };

/** Where a file of the accounting system comes in. */
export function DropFile(props: DropFileProps) {
  const t = useT();
  const f = useFormat();
  return (
    <DropZone<ImportWire>
      {...props}
      path="/api/imports"
      icon={IconFileImport}
      accept=".csv,.txt,.tsv,.json,.ndjson,.jsonl,text/csv,application/json"
      words={{
        title: t("receivables.drop"),
        question: t("receivables.drop.q"),
        text: t("receivables.drop.text"),
      }}
      sending={(file, share) => t("receivables.drop.sending", { file, share: f.percent(share) })}
    />
  );
}
