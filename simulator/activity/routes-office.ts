import { queryOf } from "../http/paging.ts";
import { okJson } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { iso, plusDays } from "../kernel/clock.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { accessOf, activitySettings, changeActivitySettings, instantIn, pageOf, recordsOf } from "./feeds.ts";
import { CONTENT_TYPES, type ContentType } from "./records.ts";
import { pulledJson } from "./render.ts";
import { tenantOf } from "./routes-graph.ts";

/** The Management Activity API. Source: learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference */
const base = "/api/v1.0/:tenant/activity/feed";
const common = { surface: "office", access: "both" } as const;

export const officeLogRoutes: readonly Route[] = [
  { ...common, method: "POST", path: `${base}/subscriptions/start`, handle: (call, sim) => asTenant(call, sim, start) },
  { ...common, method: "GET", path: `${base}/subscriptions/list`, handle: (call, sim) => asTenant(call, sim, listed) },
  {
    ...common,
    method: "GET",
    path: `${base}/subscriptions/content`,
    handle: (call, sim) => asTenant(call, sim, content),
  },
  { ...common, method: "GET", path: `${base}/audit/:content`, handle: (call, sim) => asTenant(call, sim, blob) },
];

const refused = (status: number, code: string, message: string): Reply => ({
  status,
  body: { error: { code, message } },
});
/** Content can be listed for seven days, at most a day at a time. */
const BACK_DAYS = 7;
const WINDOW_HOURS = 24;

type Handler = (call: Call, sim: Sim, customer: CustomerRow) => Reply;

function asTenant(call: Call, sim: Sim, handle: Handler): Reply {
  const customer = tenantOf(call, sim);
  if (customer === undefined || accessOf(sim, customer) === "gone")
    return refused(
      403,
      "AF10001",
      "The permission set () sent in the request did not include the expected permission.",
    );
  if (customer.id !== call.params["tenant"]?.toLowerCase())
    return refused(
      401,
      "AF20012",
      `The tenant ID passed in the URL (${call.params["tenant"]}) does not match the tenant ID in the access token.`,
    );
  if (accessOf(sim, customer) === "audit-off")
    return refused(400, "AF10011", `Tenant ID ${customer.id} does not exist in the audit store.`);
  return handle(call, sim, customer);
}

const typeIn = (call: Call): ContentType | undefined =>
  CONTENT_TYPES.find((type) => type === queryOf(call, "contentType"));
const typesOf = (sim: Sim, customer: CustomerRow): readonly string[] =>
  activitySettings(sim).subscribed[customer.id] ?? [];
const unknownType = (): Reply =>
  refused(400, "AF20020", `The specified content type is not valid. It is one of ${CONTENT_TYPES.join(", ")}.`);

function start(call: Call, sim: Sim, customer: CustomerRow): Reply {
  const type = typeIn(call);
  if (type === undefined) return unknownType();
  const types = typesOf(sim, customer);
  if (types.includes(type)) return refused(400, "AF20024", "The subscription is already enabled. No property change.");
  changeActivitySettings(sim, { subscribed: { ...activitySettings(sim).subscribed, [customer.id]: [...types, type] } });
  return okJson({ contentType: type, status: "enabled", webhook: null });
}

const listed: Handler = (_call, sim, customer) =>
  okJson(typesOf(sim, customer).map((contentType) => ({ contentType, status: "enabled", webhook: null })));

function content(call: Call, sim: Sim, customer: CustomerRow): Reply {
  const type = typeIn(call);
  if (type === undefined) return unknownType();
  if (!typesOf(sim, customer).includes(type))
    return refused(400, "AF20022", "No subscription found for the specified content type");
  const now = sim.clock.now();
  const given = [queryOf(call, "startTime"), queryOf(call, "endTime")];
  const [from = now.subtract({ hours: WINDOW_HOURS }), until = now] = given.map(instantIn);
  if (given.filter((one) => one !== undefined).length === 1)
    return refused(400, "AF20030", "Start time and end time must both be specified (or both omitted).");
  const hours = from.until(until).total("hours");
  const isTooOld = Temporal.Instant.compare(from, plusDays(now, -BACK_DAYS)) < 0;
  if (hours < 0 || hours > WINDOW_HOURS || isTooOld)
    return refused(
      400,
      "AF20030",
      `Start time and end time must be less than or equal to ${WINDOW_HOURS} hours apart, with the start time prior to end time and start time no more than ${BACK_DAYS} days in the past.`,
    );
  const rows = recordsOf(sim, { customer, feed: type, from, until, byArrival: true });
  const blobs = [...new Map(rows.map((row) => [blobOf(type, row.shownAt), row])).values()];
  const page = pageOf(sim, blobs, {
    mark: queryOf(call, "nextPage"),
    size: Math.max(1, Math.floor(sim.settings().pageRowsMax / 5)),
  });
  const query = new URLSearchParams(call.query);
  if (page.next !== undefined) query.set("nextPage", page.next);
  const root = `${sim.publicUrl()}${call.headers["x-sim-host"] === undefined ? "" : `/${call.headers["x-sim-host"]}`}`;
  const links: Record<string, string> =
    page.next === undefined ? {} : { NextPageUri: `${root}${call.path}?${query.toString()}` };
  return okJson(
    page.rows.map((row) => {
      const id = blobOf(type, row.shownAt);
      return {
        contentType: type,
        contentId: id,
        contentUri: `${root}/api/v1.0/${customer.id}/activity/feed/audit/${id}`,
        contentCreated: row.shownAt,
        contentExpiration: iso(plusDays(Temporal.Instant.from(row.shownAt), BACK_DAYS)),
      };
    }),
    links,
  );
}

/** One blob holds what arrived in one moment, so it never changes. */
const blobOf = (type: ContentType, shownAt: string): string =>
  `${Temporal.Instant.from(shownAt).epochMilliseconds}$${type.replace(".", "_").toLowerCase()}$na0001`;

function blob(call: Call, sim: Sim, customer: CustomerRow): Reply {
  const [ms, name] = (call.params["content"] ?? "").split("$");
  const type = CONTENT_TYPES.find((one) => one.replace(".", "_").toLowerCase() === name);
  const at = Number(ms);
  if (type === undefined || !Number.isSafeInteger(at))
    return refused(404, "AF20051", "Content requested with the key does not exist.");
  const instant = Temporal.Instant.fromEpochMilliseconds(at);
  if (Temporal.Instant.compare(instant, plusDays(sim.clock.now(), -BACK_DAYS)) < 0)
    return refused(
      400,
      "AF20051",
      "Content requested with the key has already expired. Content older than 7 days cannot be retrieved.",
    );
  return okJson(
    recordsOf(sim, { customer, feed: type, from: instant, until: instant, byArrival: true }).map(pulledJson),
  );
}
