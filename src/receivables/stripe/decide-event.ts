import type { Currency } from "../../core/currency.ts";
import type { MoneyKind } from "../contract-ledger.ts";
import { type FailureAnswer, STRIPE_EVENTS, type StripeEventType } from "../contract-stripe.ts";
import { type InstrumentFact, instrumentOf, lostMandate } from "./decide-instrument.ts";
import { amountAt, idAt, instantAt, isObj, listAt, type Obj, objAt, textAt, wholeAt } from "./decide-object.ts";

/** What an event means, before anybody asks what is stored. Source: collections, payment files 1, "Stripe events". */
export type StripeEvent = {
  readonly id: string;
  readonly type: string;
  readonly at: Temporal.Instant;
  readonly isLive: boolean;
  readonly object: Obj;
  readonly previous: Obj | undefined;
};

/** Money by Stripe's own id; the caller asks whether it was recorded before. */
export type MoneyFact = {
  readonly number: string;
  readonly kind: MoneyKind;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly at: Temporal.Instant;
  readonly names: readonly string[];
  readonly text: string | undefined;
  readonly reverses: string | undefined;
};
export type Effect =
  | { readonly kind: "money"; readonly money: MoneyFact }
  /** What was paid back of a charge in all, as the charge itself says. */
  | { readonly kind: "refunded"; readonly charge: string; readonly of: string; readonly total: MoneyFact }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "instrument"; readonly instrument: InstrumentFact }
  | { readonly kind: "lost"; readonly instrumentId: string; readonly why: "detached" | "mandate-withdrawn" }
  | { readonly kind: "dispute"; readonly dispute: DisputeFact };
export type Failure = {
  readonly objectId: string;
  readonly invoiceNumber: string | undefined;
  readonly currency: Currency | undefined;
  readonly amountMinor: bigint | undefined;
  readonly attempts: number | undefined;
  /** undefined = not told; null = Stripe tries no more. */
  readonly nextAttempt: Temporal.Instant | null | undefined;
  readonly code: string | undefined;
  readonly declineCode: string | undefined;
  readonly answer: FailureAnswer | undefined;
};
export type DisputeFact = {
  readonly id: string;
  readonly charge: string | undefined;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly reason: string | undefined;
  readonly status: string;
  readonly openedAt: Temporal.Instant;
  readonly closedAt: Temporal.Instant | undefined;
};
/** Who it is about: Stripe's customer, else the payment that it belongs to; and what Stripe was told of ours. */
export type Who = {
  readonly stripeCustomerId: string | undefined;
  readonly payment: readonly string[];
  readonly instrumentId: string | undefined;
  readonly name: string | undefined;
  readonly email: string | undefined;
  readonly customerId: string | undefined;
  readonly invoiceNumbers: readonly string[];
};
export type Meaning = { readonly objectId: string; readonly who: Who; readonly effects: readonly Effect[] };

const isKnown = (type: string): type is StripeEventType => (STRIPE_EVENTS as readonly string[]).includes(type);

/** An event's meaning; undefined when nothing follows of its type or the object has no id. */
export function meaningOf(event: StripeEvent): Meaning | undefined {
  const objectId = textAt(event.object, "id");
  if (objectId === undefined || !isKnown(event.type)) return undefined;
  return { objectId, who: whoOf(event), effects: EFFECTS[event.type](event) };
}

const paymentOf = (object: Obj): string | undefined => idAt(object, "payment_intent") ?? idAt(object, "charge");

function whoOf({ object, previous }: StripeEvent): Who {
  const metadata = objAt(object, "metadata") ?? {};
  const told = (names: readonly string[]) =>
    names.map((name) => textAt(metadata, name)).find((text) => text !== undefined);
  const invoice = told(["surety_invoice", "invoice_number", "invoiceNumber"]);
  const isInvoice = object["object"] === "invoice";
  const ownNumber = isInvoice ? textAt(object, "number") : undefined;
  const billing = objAt(object, "billing_details");
  const isPayment = object["object"] === "payment_intent" || object["object"] === "charge";
  const payment = [
    idAt(object, "payment_intent"),
    idAt(object, "charge"),
    isPayment ? textAt(object, "id") : undefined,
  ];
  return {
    // A detached card has no customer any more; what it had before stands beside it.
    stripeCustomerId: idAt(object, "customer") ?? idAt(previous, "customer"),
    payment: payment.filter((id) => id !== undefined),
    instrumentId:
      object["object"] === "mandate" || object["object"] === "payment_method"
        ? (idAt(object, "payment_method") ?? textAt(object, "id"))
        : undefined,
    name: textAt(object, "customer_name") ?? textAt(billing, "name"),
    email: textAt(object, "customer_email") ?? textAt(object, "receipt_email") ?? textAt(billing, "email"),
    customerId: told(["surety_customer", "tenant_id", "tenantId", "microsoft_tenant_id"]),
    invoiceNumbers: [...new Set([invoice, ownNumber])].filter((number) => number !== undefined),
  };
}

type Effects = (event: StripeEvent) => readonly Effect[];
const EFFECTS: Readonly<Record<StripeEventType, Effects>> = {
  "payment_intent.succeeded": (event) =>
    paid(event, { number: textAt(event.object, "id"), amount: amountAt(event.object, "amount_received") }),
  "invoice.paid": invoicePaid,
  "invoice_payment.paid": (event) => {
    const payment = objAt(event.object, "payment");
    return paid(event, {
      number: idAt(payment, "payment_intent") ?? idAt(payment, "charge"),
      amount: amountAt(event.object, "amount_paid"),
    });
  },
  "payment_intent.payment_failed": (event) => [failedIntent(event), ...instrumentIn(event)],
  "invoice.payment_failed": (event) => [failedInvoice(event)],
  "charge.dispute.created": dispute,
  "charge.dispute.updated": dispute,
  "charge.dispute.funds_withdrawn": dispute,
  "charge.dispute.closed": dispute,
  "charge.refunded": refundedCharge,
  "charge.refund.updated": refund,
  "refund.created": refund,
  "refund.updated": refund,
  "refund.failed": refund,
  "payment_method.attached": ({ object, at }) => [{ kind: "instrument", instrument: instrumentOf(object, at) }],
  "payment_method.updated": ({ object, at }) => [{ kind: "instrument", instrument: instrumentOf(object, at) }],
  "payment_method.detached": ({ object, at }) => [
    { kind: "instrument", instrument: { ...instrumentOf(object, at), isGoing: true } },
    { kind: "lost", instrumentId: textAt(object, "id") ?? "", why: "detached" },
  ],
  "setup_intent.succeeded": setUp,
  "mandate.updated": ({ object }) => {
    const instrumentId = idAt(object, "payment_method");
    return lostMandate(object) && instrumentId !== undefined
      ? [{ kind: "lost", instrumentId, why: "mandate-withdrawn" }]
      : [];
  },
};

type Paid = { readonly number: string | undefined; readonly amount: ReturnType<typeof amountAt> };
function paid(event: StripeEvent, { number, amount }: Paid): readonly Effect[] {
  if (number === undefined || amount === undefined || amount.minor <= 0n) return [];
  const { invoiceNumbers } = whoOf(event);
  const money = {
    number,
    kind: "payment",
    currency: amount.currency,
    amountMinor: amount.minor,
    at: event.at,
    names: invoiceNumbers,
    text: textAt(event.object, "description"),
    reverses: undefined,
  } as const;
  return [{ kind: "money", money }];
}

/** The payment of a paid invoice, in every form of the API; without one, or paid elsewhere, its money comes with another event or not by Stripe. */
function invoicePaid(event: StripeEvent): readonly Effect[] {
  const { object } = event;
  if (object["paid_out_of_band"] === true) return [];
  const amount = amountAt(object, "amount_paid");
  const payments = listAt(object, "payments").map((one) => objAt(one, "payment"));
  const intents = payments
    .map((payment) => idAt(payment, "payment_intent") ?? idAt(payment, "charge"))
    .filter((id) => id !== undefined);
  const number =
    idAt(object, "payment_intent") ?? idAt(object, "charge") ?? (intents.length === 1 ? intents[0] : undefined);
  return paid(event, { number, amount });
}

/** Codes after which the same card can never pay; and those that only the holder can clear. Source: docs.stripe.com, decline codes. */
const NEW_INSTRUMENT = new Set(
  "expired_card lost_card stolen_card pickup_card restricted_card incorrect_number invalid_number invalid_account invalid_expiry_month invalid_expiry_year card_not_supported currency_not_supported do_not_honor revocation_of_all_authorizations revocation_of_authorization security_violation stop_payment_order account_closed debit_not_authorized payment_method_not_available".split(
    " ",
  ),
);
const CUSTOMER = new Set(
  "authentication_required authentication_not_handled card_velocity_exceeded approve_with_id call_issuer incorrect_cvc invalid_cvc incorrect_pin incorrect_zip offline_pin_required online_or_offline_pin_required".split(
    " ",
  ),
);

/** What would mend a failure. Stripe's advice goes before our reading of the code; a code nobody knows has no answer. */
export function answerTo(error: Obj | undefined): FailureAnswer | undefined {
  const codes = [textAt(error, "decline_code"), textAt(error, "code")].filter((code) => code !== undefined);
  const advice = textAt(error, "advice_code");
  if (advice === "do_not_try_again") return "new-instrument";
  if (codes.some((code) => CUSTOMER.has(code)) || advice === "confirm_card_data") return "customer";
  if (codes.some((code) => NEW_INSTRUMENT.has(code))) return "new-instrument";
  if (advice === "try_again_later") return "retry";
  return codes.some((code) => RETRY.has(code)) ? "retry" : undefined;
}
const RETRY = new Set(
  "insufficient_funds processing_error try_again_later reenter_transaction issuer_not_available generic_decline no_action_taken withdrawal_count_limit_exceeded".split(
    " ",
  ),
);

function failedIntent({ object }: StripeEvent): Effect {
  const error = objAt(object, "last_payment_error");
  const amount = amountAt(object, "amount");
  return {
    kind: "failed",
    failure: {
      objectId: textAt(object, "id") ?? "",
      invoiceNumber: undefined,
      currency: amount?.currency,
      amountMinor: amount?.minor,
      attempts: undefined,
      nextAttempt: undefined,
      code: textAt(error, "code"),
      declineCode: textAt(error, "decline_code"),
      answer: answerTo(error),
    },
  };
}

function failedInvoice({ object }: StripeEvent): Effect {
  const amount = amountAt(object, "amount_remaining") ?? amountAt(object, "amount_due");
  return {
    kind: "failed",
    failure: {
      objectId: textAt(object, "id") ?? "",
      invoiceNumber: textAt(object, "number"),
      currency: amount?.currency,
      amountMinor: amount?.minor,
      attempts: wholeAt(object, "attempt_count"),
      nextAttempt: object["next_payment_attempt"] === null ? null : instantAt(object, "next_payment_attempt"),
      code: undefined,
      declineCode: undefined,
      answer: undefined,
    },
  };
}

/** A failed intent carries the card it was tried with: what it is, is known from then on. */
function instrumentIn({ object, at }: StripeEvent): readonly Effect[] {
  const method = objAt(objAt(object, "last_payment_error"), "payment_method");
  if (method === undefined || textAt(method, "id") === undefined || idAt(method, "customer") === undefined) return [];
  return [{ kind: "instrument", instrument: instrumentOf(method, at) }];
}

function setUp({ object, at }: StripeEvent): readonly Effect[] {
  const expanded = objAt(object, "payment_method");
  const id = idAt(object, "payment_method");
  if (id === undefined) return [];
  const types = object["payment_method_types"];
  const [type] = Array.isArray(types) ? types : [];
  const instrument = instrumentOf(expanded ?? { id, type }, at);
  return [
    {
      kind: "instrument",
      instrument: {
        ...instrument,
        stripeCustomerId: instrument.stripeCustomerId ?? idAt(object, "customer"),
        isSketch: expanded === undefined,
      },
    },
  ];
}

/**
 * A dispute takes its money back the day it is opened, and gives it back when it is won. An inquiry (`warning_…`) takes nothing:
 * it is known, and the money stays.
 */
function dispute(event: StripeEvent): readonly Effect[] {
  const { object, at } = event;
  const amount = amountAt(object, "amount");
  const [id, status] = [textAt(object, "id"), textAt(object, "status")];
  if (amount === undefined || id === undefined || status === undefined) return [];
  const isClosed = ["won", "lost", "warning_closed", "prevented"].includes(status);
  const openedAt = instantAt(object, "created") ?? at;
  const fact: DisputeFact = {
    id,
    charge: paymentOf(object),
    currency: amount.currency,
    amountMinor: amount.minor,
    reason: textAt(object, "reason"),
    status,
    openedAt,
    closedAt: isClosed ? at : undefined,
  };
  const told: Effect = { kind: "dispute", dispute: fact };
  const charge = paymentOf(object);
  if (status.startsWith("warning_") || status === "prevented" || charge === undefined || amount.minor === 0n)
    return [told];
  const base = { currency: amount.currency, names: [], text: undefined };
  const taken: MoneyFact = {
    ...base,
    number: id,
    kind: "chargeback",
    amountMinor: -amount.minor,
    at: openedAt,
    reverses: charge,
  };
  const given: MoneyFact = {
    ...base,
    number: `${id}:won`,
    kind: "chargeback-reversal",
    amountMinor: amount.minor,
    at,
    reverses: id,
  };
  return [
    { kind: "money", money: taken },
    ...(status === "won" ? [{ kind: "money", money: given } as const] : []),
    told,
  ];
}

function refund({ object, at }: StripeEvent): readonly Effect[] {
  const amount = amountAt(object, "amount");
  const id = textAt(object, "id");
  const of = paymentOf(object);
  // Of what is pending nothing left us yet, and of what failed nothing ever did.
  if (
    amount === undefined ||
    amount.minor === 0n ||
    id === undefined ||
    of === undefined ||
    textAt(object, "status") !== "succeeded"
  )
    return [];
  const money: MoneyFact = {
    number: id,
    kind: "refund",
    currency: amount.currency,
    amountMinor: -amount.minor,
    at: instantAt(object, "created") ?? at,
    names: [],
    text: textAt(object, "reason"),
    reverses: of,
  };
  return [{ kind: "money", money }];
}

/** A charge tells the sum of its refunds, and in older forms of the API the refunds themselves. */
function refundedCharge(event: StripeEvent): readonly Effect[] {
  const { object, at } = event;
  const listed = listAt(object, "refunds").flatMap((one) =>
    refund({ ...event, object: { payment_intent: object["payment_intent"], charge: object["id"], ...one } }),
  );
  const charge = textAt(object, "id");
  const total = amountAt(object, "amount_refunded");
  const of = idAt(object, "payment_intent") ?? charge;
  if (charge === undefined || of === undefined || total === undefined || total.minor === 0n) return listed;
  const money: MoneyFact = {
    number: `${charge}:refunded:${total.minor}`,
    kind: "refund",
    currency: total.currency,
    amountMinor: -total.minor,
    at,
    names: [],
    text: undefined,
    reverses: of,
  };
  return [...listed, { kind: "refunded", charge, of, total: money }];
}

/** An event as its body says; undefined when it is not one. */
export function eventOf(body: unknown): StripeEvent | undefined {
  if (!isObj(body)) return undefined;
  const [id, type, at, object] = [
    textAt(body, "id"),
    textAt(body, "type"),
    instantAt(body, "created"),
    objAt(objAt(body, "data"), "object"),
  ];
  if (id === undefined || type === undefined || at === undefined || object === undefined) return undefined;
  return {
    id,
    type,
    at,
    isLive: body["livemode"] === true,
    object,
    previous: objAt(objAt(body, "data"), "previous_attributes"),
  };
}

/** Of two events in the same second the later state wins: Stripe counts time in whole seconds. */
export const rankOf = (type: string): number =>
  /detached$|closed$|succeeded$|\.paid$|failed$/.test(type) && !/payment_failed$/.test(type)
    ? 2
    : /updated$|funds_withdrawn$|payment_failed$|refunded$/.test(type)
      ? 1
      : 0;
