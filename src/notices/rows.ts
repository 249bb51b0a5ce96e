import type { CaseNumbers } from "../cases/contract.ts";
import type { CaseId, CustomerId, EntitlementId } from "../core/ids.ts";
import { moneyToJson } from "../core/money.ts";
import { minutesBetween } from "../core/time.ts";
import type { Tx } from "../store/contract.ts";
import type { CustomerNames, NoticeJson, NoticeRowJson, Running, RunningJson, RunningOf } from "./contract.ts";
import { clockToJson, decideClock } from "./decide-clock.ts";
import { noticeNumber } from "./finding-of.ts";
import { channelsOf, type NoticeRow, sourcesOf } from "./store.ts";

type Deps = { readonly customerNames: CustomerNames; readonly caseNumbers: CaseNumbers; readonly runningOf: RunningOf };

export const runningToJson = (running: Running): RunningJson =>
  running.known
    ? {
        known: true,
        perHour: moneyToJson(running.perHour),
        asOf: running.asOf?.toString() ?? null,
        basis: running.basis,
      }
    : running;

/** Rows as lists show them; what other slices know is asked once for all of them. */
export async function rowsJson(
  deps: Deps,
  tx: Tx,
  { rows, now }: { readonly rows: readonly NoticeRow[]; readonly now: Temporal.Instant },
): Promise<NoticeRowJson[]> {
  if (rows.length === 0) return [];
  const customerIds = [...new Set(rows.map((row) => row.customer_id as CustomerId))];
  const caseIds = [...new Set(rows.flatMap((row) => (row.case_id === null ? [] : [row.case_id as CaseId])))];
  const names = await deps.customerNames(tx, customerIds);
  const numbers = await deps.caseNumbers(tx, caseIds);
  const channels = await channelsOf(
    tx,
    rows.map((row) => row.notice_id),
  );
  const running = await runningByKey(
    deps,
    tx,
    rows.filter((row) => row.state === "open"),
  );
  return rows.map((row) => {
    const name = names.get(row.customer_id as CustomerId);
    return {
      ...factsOf(row, now),
      customerName: name?.name ?? row.customer_name,
      resellerName: name?.resellerName ?? null,
      caseNumber: row.case_id === null ? null : (numbers.get(row.case_id as CaseId) ?? null),
      channels: [...(channels.get(row.notice_id) ?? [])],
      running:
        row.state === "open"
          ? (running.get(keyOf(row)) ?? { known: false as const, reason: "no-data" })
          : { known: false as const, reason: "answered" },
    };
  });
}

function factsOf(row: NoticeRow, now: Temporal.Instant) {
  return {
    id: row.notice_id,
    number: noticeNumber(row.number),
    kind: row.kind,
    title: row.title,
    severity: row.severity,
    confidence: row.confidence,
    state: row.state,
    status: row.status,
    isTest: row.is_test,
    customerId: row.customer_id,
    entitlementId: row.entitlement_id,
    detectedAt: row.detected_at.toString(),
    receivedAt: row.received_at.toString(),
    lastSeenAt: row.last_seen_at?.toString() ?? null,
    clock: row.state === "open" ? clockToJson(decideClock(row.detected_at, now)) : null,
    claimedBy:
      row.claimed_by === null
        ? null
        : { id: row.claimed_by, name: row.claimed_name ?? "", since: row.claimed_at?.toString() ?? "" },
    caseId: row.case_id,
    answer: answerOf(row),
  };
}

const answerOf = (row: NoticeRow) =>
  row.answered_at === null || row.answered_where === null
    ? null
    : {
        reason: row.answer_reason,
        at: row.answered_at.toString(),
        by: row.answered_by,
        where: row.answered_where,
        afterMinutes: Math.max(0, minutesBetween(row.detected_at, row.answered_at)),
        proposalId: row.answered_where === "desk" ? row.proposal_id : null,
      };

const keyOf = (row: NoticeRow): string => `${row.customer_id} ${row.entitlement_id ?? ""}`;

/** What runs in each Azure subscription that rows name, asked once for each. */
async function runningByKey(deps: Deps, tx: Tx, rows: readonly NoticeRow[]): Promise<ReadonlyMap<string, RunningJson>> {
  const wanted = [...new Map(rows.map((row) => [keyOf(row), row])).entries()];
  const answers = await deps.runningOf(
    tx,
    wanted.map(([, row]) => ({
      customerId: row.customer_id as CustomerId,
      entitlementId: (row.entitlement_id ?? undefined) as EntitlementId | undefined,
    })),
  );
  return new Map(wanted.map(([key], at) => [key, runningToJson(answers[at] ?? { known: false, reason: "no-data" })]));
}

/** One notice with all its copies as they arrived. Money is asked for even when answered: answering stops nothing. */
export async function noticeJsonOf(
  deps: Deps,
  tx: Tx,
  { row, now }: { readonly row: NoticeRow; readonly now: Temporal.Instant },
): Promise<NoticeJson> {
  const [json] = await rowsJson(deps, tx, { rows: [row], now });
  if (json === undefined) throw new Error("invariant broken: one row gives one row");
  const running = await runningByKey(deps, tx, [row]);
  const sources = await sourcesOf(tx, [row.notice_id]);
  return {
    ...json,
    running: running.get(keyOf(row)) ?? json.running,
    description: row.description,
    firstSeenAt: row.first_seen_at?.toString() ?? null,
    resources: row.resources.map(({ id, type }) => ({ id, type: type ?? null })),
    details: row.details,
    log: row.log.map(({ from, to, by, at }) => ({ from: from ?? null, to, by: by ?? null, at: at ?? null })),
    sources: sources.map((source) => ({
      channel: source.channel,
      externalId: source.external_id,
      receivedAt: source.received_at.toString(),
      changedAt: source.changed_at.toString(),
      status: source.status,
      raw: source.raw,
      rawSha256: source.raw_sha256,
    })),
  };
}
