import { decimalToText } from "../../core/decimal.ts";
import type { ClaimsFor, PoliciesOn } from "../deps.ts";
import type { HistoryInvoice } from "../contract-history.ts";
import type { LetterClaim } from "../letters/contract.ts";
import { businessCalendar } from "./decide-calendar.ts";
import { type Charge, chargesFor, type PastCharge } from "./law/decide-charges.ts";
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
  { policy, notice, history, day }: Parameters<ClaimsFor>[0],
  rates: readonly ReferenceRate[] = REFERENCE_RATES,
): readonly LetterClaim[] {
  const step = policy.steps.find(({ id }) => id === notice.stepId);
  if (step === undefined || notice.charges.length === 0) return [];
  const { dueDay } = businessCalendar(policy.calendar);
  const past = history.invoices.flatMap(pastOf);
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

/** The ledger tells fees, interest and costs apart; a cost counts as the compensation, so that nothing is claimed on top of it. */
const pastOf = ({ claim, amountMinor }: HistoryInvoice): readonly PastCharge[] =>
  claim === undefined
    ? []
    : [
        {
          invoiceId: claim.ofInvoiceId,
          kind: claim.kind === "fee" ? "reminder-fee" : claim.kind === "interest" ? "interest" : "compensation",
          stepId: "",
          amountMinor,
        },
      ];

function claimOf({ kind, amount, basis, segments = [] }: Charge, invoiceId: string): LetterClaim {
  const [only, second] = segments;
  return {
    kind,
    invoiceId,
    currency: amount.currency,
    amountMinor: amount.minor,
    basis,
    // A letter states one rate over one time; interest of several stretches is stated by its sum.
    ...(only !== undefined &&
      second === undefined && {
        interest: {
          ratePercent: decimalToText(only.percent),
          from: only.from,
          to: only.to,
          days: only.days,
          principalMinor: only.principalMinor,
        },
      }),
  };
}
