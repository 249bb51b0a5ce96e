import { byOffset, continued, queryOf } from "../http/paging.ts";
import { badInput, collection, link, objectType, okJson, refused } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { iso, startOfUtcDay, utcDay } from "../kernel/clock.ts";
import type { InvoiceRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { chargesBetween } from "../world/microsoft-invoices.ts";
import { withCustomer } from "./find.ts";
import { billingLineJson, dailyUse, ratedDays, usageLineJson } from "./line-items.ts";

const base = { method: "GET", surface: "partner-center", access: "both" } as const;

/** Microsoft's invoices to the partner (CONTRACT 7), their lines (6.1), and what is not billed yet. */
export const invoiceRoutes: readonly Route[] = [
  { ...base, path: "/v1/invoices", handle: list },
  {
    ...base,
    path: "/v1/invoices/summary",
    handle: (_call, sim) => okJson(summaryJson(sim, sim.settings().partnerCurrency)),
  },
  {
    ...base,
    path: "/v1/invoices/summaries",
    access: "user",
    handle: (_call, sim) => collection(currencies(sim).map((one) => summaryJson(sim, one))),
  },
  { ...base, path: "/v1/invoices/estimates/links", handle: estimateLinks },
  { ...base, path: "/v1/invoices/:invoiceId", access: "user", handle: get },
  { ...base, path: "/v1/invoices/:invoiceId/lineitems", handle: lineItems },
  { ...base, path: "/v1/invoices/:invoiceId/lineitems/:provider/:type", handle: lineItems },
  { ...base, path: "/v1/invoices/:invoiceId/documents/statement", access: "user", handle: statement },
  { ...base, path: "/v1/customers/:customerId/servicecosts/mostrecent", access: "user", handle: serviceCosts },
  {
    ...base,
    path: "/v1/customers/:customerId/servicecosts/mostrecent/lineitems",
    access: "user",
    handle: serviceCostLines,
  },
];

const SYMBOLS: Readonly<Record<string, string>> = { SEK: "kr", NOK: "kr", DKK: "kr.", EUR: "€", GBP: "£", USD: "$" };
const symbolOf = (currency: string): string => SYMBOLS[currency] ?? currency;
const LINE_ROWS_MAX = 2_000;

const newest = (sim: Sim): InvoiceRow[] =>
  sim.tables.invoices
    .all()
    .toSorted((a, b) => (a.issuedAt === b.issuedAt ? (a.id < b.id ? -1 : 1) : a.issuedAt < b.issuedAt ? 1 : -1));
const currencies = (sim: Sim): string[] => [...new Set(sim.tables.invoices.all().map((one) => one.currency))].sort();

function invoiceJson(row: InvoiceRow) {
  const detail = (type: string, words: string) => ({
    invoiceLineItemType: words,
    billingProvider: "one_time",
    links: { self: link(`/invoices/${row.id}/lineitems/OneTime/${type}`) },
    attributes: objectType("InvoiceDetail"),
  });
  return {
    id: row.id,
    invoiceDate: row.issuedAt,
    billingPeriodStartDate: `${row.from}T00:00:00Z`,
    billingPeriodEndDate: `${row.to}T00:00:00Z`,
    totalCharges: row.total,
    paidAmount: row.paid,
    currencyCode: row.currency,
    currencySymbol: symbolOf(row.currency),
    pdfDownloadLink: `/invoices/${row.id}/documents/statement`,
    invoiceDetails: [detail("BillingLineItems", "billing_line_items"), detail("UsageLineItems", "usage_line_items")],
    taxReceipts: [],
    documentType: "invoice",
    invoiceType: "OneTime",
    links: { self: link(`/invoices/${row.id}`) },
    attributes: objectType("Invoice"),
  };
}

function list(call: Call, sim: Sim): Reply {
  return byOffset(call, newest(sim), { shape: invoiceJson, rowsMax: sim.settings().pageRowsMax });
}

function withInvoice(call: Call, sim: Sim, answer: (row: InvoiceRow) => Reply): Reply {
  const id = (call.params["invoiceId"] ?? "").replace(/^(OneTime|Recurring)-/i, "");
  const row = sim.tables.invoices.get(id);
  return row === undefined ? refused(404, "404", "The invoice was not found.") : answer(row);
}

function get(call: Call, sim: Sim): Reply {
  return withInvoice(call, sim, (row) => okJson(invoiceJson(row)));
}

/** A statement that says so: enough to test a download with. */
function statement(call: Call, sim: Sim): Reply {
  return withInvoice(call, sim, (row) => ({
    status: 200,
    bytes: { data: Buffer.from(`%PDF-1.4\n% ${row.id}\n%%EOF\n`), type: "application/pdf" },
  }));
}

const plain = (text: string | undefined): string => (text ?? "").replaceAll("_", "").toLowerCase();

function lineItems(call: Call, sim: Sim): Reply {
  const type = plain(call.params["type"] ?? queryOf(call, "invoicelineitemtype"));
  const provider = plain(call.params["provider"] ?? queryOf(call, "provider"));
  if (!["onetime", "all", "marketplace"].includes(provider))
    return badInput("provider is onetime: there is no legacy billing here.");
  if (type !== "billinglineitems" && type !== "usagelineitems")
    return badInput("invoicelineitemtype is billinglineitems or usagelineitems.");
  if ((call.params["invoiceId"] ?? "").toLowerCase() === "unbilled") return unbilled(call, sim, type);
  return withInvoice(call, sim, (row) => {
    const rules = { rowsMax: rowsMax(sim), tokenInBody: true };
    if (type === "billinglineitems")
      return continued(call, sim.tables.lines.where("invoice", row.id), {
        shape: (line) => billingLineJson(sim, line),
        rules,
      });
    const days = { first: Temporal.PlainDate.from(row.from), last: Temporal.PlainDate.from(row.to) };
    return continued(call, dailyUse(sim, row.currency, days), {
      shape: (use) => usageLineJson(sim, use, row.id),
      rules,
    });
  });
}

/** Pages of at most 2,000; far fewer in small worlds, so that paging happens. */
const rowsMax = (sim: Sim): number => Math.min(LINE_ROWS_MAX, sim.settings().pageRowsMax * 10);

function unbilled(call: Call, sim: Sim, type: string): Reply {
  const currency = queryOf(call, "currencycode")?.toUpperCase();
  const period = queryOf(call, "period")?.toLowerCase() === "previous" ? "previous" : "current";
  if (currency === undefined) return badInput("currencycode is needed.");
  const rules = { rowsMax: rowsMax(sim), tokenInBody: true };
  const days = ratedDays(sim, period);
  if (type === "usagelineitems")
    return continued(call, dailyUse(sim, currency, days), { shape: (use) => usageLineJson(sim, use, ""), rules });
  const today = utcDay(sim.clock.now());
  const charges = chargesBetween(sim, days.first, period === "current" ? today : days.last).filter(
    (one) => one.currency === currency,
  );
  return continued(call, charges, { shape: (charge) => billingLineJson(sim, { ...charge, invoiceId: "" }), rules });
}

function estimateLinks(call: Call, sim: Sim): Reply {
  const currency = queryOf(call, "currencycode") ?? sim.settings().partnerCurrency;
  const items = (["current", "previous"] as const).flatMap((period) =>
    [
      ["daily_rated_usage", "Daily rated usage unbilled", "usagelineitems"],
      ["non_consumption", "Unbilled reconciliation line items", "billinglineitems"],
    ].map(([type, title, lines]) => ({
      type,
      title,
      description: title,
      period: period === "current" ? "Current" : "Previous",
      link: link(
        `/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=${lines}&currencycode=${currency}&period=${period}&size=${LINE_ROWS_MAX}`,
      ),
    })),
  );
  return collection(items);
}

const NEVER = "0001-01-01T00:00:00";

function summaryJson(sim: Sim, currency: string) {
  const rows = newest(sim).filter((one) => one.currency === currency);
  const open = rows.reduce((sum, one) => sum + one.total + one.paid, 0);
  const paid = rows.find((one) => one.paid !== 0);
  const facts = {
    balanceAmount: Math.round(open * 100) / 100,
    currencyCode: currency,
    currencySymbol: symbolOf(currency),
    accountingDate: iso(startOfUtcDay(utcDay(sim.clock.now()))),
    firstInvoiceCreationDate: rows.at(-1)?.issuedAt ?? NEVER,
    lastPaymentDate: paid?.issuedAt ?? NEVER,
    lastPaymentAmount: paid === undefined ? 0 : -paid.paid,
    latestInvoiceDate: rows[0]?.issuedAt ?? NEVER,
  };
  return {
    ...facts,
    details: [{ invoiceType: "OneTime", summary: { ...facts, attributes: objectType("InvoiceSummary") } }],
    links: { self: link("/invoices/summary") },
    attributes: objectType("InvoiceSummary"),
  };
}

/** What this customer cost us in the last billed month. */
function serviceCosts(call: Call, sim: Sim): Reply {
  return withCustomer(call, sim, (customer) => {
    const invoice = newest(sim).find((one) => one.currency === customer.currency);
    const lines = sim.tables.lines.where("customer", customer.id).filter((line) => line.invoiceId === invoice?.id);
    const total = Math.round(lines.reduce((sum, line) => sum + Number(line.unitPrice) * line.quantity, 0) * 100) / 100;
    const summary = {
      billingStartDate: `${invoice?.from ?? "0001-01-01"}T00:00:00Z`,
      billingEndDate: `${invoice?.to ?? "0001-01-01"}T00:00:00Z`,
      pretaxTotal: total,
      tax: 0,
      afterTaxTotal: total,
      currencyCode: customer.currency,
      currencySymbol: symbolOf(customer.currency),
      customerId: customer.id,
    };
    const self = `/customers/${customer.id}/servicecosts/MostRecent`;
    return okJson({
      ...summary,
      details: [
        { invoiceType: "OneTime", summary: { ...summary, links: {}, attributes: objectType("ServiceCostsSummary") } },
      ],
      links: { serviceCostLineItems: link(`${self}/lineitems`), self: link(self) },
      attributes: objectType("ServiceCostsSummary"),
    });
  });
}

function serviceCostLines(call: Call, sim: Sim): Reply {
  return withCustomer(call, sim, (customer) => {
    const invoice = newest(sim).find((one) => one.currency === customer.currency);
    const lines = sim.tables.lines.where("customer", customer.id).filter((line) => line.invoiceId === invoice?.id);
    const items = lines.map((line) => {
      const total = Math.round(Number(line.unitPrice) * line.quantity * 100) / 100;
      const full = billingLineJson(sim, line);
      return {
        afterTaxTotal: total,
        pretaxTotal: total,
        tax: 0,
        chargeType: line.chargeType,
        currencyCode: customer.currency,
        currencySymbol: symbolOf(customer.currency),
        customerId: customer.id,
        customerName: customer.name,
        startDate: full.chargeStartDate,
        endDate: full.chargeEndDate,
        orderId: full.orderId,
        quantity: line.quantity,
        unitPrice: Number(line.unitPrice),
        subscriptionId: line.subscriptionId,
        subscriptionFriendlyName: full.subscriptionDescription,
        invoiceNumber: line.invoiceId,
        invoiceType: "OneTime",
        productId: full.productId,
        skuId: full.skuId,
        productName: full.productName,
        skuName: full.skuName,
        publisherName: full.publisherName,
      };
    });
    return collection(items);
  });
}
