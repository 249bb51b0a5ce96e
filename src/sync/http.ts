import { z } from "zod";
import { no } from "../core/refusal.ts";
import { ok } from "../core/result.ts";
import { type Route, route } from "../http/contract.ts";
import type { Tx } from "../store/contract.ts";
import type { Enqueue } from "../worker/contract.ts";
import { feedJson, FEEDS, missingCustomerJson } from "./contract.ts";
import { askForRun, feedFreshness, missingCustomers } from "./service.ts";

const feedParams = z.object({ feed: z.enum(FEEDS) });

type RouteDeps = { readonly enqueue: Enqueue; readonly isConnected: (tx: Tx) => Promise<boolean> };

export function syncRoutes(deps: RouteDeps): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/feeds",
      permission: "sync.read",
      summary: "How fresh what we know is, feed by feed",
      response: z.object({ feeds: z.array(feedJson) }),
      handle: async ({ tx, now }) => ok({ feeds: [...(await feedFreshness(tx, now))] }),
    }),
    route({
      method: "GET",
      path: "/api/feeds/:feed/missing",
      permission: "sync.read",
      summary: "Customers that a feed could not read, and why",
      params: feedParams,
      response: z.object({ customers: z.array(missingCustomerJson) }),
      handle: async ({ tx, params }) => ok({ customers: [...(await missingCustomers(tx, params.feed))] }),
    }),
    route({
      method: "POST",
      path: "/api/feeds/:feed/run",
      permission: "sync.run",
      summary: "Read a feed from Microsoft now",
      params: feedParams,
      response: z.object({ feed: z.enum(FEEDS), everySeconds: z.number().int() }),
      handle: async ({ tx, params, now }) =>
        (await deps.isConnected(tx))
          ? askForRun(deps, tx, { feed: params.feed, now })
          : no(
              "conflict",
              "not-connected",
              "Partner Center is not connected: a Global admin can connect it in Settings",
            ),
    }),
  ];
}
