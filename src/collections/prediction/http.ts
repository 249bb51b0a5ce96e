import { z } from "zod";
import { ok } from "../../core/result.ts";
import { customerIdInput } from "../../core/wire.ts";
import type { Tx } from "../../store/contract.ts";
import { route, type Route } from "../../http/contract.ts";
import { chancesJson, predictionJson } from "./contract.ts";
import type { PredictionDeps } from "./service.ts";
import { chancesOf, predictionOf } from "./service-read.ts";

export type PredictionHttpDeps = PredictionDeps & {
  readonly deskDay: (tx: Tx, now: Temporal.Instant) => Promise<Temporal.PlainDate>;
};

/** What was learnt, and what it says of one account. Nothing here changes anything. */
export const predictionRoutes = (deps: PredictionHttpDeps): Route[] => [
  route({
    method: "GET",
    path: "/api/collections/prediction",
    permission: "collections.read",
    summary: "What was learnt of how customers pay, how far it can be trusted, and what a call is taken to change",
    response: predictionJson,
    handle: async ({ tx }) => ok(await predictionOf(tx, deps)),
  }),
  route({
    method: "GET",
    path: "/api/collections/accounts/:accountId/chances",
    permission: "collections.read",
    summary: "Chances of each open invoice of an account with their reasons, and the limit that its habit would carry",
    params: z.strictObject({ accountId: customerIdInput }),
    response: chancesJson,
    handle: async ({ tx, params, now }) =>
      ok(await chancesOf(tx, deps, { accountId: params.accountId, day: await deps.deskDay(tx, now) })),
  }),
];
