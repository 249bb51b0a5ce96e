import type { BankEntryWire } from "../../../src/receivables/bank/contract-bank.ts";
import { type Format, type T, useFormat, useT } from "../../i18n/t.ts";
import type { Column } from "../../kit/DataTable.tsx";
import { Go } from "../../kit/Go.tsx";
import { Money } from "../../kit/Money.tsx";
import { Tag } from "../../kit/Risk.tsx";
import { STATE_LEVEL } from "./levels.ts";

/** Columns that tell an entry, of one file or of all. */
export const entryColumns = (t: T, f: Format): readonly Column<BankEntryWire>[] => [
  {
    id: "day",
    header: t("receivables.bank.col.day"),
    width: "78px",
    card: "detail",
    cell: (row) => <span className="nowrap">{f.day(row.bookedOn)}</span>,
  },
  { id: "payer", header: t("receivables.bank.col.payer"), card: "title", cell: (row) => <PayerCell row={row} /> },
  {
    id: "amount",
    header: t("receivables.bank.col.amount"),
    align: "right",
    card: "aside",
    cell: (row) => <Money digits="minor" value={row.amount} />,
  },
  { id: "becomes", header: t("receivables.bank.col.becomes"), card: "more", cell: (row) => <BecomesCell row={row} /> },
];

/** Who paid, with what they wrote: references first. */
export function PayerCell({ row }: { readonly row: BankEntryWire }) {
  const t = useT();
  const said = [...row.references.map(({ value }) => value), row.text].filter((one) => one !== "").join(" · ");
  return (
    <span className="col bank-payer">
      <span className={row.payer.name === null ? "ink3" : ""}>{row.payer.name ?? t("receivables.bank.nobody")}</span>
      {said !== "" && (
        <span className="tiny ink3 cut" title={said}>
          {said}
        </span>
      )}
      {row.payer.account !== null && <span className="tiny ink3 mono">{row.payer.account}</span>}
    </span>
  );
}

function BecomesCell({ row }: { readonly row: BankEntryWire }) {
  const t = useT();
  const f = useFormat();
  const isSplit = row.customers.length > 1;
  return (
    <span className="col bank-becomes">
      <span className="row wrap" style={{ gap: 6 }}>
        <Tag level={STATE_LEVEL[row.state]}>{t(`receivables.bank.entry.${row.state}`)}</Tag>
        {row.customers.map((one) => (
          <Go key={one.id} className="lnk" to={`/customers/${one.id}`}>
            {isSplit
              ? t("receivables.bank.part", { name: one.name, amount: f.money(one.amount, { digits: "minor" }) })
              : one.name}
          </Go>
        ))}
      </span>
      <span className="tiny ink3">
        {[
          row.matchedBy === null ? undefined : t(`receivables.bank.by.${row.matchedBy}`),
          row.matchedWhat,
          row.between.length === 0
            ? undefined
            : t("receivables.bank.between", { names: row.between.map(({ name }) => name).join(", ") }),
          row.equals === null
            ? undefined
            : t("receivables.bank.equals", { line: row.equals.line, file: row.equals.fileName }),
          row.confirmed ? t("receivables.bank.confirmed") : undefined,
          row.reason,
          ...row.notes.map((note) =>
            t(`receivables.bank.note.${note.code}`, { read: note.read, line: note.line ?? 0 }),
          ),
        ]
          .filter(Boolean)
          .join(" · ")}
      </span>
    </span>
  );
}
