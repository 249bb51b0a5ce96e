import { z } from "zod";
import type { CaseId } from "../core/ids.ts";
import { no } from "../core/refusal.ts";
import { ok } from "../core/result.ts";
import { customerIdInput, pageQuery } from "../core/wire.ts";
import { downloadRoute, type Route, route } from "../http/contract.ts";
import { readEvents } from "../store/events.ts";
import {
  assignableJson,
  CASE_FAMILIES,
  caseJson,
  casePageJson,
  evidenceJson,
  SEVERITIES,
  timelineRowJson,
} from "./contract.ts";
import { caseDetail, timelineRow } from "./detail.ts";
import { caseWriteRoutes } from "./http-write.ts";
import { evidencePack } from "./pack.ts";
import { listCases } from "./rows.ts";
import type { CasesDeps } from "./service.ts";
import { rankOf } from "./store.ts";
import { documentByHash, evidenceById } from "./store-parts.ts";
import { CASE_FILTERS, CASE_SORTS } from "./store-read.ts";

const caseParams = z.object({ caseId: z.uuid().transform((id) => id.toLowerCase() as CaseId) });

const listQuery = z.object({
  ...pageQuery,
  state: z.enum(CASE_FILTERS).default("open"),
  sort: z.enum(CASE_SORTS).default("clock"),
  family: z.enum(CASE_FAMILIES).optional(),
  /** At least this severe. */
  severity: z.enum(SEVERITIES).optional(),
  customerId: customerIdInput.optional(),
  assigneeId: z.string().min(1).max(200).optional(),
});

const unknown = () => no("not-found", "case-unknown", "no case has this id");

/** Who is looking into what, what they decided and why. */
export const casesRoutes = (deps: CasesDeps): Route[] => [
  ...listRoutes(deps),
  ...partRoutes(),
  packRoute(deps),
  ...caseWriteRoutes(deps),
];

function listRoutes(deps: CasesDeps): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/cases",
      permission: "cases.read",
      summary: "Cases by clock, priority, money or age",
      query: listQuery,
      response: casePageJson,
      handle: ({ tx, query, person, now }) => {
        const { state, severity, ...rest } = query;
        const severityMin = severity === undefined ? undefined : rankOf(severity);
        return listCases(deps, tx, { ...rest, filter: state, severityMin, personId: person.id, now });
      },
    }),
    route({
      method: "GET",
      path: "/api/cases/people",
      permission: "cases.read",
      summary: "Whom a case can be handed to",
      response: z.object({ people: z.array(assignableJson) }),
      handle: async ({ tx }) => ok({ people: [...(await deps.people(tx))] }),
    }),
    route({
      method: "GET",
      path: "/api/cases/:caseId",
      permission: "cases.read",
      summary: "One case with everything its page shows",
      params: caseParams,
      response: caseJson,
      handle: async ({ tx, params, person, now }) => {
        const found = await caseDetail(deps, tx, { caseId: params.caseId, person, now });
        return found === undefined ? unknown() : ok(found);
      },
    }),
    route({
      method: "GET",
      path: "/api/cases/:caseId/timeline",
      permission: "cases.read",
      summary: "Older events of a case",
      params: caseParams,
      query: z.object({ beforeSeq: z.string().regex(/^\d{1,19}$/), limit: pageQuery.limit }),
      response: z.object({ rows: z.array(timelineRowJson), hasMore: z.boolean() }),
      handle: async ({ tx, params, query }) => {
        const rows = await readEvents(tx, {
          caseId: params.caseId,
          beforeSeq: BigInt(query.beforeSeq),
          limit: query.limit + 1,
        });
        return ok({ rows: rows.slice(0, query.limit).map(timelineRow), hasMore: rows.length > query.limit });
      },
    }),
  ];
}

function partRoutes(): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/cases/:caseId/evidence/:evidenceId",
      permission: "cases.read",
      summary: "One link of the evidence with the record as it arrived",
      params: caseParams.extend({ evidenceId: z.uuid().toLowerCase() }),
      response: evidenceJson.extend({ raw: z.unknown() }),
      handle: async ({ tx, params }) => {
        const row = await evidenceById(tx, params.caseId, params.evidenceId);
        if (row === undefined) return no("not-found", "evidence-unknown", "this case has no such record");
        const {
          evidence_id: id,
          finding_id: findingId,
          kind,
          facts,
          source,
          record_id: recordId,
          raw_sha256: rawSha256,
          raw,
        } = row;
        return ok({ id, findingId, at: row.at.toString(), kind, facts, source, recordId, rawSha256, raw });
      },
    }),
    downloadRoute({
      method: "GET",
      path: "/api/cases/:caseId/documents/:sha256",
      permission: "cases.read",
      summary: "A file of a case",
      params: caseParams.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
      handle: async ({ tx, params }) => {
        const file = await documentByHash(tx, params.caseId, params.sha256);
        if (file === undefined) return no("not-found", "document-unknown", "this case has no such file");
        // Never the stored type: a browser must not run what somebody put in as evidence.
        return ok({ contentType: "application/octet-stream", fileName: file.name, chunks: once(file.content) });
      },
    }),
  ];
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}

const packRoute = (deps: CasesDeps): Route =>
  downloadRoute({
    method: "GET",
    path: "/api/cases/:caseId/pack",
    permission: "cases.read",
    summary: "Everything about a case in one archive, with hashes",
    params: caseParams,
    handle: async ({ tx, params, person, now }) => {
      const pack = await evidencePack(deps, tx, { caseId: params.caseId, person, now });
      return pack === undefined
        ? unknown()
        : ok({ contentType: "application/zip", fileName: pack.fileName, chunks: pack.chunks });
    },
  });
