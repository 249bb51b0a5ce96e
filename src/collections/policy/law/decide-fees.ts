import { type Currency, exponentOf } from "../../../core/currency.ts";
import { parseDecimal } from "../../../core/decimal.ts";
import { assert } from "../../../core/assert.ts";
import { divideRounded, moneyFromDecimal } from "../../../core/money.ts";
import type { AgreedFee, ChargeKind } from "../../contract-policy.ts";
import type { Law } from "./decide-rates.ts";

/** A fixed sum that a law allows, from a day. Amounts in major units as decimal text. */
export type LegalFee = {
  readonly law: Law;
  readonly charge: Exclude<ChargeKind, "interest">;
  readonly from: string;
  readonly currency: Currency;
  /** By the debt: the last band whose `debtFrom` it reaches. */
  readonly bands: readonly { readonly debtFrom: string; readonly amount: string }[];
  /** Only if agreed when the debt arose. */
  readonly onlyIfAgreed: boolean;
  readonly onlyBetweenBusinesses: boolean;
  readonly source: string;
};

const flat = (amount: string) => [{ debtFrom: "0", amount }];

/** Dated, with source. What is not here is not charged. Source: FINDINGS 6. */
export const LEGAL_FEES: readonly LegalFee[] = [
  {
    law: "SE",
    charge: "reminder-fee",
    from: "1981-01-01",
    currency: "SEK",
    bands: flat("60"),
    onlyIfAgreed: true,
    onlyBetweenBusinesses: false,
    source: "Act (1981:739) on compensation for collection costs s. 3, Ordinance (1981:1057)",
  },
  {
    law: "SE",
    charge: "collection-demand",
    from: "1981-01-01",
    currency: "SEK",
    bands: flat("180"),
    onlyIfAgreed: false,
    onlyBetweenBusinesses: false,
    source: "Act (1981:739) s. 4, Ordinance (1981:1057): demand for collection",
  },
  {
    law: "SE",
    charge: "compensation",
    from: "2013-03-16",
    currency: "SEK",
    bands: flat("450"),
    onlyIfAgreed: false,
    onlyBetweenBusinesses: true,
    source: "Act (1981:739) s. 4 a; IMY 2023-02: instead of the usual collection cost",
  },
  {
    law: "EU",
    charge: "compensation",
    from: "2013-03-16",
    currency: "EUR",
    bands: flat("40"),
    onlyIfAgreed: false,
    onlyBetweenBusinesses: true,
    source: "Directive 2011/7/EU art. 6(1): at least 40 EUR",
  },
  {
    law: "UK",
    charge: "compensation",
    from: "2002-08-07",
    currency: "GBP",
    bands: [
      { debtFrom: "0", amount: "40" },
      { debtFrom: "1000", amount: "70" },
      { debtFrom: "10000", amount: "100" },
    ],
    onlyIfAgreed: false,
    onlyBetweenBusinesses: true,
    source: "Late Payment of Commercial Debts (Interest) Act 1998 s. 5A",
  },
];
/** Known besides, not a step of a ladder: an instalment plan (SE 170 SEK) and the court step (SE 300 + 380 SEK). */
export const OTHER_FEES = [
  { law: "SE", what: "instalment-plan", currency: "SEK", amount: "170", source: "Ordinance (1981:1057)" },
  { law: "SE", what: "court-application", currency: "SEK", amount: "300", source: "Kronofogden" },
  { law: "SE", what: "court-agent", currency: "SEK", amount: "380", source: "Kronofogden" },
] as const;

/** The legal fee of a kind on a day; undefined = the law gives no sum. */
export const legalFee = (law: Law, charge: ChargeKind, day: Temporal.PlainDate): LegalFee | undefined =>
  LEGAL_FEES.findLast((one) => one.law === law && one.charge === charge && one.from <= day.toString());

/** Minor units of a legal fee for a debt. */
export function legalFeeMinor(fee: LegalFee, debtMinor: bigint): bigint {
  const band = fee.bands.findLast(({ debtFrom }) => minor(debtFrom, fee.currency) <= debtMinor);
  assert(band !== undefined, "the first band starts at nothing");
  return minor(band.amount, fee.currency);
}

/**
 * An agreed fee by ranges of the debt: "single" takes the range the debt falls in, over the whole debt; "accumulated" adds up the
 * slices, as tax bands do. Then the most, then the least. Rounded once, half up.
 */
export function agreedFeeMinor(fee: AgreedFee, debtMinor: bigint): bigint {
  const ranges = fee.ranges.map((range, index) => ({
    from: minor(range.from, fee.currency),
    until: fee.ranges[index + 1] === undefined ? undefined : minor(fee.ranges[index + 1]?.from ?? "0", fee.currency),
    fixed: minor(range.fixed ?? "0", fee.currency),
    percent: percentUnits(range.percent ?? "0"),
  }));
  const hit = ranges.filter(({ from }) => from <= debtMinor);
  const counted = fee.method === "single" ? hit.slice(-1) : hit;
  const total = counted.reduce((sum, { from, until, fixed, percent }) => {
    const top = until === undefined || debtMinor < until ? debtMinor : until;
    const base = fee.method === "single" ? debtMinor : top - from;
    return sum + fixed * PERCENT_ONE + base * percent;
  }, 0n);
  const rounded = divideRounded(total, PERCENT_ONE);
  const capped =
    fee.most !== undefined && rounded > minor(fee.most, fee.currency) ? minor(fee.most, fee.currency) : rounded;
  return fee.least !== undefined && capped < minor(fee.least, fee.currency) ? minor(fee.least, fee.currency) : capped;
}

/** Percent are kept as ten-thousandths of a percent. */
const PERCENT_SCALE = 4;
const PERCENT_ONE = 100n * 10n ** BigInt(PERCENT_SCALE);
const percentUnits = (text: string): bigint => {
  const parsed = parseDecimal(text);
  assert(
    parsed.ok && parsed.value.scale <= PERCENT_SCALE,
    `a percentage has at most ${PERCENT_SCALE} decimals: ${text}`,
  );
  return parsed.value.units * 10n ** BigInt(PERCENT_SCALE - parsed.value.scale);
};
function minor(text: string, currency: Currency): bigint {
  const parsed = parseDecimal(text);
  assert(parsed.ok && parsed.value.scale <= exponentOf(currency), `an amount in ${currency}: ${text}`);
  return moneyFromDecimal(parsed.value, currency).minor;
}
