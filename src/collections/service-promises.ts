import type { CustomerId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Actor, NewEvent, Tx } from "../store/contract.ts";
import { COLLECTIONS_EVENTS } from "./contract.ts";
import type { AccountHistory } from "./contract-history.ts";
import type { Policy } from "./contract-policy.ts";
import type { CollectionsDeps } from "./deps.ts";
import { evaluateAccount, standingOf } from "./service-evaluate.ts";
import { historyOf } from "./service-history.ts";
import { promiseStandings } from "./service-promises-seen.ts";
import { groundOf } from "./service-run.ts";
import { findPromise, insertPromise, withdrawPromiseRow } from "./store.ts";
import { lockAccount } from "./store-state.ts";

/** Promises to pay: made with a person, kept or broken by the ledger. */

/** Where no policy applies: what packs have as their default. */
const NO_POLICY: Pick<Policy["promises"], "graceDays" | "maxDays" | "brokenMax"> = {
  graceDays: 2,
  maxDays: 30,
  brokenMax: 2,
};

export type MakePromise = {
  readonly accountId: CustomerId;
  readonly amount: Money;
  readonly dueOn: Temporal.PlainDate;
  readonly invoiceIds: readonly string[];
  readonly note: string;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
};

/** Records a promise, and rests what it covers until its day and the policy's grace after it. */
export async function makePromise(
  tx: Tx,
  deps: CollectionsDeps,
  ask: MakePromise,
): Promise<Result<{ readonly promiseId: string }, Refusal>> {
  const { accountId, amount, dueOn, actor, now } = ask;
  await lockAccount(tx, accountId);
  const ground = await groundOf(tx, deps, now);
  const loaded = await historyOf(tx, deps, { accountId, day: now.toZonedDateTimeISO(deps.zone).toPlainDate() });
  const { prepared, day } = standingOf(loaded.history, ground, deps.zone);
  const rules = prepared?.version.policy.promises ?? NO_POLICY;
  const standings = promiseStandings(loaded, { day, graceDays: rules.graceDays });
  const broken = standings.filter((one) => one.seen.seen === "broken").length;
  const refused = whyNotPromise(ask, { day, rules, broken, history: loaded.history });
  if (refused !== undefined) return refused;
  const invoices = loaded.history.invoices
    .filter((one) => ask.invoiceIds.includes(one.invoiceId))
    .map((one) => ({ id: one.invoiceId, number: one.number }));
  const promiseId = deps.newId();
  await insertPromise(tx, {
    promise_id: promiseId,
    account_id: accountId,
    currency: amount.currency,
    amount_minor: amount.minor,
    made_on: day,
    due_on: dueOn,
    grace_until: dueOn.add({ days: rules.graceDays }),
    invoices,
    note: ask.note,
    by: actor,
    at: now,
  });
  const event: NewEvent = {
    type: COLLECTIONS_EVENTS.promiseMade,
    actor,
    at: now,
    subject: { kind: "promise", id: promiseId },
    customerId: accountId,
    why: ask.note === "" ? undefined : ask.note,
    data: {
      amount: { minor: amount.minor, currency: amount.currency },
      dueOn,
      invoices: invoices.map((one) => one.number),
    },
  };
  await evaluateAccount(tx, deps, { accountId, ground, events: [event] });
  return ok({ promiseId });
}

type Rules = {
  readonly day: Temporal.PlainDate;
  readonly rules: typeof NO_POLICY;
  readonly broken: number;
  readonly history: AccountHistory;
};

function whyNotPromise(
  { amount, dueOn, invoiceIds }: MakePromise,
  { day, rules, broken, history }: Rules,
): Result<never, Refusal> | undefined {
  const field = (name: string, value: string, fix: string) =>
    no("invalid", "promise-invalid", `${name}: ${fix}`, { fields: [{ field: name, value, fix }] });
  if (amount.minor <= 0n) return field("amount", amount.minor.toString(), "more than nothing");
  if (Temporal.PlainDate.compare(dueOn, day) < 0) return field("dueOn", dueOn.toString(), "today or later");
  const last = day.add({ days: rules.maxDays });
  if (Temporal.PlainDate.compare(dueOn, last) > 0)
    return no("invalid", "promise-too-far", `The policy takes promises up to ${last.toString()}.`, {
      facts: { last: last.toString(), days: rules.maxDays },
      fields: [{ field: "dueOn", value: dueOn.toString(), fix: `${last.toString()} or earlier` }],
    });
  if (broken >= rules.brokenMax)
    return no("conflict", "promises-broken", `The account broke ${broken} promises; the policy takes no further one.`, {
      facts: { broken, most: rules.brokenMax },
    });
  const known = new Map(history.invoices.map((one) => [one.invoiceId, one]));
  const unknown = invoiceIds.find((id) => known.get(id)?.currency !== amount.currency);
  if (unknown !== undefined)
    return no("not-found", "invoice-unknown", `The account has no invoice ${unknown} in ${amount.currency}.`);
  return history.invoices.some((one) => one.currency === amount.currency)
    ? undefined
    : field("amount", amount.currency, "a currency in which the account owes");
}

/** Takes a promise back: it rests nothing from today on, and counts as neither kept nor broken. */
export async function withdrawPromise(
  tx: Tx,
  deps: CollectionsDeps,
  ask: { readonly promiseId: string; readonly why: string; readonly actor: Actor; readonly now: Temporal.Instant },
): Promise<Result<{ readonly promiseId: string }, Refusal>> {
  const { promiseId, why, actor, now } = ask;
  const found = await findPromise(tx, promiseId);
  if (found === undefined) return no("not-found", "promise-unknown", `There is no promise ${promiseId}.`);
  if (found.seen !== "open")
    return no("conflict", "promise-ended", `The promise is ${found.seen}.`, { facts: { state: found.seen } });
  const accountId = found.account_id;
  await lockAccount(tx, accountId);
  const ground = await groundOf(tx, deps, now);
  const today = now.toZonedDateTimeISO(deps.zone).toPlainDate();
  await withdrawPromiseRow(tx, promiseId, { on: today, why });
  const event: NewEvent = {
    type: COLLECTIONS_EVENTS.promiseWithdrawn,
    actor,
    at: now,
    subject: { kind: "promise", id: promiseId },
    customerId: accountId,
    why,
    data: { amount: { minor: found.amount_minor, currency: found.currency }, dueOn: found.due_on },
  };
  await evaluateAccount(tx, deps, { accountId, ground, events: [event] });
  return ok({ promiseId });
}
