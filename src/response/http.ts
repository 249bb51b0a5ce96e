import { z } from "zod";
import {
  type CaseId,
  type CustomerId,
  type EntitlementId,
  guid,
  isGuid,
  type NoticeId,
  type SubscriptionId,
} from "../core/ids.ts";
import type { Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { customerIdInput, pageOf, pageQuery } from "../core/wire.ts";
import { type Call, type Route, route } from "../http/contract.ts";
import { dryRunJson, optionsJson, proposalJson, type ProposalJson, proposalRowJson, type Wanted } from "./contract.ts";
import { TARGETS_MAX } from "./decide.ts";
import type { ResponseDeps } from "./deps.ts";
import { dryRun } from "./dry-run.ts";
import { optionsOf } from "./options.ts";
import { proposalDetail, proposalPage } from "./read.ts";
import { approve, type Decision, propose, reject, runAgain, withdraw } from "./service.ts";
import { LIST_VIEWS } from "./store.ts";
import { proposeUndo } from "./undo.ts";

const guidInput = <Id extends string>(what: string) =>
  z
    .string()
    .refine(isGuid, { error: `must be the id of ${what} (GUID)` })
    .transform((text) => guid(text) as Id);
const entitlementIds = z.array(guidInput<EntitlementId>("an Azure subscription")).min(1).max(TARGETS_MAX);
const reason = z.string().trim().min(3, "must say why, in at least 3 characters").max(2_000);
const noteInput = z.string().trim().max(2_000).optional();

const wantedInput = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.enum(["suspend-subscription", "reactivate-subscription", "auto-renew-off", "auto-renew-on"]),
    subscriptionId: guidInput<SubscriptionId>("a subscription"),
  }),
  z.strictObject({ kind: z.literal("cancel-entitlement"), entitlementIds, answerAlertsAsFraud: z.boolean() }),
  z.strictObject({ kind: z.literal("reactivate-entitlement"), entitlementIds }),
  z.strictObject({
    kind: z.literal("answer-alert"),
    noticeIds: z
      .array(
        z
          .string()
          .min(1)
          .max(200)
          .transform((text) => text as NoticeId),
      )
      .min(1)
      .max(TARGETS_MAX),
    answer: z.discriminatedUnion("status", [
      z.strictObject({ status: z.literal("investigating") }),
      z.strictObject({ status: z.literal("resolved"), reason: z.enum(["fraud", "legitimate", "ignore"]) }),
    ]),
  }),
]);
const proposeBody = z.strictObject({
  customerId: customerIdInput,
  caseId: z
    .string()
    .max(200)
    .transform((text) => text as CaseId)
    .optional(),
  wanted: wantedInput,
  reason,
});

const params = z.object({
  proposalId: z
    .string()
    .refine(isGuid, { error: "must be a proposal id (GUID)" })
    .transform((text) => text.toLowerCase()),
});
const noteBody = z.strictObject({ note: noteInput });
const reasonBody = z.strictObject({ reason });
type Id = z.output<typeof params>;

export function responseRoutes(deps: ResponseDeps): readonly Route[] {
  return [...readRoutes(deps), ...decisionRoutes(deps), ...workRoutes(deps)];
}

function readRoutes(deps: ResponseDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/proposals",
      permission: "proposals.read",
      summary: "Decisions: what waits for you first, then newest first",
      query: z.object({
        view: z.enum(LIST_VIEWS).optional(),
        customerId: customerIdInput.optional(),
        caseId: z.string().max(200).optional(),
        ...pageQuery,
      }),
      // `mine`: how many of all wait for the asking person.
      response: pageOf(proposalRowJson).extend({ mine: z.number().int() }),
      handle: async ({ tx, query, person, now }) => {
        const { view, customerId, caseId, cursor, limit } = query;
        return ok(await proposalPage(tx, { view, customerId, caseId, cursor, limit, person, now }));
      },
    }),
    route({
      method: "GET",
      path: "/api/proposals/:proposalId",
      permission: "proposals.read",
      summary: "One proposal: effects, approvals, calls, attempts, timeline and what you may do",
      params,
      response: proposalJson,
      handle: ({ tx, params: { proposalId }, person, now }) =>
        proposalDetail(tx, deps, { id: proposalId, person, now }),
    }),
    route({
      method: "GET",
      path: "/api/customers/:customerId/options",
      permission: "proposals.read",
      summary: "Ways to act on a customer, each priced, with what it breaks and why not",
      params: z.object({ customerId: customerIdInput }),
      query: z.object({ caseId: z.string().max(200).optional() }),
      response: optionsJson,
      handle: ({ tx, params: { customerId }, now }) =>
        optionsOf(tx, deps, { customerId: customerId as CustomerId, now }),
    }),
  ];
}

function decisionRoutes(deps: ResponseDeps): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/api/proposals",
      permission: "proposals.create",
      summary: "Propose an action at Microsoft",
      body: proposeBody,
      response: proposalJson,
      handle: async (call) => {
        const { tx, body, actor, person, now } = call;
        const { customerId, caseId, reason } = body;
        const made = await propose(tx, deps, {
          customerId,
          caseId,
          wanted: body.wanted as Wanted,
          reason,
          by: actor,
          person,
          now,
        });
        return made.ok ? proposalDetail(tx, deps, { id: made.value.proposalId, person, now }) : made;
      },
    }),
    route({
      method: "POST",
      path: "/api/proposals/:proposalId/approve",
      permission: "proposals.approve",
      summary: "Approve; the approval that completes the number starts the work",
      params,
      body: noteBody,
      response: proposalJson,
      handle: (call) =>
        decide(call, deps, { note: call.body.note, act: (decision) => approve(call.tx, deps, decision) }),
    }),
    route({
      method: "POST",
      path: "/api/proposals/:proposalId/reject",
      permission: "proposals.approve",
      summary: "Reject: ends the proposal",
      params,
      body: reasonBody,
      response: proposalJson,
      handle: (call) => decide(call, deps, { note: call.body.reason, act: (decision) => reject(call.tx, decision) }),
    }),
    route({
      method: "POST",
      path: "/api/proposals/:proposalId/withdraw",
      permission: "proposals.create",
      summary: "Take your own proposal back before anything started",
      params,
      body: noteBody,
      response: proposalJson,
      handle: (call) => decide(call, deps, { note: call.body.note, act: (decision) => withdraw(call.tx, decision) }),
    }),
  ];
}

function workRoutes(deps: ResponseDeps): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/api/proposals/:proposalId/run-again",
      permission: "proposals.approve",
      summary: "Let a failed or unverified proposal try again under the approval it has",
      params,
      body: noteBody,
      response: proposalJson,
      handle: (call) =>
        decide(call, deps, { note: call.body.note, act: (decision) => runAgain(call.tx, deps, decision) }),
    }),
    route({
      method: "POST",
      path: "/api/proposals/:proposalId/undo",
      permission: "proposals.create",
      summary: "Propose to take the effect back: a proposal of its own that another person approves",
      params,
      body: reasonBody,
      response: proposalJson,
      handle: async ({ tx, params: { proposalId: id }, body, person, actor, now }) => {
        const made = await proposeUndo(tx, deps, { id, person, actor, note: body.reason, now });
        return made.ok ? proposalDetail(tx, deps, { id: made.value.proposalId, person, now }) : made;
      },
    }),
    route({
      method: "POST",
      path: "/api/proposals/:proposalId/dry-run",
      permission: "proposals.create",
      summary: "Read Partner Center and show exactly which calls would be sent, sending none",
      params,
      body: z.strictObject({}),
      response: dryRunJson,
      handle: ({ tx, params: { proposalId: id }, actor, now }) => dryRun(tx, deps, { id, actor, now }),
    }),
  ];
}

type Acting = {
  readonly note: string | undefined;
  readonly act: (decision: Decision) => Promise<Result<undefined, Refusal>>;
};

/** Does it and answers with the proposal as it now stands. */
async function decide<B>(
  call: Call<Id, undefined, B>,
  deps: ResponseDeps,
  { note, act }: Acting,
): Promise<Result<ProposalJson, Refusal>> {
  const { tx, person, actor, now } = call;
  const id = call.params.proposalId;
  const done = await act({ id, person, actor, note, now });
  return done.ok ? proposalDetail(tx, deps, { id, person, now }) : done;
}
