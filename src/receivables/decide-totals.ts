import type { CurrencyTotal, ImportKind, ImportTotals, RowProblem, TieWire } from "./contract-import.ts";
import type { Fact } from "./decide-cells.ts";

type Sum = { rows: number; amount: bigint; paid: bigint };
type Effect = { new: number; changed: number; same: number };

/** Adds up a file while it is read: the control totals a person compares with the ledger. */
export type TotalsKeeper = {
  readonly add: (fact: Fact) => void;
  /** A row that is not taken, for one or more reasons; or one that is, with remarks. */
  readonly note: (problems: readonly RowProblem[]) => void;
  readonly totals: (customers: ImportTotals["customers"], effect: Effect | null) => ImportTotals;
  readonly rowsRefused: () => number;
};

export function totalsKeeper(kind: ImportKind): TotalsKeeper {
  const sums = new Map<string, Sum>();
  let rowsGood = 0;
  let rowsRefused = 0;
  let rowsNoted = 0;
  let firstDay: string | null = null;
  let lastDay: string | null = null;
  const seen = (day: string): void => {
    if (firstDay === null || day < firstDay) firstDay = day;
    if (lastDay === null || day > lastDay) lastDay = day;
  };
  return {
    add(fact) {
      rowsGood += 1;
      let sum = sums.get(fact.currency);
      if (sum === undefined) sums.set(fact.currency, (sum = { rows: 0, amount: 0n, paid: 0n }));
      sum.rows += 1;
      // Credit notes and receipts in an invoice file lower the sum, as they do in the ledger it comes from.
      const lowers = fact.kind === "payment" && (kind === "invoices" || fact.paymentKind === "credit-note");
      sum.amount += lowers ? -fact.amountMinor : fact.amountMinor;
      if (fact.kind === "invoice") sum.paid += fact.paidMinor ?? 0n;
      seen(fact.kind === "invoice" ? fact.issueDate : fact.kind === "payment" ? fact.valueDate : fact.day);
    },
    note(problems) {
      if (problems.some(({ severity }) => severity === "refused")) rowsRefused += 1;
      else rowsNoted += 1;
    },
    rowsRefused: () => rowsRefused,
    totals: (customers, effect) => ({
      rows: rowsGood + rowsRefused,
      rowsGood,
      rowsRefused,
      rowsNoted,
      customers,
      effect,
      firstDay,
      lastDay,
      currencies: [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, sum]) => total(currency, sum)),
    }),
  };
}

/** Whether what the file lists as open is what the ledger of its system has open, currency by currency. */
export function tieOf(
  totals: Pick<ImportTotals, "currencies">,
  ledger: ReadonlyMap<string, bigint>,
): readonly TieWire[] {
  const file = new Map(totals.currencies.map(({ currency, open }) => [currency, BigInt(open.minor)]));
  const json = (currency: string, minor: bigint) => ({ minor: minor.toString(), currency });
  return [...new Set([...file.keys(), ...ledger.keys()])].sort().map((currency) => {
    const [inFile, inLedger] = [file.get(currency) ?? 0n, ledger.get(currency) ?? 0n];
    return { currency, file: json(currency, inFile), ledger: json(currency, inLedger), ties: inFile === inLedger };
  });
}

function total(currency: string, { rows, amount, paid }: Sum): CurrencyTotal {
  const json = (minor: bigint) => ({ minor: minor.toString(), currency });
  return { currency, rows, amount: json(amount), paid: json(paid), open: json(amount - paid) };
}
