import { once } from "node:events";
import { Kysely, PostgresDialect, type PostgresPool } from "kysely";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Tx } from "./contract.ts";

/** Adds rows in PostgreSQL's own text form (tab between columns, `\N` for null, one line a row) to a table. */
export type CopyInto = (
  target: { readonly table: string; readonly columns: readonly string[] },
  rows: string,
) => Promise<void>;
/** A transaction that can also COPY, for imports of many rows. */
export type BulkTransaction = <T>(work: (tx: Tx, copyInto: CopyInto) => Promise<T>) => Promise<T>;

const IDENTIFIER = /^[a-z_]+$/;

/**
 * Runs `work` in one transaction on a connection of its own, with COPY. Kysely hides the connection that COPY needs, so
 * here the connection comes first and Kysely is put on top of it.
 */
export function bulkTransactions(pool: pg.Pool): BulkTransaction {
  return async (work) => {
    const client = await pool.connect();
    const single = { query: client.query.bind(client), release: () => {} };
    const pretended = { connect: async () => single, end: async () => {}, options: {} } as unknown as PostgresPool;
    const tx: Tx = new Kysely({ dialect: new PostgresDialect({ pool: pretended }) });
    let broken: Error | undefined;
    try {
      await client.query("begin");
      const result = await work(tx, (target, rows) => copyInto(client, target, rows));
      await client.query("commit");
      return result;
    } catch (error) {
      await client
        .query("rollback")
        .catch((failed: unknown) => (broken = failed instanceof Error ? failed : new Error(String(failed))));
      throw error;
    } finally {
      client.release(broken);
    }
  };
}

const copyInto = async (client: pg.PoolClient, target: Parameters<CopyInto>[0], rows: string): Promise<void> => {
  const names = [target.table, ...target.columns];
  if (!names.every((name) => IDENTIFIER.test(name)))
    throw new Error(`invariant broken: not names of columns: ${names.join(", ")}`);
  const stream = client.query(
    copyFrom(`copy ${target.table} (${target.columns.join(", ")}) from stdin`) as never,
  ) as unknown as NodeJS.WritableStream;
  const finished = once(stream, "finish");
  stream.end(rows);
  await finished;
};

/** A text cell for `CopyInto`; null becomes `\N`. */
export function copyCell(text: string | null): string {
  if (text === null) return "\\N";
  return SPECIAL.test(text) ? text.replaceAll(/[\\\t\n\r]/g, (char) => ESCAPED[char] ?? char) : text;
}
const SPECIAL = /[\\\t\n\r]/;
const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
