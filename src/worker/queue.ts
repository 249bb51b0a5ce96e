import { randomUUID } from "node:crypto";
import { CompiledQuery } from "kysely";
import type { Logger } from "pino";
import { type JobWithMetadata, PgBoss } from "pg-boss";
import type { Connection } from "../store/database.ts";
import type { Json } from "../core/canonical.ts";
import type { Tx } from "../store/contract.ts";
import type { Enqueue, Job } from "./contract.ts";

const RETRIES = 5;
const RETRY_FIRST_SECONDS = 2;
const RETRY_LAST_SECONDS = 300;
const JOB_SECONDS_MAX = 1_800;
const KEEP_DONE_SECONDS = 86_400;
/** Delayed jobs and retries wake nobody: they are found by polling. */
const POLL_SECONDS = 1;
/** A job whose process died is given to another after this many seconds without a sign of life. */
const HEARTBEAT_SECONDS = 10;

export type Queue = {
  readonly enqueue: Enqueue;
  /** Starts working off jobs; without it this process only puts jobs on the queue. */
  work(): Promise<void>;
  stop(): Promise<void>;
};

/** The durable queue: pg-boss on the desk's own PostgreSQL, woken by NOTIFY and by polling. */
export async function startQueue({
  connection,
  jobs,
  log,
}: {
  connection: Connection;
  jobs: readonly Job[];
  log: Logger;
}): Promise<Queue> {
  const boss = new PgBoss({
    ...connection,
    schema: "queue",
    max: 4,
    application_name: "surety-queue",
    schedule: false,
    useListenNotify: true,
    superviseIntervalSeconds: HEARTBEAT_SECONDS,
    persistWarnings: false,
  });
  boss.on("error", (error) => log.warn({ err: error }, "queue"));
  await boss.start();
  for (const job of jobs) await boss.createQueue(job.name, queueOptions(job));
  const tickers: NodeJS.Timeout[] = [];
  return {
    enqueue: enqueueWith(boss),
    async work() {
      for (const job of jobs) {
        await boss.work(
          job.name,
          {
            pollingIntervalSeconds: POLL_SECONDS,
            notifyPollingIntervalSeconds: POLL_SECONDS,
            batchSize: 1,
            includeMetadata: true,
          },
          (batch) => perform(job, batch, log),
        );
        if (job.everySeconds !== undefined) tickers.push(tick(boss, { job, everySeconds: job.everySeconds, log }));
      }
    },
    async stop() {
      for (const ticker of tickers) clearInterval(ticker);
      await boss.stop({ graceful: true, timeout: 5_000 });
    },
  };
}

const queueOptions = (job: Job) => ({
  // "short": at most one waiting job a key. Keys are our own, so that jobs without one never push each other out.
  policy: "short",
  notify: true,
  retryLimit: job.retriesMax ?? RETRIES,
  retryDelay: RETRY_FIRST_SECONDS,
  retryBackoff: true,
  retryDelayMax: RETRY_LAST_SECONDS,
  expireInSeconds: JOB_SECONDS_MAX,
  heartbeatSeconds: HEARTBEAT_SECONDS,
  deleteAfterSeconds: KEEP_DONE_SECONDS,
});

async function perform(job: Job, batch: readonly JobWithMetadata<unknown>[], log: Logger): Promise<void> {
  for (const { id, data, retryCount } of batch) {
    try {
      await job.handle(unwrap(data));
    } catch (error) {
      log.warn({ err: error, job: job.name, jobId: id, retryCount }, "job failed, will be repeated");
      throw error;
    }
  }
}

/** pg-boss carries objects only, so every payload travels in one. */
const wrap = (data: Json) => ({ data });
const unwrap = (data: unknown): Json => ((data as { data?: Json } | null)?.data ?? null) as Json;

const PERIODIC_KEY = "periodic";

function tick(
  boss: PgBoss,
  { job, everySeconds, log }: { job: Job; everySeconds: number; log: Logger },
): NodeJS.Timeout {
  const send = () =>
    void boss
      .send(job.name, wrap(null), { singletonKey: PERIODIC_KEY })
      .catch((error: unknown) => log.warn({ err: error, job: job.name }, "queue"));
  send();
  return setInterval(send, everySeconds * 1_000);
}

/** Puts jobs on the queue through the caller's transaction: the job is there exactly when the state is. */
const enqueueWith =
  (boss: PgBoss): Enqueue =>
  async (tx, job, data, options) => {
    const db = {
      executeSql: async (text: string, values: unknown[] = []) => ({
        rows: [...(await tx.executeQuery(CompiledQuery.raw(text, values))).rows],
      }),
    };
    const singletonKey = options?.singletonKey ?? randomUUID();
    await boss.send(job, wrap(data), {
      db,
      singletonKey,
      ...(options?.afterSeconds !== undefined && { startAfter: options.afterSeconds }),
    });
  };

/** The queue of a test or a command that wants its jobs done at once, in order, on its own call. */
export function inlineQueue(jobs: readonly Job[]): Queue & { readonly drain: () => Promise<void> } {
  const waiting: { job: string; data: Json }[] = [];
  const enqueue: Enqueue = async (_tx: Tx, job, data) => void waiting.push({ job, data });
  return {
    enqueue,
    work: async () => {},
    stop: async () => {},
    async drain() {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { job: name, data } = next;
        await jobs.find((job) => job.name === name)?.handle(data);
      }
    },
  };
}
