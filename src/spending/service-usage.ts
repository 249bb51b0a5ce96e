import type { CustomerId } from "../core/ids.ts";
import type { Budget, CustomerUsageRecord } from "../partner-center/contract.ts";
import { MICROSOFT, type NewEvent, type Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import type { UsageFacts } from "../sync/contract.ts";
import { foldName } from "./decide-name.ts";
import { decideReadBack } from "./decide-budget.ts";
import { placeReading } from "./decide-usage.ts";
import { type BudgetRow, loadBudgets, moveBudget, savePartnerBudgets } from "./store-budget.ts";
import {
  decimalOf,
  type Figure,
  figureKey,
  loadKeptFigures,
  markCustomersToLook,
  markToLook,
  moveToLastMonth,
  type PlacedFigure,
  sumEntitlements,
  upsertFigures,
  upsertResources,
} from "./store-usage.ts";

/** Figures written in one statement. */
const BATCH = 2_000;
/** With more changed copies than this in one answer, one event tells them all. */
const EVENTS_EACH_MAX = 25;

/** Keeps what changed in Microsoft's usage estimates. Safe to repeat: a figure that is known, or older than a known one, changes nothing. Gives whose figures are new. */
export async function saveUsage(tx: Tx, usage: UsageFacts, at: Temporal.Instant): Promise<readonly CustomerId[]> {
  const customers = usage.customers.map((one): Figure => ({
    ...figureOf(one, at),
    scope: "customer",
    scopeId: one.customerId,
  }));
  const subscriptions = usage.subscriptions.map((one): Figure => ({
    ...figureOf(one, at),
    scope: "subscription",
    scopeId: one.subscriptionId,
  }));
  for (let start = 0; start < usage.resources.length; start += BATCH)
    await upsertResources(tx, usage.resources.slice(start, start + BATCH), at);
  const owners = [...new Set(usage.resources.map((one) => one.customerId))];
  const entitlements = owners.length === 0 ? [] : await sumEntitlements(tx, owners);
  const kept = await keepFigures(tx, [...customers, ...subscriptions, ...entitlements], at);
  const looked = kept
    .filter((one) => one.scope === "customer")
    .map((one) => ({
      customerId: one.customerId,
      name: one.name,
      nameKey: foldName(one.name),
      through: one.through,
      month: one.month,
    }));
  // Budgets before states, as the budget feed takes them: the two run at the same time and must not wait for each other.
  const budgets = await keepCopies(
    tx,
    usage.customers.map(({ customerId, budget }: CustomerUsageRecord) => ({ customerId, amount: budget })),
    at,
  );
  if (looked.length > 0) await markToLook(tx, looked);
  const read: readonly NewEvent[] =
    kept.length === 0
      ? []
      : [
          {
            type: "spending.usage-read",
            actor: MICROSOFT,
            at,
            subject: { kind: "usage", id: "all" },
            data: { customers: looked.length, figures: kept.length, resources: usage.resources.length },
          },
        ];
  await appendEvents(tx, [...read, ...budgets]);
  return looked.map((one) => one.customerId);
}

function figureOf(
  usage: UsageFacts["customers"][number] | UsageFacts["subscriptions"][number],
  at: Temporal.Instant,
): Omit<Figure, "scope" | "scopeId"> {
  const { customerId, name, cost, usdCost, modifiedAt } = usage;
  return {
    customerId,
    name,
    currency: cost.currency,
    through: modifiedAt ?? at,
    monthToDate: cost.value,
    usd: usdCost,
  };
}

async function keepFigures(tx: Tx, figures: readonly Figure[], at: Temporal.Instant): Promise<readonly PlacedFigure[]> {
  const placed: PlacedFigure[] = [];
  for (let start = 0; start < figures.length; start += BATCH) {
    const batch = figures.slice(start, start + BATCH);
    const kept = await loadKeptFigures(tx, batch);
    const fresh = new Map<string, PlacedFigure>();
    for (const figure of batch) {
      const known = kept.get(figureKey(figure));
      if (known?.newestThrough !== undefined && Temporal.Instant.compare(figure.through, known.newestThrough) <= 0)
        continue;
      fresh.set(figureKey(figure), { ...figure, ...placeReading(known?.before, figure) });
    }
    const late = [...fresh].flatMap(([key, { scope, scopeId, beforeIsOfLastMonth }]) => {
      const before = beforeIsOfLastMonth ? kept.get(key)?.before : undefined;
      return before === undefined ? [] : [{ scope, scopeId, upTo: before.day }];
    });
    if (late.length > 0) await moveToLastMonth(tx, late);
    if (fresh.size > 0) await upsertFigures(tx, [...fresh.values()], at);
    placed.push(...fresh.values());
  }
  return placed;
}

/** Keeps Microsoft's copies of the budgets and compares them with what was agreed. */
export async function saveBudgets(tx: Tx, budgets: readonly Budget[], at: Temporal.Instant): Promise<void> {
  await appendEvents(tx, await keepCopies(tx, budgets, at));
}

async function keepCopies(tx: Tx, copies: readonly Budget[], at: Temporal.Instant): Promise<readonly NewEvent[]> {
  if (copies.length === 0) return [];
  const changes = await savePartnerBudgets(
    tx,
    copies.map(({ customerId, amount }) => ({ customerId, amount })),
    at,
  );
  const agreed = await loadBudgets(
    tx,
    copies.map((one) => one.customerId),
    "lock",
  );
  const events: NewEvent[] = [];
  for (const { customerId, amount } of copies) {
    const budget = agreed.get(customerId);
    const next = budget === undefined ? undefined : decideReadBack(onItsWay(budget), amount, at);
    if (budget === undefined || next === undefined) continue;
    await moveBudget(tx, customerId, { requestId: budget.request_id, state: next, at });
    const copy = amount === undefined ? null : amount;
    events.push({
      type: next === "differs" ? "spending.budget-differs" : "spending.budget-confirmed",
      actor: MICROSOFT,
      at,
      subject: { kind: "budget", id: customerId },
      customerId,
      before: { state: budget.state },
      after: { state: next, copy },
      data: { amountMinor: budget.amount_minor, currency: budget.currency },
    });
  }
  const foreign = changes.filter((change) => change.was_read && !agreed.has(change.customer_id));
  events.push(...foreignEvents(foreign, at));
  await markCustomersToLook(
    tx,
    changes.map((change) => change.customer_id),
  );
  return events;
}

function foreignEvents(
  changes: readonly {
    readonly customer_id: CustomerId;
    readonly before: string | null;
    readonly after: string | null;
  }[],
  at: Temporal.Instant,
): readonly NewEvent[] {
  if (changes.length > EVENTS_EACH_MAX)
    return [
      {
        type: "spending.many-partner-budgets-changed",
        actor: MICROSOFT,
        at,
        subject: { kind: "budgets", id: "all" },
        data: { count: changes.length },
      },
    ];
  return changes.map((one) => ({
    type: "spending.partner-budget-changed",
    actor: MICROSOFT,
    at,
    subject: { kind: "budget", id: one.customer_id },
    customerId: one.customer_id,
    before: { amount: one.before },
    after: { amount: one.after },
  }));
}

export const onItsWay = (row: BudgetRow) => ({
  amount: { minor: row.amount_minor, currency: row.currency },
  state: row.state,
  stateAt: row.state_at,
  pushBeganAt: row.push_began_at ?? undefined,
});
export const copyOf = (text: string | null) => (text === null ? undefined : decimalOf(text));
