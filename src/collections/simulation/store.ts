import { sql } from "kysely";
import type { Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";
import type {
  SimulatedAccountWire,
  SIMULATION_FAULTS,
  SimulationList,
  SimulationResultWire,
  SimulationState,
} from "./contract-simulation.ts";

/** Tables of this folder; nobody else reads or writes them. */
export type SimulationRow = {
  readonly simulation_id: string;
  readonly state: SimulationState;
  readonly fault: (typeof SIMULATION_FAULTS)[number] | null;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly policy_name: string;
  readonly policy_sha256: string;
  readonly policy_text: string;
  readonly against_id: string | null;
  readonly against_version: number | null;
  readonly against_name: string | null;
  readonly against_sha256: string | null;
  readonly against_text: string | null;
  readonly from_day: Temporal.PlainDate;
  readonly to_day: Temporal.PlainDate;
  readonly model: unknown;
  readonly started_by: string;
  readonly started_by_name: string;
  readonly started_at: Temporal.Instant;
  readonly finished_at: Temporal.Instant | null;
  readonly attempt: number;
  readonly accounts_done: number;
  readonly accounts_of: number | null;
  readonly result: SimulationResultWire | null;
};
type AccountRow = {
  simulation_id: string;
  account_id: string;
  weight: number;
  lists: string[];
  row: SimulatedAccountWire;
};
type Tables = {
  collections_simulation: { -readonly [Name in keyof SimulationRow]: SimulationRow[Name] };
  collections_simulation_account: AccountRow;
};
const tables = (tx: Tx) => tx.withTables<Tables>();

export type NewSimulation = Omit<
  SimulationRow,
  "state" | "fault" | "finished_at" | "attempt" | "accounts_done" | "accounts_of" | "result"
>;
export const insertSimulation = (tx: Tx, row: NewSimulation): Promise<unknown> =>
  tables(tx)
    .insertInto("collections_simulation")
    .values({
      ...row,
      model: jsonb(row.model),
      state: "queued",
      fault: null,
      finished_at: null,
      attempt: 0,
      accounts_done: 0,
      accounts_of: null,
      result: null,
    })
    .execute();

export const findSimulation = (tx: Tx, id: string): Promise<SimulationRow | undefined> =>
  tables(tx).selectFrom("collections_simulation").selectAll().where("simulation_id", "=", id).executeTakeFirst();

/** Newest first, without results. */
export const newestSimulations = (tx: Tx, limit: number): Promise<SimulationRow[]> =>
  tables(tx).selectFrom("collections_simulation").selectAll().orderBy("started_at", "desc").limit(limit).execute();

export async function unfinishedCount(tx: Tx): Promise<number> {
  const { n } = await tables(tx)
    .selectFrom("collections_simulation")
    .select((eb) => eb.fn.countAll<bigint>().as("n"))
    .where("finished_at", "is", null)
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** Begins, or begins anew after a kill: what an earlier start left is taken away. undefined when it has ended meanwhile. */
export async function beginSimulation(tx: Tx, id: string): Promise<SimulationRow | undefined> {
  const row = await tables(tx)
    .updateTable("collections_simulation")
    .set((eb) => ({ state: "running" as const, accounts_done: 0, accounts_of: null, attempt: eb("attempt", "+", 1) }))
    .where("simulation_id", "=", id)
    .where("finished_at", "is", null)
    .returningAll()
    .executeTakeFirst();
  if (row !== undefined)
    await tables(tx).deleteFrom("collections_simulation_account").where("simulation_id", "=", id).execute();
  return row;
}

/** Customers of the last one that was completed: about how many this one has to look at. null = there was none. */
export async function usualAccounts(tx: Tx): Promise<number | null> {
  const last = await tables(tx)
    .selectFrom("collections_simulation")
    .select("accounts_done")
    .where("state", "=", "done")
    .orderBy("finished_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return last?.accounts_done ?? null;
}

export type Attempt = { readonly id: string; readonly attempt: number };
/** Keeps a batch of customers. False when the simulation was stopped or begun anew: then nothing is kept. */
export async function keepBatch(
  tx: Tx,
  { id, attempt }: Attempt,
  batch: {
    readonly rows: readonly Omit<AccountRow, "simulation_id">[];
    readonly done: number;
    readonly of: number | null;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tables(tx)
    .updateTable("collections_simulation")
    .set({ accounts_done: batch.done, accounts_of: batch.of })
    .where("simulation_id", "=", id)
    .where("attempt", "=", attempt)
    .where("state", "=", "running")
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return false;
  if (batch.rows.length > 0)
    await sql`
      insert into collections_simulation_account (simulation_id, account_id, weight, lists, row)
      select ${id}::uuid, account_id, weight, lists, row
      from jsonb_to_recordset(${JSON.stringify(batch.rows)}::jsonb) as r(account_id text, weight integer, lists text[], row jsonb)`.execute(
      tx,
    );
  return true;
}

export async function endSimulation(
  tx: Tx,
  { id, attempt }: Attempt,
  end: {
    readonly state: "done" | "failed" | "stopped";
    readonly fault?: SimulationRow["fault"];
    readonly result?: SimulationResultWire;
    readonly now: Temporal.Instant;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tables(tx)
    .updateTable("collections_simulation")
    .set({
      state: end.state,
      fault: end.fault ?? null,
      result: end.result === undefined ? null : jsonb(end.result),
      finished_at: end.now,
    })
    .where("simulation_id", "=", id)
    .where("finished_at", "is", null)
    .where("attempt", "=", attempt)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export type AccountsAsk = {
  readonly list: SimulationList;
  readonly after: { readonly weight: number; readonly accountId: string } | undefined;
  readonly limit: number;
};
/** Customers of a list, those that matter most first. */
export function accountsOf(tx: Tx, id: string, { list, after, limit }: AccountsAsk): Promise<AccountRow[]> {
  let query = tables(tx)
    .selectFrom("collections_simulation_account")
    .selectAll()
    .where("simulation_id", "=", id)
    .where(sql<boolean>`${list} = any(lists)`)
    .orderBy("weight", "desc")
    .orderBy("account_id")
    .limit(limit);
  if (after !== undefined)
    query = query.where((eb) =>
      eb.or([
        eb("weight", "<", after.weight),
        eb.and([eb("weight", "=", after.weight), eb("account_id", ">", after.accountId)]),
      ]),
    );
  return query.execute();
}
export async function countAccounts(tx: Tx, id: string, list: SimulationList): Promise<number> {
  const { n } = await tables(tx)
    .selectFrom("collections_simulation_account")
    .select((eb) => eb.fn.countAll<bigint>().as("n"))
    .where("simulation_id", "=", id)
    .where(sql<boolean>`${list} = any(lists)`)
    .executeTakeFirstOrThrow();
  return Number(n);
}
