import { Select } from "@mantine/core";
import {
  type ColumnWire,
  IMPORT_FIELDS,
  type ImportField,
  type ImportWire,
} from "../../src/receivables/contract-import.ts";
import { useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import type { Reading } from "./reading.ts";

type MappingProps = {
  readonly one: ImportWire;
  readonly reading: Reading;
  readonly onChange: (reading: Reading) => void;
};

/** Each column of the file with its first values and what it means. */
export function MappingPanel({ one, reading, onChange }: MappingProps) {
  const t = useT();
  const from =
    one.mappingFrom.kind === "saved"
      ? t("receivables.map.saved", { name: one.mappingFrom.name ?? "" })
      : t(one.mappingFrom.kind === "person" ? "receivables.map.person" : "receivables.map.proposed");
  return (
    <Panel
      title={t("receivables.map")}
      question={t("receivables.map.q")}
      aside={<span className="ink3 hide-sm">{from}</span>}
    >
      <table className="t import-map">
        <thead>
          <tr>
            <th scope="col">{t("receivables.map.column")}</th>
            <th scope="col">{t("receivables.map.samples")}</th>
            <th scope="col">{t("receivables.map.means")}</th>
          </tr>
        </thead>
        <tbody>
          {one.columns.map((column) => (
            <ColumnRow key={column.name} column={column} reading={reading} onChange={onChange} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

type ColumnProps = Pick<MappingProps, "reading" | "onChange"> & { readonly column: ColumnWire };

function ColumnRow({ column, reading, onChange }: ColumnProps) {
  const t = useT();
  const fields: readonly ImportField[] = IMPORT_FIELDS[reading.kind];
  const means = fields.find((field) => reading.mapping.columns[field] === column.name) ?? null;
  const change = (field: string | null) => {
    // A meaning has one column: giving it to this one takes it from another.
    const others = Object.entries(reading.mapping.columns).filter(
      ([known, name]) => known !== field && name !== column.name,
    );
    const columns = Object.fromEntries(field === null ? others : [...others, [field, column.name]]);
    onChange({ ...reading, mapping: { ...reading.mapping, columns } });
  };
  return (
    <tr>
      <th scope="row" className={means === null ? "ink3" : "b"}>
        {column.name}
      </th>
      <td className="small ink2 import-samples">
        <span className="cut">{column.samples.join(" · ")}</span>
        {column.emptyInSample > 0 && (
          <span className="tiny ink3 nowrap">{t("receivables.map.empty", { n: column.emptyInSample })}</span>
        )}
      </td>
      <td>
        <Select
          size="xs"
          clearable
          aria-label={t("receivables.map.meansFor", { column: column.name })}
          placeholder={t("receivables.map.nothing")}
          data={fields.map((field) => ({ value: field, label: t(`receivables.field.${field}`) }))}
          value={means}
          onChange={change}
        />
      </td>
    </tr>
  );
}
