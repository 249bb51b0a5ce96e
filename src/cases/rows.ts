import { createHash } from "node:crypto";
import type { CustomerId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { CustomerNames, OpenNoticeCounts } from "../notices/contract.ts";
import type { Tx } from "../store/contract.ts";
import type { CasePageJson, CaseRowJson, CustomerCounts } from "./contract.ts";
import { caseNumber } from "./findings.ts";
import { type CaseRow, severityOf } from "./store.ts";
import * as read from "./store-read.ts";

/** Cases of one customer that other slices are given at once. */
const CUSTOMER_CASES_MAX = 200;

/** The clock of the earliest unanswered notice, for a case; main.ts wires it to `notices`. */
export type ClockOf = (startedAt: Temporal.Instant, now: Temporal.Instant) => NonNullable<CaseRowJson["clock"]>;
export type RowDeps = { readonly customerNames: CustomerNames; readonly clockOf: ClockOf };

/** Rows as lists show them; names are asked once for all of them. */
export async function caseRowsJson(
  deps: RowDeps,
  tx: Tx,
  { rows, now }: { readonly rows: readonly CaseRow[]; readonly now: Temporal.Instant },
): Promise<CaseRowJson[]> {
  if (rows.length === 0) return [];
  const names = await deps.customerNames(tx, [...new Set(rows.map((row) => row.customer_id as CustomerId))]);
  return rows.map((row) => {
    const name = names.get(row.customer_id as CustomerId);
    return {
      id: row.case_id,
      number: caseNumber(row.number),
      customerId: row.customer_id,
      customerName: name?.name ?? null,
      resellerName: name?.resellerName ?? null,
      family: row.family,
      state: row.state,
      severity: severityOf(row.severity),
      title: { kind: row.title_kind, facts: row.title_facts },
      openFindings: row.open_findings,
      openedAt: row.opened_at.toString(),
      updatedAt: row.updated_at.toString(),
      closedAt: row.closed_at?.toString() ?? null,
      outcome: row.outcome,
      assignee:
        row.assignee_id === null
          ? null
          : { id: row.assignee_id, name: row.assignee_name ?? "", since: row.assigned_at?.toString() ?? "" },
      clock: row.state === "closed" || row.clock_from === null ? null : deps.clockOf(row.clock_from, now),
      moneyAtRisk: {
        amount:
          row.money_minor === null || row.money_currency === null
            ? null
            : { minor: row.money_minor.toString(), currency: row.money_currency },
        unknownParts: row.money_unknown,
      },
      priority: row.priority_of,
    };
  });
}

type Ask = Omit<read.CaseQuery, "after"> & { readonly cursor?: string | undefined };

/** One page of cases. A cursor belongs to its filter and sort. */
export async function listCases(deps: RowDeps, tx: Tx, ask: Ask): Promise<Result<CasePageJson, Refusal>> {
  const { cursor, ...query } = ask;
  const scope = scopeOf(query);
  const after = cursor === undefined ? undefined : cursorFrom(cursor, scope);
  if (after === "bad")
    return no("invalid", "cursor-bad", "this cursor belongs to another list: start at the first page");
  const rows = await read.pageOfCases(tx, { ...query, after });
  const page = rows.slice(0, ask.limit);
  const last = rows.length > ask.limit ? page.at(-1) : undefined;
  const asOf = after?.asOf ?? ask.now.toString();
  return ok({
    rows: await caseRowsJson(deps, tx, { rows: page, now: ask.now }),
    nextCursor: last === undefined ? null : cursorOf({ asOf, key: last.sort_text, id: last.case_id }, scope),
    total: await read.totalOf(tx, { ...query, after: undefined }),
    counts: await read.countCases(tx, ask.personId),
    asOf: ask.now.toString(),
  });
}

const scopeOf = ({
  filter,
  sort,
  family,
  severityMin,
  customerId,
  assigneeId,
}: Omit<read.CaseQuery, "after">): string =>
  createHash("sha256")
    .update(JSON.stringify([filter, sort, family ?? null, severityMin ?? null, customerId ?? null, assigneeId ?? null]))
    .digest("hex")
    .slice(0, 12);

const cursorOf = (cursor: read.CaseCursor, scope: string): string =>
  Buffer.from(JSON.stringify([scope, cursor.asOf, cursor.key, cursor.id])).toString("base64url");

const KEY_FORM = /^(-?\d{1,19}|[\d+-]{8,14} [\d:.]{8,15}[+-]\d{2})$/;

function cursorFrom(text: string, scope: string): read.CaseCursor | "bad" {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (!Array.isArray(parts) || parts.length !== 4 || !parts.every((part) => typeof part === "string")) return "bad";
    const [of, asOf, key, id] = parts as [string, string, string, string];
    if (of !== scope || !KEY_FORM.test(key)) return "bad";
    Temporal.Instant.from(asOf);
    return { asOf, key, id };
  } catch {
    return "bad";
  }
}

export const casesOf = async (
  deps: RowDeps,
  tx: Tx,
  ask: { readonly customerId: string; readonly now: Temporal.Instant },
): Promise<readonly CaseRowJson[]> =>
  caseRowsJson(deps, tx, { rows: await read.casesOfCustomer(tx, ask.customerId, CUSTOMER_CASES_MAX), now: ask.now });

/** See `CountsFor`. */
export async function countsFor(
  deps: { readonly openNoticeCounts: OpenNoticeCounts },
  tx: Tx,
  customerIds: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, CustomerCounts>> {
  const notices = await deps.openNoticeCounts(tx, customerIds);
  const cases = new Map(
    (await read.openCaseCounts(tx, customerIds)).map((row) => [row.customer_id as CustomerId, row]),
  );
  const ids = new Set([...notices.keys(), ...cases.keys()]);
  return new Map(
    [...ids].map((id) => {
      const own = cases.get(id);
      return [id, { openNotices: notices.get(id) ?? 0, openCases: own?.n ?? 0, worst: own && severityOf(own.worst) }];
    }),
  );
}

/** Customers with an open case about misuse or spend: sync looks at each of their resources. */
export const customersToWatch = async (tx: Tx): Promise<readonly CustomerId[]> =>
  (await read.customersWithOpen(tx, ["misuse", "spend"])) as readonly CustomerId[];
