import type { CurrencyTotal, ImportTotals, RowProblem } from "./contract-import.ts";
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

export function totalsKeeper(): TotalsKeeper {
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
      // A credit note in an invoice file lowers the sum, as it does in the ledger it comes from.
      sum.amount +=
        fact.kind === "payment" && fact.paymentKind === "credit-note" ? -fact.amountMinor : fact.amountMinor;
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

function total(currency: string, { rows, amount, paid }: Sum): CurrencyTotal {
  const json = (minor: bigint) => ({ minor: minor.toString(), currency });
  return { currency, rows, amount: json(amount), paid: json(paid), open: json(amount - paid) };
}
