import { continued, queryOf } from "../http/paging.ts";
import { badInput, objectType, okJson, refused, textMember } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { utcDay } from "../kernel/clock.ts";
import type { AuditRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { nameOf } from "./find.ts";

const WINDOW_DAYS_MAX = 30;
const KEPT_DAYS = 90;
const PAGE_ROWS = 500;

const base = { method: "GET", surface: "partner-center", access: "both" } as const;

export const auditRoutes: readonly Route[] = [
  { ...base, path: "/v1/auditrecords", handle: list },
  { ...base, path: "/auditactivity/v1/auditrecords/:auditId", handle: one },
];

/** The activity log: 90 days back, 30 days at a time (CONTRACT 8). */
function list(call: Call, sim: Sim): Reply {
  const window = windowOf(call, utcDay(sim.clock.now()));
  if ("refusal" in window) return window.refusal;
  const matches = filterOf(call, sim);
  if (matches === undefined) return badInput("The filter is not valid.");
  const rows: AuditRow[] = [];
  for (let day = window.to; Temporal.PlainDate.compare(day, window.from) >= 0; day = day.subtract({ days: 1 }))
    rows.push(
      ...sim.tables.audits
        .where("day", day.toString())
        .filter(matches)
        .toSorted((a, b) => (a.at < b.at ? 1 : -1)),
    );
  return continued(call, rows, {
    shape: (row) => auditJson(sim, row),
    rules: { rowsMax: Math.min(PAGE_ROWS, sim.settings().pageRowsMax * 4) },
  });
}

type Window = { from: Temporal.PlainDate; to: Temporal.PlainDate } | { refusal: Reply };

function windowOf(call: Call, today: Temporal.PlainDate): Window {
  const start = dayOf(queryOf(call, "startDate"));
  const end = dayOf(queryOf(call, "endDate"));
  if (start === "bad" || end === "bad")
    return { refusal: badInput("startDate and endDate are days such as 2026-03-31.") };
  const last = end ?? (start === undefined ? today : earlier(today, start.add({ days: WINDOW_DAYS_MAX })));
  const first = start ?? last.subtract({ days: WINDOW_DAYS_MAX });
  if (Temporal.PlainDate.compare(first, today.subtract({ days: KEPT_DAYS })) < 0)
    return { refusal: refused(400, "800002", `startDate is more than ${KEPT_DAYS} days ago.`) };
  if (Temporal.PlainDate.compare(last, first) < 0) return { refusal: badInput("endDate lies before startDate.") };
  if (first.until(last, { largestUnit: "days" }).days > WINDOW_DAYS_MAX)
    return { refusal: refused(400, "800002", `The window is longer than ${WINDOW_DAYS_MAX} days.`) };
  return { from: first, to: last };
}

const earlier = (a: Temporal.PlainDate, b: Temporal.PlainDate): Temporal.PlainDate =>
  Temporal.PlainDate.compare(a, b) < 0 ? a : b;

function dayOf(text: string | undefined): Temporal.PlainDate | undefined | "bad" {
  if (text === undefined || text === "") return undefined;
  try {
    return Temporal.PlainDate.from(text.slice(0, 10));
  } catch {
    return "bad";
  }
}

function filterOf(call: Call, sim: Sim): ((row: AuditRow) => boolean) | undefined {
  const text = queryOf(call, "filter");
  if (text === undefined) return () => true;
  let filter: unknown;
  try {
    filter = JSON.parse(text);
  } catch {
    return undefined;
  }
  const value = textMember(filter, "Value")?.toLowerCase();
  const operator = textMember(filter, "Operator")?.toLowerCase();
  const field = textMember(filter, "Field")?.toLowerCase();
  if (value === undefined) return undefined;
  if (field === "companyname" && operator === "substring")
    return (row) => nameOf(sim, row.customerId).toLowerCase().includes(value);
  if (field === "customerid" && operator === "equals") return (row) => row.customerId === value;
  if (field === "resourcetype" && operator === "equals") return (row) => row.resourceType.toLowerCase() === value;
  return undefined;
}

function auditJson(sim: Sim, row: AuditRow) {
  const valueText = (value: unknown) => (value === null ? undefined : JSON.stringify(value));
  const [before, after] = [valueText(row.before), valueText(row.after)];
  return {
    partnerId: sim.settings().partnerTenantId,
    ...(row.customerId === null ? {} : { customerId: row.customerId, customerName: nameOf(sim, row.customerId) }),
    userPrincipalName: row.by,
    ...(row.application === null ? {} : { applicationId: row.application }),
    resourceType: row.resourceType,
    ...(before === undefined ? {} : { resourceOldValue: before }),
    ...(after === undefined ? {} : { resourceNewValue: after }),
    operationType: row.operation,
    operationDate: row.at,
    operationStatus: row.status,
    customizedData: Object.entries(row.data).map(([key, value]) => ({ key, value })),
    attributes: objectType("AuditRecord"),
  };
}

function one(call: Call, sim: Sim): Reply {
  const row = sim.tables.audits.get(call.params["auditId"] ?? "");
  return row === undefined ? refused(404, "404", "The audit record was not found.") : okJson(auditJson(sim, row));
}
