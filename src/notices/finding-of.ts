import type { Evidence, NewFinding, Severity } from "../cases/contract.ts";
import { SEVERITIES } from "../cases/contract.ts";
import type { CustomerId } from "../core/ids.ts";
import { scale } from "../core/money.ts";
import type { Running } from "./contract.ts";
import type { NoticeRow, SourceRow } from "./store.ts";

/** Where each channel's records are kept. */
const SYSTEM = {
  graph: "Microsoft Graph",
  "fraud-events": "Partner Center",
  webhook: "Partner Center webhook",
} as const;
/** Microsoft did not say how bad it is: neither the worst nor harmless. */
const SEVERITY_UNKNOWN: Severity = "medium";
/** What a running loss is weighed by until somebody acts: one day, the limit for an answer. */
const RISK_HOURS = 24n;

export const noticeNumber = (number: bigint): string => `N-${number.toString().padStart(4, "0")}`;

/** One finding per notice; opened again by Microsoft, it is a new one. */
export const fingerprintOf = (row: Pick<NoticeRow, "notice_id" | "times_opened">): string =>
  `notice:${row.notice_id}:${row.times_opened}`;

const severityOf = (row: NoticeRow): Severity =>
  SEVERITIES.find((known) => known === row.severity?.toLowerCase()) ?? SEVERITY_UNKNOWN;

/** What a notice tells `cases`: the alert with each copy as evidence, what it may cost, and the clock that Microsoft started. */
export function findingOf(
  row: NoticeRow,
  sources: readonly SourceRow[],
  { running, at }: { readonly running: Running; readonly at: Temporal.Instant },
): NewFinding {
  return {
    kind: "notices.alert",
    family: "misuse",
    customerId: row.customer_id as CustomerId,
    subscriptionId: row.entitlement_id ?? undefined,
    severity: severityOf(row),
    facts: {
      alertKind: row.kind,
      number: noticeNumber(row.number),
      resources: row.resources.length,
      ...(row.title === null ? {} : { title: row.title }),
    },
    evidence: evidenceOf(row, sources),
    moneyAtRisk: running.known ? scale(running.perHour, RISK_HOURS, 1n) : undefined,
    fingerprint: fingerprintOf(row),
    observedAt: at,
    answerClockFrom: row.detected_at,
    firstUseAt: row.first_seen_at ?? row.detected_at,
  };
}

function evidenceOf(row: NoticeRow, sources: readonly SourceRow[]): readonly Evidence[] {
  const [first, ...others] = [...sources].sort((a, b) => Number(b.channel === "graph") - Number(a.channel === "graph"));
  if (first === undefined) return [];
  const firstSeen: Evidence[] =
    row.first_seen_at !== null && Temporal.Instant.compare(row.first_seen_at, row.detected_at) < 0
      ? [
          {
            at: row.first_seen_at,
            kind: "notices.first-seen",
            facts: { alertKind: row.kind },
            source: SYSTEM[first.channel],
            recordId: first.external_id,
          },
        ]
      : [];
  const detected: Evidence = {
    at: row.detected_at,
    kind: "notices.detected",
    facts: {
      alertKind: row.kind,
      number: noticeNumber(row.number),
      resources: row.resources.length,
      ...detailFacts(row.details),
    },
    source: SYSTEM[first.channel],
    recordId: first.external_id,
    raw: first.raw,
  };
  const copies = others.map((copy): Evidence => ({
    at: copy.received_at,
    kind: "notices.copy",
    facts: { channel: copy.channel, number: noticeNumber(row.number) },
    source: SYSTEM[copy.channel],
    recordId: copy.external_id,
    raw: copy.raw,
  }));
  return [...firstSeen, detected, ...copies];
}

/** The details of a mining alert that fit into a sentence. Names differ in case between the channels. */
function detailFacts(details: Readonly<Record<string, unknown>>): Record<string, string> {
  const wanted = { connectioncount: "connections", cryptocurrencyminingpooldomainname: "pool" } as const;
  const found = Object.entries(details).flatMap(([key, value]) => {
    const name = wanted[key.toLowerCase() as keyof typeof wanted];
    return name === undefined || (typeof value !== "string" && typeof value !== "number")
      ? []
      : [[name, String(value).slice(0, 200)] as const];
  });
  return Object.fromEntries(found);
}
