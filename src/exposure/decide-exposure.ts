import { assert } from "../core/assert.ts";
import type { Currency } from "../core/currency.ts";
import { add, compare, type Money, money, negate, sum, zero } from "../core/money.ts";
import { type ExposureInput, type Part, PARTS, type UnknownPart } from "./contract.ts";
import { convertWith, type RateFinder, type UsedRate } from "./decide-rates.ts";

export type ConvertedAmount = {
  readonly amount: Money;
  readonly reporting: Money | undefined;
  readonly rate: UsedRate | undefined;
};
export type ExposurePart = {
  readonly kind: Part;
  /** In the reporting currency, deposits negative; undefined = nothing of it is known. */
  readonly amount: Money | undefined;
  readonly byCurrency: readonly ConvertedAmount[];
  /** Of what it is made of, the oldest; undefined when nothing is. */
  readonly asOf: Temporal.Instant | undefined;
  readonly sources: readonly string[];
  readonly rows: number;
};
export type CurrencyExposure = {
  readonly currency: Currency;
  readonly parts: Readonly<Record<Part, Money>>;
  readonly total: Money;
  readonly depositsHeld: Money;
  readonly depositsUnused: Money;
};
export type Exposure = {
  readonly total: Money | undefined;
  readonly isPartial: boolean;
  readonly parts: readonly ExposurePart[];
  readonly byCurrency: readonly CurrencyExposure[];
  readonly unknown: readonly UnknownPart[];
};

export type ExposureFacts = {
  /** Positive amounts, deposits too. Order does not matter. */
  readonly inputs: readonly ExposureInput[];
  readonly unknown: readonly UnknownPart[];
  readonly reporting: Currency;
  readonly rates: RateFinder;
};

/** Parts that a deposit can cover: all that is owed or will be. */
const COVERED = PARTS.filter((part) => part !== "deposits");

/**
 * What could be lost on one customer: open invoices + unbilled usage + committed term − deposits.
 * A deposit takes off at most what is owed in its own currency. An amount without a rate is listed as unknown and left out of the
 * reporting total, never counted at 1. The total is always the sum of its known parts.
 */
export function decideExposure({ inputs, unknown, reporting, rates }: ExposureFacts): Exposure {
  for (const { amount } of inputs) assert(amount.minor >= 0n, "exposure is made of amounts that are not negative");
  const currencies = [...new Set(inputs.map(({ amount }) => amount.currency))].sort();
  const byCurrency = currencies.map((currency) => inCurrency(inputs, currency));
  const missing: UnknownPart[] = [];
  const parts = PARTS.map((kind) => partOf(kind, { inputs, unknown, reporting, rates }, { byCurrency, missing }));
  const known = parts.flatMap(({ amount }) => amount ?? []);
  const all = [...unknown, ...missing];
  return {
    total: known.length === 0 ? undefined : sum(known, reporting),
    isPartial: all.length > 0,
    parts,
    byCurrency,
    unknown: all,
  };
}

function inCurrency(inputs: readonly ExposureInput[], currency: Currency): CurrencyExposure {
  const own = inputs.filter(({ amount }) => amount.currency === currency);
  const of = (part: Part): Money =>
    sum(
      own.filter((input) => input.part === part).map(({ amount }) => amount),
      currency,
    );
  const owed = sum(COVERED.map(of), currency);
  const depositsHeld = of("deposits");
  const taken = compare(depositsHeld, owed) > 0 ? owed : depositsHeld;
  const parts = Object.fromEntries(
    PARTS.map((part) => [part, part === "deposits" ? negate(taken) : of(part)]),
  ) as Record<Part, Money>;
  return {
    currency,
    parts,
    total: add(owed, negate(taken)),
    depositsHeld,
    depositsUnused: money(depositsHeld.minor - taken.minor, currency),
  };
}

type Gathered = { readonly byCurrency: readonly CurrencyExposure[]; readonly missing: UnknownPart[] };

function partOf(
  kind: Part,
  { inputs, unknown, reporting, rates }: ExposureFacts,
  { byCurrency, missing }: Gathered,
): ExposurePart {
  const own = inputs.filter(({ part }) => part === kind);
  const amounts = byCurrency.flatMap(({ parts }) => (parts[kind].minor === 0n ? [] : [parts[kind]]));
  const converted = amounts.map((amount): ConvertedAmount => {
    const found = convertWith(rates, amount, reporting);
    if (found === undefined) missing.push({ part: kind, reason: "rate-missing", amount });
    return { amount, reporting: found?.amount, rate: found?.rate };
  });
  const sums = converted.flatMap((one) => one.reporting ?? []);
  const isUnknown = sums.length === 0 && (converted.length > 0 || unknown.some(({ part }) => part === kind));
  const times = own.flatMap(({ asOf }) => asOf ?? []);
  return {
    kind,
    byCurrency: converted,
    rows: own.reduce((count, { rows }) => count + rows, 0),
    amount: isUnknown ? undefined : sum(sums, reporting),
    asOf: times.reduce<Temporal.Instant | undefined>(
      (oldest, at) => (oldest === undefined || Temporal.Instant.compare(at, oldest) < 0 ? at : oldest),
      undefined,
    ),
    sources: [...new Set(own.map(({ source }) => source))].sort(),
  };
}

export type LimitFacts = {
  readonly total: Money | undefined;
  /** In the reporting currency; undefined = none set, or no rate for it. */
  readonly limit: Money | undefined;
  readonly burnPerHour: Money | undefined;
  readonly now: Temporal.Instant;
};
export type LimitUse = {
  readonly headroom: Money | undefined;
  readonly usedBps: number | undefined;
  /** Minutes until the limit at the present burn, 0 once it is reached; undefined = no limit, no burn, or unknown. */
  readonly minutesLeft: number | undefined;
  readonly reachedAt: Temporal.Instant | undefined;
};
const NO_USE: LimitUse = { headroom: undefined, usedBps: undefined, minutesLeft: undefined, reachedAt: undefined };
/** Farther ahead than this the present burn says nothing: ten years. */
const MINUTES_AHEAD_MAX = 5_256_000n;
const BPS_MAX = 1_000_000_000n;

/** How much of the limit is left and how long it lasts. The parts that are unknown can only make it less. */
export function decideLimitUse({ total, limit, burnPerHour, now }: LimitFacts): LimitUse {
  if (total === undefined || limit === undefined) return NO_USE;
  const headroom = add(limit, negate(total));
  const bps = limit.minor === 0n ? undefined : (total.minor * 10_000n) / limit.minor;
  const usedBps = bps === undefined ? undefined : Number(bps > BPS_MAX ? BPS_MAX : bps);
  if (headroom.minor <= 0n) return { headroom, usedBps, minutesLeft: 0, reachedAt: undefined };
  if (burnPerHour === undefined || burnPerHour.minor <= 0n)
    return { headroom, usedBps, minutesLeft: undefined, reachedAt: undefined };
  const minutes = (headroom.minor * 60n) / burnPerHour.minor;
  if (minutes > MINUTES_AHEAD_MAX) return { headroom, usedBps, minutesLeft: undefined, reachedAt: undefined };
  return { headroom, usedBps, minutesLeft: Number(minutes), reachedAt: now.add({ minutes: Number(minutes) }) };
}

/** Amount of a part in the reporting currency for figures that are kept: what is unknown counts nothing there, and `isPartial` says so. */
export const partMinor = (exposure: Exposure, kind: Part, reporting: Currency): bigint =>
  (exposure.parts.find((part) => part.kind === kind)?.amount ?? zero(reporting)).minor;
