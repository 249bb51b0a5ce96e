import { z } from "zod";
import type { NoticeId } from "../core/ids.ts";
import { no } from "../core/refusal.ts";
import { ok } from "../core/result.ts";
import { customerIdInput, pageQuery } from "../core/wire.ts";
import { type Route, route } from "../http/contract.ts";
import {
  ANSWER_REASONS,
  answerAverageJson,
  noticeJson,
  noticePageJson,
  noticeRowJson,
  type ProposeAlertAnswer,
} from "./contract.ts";
import { answerAverage, listNotices } from "./lists.ts";
import type { NoticesDeps } from "./alerts.ts";
import { askForAnswer, claimNotice, noticeDetail, oneRow, releaseNotice } from "./service.ts";
import { kindsSeen, NOTICE_FILTERS } from "./store-read.ts";

const idParams = z.object({ noticeId: z.uuid().transform((id) => id.toLowerCase() as NoticeId) });
const listQuery = z.object({
  ...pageQuery,
  state: z.enum(NOTICE_FILTERS).default("open"),
  /** An alert type, any spelling. */
  kind: z.string().min(1).max(200).optional(),
  customerId: customerIdInput.optional(),
});
const unknown = () => no("not-found", "notice-unknown", "no notice has this id");

/** The queue, one notice, and who has it. Answering goes through a proposal of `response`. */
export function noticesRoutes(deps: NoticesDeps & { readonly proposeAlertAnswer: ProposeAlertAnswer }): Route[] {
  return [...readRoutes(deps), ...writeRoutes(deps)];
}

function readRoutes(deps: NoticesDeps): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/notices",
      permission: "notices.read",
      summary: "What Microsoft has told us, next boundary first",
      query: listQuery,
      response: noticePageJson,
      handle: ({ tx, query, person, now }) => {
        const { state, ...rest } = query;
        return listNotices(deps, tx, { ...rest, filter: state, personId: person.id, now });
      },
    }),
    route({
      method: "GET",
      path: "/api/notices/average",
      permission: "notices.read",
      summary: "Average time to answer over 30 days, as Microsoft counts it",
      response: answerAverageJson,
      handle: async ({ tx, now }) => ok(await answerAverage(tx, now)),
    }),
    route({
      method: "GET",
      path: "/api/notices/kinds",
      permission: "notices.read",
      summary: "Alert types seen so far",
      response: z.object({ kinds: z.array(z.string()) }),
      handle: async ({ tx }) => ok({ kinds: [...(await kindsSeen(tx))] }),
    }),
    route({
      method: "GET",
      path: "/api/notices/:noticeId",
      permission: "notices.read",
      summary: "One notice with every copy as it arrived",
      params: idParams,
      response: noticeJson,
      handle: async ({ tx, params, now }) => {
        const found = await noticeDetail(deps, tx, { noticeId: params.noticeId, now });
        return found === undefined ? unknown() : ok(found);
      },
    }),
  ];
}

function writeRoutes(deps: NoticesDeps & { readonly proposeAlertAnswer: ProposeAlertAnswer }): Route[] {
  return [
    route({
      method: "POST",
      path: "/api/notices/:noticeId/claim",
      permission: "notices.claim",
      summary: "Say that I have this notice; takeOver takes it from someone",
      params: idParams,
      body: z.strictObject({ takeOver: z.boolean().default(false) }),
      response: noticeRowJson,
      handle: async ({ tx, params, body, person, now }) => {
        const claimed = await claimNotice(deps, tx, {
          noticeId: params.noticeId,
          person,
          takeOver: body.takeOver,
          now,
        });
        return claimed.ok ? ok(await oneRow(deps, tx, { row: claimed.value, now })) : claimed;
      },
    }),
    route({
      method: "POST",
      path: "/api/notices/:noticeId/release",
      permission: "notices.claim",
      summary: "Give a notice back",
      params: idParams,
      body: z.strictObject({}),
      response: noticeRowJson,
      handle: async ({ tx, params, person, now }) => {
        const released = await releaseNotice(tx, { noticeId: params.noticeId, person, now });
        return released.ok ? ok(await oneRow(deps, tx, { row: released.value, now })) : released;
      },
    }),
    route({
      method: "POST",
      path: "/api/notices/:noticeId/answer",
      permission: "notices.answer",
      summary: "Propose the answer to Microsoft; another person approves it",
      params: idParams,
      body: z.strictObject({ reason: z.enum(ANSWER_REASONS), why: z.string().trim().min(3).max(4_000) }),
      response: z.object({ proposalId: z.string() }),
      handle: ({ tx, params, body, actor, now }) =>
        askForAnswer(deps, tx, { noticeId: params.noticeId, ...body, actor, now }),
    }),
  ];
}
