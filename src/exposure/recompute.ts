import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import { type Money, money, sum } from "../core/money.ts";
import type { AllCustomerIds, CreditLimit, PortfolioFigures, SavePortfolioFigures } from "../customers/contract.ts";
import { BUCKETS, type CustomersWithLedger, type MovementOf, type OpenReceivable } from "../receivables/contract.ts";
import type { Store, Tx } from "../store/contract.ts";
import type { Part } from "./contract.ts";
import { decideExposure, type Exposure, partMinor } from "./decide-exposure.ts";
import { convertWith, type RateFinder, rateFinder } from "./decide-rates.ts";
import { type CustomerFacts, type FactDeps, gatherFacts } from "./facts.ts";
import { sumPortfolio } from "./portfolio.ts";
import { dropFigures, type KeptRow, keptState, loadRates, saveFigures, takeDirty } from "./store.ts";

export type RecomputeDeps = FactDeps & {
  readonly allCustomerIds: AllCustomerIds;
  readonly customersWithLedger: CustomersWithLedger;
  readonly savePortfolioFigures: SavePortfolioFigures;
  readonly receivablesMovement: MovementOf;
  /** Currency in which everything is added up: the desk's. */
  readonly reportingCurrency: (tx: Tx) => Promise<Currency>;
  /** The calendar day at the desk. */
  readonly deskDay: (tx: Tx, now: Temporal.Instant) => Promise<Temporal.PlainDate>;
};

/** Customers computed in one transaction. */
const CUSTOMERS_AT_ONCE = 2_000;
const MARKS_AT_ONCE = 20_000;

type Computation = {
  readonly deps: RecomputeDeps;
  readonly day: Temporal.PlainDate;
  readonly now: Temporal.Instant;
  readonly reporting: Currency;
  readonly rates: RateFinder;
};

async function computation(tx: Tx, deps: RecomputeDeps, now: Temporal.Instant): Promise<Computation> {
  const day = await deps.deskDay(tx, now);
  return { deps, day, now, reporting: await deps.reportingCurrency(tx), rates: rateFinder(await loadRates(tx, day)) };
}

/** Computes today's exposure of some customers or of all, keeps it, and adds up the portfolio. Gives how many customers it did. */
export async function recomputeExposure(
  store: Store,
  deps: RecomputeDeps,
  asked: { readonly customerIds: readonly CustomerId[] | "all"; readonly now: Temporal.Instant },
): Promise<number> {
  const { now } = asked;
  const ids = asked.customerIds === "all" ? await everyone(store.db, deps) : [...new Set(asked.customerIds)].sort();
  for (let from = 0; from < ids.length; from += CUSTOMERS_AT_ONCE)
    await store.inTransaction(async (tx) =>
      computeSome(tx, await computation(tx, deps, now), ids.slice(from, from + CUSTOMERS_AT_ONCE)),
    );
  await store.inTransaction(async (tx) => {
    const made = await computation(tx, deps, now);
    if (asked.customerIds === "all") await dropFigures(tx, ids);
    await sumPortfolio(tx, { ...made, movementOf: deps.receivablesMovement });
  });
  return ids.length;
}

/** Works off the marks: each transaction takes some away and computes their customers. Gives how many customers it did. */
export async function recomputeDirty(store: Store, deps: RecomputeDeps, now: Temporal.Instant): Promise<number> {
  const state = await keptState(store.db);
  const today = await deps.deskDay(store.db, now);
  // A new day ages every invoice, and another reporting currency changes every figure.
  const isStale =
    state === undefined || !state.oldest.equals(today) || state.currency !== (await deps.reportingCurrency(store.db));
  let done = 0;
  for (;;) {
    const marks = await store.inTransaction(async (tx) => {
      const taken = await takeDirty(tx, MARKS_AT_ONCE);
      const ids = [...taken].filter((id) => id !== "*").sort() as CustomerId[];
      if (taken.has("*") || isStale || ids.length > CUSTOMERS_AT_ONCE)
        return { all: taken.has("*") || isStale, ids, computed: false };
      if (ids.length > 0) await computeSome(tx, await computation(tx, deps, now), ids);
      return { all: false, ids, computed: true };
    });
    if (marks.all) return recomputeExposure(store, deps, { customerIds: "all", now });
    if (marks.ids.length === 0) break;
    if (!marks.computed) await recomputeExposure(store, deps, { customerIds: marks.ids, now });
    done += marks.ids.length;
  }
  if (done > 0)
    await store.inTransaction(async (tx) =>
      sumPortfolio(tx, { ...(await computation(tx, deps, now)), movementOf: deps.receivablesMovement }),
    );
  return done;
}

/** Customers of the portfolio, and those that only the ledger knows. */
async function everyone(tx: Tx, deps: RecomputeDeps): Promise<readonly CustomerId[]> {
  return [...new Set([...(await deps.allCustomerIds(tx)), ...(await deps.customersWithLedger(tx))])].sort();
}

async function computeSome(tx: Tx, made: Computation, customerIds: readonly CustomerId[]): Promise<void> {
  const { deps, day, now, reporting, rates } = made;
  const facts = await gatherFacts(tx, deps, { day, customerIds });
  const limits = await deps.limitsOf(tx, customerIds);
  const kept: KeptRow[] = [];
  const figures: PortfolioFigures[] = [];
  for (const [customerId, of] of facts) {
    const exposure = decideExposure({ inputs: of.inputs, unknown: of.unknown, reporting, rates });
    kept.push(keptRow(customerId, { exposure, facts: of, limit: limitIn(limits.get(customerId), made), made }));
    figures.push(figuresOf(customerId, { exposure, facts: of, reporting, now }));
  }
  await saveFigures(tx, kept, now);
  await deps.savePortfolioFigures(tx, figures);
}

const limitIn = (limit: CreditLimit | undefined, { rates, reporting }: Computation): Money | undefined =>
  limit === undefined ? undefined : convertWith(rates, limit.amount, reporting)?.amount;

type Keeping = {
  readonly exposure: Exposure;
  readonly facts: CustomerFacts;
  readonly limit: Money | undefined;
  readonly made: Computation;
};
function keptRow(customerId: CustomerId, { exposure, facts, limit, made }: Keeping): KeptRow {
  const { reporting, day, rates } = made;
  const part = (kind: Part): bigint => partMinor(exposure, kind, reporting);
  const inReporting = (of: (row: OpenReceivable) => bigint): bigint =>
    sum(
      facts.receivables.flatMap((row) => convertWith(rates, money(of(row), row.currency), reporting)?.amount ?? []),
      reporting,
    ).minor;
  const [, b1 = 0n, b2 = 0n, b3 = 0n, b4 = 0n] = BUCKETS.map((bucket) => inReporting((row) => row.buckets[bucket]));
  // Each bucket is rounded on its own when converted; the last takes the difference, so that buckets sum to the overdue part.
  const b5 = part("open-overdue") - b1 - b2 - b3 - b4;
  return {
    customer_id: customerId,
    day: day.toString(),
    currency: reporting,
    total: exposure.total?.minor.toString() ?? null,
    not_due: `${part("open-not-due")}`,
    overdue: `${part("open-overdue")}`,
    usage: `${part("unbilled-usage")}`,
    term: `${part("committed-term")}`,
    deposit: `${part("deposits")}`,
    partial: exposure.isPartial,
    limit_minor: limit?.minor.toString() ?? null,
    unapplied: `${inReporting((row) => row.unappliedMinor)}`,
    b1: `${b1}`,
    b2: `${b2}`,
    b3: `${b3}`,
    b4: `${b4}`,
    b5: `${b5}`,
    detail: {
      parts: exposure.parts.flatMap(({ kind, byCurrency, asOf }) =>
        byCurrency.map(
          ({ amount, reporting: converted }) =>
            [
              kind,
              amount.currency,
              amount.minor.toString(),
              converted?.minor.toString() ?? null,
              asOf?.toString() ?? null,
            ] as const,
        ),
      ),
      unknown: [
        ...new Map(
          exposure.unknown.map((one) => [`${one.part}${one.reason}`, [one.part, one.reason] as const]),
        ).values(),
      ],
    },
  };
}

type Figuring = {
  readonly exposure: Exposure;
  readonly facts: CustomerFacts;
  readonly reporting: Currency;
  readonly now: Temporal.Instant;
};
/** The same in the form of the customers list: there, what is unknown has no amount at all. */
function figuresOf(customerId: CustomerId, { exposure, facts, reporting, now }: Figuring): PortfolioFigures {
  const part = (kind: Part): Money | undefined => exposure.parts.find((one) => one.kind === kind)?.amount;
  const [notDue, overdue, deposits] = [part("open-not-due"), part("open-overdue"), part("deposits")];
  const oldest = facts.receivables
    .flatMap(({ oldestDueDate, overdueMinor }) => (overdueMinor > 0n && oldestDueDate !== null ? [oldestDueDate] : []))
    .sort(Temporal.PlainDate.compare)[0];
  return {
    customerId,
    currency: reporting,
    at: now,
    exposure: exposure.total,
    overdue,
    oldestDueDay: oldest,
    openInvoices:
      notDue === undefined && overdue === undefined
        ? undefined
        : sum(
            [notDue, overdue].flatMap((one) => one ?? []),
            reporting,
          ),
    unbilled: part("unbilled-usage"),
    committed: part("committed-term"),
    deposits: deposits === undefined ? undefined : money(-deposits.minor, reporting),
    unknownParts: [
      ...new Set(exposure.unknown.map(({ part: kind, reason, facts: why }) => `${kind}:${why?.["why"] ?? reason}`)),
    ].sort(),
  };
}
