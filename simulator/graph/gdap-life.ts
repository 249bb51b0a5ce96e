import { iso, plusDays } from "../kernel/clock.ts";
import type { GdapRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import { notify, writeActivity } from "../partner-center/activity.ts";

const EXTENSION_DAYS = 180;

/** The end of a delegated relation: extended when it extends itself, else expired, with record and webhook. */
export function endRelationship(sim: Sim, facts: Readonly<Record<string, unknown>>): void {
  const row = sim.tables.gdap.get(String(facts["relationship"]));
  if (row === undefined || row.status !== "active") return;
  if (row.autoExtend === "P180D") {
    const next = {
      ...row,
      endsAt: iso(plusDays(Temporal.Instant.from(row.endsAt), EXTENSION_DAYS)),
      modifiedAt: nowIso(sim),
      version: row.version + 1,
    };
    sim.tables.gdap.put(next);
    bookEnd(sim, next);
    return;
  }
  changeStatus(sim, row, { status: "expired" });
}

const bookEnd = (sim: Sim, row: GdapRow): void =>
  sim.schedule.add({ id: `gdap ${row.id}`, at: row.endsAt, kind: "gdap-end", facts: { relationship: row.id } });

const EVENTS: Readonly<Record<string, string>> = {
  approved: "granular-admin-relationship-approved",
  active: "granular-admin-relationship-activated",
  expired: "granular-admin-relationship-expired",
  terminated: "granular-admin-relationship-terminated",
};

/** Moves a relation on and tells everybody Microsoft would tell. */
export function changeStatus(
  sim: Sim,
  row: GdapRow,
  { status, by }: { status: string; by?: string | undefined },
): GdapRow {
  const now = nowIso(sim);
  const next: GdapRow = {
    ...row,
    status,
    modifiedAt: now,
    version: row.version + 1,
    ...(status === "active" ? { activatedAt: now } : {}),
    ...(status === "terminated" ? { endsAt: now } : {}),
  };
  sim.tables.gdap.put(next);
  const event = EVENTS[status];
  if (event === undefined) return next;
  const auditId = writeActivity(sim, {
    customerId: row.customerId,
    operation: event.replaceAll("-", "_"),
    resourceType: "granular_admin_relationship",
    by,
    after: { id: row.id, displayName: row.name, status },
    data: { RelationshipId: row.id },
  });
  notify(sim, {
    event,
    resourceUri: `https://partner.microsoft.com/granularAdminRelationships/${row.id}`,
    resourceName: "GranularAdminRelationship",
    auditId,
  });
  return next;
}
