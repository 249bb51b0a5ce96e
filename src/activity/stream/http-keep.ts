import { z } from "zod";
import { no } from "../../core/refusal.ts";
import { ok } from "../../core/result.ts";
import { customerIdInput, pageOf, pageQuery } from "../../core/wire.ts";
import { type Route, route } from "../../http/contract.ts";
import { coverageRowJson, coverageSummaryJson, CUSTOMER_STATES, feedJson, retentionJson } from "./contract.ts";
import { RETENTION_CLASSES } from "./decide-filing.ts";
import { RETENTION_DAYS_MAX, RETENTION_DAYS_MIN } from "./decide-retention.ts";
import { coverageOf, coverageRows, coverageSummary, ownerlessFeeds } from "./service-coverage.ts";
import {
  changeRetention,
  holdCustomer,
  releaseCustomer,
  retentionPage,
  type RetentionDeps,
} from "./service-retention.ts";

const why = z.string().trim().min(3).max(500);
/** Cursors of this list are places in it. */
const placeOf = (cursor: string | undefined): number | undefined =>
  cursor === undefined ? 0 : /^\d{1,7}$/.test(cursor) ? Number(cursor) : undefined;

/** Routes of coverage: which feeds tell of whom. */
export const coverageRoutes = (deps: RetentionDeps): Route[] => [
  route({
    method: "GET",
    path: "/api/activity/coverage",
    permission: "activity.read",
    summary: "Which feeds tell of which customer, those without any first, one page",
    query: z.strictObject({
      ...pageQuery,
      state: z.enum(CUSTOMER_STATES).optional(),
      q: z.string().trim().max(200).optional(),
    }),
    response: pageOf(coverageRowJson),
    handle: async ({ tx, query, now }) => {
      const place = placeOf(query.cursor);
      if (place === undefined) return no("invalid", "cursor-unknown", "use the nextCursor of the page before");
      const q = query.q === "" ? undefined : query.q;
      const rows = await coverageRows(tx, deps, { now, state: query.state, q });
      const end = place + query.limit;
      return ok({
        rows: rows.slice(place, end),
        nextCursor: end < rows.length ? String(end) : null,
        total: rows.length,
      });
    },
  }),
  route({
    method: "GET",
    path: "/api/activity/coverage/summary",
    permission: "activity.read",
    summary: "How many customers are in each state of coverage, and what belongs to nobody",
    response: coverageSummaryJson.extend({ ownerlessFeeds: z.array(feedJson) }),
    handle: async ({ tx, now }) =>
      ok({ ...(await coverageSummary(tx, deps, now)), ownerlessFeeds: [...(await ownerlessFeeds(tx, now))] }),
  }),
  route({
    method: "GET",
    path: "/api/customers/:customerId/activity-coverage",
    permission: "activity.read",
    summary: "Which feeds tell of a customer",
    params: z.strictObject({ customerId: customerIdInput }),
    response: coverageRowJson,
    handle: async ({ tx, params, now }) => ok(await coverageOf(tx, deps, { customerId: params.customerId, now })),
  }),
];

/** Routes of keeping: how long, and for whom longer. */
export const retentionRoutes = (deps: RetentionDeps): Route[] => [
  route({
    method: "GET",
    path: "/api/activity/retention",
    permission: "activity.read",
    summary: "How long events are kept, by class, and every legal hold",
    response: retentionJson,
    handle: async ({ tx }) => ok(await retentionPage(tx, deps)),
  }),
  route({
    method: "PUT",
    path: "/api/activity/retention/:class",
    permission: "activity.keep",
    summary: "Sets how many days events of a class are kept",
    params: z.strictObject({ class: z.enum(RETENTION_CLASSES) }),
    body: z.strictObject({ days: z.number().int().min(RETENTION_DAYS_MIN).max(RETENTION_DAYS_MAX), why }),
    response: retentionJson,
    handle: async ({ tx, params, body, actor, now }) => {
      await changeRetention(tx, { class: params.class, ...body, actor, now });
      return ok(await retentionPage(tx, deps));
    },
  }),
  route({
    method: "POST",
    path: "/api/activity/holds",
    permission: "activity.keep",
    summary: "Legal hold: keeps everything of a customer until it is lifted",
    body: z.strictObject({ customerId: customerIdInput, reason: why }),
    response: z.object({ id: z.string() }),
    handle: ({ tx, body, actor, now }) => holdCustomer(tx, deps, { ...body, actor, now }),
  }),
  route({
    method: "POST",
    path: "/api/activity/holds/:id/lift",
    permission: "activity.keep",
    summary: "Lifts a legal hold; the usual time applies again",
    params: z.strictObject({ id: z.uuid() }),
    body: z.strictObject({ why }),
    response: z.object({}),
    handle: ({ tx, params, body, actor, now }) => releaseCustomer(tx, { id: params.id, why: body.why, actor, now }),
  }),
];
