import type { Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";
import type { BACKTEST_FAULTS, BACKTEST_STATES, BacktestResultWire } from "./contract-backtest.ts";

export type BacktestRow = {
  readonly backtest_id: string;
  readonly state: (typeof BACKTEST_STATES)[number];
  readonly fault: (typeof BACKTEST_FAULTS)[number] | null;
  readonly rule_id: string;
  readonly title: string;
  readonly version: number | null;
  readonly text: string | null;
  readonly settings: Readonly<Record<string, number>> | null;
  readonly against: number | null;
  readonly against_text: string | null;
  readonly from_at: Temporal.Instant;
  readonly until_at: Temporal.Instant;
  readonly started_by: string;
  readonly started_by_name: string;
  readonly started_at: Temporal.Instant;
  readonly begun_at: Temporal.Instant | null;
  readonly finished_at: Temporal.Instant | null;
  readonly attempt: number;
  readonly events: bigint;
  readonly permille: number;
  readonly result: BacktestResultWire | null;
};
type Tables = { activity_backtest: { -readonly [Name in keyof BacktestRow]: BacktestRow[Name] } };
const tables = (tx: Tx) => tx.withTables<Tables>();

export type NewBacktest = Omit<
  BacktestRow,
  "state" | "fault" | "begun_at" | "finished_at" | "attempt" | "events" | "permille" | "result"
>;
export const insertBacktest = (tx: Tx, row: NewBacktest): Promise<unknown> =>
  tables(tx)
    .insertInto("activity_backtest")
    .values({
      ...row,
      settings: row.settings === null ? null : jsonb(row.settings),
      state: "queued",
      fault: null,
      begun_at: null,
      finished_at: null,
      attempt: 0,
      events: 0n,
      permille: 0,
      result: null,
    })
    .execute();

export const findBacktest = (tx: Tx, id: string): Promise<BacktestRow | undefined> =>
  tables(tx).selectFrom("activity_backtest").selectAll().where("backtest_id", "=", id).executeTakeFirst();

/** Of a rule, newest first. */
export const backtestsOf = (tx: Tx, ruleId: string, limit: number): Promise<BacktestRow[]> =>
  tables(tx)
    .selectFrom("activity_backtest")
    .selectAll()
    .where("rule_id", "=", ruleId)
    .orderBy("started_at", "desc")
    .limit(limit)
    .execute();

export async function unfinishedBacktests(tx: Tx): Promise<number> {
  const { n } = await tables(tx)
    .selectFrom("activity_backtest")
    .select((eb) => eb.fn.countAll<bigint>().as("n"))
    .where("finished_at", "is", null)
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** Begins, or begins anew after a kill. undefined when it has ended meanwhile. */
export const beginBacktest = (tx: Tx, id: string, now: Temporal.Instant): Promise<BacktestRow | undefined> =>
  tables(tx)
    .updateTable("activity_backtest")
    .set((eb) => ({
      state: "running" as const,
      events: 0n,
      permille: 0,
      begun_at: now,
      attempt: eb("attempt", "+", 1),
    }))
    .where("backtest_id", "=", id)
    .where("finished_at", "is", null)
    .returningAll()
    .executeTakeFirst();

export type Attempt = { readonly id: string; readonly attempt: number };
/** Says how far it is. False when it was stopped or begun anew. */
export async function keepProgress(
  tx: Tx,
  { id, attempt }: Attempt,
  { events, permille }: { readonly events: number; readonly permille: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tables(tx)
    .updateTable("activity_backtest")
    .set({ events: BigInt(events), permille })
    .where("backtest_id", "=", id)
    .where("attempt", "=", attempt)
    .where("state", "=", "running")
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function endBacktest(
  tx: Tx,
  { id, attempt }: Attempt,
  end: {
    readonly state: "done" | "failed" | "stopped";
    readonly fault?: BacktestRow["fault"];
    readonly result?: BacktestResultWire;
    readonly now: Temporal.Instant;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tables(tx)
    .updateTable("activity_backtest")
    .set({
      state: end.state,
      fault: end.fault ?? null,
      finished_at: end.now,
      ...(end.result === undefined
        ? {}
        : { result: jsonb(end.result), permille: 1_000, events: BigInt(end.result.events) }),
    })
    .where("backtest_id", "=", id)
    .where("finished_at", "is", null)
    .where("attempt", "=", attempt)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Versions of a rule that were run over stored events to the end. */
export async function versionsTried(tx: Tx, ruleId: string): Promise<ReadonlySet<number>> {
  const rows = await tables(tx)
    .selectFrom("activity_backtest")
    .select("version")
    .distinct()
    .where("rule_id", "=", ruleId)
    .where("state", "=", "done")
    .execute();
  return new Set(rows.flatMap(({ version }) => version ?? []));
}
