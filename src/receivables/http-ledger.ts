import { z } from "zod";
import { no } from "../core/refusal.ts";
import { ok } from "../core/result.ts";
import { customerIdInput, dayInput, pageOf, pageQuery } from "../core/wire.ts";
import { downloadRoute, route, type Route } from "../http/contract.ts";
import { AGE_BY, agedQuery, agedRowJson, overviewJson, statementJson } from "./contract-statement.ts";
import { agedCsv } from "./decide-csv.ts";
import { ledgerChangeRoutes } from "./http-changes.ts";
import type { LedgerPageDeps } from "./http-who.ts";
import { agedRows, overviewOf } from "./service-overview.ts";
import { statementOf } from "./service-statement.ts";

const CSV_ROWS_AT_ONCE = 500;
/** Cursors of these lists are places: the figures of a page belong to one state of the ledger. */
const placeOf = (cursor: string | undefined): number | undefined =>
  cursor === undefined ? 0 : /^\d{1,7}$/.test(cursor) ? Number(cursor) : undefined;
const badCursor = () => no("invalid", "cursor-unknown", "use the nextCursor of the page before");

/** Routes of the ledger's pages. */
export const ledgerPageRoutes = (deps: LedgerPageDeps): Route[] => [
  route({
    method: "GET",
    path: "/api/receivables/overview",
    permission: "receivables.read",
    summary: "Ageing and measures of the portfolio, one block a currency, as of any day",
    query: z.strictObject({ asOf: dayInput.optional(), by: z.enum(AGE_BY).default("due") }),
    response: overviewJson,
    handle: async ({ tx, query, now }) => {
      const asOf = query.asOf ?? (await deps.deskDay(tx, now));
      return ok(await overviewOf(tx, deps, { asOf, by: query.by }));
    },
  }),
  route({
    method: "GET",
    path: "/api/receivables/customers",
    permission: "receivables.read",
    summary: "Ageing per customer or per account, filtered and sorted, one page",
    query: z.strictObject({ ...pageQuery, ...agedQuery }),
    response: pageOf(agedRowJson),
    handle: async ({ tx, query, now }) => {
      const place = placeOf(query.cursor);
      if (place === undefined) return badCursor();
      const asOf = query.asOf ?? (await deps.deskDay(tx, now));
      const found = await agedRows(tx, deps, { ...query, asOf });
      const end = place + query.limit;
      return ok({
        rows: await found.slice(place, end),
        nextCursor: end < found.total ? String(end) : null,
        total: found.total,
      });
    },
  }),
  downloadRoute({
    method: "GET",
    path: "/api/receivables/customers.csv",
    permission: "receivables.read",
    summary: "Ageing per customer or per account as CSV",
    query: z.strictObject(agedQuery),
    handle: async ({ tx, query, now }) => {
      const asOf = query.asOf ?? (await deps.deskDay(tx, now));
      const found = await agedRows(tx, deps, { ...query, asOf });
      async function* chunks(): AsyncGenerator<string> {
        yield agedCsv.head;
        for (let from = 0; from < found.total; from += CSV_ROWS_AT_ONCE)
          yield (await found.slice(from, from + CSV_ROWS_AT_ONCE)).map(agedCsv.row).join("");
      }
      const fileName = `ageing ${asOf.toString()}.csv`;
      return ok({ contentType: "text/csv; charset=utf-8", fileName, chunks: chunks() });
    },
  }),
  route({
    method: "GET",
    path: "/api/customers/:customerId/statement",
    permission: "receivables.read",
    summary: "A customer's ledger: every movement with its running balance, newest first, as of any day",
    params: z.strictObject({ customerId: customerIdInput }),
    query: z.strictObject({ ...pageQuery, asOf: dayInput.optional() }),
    response: statementJson,
    handle: async ({ tx, params, query, now }) => {
      const skip = placeOf(query.cursor);
      if (skip === undefined) return badCursor();
      const asOf = query.asOf ?? (await deps.deskDay(tx, now));
      return ok(await statementOf(tx, deps, { customerId: params.customerId, asOf, skip, limit: query.limit }));
    },
  }),
  ...ledgerChangeRoutes(deps),
];
