import { createHash } from "node:crypto";
import { link, objectType, okJson, refused } from "./replies.ts";
import type { Call, Reply } from "./route.ts";

/** A continuation token belongs to one query and one caller; anything else is refused. */
type Position = { readonly from: number; readonly query: string };

const fingerprint = (call: Call): string => {
  const query = [...call.query].filter(([key]) => !/^(seekoperation|seek|seek_operation|size|offset)$/i.test(key));
  const parts = [call.path.toLowerCase(), JSON.stringify(query), call.caller?.id ?? ""];
  return createHash("sha256").update(parts.join("\n")).digest("base64url").slice(0, 16);
};

const encode = (position: Position): string => Buffer.from(JSON.stringify(position)).toString("base64url");

function decode(token: string): Position | undefined {
  try {
    const position = JSON.parse(Buffer.from(token, "base64url").toString()) as Position;
    return typeof position.from === "number" ? position : undefined;
  } catch {
    return undefined;
  }
}

export type PageRules = {
  /** Rows of a page when the caller names no size, and the most it can get. */
  readonly rowsMax: number;
  /** `size=0` asks for everything. */
  readonly zeroMeansAll?: boolean;
  /** The token is also in the body, as `continuationToken`. */
  readonly tokenInBody?: boolean;
  /** Query member that says "go on": seekOperation (default), seek, seek_operation. */
  readonly seek?: string;
};

/** One page of `rows` by the continuation-header dialect (CONTRACT 2.4). `shape` turns a row into what is sent. */
export function continued<T>(
  call: Call,
  rows: readonly T[],
  { shape, rules }: { shape: (row: T) => unknown; rules: PageRules },
): Reply {
  const asked = Number(queryOf(call, "size") ?? rules.rowsMax);
  if (!Number.isInteger(asked) || asked < 0) return refused(400, "800002", "size is not a whole number.");
  const all = asked === 0 && rules.zeroMeansAll === true;
  const size = all ? rows.length : Math.min(asked === 0 ? rules.rowsMax : asked, rules.rowsMax);
  const token = call.headers["ms-continuationtoken"];
  const query = fingerprint(call);
  const seek = rules.seek ?? "seekOperation";
  const goesOn = (queryOf(call, seek) ?? queryOf(call, "seekOperation") ?? "").toLowerCase() === "next";
  const position = token === undefined || !goesOn ? { from: 0, query } : decode(token);
  if (position === undefined || position.query !== query)
    return refused(400, "800002", "The continuation token does not belong to this query.");
  const page = rows.slice(position.from, position.from + size);
  const next = position.from + size < rows.length ? encode({ from: position.from + size, query }) : undefined;
  const base = withQuery(call.target, { size: String(all ? 0 : size) });
  const links = {
    self: link(base),
    ...(next === undefined
      ? {}
      : { next: link(withQuery(base, { [seek]: "Next" }), [{ key: "MS-ContinuationToken", value: next }]) }),
  };
  return okJson({
    ...(rules.tokenInBody === true && next !== undefined ? { continuationToken: next } : {}),
    totalCount: page.length,
    items: page.map(shape),
    links,
    attributes: objectType("Collection"),
  });
}

/** A page by `size` and 0-based `offset`. */
export function byOffset<T>(
  call: Call,
  rows: readonly T[],
  { shape, rowsMax }: { shape: (row: T) => unknown; rowsMax: number },
): Reply {
  const size = Math.min(Number(queryOf(call, "size") ?? rowsMax) || rowsMax, rowsMax);
  const offset = Number(queryOf(call, "offset") ?? 0);
  if (!Number.isInteger(offset) || offset < 0 || size < 1)
    return refused(400, "800002", "size and offset are whole numbers.");
  const more = offset + size < rows.length;
  const self = withQuery(call.target, { size: String(size), offset: String(offset) });
  return okJson({
    totalCount: rows.length,
    items: rows.slice(offset, offset + size).map(shape),
    links: { self: link(self), ...(more ? { next: link(withQuery(self, { offset: String(offset + size) })) } : {}) },
    attributes: objectType("Collection"),
  });
}

/** A query member, whatever the case of its name. */
export function queryOf(call: { query: URLSearchParams }, name: string): string | undefined {
  for (const [key, value] of call.query) if (key.toLowerCase() === name.toLowerCase()) return value;
  return undefined;
}

function withQuery(target: string, changes: Record<string, string>): string {
  const [path, query] = target.split("?");
  const members = new URLSearchParams(query ?? "");
  for (const [key, value] of Object.entries(changes)) {
    const present = [...members].flatMap(([name]) => (name.toLowerCase() === key.toLowerCase() ? [name] : []));
    for (const name of present) members.delete(name);
    members.set(key, value);
  }
  return `${path}?${members.toString()}`;
}
