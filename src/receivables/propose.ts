import type { Currency } from "../core/currency.ts";
import { isCurrency } from "../core/currency.ts";
import {
  AMOUNT_FIELDS,
  type ColumnWire,
  DATE_FIELDS,
  type DateOrder,
  IMPORT_FIELDS,
  type ImportField,
  type ImportKind,
  type ImportMapping,
} from "./contract-import.ts";
import { bareAmount, currenciesOfSign, proposeNumberStyle } from "./decide-amounts.ts";
import { possibleDateOrders } from "./decide-dates.ts";
import { type FormId, recogniseForm } from "./decide-forms.ts";
import { proposeColumns, proposeKind } from "./decide-mapping.ts";
import type { Inspection } from "./read-file.ts";

export type Proposal = {
  readonly kind: ImportKind;
  readonly columns: readonly ColumnWire[];
  readonly mapping: ImportMapping;
  readonly dateOrders: readonly DateOrder[];
  /** The export it was recognised as. */
  readonly form: FormId | null;
};
const SAMPLES_SHOWN = 3;
const SAMPLES_JUDGED = 200;

/** Proposes how to read a file that was recognised: what each column means, the order of dates, the number style, the currency. */
export function proposeMapping(
  inspection: Inspection,
  wanted: { readonly kind?: ImportKind | undefined; readonly currency: Currency | null },
): Proposal {
  const { columns: names, sample, format } = inspection;
  const cellsOf = (name: string): readonly string[] => {
    const at = names.indexOf(name);
    return sample.map(({ cells }) => cells[at]?.trim() ?? "").filter((cell) => cell !== "");
  };
  const recognised = wanted.kind === undefined || wanted.kind === "invoices" ? recogniseForm(names) : undefined;
  const kind = wanted.kind ?? (recognised === undefined ? proposeKind(names) : "invoices");
  const judged = names.map((name) => ({ name, samples: cellsOf(name).slice(0, SAMPLES_JUDGED) }));
  const columns = recognised?.columns ?? proposeColumns(kind, judged);
  const cellsFor = (fields: readonly ImportField[]): readonly string[] =>
    fields.flatMap((field) => (columns[field] === undefined ? [] : cellsOf(columns[field])));
  const dateOrders = possibleDateOrders(
    cellsFor(DATE_FIELDS.filter((field) => (IMPORT_FIELDS[kind] as readonly string[]).includes(field))),
  );
  const amounts = cellsFor(AMOUNT_FIELDS);
  const bySign = currenciesOfSign(amounts);
  // The desk's own currency is no answer where the amounts carry the sign of another.
  const desk = bySign === undefined || bySign.includes(wanted.currency ?? "") ? wanted.currency : soleCurrency(bySign);
  const beside = amounts.map((amount) => bareAmount(amount).currency).find((code) => code !== undefined);
  const fieldOf = new Map(Object.entries(columns).map(([field, name]) => [name, field as ImportField]));
  return {
    kind,
    columns: judged.map(({ name, samples }) => ({
      name: name.slice(0, 200),
      samples: [...new Set(samples)].slice(0, SAMPLES_SHOWN).map((one) => one.slice(0, 80)),
      emptyInSample: sample.length - cellsOf(name).length,
      proposed: fieldOf.get(name) ?? null,
    })),
    dateOrders,
    form: recognised?.form ?? null,
    mapping: {
      columns,
      dateOrder: dateOrders.length === 1 ? (dateOrders[0] ?? null) : null,
      numberStyle:
        format.kind === "csv"
          ? proposeNumberStyle(amounts.slice(0, 2_000), format.delimiter)
          : { decimal: ".", group: "" },
      currency: currencyInNames(columns.amount) ?? (beside !== undefined && isCurrency(beside) ? beside : desk),
      system: "file",
      unknownCustomers: "refuse",
      termsDays: null,
      balanceDay: null,
      allocation: "named-then-oldest",
      layout: "row",
      missing: "keep",
      ...recognised?.mapping,
    },
  };
}

const soleCurrency = (codes: readonly string[]): Currency | null => {
  const [only] = codes;
  return codes.length === 1 && only !== undefined && isCurrency(only) ? only : null;
};

/** The code in `Amount (EUR)` or `Belopp SEK`. */
function currencyInNames(name: string | undefined): Currency | undefined {
  const code = /(?:\(|[\s_-])([A-Z]{3})\)?$/.exec(name ?? "")?.[1];
  return code !== undefined && isCurrency(code) ? code : undefined;
}
