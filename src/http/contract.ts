import type { z } from "zod";
import type { Permission, Person } from "../access/contract.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Result } from "../core/result.ts";
import type { Actor, Tx } from "../store/contract.ts";

/** What a handler is given besides its parsed input. */
export type Call<P, Q, B> = {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** On a write this is the request's one transaction; the idempotency key is kept in it. On a read, the pool. */
  readonly tx: Tx;
  readonly person: Person;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
  /** Correlation id: in every log line and in the `x-request-id` header of the answer. */
  readonly requestId: string;
};

type Schema = z.ZodType;
type Out<S> = S extends Schema ? z.output<S> : undefined;

/**
 * One endpoint. `GET` reads; every other method is a write: it runs in one transaction together with its
 * `Idempotency-Key`, so that repeating it gives the first answer and no second effect. A refusal rolls everything back.
 */
export type RouteSpec<P extends Schema | undefined, Q extends Schema | undefined, B extends Schema | undefined, R extends Schema> = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Fastify form: `/api/customers/:customerId`. */
  readonly path: `/api/${string}`;
  readonly permission: Permission;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** The wire form of a good answer: money as `{minor, currency}` text, instants and days as ISO 8601 text. */
  readonly response: R;
  /** Largest body in bytes; 1 MiB unless told. */
  readonly bodyBytesMax?: number;
  readonly handle: (call: Call<Out<P>, Out<Q>, Out<B>>) => Promise<Result<z.input<R>, Refusal>>;
};

/** A route whose input types are no longer visible; what the server registers. */
export type Route = RouteSpec<Schema | undefined, Schema | undefined, Schema | undefined, Schema>;

/** Declares a route with its types inferred from the schemas. */
export const route = <
  R extends Schema,
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
>(
  spec: RouteSpec<P, Q, B, R>,
): Route => spec as unknown as Route;
