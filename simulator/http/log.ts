/** One call as the simulator saw it. */
export type LoggedRequest = {
  readonly n: number;
  /** Virtual time. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly requestId: string | null;
  readonly correlationId: string | null;
  /** `app`, the user's name, or null. */
  readonly caller: string | null;
  /** True when this call changed something. */
  readonly effect: boolean;
  /** True when the answer was an earlier one, repeated for the same MS-RequestId. */
  readonly replay: boolean;
  readonly fault: string | null;
};

export type RequestLog = { add(entry: Omit<LoggedRequest, "n">): void; all(): readonly LoggedRequest[] };

/** Calls remembered; the oldest go first. Effects are also rows, so they outlive the process. */
const KEPT_MAX = 20_000;

export function newRequestLog(earlier: readonly Omit<LoggedRequest, "n">[]): RequestLog {
  let n = 0;
  let kept: LoggedRequest[] = earlier.map((entry) => ({ ...entry, n: (n += 1) }));
  return {
    add(entry) {
      kept.push({ ...entry, n: (n += 1) });
      if (kept.length > KEPT_MAX * 2) kept = kept.slice(-KEPT_MAX);
    },
    all: () => kept,
  };
}
