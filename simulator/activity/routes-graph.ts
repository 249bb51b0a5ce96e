import { queryOf } from "../http/paging.ts";
import { graphRefused, okJson } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { plusDays } from "../kernel/clock.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { accessOf, instantIn, pageOf, recordsOf } from "./feeds.ts";
import type { FeedName } from "./records.ts";
import { pulledJson } from "./render.ts";

type Listing = {
  readonly path: string;
  readonly feed: Extract<FeedName, "directoryAudits" | "signIns" | "riskDetections" | "alerts_v2">;
  readonly time: string;
  /** Needs Entra ID P1 (sign-ins) or P2 (risk). */
  readonly isPremium: boolean;
  readonly topMax: number;
};

/** The logs that Graph lists. Source: learn.microsoft.com/graph/api/directoryaudit-list, signin-list, riskdetection-list, security-list-alerts_v2 */
const LISTINGS: readonly Listing[] = [
  {
    path: "/v1.0/auditLogs/directoryAudits",
    feed: "directoryAudits",
    time: "activityDateTime",
    isPremium: false,
    topMax: 1_000,
  },
  { path: "/v1.0/auditLogs/signIns", feed: "signIns", time: "createdDateTime", isPremium: true, topMax: 1_000 },
  {
    path: "/v1.0/identityProtection/riskDetections",
    feed: "riskDetections",
    time: "detectedDateTime",
    isPremium: true,
    topMax: 500,
  },
  { path: "/v1.0/security/alerts_v2", feed: "alerts_v2", time: "createdDateTime", isPremium: false, topMax: 999 },
];
/** How far back Graph looks for a tenant with a licence. */
const BACK_DAYS = 30;

export const graphLogRoutes: readonly Route[] = LISTINGS.map((listing) => ({
  method: "GET",
  path: listing.path,
  surface: "graph",
  access: "both",
  handle: (call, sim) => list(call, sim, listing),
}));

/** The customer whose tenant the token was given for. */
export function tenantOf(call: Call, sim: Sim): CustomerRow | undefined {
  const customer = sim.tables.customers.get(call.caller?.tenant ?? "");
  return customer?.relationship === "reseller" ? customer : undefined;
}

function list(call: Call, sim: Sim, listing: Listing): Reply {
  const customer = tenantOf(call, sim);
  if (customer === undefined || accessOf(sim, customer) === "gone")
    return graphRefused(sim, 403, {
      code: "Authorization_RequestDenied",
      message: "Insufficient privileges to complete the operation.",
    });
  if (listing.isPremium && accessOf(sim, customer) === "no-licence")
    return graphRefused(sim, 403, {
      code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
      message: "Neither tenant is B2C or tenant doesn't have premium license",
    });
  const window = windowOf(queryOf(call, "$filter"), listing.time);
  if (window === undefined) return graphRefused(sim, 400, { code: "BadRequest", message: "Invalid filter clause." });
  const oldest = plusDays(sim.clock.now(), -BACK_DAYS);
  const rows = recordsOf(sim, {
    customer,
    feed: listing.feed,
    from: window.from ?? oldest,
    until: window.until ?? sim.clock.now(),
  });
  const top = Math.min(Number(queryOf(call, "$top") ?? listing.topMax) || listing.topMax, sim.settings().pageRowsMax);
  const { rows: shown, next } = pageOf(sim, rows, { mark: queryOf(call, "$skiptoken"), size: top });
  const query = new URLSearchParams(call.query);
  if (next !== undefined) query.set("$skiptoken", next);
  const host = call.headers["x-sim-host"] === undefined ? "" : `/${call.headers["x-sim-host"]}`;
  return okJson({
    "@odata.context": `https://graph.microsoft.com/v1.0/$metadata#${listing.path.slice(6)}`,
    ...(next === undefined ? {} : { "@odata.nextLink": `${sim.publicUrl()}${host}${call.path}?${query.toString()}` }),
    value: shown.map(pulledJson),
  });
}

/** `time ge X and time le Y`, either alone, or nothing; only `ge`, `le`, `gt` and `lt` on the list's own time. */
function windowOf(
  filter: string | undefined,
  time: string,
): { from?: Temporal.Instant; until?: Temporal.Instant } | undefined {
  const window: { from?: Temporal.Instant; until?: Temporal.Instant } = {};
  for (const part of (filter ?? "").split(/\s+and\s+/i).filter((one) => one.trim() !== "")) {
    const [, name, operator, text] = /^\s*(\w+)\s+(ge|le|gt|lt)\s+'?([^'\s]+)'?\s*$/i.exec(part) ?? [];
    const at = instantIn(text);
    if (name !== time || operator === undefined || at === undefined) return undefined;
    window[/^g/i.test(operator) ? "from" : "until"] = at;
  }
  return window;
}
