import type { CustomerId, NewId } from "../core/ids.ts";
import { type Decimal, decimalToText, parseDecimal } from "../core/decimal.ts";
import { type Money, moneyToJson, moneyToText } from "../core/money.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Clock } from "../core/time.ts";
import type { PartnerCenterActions } from "../partner-center/contract.ts";
import { type Actor, type NewEvent, type Store, SURETY, type Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import type { Enqueue } from "../worker/contract.ts";
import type { BudgetWire } from "./contract.ts";
import { decidePush, isSameBudget } from "./decide-budget.ts";
import { onItsWay } from "./service-usage.ts";
import {
  beginPush,
  type BudgetRow,
  type Failure,
  loadBudget,
  loadStuck,
  moveBudget,
  releasePush,
  savePartnerBudgets,
  writeBudget,
} from "./store-budget.ts";
import { loadState } from "./store-state.ts";
import { markCustomersToLook } from "./store-usage.ts";

export const PUSH_JOB = "spending.push-budget";
/** A budget that has been under way for this long has lost its job: another is queued. */
const STUCK_MINUTES = 15;

export type BudgetAsk = {
  readonly customerId: CustomerId;
  readonly amount: Money;
  readonly agreedWith: string;
  readonly agreedOn: Temporal.PlainDate;
  readonly why: string;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
};
/** Whether the customer is known and ours; main.ts takes it from `customers`. */
export type IsCustomer = (tx: Tx, id: CustomerId) => Promise<boolean>;
export type BudgetDeps = { readonly enqueue: Enqueue; readonly newId: NewId; readonly isCustomer: IsCustomer };

/** Keeps what was agreed and queues its push to Partner Center in the same transaction. */
export async function setBudget(tx: Tx, ask: BudgetAsk, deps: BudgetDeps): Promise<Result<BudgetWire, Refusal>> {
  const { customerId, amount, agreedWith, agreedOn, why, actor, now } = ask;
  if (amount.minor <= 0n)
    return no("invalid", "budget-not-positive", "A budget is more than zero.", {
      fields: [{ field: "amount", value: amount.minor.toString(), fix: "give an amount above zero" }],
    });
  if (!(await deps.isCustomer(tx, customerId)))
    return no("not-found", "customer-unknown", "No customer with this id is known here.");
  const usage = await loadState(tx, customerId);
  const currency = usage?.currency ?? amount.currency;
  if (currency !== amount.currency)
    return no(
      "invalid",
      "budget-currency",
      `This customer's usage is billed in ${currency}; Partner Center compares the budget with it.`,
      {
        facts: { currency },
        fields: [{ field: "amount.currency", value: amount.currency, fix: `give ${currency}` }],
      },
    );
  const before = await loadBudget(tx, customerId, "lock");
  const requestId = deps.newId();
  await writeBudget(tx, customerId, { amount, agreedWith, agreedOn, why, by: actor, at: now, requestId });
  await markCustomersToLook(tx, [customerId]);
  await deps.enqueue(tx, PUSH_JOB, { customerId }, { singletonKey: customerId });
  await appendEvents(tx, [
    {
      type: "spending.budget-agreed",
      actor,
      at: now,
      subject: { kind: "budget", id: customerId },
      customerId,
      why,
      before: before && {
        amount: { minor: before.amount_minor, currency: before.currency },
        agreedWith: before.agreed_with,
      },
      after: { amount: moneyToJson(amount), agreedWith, agreedOn },
    },
  ]);
  const kept = await loadBudget(tx, customerId);
  if (kept === undefined) throw new Error("invariant broken: a budget that was just kept is not there");
  return ok(budgetToWire(kept));
}

export const budgetToWire = (row: BudgetRow): BudgetWire => ({
  amount: { minor: row.amount_minor.toString(), currency: row.currency },
  agreedWith: row.agreed_with,
  agreedOn: row.agreed_on.toString(),
  why: row.why,
  setBy: row.set_by.name,
  setAt: row.set_at.toString(),
  state: row.state,
  failure: row.failure,
});

export type PushDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly enqueue: Enqueue;
  readonly newId: NewId;
  readonly setBudget: PartnerCenterActions["setBudget"];
};

/**
 * Sends the agreed budget to Partner Center. Safe to repeat at any point: the call carries the same idempotency key until the
 * budget is agreed anew, and a result that arrives after a newer agreement changes nothing. An outage is thrown and retried.
 */
export async function pushBudget(deps: PushDeps, customerId: CustomerId): Promise<void> {
  const claimed = await deps.store.inTransaction((tx) => claim(tx, deps, customerId));
  if (claimed === undefined) return;
  const amount = { minor: claimed.amount_minor, currency: claimed.currency };
  let answer: Awaited<ReturnType<PushDeps["setBudget"]>>;
  try {
    answer = await deps.setBudget(
      { customerId, amount: plainDecimal(amount) },
      { requestId: claimed.request_id, correlationId: deps.newId() },
    );
  } catch (outage) {
    await deps.store.inTransaction((tx) => releasePush(tx, customerId, claimed.request_id));
    throw outage;
  }
  await deps.store.inTransaction(async (tx) => {
    const now = deps.clock.now();
    if (answer.ok && answer.value.kind !== "accepted")
      await savePartnerBudgets(tx, [{ customerId, amount: answer.value.value.amount }], now);
    const outcome = outcomeOf(answer, amount, now);
    const moved = await moveBudget(tx, customerId, {
      requestId: claimed.request_id,
      state: outcome.state,
      failure: outcome.failure,
      at: now,
    });
    if (moved) await appendEvents(tx, [pushedEvent(claimed, outcome, now)]);
  });
}

/** The amount without trailing zeros: Partner Center wants a JSON number, and 720000.00 is none that keeps its digits. */
function plainDecimal(amount: Money): Decimal {
  const parsed = parseDecimal(moneyToText(amount));
  if (!parsed.ok) throw new Error(`invariant broken: ${parsed.error}`);
  return parsed.value;
}

async function claim(tx: Tx, { clock, enqueue }: PushDeps, customerId: CustomerId): Promise<BudgetRow | undefined> {
  const budget = await loadBudget(tx, customerId, "lock");
  if (budget === undefined) return undefined;
  const now = clock.now();
  const decision = decidePush(onItsWay(budget), now);
  if (decision.kind === "wait")
    await enqueue(tx, PUSH_JOB, { customerId }, { singletonKey: customerId, afterSeconds: decision.seconds });
  if (decision.kind !== "push") return undefined;
  await beginPush(tx, customerId, now);
  return budget;
}

type Outcome = {
  readonly state: "in-partner-center" | "pushing" | "differs" | "failed";
  readonly failure: Failure | undefined;
  readonly copy?: string | undefined;
};

function outcomeOf(answer: Awaited<ReturnType<PushDeps["setBudget"]>>, wanted: Money, now: Temporal.Instant): Outcome {
  if (!answer.ok) {
    const { kind, detail, code } = answer.error;
    return { state: "failed", failure: { kind, detail, code: code ?? null, at: now.toString() } };
  }
  // Accepted means that Microsoft still works on it: reading the budget back tells how it ended.
  if (answer.value.kind === "accepted") return { state: "pushing", failure: undefined };
  const copy = answer.value.value.amount;
  return {
    state: isSameBudget(wanted, copy) ? "in-partner-center" : "differs",
    failure: undefined,
    copy: copy === undefined ? undefined : decimalToText(copy),
  };
}

function pushedEvent(budget: BudgetRow, outcome: Outcome, at: Temporal.Instant): NewEvent {
  const types = {
    "in-partner-center": "spending.budget-pushed",
    pushing: "spending.budget-sent",
    differs: "spending.budget-differs",
    failed: "spending.budget-refused",
  } as const;
  return {
    type: types[outcome.state],
    actor: SURETY,
    at,
    subject: { kind: "budget", id: budget.customer_id },
    customerId: budget.customer_id,
    why: outcome.failure?.detail,
    before: { state: budget.state },
    after: { state: outcome.state, copy: outcome.copy },
    data: {
      amountMinor: budget.amount_minor,
      currency: budget.currency,
      kind: outcome.failure?.kind,
      requestId: budget.request_id,
    },
  };
}

/** Queues budgets whose job was lost, e.g. because it gave up during a long outage. */
export async function requeueStuck(tx: Tx, { enqueue, clock }: Pick<PushDeps, "enqueue" | "clock">): Promise<number> {
  const stuck = await loadStuck(tx, clock.now().subtract({ minutes: STUCK_MINUTES }));
  for (const customerId of stuck) await enqueue(tx, PUSH_JOB, { customerId }, { singletonKey: customerId });
  return stuck.length;
}
