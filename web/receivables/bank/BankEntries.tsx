import { Button, NativeSelect } from "@mantine/core";
import { useMemo, useState } from "react";
import { type BankEntryWire, type BankFileState, ENTRY_STATES } from "../../../src/receivables/bank/contract-bank.ts";
import { type T, useFormat, useT } from "../../i18n/t.ts";
import { type Column, DataTable } from "../../kit/DataTable.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { EmptyState } from "../../kit/States.tsx";
import { useList } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { entryColumns } from "./cells.tsx";
import { ReasonDialog } from "./dialogs.tsx";

type EntriesProps = { readonly id: string; readonly state: BankFileState };
/** Every line of a file with what it becomes and why; what is known says what it equals. */
export function BankEntries({ id, state }: EntriesProps) {
  const t = useT();
  const f = useFormat();
  const can = useMay();
  const [only, setOnly] = useState<string | undefined>(undefined);
  const [apart, setApart] = useState<BankEntryWire | undefined>(undefined);
  const list = useList<BankEntryWire>("receivables", `/api/bank-files/${id}/entries`, { state: only });
  const mayKeepApart = can("receivables.import") && state !== "draft";
  const columns = useMemo(
    () => [...entryColumns(t, f), ...(mayKeepApart ? [apartColumn(t, setApart)] : [])],
    [t, f, mayKeepApart],
  );
  return (
    <Panel title={t("receivables.bank.list")} question={t("receivables.bank.list.q")}>
      <DataTable
        label={t("receivables.bank.list")}
        columns={columns}
        list={list}
        rowId={(row) => `${row.statement}-${row.place}`}
        tools={
          <NativeSelect
            size="xs"
            aria-label={t("receivables.bank.col.becomes")}
            value={only ?? ""}
            onChange={(event) => setOnly(event.currentTarget.value || undefined)}
            data={[
              { value: "", label: t("receivables.bank.list.all") },
              ...ENTRY_STATES.map((one) => ({ value: one, label: t(`receivables.bank.entry.${one}`) })),
            ]}
          />
        }
        isFiltered={only !== undefined}
        onClear={() => setOnly(undefined)}
        empty={<EmptyState level="ok" title={t("receivables.bank.list.none")} />}
      />
      {apart !== undefined && <ReasonDialog entry={apart} act="keep-apart" onClose={() => setApart(undefined)} />}
    </Panel>
  );
}

const apartColumn = (t: T, onApart: (row: BankEntryWire) => void): Column<BankEntryWire> => ({
  id: "apart",
  header: "",
  describe: t("receivables.bank.apart"),
  card: "more",
  cell: (row) =>
    row.state === "known" && row.id !== null ? (
      <Button size="compact-xs" variant="default" onClick={() => onApart(row)}>
        {t("receivables.bank.apart")}
      </Button>
    ) : null,
});
