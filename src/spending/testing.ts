import { parseDecimal } from "../core/decimal.ts";
import type { CustomerId, SubscriptionId } from "../core/ids.ts";
import type {
  ActionCall,
  Budget,
  CustomerUsageRecord,
  PartnerCenterActions,
  PartnerCenterProblem,
  ResourceUsage,
} from "../partner-center/contract.ts";

/** Facts and a small Partner Center for tests of this slice. */

export const customerIdOf = (n: number): CustomerId =>
  `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}` as CustomerId;
const decimal = (text: string) => {
  const parsed = parseDecimal(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

/** Customer `n` has used `cost` kronor this month by `at`. */
export const aRecord = (
  n: number,
  cost: string,
  at: string,
  more: { readonly budget?: string; readonly currency?: string | null } = {},
): CustomerUsageRecord => ({
  customerId: customerIdOf(n),
  name: `Customer ${n} AB`,
  cost: { value: decimal(cost), currency: more.currency === null ? undefined : (more.currency ?? "SEK") },
  usdCost: decimal(cost),
  modifiedAt: Temporal.Instant.from(at),
  raw: null,
  isAzurePlan: true,
  ...(more.budget === undefined ? {} : { budget: decimal(more.budget) }),
});

export const aResource = (n: number, entitlement: string, cost: string, at: string): ResourceUsage => ({
  customerId: customerIdOf(n),
  name: `vm-${cost}`,
  cost: { value: decimal(cost), currency: "SEK" },
  modifiedAt: Temporal.Instant.from(at),
  raw: null,
  planId: "11111111-0000-4000-8000-000000000001" as SubscriptionId,
  entitlementId: entitlement,
  entitlementName: "Drift",
  resourceUri: `/subscriptions/${entitlement}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm`,
  resourceType: "Microsoft.Compute/virtualMachines",
  resourceGroup: "rg",
});

export const noUsage = { customers: [], subscriptions: [], resources: [] };
export const budgetOf = (n: number, amount: string | undefined): Budget => ({
  customerId: customerIdOf(n),
  amount: amount === undefined ? undefined : decimal(amount),
});

/** Microsoft's side of a budget: remembers calls by their key, so that a repeated call has one effect. */
export function fakePartnerCenter() {
  const budgets = new Map<string, Budget>();
  const answered = new Set<string>();
  const calls: ActionCall[] = [];
  const state = { effects: 0, next: "done" as "done" | "accepted" | "refuse" | "outage" | "lost-answer" };
  const setBudget: PartnerCenterActions["setBudget"] = async (budget, call) => {
    calls.push(call);
    const turn = state.next;
    state.next = "done";
    if (turn === "outage") throw new Error("outage: no answer");
    if (turn === "refuse") return { ok: false, error: refusal };
    if (!answered.has(call.requestId)) {
      answered.add(call.requestId);
      budgets.set(budget.customerId, budget);
      state.effects += 1;
    }
    if (turn === "lost-answer") throw new Error("outage: the answer was lost");
    return { ok: true, value: { kind: turn === "accepted" ? "accepted" : "done", value: budget } };
  };
  return { setBudget, budgets, calls, state };
}
const refusal: PartnerCenterProblem = {
  kind: "forbidden-role",
  advice: "grant-role",
  detail: "role missing",
  code: "900308",
  httpStatus: 403,
  correlationId: "c",
  requestId: "r",
  outcomeUnknown: false,
};
