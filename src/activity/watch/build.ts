import type { StoredEvent } from "../contract-stream.ts";
import { stateOf } from "./checkpoint.ts";
import type { EvaluatorInput } from "./contract.ts";
import type { WatchDeps } from "./deps.ts";
import { Evaluator, type KeptState } from "./evaluator.ts";
import { readCheckpoint } from "./store-checkpoint.ts";

/** No rule looks further back than this; what a rule asks beyond is not rebuilt. */
const REPLAY_DAYS_MAX = 62;
const READ_EVENTS = 5_000;
const TELL_EVERY_EVENTS = 100_000;

type Building = {
  readonly input: EvaluatorInput;
  /** Up to here events were looked at before, and are told no more. */
  readonly position: bigint;
  /** State of the evaluator before the rules changed; undefined after a start. */
  readonly before: KeptState | undefined;
};

/**
 * An evaluator that knows what all events up to `position` left behind. From the state before or the last checkpoint, as far as rules are
 * still the same; rules for which nothing was kept are built by reading the stored events of the time they look back. Nothing is reported.
 */
export async function buildEvaluator(deps: WatchDeps, { input, position, before }: Building): Promise<Evaluator> {
  const evaluator = new Evaluator(input);
  if (position === 0n) return evaluator;
  const kept = before === undefined ? stateOf(await readCheckpoint(deps.store.db)) : { state: before, position };
  const usable = kept !== undefined && kept.position <= position ? kept : undefined;
  const missing = usable === undefined ? undefined : evaluator.restore(usable.state);
  if (usable !== undefined) await replayPositions(deps, evaluator, { from: usable.position, to: position });
  if (missing === undefined || missing.length > 0) await replayTime(deps, evaluator, { position, missing });
  return evaluator;
}

/** What came after the checkpoint, in the order in which it came. */
async function replayPositions(
  deps: WatchDeps,
  evaluator: Evaluator,
  { from, to }: { readonly from: bigint; readonly to: bigint },
): Promise<void> {
  for (let at = from; at < to;) {
    const events = await deps.stream.readAfter(at, READ_EVENTS);
    const last = events.at(-1);
    if (last === undefined) return;
    evaluator.take(events.filter((one) => one.position <= to));
    at = last.position;
  }
}

async function replayTime(
  deps: WatchDeps,
  evaluator: Evaluator,
  { position, missing }: { readonly position: bigint; readonly missing: readonly string[] | undefined },
): Promise<void> {
  const now = deps.clock.now();
  const lookBackMs = Math.min(evaluator.lookBackOf(missing), REPLAY_DAYS_MAX * 86_400_000);
  if (lookBackMs === 0) return;
  const from = Temporal.Instant.fromEpochMilliseconds(now.epochMilliseconds - lookBackMs);
  // A little ahead of now: clocks of sources differ.
  const until = now.add({ hours: 24 });
  let read = 0;
  deps.log.info(
    { from: from.toString(), rules: missing?.length ?? "all" },
    "activity: state is rebuilt from stored events",
  );
  for await (const piece of deps.stream.scan({ from, until })) {
    const past: readonly StoredEvent[] = piece.filter((one) => one.position <= position);
    evaluator.take(past);
    const told = Math.floor(read / TELL_EVERY_EVENTS);
    read += past.length;
    if (Math.floor(read / TELL_EVERY_EVENTS) > told)
      deps.log.info(
        { events: read, at: past.at(-1)?.event.at.toString() },
        "activity: state is rebuilt from stored events",
      );
    // Others on this thread get their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  deps.log.info({ events: read }, "activity: state is rebuilt");
}
