import type { AccountHistory } from "../contract-history.ts";
import { dayNumber } from "../ladder/decide-days.ts";
import type { SimulationResultWire } from "./contract-simulation.ts";
import { HISTORY_DAYS_MIN } from "./contract-model.ts";
import { addOutcome, emptyTally, resultOf } from "./decide-result.ts";
import { type AccountOutcome, type Setup, simulateAccount } from "./decide-simulate.ts";

export type Running = {
  /** Accounts with everything that is dated up to the end of the period. */
  readonly accounts: AsyncIterable<AccountHistory> | Iterable<AccountHistory>;
  readonly setup: Setup;
  /** Given every so many accounts, and once at the end; returns false to stop. */
  readonly onBatch: (outcomes: readonly AccountOutcome[], done: number) => Promise<boolean> | boolean;
};
/** Outcomes that are handed on together: memory does not grow with the number of accounts. */
export const ACCOUNTS_A_BATCH = 200;

/** Streams accounts through both sides. The same accounts give the same result in whatever order they come. */
export async function runSimulation({
  accounts,
  setup,
  onBatch,
}: Running): Promise<SimulationResultWire | "stopped" | "too-little-history" | "no-accounts"> {
  const began = performance.now();
  const tally = emptyTally(setup);
  let batch: AccountOutcome[] = [];
  let done = 0;
  for await (const history of accounts) {
    const outcome = simulateAccount(history, setup, tally.totals);
    addOutcome(tally, outcome);
    batch.push(outcome);
    done++;
    if (batch.length < ACCOUNTS_A_BATCH) continue;
    if (!(await onBatch(batch, done))) return "stopped";
    batch = [];
  }
  if (!(await onBatch(batch, done))) return "stopped";
  const { firstIssue } = tally.totals;
  if (firstIssue === undefined) return "no-accounts";
  if (dayNumber(setup.to) - firstIssue < HISTORY_DAYS_MIN) return "too-little-history";
  return resultOf(tally, setup, Math.round((performance.now() - began) / 100) / 10);
}
