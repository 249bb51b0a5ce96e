import { z } from "zod";
import type { NewId } from "../core/ids.ts";
import { no } from "../core/refusal.ts";
import { ok } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import { currencyInput, customerIdInput, pageOf, pageQuery } from "../core/wire.ts";
import { type Route, route } from "../http/contract.ts";
import type { SubscriptionId } from "../core/ids.ts";
import {
  CUSTOMER_SORTS,
  customerFiltersJson,
  customerRowJson,
  limitBody,
  limitJson,
  noteBody,
  noteJson,
  STANDINGS,
  standingBody,
  standingJson,
  subscriptionDetailJson,
  TIMELINE_GROUPS,
  timelineRowJson,
} from "./contract.ts";
import { DEFAULT_DIRECTION, DIRECTIONS } from "./decide-cursor.ts";
import { passportRoute, type PassportDeps } from "./http-passport.ts";
import {
  addNote,
  customerFilters,
  customerOf,
  type LimitDeps,
  listCustomers,
  setLimit,
  setStanding,
} from "./service.ts";
import { subscriptionDetail } from "./service-passport.ts";
import { timelineOf } from "./service-timeline.ts";

export type CustomersRouteDeps = PassportDeps & LimitDeps & { readonly newId: NewId };

const params = z.object({ customerId: customerIdInput });
const subscriptionParams = params.extend({
  subscriptionId: z
    .string()
    .min(1)
    .max(100)
    .transform((id) => id.toLowerCase() as SubscriptionId),
});
const flag = z
  .enum(["true", "false"])
  .transform((text) => text === "true")
  .optional();
const listQuery = z.strictObject({
  ...pageQuery,
  q: z.string().max(200).optional(),
  /** A reseller's id, or "direct". */
  reseller: z.string().max(100).optional(),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/)
    .transform((code) => code.toUpperCase())
    .optional(),
  standing: z.enum(STANDINGS).optional(),
  currency: currencyInput.optional(),
  hasOpenNotice: flag,
  isOverLimit: flag,
  isOverdue: flag,
  hasNoBudget: flag,
  hasNoLimit: flag,
  /** Customers that left us, instead of those that are ours. */
  hasLeft: flag,
  sort: z.enum(CUSTOMER_SORTS).default("exposure"),
  direction: z.enum(DIRECTIONS).optional(),
});
const timelineQuery = z.strictObject({
  group: z.enum(TIMELINE_GROUPS).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,19}$/, "must be a cursor this list gave")
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const customersRoutes = (deps: CustomersRouteDeps): readonly Route[] => [
  ...readRoutes(deps),
  ...writeRoutes(deps),
  passportRoute(deps),
];

const readRoutes = (deps: CustomersRouteDeps): readonly Route[] => [
  route({
    method: "GET",
    path: "/api/customers",
    permission: "customers.read",
    summary: "The portfolio: search, filters, order and figures of every customer, one page",
    query: listQuery,
    response: pageOf(customerRowJson),
    handle: ({ tx, query: { sort, direction, cursor, limit, ...filter } }) =>
      listCustomers(tx, { filter, sort, direction: direction ?? DEFAULT_DIRECTION[sort], cursor, limit }),
  }),
  route({
    method: "GET",
    path: "/api/customers/filters",
    permission: "customers.read",
    summary: "What the portfolio can be filtered by, with counts",
    response: customerFiltersJson,
    handle: async ({ tx }) => ok(await customerFilters(tx)),
  }),
  route({
    method: "GET",
    path: "/api/customers/:customerId/timeline",
    permission: "customers.read",
    summary: "What happened around a customer, newest first",
    params,
    query: timelineQuery,
    response: z.object({ rows: z.array(timelineRowJson), nextCursor: z.string().nullable() }),
    handle: async ({ tx, params: { customerId }, query: { group, cursor, limit } }) => {
      if ((await customerOf(tx, customerId)) === undefined)
        return no("not-found", "customer-unknown", "No customer with this id is known here.");
      const beforeSeq = cursor === undefined ? undefined : BigInt(cursor);
      return ok(await timelineOf(tx, { customerId, group, beforeSeq, limit }));
    },
  }),
  route({
    method: "GET",
    path: "/api/customers/:customerId/subscriptions/:subscriptionId",
    permission: "customers.read",
    summary: "One subscription: its facts, how they changed, and the object as Microsoft sent it",
    params: subscriptionParams,
    response: subscriptionDetailJson,
    handle: ({ tx, params: key, now }) => subscriptionDetail(tx, key, { now, today: dayOf(now, deps.zone) }),
  }),
];

const writeRoutes = (deps: CustomersRouteDeps): readonly Route[] => [
  route({
    method: "PUT",
    path: "/api/customers/:customerId/standing",
    permission: "customers.edit",
    summary: "Change how freely a customer may buy and run; asks for the reason",
    params,
    body: standingBody,
    response: standingJson,
    handle: ({ tx, params: { customerId }, body, actor, now }) => setStanding(tx, { ...body, customerId, actor, now }),
  }),
  route({
    method: "PUT",
    path: "/api/customers/:customerId/limit",
    permission: "customers.edit",
    summary: "Set a customer's credit limit in the reporting currency; asks for the reason",
    params,
    body: limitBody,
    response: limitJson,
    handle: ({ tx, params: { customerId }, body, actor, now }) =>
      setLimit(tx, { ...body, customerId, actor, now }, deps),
  }),
  route({
    method: "POST",
    path: "/api/customers/:customerId/notes",
    permission: "cases.work",
    summary: "Write a note on a customer",
    params,
    body: noteBody,
    response: noteJson,
    handle: ({ tx, params: { customerId }, body: { text }, actor, now }) =>
      addNote(tx, { customerId, text, actor, now }, deps.newId),
  }),
];
