import type { CustomerId } from "../core/ids.ts";
import type { CustomerSummary } from "../customers/contract.ts";
import type { Tx } from "../store/contract.ts";
import type { AgedRowWire, AgeBy, AGED_ONLY, AGED_SORTS, OverviewWire } from "./contract-statement.ts";
import { measuresOf, SALES_DAYS, SALES_MONTHS } from "./decide-overview.ts";
import type { JudgedPromise } from "./decide-measures.ts";
import { type AgedRow, ledgerVersion, loadAged, loadLinks, loadSales, type SalesRow } from "./store-aged.ts";
import { loadLedgerCustomers } from "./store.ts";
import { agedWire, sumAged, type Aged } from "./decide-aged.ts";

export type OverviewDeps = {
  readonly customersByIds: (tx: Tx, ids: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, CustomerSummary>>;
  /** Promises that were due by a day, from collections; absent until it is wired: then the measure is unknown. */
  readonly judgedPromises?:
    | ((tx: Tx, asOf: Temporal.PlainDate) => Promise<readonly (JudgedPromise & { readonly currency: string })[]>)
    | undefined;
};

export type Names = ReadonlyMap<string, { readonly name: string; readonly isLedgerOnly: boolean }>;
/** Names of customers, of the ledger or of Partner Center. */
export async function namesOf(tx: Tx, deps: OverviewDeps, ids: readonly string[]): Promise<Names> {
  const known = await deps.customersByIds(tx, ids as readonly CustomerId[]);
  const rest = ids.filter((id) => !known.has(id as CustomerId)) as CustomerId[];
  const own = rest.length === 0 ? [] : await loadLedgerCustomers(tx, rest);
  const names = new Map<string, { readonly name: string; readonly isLedgerOnly: boolean }>();
  for (const [id, { name }] of known) names.set(id, { name, isLedgerOnly: false });
  for (const { customerId, name } of own) names.set(customerId, { name, isLedgerOnly: true });
  return names;
}

/** The last few answers, each for a state of the ledger: any change asks anew. */
function remembering<A, R>(load: (tx: Tx, ask: A) => Promise<R>, max: number): (tx: Tx, ask: A) => Promise<R> {
  const kept = new Map<string, Promise<R>>();
  return async (tx, ask) => {
    const key = `${await ledgerVersion(tx)} ${JSON.stringify(ask)}`;
    const found = kept.get(key);
    if (found !== undefined) return found;
    const made = load(tx, ask);
    kept.set(key, made);
    made.catch(() => kept.delete(key));
    for (const old of kept.keys()) if (kept.size > max) kept.delete(old);
    return made;
  };
}
const ANSWERS_KEPT = 6;
const agedOn = remembering<{ asOf: Temporal.PlainDate; by: AgeBy }, readonly AgedRow[]>(loadAged, ANSWERS_KEPT);
const salesUpTo = remembering<{ after: Temporal.PlainDate; upTo: Temporal.PlainDate }, readonly SalesRow[]>(
  loadSales,
  ANSWERS_KEPT,
);

export type AgedAsk = {
  readonly asOf: Temporal.PlainDate;
  readonly by: AgeBy;
  readonly per: "customer" | "account";
  readonly q?: string | undefined;
  readonly currency?: string | undefined;
  readonly only?: (typeof AGED_ONLY)[number] | undefined;
  readonly sort: (typeof AGED_SORTS)[number];
  readonly direction: "asc" | "desc";
};

const ONLY: Readonly<Record<(typeof AGED_ONLY)[number], (row: Aged) => boolean>> = {
  overdue: (row) => overdueOf(row) > 0n,
  over90: (row) => row.b4 + row.b5 > 0n,
  disputed: (row) => row.disputed > 0n,
  unapplied: (row) => row.u0 + row.u1 + row.u2 + row.u3 + row.u4 !== 0n,
  claims: (row) => row.claims > 0n,
};
const overdueOf = (row: Aged): bigint => row.b1 + row.b2 + row.b3 + row.b4 + row.b5;
const RANK: Readonly<Record<Exclude<AgedAsk["sort"], "name" | "oldest">, (row: Aged) => bigint>> = {
  outstanding: (row) => row.b0 + overdueOf(row),
  overdue: overdueOf,
  over90: (row) => row.b4 + row.b5,
  unapplied: (row) => row.u0 + row.u1 + row.u2 + row.u3 + row.u4,
};

/** Ageing per customer, or per account, filtered and sorted. Amounts of different currencies are sorted as they are. */
export async function agedRows(tx: Tx, deps: OverviewDeps, ask: AgedAsk) {
  const rows = await agedOn(tx, { asOf: ask.asOf, by: ask.by });
  const payers = await loadLinks(tx, ask.asOf);
  const units = ask.per === "account" ? perAccount(rows, payers) : rows.map((row): Aged => ({ ...row, members: 1 }));
  const only = ask.only === undefined ? undefined : ONLY[ask.only];
  const shown = units.filter(
    (row) => (ask.currency === undefined || row.currency === ask.currency) && (only === undefined || only(row)),
  );
  const words = (ask.q ?? "").toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const needsNames = words.length > 0 || ask.sort === "name";
  const all = needsNames ? await namesOf(tx, deps, [...new Set(shown.map((row) => row.customer_id))]) : undefined;
  const nameOf = (row: Aged): string => all?.get(row.customer_id)?.name ?? "";
  const found =
    words.length === 0
      ? shown
      : shown.filter((row) =>
          words.every((word) => `${nameOf(row)} ${row.customer_id}`.toLocaleLowerCase().includes(word)),
        );
  const sign = ask.direction === "desc" ? -1 : 1;
  const collator = new Intl.Collator("sv");
  const order = (a: Aged, b: Aged): number => {
    if (ask.sort === "name") return collator.compare(nameOf(a), nameOf(b));
    if (ask.sort === "oldest") return compareDays(a.oldest, b.oldest);
    const difference = RANK[ask.sort](a) - RANK[ask.sort](b);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  };
  const sorted = found.toSorted((a, b) => sign * order(a, b) || (a.customer_id < b.customer_id ? -1 : 1));
  return {
    total: sorted.length,
    /** A stretch of the rows as the page shows them, with names. */
    slice: async (from: number, to: number): Promise<AgedRowWire[]> => {
      const part = sorted.slice(from, to);
      const ids = part.flatMap((row) => [row.customer_id, payers.get(row.customer_id) ?? row.customer_id]);
      const names = await namesOf(tx, deps, [...new Set(ids)]);
      return part.map((row) => agedWire(row, { names, payer: payers.get(row.customer_id) }));
    },
  };
}

/** No date is last, whichever way. */
const compareDays = (a: Temporal.PlainDate | null, b: Temporal.PlainDate | null): number =>
  a === null ? (b === null ? 0 : 1) : b === null ? -1 : Temporal.PlainDate.compare(a, b);

function perAccount(rows: readonly AgedRow[], payers: ReadonlyMap<string, string>): readonly Aged[] {
  const groups = Map.groupBy(rows, (row) => `${payers.get(row.customer_id) ?? row.customer_id} ${row.currency}`);
  return [...groups].map(([key, of]) => ({ ...sumAged(of), customer_id: key.slice(0, 36), members: of.length }));
}

/** The portfolio's ageing and measures, one block a currency, the largest first. */
export async function overviewOf(
  tx: Tx,
  deps: OverviewDeps,
  { asOf, by }: { readonly asOf: Temporal.PlainDate; readonly by: AgeBy },
): Promise<OverviewWire> {
  const begin = asOf.subtract({ days: SALES_DAYS });
  const firstMonth = asOf
    .with({ day: 1 })
    .subtract({ months: SALES_MONTHS - 1 })
    .subtract({ days: 1 });
  // Of a pool they run side by side; within a transaction one after the other.
  const [rows, due, before, months, period, promises] = await Promise.all([
    agedOn(tx, { asOf, by }),
    agedOn(tx, { asOf, by: "due" }),
    agedOn(tx, { asOf: begin, by: "due" }),
    salesUpTo(tx, { after: firstMonth, upTo: asOf }),
    salesUpTo(tx, { after: begin, upTo: asOf }),
    deps.judgedPromises?.(tx, asOf),
  ]);
  const of = (all: readonly AgedRow[], currency: string): Aged =>
    sumAged(all.filter((row) => row.currency === currency));
  const currencies = [...new Set([...rows, ...before].map(({ currency }) => currency))];
  return {
    asOf: asOf.toString(),
    by,
    days: SALES_DAYS,
    customers: new Set(rows.map((row) => row.customer_id)).size,
    currencies: currencies
      .map((currency) => {
        const shown = agedWire({ ...of(rows, currency), currency }, { names: new Map(), payer: undefined });
        const measures = measuresOf({
          asOf,
          currency,
          now: of(due, currency),
          begin: of(before, currency),
          sales: sumOf(period, currency),
          months: months.filter((row) => row.currency === currency),
          promises: promises?.filter((one) => one.currency === currency),
        });
        return { ageing: shown, claims: shown.claims, unappliedAges: shown.unappliedAges, measures: [...measures] };
      })
      .sort((a, b) => b.ageing.openInvoices - a.ageing.openInvoices),
  };
}
const sumOf = (rows: readonly SalesRow[], currency: string): bigint =>
  rows.reduce((sum, row) => (row.currency === currency ? sum + row.sales : sum), 0n);
