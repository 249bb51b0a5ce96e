import { type CustomerId, guid } from "../../core/ids.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Actor, Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { STRIPE_LOG } from "../contract-stripe.ts";
import { act } from "./act.ts";
import type { StripeDeps } from "./deps.ts";
import { eventOf, meaningOf, rankOf, type StripeEvent, type Who } from "./decide-event.ts";
import type { Obj } from "./decide-object.ts";
import {
  closeEvent,
  customerOfInvoices,
  customerOfStripe,
  instrumentState,
  keepEvent,
  keepObject,
  meetCustomer,
  newestOf,
  type Outcome,
  recordedMoney,
  stripeCustomerExists,
  waitingFor,
} from "./store.ts";
import { secretsIn, verifyStripe } from "./verify.ts";

export type Delivery = {
  readonly rawBody: Uint8Array;
  readonly signature: string | undefined;
  readonly now: Temporal.Instant;
};

/**
 * Takes an event that Stripe posted: checks the signature over the very bytes, keeps it by its id, and lets it have its effect, all in
 * the caller's transaction. The same event again is answered and changes nothing. Refused: what Stripe did not sign.
 */
export async function receiveStripe(
  tx: Tx,
  deps: StripeDeps,
  { rawBody, signature, now }: Delivery,
): Promise<Result<{ readonly again: boolean }, Refusal>> {
  const { secrets, takesTest } = await deps.stripeSettings(tx);
  const verified = verifyStripe({ rawBody, signature, secrets: secretsIn(secrets), receivedAt: deps.wallNow() });
  if (!verified.ok)
    return verified.why === "no-secret"
      ? no(
          "unavailable",
          "stripe-not-set",
          "no endpoint secret is kept: enter it in the settings, Stripe sends the event again",
        )
      : no("forbidden", "webhook-refused", "this is not an event that Stripe signed for this endpoint");
  const event = eventOf(verified.body);
  if (event === undefined || !/^evt_[A-Za-z0-9_]{1,120}$/.test(event.id))
    return no("invalid", "webhook-unreadable", "the body is signed and is not an event");
  const meaning = meaningOf(event);
  const isNew = await keepEvent(tx, {
    id: event.id,
    type: event.type.slice(0, 120),
    at: event.at,
    isLive: event.isLive,
    objectId: meaning?.objectId,
    body: new TextDecoder().decode(rawBody),
    receivedAt: now,
  });
  if (!isNew) return ok({ again: true });
  if (!event.isLive && !takesTest) await closeEvent(tx, event.id, { state: "unused", why: "test-mode" });
  else await handle(tx, deps, { event, now });
  return ok({ again: false });
}

type Handling = { readonly event: StripeEvent; readonly now: Temporal.Instant; readonly isWaiting?: boolean };
async function handle(tx: Tx, deps: StripeDeps, handling: Handling): Promise<void> {
  const { event } = handling;
  const outcome = await outcomeOf(tx, deps, handling);
  await closeEvent(tx, event.id, outcome);
  if (outcome.state !== "done") return;
  // What waited for this payment can be told apart now.
  const meaning = meaningOf(event);
  const { stripeCustomerId, payment = [] } = meaning?.who ?? {};
  await goOn(tx, deps, {
    keys: [...payment, ...(stripeCustomerId === undefined ? [] : [stripeCustomerId])],
    now: handling.now,
  });
}

/** Events that waited for one of these keys, in the order in which they happened. */
async function goOn(
  tx: Tx,
  deps: StripeDeps,
  { keys, now }: { readonly keys: readonly string[]; readonly now: Temporal.Instant },
): Promise<number> {
  if (keys.length === 0) return 0;
  let done = 0;
  for (const { eventId, body } of await waitingFor(tx, keys)) {
    const event = eventOf(JSON.parse(body));
    if (event === undefined) continue;
    const outcome = await outcomeOf(tx, deps, { event, now, isWaiting: true });
    await closeEvent(tx, eventId, outcome);
    if (outcome.state === "done") done += 1;
  }
  return done;
}

async function outcomeOf(tx: Tx, deps: StripeDeps, { event, now, isWaiting = false }: Handling): Promise<Outcome> {
  const meaning = meaningOf(event);
  if (meaning === undefined) return { state: "unused" };
  const { objectId, who, effects } = meaning;
  if (!isWaiting && !(await isNewest(tx, event, objectId))) return { state: "older" };
  if (!isWaiting)
    await keepObject(tx, { id: objectId, at: event.at, eventId: event.id, body: withoutSecrets(event.object) });
  const customerId = await whoseIs(tx, deps, { who, now });
  const waitsFor = who.stripeCustomerId ?? who.payment[0];
  if (customerId === undefined) {
    // A card is kept though nobody knows yet whose it is; money and disputes wait.
    const isOnlyInstrument = effects.every(({ kind }) => kind === "instrument" || kind === "lost");
    if (!isOnlyInstrument) {
      if (waitsFor !== undefined)
        await meetCustomer(tx, {
          id: waitsFor,
          customerId: undefined,
          matchedBy: undefined,
          name: who.name,
          email: who.email,
          now,
        });
      return { state: "waiting", why: "customer-unknown", waitsFor };
    }
  }
  if (effects.length === 0) return { state: "done", why: "nothing-follows" };
  const acted = await act(tx, deps, { effects, customerId, event, now });
  return acted.ok
    ? { state: "done", waitsFor: who.stripeCustomerId }
    : { state: "refused", why: `${acted.error.code}: ${acted.error.detail}` };
}

async function isNewest(tx: Tx, event: StripeEvent, objectId: string): Promise<boolean> {
  const newest = await newestOf(tx, objectId);
  if (newest === undefined) return true;
  const order = Temporal.Instant.compare(event.at, newest.at);
  return order > 0 || (order === 0 && rankOf(event.type) >= rankOf(newest.type));
}

/** A client secret lets its holder act on a payment: it has no place in what is kept for reading. */
const withoutSecrets = ({ client_secret: _secret, ...object }: Obj): Obj => object;

type Asked = { readonly who: Who; readonly now: Temporal.Instant };
/** Whose it is: as somebody said, by the tenant id Stripe was given, by the payment it belongs to, or by an invoice number only one customer has. */
async function whoseIs(tx: Tx, deps: StripeDeps, { who, now }: Asked): Promise<CustomerId | undefined> {
  const { stripeCustomerId } = who;
  const keys = [stripeCustomerId, ...who.payment].filter((key) => key !== undefined);
  for (const key of keys) {
    const known = await customerOfStripe(tx, key);
    if (known !== undefined) return known;
  }
  const meet = async (customerId: CustomerId, matchedBy: "metadata" | "invoice"): Promise<CustomerId> => {
    if (stripeCustomerId !== undefined)
      await meetCustomer(tx, { id: stripeCustomerId, customerId, matchedBy, name: who.name, email: who.email, now });
    return customerId;
  };
  const told = who.customerId === undefined ? undefined : guid(who.customerId);
  if (told !== undefined && (await deps.customersByIds(tx, [told as CustomerId])).size > 0)
    return meet(told as CustomerId, "metadata");
  const [recorded] = who.payment.length === 0 ? [] : await recordedMoney(tx, who.payment);
  if (recorded !== undefined) return recorded.customerId;
  const invoiced = who.invoiceNumbers.length === 0 ? undefined : await customerOfInvoices(tx, who.invoiceNumbers);
  if (invoiced !== undefined) return meet(invoiced, "invoice");
  const card = who.instrumentId === undefined ? undefined : await instrumentState(tx, who.instrumentId);
  return card?.customerId ?? undefined;
}

/** A person says which customer of ours a customer of Stripe is; what waited for it takes its effect. */
export async function matchStripeCustomer(
  tx: Tx,
  deps: StripeDeps,
  ask: { readonly id: string; readonly customerId: CustomerId; readonly actor: Actor; readonly now: Temporal.Instant },
): Promise<Result<{ readonly done: number }, Refusal>> {
  const { id, customerId, actor, now } = ask;
  if (!(await stripeCustomerExists(tx, id)))
    return no("not-found", "stripe-customer-unknown", "Stripe never told of this customer");
  if ((await deps.customersByIds(tx, [customerId])).size === 0)
    return no("not-found", "customer-unknown", "there is no such customer");
  const before = await customerOfStripe(tx, id);
  await meetCustomer(tx, { id, customerId, matchedBy: "person", now });
  const done = await goOn(tx, deps, { keys: [id], now });
  await appendEvents(tx, [
    {
      type: STRIPE_LOG.customerMatched,
      actor,
      at: now,
      customerId,
      subject: { kind: "stripe-customer", id },
      before: before === undefined ? {} : { customerId: before },
      after: { customerId },
      data: { eventsDone: done },
    },
  ]);
  return ok({ done });
}
