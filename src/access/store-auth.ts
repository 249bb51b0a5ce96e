import { AsyncLocalStorage } from "node:async_hooks";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import type { Tx } from "../store/contract.ts";

/**
 * The database as the sign-in library sees it. What it does inside `within` happens in the caller's transaction, so that
 * a changed password and its event are kept together or not at all. Outside it reads the pool.
 * The library knows `Date` only, where our rows carry `Temporal.Instant` and bigint: both are turned round here.
 */
export function authDatabase(pool: Tx): {
  readonly db: Kysely<Record<never, never>>;
  within<T>(tx: Tx, work: () => Promise<T>): Promise<T>;
} {
  const current = new AsyncLocalStorage<Tx>();
  const connection: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const result = await (current.getStore() ?? pool).executeQuery(query);
      return { ...result, rows: result.rows.map((row) => withDates(row as Record<string, unknown>)) } as QueryResult<R>;
    },
    streamQuery: () => {
      throw new Error("invariant broken: sign-in reads no streams");
    },
  };
  const db = new Kysely<Record<never, never>>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driverOf(connection),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createIntrospector: (inner) => new PostgresIntrospector(inner),
    },
  });
  return { db, within: (tx, work) => current.run(tx, work) };
}

const nothing = async (): Promise<void> => {};
/** Beginning and ending belong to whoever called `within`. */
const driverOf = (connection: DatabaseConnection): Driver => ({
  init: nothing,
  acquireConnection: async () => connection,
  beginTransaction: nothing,
  commitTransaction: nothing,
  rollbackTransaction: nothing,
  releaseConnection: nothing,
  destroy: nothing,
});

const withDates = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, toPlain(value)]));

function toPlain(value: unknown): unknown {
  if (value instanceof Temporal.Instant) return new Date(value.epochMilliseconds);
  return typeof value === "bigint" ? Number(value) : value;
}
