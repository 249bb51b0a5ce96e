import type { Clock } from "../../core/time.ts";
import type { AuditRecord, SecurityAlert } from "../../partner-center/contract.ts";
import type { Store, Tx } from "../../store/contract.ts";
import type { Enqueue, Job } from "../../worker/contract.ts";
import type { IntakeDeps } from "./deps.ts";
import { ownRecords } from "./service-push.ts";
import { loadWaiting, newAlerts, putOut, takeOut } from "./store-outbox.ts";

/** Records of the activity log, and alerts, as sync reads them from Partner Center. */
const INTAKE = "sync:partner-center";
const JOB = "activity.take-handed-over";
/** Records moved in one transaction, and transactions of one job before others get their turn. */
const RECORDS_AT_ONCE = 2_000;
const ROUNDS_MAX = 500;

type SinkDeps = { readonly clock: Clock; readonly enqueue: Enqueue };

/** What sync calls in the transaction of its own cursor. Facts are only put down there: the stream has a transaction of its own. */
export const intakeSinks = ({ clock, enqueue }: SinkDeps) => {
  const putDown = async (tx: Tx, raw: readonly AuditRecord["raw"][]): Promise<void> => {
    if (raw.length === 0) return;
    await putOut(tx, raw, { intake: INTAKE, receivedAt: clock.now() });
    await enqueue(tx, JOB, null, { singletonKey: "waiting" });
  };
  return {
    saveAuditRecords: (tx: Tx, records: readonly AuditRecord[]): Promise<void> =>
      putDown(
        tx,
        records.map(({ raw }) => raw),
      ),
    /** Each alert once, by whichever channel came first. */
    saveAlerts: async (tx: Tx, alerts: readonly SecurityAlert[], at: Temporal.Instant): Promise<void> => {
      if (alerts.length === 0) return;
      const fresh = new Set(
        await newAlerts(
          tx,
          alerts.map(({ correlationKey }) => correlationKey),
          at,
        ),
      );
      await putDown(
        tx,
        alerts.flatMap((alert) => (fresh.delete(alert.correlationKey.slice(0, 500)) ? [alert.raw] : [])),
      );
    },
  };
};

/** Moves what was put down into the stream. Killed at any moment, it loses nothing and doubles nothing. */
export async function takeHandedOver(deps: IntakeDeps): Promise<number> {
  let moved = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const waiting = await loadWaiting(deps.store.db, RECORDS_AT_ONCE);
    const intake = waiting[0]?.intake;
    if (intake === undefined) return moved;
    const events = waiting.flatMap(({ raw, receivedAt }) => deps.normalise(raw, { receivedAt }));
    const records = await ownRecords(deps, events, {});
    const places = waiting.map(({ place }) => place);
    if (records.length === 0) await deps.store.inTransaction((tx) => takeOut(tx, places));
    else await deps.stream.append(records, { intake, now: deps.clock.now(), alongside: (tx) => takeOut(tx, places) });
    moved += waiting.length;
  }
  return moved;
}

/** The job, also run each minute: records may have been put down by a migration or before the queue was up. */
export const handedOverJob = (deps: IntakeDeps & { readonly store: Store }): Job => ({
  name: JOB,
  everySeconds: 60,
  handle: async () => void (await takeHandedOver(deps)),
});
