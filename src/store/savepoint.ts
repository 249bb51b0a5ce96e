import { sql } from "kysely";
import type { Result } from "../core/result.ts";
import type { Tx } from "./contract.ts";

/**
 * Runs a part of a transaction that may refuse: a refusal takes back what the part wrote and leaves the rest standing. For jobs that go on
 * after a "no"; a request simply rolls back. Not for concurrent use on one transaction.
 */
export async function inSavepoint<T, E>(tx: Tx, work: () => Promise<Result<T, E>>): Promise<Result<T, E>> {
  await sql`savepoint part`.execute(tx);
  const done = await work();
  await (done.ok ? sql`release savepoint part` : sql`rollback to savepoint part`).execute(tx);
  return done;
}
