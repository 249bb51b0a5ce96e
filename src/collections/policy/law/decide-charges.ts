import type { Currency } from "../../../core/currency.ts";
import type { Money } from "../../../core/money.ts";
import type { ChargeKind, CustomerClass, Policy, PolicyStep } from "../../contract-policy.ts";
import { agreedFeeMinor, legalFee, legalFeeMinor } from "./decide-fees.ts";
import { interestOn, type InterestSegment } from "./decide-interest.ts";
import { type ReferenceRate, ruleOf } from "./decide-rates.ts";

/** An overdue invoice as far as charges on it go. */
export type ChargedItem = {
  readonly invoiceId: string;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly dueDay: Temporal.PlainDate;
  /** What reduced it (positive) or opened it again (negative), by day. */
  readonly applied: readonly { readonly day: Temporal.PlainDate; readonly amountMinor: bigint }[];
};
/** What was already charged on invoices, by whichever step. */
export type PastCharge = {
  readonly invoiceId: string;
  readonly kind: ChargeKind;
  readonly stepId: string;
  readonly amountMinor: bigint;
};
export type ChargesAsk = {
  readonly policy: Policy;
  readonly step: PolicyStep;
  readonly item: ChargedItem;
  readonly past: readonly PastCharge[];
  /** undefined = not known: sums between businesses are then not charged. */
  readonly customerClass: CustomerClass | undefined;
  readonly day: Temporal.PlainDate;
  readonly rates?: readonly ReferenceRate[] | undefined;
};
export type Charge = {
  readonly kind: ChargeKind;
  readonly amount: Money;
  /** Law or agreement it rests on, for the letter and the ledger. */
  readonly basis: string;
  /** Once ever: `step:invoice:kind`. */
  readonly key: string;
  /** Taken off because the sum stands instead of it; of interest: what was charged on the same days before. */
  readonly less?: bigint;
  readonly segments?: readonly InterestSegment[];
  /** Interest is charged up to the day before; from then on no rate is known. */
  readonly unknownFrom?: Temporal.PlainDate;
};
export const CHARGE_REFUSALS = [
  "already-charged",
  "not-agreed",
  "instead",
  "not-between-businesses",
  "class-unknown",
  "other-currency",
  "no-sum",
  "rate-unknown",
  "nothing-to-charge",
] as const;
export type ChargeRefusal = (typeof CHARGE_REFUSALS)[number];
export type Charges = {
  readonly charges: readonly Charge[];
  readonly refused: readonly {
    readonly kind: ChargeKind;
    readonly why: ChargeRefusal;
    readonly from?: Temporal.PlainDate;
  }[];
};

type Decided = Charge | { readonly why: ChargeRefusal; readonly from?: Temporal.PlainDate };
const BUSINESS: readonly CustomerClass[] = ["business", "public", "healthcare", "education", "charity"];
/** What the 450 SEK (40 EUR, 40/70/100 GBP) stands instead of. */
const INSTEAD_OF: readonly ChargeKind[] = ["reminder-fee", "collection-demand"];

/** Which charges a step adds to an invoice, each with its basis; and which it may not, with the reason. */
export function chargesFor(ask: ChargesAsk): Charges {
  const decided = ask.step.charges.map((kind) => ({ kind, made: decide(ask, kind) }));
  return {
    charges: decided.flatMap(({ made }) => ("amount" in made ? [made] : [])),
    refused: decided.flatMap(({ kind, made }) => ("why" in made ? [{ kind, ...made }] : [])),
  };
}

function decide(ask: ChargesAsk, kind: ChargeKind): Decided {
  const { step, item, past } = ask;
  const onInvoice = past.filter((one) => one.invoiceId === item.invoiceId);
  // A sum of the law is owed once an invoice, an agreed fee once a step; interest grows.
  const isOnce = kind !== "interest" && legalFee(ask.policy.law, kind, ask.day) !== undefined;
  if (onInvoice.some((one) => one.kind === kind && (one.stepId === step.id || isOnce)))
    return { why: "already-charged" };
  if (kind === "interest") return interestCharge(ask, onInvoice);
  if (INSTEAD_OF.includes(kind) && isReplaced(ask, onInvoice)) return { why: "instead" };
  const fee = feeOf(ask, kind);
  if ("why" in fee) return fee;
  const less = kind === "compensation" ? sumOf(onInvoice.filter((one) => INSTEAD_OF.includes(one.kind))) : 0n;
  if (fee.minor <= less) return { why: "nothing-to-charge" };
  return {
    kind,
    amount: { minor: fee.minor - less, currency: item.currency },
    basis: fee.basis,
    key: keyOf(ask, kind),
    ...(less > 0n && { less }),
  };
}
/** Whether the law's compensation stands for it: charged before, or by this step. A compensation that may not be charged replaces nothing. */
const isReplaced = (ask: ChargesAsk, onInvoice: readonly PastCharge[]): boolean =>
  onInvoice.some((one) => one.kind === "compensation") ||
  (ask.step.charges.includes("compensation") && "amount" in decide(ask, "compensation"));
const keyOf = ({ step, item }: ChargesAsk, kind: ChargeKind) => `${step.id}:${item.invoiceId}:${kind}`;
const sumOf = (past: readonly PastCharge[]): bigint => past.reduce((sum, one) => sum + one.amountMinor, 0n);

type Fee = { readonly minor: bigint; readonly basis: string };
function feeOf(
  { policy, item, customerClass, day }: ChargesAsk,
  kind: ChargeKind,
): Fee | { readonly why: ChargeRefusal } {
  const agreed = policy.agreedFees.find((one) => one.charge === kind && one.currency === item.currency);
  const legal = legalFee(policy.law, kind, day);
  if (legal !== undefined) {
    if (legal.onlyIfAgreed && !policy.feesAgreed) return { why: "not-agreed" };
    if (legal.onlyBetweenBusinesses && customerClass === undefined) return { why: "class-unknown" };
    if (legal.onlyBetweenBusinesses && customerClass !== undefined && !BUSINESS.includes(customerClass))
      return { why: "not-between-businesses" };
    if (legal.currency !== item.currency && agreed === undefined) return { why: "other-currency" };
    if (legal.currency === item.currency) {
      const most = legalFeeMinor(legal, item.amountMinor);
      // An agreement may ask for less than the law's sum, never for more.
      const wanted = agreed === undefined ? most : agreedFeeMinor(agreed, item.amountMinor);
      return { minor: wanted < most ? wanted : most, basis: legal.source };
    }
  }
  if (agreed === undefined) return { why: "no-sum" };
  if (!policy.feesAgreed) return { why: "not-agreed" };
  return { minor: agreedFeeMinor(agreed, item.amountMinor), basis: "agreement" };
}

function interestCharge(ask: ChargesAsk, onInvoice: readonly PastCharge[]): Decided {
  const { policy, item } = ask;
  const made = interestOn({
    law: policy.law,
    country: policy.lawCountry,
    terms: policy.interest,
    currency: item.currency,
    principalMinor: item.amountMinor,
    dueDay: item.dueDay,
    payments: item.applied,
    asOf: ask.day,
    rates: ask.rates,
  });
  if (made.kind === "none") return { why: made.why === "no-statutory-rate" ? "no-sum" : "nothing-to-charge" };
  const less = sumOf(onInvoice.filter((one) => one.kind === "interest"));
  const minor = made.amount.minor - less;
  if (minor <= 0n)
    return made.kind === "unknown" ? { why: "rate-unknown", from: made.from } : { why: "nothing-to-charge" };
  return {
    kind: "interest",
    amount: { minor, currency: item.currency },
    basis: policy.interest.by === "contract" ? "agreement" : (ruleOf(policy.law, policy.lawCountry)?.source ?? ""),
    key: keyOf(ask, "interest"),
    segments: made.segments,
    ...(less > 0n && { less }),
    ...(made.kind === "unknown" && { unknownFrom: made.from }),
  };
}
