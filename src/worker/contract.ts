import type { Json } from "../core/canonical.ts";
import type { Tx } from "../store/contract.ts";

/** Puts a job on the durable queue in the caller's own transaction: the job exists exactly when the state does. */
export type Enqueue = (
  tx: Tx,
  job: string,
  data: Json,
  options?: {
    /** Not before this many seconds have passed. */
    readonly afterSeconds?: number;
    /** At most one waiting job with this key. */
    readonly singletonKey?: string;
  },
) => Promise<void>;

/** Work done outside requests. A throw is an outage: the queue repeats the job with growing delays. Handlers must be safe to repeat. */
export type Job = {
  /** `slice.verb`, e.g. `response.run`. */
  readonly name: string;
  /** Also put on the queue this often; never two at once. */
  readonly everySeconds?: number;
  /** Tries after the first; 5 unless told. */
  readonly retriesMax?: number;
  readonly handle: (data: Json) => Promise<void>;
};
