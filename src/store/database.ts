import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import type { Store, Tx } from "./contract.ts";

/** How to reach PostgreSQL: an address, or the parts of a socket. */
export type Connection =
  | { readonly connectionString: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

export type OpenStore = Store & { readonly pool: pg.Pool; close(): Promise<void> };

const CONNECTIONS_MAX = 16;
const TYPE = { int8: 20, date: 1082, timestamptz: 1184 } as const;

const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [TYPE.int8]: (text) => BigInt(text),
  [TYPE.date]: (text) => Temporal.PlainDate.from(text),
  [TYPE.timestamptz]: (text) => Temporal.Instant.from(text),
};
const types = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    (format !== "binary" && PARSERS[oid]) || pg.types.getTypeParser(oid, format ?? "text"),
} as pg.CustomTypesConfig;

/** pg would write a Temporal value as quoted JSON; PostgreSQL wants its ISO text. */
function toParameter(value: unknown): unknown {
  return value instanceof Temporal.Instant || value instanceof Temporal.PlainDate ? value.toString() : value;
}

class Client extends pg.Client {
  // The overloads of pg are kept; only plain (text, values) calls, which is what Kysely makes, are touched.
  override query(...args: never[]): never {
    const [text, values, ...rest] = args as unknown[];
    const mapped =
      typeof text === "string" && Array.isArray(values) ? [...statement(text, values.map(toParameter)), ...rest] : args;
    return (super.query as (...a: unknown[]) => never).apply(this, mapped as unknown[]);
  }
}

/** A text that was asked this often is worth keeping parsed and planned on each connection: it halves what a page costs PostgreSQL. */
const ASKED_OFTEN = 5;
/** Texts that are counted; lists of changing length make new ones without end. */
const TEXTS_MAX = 2_000;
/** A kept plan is made for few values; a text or list longer than this gets a plan of its own each time. */
const SMALL = { characters: 1_000, elements: 20 } as const;
const asked = new Map<string, { readonly name: string; times: number }>();

/** The query as pg takes it: by name once it is asked often, else by its text. */
function statement(text: string, values: readonly unknown[]): readonly unknown[] {
  if (values.length === 0 || !values.every(isSmall)) return [text, values];
  const known = asked.get(text);
  if (known === undefined && asked.size < TEXTS_MAX) asked.set(text, { name: `s${asked.size}`, times: 1 });
  if (known === undefined || ++known.times < ASKED_OFTEN) return [text, values];
  return [{ name: known.name, text, values }];
}

const isSmall = (value: unknown): boolean =>
  typeof value === "string"
    ? value.length <= SMALL.characters
    : Array.isArray(value)
      ? value.length <= SMALL.elements
      : !(value instanceof Uint8Array);

/** Opens the pool. Times come back as `Temporal`, whole numbers of 64 bits as bigint. */
export function openStore(connection: Connection): OpenStore {
  const pool = new pg.Pool({
    ...connection,
    types,
    Client: Client as unknown as typeof pg.Client,
    max: CONNECTIONS_MAX,
    options: "-c timezone=UTC -c lock_timeout=30s -c idle_in_transaction_session_timeout=120s",
  });
  // A connection that breaks while idle is replaced by the pool; its next user sees a new one.
  pool.on("error", () => {});
  const db = new Kysely<Record<never, never>>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    pool,
    inTransaction: (work) => db.transaction().execute(work as (tx: Tx) => Promise<never>),
    close: () => db.destroy(),
  };
}

/** Whether the database answers at all, for health checks. */
export async function isAnswering(store: Pick<OpenStore, "pool">): Promise<boolean> {
  try {
    await store.pool.query("select 1");
    return true;
  } catch {
    return false;
  }
}

/** A parameter for a `jsonb` column: arrays would otherwise become PostgreSQL arrays. */
export const jsonb = (value: unknown) => sql<never>`${JSON.stringify(value)}::jsonb`;
