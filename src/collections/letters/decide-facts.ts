import type { Language } from "../../access/contract.ts";
import { parseDecimal } from "../../core/decimal.ts";
import { moneyFromDecimal } from "../../core/money.ts";
import { isCurrency } from "../../core/currency.ts";
import type { HistoryInvoice } from "../contract-history.ts";
import type { CurrencyState, OverdueItem } from "../contract-ladder.ts";
import type { Channel, PolicyStep } from "../contract-policy.ts";
import {
  type InterestStretch,
  type LetterConsequence,
  type Place,
  PLACES,
  type Purpose,
  PURPOSES,
  type QueueAsk,
} from "./contract.ts";
import type { Creditor, LetterClaimFact, LetterFacts, LetterItem } from "./decide-model.ts";
import { referenceOf } from "./decide-statements.ts";

/** From the state of an account to the facts of one letter. */

const UNION = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split(" ");

/** Whose practice applies: the customer's country, else that of the policy's law. */
export function placeOf(country: string | undefined, law: string): Place {
  const code = country?.toUpperCase();
  if (code === "SE" || code === "US") return code;
  if (code === "GB" || code === "UK") return "UK";
  if (code !== undefined && UNION.includes(code)) return "EU";
  return PLACES.find((place) => place === law) ?? "EU";
}

export const languageOf = (chosen: Language | undefined, place: Place, desk: Language): Language =>
  chosen ?? (place === "SE" ? "sv" : place === "UK" || place === "US" ? "en" : desk);

/** The template of a step: a text message and a call have their own; a name that is none of ours is a reminder. */
export function purposeOf(channel: Channel, letter: string, step: PolicyStep | undefined): Purpose {
  if (channel === "sms") return "sms";
  if (channel === "call") return "call-script";
  const known = PURPOSES.find((purpose) => purpose === letter);
  if (known !== undefined) return known;
  if (step === undefined) return "reminder";
  if (step.daysPastDue < 0) return "heads-up";
  if (step.effects.includes("hand-over")) return "agency-notice";
  if (step.effects.some((effect) => effect === "suspend-seats" || effect === "cancel-azure"))
    return "suspension-notice";
  if (step.effects.includes("freeze-purchases")) return "freeze-notice";
  return step.charges.length > 0 ? "reminder-fee" : "reminder";
}

/** Days to pay when the step itself gives none: what practice calls reasonable. */
const PAY_DAYS = 8;

export type FactsAsk = QueueAsk & {
  readonly purpose: Purpose;
  readonly language: Language;
  readonly place: Place;
  readonly number: string;
  readonly creditor: Creditor;
  readonly addressLines: readonly string[];
};

export function makeFacts(ask: FactsAsk): LetterFacts {
  const { account, state, notice, policy, day, creditor, language, place, purpose } = ask;
  const step = policy.policy.steps.find((one) => one.id === notice.stepId);
  const invoices = new Map(account.invoices.map((invoice) => [invoice.invoiceId, invoice]));
  const items = state.currencies.flatMap((currency) => itemsOf(currency, { ask, invoices }));
  const claims = [...earlierClaims(ask, invoices), ...newClaims(ask, invoices)];
  // The last day to pay is the one before the first on which anything happens.
  const payBy = day.add({ days: step !== undefined && step.noticeDays > 1 ? step.noticeDays - 1 : PAY_DAYS });
  return {
    language,
    place,
    purpose,
    number: ask.number,
    day: day.toString(),
    payBy: payBy.toString(),
    stepName: (language === "sv" ? step?.name.sv : undefined) ?? step?.name.en ?? "",
    creditor,
    customer: { name: account.account.name, addressLines: ask.addressLines },
    items: items.sort((a, b) =>
      a.dueDay === b.dueDay ? (a.number < b.number ? -1 : 1) : a.dueDay < b.dueDay ? -1 : 1,
    ),
    claims,
    totals: totalsOf(items, claims, state.currencies),
    consequences: (ask.consequences ?? consequencesOf(ask)).map((one) => ({
      kind: one.kind,
      day: one.day?.toString(),
    })),
    promise: ask.promise && {
      amountMinor: ask.promise.amountMinor.toString(),
      currency: ask.promise.currency,
      dueOn: ask.promise.dueOn.toString(),
    },
  };
}

type Invoices = ReadonlyMap<string, HistoryInvoice>;

/** Overdue items of one currency. What is disputed or sold is not ours to write about; claims stand by themselves. */
function itemsOf(currency: CurrencyState, { ask, invoices }: { readonly ask: FactsAsk; readonly invoices: Invoices }) {
  const counted = new Set(ask.notice.invoiceIds);
  const isHeadsUp = ask.purpose === "heads-up";
  return currency.items.flatMap((item): readonly LetterItem[] => {
    if (item.leftOut === "disputed" || item.leftOut === "sold" || isClaim(item, invoices)) return [];
    if (item.openMinor <= 0n || (item.daysPastDue <= 0 && !isHeadsUp && !counted.has(item.invoiceId))) return [];
    const invoice = invoices.get(item.invoiceId);
    return [
      {
        number: item.number,
        reference: referenceOf(item.number, ask.creditor),
        currency: currency.currency,
        issueDay: (invoice?.issueDay ?? item.dueDay).toString(),
        dueDay: item.dueDay.toString(),
        daysPastDue: item.daysPastDue,
        amountMinor: (invoice?.amountMinor ?? item.openMinor).toString(),
        openMinor: item.openMinor.toString(),
        role: item.leftOut === "promised" ? "promised" : counted.has(item.invoiceId) ? "counted" : "listed",
      },
    ];
  });
}

const isClaim = (item: OverdueItem, invoices: Invoices): boolean =>
  item.leftOut === "claim" || invoices.get(item.invoiceId)?.claim !== undefined;

const EARLIER = { fee: "earlier-fee", interest: "earlier-interest", cost: "earlier-cost" } as const;

/** Claims of earlier letters that are still open. */
function earlierClaims({ state }: FactsAsk, invoices: Invoices): readonly LetterClaimFact[] {
  return state.currencies.flatMap(({ items, currency }) =>
    items.flatMap((item): readonly LetterClaimFact[] => {
      const claim = invoices.get(item.invoiceId)?.claim;
      if (claim === undefined || item.openMinor <= 0n) return [];
      return [
        {
          kind: EARLIER[claim.kind],
          ofNumber: invoices.get(claim.ofInvoiceId)?.number ?? item.number,
          currency,
          amountMinor: item.openMinor.toString(),
          basis: "",
        },
      ];
    }),
  );
}

const newClaims = (ask: FactsAsk, invoices: Invoices): readonly LetterClaimFact[] =>
  (ask.claims ?? []).map((claim) => ({
    kind: claim.kind,
    ofNumber: invoices.get(claim.invoiceId)?.number ?? claim.invoiceId,
    currency: claim.currency,
    amountMinor: claim.amountMinor.toString(),
    basis: claim.basis,
    interest: claim.interest && stretchFact(claim.interest),
    ...(claim.stretches !== undefined && {
      stretches: claim.stretches.map((one) => ({ ...stretchFact(one), amountMinor: one.amountMinor.toString() })),
    }),
    ...(claim.earlierMinor !== undefined && { earlierMinor: claim.earlierMinor.toString() }),
  }));

const stretchFact = ({ ratePercent, from, to, days, principalMinor }: InterestStretch) => ({
  ratePercent,
  from: from.toString(),
  to: to.toString(),
  days,
  principalMinor: principalMinor.toString(),
});

function totalsOf(items: readonly LetterItem[], claims: readonly LetterClaimFact[], states: readonly CurrencyState[]) {
  const currencies = [...new Set([...items, ...claims].map(({ currency }) => currency))];
  return currencies.map((currency) => {
    const overdue = items
      .filter((item) => item.currency === currency && item.role !== "promised")
      .reduce((all, item) => all + BigInt(item.openMinor), 0n);
    const claimed = claims
      .filter((claim) => claim.currency === currency)
      .reduce((all, claim) => all + BigInt(claim.amountMinor), 0n);
    const credits = states.find((state) => state.currency === currency)?.creditsMinor ?? 0n;
    const toPay = overdue + claimed - credits;
    return {
      currency,
      overdueMinor: overdue.toString(),
      claimsMinor: claimed.toString(),
      creditsMinor: credits.toString(),
      toPayMinor: (toPay > 0n ? toPay : 0n).toString(),
    };
  });
}

/**
 * What the policy does next if nothing is paid: the step's own effects, then the later steps up to the first that has any. A step
 * whose minimum no currency reaches is not announced. Days are the earliest: the policy may wait longer, never less.
 */
export function consequencesOf({ state, policy, notice, day }: QueueAsk): readonly LetterConsequence[] {
  const steps = [...policy.policy.steps].sort((a, b) => a.daysPastDue - b.daysPastDue);
  const at = steps.findIndex((step) => step.id === notice.stepId);
  const own = steps[at];
  if (own === undefined) return [];
  const notDone = new Set(state.effects.filter((effect) => effect.isDone).map(({ kind }) => kind));
  const found: LetterConsequence[] = own.effects
    .filter((kind) => !notDone.has(kind))
    .map((kind) => ({ kind, day: own.noticeDays > 0 ? day.add({ days: own.noticeDays }) : day }));
  for (const step of steps.slice(at + 1)) {
    if (!mayReach(step, state.currencies)) continue;
    const from = later(state.carrying?.dueDay.add({ days: step.daysPastDue }), day.add({ days: own.noticeDays }));
    if (step.charges.length > 0 && !found.some(({ kind }) => kind === "fee")) found.push({ kind: "fee", day: from });
    for (const kind of step.effects)
      if (!notDone.has(kind) && !found.some((one) => one.kind === kind)) found.push({ kind, day: from });
    if (step.effects.length > 0) return found;
    if (step.tell.length > 0 && !found.some(({ kind }) => kind === "reminder"))
      found.push({ kind: "reminder", day: from });
  }
  return found;
}

const later = (a: Temporal.PlainDate | undefined, b: Temporal.PlainDate): Temporal.PlainDate =>
  a !== undefined && Temporal.PlainDate.compare(a, b) > 0 ? a : b;

function mayReach(step: PolicyStep, states: readonly CurrencyState[]): boolean {
  if (step.minimumOverdue === undefined) return true;
  return states.some(({ currency, netOverdueMinor }) => {
    const minimum = step.minimumOverdue?.[currency];
    if (minimum === undefined || !isCurrency(currency)) return true;
    const parsed = parseDecimal(minimum);
    return parsed.ok && netOverdueMinor >= moneyFromDecimal(parsed.value, currency).minor;
  });
}
