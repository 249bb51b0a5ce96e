import { decimalToText } from "../../core/decimal.ts";
import type { ClaimsFor, PoliciesOn } from "../deps.ts";
import type { HistoryInvoice } from "../contract-history.ts";
import { type ChargeKind, CHARGES } from "../contract-policy.ts";
import type { ClaimedOn } from "../../receivables/contract-ledger.ts";
import type { InterestStretch, LetterClaim } from "../letters/contract.ts";
import { businessCalendar } from "./decide-calendar.ts";
import { type Charge, chargesFor, type PastCharge } from "./law/decide-charges.ts";
import { type InterestSegment, segmentAmounts } from "./law/decide-interest.ts";
import { REFERENCE_RATES, type ReferenceRate } from "./law/decide-rates.ts";
import { ratesOf } from "./service-rates.ts";
import { policyInForce } from "./service.ts";

/**
 * What the desk asks policies: those in force on a day, and what a step's charges come to. The rates are read again each time
 * policies are, at the start of every run.
 */
export function policyDoor(): { readonly policiesOn: PoliciesOn; readonly claimsFor: ClaimsFor } {
  let rates: readonly ReferenceRate[] = REFERENCE_RATES;
  return {
    policiesOn: async (tx, day) => {
      rates = await ratesOf(tx);
      return policyInForce(tx, day);
    },
    claimsFor: (ask) => claimsOf(ask, rates),
  };
}

/** Claims of a notice, for each invoice that it is for. What the ledger already holds is not claimed again. */
export function claimsOf(
  { policy, notice, history, day, past: known }: Parameters<ClaimsFor>[0],
  rates: readonly ReferenceRate[] = REFERENCE_RATES,
): readonly LetterClaim[] {
  const step = policy.steps.find(({ id }) => id === notice.stepId);
  if (step === undefined || notice.charges.length === 0) return [];
  const { dueDay } = businessCalendar(policy.calendar);
  const past = known?.map(pastOf) ?? history.invoices.flatMap(openOf);
  return notice.invoiceIds.flatMap((invoiceId) => {
    const invoice = history.invoices.find((one) => one.invoiceId === invoiceId && one.claim === undefined);
    if (invoice === undefined) return [];
    const { charges } = chargesFor({
      policy,
      step: { ...step, charges: [...notice.charges] },
      item: { ...invoice, dueDay: dueDay(invoice.dueDay) },
      past,
      customerClass: history.account.customerClass,
      day,
      rates,
    });
    return charges.map((charge) => claimOf(charge, invoiceId));
  });
}

/** The key of a claim says which step charged what: `step:invoice:charge`. One that was made otherwise goes by its kind in the ledger. */
export function pastOf({ key, ofInvoiceId, kind, amountMinor }: ClaimedOn): PastCharge {
  const [stepId = "", , named] = key.split(":");
  const charge = CHARGES.find((one) => one === named);
  return {
    invoiceId: ofInvoiceId,
    kind: charge ?? KINDS[kind],
    stepId: charge === undefined ? "" : stepId,
    amountMinor,
  };
}
/** A cost of which nothing else is known counts as the compensation, so that nothing is claimed on top of it. */
const KINDS: Readonly<Record<ClaimedOn["kind"], ChargeKind>> = {
  fee: "reminder-fee",
  interest: "interest",
  cost: "compensation",
};
/** Where only the account's history is there: claims that are still open, by their kind. */
const openOf = ({ claim, amountMinor }: HistoryInvoice): readonly PastCharge[] =>
  claim === undefined ? [] : [pastOf({ key: "", ofInvoiceId: claim.ofInvoiceId, kind: claim.kind, amountMinor })];

function claimOf({ kind, amount, basis, segments = [], less }: Charge, invoiceId: string): LetterClaim {
  const [only, second] = segments;
  const sums = segmentAmounts(segments, amount.currency);
  return {
    kind,
    invoiceId,
    currency: amount.currency,
    amountMinor: amount.minor,
    basis,
    ...(only !== undefined && second === undefined && { interest: stretchOf(only) }),
    ...(second !== undefined && {
      stretches: segments.map((one, at) => ({ ...stretchOf(one), amountMinor: sums[at] ?? 0n })),
    }),
    ...(kind === "interest" && less !== undefined && { earlierMinor: less }),
  };
}
const stretchOf = ({ percent, from, to, days, principalMinor }: InterestSegment): InterestStretch => ({
  ratePercent: decimalToText(percent),
  from,
  to,
  days,
  principalMinor,
});
