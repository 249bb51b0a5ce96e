import { z } from "zod";
import { ok } from "../../core/result.ts";
import { customerIdInput } from "../../core/wire.ts";
import { route, type Route, uploadRoute } from "../../http/contract.ts";
import type { Tx } from "../../store/contract.ts";
import {
  type InstrumentWire,
  instrumentJson,
  matchStripeBody,
  STRIPE_BYTES_MAX,
  STRIPE_WEBHOOK_PATH,
  stripeStateJson,
  type StripeStateWire,
} from "../contract-stripe.ts";
import type { StripeDeps } from "./deps.ts";
import { matchStripeCustomer, receiveStripe } from "./service.ts";
import {
  countEvents,
  type InstrumentRow,
  listDisputes,
  listInstruments,
  listRefused,
  listStripeCustomers,
} from "./store-read.ts";
import { secretsIn } from "./verify.ts";

const SHOWN_MAX = 100;
const REFUSED_SHOWN = 20;
const DISPUTES_SHOWN = 50;

/** Where Stripe's events arrive, and what the page shows of them. */
export const stripeRoutes = (deps: StripeDeps): Route[] => [
  uploadRoute({
    method: "POST",
    path: STRIPE_WEBHOOK_PATH,
    permission: "public",
    summary: "Stripe's webhook events, signed",
    bodyBytesMax: STRIPE_BYTES_MAX,
    response: z.object({ received: z.boolean() }),
    handle: async ({ tx, headers, body, now }) => {
      const received = await receiveStripe(tx, deps, { rawBody: body, signature: headers["stripe-signature"], now });
      return received.ok ? ok({ received: true }) : received;
    },
  }),
  route({
    method: "GET",
    path: "/api/stripe",
    permission: "receivables.read",
    summary: "What Stripe told: customers to be told apart, cards and mandates, disputes",
    response: stripeStateJson,
    handle: async ({ tx }) => ok(await stateOf(tx, deps)),
  }),
  route({
    method: "GET",
    path: "/api/customers/:customerId/instruments",
    permission: "receivables.read",
    summary: "Cards and mandates of a customer",
    params: z.object({ customerId: customerIdInput }),
    response: z.object({ rows: z.array(instrumentJson) }),
    handle: async ({ tx, params }) =>
      ok({
        rows: (await listInstruments(tx, { customerId: params.customerId, limit: SHOWN_MAX })).map(instrumentWire),
      }),
  }),
  route({
    method: "PUT",
    path: "/api/stripe/customers/:stripeCustomerId",
    permission: "receivables.import",
    summary: "Say which customer a customer of Stripe is; what waited for it takes its effect",
    params: z.strictObject({ stripeCustomerId: z.string().regex(/^[A-Za-z0-9_]{3,120}$/) }),
    body: matchStripeBody,
    response: z.object({ done: z.number().int() }),
    handle: ({ tx, params, body, actor, now }) =>
      matchStripeCustomer(tx, deps, { id: params.stripeCustomerId, customerId: body.customerId, actor, now }),
  }),
];

async function stateOf(tx: Tx, deps: StripeDeps): Promise<StripeStateWire> {
  const { secrets } = await deps.stripeSettings(tx);
  const { counts, lastAt } = await countEvents(tx);
  const refused = await listRefused(tx, REFUSED_SHOWN);
  const customers = await listStripeCustomers(tx, SHOWN_MAX);
  const instruments = await listInstruments(tx, { limit: SHOWN_MAX });
  const disputes = await listDisputes(tx, DISPUTES_SHOWN);
  return {
    isSet: secretsIn(secrets).length > 0,
    lastAt: lastAt?.toString() ?? null,
    counts,
    refused: refused.map(({ id, type, at, why }) => ({ id, type, at: at.toString(), why: why ?? "" })),
    customers: customers.map(({ types, waiting, firstSeen, ...one }) => ({
      ...one,
      firstSeen: firstSeen.toString(),
      waiting: Number(waiting),
      waitingTypes: [...(types ?? [])],
    })),
    instruments: instruments.map(instrumentWire),
    disputes: disputes.map((one) => ({
      id: one.dispute_id,
      customerId: one.customer_id,
      amount: { minor: one.amount_minor.toString(), currency: one.currency },
      reason: one.reason,
      status: one.status,
      openedAt: one.opened_at.toString(),
      closedAt: one.closed_at?.toString() ?? null,
    })),
  };
}

const instrumentWire = (row: InstrumentRow): InstrumentWire => ({
  id: row.instrument_id,
  customerId: row.customer_id,
  stripeCustomerId: row.provider_customer_id,
  kind: row.kind,
  funding: row.funding,
  brand: row.brand,
  country: row.country,
  last4: row.last4,
  expires:
    row.exp_month === null || row.exp_year === null
      ? null
      : `${row.exp_year}-${String(row.exp_month).padStart(2, "0")}`,
  checks: { cvc: row.cvc_check, address: row.address_check, postal: row.postal_check },
  acceptedAt: row.accepted_at.toString(),
  lost: row.lost_at === null || row.lost_why === null ? null : { at: row.lost_at.toString(), why: row.lost_why },
});
