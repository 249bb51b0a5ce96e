import { isCurrency } from "../core/currency.ts";
import type { ImportMapping, RowProblem } from "./contract-import.ts";
import { bareAmount, parseAmount } from "./decide-amounts.ts";
import type { Fact } from "./decide-cells.ts";
import { contentHash } from "./decide-repeats.ts";
import { type Reading, type RowReader, TOTAL_ROW } from "./decide-rows.ts";

/** Rows that do not stand one each: several lines an invoice (Xero), or headings and sub-totals between them (QuickBooks). */
export type LaidOut = Reading;
export type LayoutReader = {
  readonly read: (line: number, cells: readonly string[]) => readonly LaidOut[];
  readonly end: () => readonly LaidOut[];
  /** The last line of which everything was given out; undefined = all of `lastLine`. */
  readonly openFrom: (lastLine: number) => number | undefined;
};
export type LayoutOptions = {
  readonly columns: readonly string[];
  readonly mapping: ImportMapping;
  readonly read: RowReader;
};

/** undefined where every row stands for itself. */
export function layoutReader(options: LayoutOptions): LayoutReader | undefined {
  if (options.mapping.layout === "lines") return linesReader(options);
  return options.mapping.layout === "groups" ? groupsReader(options) : undefined;
}

const keyOf = (fact: Fact): string => `${fact.kind} ${fact.customerId} ${fact.number}`;
type Pending = {
  readonly key: string;
  readonly reading: Reading;
  readonly content: number;
  readonly line: number;
  differs: number;
};

/** Lines of one invoice stand together and repeat its totals: they are one invoice, and must agree. */
function linesReader({ mapping, read }: LayoutOptions): LayoutReader {
  let pending: Pending | undefined;
  const flush = (): readonly LaidOut[] => {
    if (pending === undefined) return [];
    const { reading, differs, line } = pending;
    const value = reading.fact?.number ?? "";
    pending = undefined;
    if (differs === 0) return [reading];
    const fix = `the lines of one invoice repeat its dates and totals; line ${differs} says something else than line ${line}`;
    const column = mapping.columns.invoiceNumber ?? null;
    return [
      { fact: undefined, problems: [{ line: differs, column, value, code: "lines-differ", fix, severity: "refused" }] },
    ];
  };
  return {
    read(line, cells) {
      const reading = read(line, cells);
      if (reading.fact === undefined) return [...flush(), reading];
      const key = keyOf(reading.fact);
      const content = contentHash(reading.fact);
      if (pending?.key === key) {
        if (content !== pending.content && pending.differs === 0) pending.differs = line;
        return [];
      }
      const done = flush();
      pending = { key, reading, content, line, differs: 0 };
      return done;
    },
    end: flush,
    openFrom: () => (pending === undefined ? undefined : pending.line - 1),
  };
}

type Group = { readonly label: string; sum: bigint; isWhole: boolean };
const BAND = /^(current|not due|\d+\s*[-–]\s*\d+|\d+ and over|> ?\d+|over \d+|\d+ or more)/i;

/**
 * A report with headings: a heading has one cell, a sub-total begins with "Total". What a total states must be the sum of the
 * rows above it, or rows are missing from the file.
 */
function groupsReader({ columns, mapping, read }: LayoutOptions): LayoutReader {
  const at = columns.indexOf(mapping.columns.openAmount ?? mapping.columns.amount ?? "");
  const customerAt = columns.indexOf(mapping.columns.customerName ?? "");
  const whole: Group = { label: "", sum: 0n, isWhole: true };
  const open: Group[] = [];
  const currencies = new Set<string>();

  const add = ({ fact, problems }: Reading): void => {
    const isRefused = problems.some(({ severity }) => severity === "refused");
    if (fact !== undefined) currencies.add(fact.currency);
    for (const group of [whole, ...open]) {
      if (isRefused) group.isWhole = false;
      if (fact !== undefined) group.sum += openOf(fact);
    }
  };
  const total = (line: number, label: string, cells: readonly string[]): LaidOut => {
    const place = open.findLastIndex((group) => label.toLowerCase().endsWith(group.label.toLowerCase()));
    const group = place < 0 ? whole : (open[place] ?? whole);
    if (place >= 0) open.length = place;
    const stated = statedTotal(cells[at] ?? "", { mapping, currencies });
    const differs = group.isWhole && stated !== undefined && stated !== group.sum;
    return {
      fact: undefined,
      problems: [differs ? totalDiffers(line, label, cells[at] ?? "") : totalRow(line, label)],
    };
  };
  return {
    read(line, given) {
      const cells =
        columns.length > given.length
          ? [...given, ...Array.from({ length: columns.length - given.length }, () => "")]
          : given;
      const filled = cells.filter((cell) => cell.trim() !== "");
      const label = filled[0]?.trim() ?? "";
      if (label === "") return [];
      if (TOTAL_ROW.test(label)) return [total(line, label, cells)];
      if (filled.length === 1) {
        open.push({ label, sum: 0n, isWhole: true });
        return [];
      }
      const named = nameFromHeading(cells, customerAt, open.at(-1)?.label);
      const reading = read(line, named);
      add(reading);
      return [reading];
    },
    end: () => [],
    openFrom: () => undefined,
  };
}

/** Where rows stand under the customer's name, the heading is the customer. */
function nameFromHeading(cells: readonly string[], customerAt: number, heading: string | undefined): readonly string[] {
  if (customerAt < 0 || heading === undefined || BAND.test(heading) || cells[customerAt]?.trim() !== "") return cells;
  return cells.with(customerAt, heading);
}

const openOf = (fact: Fact): bigint =>
  fact.kind === "invoice" ? fact.amountMinor - (fact.paidMinor ?? 0n) : -fact.amountMinor;

type StatedOptions = { readonly mapping: ImportMapping; readonly currencies: ReadonlySet<string> };
function statedTotal(text: string, { mapping, currencies }: StatedOptions): bigint | undefined {
  const [currency] = currencies;
  if (text.trim() === "" || currencies.size !== 1 || currency === undefined || !isCurrency(currency)) return undefined;
  const amount = parseAmount(bareAmount(text.trim()).number, mapping.numberStyle, currency);
  return amount.ok ? amount.value : undefined;
}

const totalRow = (line: number, label: string): RowProblem => ({
  line,
  column: null,
  value: label.slice(0, 200),
  code: "total-row",
  fix: "left out: it is not a row of its own",
  severity: "noted",
});
const totalDiffers = (line: number, label: string, amount: string): RowProblem => ({
  line,
  column: null,
  value: `${label} ${amount}`.slice(0, 200),
  code: "total-differs",
  fix: "this total is not the sum of the rows above it: rows are missing from the file, or were changed; export it again",
  severity: "refused",
});
