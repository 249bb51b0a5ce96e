import { toJson } from "../core/canonical.ts";
import type { CustomerId } from "../core/ids.ts";
import type { LoggedEvent, Tx } from "../store/contract.ts";
import { readEvents } from "../store/events.ts";
import type { TimelineGroup, TimelineRow } from "./contract.ts";
import { timelineGroup } from "./decide-timeline.ts";
import { actorWire } from "./wire.ts";

/** Events read at a time when only one group is wanted. */
const SCAN_ROWS = 200;
/** Readings after which a page of a rare group ends early; its cursor goes on from there. */
const SCANS_MAX = 20;

export type TimelinePage = { readonly rows: TimelineRow[]; readonly nextCursor: string | null };
export type TimelineAsk = {
  readonly customerId: CustomerId;
  readonly group?: TimelineGroup | undefined;
  readonly beforeSeq?: bigint | undefined;
  readonly limit: number;
};

/** What happened around a customer, newest first, straight from the event log. */
export async function timelineOf(tx: Tx, { customerId, group, beforeSeq, limit }: TimelineAsk): Promise<TimelinePage> {
  const rows: TimelineRow[] = [];
  let before = beforeSeq;
  for (let scan = 0; scan < SCANS_MAX; scan++) {
    const wanted = group === undefined ? limit + 1 : SCAN_ROWS;
    const events = await readEvents(tx, { customerId, beforeSeq: before, limit: wanted });
    for (const event of events) {
      const row = eventToWire(event);
      if (group !== undefined && row.group !== group) continue;
      if (rows.length === limit) return { rows, nextCursor: rows.at(-1)?.seq ?? null };
      rows.push(row);
    }
    if (events.length < wanted) return { rows, nextCursor: null };
    before = events.at(-1)?.seq;
  }
  return { rows, nextCursor: before?.toString() ?? null };
}

const eventToWire = (event: LoggedEvent): TimelineRow => ({
  seq: event.seq.toString(),
  at: event.at.toString(),
  type: event.type,
  group: timelineGroup(event.type),
  actor: actorWire(event.actor),
  subject: event.subject,
  caseId: event.caseId,
  why: event.why,
  before: toJson(event.before),
  after: toJson(event.after),
  data: toJson(event.data),
});
