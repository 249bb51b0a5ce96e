/** Stories of the simulator as records that somebody sends: the same words give the same records, however often they are asked for. */
import type { ActivityRow } from "../../simulator/activity/records.ts";
import { pushedJson } from "../../simulator/activity/render.ts";
import type { Step } from "../../simulator/activity/write.ts";
import { guidOf } from "../../simulator/kernel/ids.ts";

export type Told = {
  /** Tells the records of this telling from those of any other. */
  readonly name: string;
  readonly customerId: string;
  readonly startMs: number;
};

/** Each record as a line of JSON, in the order of the steps. */
export function linesOf(steps: readonly Step[], { name, customerId, startMs }: Told): readonly string[] {
  return steps.map(({ second, facts, group }, n) => {
    const at = Temporal.Instant.fromEpochMilliseconds(startMs + second * 1_000).toString({
      smallestUnit: "millisecond",
    });
    const id = guidOf(name, n);
    const correlationId = guidOf(name, group ?? `alone ${n}`);
    const row: ActivityRow = { id, n, at, shownAt: at, customerId, correlationId, facts };
    return JSON.stringify(pushedJson(row));
  });
}
