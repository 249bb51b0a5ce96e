import { continued, queryOf } from "../http/paging.ts";
import { badInput, collection, objectType } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { instantOf, iso, plusDays, startOfUtcDay, utcDay } from "../kernel/clock.ts";
import { guidOf } from "../kernel/ids.ts";
import type { Sim } from "../kernel/sim.ts";
import { METERS, costByResource, usdOf } from "../usage/model.ts";
import { monthSoFar } from "../usage/month.ts";
import { withSubscription } from "./find.ts";

const base = { method: "GET", surface: "partner-center", access: "both" } as const;
const of = "/v1/customers/:customerId/subscriptions/:subscriptionId";
const PAGE_ROWS_MAX = 1_000;

/** Legacy Azure only (offer MS-AZR-0145P): by resource, and unrated by time (CONTRACT 5.10, 5.11). */
export const utilizationRoutes: readonly Route[] = [
  { ...base, path: `${of}/usagerecords/resources`, handle: byResource },
  { ...base, path: `${of}/utilizations/azure`, handle: utilizations },
];

function byResource(call: Call, sim: Sim): Reply {
  return withSubscription(call, sim, ({ customer, subscription }) => {
    if (subscription.product !== "azure-legacy") return badInput("Only legacy Azure has these records.");
    const month = monthSoFar(sim);
    const items = sim.tables.entitlements.where("plan", subscription.id).flatMap((entitlement) =>
      costByResource(entitlement, month).map(({ resource, cost }) => ({
        category: METERS[resource.kind].category,
        subcategory: METERS[resource.kind].subcategory,
        quantityUsed: usdOf(cost, customer.currency) / METERS[resource.kind].usd,
        unit: METERS[resource.kind].unit,
        id: guidOf("legacy", entitlement.id, resource.name),
        name: resource.name,
        totalCost: cost,
        currencyLocale: customer.culture,
        attributes: objectType("AzureResourceMonthlyUsageRecord"),
      })),
    );
    return collection(items);
  });
}

/** Data is a day late; a window that is not ready gets 204 with Retry-After. */
function utilizations(call: Call, sim: Sim): Reply {
  return withSubscription(call, sim, ({ customer, subscription }) => {
    if (subscription.product !== "azure-legacy") return badInput("Only legacy Azure has utilization records.");
    const [from, to] = [time(queryOf(call, "start_time")), time(queryOf(call, "end_time"))];
    if (from === undefined || to === undefined || Temporal.Instant.compare(from, to) >= 0)
      return badInput("start_time and end_time are moments in order.");
    if (Temporal.Instant.compare(to, plusDays(sim.clock.now(), -1)) > 0)
      return { status: 204, headers: { "Retry-After": "3600" } };
    const hours = queryOf(call, "granularity")?.toLowerCase() === "hourly" ? 1 : 24;
    const rows = sim.tables.entitlements.where("plan", subscription.id).flatMap((entitlement) =>
      steps(from, to, hours).flatMap((start) => {
        const period = { fromMs: start.epochMilliseconds, toMs: start.epochMilliseconds + hours * 3_600_000 };
        return costByResource(entitlement, period).map(({ resource, cost }) => ({
          start,
          resource,
          quantity: usdOf(cost, customer.currency) / METERS[resource.kind].usd,
          hours,
        }));
      }),
    );
    return continued(call, rows, {
      rules: { rowsMax: Math.min(PAGE_ROWS_MAX, sim.settings().pageRowsMax * 4), seek: "seek_operation" },
      shape: ({ start, resource, quantity }) => ({
        usageStartTime: iso(start),
        usageEndTime: iso(start.add({ hours })),
        resource: {
          id: guidOf("meter", resource.kind),
          name: METERS[resource.kind].name,
          category: METERS[resource.kind].category,
          subcategory: METERS[resource.kind].subcategory,
          region: resource.location,
        },
        quantity,
        unit: METERS[resource.kind].unit,
        infoFields: {},
        instanceData: {
          resourceUri: `/subscriptions/${subscription.id}/resourceGroups/${resource.group}/${resource.name}`,
          location: resource.location,
          partNumber: "",
          orderNumber: "",
        },
        attributes: objectType("AzureUtilizationRecord"),
      }),
    });
  });
}

function steps(from: Temporal.Instant, to: Temporal.Instant, hours: number): Temporal.Instant[] {
  const starts: Temporal.Instant[] = [];
  const first =
    hours === 24 ? startOfUtcDay(utcDay(from)) : from.round({ smallestUnit: "hour", roundingMode: "floor" });
  for (let at = first; Temporal.Instant.compare(at, to) < 0; at = at.add({ hours })) starts.push(at);
  return starts;
}

function time(text: string | undefined): Temporal.Instant | undefined {
  try {
    return text === undefined
      ? undefined
      : instantOf(/(Z|[+-]\d{2}:\d{2})$/i.test(text) ? text : `${text.length === 10 ? `${text}T00:00:00` : text}Z`);
  } catch {
    return undefined;
  }
}
