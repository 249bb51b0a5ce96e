import { member, okJson, refused, textMember } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import type { RegistrationRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import { notify } from "./activity.ts";

/** Names this simulator can be registered for: the documented list and the two seen later (enums.json). */
const WEBHOOK_EVENTS = [
  "test-created",
  "subscription-updated",
  "usagerecords-thresholdExceeded",
  "invoice-ready",
  "azure-fraud-event-detected",
  "reseller-relationship-accepted-by-customer",
  "indirect-reseller-relationship-accepted-by-customer",
  "create-transfer",
  "dap-admin-relationship-approved",
  "dap-admin-relationship-terminated",
  "dap-admin-relationship-terminated-by-microsoft",
  "granular-admin-relationship-approved",
  "granular-admin-relationship-activated",
  "granular-admin-relationship-expired",
  "granular-admin-relationship-terminated",
  "granular-admin-access-assignment-created",
  "granular-admin-access-assignment-activated",
  "granular-admin-access-assignment-updated",
  "granular-admin-access-assignment-deleted",
] as const;

const base = { surface: "partner-center", access: "both" } as const;
const at = "/webhooks/v1/registration";

export const webhookRoutes: readonly Route[] = [
  { ...base, method: "GET", path: `${at}/events`, handle: () => okJson([...WEBHOOK_EVENTS]) },
  { ...base, method: "GET", path: at, handle: get },
  { ...base, method: "POST", path: at, handle: post },
  { ...base, method: "PUT", path: at, handle: put },
  { ...base, method: "POST", path: `${at}/validationEvents`, counts: "validation-event", handle: sendTest },
  { ...base, method: "GET", path: `${at}/validationEvents/:correlationId`, handle: testResult },
];

const current = (sim: Sim): RegistrationRow | undefined => sim.tables.registration.get("registration");
const noneYet = (): Reply => refused(404, "404", "No registration exists.");
const echo = (row: RegistrationRow, withId: boolean) => ({
  ...(withId ? { SubscriberId: row.subscriberId } : {}),
  WebhookUrl: row.url,
  WebhookEvents: row.events,
});

function get(_call: Call, sim: Sim): Reply {
  const row = current(sim);
  return row === undefined ? noneYet() : okJson(echo(row, false));
}

function post(call: Call, sim: Sim): Reply {
  if (current(sim) !== undefined) return refused(409, "409", "A registration exists already; there is one per tenant.");
  return save(call, sim, sim.newId());
}

function put(call: Call, sim: Sim): Reply {
  const row = current(sim);
  return row === undefined ? noneYet() : save(call, sim, row.subscriberId);
}

function save(call: Call, sim: Sim, subscriberId: string): Reply {
  const url = textMember(call.body, "WebhookUrl") ?? "";
  const given = member(call.body, "WebhookEvents");
  const events = Array.isArray(given) ? given.map(String) : [];
  if (!/^https?:\/\/\S+$/.test(url)) return refused(400, "800002", "WebhookUrl is not an address.");
  const unknown = events.find((name) => !(WEBHOOK_EVENTS as readonly string[]).includes(name));
  if (events.length === 0 || unknown !== undefined)
    return refused(400, "800002", `The event ${unknown ?? ""} cannot be registered.`);
  const row: RegistrationRow = {
    key: "registration",
    subscriberId,
    url,
    events,
    signatureInOwnHeader: String(member(call.body, "SignatureTokenToMsSignatureHeader")).toLowerCase() === "true",
  };
  sim.tables.registration.put(row);
  return okJson(echo(row, true));
}

function sendTest(_call: Call, sim: Sim): Reply {
  const row = current(sim);
  if (row === undefined || !row.events.includes("test-created"))
    return refused(400, "800002", "Register for test-created first.");
  const correlationId = sim.newId();
  const resourceUri = `${sim.publicUrl()}${at}/validationEvents/${correlationId}`;
  notify(sim, { event: "test-created", resourceUri, resourceName: "test", delaySeconds: 0, correlationId });
  return okJson({ correlationId });
}

const KEPT_DAYS = 7;

function testResult(call: Call, sim: Sim): Reply {
  const row = sim.tables.deliveries
    .all()
    .find((one) => one.correlationId === call.params["correlationId"]?.toLowerCase());
  const kept =
    row !== undefined &&
    Temporal.Instant.from(row.createdAt)
      .until(Temporal.Instant.from(nowIso(sim)))
      .total("hours") <
      KEPT_DAYS * 24;
  if (row === undefined || !kept) return refused(404, "404", "The validation event was not found.");
  return okJson({
    correlationId: row.correlationId,
    partnerId: sim.settings().partnerTenantId,
    status: row.state === "waiting" ? "pending" : row.state === "delivered" ? "completed" : "failed",
    callbackUrl: row.url,
    results: row.results.map(({ at: when, status, problem }) => ({
      responseCode: status === null ? "0" : status === 200 ? "OK" : String(status),
      responseMessage: problem ?? "",
      systemError: status === null,
      dateTimeUtc: when.replace("Z", ""),
    })),
  });
}
