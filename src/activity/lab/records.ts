import type { Json } from "../../core/canonical.ts";
import type { Tx } from "../../store/contract.ts";
import type { KnownEvent } from "../contract-event.ts";
import type { LabDeps } from "./deps.ts";

/** Records that may be pasted at once. */
export const RECORDS_MAX = 1_000;

/** Pasted JSON as events: one record, a list of them, or one a line. What cannot be read is counted. */
export async function pastedEvents(
  tx: Tx,
  deps: Pick<LabDeps, "normalise" | "customerOf">,
  { json, now }: { readonly json: string; readonly now: Temporal.Instant },
): Promise<{ readonly events: readonly KnownEvent[]; readonly unread: number; readonly isCut: boolean }> {
  const { records, unread } = recordsOf(json);
  const events: KnownEvent[] = [];
  for (const record of records.slice(0, RECORDS_MAX))
    for (const event of deps.normalise(record, { receivedAt: now }))
      events.push({ ...event, customer: await deps.customerOf(tx, event) });
  return { events, unread, isCut: records.length > RECORDS_MAX };
}

function recordsOf(text: string): { readonly records: readonly Json[]; readonly unread: number } {
  const whole = parsed(text);
  if (whole !== undefined) return { records: Array.isArray(whole) ? whole : [whole], unread: 0 };
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const records = lines.map(parsed).filter((one) => one !== undefined);
  return { records, unread: lines.length - records.length };
}
function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
