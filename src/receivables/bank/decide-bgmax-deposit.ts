import { isCurrency } from "../../core/currency.ts";
import { parseDay } from "../../core/time.ts";
import {
  type BankEntry,
  type BankFault,
  type BankReference,
  clipReference,
  clipText,
  REFERENCES_MAX,
} from "./contract-statement.ts";
import { wholeMinor } from "./decide-amount.ts";
import { type BgLine, bgFault, columns } from "./decide-bgmax-line.ts";

export type DepositEntry = Omit<BankEntry, "batch"> & {
  readonly batch: { readonly place: number; readonly size: number; readonly totalMinor: bigint };
};
/** What a bankgiro was paid on one day in one currency, and where it went. */
export type Deposit = {
  readonly line: number;
  readonly receiver: string;
  readonly paidInto: string;
  readonly currency: string;
  readonly paidOn: Temporal.PlainDate;
  readonly number: string;
  readonly payments: number;
  readonly deductions: number;
  readonly extraReferences: number;
  readonly tabbedLine: number | undefined;
  readonly entries: readonly DepositEntry[];
};

/** Splits the lines between start and end into deposits (05 … 15) and reads each; sums and counts that differ are faults. */
export function depositsOf(lines: readonly BgLine[], faults: BankFault[]): readonly Deposit[] {
  const deposits: Deposit[] = [];
  let open: BgLine[] = [];
  for (const line of lines) {
    if (line.code === "05" && open.length > 0) faults.push(unclosed(open[0]));
    if (line.code === "05") open = [];
    if (line.code !== "05" && open.length === 0) {
      faults.push(outside(line));
      return deposits;
    }
    open.push(line);
    if (line.code !== "15") continue;
    const deposit = depositOf(open, faults);
    if (deposit !== undefined) deposits.push(deposit);
    open = [];
  }
  if (open.length > 0) faults.push(unclosed(open[0]));
  return deposits;
}

const unclosed = (line: BgLine | undefined): BankFault =>
  bgFault(line, {
    code: "deposit-unclosed",
    column: 1,
    read: line?.text.trim() ?? "",
    message: "the opening record 05 has no deposit record 15: its total cannot be checked",
    fix: "fetch the whole file from the bank again",
  });
const outside = (line: BgLine): BankFault =>
  bgFault(line, {
    code: "record-outside-deposit",
    column: 1,
    read: line.text.trim().slice(0, 40),
    message: `record ${line.code} stands outside a deposit (05 … 15)`,
    fix: "fetch the whole file from the bank again",
  });

function depositOf(lines: readonly BgLine[], faults: BankFault[]): Deposit | undefined {
  const opening = lines[0];
  const closing = lines.at(-1);
  if (opening === undefined || closing === undefined) return undefined;
  const currency = columns(opening, 23, 25).trim() || "SEK";
  const paidOn = parseDay(columns(closing, 38, 45).replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3"));
  if (!paidOn.ok)
    faults.push(
      bgFault(closing, {
        code: "day-unreadable",
        column: 38,
        read: columns(closing, 38, 45),
        message: "the deposit has no day that can be read",
        fix: "fetch the file from the bank again",
      }),
    );
  if (!isCurrency(currency) || columns(closing, 69, 71) !== currency)
    faults.push(
      bgFault(closing, {
        code: "currency-differs",
        column: 69,
        read: columns(closing, 69, 71),
        message: `the deposit was opened in ${currency}`,
        fix: "fetch the file from the bank again",
      }),
    );
  if (!paidOn.ok) return undefined;
  const number = columns(closing, 46, 50).trim();
  const receiver = columns(opening, 3, 12).replace(/^0+/, "");
  const groups = paymentsOf(lines.slice(1, -1), faults);
  const base = { currency, bookedOn: paidOn.value, idStem: `${receiver}/${paidOn.value.toString()}/${number}` };
  const entries = groups.flatMap((group) => entryOf(group, base, faults));
  const totalMinor = entries.reduce((sum, one) => sum + one.amountMinor, 0n);
  if (faults.length === 0) faults.push(...totalFaults(closing, { totalMinor, count: entries.length }));
  return {
    line: opening.line,
    receiver,
    paidInto: columns(closing, 3, 37).trim().replace(/^0+/, ""),
    currency,
    paidOn: paidOn.value,
    number,
    payments: groups.filter(([first]) => first?.code === "20").length,
    deductions: groups.filter(([first]) => first?.code === "21").length,
    extraReferences: lines.filter(({ code }) => code === "22" || code === "23").length,
    tabbedLine: lines.find(({ hadTabs }) => hadTabs)?.line,
    entries: entries.map((one, at) => ({
      ...one,
      place: at + 1,
      batch: { place: at + 1, size: entries.length, totalMinor },
    })),
  };
}

/** TK15 says what was paid in and for how many payments. */
function totalFaults(closing: BgLine, held: { readonly totalMinor: bigint; readonly count: number }): BankFault[] {
  const found: BankFault[] = [];
  const total = wholeMinor(columns(closing, 51, 68));
  if (!total.ok || total.value !== held.totalMinor)
    found.push(
      bgFault(closing, {
        code: "deposit-total-differs",
        column: 51,
        read: columns(closing, 51, 68),
        message: `the payments of the deposit sum to ${held.totalMinor} minor units; record 15 says ${total.ok ? total.value : "nothing readable"}${total.ok ? `, ${total.value - held.totalMinor} more` : ""}`,
        fix: "lines are missing or changed: nothing was taken; fetch the file from the bank again",
      }),
    );
  const count = columns(closing, 72, 79);
  if (!/^\d{8}$/.test(count) || Number(count) !== held.count)
    found.push(
      bgFault(closing, {
        code: "deposit-count-differs",
        column: 72,
        read: count,
        message: `the deposit holds ${held.count} payments and deductions; record 15 counts ${count}`,
        fix: "lines are missing or doubled: nothing was taken; fetch the file from the bank again",
      }),
    );
  return found;
}

/** A payment (20) or deduction (21) with the records that belong to it. */
function paymentsOf(lines: readonly BgLine[], faults: BankFault[]): readonly (readonly BgLine[])[] {
  const groups: BgLine[][] = [];
  for (const line of lines) {
    if (line.code === "20" || line.code === "21") groups.push([line]);
    else if (groups.length === 0) faults.push(outside(line));
    else groups.at(-1)?.push(line);
  }
  return groups;
}

type Base = { readonly currency: string; readonly bookedOn: Temporal.PlainDate; readonly idStem: string };
type RawEntry = Omit<DepositEntry, "batch" | "place">;

function entryOf(group: readonly BgLine[], base: Base, faults: BankFault[]): readonly RawEntry[] {
  const first = group[0];
  if (first === undefined) return [];
  const amount = amountAt(first, faults);
  if (amount === undefined) return [];
  const isDeduction = first.code === "21";
  const texts = group.filter(({ code }) => code === "25").map((line) => columns(line, 3, 52).trim());
  const serial = columns(first, 58, 69).trim();
  const of = (code: string): BgLine | undefined => group.find((line) => line.code === code);
  const names = of("26");
  const organisation = of("29");
  const bankgiro = columns(first, 3, 12).replace(/^0+/, "");
  return [
    {
      line: first.line,
      bookedOn: base.bookedOn,
      valueOn: undefined,
      amountMinor: isDeduction ? -amount : amount,
      currency: base.currency,
      status: "booked",
      isReversal: isDeduction,
      sourceId: `${base.idStem}/${serial}`,
      detailId: undefined,
      references: referencesOf(group, first, faults),
      text: clipText(texts.join(" ")),
      counterparty: {
        name:
          names === undefined
            ? undefined
            : clipText(`${columns(names, 3, 37)} ${columns(names, 38, 72)}`).trim() || undefined,
        account: bankgiro === "" ? undefined : `BG${bankgiro}`,
        orgNumber:
          organisation === undefined ? undefined : columns(organisation, 3, 14).trim().replace(/^0+/, "") || undefined,
      },
      notes: amount === 0n ? [{ code: "zero-amount", line: first.line, read: columns(first, 38, 55) }] : [],
    },
  ];
}

function amountAt(line: BgLine, faults: BankFault[]): bigint | undefined {
  const text = columns(line, 38, 55);
  const minor = /^\d{18}$/.test(text) ? wholeMinor(text) : undefined;
  if (minor?.ok) return minor.value;
  faults.push(
    bgFault(line, {
      code: "amount-unreadable",
      column: 38,
      read: text,
      message: `record ${line.code} has no amount of 18 digits in columns 38 to 55`,
      fix: "the columns were moved on the file's way: fetch it from the bank again",
    }),
  );
  return undefined;
}

/**
 * References of the payment itself and of its extra records. An extra record's amount counts only if the file gives one:
 * zero means that the payer named several invoices for one sum. TK23 is a credit note that was set off.
 */
function referencesOf(group: readonly BgLine[], first: BgLine, faults: BankFault[]): readonly BankReference[] {
  const found: BankReference[] = [];
  const extras = group.filter(({ code }) => code === "22" || code === "23");
  for (const line of [first, ...extras]) {
    const amount = line === first ? 0n : amountAt(line, faults);
    const isSingle = !/[\s,;/]/.test(columns(line, 13, 37).trim());
    const values = columns(line, 13, 37)
      .trim()
      .split(/[\s,;/]+/);
    for (const value of values.filter((one) => one !== ""))
      if (!found.some((one) => one.value === value))
        found.push({
          kind: isSingle ? "ocr" : "invoice",
          value: clipReference(value),
          ...(amount !== undefined && amount !== 0n && { amountMinor: line.code === "23" ? -amount : amount }),
        });
  }
  return found.slice(0, REFERENCES_MAX);
}
