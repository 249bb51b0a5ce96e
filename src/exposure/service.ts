import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import { money, moneyToJson } from "../core/money.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { CustomersByIds } from "../customers/contract.ts";
import type { BurnRateOf } from "../spending/contract.ts";
import type { Actor, Store, Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import type { Enqueue } from "../worker/contract.ts";
import {
  type ExposuresOf,
  type ExposureWire,
  LARGEST_ROWS,
  type MarkDirty,
  PARTS,
  type PortfolioExposureWire,
  type RatesWire,
} from "./contract.ts";
import { decideExposure, decideLimitUse } from "./decide-exposure.ts";
import { convertWith, parseRatesCsv, rateFinder, type RateRow } from "./decide-rates.ts";
import { gatherFacts } from "./facts.ts";
import type { RecomputeDeps } from "./recompute.ts";
import { addDirty, loadExposures, loadRates, saveRates } from "./store.ts";
import { currenciesWithoutRate, loadLargest, loadPortfolioDay, type PortfolioRow } from "./store-portfolio.ts";
import { currencyWire, hoursText, json, minorJson, partWire, rateWire, sourceOf, unknownWire } from "./wire.ts";

export type ExposureDeps = RecomputeDeps & {
  readonly store: Store;
  readonly enqueue: Enqueue;
  readonly burnRateOf: BurnRateOf;
  readonly customersByIds: CustomersByIds;
};

export const RECOMPUTE_JOB = "exposure.recompute";
/** Marks that come within this time are computed together. */
const COALESCE_SECONDS = 2;

/** One customer's exposure as of a day, computed from the sources; every part with its age, its rows and the rate that was used. */
export async function exposureOf(
  tx: Tx,
  deps: ExposureDeps,
  asked: { readonly customerId: CustomerId; readonly day: Temporal.PlainDate; readonly now: Temporal.Instant },
): Promise<ExposureWire> {
  const { customerId, day, now } = asked;
  const reporting = await deps.reportingCurrency(tx);
  const rates = rateFinder(await loadRates(tx, day));
  const facts = (await gatherFacts(tx, deps, { day, customerIds: [customerId] })).get(customerId);
  const exposure = decideExposure({ inputs: facts?.inputs ?? [], unknown: facts?.unknown ?? [], reporting, rates });
  const limit = (await deps.limitsOf(tx, [customerId])).get(customerId);
  const limitMoney = limit === undefined ? undefined : convertWith(rates, limit.amount, reporting)?.amount;
  const burn = await deps.burnRateOf(tx, customerId);
  const burnPerHour = burn.kind === "known" ? convertWith(rates, burn.perHour, reporting)?.amount : undefined;
  const use = decideLimitUse({ total: exposure.total, limit: limitMoney, burnPerHour, now });
  return {
    customerId,
    day: day.toString(),
    computedAt: now.toString(),
    basis: "live",
    reportingCurrency: reporting,
    total: json(exposure.total),
    isPartial: exposure.isPartial,
    parts: exposure.parts.map((part) => partWire(part, customerId)),
    byCurrency: exposure.byCurrency.map(currencyWire),
    unknown: exposure.unknown.map(unknownWire),
    unapplied: (facts?.receivables ?? []).flatMap(({ unappliedMinor, currency }) =>
      unappliedMinor === 0n ? [] : [moneyToJson(money(unappliedMinor, currency))],
    ),
    limit:
      limit === undefined
        ? null
        : {
            amount: moneyToJson(limit.amount),
            reporting: json(limitMoney),
            setAt: limit.setAt.toString(),
            setBy: limit.setBy,
            why: limit.why,
          },
    headroom: json(use.headroom),
    limitUsedBps: use.usedBps ?? null,
    burnPerHour: json(burnPerHour),
    hoursUntilLimit: use.minutesLeft === undefined ? null : hoursText(use.minutesLeft),
    limitReachedAt: use.reachedAt?.toString() ?? null,
  };
}

/** The portfolio on the newest kept day on or before a day. Reads kept rows only, so it is quick however many customers there are. */
export async function portfolioExposure(
  tx: Tx,
  deps: Pick<ExposureDeps, "reportingCurrency" | "customersByIds">,
  day: Temporal.PlainDate,
): Promise<PortfolioExposureWire> {
  const row = await loadPortfolioDay(tx, day);
  if (row === undefined) return emptyPortfolio(day, await deps.reportingCurrency(tx));
  const before = row.summary.movement === null ? undefined : Temporal.PlainDate.from(row.summary.movement.from);
  const largest = await loadLargest(tx, { day: row.day, before, limit: LARGEST_ROWS });
  const known = await deps.customersByIds(
    tx,
    largest.map(({ customer_id }) => customer_id as CustomerId),
  );
  const amount = (minor: bigint | string) => minorJson(minor, row.currency);
  const { ageing } = row.summary;
  return {
    day: row.day.toString(),
    computedAt: row.computed_at.toString(),
    reportingCurrency: row.currency,
    total: row.total_minor === null ? null : amount(row.total_minor),
    isPartial: row.customers_partial > 0,
    customers: row.customers,
    customersPartial: row.customers_partial,
    customersOverLimit: row.summary.overLimit,
    customersWithoutLimit: row.summary.withoutLimit,
    parts: portfolioParts(row),
    unknown: [...row.summary.unknown],
    ageing: {
      notDue: amount(ageing.notDue),
      d1to30: amount(ageing.b1),
      d31to60: amount(ageing.b2),
      d61to90: amount(ageing.b3),
      d91to120: amount(ageing.b4),
      over120: amount(ageing.b5),
      overdue: amount(row.overdue_minor),
      outstanding: amount(row.not_due_minor + row.overdue_minor),
      unapplied: amount(ageing.unapplied),
    },
    movement: movementWire(row),
    largest: largest.map((one) => ({
      customerId: one.customer_id,
      name: known.get(one.customer_id as CustomerId)?.name ?? null,
      exposure: amount(one.total_minor),
      isPartial: one.is_partial,
      limit: one.limit_minor === null ? null : amount(one.limit_minor),
      limitUsedBps:
        one.limit_minor === null || one.limit_minor === 0n
          ? null
          : Number((one.total_minor * 10_000n) / one.limit_minor),
      changeOneDay: one.before_minor === null ? null : amount(one.total_minor - one.before_minor),
    })),
  };
}

function movementWire({ summary, day, currency }: PortfolioRow): PortfolioExposureWire["movement"] {
  if (summary.movement === null) return null;
  const { from, change, causes } = summary.movement;
  return {
    from,
    to: day.toString(),
    change: change === null ? null : minorJson(change, currency),
    causes: causes.map(([cause, minor]) => ({
      cause: cause as NonNullable<PortfolioExposureWire["movement"]>["causes"][number]["cause"],
      amount: minorJson(minor, currency),
    })),
  };
}

function portfolioParts(row: PortfolioRow): PortfolioExposureWire["parts"] {
  const minors = {
    "open-not-due": row.not_due_minor,
    "open-overdue": row.overdue_minor,
    "unbilled-usage": row.usage_minor,
    "committed-term": row.term_minor,
    deposits: row.deposit_minor,
  };
  return PARTS.map((kind) => {
    const own = row.summary.parts.filter(({ part }) => part === kind);
    const isUnknown =
      minors[kind] === 0n &&
      own.every(({ reporting }) => reporting === null) &&
      row.summary.unknown.some(({ part, customers }) => part === kind && customers === row.customers);
    return {
      kind,
      amount: isUnknown ? null : minorJson(minors[kind], row.currency),
      asOf:
        own
          .map(({ asOf }) => asOf)
          .filter((at) => at !== null)
          .sort()[0] ?? null,
      source: sourceOf(kind),
      rows: own.reduce((count, { customers }) => count + customers, 0),
      rowsLink: null,
      byCurrency: own.map(({ currency, minor, reporting }) => ({
        amount: minorJson(minor, currency),
        reporting: reporting === null ? null : minorJson(reporting, row.currency),
        rate: null,
      })),
    };
  });
}

/** Before the first computation nothing is known; that is not zero. */
function emptyPortfolio(day: Temporal.PlainDate, currency: Currency): PortfolioExposureWire {
  const nothing = minorJson(0n, currency);
  return {
    day: day.toString(),
    computedAt: null,
    reportingCurrency: currency,
    total: null,
    isPartial: true,
    customers: 0,
    customersPartial: 0,
    customersOverLimit: 0,
    customersWithoutLimit: 0,
    parts: PARTS.map((kind) => ({
      kind,
      amount: null,
      byCurrency: [],
      asOf: null,
      source: sourceOf(kind),
      rows: 0,
      rowsLink: null,
    })),
    unknown: [],
    movement: null,
    largest: [],
    ageing: {
      notDue: nothing,
      d1to30: nothing,
      d31to60: nothing,
      d61to90: nothing,
      d91to120: nothing,
      over120: nothing,
      overdue: nothing,
      outstanding: nothing,
      unapplied: nothing,
    },
  };
}

/** Kept exposure of some customers; undefined for one with nothing known. */
export const exposuresOf: ExposuresOf = async (tx, customerIds) => {
  const rows = await loadExposures(tx, customerIds);
  return new Map(
    rows.map(({ customer_id, currency, total_minor }) => [
      customer_id as CustomerId,
      total_minor === null ? undefined : money(total_minor, currency),
    ]),
  );
};

/** Marks customers in the caller's transaction; the job that computes them is queued with it, once for many marks. */
export const markDirty =
  (deps: Pick<ExposureDeps, "enqueue">): MarkDirty =>
  async (tx, customerIds) => {
    if (customerIds.length === 0) return;
    await addDirty(tx, customerIds);
    await deps.enqueue(tx, RECOMPUTE_JOB, null, { singletonKey: RECOMPUTE_JOB, afterSeconds: COALESCE_SECONDS });
  };

export async function ratesOn(
  tx: Tx,
  deps: Pick<ExposureDeps, "reportingCurrency">,
  day: Temporal.PlainDate,
): Promise<RatesWire> {
  const rates = await loadRates(tx, day);
  const reportingCurrency = await deps.reportingCurrency(tx);
  const find = rateFinder(rates);
  const missing = currenciesWithoutRate(await loadPortfolioDay(tx, day)).filter(
    (currency) => find(currency, reportingCurrency) === undefined,
  );
  return { reportingCurrency, rates: rates.map(rateWire), missing };
}

export type RatesInput = {
  readonly rates?: readonly RateRow[] | undefined;
  readonly csv?: string | undefined;
  readonly source: string;
};

/** Sets rates by hand or from CSV text, whole or not at all, and marks everyone: each figure may rest on them. */
export async function setRates(
  tx: Tx,
  deps: ExposureDeps,
  asked: RatesInput & { readonly actor: Actor; readonly now: Temporal.Instant },
): Promise<Result<RatesWire, Refusal>> {
  const { actor, now, source } = asked;
  const parsed = asked.csv === undefined ? ok([]) : parseRatesCsv(asked.csv);
  if (!parsed.ok)
    return no(
      "invalid",
      "rates-unreadable",
      `line ${parsed.error.line} is "${parsed.error.value}": ${parsed.error.fix}`,
      { fields: [{ field: `csv line ${parsed.error.line}`, value: parsed.error.value, fix: parsed.error.fix }] },
    );
  const rates = [...(asked.rates ?? []), ...parsed.value];
  if (rates.length === 0) return no("invalid", "rates-missing", "send rates or csv");
  const odd = rates.find(({ from, to, rate }) => from === to || Number(rate) === 0);
  if (odd)
    return no(
      "invalid",
      "rate-odd",
      `${odd.from} to ${odd.to} at ${odd.rate}: two different currencies and a rate above zero`,
    );
  await saveRates(tx, rates, { source, name: actor.name, at: now });
  await markDirty(deps)(tx, "all");
  const data = {
    source,
    count: rates.length,
    rates: rates.slice(0, 50).map(({ day, from, to, rate }) => ({ day, from, to, rate })),
  };
  await appendEvents(tx, [
    { type: "exposure.rates-set", actor, at: now, subject: { kind: "exchange-rates", id: "all" }, data },
  ]);
  return ok(await ratesOn(tx, deps, await deps.deskDay(tx, now)));
}
