import { z } from "zod";
import type { CaseId } from "../core/ids.ts";
import type { Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { dayInput } from "../core/wire.ts";
import { type Call, type Route, route, uploadRoute } from "../http/contract.ts";
import { caseRowJson, DOCUMENT_BYTES_MAX, documentJson, NOTE_MAX, OUTCOMES, STEP_STATES } from "./contract.ts";
import { documentToJson } from "./detail.ts";
import { caseRowsJson } from "./rows.ts";
import {
  addDocument,
  assignCase,
  type CasesDeps,
  closeCase,
  noteOnCase,
  recordRefund,
  reopenCase,
  tickStep,
} from "./service.ts";
import type { CaseRow } from "./store.ts";

const caseParams = z.object({ caseId: z.uuid().transform((id) => id.toLowerCase() as CaseId) });
type Params = z.output<typeof caseParams>;

/** Every write answers with the case's row, so that a caller need not ask again. */
export function caseWriteRoutes(deps: CasesDeps): Route[] {
  const by = ({ params, person, now }: Pick<Call<Params, undefined, unknown>, "params" | "person" | "now">) => ({
    caseId: params.caseId,
    person,
    now,
  });
  const answer = async (
    call: Pick<Call<Params, undefined, unknown>, "tx" | "now">,
    result: Result<CaseRow, Refusal>,
  ) => {
    if (!result.ok) return result;
    const [json] = await caseRowsJson(deps, call.tx, { rows: [result.value], now: call.now });
    if (json === undefined) throw new Error("invariant broken: one row gives one row");
    return ok(json);
  };
  return [
    route({
      method: "POST",
      path: "/api/cases/:caseId/assign",
      permission: "cases.work",
      summary: "Take a case, or hand it to someone",
      params: caseParams,
      body: z.strictObject({
        /** Left out = the caller. */
        personId: z.string().min(1).max(200).optional(),
        takeOver: z.boolean().default(false),
        why: z.string().trim().max(NOTE_MAX).optional(),
      }),
      response: caseRowJson,
      handle: async (call) => {
        const { personId = call.person.id, takeOver, why } = call.body;
        return answer(call, await assignCase(deps, call.tx, { ...by(call), personId, takeOver, why }));
      },
    }),
    route({
      method: "POST",
      path: "/api/cases/:caseId/notes",
      permission: "cases.work",
      summary: "Write a note; it cannot be changed afterwards",
      params: caseParams,
      body: z.strictObject({ text: z.string().trim().min(1).max(NOTE_MAX) }),
      response: caseRowJson,
      handle: async (call) => answer(call, await noteOnCase(call.tx, { ...by(call), text: call.body.text })),
    }),
    ...workRoutes(by, answer),
    ...endRoutes(deps, by, answer),
  ];
}

type ByCall = (call: Pick<Call<Params, undefined, unknown>, "params" | "person" | "now">) => {
  caseId: CaseId;
  person: Call<Params, undefined, unknown>["person"];
  now: Temporal.Instant;
};
type Answer = (
  call: Pick<Call<Params, undefined, unknown>, "tx" | "now">,
  result: Result<CaseRow, Refusal>,
) => Promise<Result<z.input<typeof caseRowJson>, Refusal>>;

function workRoutes(by: ByCall, answer: Answer): Route[] {
  return [
    uploadRoute({
      method: "POST",
      path: "/api/cases/:caseId/documents",
      permission: "cases.work",
      summary: "Keep a file with the case; the body is the file",
      params: caseParams,
      query: z.object({
        name: z.string().trim().min(1).max(200),
        mediaType: z
          .string()
          .regex(/^[\w.+-]+\/[\w.+-]+$/)
          .max(200)
          .default("application/octet-stream"),
        stepId: z.string().min(1).max(100).optional(),
      }),
      bodyBytesMax: DOCUMENT_BYTES_MAX,
      response: documentJson,
      handle: async (call) => {
        const added = await addDocument(call.tx, { ...by(call), file: { ...call.query, content: call.body } });
        return added.ok ? ok(documentToJson(added.value)) : added;
      },
    }),
    route({
      method: "POST",
      path: "/api/cases/:caseId/steps/:stepId",
      permission: "cases.work",
      summary: "Mark a step of the playbook",
      params: caseParams.extend({ stepId: z.string().min(1).max(100) }),
      body: z.strictObject({ state: z.enum(STEP_STATES), note: z.string().trim().max(NOTE_MAX).optional() }),
      response: caseRowJson,
      handle: async (call) =>
        answer(call, await tickStep(call.tx, { ...by(call), stepId: call.params.stepId, ...call.body })),
    }),
    route({
      method: "POST",
      path: "/api/cases/:caseId/refund",
      permission: "cases.work",
      summary: "Note the refund ticket filed with Microsoft: one per customer, ever",
      params: caseParams,
      body: z.strictObject({ ticket: z.string().trim().min(3).max(100), filedOn: dayInput }),
      response: caseRowJson,
      handle: async (call) => answer(call, await recordRefund(call.tx, { ...by(call), ...call.body })),
    }),
  ];
}

function endRoutes(deps: CasesDeps, by: ByCall, answer: Answer): Route[] {
  return [
    route({
      method: "POST",
      path: "/api/cases/:caseId/close",
      permission: "cases.close",
      summary: "Judge a case; refused with the list of what stops it",
      params: caseParams,
      body: z.strictObject({ outcome: z.enum(OUTCOMES), note: z.string().max(NOTE_MAX) }),
      response: caseRowJson,
      handle: async (call) => answer(call, await closeCase(deps, call.tx, { ...by(call), ...call.body })),
    }),
    route({
      method: "POST",
      path: "/api/cases/:caseId/reopen",
      permission: "cases.close",
      summary: "Look again: opens a new case linked to this one",
      params: caseParams,
      body: z.strictObject({ why: z.string().trim().min(3).max(NOTE_MAX) }),
      response: caseRowJson,
      handle: async (call) => answer(call, await reopenCase(deps, call.tx, { ...by(call), why: call.body.why })),
    }),
  ];
}
