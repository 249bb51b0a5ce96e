import { gzipSync } from "node:zlib";
import type { Sim } from "../kernel/sim.ts";
import { pushedJson } from "./render.ts";

/** Where records are sent by themselves, as a diagnostic setting with an Event Hub and a small forwarder would. */
export type PushTarget = {
  /** The desk's address for records, `…/api/activity/events`. */
  readonly url: string;
  readonly key: string;
  /** The number of the last record that was acknowledged. */
  readonly sent: number;
};

/** Records of one call. */
const RECORDS_MAX = 500;
const LOOK_MS = 100;
const AGAIN_MS = 1_000;
const TRY_MS_MAX = 30_000;

export const pushTarget = (sim: Sim): PushTarget | undefined =>
  sim.tables.meta.get("activityPush")?.value as PushTarget | undefined;
export function setPushTarget(sim: Sim, target: PushTarget | undefined): void {
  if (target === undefined) sim.tables.meta.remove("activityPush");
  else sim.tables.meta.put({ key: "activityPush", value: target });
}
/** The number of the newest record. */
export const newestRecord = (sim: Sim): number => Number(sim.tables.meta.get("activityCount")?.value ?? 0);

export type Pusher = {
  start(): void;
  stop(): Promise<void>;
  /** Waits until all that is written has been acknowledged, or the target is gone. */
  settled(): Promise<void>;
};

/** Sends what stories write within a tenth of a second. A call that fails is repeated with the same batch id. */
export function newPusher(sim: Sim): Pusher {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const state = { isStopped: false };

  async function look(): Promise<void> {
    let waitMs = LOOK_MS;
    try {
      while (!state.isStopped && (await pushOnce(sim)));
    } catch (error) {
      waitMs = AGAIN_MS;
      sim.log(`push: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (!state.isStopped) timer = setTimeout(begin, waitMs);
  }
  const begin = (): void => void (running = look());
  const isBehind = (): boolean => (pushTarget(sim)?.sent ?? Number.POSITIVE_INFINITY) < newestRecord(sim);

  return {
    start: begin,
    stop: async () => {
      state.isStopped = true;
      clearTimeout(timer);
      await running;
    },
    settled: async () => {
      while (!state.isStopped && isBehind()) await new Promise((done) => setTimeout(done, LOOK_MS / 4));
    },
  };
}

/** One call; true when there is more. */
async function pushOnce(sim: Sim): Promise<boolean> {
  const target = pushTarget(sim);
  if (target === undefined || target.sent >= newestRecord(sim)) return false;
  const rows = sim.tables.activity
    .all()
    .filter(({ n }) => n > target.sent)
    .toSorted((a, b) => a.n - b.n)
    .slice(0, RECORDS_MAX);
  const last = rows.at(-1)?.n ?? newestRecord(sim);
  if (rows.length > 0) {
    const answer = await fetch(target.url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${target.key}`,
        "content-type": "application/json",
        "content-encoding": "gzip",
        "x-batch-id": `simulator-${sim.settings().seed}-${rows[0]?.n}-${last}-${rows[0]?.id}`,
      },
      body: gzipSync(JSON.stringify({ records: rows.map(pushedJson) })),
      signal: AbortSignal.timeout(TRY_MS_MAX),
    });
    if (!answer.ok) throw new Error(`${target.url} answered ${answer.status} ${(await answer.text()).slice(0, 200)}`);
    await answer.body?.cancel();
  }
  const now = pushTarget(sim);
  if (now?.url !== target.url || now.key !== target.key) return true;
  setPushTarget(sim, { ...now, sent: last });
  sim.commit();
  return true;
}
