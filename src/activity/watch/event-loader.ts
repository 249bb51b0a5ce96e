import type { EventRef, StoredEvent } from "../contract-stream.ts";
import { refText } from "./decide-inhibit.ts";
import type { WatchDeps } from "./deps.ts";

/** Events by name, from the batch in hand or from the store; in the order of the names, without those that are gone. */
export type EventLoader = (refs: readonly EventRef[]) => Promise<readonly StoredEvent[]>;

export function eventLoader(deps: Pick<WatchDeps, "stream">, batch: readonly StoredEvent[]): EventLoader {
  const known = new Map(batch.map((one) => [refText(one.event), one]));
  return async (refs) => {
    const missing = refs.filter((ref) => !known.has(refText(ref)));
    if (missing.length > 0) for (const one of await deps.stream.byRefs(missing)) known.set(refText(one.event), one);
    return refs.flatMap((ref) => known.get(refText(ref)) ?? []);
  };
}
