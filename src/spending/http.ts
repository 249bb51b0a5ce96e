import { z } from "zod";
import { ok } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import { customerIdInput, pageOf, pageQuery } from "../core/wire.ts";
import { type Route, route } from "../http/contract.ts";
import {
  budgetBody,
  budgetJson,
  customerSpendJson,
  SPEND_SORTS,
  SPEND_STATES,
  spendRowJson,
  spendSummaryJson,
} from "./contract.ts";
import { type BudgetDeps, setBudget } from "./service-budget.ts";
import { listSpend, spendOf, spendSummary } from "./service.ts";

const params = z.object({ customerId: customerIdInput });
const flag = z
  .enum(["true", "false"])
  .transform((text) => text === "true")
  .optional();
const listQuery = z.strictObject({
  ...pageQuery,
  q: z.string().max(200).optional(),
  state: z.enum(SPEND_STATES).optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  /** Only budgets that Microsoft refused or that differ there. */
  budgetTrouble: flag,
  sort: z.enum(SPEND_SORTS).default("budget-use"),
  direction: z.enum(["asc", "desc"]).default("desc"),
});

export type SpendingRouteDeps = BudgetDeps & {
  /** IANA zone of the desk: what "today" means when a budget names no day. */
  readonly zone: string;
};

export const spendingRoutes = (deps: SpendingRouteDeps): readonly Route[] => [
  route({
    method: "GET",
    path: "/api/spend",
    permission: "spending.read",
    summary: "Azure spend of every customer against its budget, one page",
    query: listQuery,
    response: pageOf(spendRowJson),
    handle: ({ tx, query }) => listSpend(tx, query),
  }),
  route({
    method: "GET",
    path: "/api/spend/summary",
    permission: "spending.read",
    summary: "The portfolio's month per currency, and how many customers are in each state",
    response: spendSummaryJson,
    handle: async ({ tx, now }) => ok(await spendSummary(tx, now)),
  }),
  route({
    method: "GET",
    path: "/api/customers/:customerId/spend",
    permission: "spending.read",
    summary: "One customer's Azure spend: days, forecast, budget, largest resources",
    params,
    response: customerSpendJson,
    handle: async ({ tx, params: { customerId }, now }) => ok(await spendOf(tx, customerId, now)),
  }),
  route({
    method: "PUT",
    path: "/api/customers/:customerId/budget",
    permission: "spending.set-budget",
    summary: "Agree a monthly budget and send it to Partner Center; it never stops usage",
    params,
    body: budgetBody,
    response: budgetJson,
    handle: ({ tx, params: { customerId }, body, actor, now }) =>
      setBudget(tx, { ...body, customerId, agreedOn: body.agreedOn ?? dayOf(now, deps.zone), actor, now }, deps),
  }),
];
