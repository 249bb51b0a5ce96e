import { z } from "zod";
import { no } from "../core/refusal.ts";
import { ok } from "../core/result.ts";
import { customerIdInput, dayInput, pageOf, pageQuery } from "../core/wire.ts";
import { route, type Route } from "../http/contract.ts";
import { ageingJson, customerReceivablesJson, invoiceRowJson, invoicesQuery } from "./contract.ts";
import { importRoutes } from "./http-import.ts";
import type { LedgerPageDeps } from "./http-who.ts";
import { ledgerPageRoutes } from "./http-ledger.ts";
import { importReportRoutes } from "./http-report.ts";
import { ageingOf, receivablesOf } from "./service.ts";
import type { ImportDeps } from "./service-import.ts";
import { countInvoices, loadInvoices } from "./store.ts";
import { invoiceWire } from "./wire.ts";

const customerParams = z.strictObject({ customerId: customerIdInput });

/** All routes of this slice. */
export const receivablesRoutes = (deps: ImportDeps & Pick<LedgerPageDeps, "judgedPromises">): Route[] => [
  ...ledgerRoutes(deps),
  ...ledgerPageRoutes(deps),
  ...importRoutes(deps),
  ...importReportRoutes(),
];

const ledgerRoutes = (deps: ImportDeps): Route[] => [
  route({
    method: "GET",
    path: "/api/receivables/ageing",
    permission: "receivables.read",
    summary: "Open invoices of all customers by days past due, one row a currency",
    query: z.strictObject({ asOf: dayInput.optional() }),
    response: ageingJson,
    handle: async ({ tx, query, now }) => ok(await ageingOf(tx, query.asOf ?? (await deps.deskDay(tx, now)))),
  }),
  route({
    method: "GET",
    path: "/api/customers/:customerId/receivables",
    permission: "receivables.read",
    summary: "What a customer owes, since when, and how it pays",
    params: customerParams,
    query: z.strictObject({ asOf: dayInput.optional() }),
    response: customerReceivablesJson,
    handle: async ({ tx, params, query, now }) =>
      ok(await receivablesOf(tx, params.customerId, query.asOf ?? (await deps.deskDay(tx, now)))),
  }),
  route({
    method: "GET",
    path: "/api/customers/:customerId/invoices",
    permission: "receivables.read",
    summary: "Invoices of a customer, oldest due first",
    params: customerParams,
    query: z.strictObject({ ...pageQuery, ...invoicesQuery }),
    response: pageOf(invoiceRowJson),
    handle: async ({ tx, params, query, now }) => {
      const asOf = query.asOf ?? (await deps.deskDay(tx, now));
      const after = /^(\d{4}-\d{2}-\d{2})\.(\d{1,18})$/.exec(query.cursor ?? "");
      if (query.cursor !== undefined && after === null)
        return no("invalid", "cursor-unknown", "use the nextCursor of the page before");
      const filter = {
        customerId: params.customerId,
        asOf,
        state: query.state,
        after: after === null ? undefined : { dueDate: after[1] ?? "", id: after[2] ?? "" },
      };
      const rows = await loadInvoices(tx, { ...filter, limit: query.limit + 1 });
      const shown = rows.slice(0, query.limit);
      const last = rows.length > query.limit ? shown.at(-1) : undefined;
      return ok({
        rows: shown.map((row) => invoiceWire(row, asOf)),
        nextCursor: last === undefined ? null : `${last.due_date.toString()}.${last.invoice_id}`,
        total: await countInvoices(tx, { ...filter, limit: 0 }),
      });
    },
  }),
];
