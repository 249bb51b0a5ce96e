import { ok } from "../../core/result.ts";
import { type Call, route, type Route } from "../../http/contract.ts";
import * as wire from "./contract-wire.ts";
import type { WatchDeps } from "./deps.ts";
import { readHealth, readHits, readSettings, readSuppressions } from "./read.ts";
import * as service from "./service-tuning.ts";

/** Hits, what keeps them quiet, numbers of detectors, and how the watch is. */
export const watchRoutes = (deps: WatchDeps): readonly Route[] => [
  ...readRoutes(deps),
  ...suppressionRoutes(deps),
  ...filterRoutes(deps),
  settingRoute(deps),
];

const by = ({ person, actor, now }: Pick<Call<unknown, unknown, unknown>, "person" | "actor" | "now">): service.By => ({
  person,
  actor,
  now,
});

const readRoutes = (deps: WatchDeps): readonly Route[] => [
  route({
    method: "GET",
    path: "/api/activity/hits",
    permission: "activity.read",
    summary: "What rules and detectors found, newest first, with what became of it",
    query: wire.hitsQuery,
    response: wire.hitsJson,
    handle: ({ tx, query }) => readHits(deps, tx, query),
  }),
  route({
    method: "GET",
    path: "/api/activity/suppressions",
    permission: "activity.read",
    summary: "What is kept quiet: suppressions by value and filters of customers",
    response: wire.suppressionsJson,
    handle: async ({ tx, now }) => ok(await readSuppressions(deps, tx, now)),
  }),
  route({
    method: "GET",
    path: "/api/activity/settings",
    permission: "activity.read",
    summary: "Numbers of the detectors that run, for all and for single customers",
    response: wire.settingsJson,
    handle: async ({ tx }) => ok(await readSettings(deps, tx)),
  }),
  route({
    method: "GET",
    path: "/api/activity/watch/health",
    permission: "activity.read",
    summary: "Where the live watch stands, its lag and its counters",
    response: wire.healthJson,
    handle: async ({ tx, now }) => ok(await readHealth(deps, tx, now)),
  }),
];

const suppressionRoutes = (deps: WatchDeps): readonly Route[] => [
  route({
    method: "POST",
    path: "/api/activity/suppressions",
    permission: "activity.tune",
    summary: "Keep hits quiet by value, with a reason and an end",
    body: wire.newSuppressionBody,
    response: wire.madeJson,
    handle: (call) => service.suppress(deps, call.tx, { ...call.body, ...by(call) }),
  }),
  route({
    method: "POST",
    path: "/api/activity/suppressions/:id/lift",
    permission: "activity.tune",
    summary: "End a suppression before its time",
    params: wire.idParams,
    body: wire.liftBody,
    response: wire.madeJson,
    handle: (call) => service.liftSuppression(call.tx, { ...call.params, ...call.body, ...by(call) }),
  }),
];

const filterRoutes = (deps: WatchDeps): readonly Route[] => [
  route({
    method: "POST",
    path: "/api/activity/filters",
    permission: "activity.tune",
    summary: "Keep a customer's own events away from rules, by a Sigma filter",
    body: wire.newFilterBody,
    response: wire.madeJson,
    handle: (call) => service.addFilter(deps, call.tx, { ...call.body, ...by(call) }),
  }),
  route({
    method: "POST",
    path: "/api/activity/filters/:id/lift",
    permission: "activity.tune",
    summary: "End a customer's filter before its time",
    params: wire.idParams,
    body: wire.liftBody,
    response: wire.madeJson,
    handle: (call) => service.liftFilter(call.tx, { ...call.params, ...call.body, ...by(call) }),
  }),
];

const settingRoute = (deps: WatchDeps): Route =>
  route({
    method: "PUT",
    path: "/api/activity/settings",
    permission: "activity.tune",
    summary: "Set a number of a detector, for one customer or for all",
    body: wire.settingBody,
    response: wire.madeJson,
    handle: (call) => service.changeSetting(deps, call.tx, { ...call.body, ...by(call) }),
  });
