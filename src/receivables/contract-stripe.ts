import { z } from "zod";
import { customerIdInput, instantJson, moneyJson } from "../core/wire.ts";

/** What Stripe told: events kept, customers to be told apart, cards and mandates, disputes. */

/** Where Stripe posts; the address to enter there. */
export const STRIPE_WEBHOOK_PATH = "/api/webhooks/stripe";
/** An event is a few kilobytes; an invoice with many lines is the largest. */
export const STRIPE_BYTES_MAX = 1_048_576;
/** How old a signature may be: Stripe's own advice. */
export const STRIPE_TOLERANCE_SECONDS = 300;
/** The system under which Stripe's money stands in the ledger. */
export const STRIPE_SYSTEM = "stripe";

/** Events that something follows of; the endpoint at Stripe must send these. */
export const STRIPE_EVENTS = [
  "invoice.paid",
  "invoice.payment_failed",
  "invoice_payment.paid",
  "payment_intent.succeeded",
  "payment_intent.payment_failed",
  "charge.dispute.created",
  "charge.dispute.updated",
  "charge.dispute.funds_withdrawn",
  "charge.dispute.closed",
  "charge.refunded",
  "charge.refund.updated",
  "refund.created",
  "refund.updated",
  "refund.failed",
  "payment_method.attached",
  "payment_method.updated",
  "payment_method.detached",
  "setup_intent.succeeded",
  "mandate.updated",
] as const;
export type StripeEventType = (typeof STRIPE_EVENTS)[number];

/** Events of the log that other slices follow. */
export const STRIPE_LOG = {
  paymentFailed: "receivables.payment-failed",
  instrumentAdded: "receivables.instrument-added",
  instrumentLost: "receivables.instrument-lost",
  disputeOpened: "receivables.dispute-opened",
  disputeClosed: "receivables.dispute-closed",
  customerMatched: "receivables.stripe-customer-matched",
} as const;

/** What mends a failed payment. `retry`: the same again later; `new-instrument`: never with this one; `customer`: the customer must confirm it. */
export const FAILURE_ANSWERS = ["retry", "new-instrument", "customer"] as const;
export type FailureAnswer = (typeof FAILURE_ANSWERS)[number];

export const FUNDINGS = ["credit", "debit", "prepaid", "unknown"] as const;
export const LOST_REASONS = ["detached", "mandate-withdrawn", "expired"] as const;

export const instrumentJson = z.object({
  id: z.string(),
  customerId: z.string().nullable(),
  stripeCustomerId: z.string().nullable(),
  kind: z.string(),
  /** null = not a card. */
  funding: z.enum(FUNDINGS).nullable(),
  brand: z.string().nullable(),
  country: z.string().nullable(),
  last4: z.string().nullable(),
  expires: z.string().nullable(),
  checks: z.object({ cvc: z.string().nullable(), address: z.string().nullable(), postal: z.string().nullable() }),
  acceptedAt: instantJson,
  lost: z.object({ at: instantJson, why: z.enum(LOST_REASONS) }).nullable(),
});
export type InstrumentWire = z.infer<typeof instrumentJson>;

export const stripeCustomerJson = z.object({
  id: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  customerId: z.string().nullable(),
  matchedBy: z.enum(["metadata", "invoice", "person"]).nullable(),
  firstSeen: instantJson,
  /** Events that wait for an answer. */
  waiting: z.number().int(),
  /** Types of the waiting events, the most frequent first. */
  waitingTypes: z.array(z.string()),
});
export type StripeCustomerWire = z.infer<typeof stripeCustomerJson>;

export const stripeDisputeJson = z.object({
  id: z.string(),
  customerId: z.string().nullable(),
  amount: moneyJson,
  reason: z.string().nullable(),
  status: z.string(),
  openedAt: instantJson,
  closedAt: instantJson.nullable(),
});

export const STRIPE_STATES = ["done", "waiting", "older", "unused", "refused"] as const;
export type StripeEventState = (typeof STRIPE_STATES)[number];
export const stripeStateJson = z.object({
  /** Whether an endpoint secret is kept: without one every event is refused. */
  isSet: z.boolean(),
  /** null: nothing ever came. */
  lastAt: instantJson.nullable(),
  counts: z.object({
    done: z.number(),
    waiting: z.number(),
    older: z.number(),
    unused: z.number(),
    refused: z.number(),
  }),
  /** The newest that could not be acted on. */
  refused: z.array(z.object({ id: z.string(), type: z.string(), at: instantJson, why: z.string() })),
  customers: z.array(stripeCustomerJson),
  instruments: z.array(instrumentJson),
  disputes: z.array(stripeDisputeJson),
});
export type StripeStateWire = z.infer<typeof stripeStateJson>;

export const matchStripeBody = z.strictObject({ customerId: customerIdInput });
