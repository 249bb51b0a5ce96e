import { z } from "zod";
import { ok } from "../core/result.ts";
import { customerIdInput } from "../core/wire.ts";
import { route, type Route } from "../http/contract.ts";
import { mergeBody, mergeJson, undoBody } from "./contract-statement.ts";
import type { LedgerPageDeps, WhoOf } from "./http-who.ts";
import { mergeCustomer, undoMerge } from "./service-merge.ts";
import { namesOf } from "./service-overview.ts";
import { mergeWire } from "./service-statement.ts";

/** Routes of ledger-only customers that go over to a tenant. */
export const mergeRoutes = (deps: LedgerPageDeps, who: WhoOf): Route[] => [
  route({
    method: "POST",
    path: "/api/customers/:customerId/merge",
    permission: "receivables.allocate",
    summary: "Says that a customer only the ledger knew is a tenant: all it has goes over",
    params: z.strictObject({ customerId: customerIdInput }),
    body: mergeBody,
    response: z.object({ id: z.string() }),
    handle: async (call) => {
      const ask = { ...(await who(call as never)), ...call.params, ...call.body };
      const done = await mergeCustomer(call.tx, deps, ask);
      return done.ok ? ok({ id: done.value }) : done;
    },
  }),
  route({
    method: "POST",
    path: "/api/customer-merges/:mergeId/undo",
    permission: "receivables.allocate",
    summary: "Takes a merge back: what had gone over is the ledger-only customer's again",
    params: z.strictObject({ mergeId: z.uuid() }),
    body: undoBody,
    response: mergeJson,
    handle: async (call) => {
      const done = await undoMerge(call.tx, deps, { ...(await who(call as never)), ...call.params, ...call.body });
      return done.ok ? ok(mergeWire(done.value, await namesOf(call.tx, deps, [done.value.into_id]))) : done;
    },
  }),
];
