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
  /** The signed-in person; on a public route nobody (`ANONYMOUS`). */
  readonly person: Person;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
  /** Correlation id: in every log line and in the `x-request-id` header of the answer. */
  readonly requestId: string;
  /** Request headers, names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Address the request came from. */
  readonly ip: string;
  /** Sets a header of the answer, e.g. a cookie. Repeating a name adds a value. */
  readonly setHeader: (name: string, value: string) => void;
};

/** Nobody: who calls a public route. Holds no permission because public routes ask for none. */
export const ANONYMOUS: Person = { id: "anonymous", name: "Nobody", email: "", role: "auditor", twoFactor: false };

type Schema = z.ZodType;
type Out<S> = S extends Schema ? z.output<S> : undefined;

/** An answer that is a file, sent piece by piece. */
export type Download = {
  readonly contentType: string;
  readonly fileName: string;
  readonly chunks: AsyncIterable<string | Uint8Array>;
};

type Common<P, Q> = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Fastify form: `/api/customers/:customerId`. */
  readonly path: `/api/${string}`;
  /** "public" is for signing in and for Microsoft's webhooks only. */
  readonly permission: Permission | "public";
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  /** Largest body in bytes; 1 MiB unless told. */
  readonly bodyBytesMax?: number;
  /**
   * The answer holds a secret that is shown this once (a link, an API key): it is not kept beside the idempotency key.
   * Repeating the request has no second effect and is told so.
   */
  readonly secretAnswer?: true;
  /**
   * The handler opens its own transaction and knows its own repeats: for raw records, of which a request brings thousands. `call.tx` is the
   * pool; the handler is handed the Idempotency-Key in `call.headers` and must give a repeat the first answer itself.
   */
  readonly ownTransaction?: true;
  /** Asked before the body is read, once the sender is known to be allowed: whether there is room for it now. */
  readonly admit?: Admit;
};

/** Room for one more body of this many bytes (undefined: not said). Given room is handed back by `release` when the answer has gone out. */
export type Admit = (bytes: number | undefined) => Admission;
export type Admission =
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly refusal: Refusal; readonly retryAfterSeconds: number };

/**
 * One endpoint. `GET` reads; every other method is a write: it runs in one transaction together with its
 * `Idempotency-Key`, so that repeating it gives the first answer and no second effect. A refusal rolls everything back.
 */
export type RouteSpec<
  P extends Schema | undefined,
  Q extends Schema | undefined,
  B extends Schema | undefined,
  R extends Schema,
> = Common<P, Q> & {
  readonly body?: B;
  /** The wire form of a good answer: money as `{minor, currency}` text, instants and days as ISO 8601 text. */
  readonly response: R;
  readonly handle: (call: Call<Out<P>, Out<Q>, Out<B>>) => Promise<Result<z.input<R>, Refusal>>;
};

/** An endpoint that takes a file as its whole body, in any content type, as the bytes that were sent. */
export type UploadSpec<P extends Schema | undefined, Q extends Schema | undefined, R extends Schema> = Common<P, Q> & {
  readonly response: R;
  readonly handle: (call: Call<Out<P>, Out<Q>, Uint8Array>) => Promise<Result<z.input<R>, Refusal>>;
};

/** An endpoint that answers with a file. */
export type DownloadSpec<P extends Schema | undefined, Q extends Schema | undefined> = Common<P, Q> & {
  readonly handle: (call: Call<Out<P>, Out<Q>, undefined>) => Promise<Result<Download, Refusal>>;
};

/** A route whose input types are no longer visible; what the server registers. */
export type Route =
  | ({ readonly kind: "json" } & RouteSpec<Schema | undefined, Schema | undefined, Schema | undefined, Schema>)
  | ({ readonly kind: "upload" } & UploadSpec<Schema | undefined, Schema | undefined, Schema>)
  | ({ readonly kind: "download" } & DownloadSpec<Schema | undefined, Schema | undefined>);

/** Declares a route with its types inferred from the schemas. */
export const route = <
  R extends Schema,
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
>(
  spec: RouteSpec<P, Q, B, R>,
): Route => ({ kind: "json", ...spec }) as unknown as Route;

/** Declares a route that takes a file. */
export const uploadRoute = <
  R extends Schema,
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
>(
  spec: UploadSpec<P, Q, R>,
): Route => ({ kind: "upload", ...spec }) as unknown as Route;

/** Declares a route that answers with a file. */
export const downloadRoute = <P extends Schema | undefined = undefined, Q extends Schema | undefined = undefined>(
  spec: DownloadSpec<P, Q>,
): Route => ({ kind: "download", ...spec }) as unknown as Route;
