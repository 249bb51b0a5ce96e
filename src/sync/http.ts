import { z } from "zod";
import { ok } from "../core/result.ts";
import { type Route, route } from "../http/contract.ts";
import type { Enqueue } from "../worker/contract.ts";
import { feedJson, FEEDS, missingCustomerJson } from "./contract.ts";
import { askForRun, feedFreshness, missingCustomers } from "./service.ts";

const feedParams = z.object({ feed: z.enum(FEEDS) });

export function syncRoutes(deps: { readonly enqueue: Enqueue }): Route[] {
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
      handle: ({ tx, params, now }) => askForRun(deps, tx, { feed: params.feed, now }),
    }),
  ];
}
