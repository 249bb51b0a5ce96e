import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Actor, Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { CHANNELS } from "../contract-policy.ts";
import type { CollectionsDeps } from "../deps.ts";
import { type PreparedPolicy, prepare } from "../ladder/decide-ladder.ts";
import type { By } from "../policy/deps.ts";
import { parsePolicy } from "../policy/decide-parse.ts";
import { markSimulated } from "../policy/service.ts";
import { findVersion, type VersionId, type VersionRow } from "../policy/store.ts";
import { readHistories } from "../service-history.ts";
import { SIMULATION_EVENTS } from "./contract-simulation.ts";
import { HISTORY_DAYS_MIN, type ResponseModel, responseModel, SPAN_DAYS_MAX } from "./contract-model.ts";
import { accountWire, listsOf, weightOf } from "./decide-result.ts";
import type { AccountOutcome, Setup } from "./decide-simulate.ts";
import { runSimulation } from "./run-simulation.ts";
import * as store from "./store.ts";

export type SimulationDeps = Pick<
  CollectionsDeps,
  | "store"
  | "clock"
  | "newId"
  | "enqueue"
  | "readLedger"
  | "firstInvoiceDays"
  | "customersByIds"
  | "noticesOf"
  | "contactsOf"
  | "zone"
> & {
  /** Told after every batch; tests slow it down or break it off. */
  readonly onBatch?: (done: number) => Promise<void>;
};
export const SIMULATE_JOB = "collections.simulate";
/** Simulations that wait or run at once: each reads the whole ledger. */
const UNFINISHED_MAX = 3;

export type SimulationAsk = {
  readonly policy: VersionId;
  readonly against?: VersionId | undefined;
  readonly from: Temporal.PlainDate;
  readonly to: Temporal.PlainDate;
  readonly model: ResponseModel;
};

/** Puts a simulation on the queue, with the policies' texts as they read now. */
export async function startSimulation(
  tx: Tx,
  deps: Pick<SimulationDeps, "newId" | "enqueue">,
  { ask, by: { actor, person, now } }: { readonly ask: SimulationAsk; readonly by: By },
): Promise<Result<string, Refusal>> {
  const { from, to } = ask;
  const days = from.until(to).days;
  if (days < HISTORY_DAYS_MIN || days > SPAN_DAYS_MAX)
    return no("invalid", "simulation-span", `a simulation spans ${HISTORY_DAYS_MIN} to ${SPAN_DAYS_MAX} days`, {
      facts: { least: HISTORY_DAYS_MIN, most: SPAN_DAYS_MAX, found: days },
    });
  if ((await store.unfinishedCount(tx)) >= UNFINISHED_MAX)
    return no("conflict", "simulations-busy", `${UNFINISHED_MAX} simulations run or wait already`);
  const policy = await versionOf(tx, ask.policy);
  if (!policy.ok) return policy;
  const against = ask.against === undefined ? undefined : await versionOf(tx, ask.against);
  if (against !== undefined && !against.ok) return against;
  const simulationId = deps.newId();
  const other = against?.value;
  await store.insertSimulation(tx, {
    simulation_id: simulationId,
    policy_id: policy.value.policy_id,
    policy_version: policy.value.version,
    policy_name: policy.value.name,
    policy_sha256: policy.value.sha256,
    policy_text: policy.value.text,
    against_id: other?.policy_id ?? null,
    against_version: other?.version ?? null,
    against_name: other?.name ?? null,
    against_sha256: other?.sha256 ?? null,
    against_text: other?.text ?? null,
    from_day: from,
    to_day: to,
    model: ask.model,
    started_by: person.id,
    started_by_name: person.name,
    started_at: now,
  });
  await deps.enqueue(tx, SIMULATE_JOB, { simulationId }, { singletonKey: simulationId });
  await log(tx, {
    type: SIMULATION_EVENTS.started,
    id: simulationId,
    actor,
    now,
    data: {
      policy: policy.value.policy_id,
      version: policy.value.version,
      sha256: policy.value.sha256,
      from: from.toString(),
      to: to.toString(),
    },
  });
  return ok(simulationId);
}

async function versionOf(tx: Tx, id: VersionId): Promise<Result<VersionRow, Refusal>> {
  const row = await findVersion(tx, id);
  if (row === undefined)
    return no("not-found", "policy-unknown", `there is no version ${id.version} of ${id.policyId}`);
  if (!parsePolicy(row.text).ok) return no("conflict", "policy-unreadable", "the policy has errors: mend them first");
  return ok(row);
}

/** The work behind a simulation. Killed in the middle, it is begun anew: nothing of the first start stays. */
export async function simulate(simulationId: string, deps: SimulationDeps): Promise<void> {
  const row = await deps.store.inTransaction((tx) => store.beginSimulation(tx, simulationId));
  if (row === undefined) return;
  const attempt = { id: simulationId, attempt: row.attempt };
  const policy = preparedOf(row.policy_text);
  const against = row.against_text === null ? undefined : preparedOf(row.against_text);
  const end = (ended: Omit<Parameters<typeof store.endSimulation>[2], "now">) => finish(deps, attempt, ended);
  if (policy === undefined || (against === undefined && row.against_text !== null))
    return end({ state: "failed", fault: "policy-unreadable" });
  const setup: Setup = { policy, against, from: row.from_day, to: row.to_day, model: responseModel.parse(row.model) };
  const usual = await store.usualAccounts(deps.store.db);
  const result = await runSimulation({
    accounts: wholeHistories(deps, row.to_day),
    setup,
    onBatch: async (outcomes, done) => {
      const kept = await deps.store.inTransaction((tx) =>
        store.keepBatch(tx, attempt, {
          rows: outcomes.map(accountRow),
          done,
          of: usual === null ? null : Math.max(usual, done),
        }),
      );
      await deps.onBatch?.(done);
      return kept;
    },
  });
  // Stopped by a person, or begun anew elsewhere: that one has said how it ended.
  if (result === "stopped") return;
  if (typeof result === "string") return end({ state: "failed", fault: result });
  await end({ state: "done", result });
}

async function finish(
  deps: Pick<SimulationDeps, "store" | "clock">,
  attempt: store.Attempt,
  ended: Omit<Parameters<typeof store.endSimulation>[2], "now">,
): Promise<void> {
  const now = deps.clock.now();
  await deps.store.inTransaction(async (tx) => {
    if (!(await store.endSimulation(tx, attempt, { ...ended, now }))) return;
    const { result } = ended;
    if (result === undefined) return;
    const { accounts, invoices, seconds } = result;
    await log(tx, {
      type: SIMULATION_EVENTS.done,
      id: attempt.id,
      actor: SIMULATOR,
      now,
      data: { accounts, invoices, seconds },
    });
  });
}
const SIMULATOR: Actor = { kind: "machine", id: "collections", name: "Surety" };

const preparedOf = (text: string): PreparedPolicy | undefined => {
  const parsed = parsePolicy(text);
  return parsed.ok ? prepare({ policy: parsed.value, version: 1 }) : undefined;
};
const accountRow = (outcome: AccountOutcome) => ({
  account_id: outcome.accountId,
  weight: weightOf(outcome),
  lists: [...listsOf(outcome)],
  row: accountWire(outcome),
});

/**
 * Every account with everything dated up to the day, less what is only known as of today: a past day did not know it. One without any address
 * is taken to have one, since letters of the past had where to go.
 */
async function* wholeHistories(deps: SimulationDeps, day: Temporal.PlainDate) {
  for await (const batch of readHistories(deps.store.db, deps, { day, depth: "all" }))
    for (const { history } of batch) {
      const { account } = history;
      const reachable = account.reachable.length > 0 ? account.reachable : CHANNELS;
      yield { ...history, account: { ...account, ...NOT_KNOWN_THEN, reachable } };
    }
}
const NOT_KNOWN_THEN = { lastFailure: undefined, exposure: undefined, deposit: undefined, limit: undefined } as const;

/** Stops one that waits or runs; what it has done so far is thrown away with it. */
export async function stopSimulation(
  tx: Tx,
  { id, actor, now }: { readonly id: string; readonly actor: Actor; readonly now: Temporal.Instant },
): Promise<Result<string, Refusal>> {
  const row = await store.findSimulation(tx, id);
  if (row === undefined) return unknown();
  if (!(await store.endSimulation(tx, { id, attempt: row.attempt }, { state: "stopped", now })))
    return no("conflict", "simulation-ended", `the simulation is ${row.state}`, { facts: { state: row.state } });
  await log(tx, { type: SIMULATION_EVENTS.stopped, id, actor, now, data: {} });
  return ok(id);
}

/** Notes that a person has looked at a completed simulation: what a policy needs before it may be published. */
export async function markSeen(
  tx: Tx,
  { id, by }: { readonly id: string; readonly by: By },
): Promise<Result<string, Refusal>> {
  const row = await store.findSimulation(tx, id);
  if (row === undefined) return unknown();
  if (row.state !== "done")
    return no("conflict", "simulation-not-done", "only a completed simulation can be looked at");
  await markSimulated(tx, row.policy_sha256, { simulationId: id, ...by });
  return ok(id);
}
export const unknown = () => no("not-found", "simulation-unknown", "there is no such simulation");

type Entry = {
  readonly type: (typeof SIMULATION_EVENTS)[keyof typeof SIMULATION_EVENTS];
  readonly id: string;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
  readonly data: Readonly<Record<string, string | number>>;
};
const log = (tx: Tx, { type, id, actor, now, data }: Entry) =>
  appendEvents(tx, [{ type, actor, at: now, subject: { kind: "simulation", id }, data }]);
