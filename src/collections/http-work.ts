import { z } from "zod";
import type { CustomerId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { customerIdInput, dayInput, pageQuery } from "../core/wire.ts";
import { type Route, route } from "../http/contract.ts";
import { PROMISE_STATES } from "./contract.ts";
import { HOLD_KINDS } from "./contract-history.ts";
import {
  callBody,
  callsJson,
  decideBody,
  effectJson,
  effectsJson,
  extendBody,
  holdBody,
  holdsJson,
  liftBody,
  promiseBody,
  promisesJson,
  rejectBody,
  scriptJson,
} from "./contract-work.ts";
import type { CollectionsDeps } from "./deps.ts";
import { approveEffect, type Deciding, rejectEffect } from "./service-approve.ts";
import { finishCall, logCall } from "./service-calls.ts";
import { extendHold, liftHold, placeHold } from "./service-holds.ts";
import { makePromise, withdrawPromise } from "./service-promises.ts";
import { callScriptOf } from "./service-script.ts";
import { effectsWire, listCalls, listEffects, listHolds, listPromises } from "./service-work.ts";
import { findEffect } from "./store-effects.ts";

/** What people do: holds, promises, calls, and a yes or no to effects. */

const account = z.object({ accountId: customerIdInput });
const idOf = <K extends string>(name: K) => z.object({ [name]: z.uuid() } as Record<K, z.ZodUUID>);
const made = <K extends string>(name: K) => z.object({ [name]: z.string() } as Record<K, z.ZodString>);

export const workRoutes = (deps: CollectionsDeps): readonly Route[] => [
  ...holdRoutes(deps),
  ...promiseRoutes(deps),
  ...callRoutes(deps),
  ...effectRoutes(deps),
];

function holdRoutes(deps: CollectionsDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/collections/holds",
      permission: "collections.read",
      summary: "Holds: disputes, fraud, hacked, legal, insolvency, by hand",
      query: z.object({
        state: z.enum(["open", "ending", "ended", "all"]).default("open"),
        kind: z.enum(HOLD_KINDS).optional(),
        ...pageQuery,
      }),
      response: holdsJson,
      handle: async ({ tx, query, now }) => ok(await listHolds(tx, deps, { ...query, now })),
    }),
    route({
      method: "POST",
      path: "/api/collections/accounts/:accountId/holds",
      permission: "collections.work",
      summary: "Rest an account, or one disputed invoice of it",
      params: account,
      body: holdBody,
      response: made("holdId"),
      handle: ({ tx, params, body, actor, now }) =>
        placeHold(tx, deps, { ...body, accountId: params.accountId as CustomerId, actor, now }),
    }),
    route({
      method: "POST",
      path: "/api/collections/holds/:holdId/lift",
      permission: "collections.work",
      summary: "End a hold; a dispute says how it ended",
      params: idOf("holdId"),
      body: liftBody,
      response: made("holdId"),
      handle: ({ tx, params, body, actor, now }) => liftHold(tx, deps, { ...body, holdId: params.holdId, actor, now }),
    }),
    route({
      method: "POST",
      path: "/api/collections/holds/:holdId/extend",
      permission: "collections.work",
      summary: "Move the end of a hold",
      params: idOf("holdId"),
      body: extendBody,
      response: made("holdId"),
      handle: ({ tx, params, body, actor, now }) =>
        extendHold(tx, deps, { ...body, holdId: params.holdId, actor, now }),
    }),
  ];
}

function promiseRoutes(deps: CollectionsDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/collections/promises",
      permission: "collections.read",
      summary: "Promises to pay, kept or broken by the ledger",
      query: z.object({ state: z.enum([...PROMISE_STATES, "all"]).default("open"), ...pageQuery }),
      response: promisesJson,
      handle: async ({ tx, query, now }) => ok(await listPromises(tx, deps, { ...query, now })),
    }),
    route({
      method: "POST",
      path: "/api/collections/accounts/:accountId/promises",
      permission: "collections.work",
      summary: "Record a promise to pay",
      params: account,
      body: promiseBody,
      response: made("promiseId"),
      handle: ({ tx, params, body, actor, now }) =>
        makePromise(tx, deps, { ...body, accountId: params.accountId as CustomerId, actor, now }),
    }),
    route({
      method: "POST",
      path: "/api/collections/promises/:promiseId/withdraw",
      permission: "collections.work",
      summary: "Take a promise back that was recorded wrongly or no longer stands",
      params: idOf("promiseId"),
      body: rejectBody,
      response: made("promiseId"),
      handle: ({ tx, params, body, actor, now }) =>
        withdrawPromise(tx, deps, { promiseId: params.promiseId, why: body.reason, actor, now }),
    }),
  ];
}

function callRoutes(deps: CollectionsDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/collections/calls",
      permission: "collections.read",
      summary: "Calls to make, wrong addresses and replies, the earliest due first",
      query: z.object({
        state: z.enum(["due", "done", "all"]).default("due"),
        dueBy: dayInput.optional(),
        ...pageQuery,
      }),
      response: callsJson,
      handle: async ({ tx, query, now }) => ok(await listCalls(tx, deps, { ...query, now })),
    }),
    route({
      method: "GET",
      path: "/api/collections/calls/:callId/script",
      permission: "collections.read",
      summary: "What to say, in the account's language",
      params: idOf("callId"),
      response: scriptJson,
      handle: ({ tx, params, now }) => callScriptOf(tx, deps, { taskId: params.callId, now }),
    }),
    route({
      method: "POST",
      path: "/api/collections/calls/:callId/done",
      permission: "collections.work",
      summary: "What came of a call",
      params: idOf("callId"),
      body: callBody,
      response: made("taskId"),
      handle: ({ tx, params, body, actor, now }) =>
        finishCall(tx, deps, { ...body, taskId: params.callId, actor, now }),
    }),
    route({
      method: "POST",
      path: "/api/collections/accounts/:accountId/calls",
      permission: "collections.work",
      summary: "Log a call that nobody asked for",
      params: account,
      body: callBody,
      response: made("taskId"),
      handle: ({ tx, params, body, actor, now }) =>
        logCall(tx, deps, { ...body, accountId: params.accountId as CustomerId, actor, now }),
    }),
  ];
}

const effectId = idOf("effectId");

function effectRoutes(deps: CollectionsDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/collections/effects",
      permission: "collections.read",
      summary: "What policies ask for and people have not decided",
      response: effectsJson,
      handle: async ({ tx, person }) => ok(await listEffects(tx, deps, person)),
    }),
    route({
      method: "POST",
      path: "/api/collections/effects/:effectId/approve",
      permission: "proposals.approve",
      summary: "Approve an effect: every proposal of it, or what happens in our own books",
      params: effectId,
      body: decideBody,
      response: effectJson,
      handle: async ({ tx, params, body, person, actor, now }) =>
        decided(deps, {
          tx,
          ask: { effectId: params.effectId, note: body.note, person, actor, now },
          act: approveEffect,
        }),
    }),
    route({
      method: "POST",
      path: "/api/collections/effects/:effectId/reject",
      permission: "proposals.approve",
      summary: "Say no to an effect; the policy may ask again after some days",
      params: effectId,
      body: rejectBody,
      response: effectJson,
      handle: async ({ tx, params, body, person, actor, now }) =>
        decided(deps, {
          tx,
          ask: { effectId: params.effectId, note: body.reason, person, actor, now },
          act: rejectEffect,
        }),
    }),
  ];
}

type Decided = {
  readonly tx: Parameters<typeof approveEffect>[0];
  readonly ask: Deciding;
  readonly act: typeof approveEffect;
};
/** Does it and answers with the effect as it now stands. */
async function decided(
  deps: CollectionsDeps,
  { tx, ask, act }: Decided,
): Promise<Result<z.input<typeof effectJson>, Refusal>> {
  const done = await act(tx, deps, ask);
  if (!done.ok) return done;
  const row = await findEffect(tx, ask.effectId, "read");
  const [wire] = row === undefined ? [] : await effectsWire(tx, deps, { rows: [row], person: ask.person });
  return wire === undefined ? no("not-found", "effect-unknown", `There is no effect ${ask.effectId}.`) : ok(wire);
}
