import type { CustomerId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import type { Actor, NewEvent, Tx } from "../store/contract.ts";
import { SURETY } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import { COLLECTIONS_EVENTS, type DisputeOutcome, type DisputeReason } from "./contract.ts";
import type { HoldKind } from "./contract-history.ts";
import type { CollectionsDeps } from "./deps.ts";
import { evaluateAccount } from "./service-evaluate.ts";
import { historyOf } from "./service-history.ts";
import { groundOf } from "./service-run.ts";
import { readCollectionsSettings } from "./service-settings.ts";
import {
  endHold,
  findHold,
  holdsEnding,
  type HoldRow,
  insertHold,
  markAsked,
  moveHold,
  type NewHold,
} from "./store.ts";
import { lockAccount } from "./store-state.ts";

/** What people do with holds. Each write ends with a look at the account, so that the page shows at once what it led to. */

/** Longest a hold may last before its owner must say again that it should. */
const HOLD_DAYS_MAX = 365;
const ENDS_BY_ITSELF: readonly HoldKind[] = ["manual", "dispute"];

export type PlaceHold = {
  readonly accountId: CustomerId;
  readonly kind: HoldKind;
  readonly invoiceId?: string | undefined;
  readonly reason?: DisputeReason | undefined;
  readonly note: string;
  readonly until?: Temporal.PlainDate | undefined;
  readonly ownerId?: string | undefined;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
};

/** Rests an account, or one invoice of it, from today. */
export async function placeHold(
  tx: Tx,
  deps: CollectionsDeps,
  ask: PlaceHold,
): Promise<Result<{ readonly holdId: string }, Refusal>> {
  const { accountId, kind, actor, now } = ask;
  const today = dayOf(now, deps.zone);
  const refused = whyNotPlace(ask, today);
  if (refused !== undefined) return refused;
  await lockAccount(tx, accountId);
  const invoice = await invoiceOf(tx, deps, ask);
  if (!invoice.ok) return invoice;
  const owner = (await deps.people(tx)).find((one) => one.id === (ask.ownerId ?? actor.id));
  if (ask.ownerId !== undefined && owner === undefined)
    return no("not-found", "person-unknown", `There is no person ${ask.ownerId} at this desk.`);
  const hold: NewHold = {
    hold_id: deps.newId(),
    account_id: accountId,
    kind,
    invoice_id: invoice.value?.invoiceId ?? null,
    invoice_number: invoice.value?.number ?? null,
    reason: ask.reason ?? null,
    note: ask.note,
    from_day: today,
    until_day: ask.until ?? null,
    owner_id: owner?.id ?? null,
    owner_name: owner?.name ?? null,
    source: "person",
    case_id: null,
    by: actor,
    at: now,
  };
  if (!(await insertHold(tx, hold)))
    return no("conflict", "already-disputed", `Invoice ${hold.invoice_number ?? ""} is disputed already.`);
  const event: NewEvent = {
    ...base(COLLECTIONS_EVENTS.holdPlaced, hold, { actor, now }),
    why: ask.note,
    data: {
      kind,
      reason: hold.reason,
      invoiceId: hold.invoice_id,
      invoiceNumber: hold.invoice_number,
      until: hold.until_day,
      owner: hold.owner_name,
    },
  };
  await evaluateAccount(tx, deps, { accountId, ground: await groundOf(tx, deps, now), events: [event] });
  return ok({ holdId: hold.hold_id });
}

function whyNotPlace(
  { kind, invoiceId, until, reason }: PlaceHold,
  today: Temporal.PlainDate,
): Result<never, Refusal> | undefined {
  const field = (name: string, value: string, fix: string) =>
    no("invalid", "hold-invalid", `${name}: ${fix}`, { fields: [{ field: name, value, fix }] });
  if (kind === "dispute" && invoiceId === undefined) return field("invoiceId", "", "a dispute names its invoice");
  if (kind !== "dispute" && invoiceId !== undefined)
    return field("invoiceId", invoiceId, "only a dispute is of one invoice");
  if (kind === "dispute" && reason === undefined) return field("reason", "", "a dispute has a reason");
  if (ENDS_BY_ITSELF.includes(kind) && until === undefined)
    return field("until", "", "say until when; it can be extended");
  if (until !== undefined && Temporal.PlainDate.compare(until, today) <= 0)
    return field("until", until.toString(), "a day after today");
  if (until !== undefined && Temporal.PlainDate.compare(until, today.add({ days: HOLD_DAYS_MAX })) > 0)
    return field("until", until.toString(), `within ${HOLD_DAYS_MAX} days`);
  return undefined;
}

async function invoiceOf(
  tx: Tx,
  deps: CollectionsDeps,
  { accountId, invoiceId, now }: PlaceHold,
): Promise<Result<{ readonly invoiceId: string; readonly number: string } | undefined, Refusal>> {
  if (invoiceId === undefined) return ok(undefined);
  const { history } = await historyOf(tx, deps, { accountId, day: dayOf(now, deps.zone) });
  const found = history.invoices.find((one) => one.invoiceId === invoiceId && one.claim === undefined);
  return found === undefined
    ? no("not-found", "invoice-unknown", `The account has no invoice ${invoiceId}.`)
    : ok({ invoiceId, number: found.number });
}

export type LiftHold = {
  readonly holdId: string;
  readonly why: string;
  readonly outcome?: DisputeOutcome | undefined;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
};

/** Ends a hold today. One that follows a case ends with the case, not by hand; a dispute says how it ended. */
export async function liftHold(
  tx: Tx,
  deps: CollectionsDeps,
  ask: LiftHold,
): Promise<Result<{ readonly holdId: string }, Refusal>> {
  const { holdId, actor, now } = ask;
  const found = await openHold(tx, deps, ask);
  if (!found.ok) return found;
  const hold = found.value;
  if (hold.kind === "dispute" && ask.outcome === undefined)
    return no("invalid", "outcome-missing", "Say how the dispute ended.", {
      fields: [{ field: "outcome", value: "", fix: "one of upheld, credited, part-credited, withdrawn" }],
    });
  const today = dayOf(now, deps.zone);
  const on = Temporal.PlainDate.compare(today, hold.from_day) < 0 ? hold.from_day : today;
  await endHold(tx, holdId, { on, why: ask.why, outcome: ask.outcome ?? null });
  const event = {
    ...base(COLLECTIONS_EVENTS.holdLifted, hold, { actor, now }),
    why: ask.why,
    data: { kind: hold.kind, outcome: ask.outcome ?? null, invoiceNumber: hold.invoice_number },
  };
  const accountId = hold.account_id;
  await evaluateAccount(tx, deps, { accountId, ground: await groundOf(tx, deps, now), events: [event] });
  return ok({ holdId });
}

/** Moves the end of a hold that still holds. */
export async function extendHold(
  tx: Tx,
  deps: CollectionsDeps,
  ask: LiftHold & { readonly until: Temporal.PlainDate },
): Promise<Result<{ readonly holdId: string }, Refusal>> {
  const { holdId, until, actor, now } = ask;
  const found = await openHold(tx, deps, ask);
  if (!found.ok) return found;
  const hold = found.value;
  const today = dayOf(now, deps.zone);
  const isInReach =
    Temporal.PlainDate.compare(until, today) > 0 &&
    Temporal.PlainDate.compare(until, today.add({ days: HOLD_DAYS_MAX })) <= 0;
  if (!isInReach)
    return no("invalid", "hold-invalid", `A hold ends after today and within ${HOLD_DAYS_MAX} days.`, {
      fields: [{ field: "until", value: until.toString(), fix: `a day after today, within ${HOLD_DAYS_MAX} days` }],
    });
  await moveHold(tx, holdId, until);
  const event = {
    ...base(COLLECTIONS_EVENTS.holdExtended, hold, { actor, now }),
    why: ask.why,
    before: { until: hold.until_day },
    after: { until },
    data: { kind: hold.kind, until },
  };
  const accountId = hold.account_id;
  await evaluateAccount(tx, deps, { accountId, ground: await groundOf(tx, deps, now), events: [event] });
  return ok({ holdId });
}

async function openHold(tx: Tx, deps: CollectionsDeps, { holdId, now }: LiftHold): Promise<Result<HoldRow, Refusal>> {
  const hold = await findHold(tx, holdId);
  if (hold === undefined) return no("not-found", "hold-unknown", `There is no hold ${holdId}.`);
  await lockAccount(tx, hold.account_id);
  if (hold.source === "case") return no("conflict", "hold-of-case", "This hold follows a case and ends with it.");
  if (hold.until_day !== null && Temporal.PlainDate.compare(hold.until_day, dayOf(now, deps.zone)) <= 0)
    return no("conflict", "hold-ended", `This hold ended on ${hold.until_day.toString()}.`);
  return ok(hold);
}

const ASKED_A_RUN = 500;
/** Asks the owners of holds that end soon, once each: the event is what Today and the bell show. Gives how many. */
export async function askOwners(deps: CollectionsDeps): Promise<number> {
  const now = deps.clock.now();
  return deps.store.inTransaction(async (tx) => {
    const { holdAskDays } = await readCollectionsSettings(tx);
    const ending = await holdsEnding(tx, dayOf(now, deps.zone).add({ days: holdAskDays }), ASKED_A_RUN);
    await markAsked(
      tx,
      ending.map((hold) => hold.hold_id),
      now,
    );
    await appendEvents(
      tx,
      ending.map((hold) => ({
        ...base(COLLECTIONS_EVENTS.holdEnding, hold, { actor: SURETY, now }),
        data: { kind: hold.kind, until: hold.until_day, owner: hold.owner_name },
      })),
    );
    return ending.length;
  });
}

const base = (
  type: NewEvent["type"],
  hold: Pick<HoldRow, "hold_id" | "account_id">,
  { actor, now }: { readonly actor: Actor; readonly now: Temporal.Instant },
): NewEvent => ({ type, actor, at: now, subject: { kind: "hold", id: hold.hold_id }, customerId: hold.account_id });
