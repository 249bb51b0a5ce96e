import { graphRefused, member, textMember } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { iso, plusSeconds } from "../kernel/clock.ts";
import type { GdapPartRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import { gdapEtag, newPart, partJson, withRelationship } from "./gdap.ts";
import { changeStatus } from "./gdap-life.ts";

const base = { surface: "graph", access: "user" } as const;
const at = "/v1.0/tenantRelationships/delegatedAdminRelationships/:relationshipId/accessAssignments";

/** Which security group of the partner gets which roles of a relationship. */
export const gdapAssignmentRoutes: readonly Route[] = [
  { ...base, method: "POST", path: at, handle: create },
  { ...base, method: "PATCH", path: `${at}/:assignmentId`, handle: change("pending") },
  { ...base, method: "DELETE", path: `${at}/:assignmentId`, handle: change("deleting") },
];

/** A change takes this many virtual seconds. */
const SECONDS = 20;

function bookStatus(sim: Sim, part: GdapPartRow, status: string): void {
  const when = iso(plusSeconds(sim.clock.now(), SECONDS));
  sim.schedule.add({ id: `gdap-part ${part.id}`, at: when, kind: "gdap-status", facts: { part: part.id, status } });
}

function create(call: Call, sim: Sim): Reply {
  return withRelationship(call, sim, (row) => {
    const accessContainer = member(call.body, "accessContainer");
    const accessDetails = member(call.body, "accessDetails");
    if (row.status !== "active" || textMember(accessContainer, "accessContainerId") === undefined)
      return graphRefused(sim, 400, {
        code: "BadRequest",
        message: "The relationship must be active and a security group be named.",
      });
    const part = newPart(sim, row.id, {
      part: "assignment",
      status: "pending",
      facts: { accessContainer, accessDetails },
    });
    bookStatus(sim, part, "active");
    return { status: 201, headers: { ETag: gdapEtag(part) }, body: partJson(part) };
  });
}

function change(status: "pending" | "deleting"): Route["handle"] {
  return (call: Call, sim: Sim): Reply =>
    withRelationship(call, sim, () => {
      const part = sim.tables.gdapParts.get(call.params["assignmentId"] ?? "");
      if (part === undefined)
        return graphRefused(sim, 404, { code: "ResourceNotFound", message: "The assignment was not found." });
      if (call.headers["if-match"] !== gdapEtag(part))
        return graphRefused(sim, 412, { code: "PreconditionFailed", message: "The resource was changed meanwhile." });
      const facts =
        status === "pending" ? { ...part.facts, accessDetails: member(call.body, "accessDetails") } : part.facts;
      sim.tables.gdapParts.put({ ...part, facts, status, modifiedAt: nowIso(sim), version: part.version + 1 });
      bookStatus(sim, part, status === "pending" ? "active" : "deleted");
      return { status: status === "pending" ? 202 : 204 };
    });
}

/** The job behind every delayed status of a relationship or an assignment. */
export function finishGdapStatus(sim: Sim, facts: Readonly<Record<string, unknown>>): void {
  const status = String(facts["status"]);
  const row = sim.tables.gdap.get(String(facts["relationship"]));
  if (row !== undefined) changeStatus(sim, row, { status });
  const part = sim.tables.gdapParts.get(String(facts["part"]));
  if (part !== undefined)
    sim.tables.gdapParts.put({ ...part, status, modifiedAt: nowIso(sim), version: part.version + 1 });
}
