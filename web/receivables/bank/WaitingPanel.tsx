import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import type { BankEntryWire, BankSumWire } from "../../../src/receivables/bank/contract-bank.ts";
import { type T, useFormat, useT } from "../../i18n/t.ts";
import { type Column, DataTable } from "../../kit/DataTable.tsx";
import { Money } from "../../kit/Money.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { EmptyState } from "../../kit/States.tsx";
import { useList, useRead } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { AssignDialog } from "./AssignDialog.tsx";
import { entryColumns } from "./cells.tsx";
import { ReasonDialog } from "./dialogs.tsx";

type Doing = { readonly act: "assign" | "set-aside"; readonly entry: BankEntryWire };

/** Money that nobody could place: a person says whose it is, or that it is no customer's. */
export function WaitingPanel() {
  const t = useT();
  const f = useFormat();
  const can = useMay()("receivables.import");
  const [doing, setDoing] = useState<Doing | undefined>(undefined);
  const list = useList<BankEntryWire>("receivables", "/api/bank-entries", { limit: 50 });
  const sums = useRead<{ readonly rows: readonly BankSumWire[] }>(
    ["receivables", "bank-waiting"],
    "/api/bank-entries/waiting-sums",
  );
  const columns = useMemo(() => {
    const told = entryColumns(t, f).filter(({ id }) => id !== "becomes");
    return [...told, actsColumn(t, { can, onDo: setDoing })];
  }, [t, f, can]);
  const close = () => setDoing(undefined);
  return (
    <Panel
      title={t("receivables.bank.waiting")}
      question={t("receivables.bank.waiting.q")}
      aside={
        <span className="row small num" style={{ gap: 12 }}>
          {(sums.data?.rows ?? []).map((sum) => (
            <Money digits="minor" key={sum.amount.currency} value={sum.amount} />
          ))}
        </span>
      }
    >
      <DataTable
        label={t("receivables.bank.waiting")}
        columns={columns}
        list={list}
        rowId={(row) => row.id ?? ""}
        empty={
          <EmptyState
            level="ok"
            title={t("receivables.bank.waiting.none")}
            text={t("receivables.bank.waiting.none.text")}
          />
        }
      />
      {doing?.act === "assign" && <AssignDialog entry={doing.entry} onClose={close} />}
      {doing?.act === "set-aside" && <ReasonDialog entry={doing.entry} act="set-aside" onClose={close} />}
    </Panel>
  );
}

type Acts = { readonly can: boolean; readonly onDo: (doing: Doing) => void };
const actsColumn = (t: T, { can, onDo }: Acts): Column<BankEntryWire> => ({
  id: "acts",
  header: "",
  describe: t("receivables.bank.assign"),
  align: "right",
  card: "more",
  cell: (row) => (
    <span className="row bank-acts">
      <Button size="compact-sm" disabled={!can} onClick={() => onDo({ act: "assign", entry: row })}>
        {t("receivables.bank.assign")}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={!can}
        onClick={() => onDo({ act: "set-aside", entry: row })}
      >
        {t("receivables.bank.aside")}
      </Button>
    </span>
  ),
});
