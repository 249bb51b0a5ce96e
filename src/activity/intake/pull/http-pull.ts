import type { CustomerId } from "../../../core/ids.ts";
import { ok } from "../../../core/result.ts";
import { route, type Route } from "../../../http/contract.ts";
import { PULL_FEEDS, type PullState, pullsJson } from "../contract-pull.ts";
import type { PullDeps } from "./deps.ts";
import { countPulls, troubledPulls } from "./store-pull.ts";

const TROUBLED_MAX = 200;

/** How reading the logs of customers stands. */
export const pullRoutes = (deps: Pick<PullDeps, "pullFeeds" | "customerNames">): Route[] => [
  route({
    method: "GET",
    path: "/api/activity/pulls",
    permission: "activity.read",
    summary: "Which logs are read by the desk itself, how that stands, and which customers it cannot read",
    response: pullsJson,
    handle: async ({ tx }) => {
      const enabled = await deps.pullFeeds(tx);
      const counts = await countPulls(tx);
      const troubled = await troubledPulls(tx, enabled, TROUBLED_MAX);
      const names = await deps.customerNames(tx, [...new Set(troubled.map(({ tenant }) => tenant as CustomerId))]);
      return ok({
        feeds: PULL_FEEDS.map((feed) => ({
          feed,
          enabled: enabled.includes(feed),
          byState: Object.fromEntries(
            counts.filter((one) => one.feed === feed).map(({ state, count }) => [state, count]),
          ) as Partial<Record<PullState, number>>,
        })),
        troubled: troubled.map((one) => ({
          customer: { id: one.tenant, name: names.get(one.tenant as CustomerId) ?? null },
          feed: one.feed,
          part: one.part === "" ? null : one.part,
          state: one.state,
          detail: one.detail ?? null,
          readUntil: one.cursor?.toString() ?? null,
          triedAt: one.triedAt?.toString() ?? null,
          nextAt: one.nextAt.toString(),
          records: one.records.toString(),
        })),
      });
    },
  }),
];
