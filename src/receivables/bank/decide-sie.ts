import { ok, refuse, type Result } from "../../core/result.ts";
import { parseDay } from "../../core/time.ts";
import { type BankFault, type BankFile, clipText, type LedgerCheck } from "./contract-statement.ts";
import { minorOf } from "./decide-amount.ts";

/** The account of customers' debts in the Swedish chart (BAS). */
export const RECEIVABLES_ACCOUNT = "1510";
const LINES_MAX = 2_000_000;
const UNBALANCED_SHOWN_MAX = 50;

type Voucher = { readonly line: number; readonly text: string; sum: bigint };
type Sums = {
  opening: bigint | undefined;
  closing: bigint | undefined;
  moved: bigint;
  vouchers: number;
  unbalanced: LedgerCheck["unbalanced"][number][];
  open: Voucher | undefined;
  type: string | undefined;
  company: string;
  currency: string;
  from: Temporal.PlainDate | undefined;
  to: Temporal.PlainDate | undefined;
};

/**
 * Reads SIE 1 to 4 (and 4I): vouchers and balances of account 1510. It has no due dates and no open items, so it only tells
 * what the ledger's total should be. Source: the SIE group's format as the samples use it.
 */
export function readSie(text: string, encoding: string): Result<BankFile, readonly BankFault[]> {
  const lines = text.split(/\r\n|\n|\r/);
  const faults: BankFault[] = [];
  const first = lines.findIndex((line) => line.trim() !== "");
  if (lines.length > LINES_MAX || first < 0 || !/^#FLAGGA\b/i.test(lines[first]?.trim() ?? ""))
    return refuse([
      {
        code: "not-sie",
        line: first + 1,
        read: lines[first]?.trim().slice(0, 80) ?? "",
        message: "an SIE file begins with #FLAGGA",
        fix: "export SIE type 4 from the accounting system again",
      },
    ]);
  const sums: Sums = {
    opening: undefined,
    closing: undefined,
    moved: 0n,
    vouchers: 0,
    unbalanced: [],
    open: undefined,
    type: undefined,
    company: "",
    currency: "SEK",
    from: undefined,
    to: undefined,
  };
  for (const [index, line] of lines.entries()) takeLine(line, index + 1, { sums, faults });
  if (sums.open !== undefined)
    faults.push({
      code: "voucher-unclosed",
      line: sums.open.line,
      read: sums.open.text,
      message: "the voucher has no closing bracket: the file was cut",
      fix: "export the file from the accounting system again",
    });
  if (faults.length > 0) return refuse(faults);
  return ok({
    format: "sie",
    version: sums.type,
    encoding,
    statements: [],
    ledgerCheck: {
      account: RECEIVABLES_ACCOUNT,
      company: sums.company,
      currency: sums.currency,
      openingMinor: sums.opening,
      movedMinor: sums.moved,
      closingMinor: sums.closing,
      from: sums.from,
      to: sums.to,
      vouchers: sums.vouchers,
      unbalanced: sums.unbalanced,
    },
  });
}

type Taking = { readonly sums: Sums; readonly faults: BankFault[] };
function takeLine(line: string, at: number, { sums, faults }: Taking): void {
  const trimmed = line.trim();
  if (trimmed === "}") return closeVoucher(sums);
  if (!trimmed.startsWith("#")) return;
  const [label = "", ...fields] = sieFields(trimmed);
  switch (label.toUpperCase()) {
    case "#SIETYP":
      sums.type = fields[0];
      return;
    case "#FNAMN":
      sums.company = clipText(fields[0] ?? "");
      return;
    case "#VALUTA":
      sums.currency = fields[0] ?? "SEK";
      return;
    case "#RAR":
      if (fields[0] === "0") Object.assign(sums, { from: sieDay(fields[1]), to: sieDay(fields[2]) });
      return;
    case "#IB":
    case "#UB":
      if (fields[0] === "0" && fields[1] === RECEIVABLES_ACCOUNT)
        sums[label.toUpperCase() === "#IB" ? "opening" : "closing"] = amountAt(fields[2], { at, faults, trimmed });
      return;
    case "#VER":
      sums.vouchers += 1;
      sums.open = { line: at, text: clipText([fields[0], fields[1], fields[3]].filter(Boolean).join(" ")), sum: 0n };
      return;
    case "#TRANS": {
      const minor = amountAt(fields[2], { at, faults, trimmed }) ?? 0n;
      if (sums.open !== undefined) sums.open.sum += minor;
      if (fields[0] === RECEIVABLES_ACCOUNT) sums.moved += minor;
      return;
    }
    default:
  }
}

function closeVoucher(sums: Sums): void {
  const closed = sums.open;
  sums.open = undefined;
  if (closed === undefined || closed.sum === 0n || sums.unbalanced.length >= UNBALANCED_SHOWN_MAX) return;
  sums.unbalanced.push({ line: closed.line, text: closed.text, differenceMinor: closed.sum });
}

type AmountAt = { readonly at: number; readonly faults: BankFault[]; readonly trimmed: string };
function amountAt(text: string | undefined, { at, faults, trimmed }: AmountAt): bigint | undefined {
  const minor = minorOf(text ?? "", "SEK");
  if (minor.ok) return minor.value;
  faults.push({
    code: "amount-unreadable",
    line: at,
    read: trimmed.slice(0, 80),
    message: minor.error,
    fix: "export the file from the accounting system again",
  });
  return undefined;
}

const sieDay = (text: string | undefined): Temporal.PlainDate | undefined => {
  const day = parseDay((text ?? "").replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3"));
  return day.ok ? day.value : undefined;
};

/** Fields between blanks: plain, "in quotation marks" with \" inside, or {an object list}. */
const sieFields = (line: string): readonly string[] =>
  [...line.matchAll(/"((?:[^"\\]|\\.)*)"|\{([^}]*)\}|(\S+)/g)].map(([, quoted, list, plain]) =>
    quoted === undefined ? (list ?? plain ?? "") : quoted.replaceAll(/\\(.)/g, "$1"),
  );
