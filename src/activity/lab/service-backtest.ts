import { z } from "zod";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Actor, Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import type { Job } from "../../worker/contract.ts";
import type { ActiveRules } from "./contract.ts";
import { aloneOf, detectorAlone } from "./active.ts";
import { BACKTEST_DAYS_MAX, BACKTEST_EVENTS, type backtestBody, type BacktestRowWire } from "./contract-backtest.ts";
import { readRule } from "./decide-text.ts";
import type { LabDeps } from "./deps.ts";
import { runBacktest } from "./run-backtest.ts";
import { faultFields, unknownRule } from "./service.ts";
import * as rules from "./store.ts";
import * as store from "./store-backtest.ts";

export const BACKTEST_JOB = "activity.backtest";
/** Backtests that wait or run at once: each reads history whole and takes a core. */
const UNFINISHED_MAX = 3;
/** Starts of one backtest: what kills the program each time is not tried forever. */
const ATTEMPTS_MAX = 5;
const PROGRESS_EVERY_MS = 500;

export type BacktestAsk = {
  readonly ask: z.output<typeof backtestBody>;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
};

/** Puts a backtest on the queue, with the texts as they read now. */
export async function startBacktest(
  tx: Tx,
  deps: Pick<LabDeps, "newId" | "enqueue" | "detectors">,
  { ask, actor, now }: BacktestAsk,
): Promise<Result<string, Refusal>> {
  const days = (ask.until.epochMilliseconds - ask.from.epochMilliseconds) / 86_400_000;
  if (days <= 0 || days > BACKTEST_DAYS_MAX)
    return no("invalid", "backtest-span", `a backtest spans up to ${BACKTEST_DAYS_MAX} days`, {
      facts: { most: BACKTEST_DAYS_MAX },
    });
  if ((await store.unfinishedBacktests(tx)) >= UNFINISHED_MAX)
    return no("conflict", "backtests-busy", `${UNFINISHED_MAX} backtests run or wait already`, {
      facts: { most: UNFINISHED_MAX },
    });
  const subject = await subjectOf(tx, deps, ask);
  if (!subject.ok) return subject;
  const backtestId = deps.newId();
  await store.insertBacktest(tx, {
    backtest_id: backtestId,
    ...subject.value,
    from_at: ask.from,
    until_at: ask.until,
    started_by: actor.id,
    started_by_name: actor.name,
    started_at: now,
  });
  await deps.enqueue(tx, BACKTEST_JOB, { backtestId }, { singletonKey: backtestId });
  const { rule_id: rule, version } = subject.value;
  const data = { rule, version, from: ask.from.toString(), until: ask.until.toString() };
  await log(tx, { type: BACKTEST_EVENTS.started, id: backtestId, actor, now, data });
  return ok(backtestId);
}

type Subject = Pick<
  store.NewBacktest,
  "rule_id" | "title" | "version" | "text" | "settings" | "against" | "against_text"
>;

/** What is tried and what it is compared with. */
async function subjectOf(
  tx: Tx,
  deps: Pick<LabDeps, "detectors">,
  ask: BacktestAsk["ask"],
): Promise<Result<Subject, Refusal>> {
  if (ask.text !== undefined) {
    const { rule, faults } = readRule(ask.text);
    if (rule === undefined) return no("invalid", "rule-faulty", "the rule has faults", { fields: faultFields(faults) });
    const inUse = await rules.findInUse(tx, rule.id);
    const isSame = inUse?.text === ask.text;
    const text = ask.text;
    const against = isSame || inUse?.text === null ? undefined : inUse;
    const subject = { rule_id: rule.id, title: rule.card.title, text, settings: null };
    const version = isSame ? (inUse?.version ?? null) : null;
    return ok({ ...subject, version, against: against?.version ?? null, against_text: against?.text ?? null });
  }
  const id = ask.ruleId ?? "";
  const inUse = await rules.findInUse(tx, id);
  if (inUse === undefined) return unknownRule(id);
  if (inUse.text === null) {
    if (!deps.detectors.some((one) => one.id === id))
      return no("conflict", "backtest-no-events", "what is judged without events cannot be run over them");
    const settings = ask.settings ?? null;
    const version = settings === null ? inUse.version : null;
    const against = settings === null ? null : inUse.version;
    return ok({ rule_id: id, title: inUse.card.title, version, text: null, settings, against, against_text: null });
  }
  const wanted = ask.version ?? inUse.version;
  const version = await rules.findVersion(tx, id, wanted);
  if (version === undefined)
    return no("not-found", "rule-version-unknown", `rule ${id} has no version ${wanted}`, {
      facts: { version: wanted },
    });
  const isCurrent = wanted === inUse.version;
  return ok({
    rule_id: id,
    title: version.card.title,
    version: wanted,
    text: version.text,
    settings: null,
    against: isCurrent ? null : inUse.version,
    against_text: isCurrent ? null : inUse.text,
  });
}

/** The work behind a backtest. Killed in the middle, it is begun anew: nothing of the first start stays. */
export async function backtest(backtestId: string, deps: LabDeps): Promise<void> {
  const row = await deps.store.inTransaction((tx) => store.beginBacktest(tx, backtestId, deps.clock.now()));
  if (row === undefined) return;
  const attempt = { id: backtestId, attempt: row.attempt };
  const end = (ended: Omit<Parameters<typeof store.endBacktest>[2], "now">) => finish(deps, attempt, ended);
  if (row.attempt > ATTEMPTS_MAX) return end({ state: "failed", fault: "broke-off" });
  const tried = rulesOf(deps, { row, text: row.text, version: row.version ?? row.against ?? 1 });
  const current =
    row.against === null ? undefined : rulesOf(deps, { row, text: row.against_text, version: row.against });
  if (tried === undefined || (row.against !== null && current === undefined))
    return end({ state: "failed", fault: "rule-unreadable" });
  let toldAt = 0;
  const result = await runBacktest(deps.store.db, deps, {
    from: row.from_at,
    until: row.until_at,
    tried: { rules: tried, settings: row.settings ?? undefined },
    current: current && { rules: current },
    onPiece: async (progress) => {
      await deps.onPiece?.(progress.events);
      if (performance.now() - toldAt < PROGRESS_EVERY_MS) return true;
      toldAt = performance.now();
      return deps.store.inTransaction((tx) => store.keepProgress(tx, attempt, progress));
    },
  });
  // Stopped by a person, or begun anew elsewhere: that one has said how it ended.
  if (result !== undefined) await end({ state: "done", result });
}

type Side = { readonly row: store.BacktestRow; readonly text: string | null; readonly version: number };
function rulesOf({ detectors }: LabDeps, { row, text, version }: Side): ActiveRules | undefined {
  if (text !== null) {
    const { rule } = readRule(text);
    return rule && aloneOf(rule, version);
  }
  const detector = detectors.find(({ id }) => id === row.rule_id);
  return detector && detectorAlone(detector, version);
}
async function finish(
  deps: LabDeps,
  attempt: store.Attempt,
  ended: Omit<Parameters<typeof store.endBacktest>[2], "now">,
): Promise<void> {
  const now = deps.clock.now();
  await deps.store.inTransaction(async (tx) => {
    if (!(await store.endBacktest(tx, attempt, { ...ended, now })) || ended.result === undefined) return;
    const { events, seconds, tried } = ended.result;
    const data = { events, seconds, hits: tried.hits };
    await log(tx, { type: BACKTEST_EVENTS.done, id: attempt.id, actor: LAB, now, data });
  });
}
const LAB: Actor = { kind: "machine", id: "activity", name: "Surety" };

/** Stops one that waits or runs. */
export async function stopBacktest(
  tx: Tx,
  { id, actor, now }: { readonly id: string; readonly actor: Actor; readonly now: Temporal.Instant },
): Promise<Result<string, Refusal>> {
  const row = await store.findBacktest(tx, id);
  if (row === undefined) return unknownBacktest();
  if (!(await store.endBacktest(tx, { id, attempt: row.attempt }, { state: "stopped", now })))
    return no("conflict", "backtest-ended", `the backtest is ${row.state}`, { facts: { state: row.state } });
  await log(tx, { type: BACKTEST_EVENTS.stopped, id, actor, now, data: { rule: row.rule_id } });
  return ok(id);
}
export const unknownBacktest = () => no("not-found", "backtest-unknown", "there is no such backtest");

export function backtestRowWire(row: store.BacktestRow, now: Temporal.Instant): BacktestRowWire {
  const seconds =
    row.begun_at === null ? 0 : ((row.finished_at ?? now).epochMilliseconds - row.begun_at.epochMilliseconds) / 1_000;
  const events = Number(row.events);
  const isRunning = row.state === "running" && row.permille > 0 && seconds > 0;
  return {
    backtestId: row.backtest_id,
    ruleId: row.rule_id,
    title: row.title,
    state: row.state,
    fault: row.fault,
    version: row.version,
    against: row.against,
    isSettings: row.settings !== null,
    from: row.from_at.toString(),
    until: row.until_at.toString(),
    startedBy: row.started_by_name,
    startedAt: row.started_at.toString(),
    finishedAt: row.finished_at?.toString() ?? null,
    progress: {
      permille: row.permille,
      events,
      perSecond: seconds > 0 ? Math.round(events / seconds) : null,
      secondsLeft: isRunning ? Math.round((seconds * (1_000 - row.permille)) / row.permille) : null,
    },
  };
}

const jobData = z.object({ backtestId: z.uuid() });
export const backtestJobs = (deps: LabDeps): readonly Job[] => [
  { name: BACKTEST_JOB, handle: async (given) => backtest(jobData.parse(given).backtestId, deps) },
];

type Entry = {
  readonly type: (typeof BACKTEST_EVENTS)[keyof typeof BACKTEST_EVENTS];
  readonly id: string;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
  readonly data: Readonly<Record<string, string | number | null>>;
};
const log = (tx: Tx, { type, id, actor, now, data }: Entry) =>
  appendEvents(tx, [{ type, actor, at: now, subject: { kind: "backtest", id }, data }]);
