import type { CustomerId } from "../../core/ids.ts";
import type { Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import { type NewEvent, SURETY, type Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { STRIPE_LOG, STRIPE_SYSTEM } from "../contract-stripe.ts";
import type { DisputeFact, Effect, Failure, MoneyFact, StripeEvent } from "./decide-event.ts";
import type { InstrumentFact } from "./decide-instrument.ts";
import { amountAt, idAt } from "./decide-object.ts";
import type { StripeDeps } from "./deps.ts";
import {
  countInstruments,
  instrumentState,
  keepDispute,
  keepInstrument,
  loseInstrument,
  objectBody,
  recordedMoney,
  refundedSoFar,
} from "./store.ts";

export type Acting = {
  readonly effects: readonly Effect[];
  /** undefined only for cards of a customer whom nobody has told apart yet. */
  readonly customerId: CustomerId | undefined;
  readonly event: StripeEvent;
  readonly now: Temporal.Instant;
};
type MoneyDeps = Pick<StripeDeps, "recordMoney" | "deskDay">;

/** Lets an event have its effects: money first, then what is told of it, then the log. A refusal of the ledger stops it. */
export async function act(tx: Tx, deps: MoneyDeps, acting: Acting): Promise<Result<void, Refusal>> {
  const log: NewEvent[] = [];
  for (const effect of acting.effects) {
    const acted = await actOn(tx, deps, { ...acting, effect, log });
    if (!acted.ok) return acted;
  }
  if (log.length > 0) await appendEvents(tx, log);
  return ok(undefined);
}

type One = Acting & { readonly effect: Effect; readonly log: NewEvent[] };
async function actOn(tx: Tx, deps: MoneyDeps, one: One): Promise<Result<void, Refusal>> {
  const { effect, customerId, log } = one;
  if (effect.kind === "instrument") await accept(tx, one, effect.instrument);
  else if (effect.kind === "lost") await lose(tx, one, effect);
  else if (customerId === undefined) return ok(undefined);
  else if (effect.kind === "money") return money(tx, deps, { ...one, customerId, money: effect.money });
  else if (effect.kind === "refunded") return refunded(tx, deps, { ...one, customerId, effect });
  else if (effect.kind === "failed") log.push(failedEvent(one, effect.failure));
  else await dispute(tx, { ...one, customerId }, effect.dispute);
  return ok(undefined);
}

type MoneyOf = {
  readonly customerId: CustomerId;
  readonly now: Temporal.Instant;
  readonly event: StripeEvent;
  readonly money: MoneyFact;
};
/** The same money told by two kinds of events stands once: by the id of its payment. */
async function money(
  tx: Tx,
  deps: MoneyDeps,
  { customerId, now, event, money: one }: MoneyOf,
): Promise<Result<void, Refusal>> {
  if ((await recordedMoney(tx, [one.number])).length > 0) return ok(undefined);
  if (one.kind === "refund" && one.reverses !== undefined && (await isCovered(tx, one, event))) return ok(undefined);
  const recorded = await deps.recordMoney(tx, {
    rows: [
      {
        customerId,
        system: STRIPE_SYSTEM,
        number: one.number,
        kind: one.kind,
        currency: one.currency,
        amountMinor: one.amountMinor,
        valueDate: await deps.deskDay(tx, one.at),
        names: one.names,
        text: one.text,
        ...(one.reverses !== undefined && { reverses: { system: STRIPE_SYSTEM, number: one.reverses } }),
      },
    ],
    actor: SURETY,
    now,
  });
  return recorded.ok ? ok(undefined) : recorded;
}

/** A refund that the charge's own sum told already. */
async function isCovered(tx: Tx, { reverses = "", amountMinor }: MoneyFact, { object }: StripeEvent): Promise<boolean> {
  const charge = idAt(object, "charge");
  const sum = charge === undefined ? undefined : amountAt(await objectBody(tx, charge), "amount_refunded")?.minor;
  return sum !== undefined && (await refundedSoFar(tx, reverses)) - amountMinor > sum;
}

type RefundedOf = {
  readonly customerId: CustomerId;
  readonly now: Temporal.Instant;
  readonly event: StripeEvent;
  readonly effect: Extract<Effect, { kind: "refunded" }>;
};
/** A charge says how much of it went back in all: what no single refund told is recorded by the sum. */
async function refunded(
  tx: Tx,
  deps: MoneyDeps,
  { customerId, now, event, effect }: RefundedOf,
): Promise<Result<void, Refusal>> {
  const { total, of } = effect;
  const missing = -total.amountMinor - (await refundedSoFar(tx, of));
  if (missing <= 0n) return ok(undefined);
  return money(tx, deps, { customerId, now, event, money: { ...total, amountMinor: -missing, reverses: of } });
}

async function accept(tx: Tx, { customerId, event, log, now }: One, instrument: InstrumentFact): Promise<void> {
  if (instrument.id === "") return;
  const before = await instrumentState(tx, instrument.id);
  if (before !== undefined && Temporal.Instant.compare(event.at, before.toldAt) < 0) return;
  await keepInstrument(tx, instrument, customerId);
  if (before !== undefined || customerId === undefined || instrument.isGoing === true) return;
  const { kind, funding, country, last4 } = instrument;
  log.push({
    ...about(customerId, now),
    type: STRIPE_LOG.instrumentAdded,
    subject: { kind: "instrument", id: instrument.id },
    data: { kind, funding: funding ?? null, country: country ?? null, last4: last4 ?? null },
  });
}

async function lose(
  tx: Tx,
  { customerId, event, log, now }: One,
  { instrumentId, why }: Extract<Effect, { kind: "lost" }>,
): Promise<void> {
  const before = await instrumentState(tx, instrumentId);
  if (before === undefined || before.lostAt !== null) return;
  await loseInstrument(tx, instrumentId, { at: event.at, why });
  const owner = before.customerId ?? customerId;
  if (owner === undefined || owner === null) return;
  const left = await countInstruments(tx, owner);
  log.push({
    ...about(owner, now),
    type: STRIPE_LOG.instrumentLost,
    subject: { kind: "instrument", id: instrumentId },
    data: { why, kind: before.kind, last4: before.last4, left },
  });
}

async function dispute(
  tx: Tx,
  { customerId, log, now }: One & { readonly customerId: CustomerId },
  fact: DisputeFact,
): Promise<void> {
  const before = await keepDispute(tx, fact, customerId);
  const subject = { kind: "stripe-dispute", id: fact.id } as const;
  const data = {
    status: fact.status,
    reason: fact.reason ?? null,
    payment: fact.charge ?? null,
    amount: { minor: fact.amountMinor.toString(), currency: fact.currency },
  };
  if (before === undefined) log.push({ ...about(customerId, now), type: STRIPE_LOG.disputeOpened, subject, data });
  if (fact.closedAt !== undefined && before !== fact.status)
    log.push({
      ...about(customerId, now),
      type: STRIPE_LOG.disputeClosed,
      subject,
      data: { ...data, isWon: fact.status === "won" },
    });
}

function failedEvent({ customerId, now }: One, failure: Failure): NewEvent {
  const { objectId, nextAttempt, amountMinor, currency } = failure;
  return {
    ...about(customerId, now),
    type: STRIPE_LOG.paymentFailed,
    subject: { kind: "stripe-payment", id: objectId },
    data: {
      code: failure.code ?? null,
      declineCode: failure.declineCode ?? null,
      answer: failure.answer ?? null,
      attempts: failure.attempts ?? null,
      invoiceNumber: failure.invoiceNumber ?? null,
      amount: amountMinor === undefined || currency === undefined ? null : { minor: amountMinor.toString(), currency },
      // Not told is another thing than "no more": then the next attempt is unknown.
      nextAttempt: nextAttempt === undefined ? "unknown" : (nextAttempt?.toString() ?? "none"),
    },
  };
}

const about = (customerId: CustomerId | undefined, at: Temporal.Instant) => ({
  actor: SURETY,
  at,
  ...(customerId !== undefined && { customerId }),
});
