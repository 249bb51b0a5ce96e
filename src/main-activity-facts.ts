import type { PortfolioFacts } from "./activity/contract-detector.ts";
import { isCurrency } from "./core/currency.ts";
import { parseDecimal } from "./core/decimal.ts";
import type { CustomerId } from "./core/ids.ts";
import { type Money, moneyFromDecimal, scale } from "./core/money.ts";
import { dayOf } from "./core/time.ts";
import * as customers from "./customers/service.ts";
import { type CustomerAge, loadAges, resellerTenants } from "./customers/store-risk.ts";
import { depositsHeld, everPaid } from "./receivables/store-first.ts";
import { customersWithLedger, openReceivables } from "./receivables/service.ts";
import { unbilledUsage } from "./spending/service.ts";
import { loadDaysOf } from "./spending/store-usage.ts";
import type { Tx } from "./store/contract.ts";

/** The days before today whose middle is what a customer usually spends, and how many there must be to say so. */
const USUAL_DAYS = 14;
const USUAL_DAYS_MIN = 5;

type DayRow =
  Awaited<ReturnType<typeof loadDaysOf>> extends ReadonlyMap<CustomerId, readonly (infer Row)[]> ? Row : never;

/** What other slices know of customers, for detectors. What they do not know is left out, never zero. */
export function portfolioFactsWith(deps: {
  readonly ownTenant: (tx: Tx) => Promise<string | undefined>;
  readonly zone: () => string;
}) {
  return async (
    tx: Tx,
    ids: readonly CustomerId[],
    now: Temporal.Instant,
  ): Promise<ReadonlyMap<CustomerId, PortfolioFacts>> => {
    if (ids.length === 0) return new Map();
    const today = dayOf(now, deps.zone());
    const ages = await loadAges(tx, ids);
    const own = await deps.ownTenant(tx);
    const ourTenants = new Set([...(await resellerTenants(tx)), ...(own === undefined ? [] : [own.toLowerCase()])]);
    const withLedger = await customersWithLedger(tx, ids);
    const open = Map.groupBy(await openReceivables(tx, today, ids), (row) => row.customerId);
    const paid = await everPaid(tx, ids);
    const deposits = Map.groupBy(await depositsHeld(tx, ids, today), (row) => row.customerId);
    const days = await loadDaysOf(tx, ids, USUAL_DAYS + 1);
    const unbilled = await unbilledUsage(tx, {
      asOf: today,
      customerIds: ids,
      billedThrough: customers.billedThrough,
    });
    const used = Map.groupBy(unbilled, (row) => row.customerId);
    return new Map(
      ids.map((id): readonly [CustomerId, PortfolioFacts] => {
        const age = ages.get(id);
        const [deposit] = deposits.get(id) ?? [];
        return [
          id,
          {
            customer: id,
            ourTenants,
            ...ageFacts(age),
            ...(withLedger.has(id) && { overdueSince: oldestDue(open.get(id) ?? []), hasPaidBefore: paid.has(id) }),
            ...(deposit && { deposit: { minor: deposit.amountMinor, currency: deposit.currency } }),
            ...spendFacts(days.get(id) ?? [], dayOf(now, "UTC")),
            ...unpaidFacts(used.get(id) ?? [], withLedger.has(id) ? (open.get(id) ?? []) : undefined),
          },
        ];
      }),
    );
  };
}

const ageFacts = (age: CustomerAge | undefined) => ({
  subscriptionSince: age?.subscriptionSince ?? new Map<string, Temporal.Instant>(),
  ...(age?.since && { customerSince: age.since }),
  ...(age?.domains && { verifiedDomains: age.domains }),
});

type Owed = { readonly currency: string; readonly outstandingMinor: bigint };

/** Use that is not billed yet and invoices that are not paid, in the one currency that both have; otherwise it is not known. */
function unpaidFacts(
  used: readonly { readonly amount: Money | undefined }[],
  owed: readonly Owed[] | undefined,
): Pick<PortfolioFacts, "unpaidSpend"> {
  const [first, ...others] = used;
  const amount = first?.amount;
  if (amount === undefined || others.length > 0 || owed === undefined) return {};
  if (owed.some(({ currency }) => currency !== amount.currency)) return {};
  const billed = owed.reduce((sum, { outstandingMinor }) => sum + outstandingMinor, 0n);
  return { unpaidSpend: { minor: amount.minor + billed, currency: amount.currency } };
}

const oldestDue = (
  rows: readonly { readonly overdueMinor: bigint; readonly oldestDueDate: Temporal.PlainDate | null }[],
): Temporal.PlainDate | null =>
  rows
    .filter((row) => row.overdueMinor > 0n)
    .flatMap((row) => (row.oldestDueDate === null ? [] : [row.oldestDueDate]))
    .toSorted(Temporal.PlainDate.compare)[0] ?? null;

/** What was used by the newest figure of today, and the middle of the whole days before it, in the currency of the newest. */
function spendFacts(
  days: readonly DayRow[],
  today: Temporal.PlainDate,
): Pick<PortfolioFacts, "spendToday" | "spendMedian"> {
  const newest = days.at(-1);
  const currency = newest?.currency;
  if (newest === undefined || !currency || !isCurrency(currency)) return {};
  const amount = (row: DayRow): Money => {
    const parsed = parseDecimal(row.cost);
    if (!parsed.ok) throw new Error(`invariant broken: ${parsed.error}`);
    return moneyFromDecimal(parsed.value, currency);
  };
  const before = days.filter((row) => !row.day.equals(newest.day) && row.currency === currency).map(amount);
  const isOfToday = newest.day.until(today, { largestUnit: "days" }).days <= 1;
  return {
    ...(isOfToday && { spendToday: amount(newest) }),
    ...(before.length >= USUAL_DAYS_MIN && { spendMedian: middle(before) }),
  };
}

function middle(amounts: readonly Money[]): Money {
  const sorted = amounts.toSorted((a, b) => (a.minor < b.minor ? -1 : 1));
  const half = sorted.length >> 1;
  const upper = sorted[half];
  const lower = sorted[half - 1];
  if (upper === undefined) throw new Error("invariant broken: the middle of nothing");
  if (sorted.length % 2 === 1 || lower === undefined) return upper;
  return scale({ minor: upper.minor + lower.minor, currency: upper.currency }, 1n, 2n);
}
