import { queryOf } from "../http/paging.ts";
import { okJson } from "../http/replies.ts";
import type { Call, Reply } from "../http/route.ts";
import type { Sim } from "../kernel/sim.ts";

export type OdataRules<T> = {
  readonly context: string;
  readonly rowsMax: number;
  readonly shape: (row: T) => Record<string, unknown>;
};

/** One page of a Graph collection: $top, $skiptoken, $count, $select; `@odata.nextLink` is absolute and followed as it is. */
export function odataPage<T>(
  call: Call,
  sim: Sim,
  { rows, rules }: { rows: readonly T[]; rules: OdataRules<T> },
): Reply {
  const top = Math.min(Number(queryOf(call, "$top") ?? rules.rowsMax) || rules.rowsMax, rules.rowsMax);
  const from = Number(Buffer.from(queryOf(call, "$skiptoken") ?? "", "base64url").toString() || 0) || 0;
  const fields = queryOf(call, "$select")
    ?.split(",")
    .map((field) => field.trim());
  const shaped = rows.slice(from, from + top).map((row) => pick(rules.shape(row), fields));
  const more = from + top < rows.length;
  const next = new URLSearchParams(call.query);
  next.delete("$skiptoken");
  next.set("$skiptoken", Buffer.from(String(from + top)).toString("base64url"));
  return okJson({
    "@odata.context": `https://graph.microsoft.com/${rules.context}`,
    ...(queryOf(call, "$count") === "true" ? { "@odata.count": rows.length } : {}),
    ...(more
      ? {
          "@odata.nextLink": `${sim.publicUrl()}${call.headers["x-sim-host"] === undefined ? "" : `/${call.headers["x-sim-host"]}`}${call.path}?${next.toString()}`,
        }
      : {}),
    value: shaped,
  });
}

const pick = (row: Record<string, unknown>, fields: readonly string[] | undefined): Record<string, unknown> =>
  fields === undefined
    ? row
    : Object.fromEntries(Object.entries(row).filter(([key]) => key.startsWith("@") || fields.includes(key)));

/** `$filter` of the form `a eq 'x' and b eq 'y'` (`ge`, `le`, `gt`, `lt`, `ne` too); undefined when it is anything else. */
export function odataFilter(text: string | undefined): ((row: Record<string, unknown>) => boolean) | undefined {
  if (text === undefined || text.trim() === "") return () => true;
  const tests = text.split(/\s+and\s+/i).map(comparison);
  if (tests.some((test) => test === undefined)) return undefined;
  return (row) => tests.every((test) => test?.(row) === true);
}

function comparison(text: string): ((row: Record<string, unknown>) => boolean) | undefined {
  const match = /^\(*\s*([\w/]+)\s+(eq|ne|ge|le|gt|lt)\s+('([^']*)'|[^\s)]+)\s*\)*$/i.exec(text.trim());
  const [, path, operator, raw, quoted] = match ?? [];
  if (path === undefined || operator === undefined || raw === undefined) return undefined;
  const wanted = (quoted ?? raw).toLowerCase();
  return (row) => {
    const value = path
      .split("/")
      .reduce<unknown>(
        (at, key) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined),
        row,
      );
    const given = String(value ?? "null").toLowerCase();
    const order = given < wanted ? -1 : given > wanted ? 1 : 0;
    return { eq: order === 0, ne: order !== 0, ge: order >= 0, le: order <= 0, gt: order > 0, lt: order < 0 }[
      operator.toLowerCase() as "eq"
    ];
  };
}
