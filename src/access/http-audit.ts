import { z } from "zod";
import { ok } from "../core/result.ts";
import { customerIdInput, instantInput } from "../core/wire.ts";
import { downloadRoute, type Route, route } from "../http/contract.ts";
import { exportChain } from "../store/audit.ts";
import { appendEvents, type EventFilter, latestSeq } from "../store/events.ts";
import { ACCESS_EVENTS, auditCheckJson, auditPageJson } from "./contract.ts";
import type { Desk } from "./desk.ts";
import { auditPage, checkChain, lastCheck } from "./service-audit.ts";

const ROWS_MAX = 200;
const ID_CHARS_MAX = 100;
const auditQuery = z.object({
  customerId: customerIdInput.optional(),
  caseId: z.string().max(ID_CHARS_MAX).optional(),
  actorId: z.string().max(ID_CHARS_MAX).optional(),
  /** `response.` for all of a slice, or a whole type. */
  type: z
    .string()
    .regex(/^[a-z0-9.-]{1,100}$/, "must be the beginning of an event type, e.g. response.")
    .optional(),
  subjectKind: z.string().max(ID_CHARS_MAX).optional(),
  subjectId: z.string().max(ID_CHARS_MAX).optional(),
  since: instantInput.optional(),
  until: instantInput.optional(),
  /** Only events older than this number: `older` of the page before. */
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, "must be the number of an event")
    .optional(),
  limit: z.coerce.number().int().min(1).max(ROWS_MAX).default(50),
});

export const auditRoutes = (desk: Desk): readonly Route[] => [
  route({
    method: "GET",
    path: "/api/audit",
    permission: "audit.read",
    summary: "The event log, newest first, by customer, case, actor, type and time",
    query: auditQuery,
    response: auditPageJson,
    handle: async ({ tx, query }) => ok(await auditPage(tx, filterOf(query))),
  }),
  route({
    method: "GET",
    path: "/api/audit/check",
    permission: "audit.read",
    summary: "What the last check of the chain found; null when it was never checked",
    response: auditCheckJson.nullable(),
    handle: async ({ tx }) => ok((await lastCheck(tx)) ?? null),
  }),
  route({
    method: "GET",
    path: "/api/audit/verify",
    permission: "audit.read",
    summary: "Recompute the whole chain now, name the first broken row and remember the result",
    response: auditCheckJson,
    handle: async () => ok(await checkChain(desk)),
  }),
  downloadRoute({
    method: "GET",
    path: "/api/audit/export",
    permission: "audit.export",
    summary: "The whole log as JSON lines that can be verified offline: surety audit verify --file",
    handle: async ({ tx, actor, now }) => {
      await desk.store.inTransaction(async (own) => {
        const upTo = await latestSeq(own);
        await appendEvents(own, [
          {
            type: ACCESS_EVENTS.auditExported,
            actor,
            at: now,
            subject: { kind: "audit", id: "chain" },
            data: { upToSeq: upTo },
          },
        ]);
      });
      const fileName = `surety-audit-${now.toString({ smallestUnit: "second" }).replaceAll(/[-:]/g, "")}.jsonl`;
      return ok({ contentType: "application/x-ndjson; charset=utf-8", fileName, chunks: exportChain(tx) });
    },
  }),
];

function filterOf(query: z.output<typeof auditQuery>): EventFilter {
  const { customerId, caseId, actorId, type, subjectKind, subjectId, since, until, cursor, limit } = query;
  const subject =
    subjectKind === undefined || subjectId === undefined ? undefined : { kind: subjectKind, id: subjectId };
  return {
    customerId,
    caseId,
    actorId,
    subject,
    since,
    until,
    limit,
    typePrefix: type,
    beforeSeq: cursor === undefined ? undefined : BigInt(cursor),
  };
}
