import { gzipSync } from "node:zlib";
import { graphRefused, okJson, textMember } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { instantOf, iso, plusSeconds } from "../kernel/clock.ts";
import { guidOf } from "../kernel/ids.ts";
import type { ExportRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import { billingLineJson, dailyUse, ratedDays, usageLineJson } from "../partner-center/line-items.ts";
import { chargesBetween } from "../world/microsoft-invoices.ts";

const base = { surface: "graph", access: "both" } as const;
const at = "/v1.0/reports/partners/billing";

/** The export dialog of CONTRACT 6.2: start, poll, manifest, then gzip of JSON lines behind a link that expires. */
export const billingExportRoutes: readonly Route[] = [
  { ...base, method: "POST", path: `${at}/usage/unbilled/export`, handle: start("usage-unbilled") },
  { ...base, method: "POST", path: `${at}/usage/billed/export`, handle: start("usage-billed") },
  { ...base, method: "POST", path: `${at}/reconciliation/unbilled/export`, handle: start("reconciliation-unbilled") },
  { ...base, method: "POST", path: `${at}/reconciliation/billed/export`, handle: start("reconciliation-billed") },
  { ...base, method: "GET", path: `${at}/operations/:operationId`, handle: operation },
  { ...base, method: "GET", path: `${at}/manifests/:manifestId`, handle: manifest },
  { method: "GET", path: "/blobs/:operationId/:name", surface: "certificates", access: "none", handle: blob },
];

/** How long an export takes, and how long its link lives. */
const RUN_SECONDS = 25;
const LINK_HOURS = 12;
const POLL_SECONDS = 10;
const NO_DATA = "No data available";

function start(kind: string): Route["handle"] {
  return (call: Call, sim: Sim): Reply => {
    const billed = kind.endsWith("-billed");
    const missing = textMember(call.body, billed ? "invoiceId" : "currencyCode") === undefined;
    if (missing)
      return graphRefused(sim, 400, {
        code: "BadRequest",
        message: `${billed ? "invoiceId" : "currencyCode"} is needed.`,
      });
    const now = sim.clock.now();
    const row: ExportRow = {
      id: sim.newId(),
      kind,
      request: call.body as Record<string, unknown>,
      createdAt: iso(now),
      changedAt: iso(now),
      status: "running",
      error: null,
    };
    sim.tables.exports.put(row);
    sim.schedule.add({
      id: `export ${row.id}`,
      at: iso(plusSeconds(now, RUN_SECONDS)),
      kind: "export",
      facts: { export: row.id },
    });
    return {
      status: 202,
      headers: { Location: `${sim.publicUrl()}${at}/operations/${row.id}`, "Retry-After": String(POLL_SECONDS) },
    };
  };
}

/** The job at the end: a quiet month fails with 5000, which is no error to worry about. */
export function finishExport(sim: Sim, facts: Readonly<Record<string, unknown>>): void {
  const row = sim.tables.exports.get(String(facts["export"]));
  if (row === undefined) return;
  const none = rowsOf(sim, row).length === 0;
  sim.tables.exports.put({
    ...row,
    changedAt: nowIso(sim),
    status: none ? "failed" : "succeeded",
    error: none ? NO_DATA : null,
  });
}

function rowsOf(sim: Sim, { kind, request }: ExportRow): unknown[] {
  const invoice = sim.tables.invoices.get(textMember(request, "invoiceId") ?? "");
  if (kind.endsWith("-billed")) {
    if (invoice === undefined) return [];
    if (kind === "reconciliation-billed")
      return sim.tables.lines.where("invoice", invoice.id).map((line) => billingLineJson(sim, line));
    const days = { first: Temporal.PlainDate.from(invoice.from), last: Temporal.PlainDate.from(invoice.to) };
    return dailyUse(sim, invoice.currency, days).map((use) => usageLineJson(sim, use, invoice.id));
  }
  const currency = textMember(request, "currencyCode")?.toUpperCase() ?? "";
  const days = ratedDays(sim, textMember(request, "billingPeriod") === "last" ? "previous" : "current");
  if (kind === "usage-unbilled") return dailyUse(sim, currency, days).map((use) => usageLineJson(sim, use, ""));
  return chargesBetween(sim, days.first, days.last)
    .filter((one) => one.currency === currency)
    .map((charge) => billingLineJson(sim, { ...charge, invoiceId: "" }));
}

const TYPES = { running: "runningOperation", succeeded: "exportSuccessOperation", failed: "failedOperation" } as const;

function operation(call: Call, sim: Sim): Reply {
  const row = sim.tables.exports.get(call.params["operationId"] ?? "");
  if (row === undefined)
    return graphRefused(sim, 404, { code: "ResourceNotFound", message: "The operation was not found." });
  const body = {
    "@odata.type": `#microsoft.graph.partners.billing.${TYPES[row.status]}`,
    status: row.status,
    id: row.id,
    createdDateTime: row.createdAt,
    lastActionDateTime: row.changedAt,
    ...(row.status === "succeeded"
      ? { "resourceLocation@odata.navigationLink": `${sim.publicUrl()}${at}/manifests/${row.id}` }
      : {}),
    ...(row.error === null ? {} : { error: { message: row.error, code: "5000" } }),
  };
  return okJson(body, row.status === "running" ? { "Retry-After": String(POLL_SECONDS) } : {});
}

const blobName = (row: ExportRow): string => `part-00000-${row.id}.c000.json.gz`;
const signature = (sim: Sim, id: string, expires: string): string =>
  guidOf(sim.settings().tokenKey, id, expires).replaceAll("-", "");

function manifest(call: Call, sim: Sim): Reply {
  const row = sim.tables.exports.get(call.params["manifestId"] ?? "");
  if (row?.status !== "succeeded")
    return graphRefused(sim, 404, { code: "ResourceNotFound", message: "The manifest was not found." });
  const expires = iso(plusSeconds(sim.clock.now(), LINK_HOURS * 3_600));
  return okJson({
    id: row.id,
    schemaVersion: "1",
    dataFormat: "compressedJSONLines",
    createdDateTime: row.changedAt,
    eTag: row.id.replaceAll("-", "").slice(0, 17),
    partnerTenantId: sim.settings().partnerTenantId,
    rootDirectory: `${sim.publicUrl()}/blobs/${row.id}`,
    sasToken: new URLSearchParams({ se: expires, sig: signature(sim, row.id, expires) }).toString(),
    partitionType: "Default",
    blobCount: 1,
    blobs: [{ name: blobName(row), partitionValue: "default" }],
  });
}

/** The storage account: the signed link alone opens it, until it expires. */
function blob(call: Call, sim: Sim): Reply {
  const row = sim.tables.exports.get(call.params["operationId"] ?? "");
  const expires = call.query.get("se") ?? "";
  const wrong =
    row === undefined ||
    call.params["name"] !== blobName(row) ||
    call.query.get("sig") !== signature(sim, row.id, expires);
  if (wrong)
    return {
      status: 403,
      bytes: {
        data: Buffer.from('<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code></Error>'),
        type: "application/xml",
      },
    };
  if (Temporal.Instant.compare(instantOf(expires), sim.clock.now()) < 0)
    return {
      status: 403,
      bytes: {
        data: Buffer.from(
          '<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code><Message>Signature not valid: expired</Message></Error>',
        ),
        type: "application/xml",
      },
    };
  const lines = rowsOf(sim, row).map((one) => JSON.stringify(one));
  return { status: 200, bytes: { data: gzipSync(`${lines.join("\n")}\n`), type: "application/octet-stream" } };
}
