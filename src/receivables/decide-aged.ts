import type { AgedRowWire } from "./contract-statement.ts";

/** Ageing of one customer, account or portfolio in one currency, as `loadAged` gives it. */
export type Aged = {
  readonly customer_id: string;
  readonly currency: string;
  readonly oldest: Temporal.PlainDate | null;
  /** Customers in it. */
  readonly members: number;
} & Readonly<Record<(typeof SUMS)[number], bigint>>;
const SUMS = [
  ...(["b0", "b1", "b2", "b3", "b4", "b5", "u0", "u1", "u2", "u3", "u4"] as const),
  ...(["claims", "disputed", "deposits", "invoices", "overdue_invoices"] as const),
] as const;
type Addable = Omit<Aged, "members">;

/** Adds up rows of one currency; nothing gives zeros. */
export function sumAged(rows: readonly Addable[]): Aged {
  const sums = Object.fromEntries(
    SUMS.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0n)]),
  ) as Readonly<Record<(typeof SUMS)[number], bigint>>;
  const oldest = firstDay(rows.map((row) => row.oldest));
  const [first] = rows;
  return {
    ...sums,
    customer_id: first?.customer_id ?? "",
    currency: first?.currency ?? "",
    oldest,
    members: rows.length,
  };
}

/** The earliest of some days; null of none. One pass: ten thousand days are compared, not sorted. */
export const firstDay = (days: readonly (Temporal.PlainDate | null)[]): Temporal.PlainDate | null =>
  days.reduce(
    (first, day) => (day !== null && (first === null || Temporal.PlainDate.compare(day, first) < 0) ? day : first),
    null,
  );

export const overdueMinor = (row: Addable): bigint => row.b1 + row.b2 + row.b3 + row.b4 + row.b5;
export const outstandingMinor = (row: Addable): bigint => row.b0 + overdueMinor(row);
export const over90Minor = (row: Addable): bigint => row.b4 + row.b5;
export const unappliedMinor = (row: Addable): bigint => row.u0 + row.u1 + row.u2 + row.u3 + row.u4;

type Named = {
  readonly names: ReadonlyMap<string, { readonly name: string; readonly isLedgerOnly: boolean }>;
  readonly payer: string | undefined;
};

/** A row as the page shows it. A customer without a known name shows its id. */
export function agedWire(row: Aged, { names, payer }: Named): AgedRowWire {
  const { currency } = row;
  const json = (minor: bigint) => ({ minor: minor.toString(), currency });
  return {
    customerId: row.customer_id,
    name: names.get(row.customer_id)?.name ?? row.customer_id,
    isLedgerOnly: names.get(row.customer_id)?.isLedgerOnly ?? false,
    currency,
    buckets: {
      notDue: json(row.b0),
      d1to30: json(row.b1),
      d31to60: json(row.b2),
      d61to90: json(row.b3),
      d91to120: json(row.b4),
      over120: json(row.b5),
    },
    outstanding: json(outstandingMinor(row)),
    overdue: json(overdueMinor(row)),
    disputed: json(row.disputed),
    unapplied: json(unappliedMinor(row)),
    unappliedAges: [row.u0, row.u1, row.u2, row.u3, row.u4].map(json),
    deposits: json(row.deposits),
    claims: json(row.claims),
    over90: json(over90Minor(row)),
    openInvoices: Number(row.invoices),
    overdueInvoices: Number(row.overdue_invoices),
    oldestDueDate: row.oldest?.toString() ?? null,
    payer: payer === undefined ? null : { customerId: payer, name: names.get(payer)?.name ?? payer },
    members: row.members,
  };
}
