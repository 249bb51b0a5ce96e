import { iso, plusSeconds } from "../kernel/clock.ts";
import { fractionOf } from "../kernel/ids.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import type { ActivityFacts, ActivityRow } from "./records.ts";

/** A step of a story: how many seconds after its beginning, and what happened. */
export type Step = { readonly second: number; readonly facts: ActivityFacts; readonly group?: string };

/** The newest records kept for the interfaces; older ones of stories are dropped. */
const ROWS_MAX = 50_000;

export type Pace = {
  /** Virtual minutes that the story takes from now on; 0 = it has just happened, all of it. */
  readonly minutes: number;
  /** Seconds after which the interfaces show a record. */
  readonly lateSeconds: number;
};

/**
 * Writes a story. At once: its records lie in the last minutes, the newest is now. Over time: each is written when its moment comes.
 * @returns the ids in order
 */
export function tell(
  sim: Sim,
  customer: CustomerRow,
  story: { readonly steps: readonly Step[]; readonly pace: Pace },
): string[] {
  const { steps, pace } = story;
  const length = Math.max(1, ...steps.map(({ second }) => second));
  const now = sim.clock.now();
  const correlation = new Map<string, string>();
  const correlationOf = (group: string | undefined): string => {
    if (group === undefined) return sim.newId();
    const known = correlation.get(group) ?? sim.newId();
    correlation.set(group, known);
    return known;
  };
  return steps.map(({ second, facts, group }) => {
    const id = sim.newId();
    const record = {
      id,
      customerId: customer.id,
      correlationId: correlationOf(group),
      facts,
      lateSeconds: pace.lateSeconds,
    };
    if (pace.minutes <= 0) writeRecord(sim, { ...record, at: iso(plusSeconds(now, second - length)) });
    else {
      const at = iso(plusSeconds(now, (second / length) * pace.minutes * 60));
      sim.schedule.add({ id: `record ${id}`, at, kind: "activity-record", facts: { ...record, at } });
    }
    return id;
  });
}

type Written = Omit<ActivityRow, "n" | "shownAt"> & { readonly lateSeconds: number };

/** The job, and what "at once" does: the record is there now. */
export function writeRecord(sim: Sim, { lateSeconds, ...record }: Written): void {
  const n = Number(sim.tables.meta.get("activityCount")?.value ?? 0) + 1;
  sim.tables.meta.put({ key: "activityCount", value: n });
  const late = lateSeconds === 0 ? 0 : lateSeconds * (0.5 + fractionOf(record.id, "late") / 2);
  sim.tables.activity.put({ ...record, n, shownAt: iso(plusSeconds(sim.clock.now(), late)) });
  const [oldest] = sim.tables.activity.size > ROWS_MAX ? sim.tables.activity.all() : [];
  if (oldest !== undefined) sim.tables.activity.remove(oldest.id);
}

export const writeBooked = (sim: Sim, facts: Readonly<Record<string, unknown>>): void =>
  writeRecord(sim, facts as unknown as Written);
