import { queryOf } from "../http/paging.ts";
import { graphRefused, okJson } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import type { Sim } from "../kernel/sim.ts";
import { accessOf, instantIn, pageOf, recordsOf } from "./feeds.ts";
import { pulledJson } from "./render.ts";
import { tenantOf } from "./routes-graph.ts";

const API_VERSION = "2015-04-01";
const BACK_DAYS = 90;

/** The Activity Log of a subscription, and of the tenant itself. Source: learn.microsoft.com/rest/api/monitor/activity-logs/list */
export const armLogRoutes: readonly Route[] = [
  "/subscriptions/:subscription/providers/Microsoft.Insights/eventtypes/management/values",
  "/providers/Microsoft.Insights/eventtypes/management/values",
].map((path) => ({ method: "GET", path, surface: "arm", access: "user", handle: list }));

const refused = (sim: Sim, status: number, code: string, message: string): Reply =>
  graphRefused(sim, status, { code, message });

function list(call: Call, sim: Sim): Reply {
  if (queryOf(call, "api-version") !== API_VERSION)
    return refused(
      sim,
      400,
      "InvalidApiVersionParameter",
      `The api-version is invalid. The supported version is '${API_VERSION}'.`,
    );
  const wanted = call.params["subscription"]?.toLowerCase();
  const customer = tenantOf(call, sim);
  const entitlement = wanted === undefined ? undefined : sim.tables.entitlements.get(wanted);
  if (wanted !== undefined && entitlement === undefined)
    return refused(sim, 404, "SubscriptionNotFound", `The subscription '${wanted}' could not be found.`);
  if (
    customer === undefined ||
    accessOf(sim, customer) === "gone" ||
    (entitlement !== undefined && entitlement.customerId !== customer.id)
  )
    return refused(
      sim,
      403,
      "AuthorizationFailed",
      "The client does not have authorization to perform action 'Microsoft.Insights/eventtypes/values/read'.",
    );
  const times = [...(queryOf(call, "$filter") ?? "").matchAll(/eventTimestamp\s+(ge|le)\s+'([^']+)'/gi)];
  const from = instantIn(times.find((one) => one[1]?.toLowerCase() === "ge")?.[2]);
  const until = instantIn(times.find((one) => one[1]?.toLowerCase() === "le")?.[2]) ?? sim.clock.now();
  if (from === undefined) return refused(sim, 400, "BadRequest", "The start time is required in $filter.");
  if (from.until(sim.clock.now()).total("hours") > BACK_DAYS * 24)
    return refused(sim, 400, "BadRequest", `The start time cannot be more than ${BACK_DAYS} days in the past.`);
  const rows = recordsOf(sim, { customer, feed: "activityLog", from, until }).filter(
    ({ facts }) => facts.kind === "azure" && facts.subscriptionId === (wanted ?? ""),
  );
  // This log is listed newest first.
  const { rows: shown, next } = pageOf(sim, rows.toReversed(), {
    mark: queryOf(call, "$skipToken"),
    size: sim.settings().pageRowsMax,
  });
  const query = new URLSearchParams(call.query);
  if (next !== undefined) query.set("$skipToken", next);
  const host = call.headers["x-sim-host"] === undefined ? "" : `/${call.headers["x-sim-host"]}`;
  return okJson({
    value: shown.map(pulledJson),
    ...(next === undefined ? {} : { nextLink: `${sim.publicUrl()}${host}${call.path}?${query.toString()}` }),
  });
}
