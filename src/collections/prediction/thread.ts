import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { judgeAgainst, type JudgeAsk, type Outcome } from "./decide-champion.ts";
import type { PastInvoice } from "./decide-payer.ts";

/** Learning takes seconds of pure arithmetic: it gets a thread of its own, so that the page goes on answering. */

type Task = { readonly invoices: readonly PastInvoice[]; readonly asks: readonly JudgeAsk[] };
const NAME = "prediction.learn";

/** `judgeAgainst` for each ask, in another thread. */
export const judgeInThread = (
  invoices: readonly PastInvoice[],
  asks: readonly JudgeAsk[],
): Promise<readonly Outcome[]> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { name: NAME, workerData: { invoices, asks } satisfies Task });
    worker.once("message", (outcomes: readonly Outcome[]) => resolve(outcomes));
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`learning ended with ${code}`)));
  });

if (!isMainThread && parentPort !== null) {
  const { invoices, asks } = workerData as Task;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  parentPort.postMessage(asks.map((ask) => judgeAgainst(invoices, ask)));
}
