import { type Money, money } from "../../core/money.ts";

/** A limit that we would propose, with reasons. It is shown beside the limit in force; nothing takes it over by itself. */
export type LimitFacts = {
  /** What the customer was billed in the last 90 days, in the limit's currency; undefined = not known. */
  readonly billed90: Money | undefined;
  /** Days from invoice to due. */
  readonly termsDays: number;
  /** Days late to expect; undefined = nothing was settled yet. */
  readonly usualDaysLate: number | undefined;
  readonly settled: number;
  /** Chance that what is overdue, or will be next, is paid within 30 days; undefined = not known. */
  readonly chance: number | undefined;
  readonly brokenPromises: number;
  readonly deposit: Money;
};
export type LimitReason = {
  readonly kind:
    | "limit.turnover"
    | "limit.habit"
    | "limit.chance"
    | "limit.promises"
    | "limit.deposit"
    | "limit.new"
    | "limit.unknown-turnover";
  readonly facts: Readonly<Record<string, string | number>>;
};
export type ProposedLimit = { readonly limit: Money | undefined; readonly reasons: readonly LimitReason[] };

/** Settled invoices before a limit may rest on habit. */
const SETTLED_MIN = 3;
/** A quarter more than the usual, for months that are larger than others. */
const ROOM_PERCENT = 125n;
const SPAN_DAYS = 90n;
const LATE_COUNTED_MAX = 60;
const ROUND_TO_DIGITS = 2;

/**
 * What is outstanding at most when the customer goes on buying and paying as usual, with a quarter more room: billing a day × (terms + usual
 * lateness). A chance below an even one halves the room beyond the terms; broken promises take it away. The deposit is added.
 */
export function proposedLimit(facts: LimitFacts): ProposedLimit {
  const { billed90, termsDays, usualDaysLate, settled, chance, brokenPromises, deposit } = facts;
  if (billed90 === undefined) return { limit: undefined, reasons: [{ kind: "limit.unknown-turnover", facts: {} }] };
  if (settled < SETTLED_MIN)
    return { limit: undefined, reasons: [{ kind: "limit.new", facts: { settled, wanted: SETTLED_MIN } }] };
  const reasons: LimitReason[] = [
    {
      kind: "limit.turnover",
      facts: { minor: billed90.minor.toString(), currency: billed90.currency, days: Number(SPAN_DAYS) },
    },
  ];
  const lateDays = Math.min(LATE_COUNTED_MAX, Math.max(0, usualDaysLate ?? 0));
  reasons.push({ kind: "limit.habit", facts: { terms: termsDays, days: lateDays, settled } });
  let days = BigInt(Math.round(termsDays + lateDays));
  if (chance !== undefined && chance < 0.5) {
    days = BigInt(Math.round(termsDays + lateDays / 2));
    reasons.push({ kind: "limit.chance", facts: { percent: Math.round(chance * 100) } });
  }
  let room = ROOM_PERCENT;
  if (brokenPromises > 0) {
    room = 100n;
    days = BigInt(Math.round(termsDays));
    reasons.push({ kind: "limit.promises", facts: { broken: brokenPromises } });
  }
  let minor = (billed90.minor * days * room) / (SPAN_DAYS * 100n);
  if (deposit.currency === billed90.currency && deposit.minor > 0n) {
    minor += deposit.minor;
    reasons.push({ kind: "limit.deposit", facts: { minor: deposit.minor.toString(), currency: deposit.currency } });
  }
  return { limit: money(roundUp(minor), billed90.currency), reasons };
}

/** Up to two leading digits: a limit is not known to the cent. */
function roundUp(minor: bigint): bigint {
  const digits = minor.toString().length;
  if (minor <= 0n || digits <= ROUND_TO_DIGITS) return minor < 0n ? 0n : minor;
  const unit = 10n ** BigInt(digits - ROUND_TO_DIGITS);
  return ((minor + unit - 1n) / unit) * unit;
}
