import { queryOf } from "../http/paging.ts";
import { graphRefused, member, okJson, textMember } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { iso, plusSeconds } from "../kernel/clock.ts";
import type { GdapPartRow, GdapRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import { nameOf } from "../partner-center/find.ts";
import { changeStatus } from "./gdap-life.ts";
import { odataFilter, odataPage } from "./odata.ts";

const base = { surface: "graph", access: "both" } as const;
const at = "/v1.0/tenantRelationships/delegatedAdminRelationships";

/** Reads take both kinds of token; writes are delegated (CONTRACT 12). */
export const gdapRoutes: readonly Route[] = [
  { ...base, method: "GET", path: at, handle: list },
  { ...base, method: "POST", path: at, access: "user", handle: create },
  { ...base, method: "GET", path: `${at}/:relationshipId`, handle: get },
  { ...base, method: "PATCH", path: `${at}/:relationshipId`, access: "user", handle: patch },
  { ...base, method: "DELETE", path: `${at}/:relationshipId`, access: "user", handle: remove },
  { ...base, method: "POST", path: `${at}/:relationshipId/requests`, access: "user", handle: request },
  { ...base, method: "GET", path: `${at}/:relationshipId/requests`, handle: parts("request") },
  { ...base, method: "GET", path: `${at}/:relationshipId/operations`, handle: parts("operation") },
  { ...base, method: "GET", path: `${at}/:relationshipId/accessAssignments`, handle: parts("assignment") },
];

export const gdapEtag = (row: { readonly id: string; readonly version: number }): string =>
  `W/"${Buffer.from(`'${row.id.slice(0, 8)}-${row.version}'`).toString("base64")}"`;

const rolesJson = (roles: readonly string[]) => ({
  unifiedRoles: roles.map((roleDefinitionId) => ({ roleDefinitionId })),
});

function gdapJson(sim: Sim, row: GdapRow) {
  const viaReseller = row.viaResellerId !== null;
  return {
    "@odata.type": `#microsoft.graph.${viaReseller ? "resellerDelegatedAdminRelationship" : "delegatedAdminRelationship"}`,
    "@odata.etag": gdapEtag(row),
    id: row.id,
    displayName: row.name,
    duration: row.duration,
    customer: { tenantId: row.customerId, displayName: nameOf(sim, row.customerId) },
    accessDetails: rolesJson(row.roles),
    status: row.status,
    autoExtendDuration: row.autoExtend,
    createdDateTime: row.createdAt,
    lastModifiedDateTime: row.modifiedAt,
    activatedDateTime: row.activatedAt,
    endDateTime: row.endsAt,
    ...(viaReseller
      ? { isPartnerConsentPending: false, indirectProviderTenantId: sim.settings().partnerTenantId }
      : {}),
  };
}

const bad = (sim: Sim, message: string): Reply => graphRefused(sim, 400, { code: "BadRequest", message });
const stale = (sim: Sim): Reply =>
  graphRefused(sim, 412, { code: "PreconditionFailed", message: "The resource was changed meanwhile." });

export function withRelationship(call: Call, sim: Sim, answer: (row: GdapRow) => Reply): Reply {
  const row = sim.tables.gdap.get(call.params["relationshipId"] ?? "");
  return row === undefined
    ? graphRefused(sim, 404, { code: "ResourceNotFound", message: "The relationship was not found." })
    : answer(row);
}

const PAGE_ROWS_MAX = 300;

function list(call: Call, sim: Sim): Reply {
  const matches = odataFilter(queryOf(call, "$filter"));
  if (matches === undefined) return bad(sim, "Invalid filter clause.");
  const rows = sim.tables.gdap.all().filter((row) => matches(gdapJson(sim, row)));
  const rowsMax = Math.min(PAGE_ROWS_MAX, sim.settings().pageRowsMax);
  return odataPage(call, sim, {
    rows,
    rules: {
      context: "v1.0/$metadata#tenantRelationships/delegatedAdminRelationships",
      rowsMax,
      shape: (row) => gdapJson(sim, row),
    },
  });
}

function get(call: Call, sim: Sim): Reply {
  return withRelationship(call, sim, (row) => okJson(gdapJson(sim, row), { ETag: gdapEtag(row) }));
}

const GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10";

function create(call: Call, sim: Sim): Reply {
  const name = textMember(call.body, "displayName") ?? "";
  const customerId = textMember(member(call.body, "customer"), "tenantId")?.toLowerCase() ?? "";
  const given = member(member(call.body, "accessDetails"), "unifiedRoles");
  const roles = Array.isArray(given) ? given.map((one) => textMember(one, "roleDefinitionId") ?? "") : [];
  const days = daysOf(textMember(call.body, "duration"));
  const autoExtend = textMember(call.body, "autoExtendDuration") ?? "PT0S";
  if (name === "" || name.length > 50) return bad(sim, "displayName has 1 to 50 characters.");
  if (sim.tables.gdap.all().some((row) => row.name === name))
    return graphRefused(sim, 409, { code: "Conflict", message: "The displayName is in use." });
  if (days === undefined || days < 1 || days > 730) return bad(sim, "duration lies between P1D and P2Y.");
  if (roles.length === 0) return bad(sim, "accessDetails needs a role.");
  if (autoExtend === "P180D" && roles.includes(GLOBAL_ADMINISTRATOR))
    return bad(sim, "A relationship with Global Administrator cannot extend itself.");
  const now = sim.clock.now();
  const row: GdapRow = {
    id: `${sim.newId()}-${sim.newId()}`,
    customerId,
    name,
    duration: textMember(call.body, "duration") ?? "",
    roles,
    status: "created",
    autoExtend,
    createdAt: iso(now),
    modifiedAt: iso(now),
    activatedAt: null,
    endsAt: iso(plusSeconds(now, days * 86_400)),
    version: 1,
    viaResellerId: null,
  };
  sim.tables.gdap.put(row);
  const location = `https://graph.microsoft.com${at}/${row.id}`;
  return { status: 201, headers: { Location: location, ETag: gdapEtag(row) }, body: gdapJson(sim, row) };
}

function daysOf(duration: string | undefined): number | undefined {
  try {
    const parsed = Temporal.Duration.from(duration ?? "");
    return Math.round(parsed.total({ unit: "days", relativeTo: "2026-01-01" }));
  } catch {
    return undefined;
  }
}

function patch(call: Call, sim: Sim): Reply {
  return withRelationship(call, sim, (row) => {
    if (call.headers["if-match"] !== gdapEtag(row)) return stale(sim);
    const autoExtend = textMember(call.body, "autoExtendDuration");
    const name = textMember(call.body, "displayName");
    if (name !== undefined && row.status !== "created") return bad(sim, "Only autoExtendDuration can be changed now.");
    const next = {
      ...row,
      autoExtend: autoExtend ?? row.autoExtend,
      name: name ?? row.name,
      modifiedAt: nowIso(sim),
      version: row.version + 1,
    };
    sim.tables.gdap.put(next);
    return okJson(gdapJson(sim, next), { ETag: gdapEtag(next) });
  });
}

function remove(call: Call, sim: Sim): Reply {
  return withRelationship(call, sim, (row) => {
    if (row.status !== "created") return bad(sim, "Only a relationship that is created can be deleted.");
    if (call.headers["if-match"] !== gdapEtag(row)) return stale(sim);
    sim.tables.gdap.remove(row.id);
    return { status: 204 };
  });
}

/** Termination takes this many seconds; until then the status says so and has to be polled. */
const TERMINATION_SECONDS = 30;

function request(call: Call, sim: Sim): Reply {
  return withRelationship(call, sim, (row) => {
    const action = textMember(call.body, "action");
    if (action === "lockForApproval" && row.status === "created") changeStatus(sim, row, { status: "approvalPending" });
    else if (action === "terminate" && row.status === "active") {
      changeStatus(sim, row, { status: "terminating" });
      const when = iso(plusSeconds(sim.clock.now(), TERMINATION_SECONDS));
      sim.schedule.add({
        id: `gdap-status ${row.id}`,
        at: when,
        kind: "gdap-status",
        facts: { relationship: row.id, status: "terminated" },
      });
    } else return bad(sim, `${action ?? "The action"} is not possible while the relationship is ${row.status}.`);
    const part = newPart(sim, row.id, { part: "request", status: "created", facts: { action } });
    const context = `https://graph.microsoft.com/v1.0/$metadata#tenantRelationships/delegatedAdminRelationships('${row.id}')/requests/$entity`;
    return { status: 201, body: { "@odata.context": context, ...partJson(part) } };
  });
}

export function newPart(
  sim: Sim,
  relationshipId: string,
  part: Pick<GdapPartRow, "part" | "status" | "facts">,
): GdapPartRow {
  const now = nowIso(sim);
  const row = { id: sim.newId(), relationshipId, createdAt: now, modifiedAt: now, version: 1, ...part };
  sim.tables.gdapParts.put(row);
  return row;
}

export const partJson = (row: GdapPartRow) => ({
  ...(row.part === "assignment" ? { "@odata.etag": gdapEtag(row) } : {}),
  id: row.id,
  status: row.status,
  createdDateTime: row.createdAt,
  lastModifiedDateTime: row.modifiedAt,
  ...row.facts,
});

function parts(part: GdapPartRow["part"]): Route["handle"] {
  return (call, sim) =>
    withRelationship(call, sim, (row) =>
      okJson({
        value: sim.tables.gdapParts
          .where("relationship", row.id)
          .filter((one) => one.part === part)
          .map(partJson),
      }),
    );
}
