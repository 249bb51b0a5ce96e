import type { CustomerId } from "../core/ids.ts";
import type { BillingLineItem, PartnerInvoice } from "./contract.ts";
import {
  amountOf,
  anyJson,
  count,
  currencyCode,
  day,
  decimal,
  guidText,
  idText,
  instant,
  items,
  listOf,
  maybe,
  ms,
  need,
  type Parser,
  parser,
  tenantText,
  text,
  word,
} from "./tolerant.ts";

const invoice = parser(
  "invoice",
  ms({
    id: need(text),
    invoiceDate: need(instant),
    billingPeriodStartDate: instant,
    billingPeriodEndDate: instant,
    totalCharges: need(decimal),
    paidAmount: decimal,
    currencyCode,
    documentType: text,
    invoiceType: text,
  }),
);
export const parseInvoice: Parser<PartnerInvoice> = (value) => {
  const sent = invoice(value);
  return {
    id: sent.id,
    at: sent.invoiceDate,
    periodStart: sent.billingPeriodStartDate,
    periodEnd: sent.billingPeriodEndDate,
    total: amountOf(sent.totalCharges, sent.currencyCode),
    paid: sent.paidAmount === undefined ? undefined : amountOf(sent.paidAmount, sent.currencyCode),
    raw: sent.$raw,
  };
};
export const parseInvoices = items("invoices", parseInvoice);

const summary = ms({
  balanceAmount: need(decimal),
  currencyCode,
  accountingDate: instant,
  firstInvoiceCreationDate: instant,
  lastPaymentDate: instant,
  lastPaymentAmount: decimal,
  latestInvoiceDate: instant,
});
export const parseInvoiceSummary = parser("invoice summary", summary);
export const parseInvoiceSummaries = items("invoice summaries", parseInvoiceSummary);

const billingLine = parser(
  "billing line",
  ms({
    customerId: need(tenantText),
    subscriptionId: need(idText),
    invoiceNumber: text,
    productId: text,
    offerId: text,
    skuId: text,
    skuName: text,
    subscriptionName: text,
    offerName: text,
    chargeType: text,
    currency: currencyCode,
    billingCurrency: currencyCode,
    unitPrice: decimal,
    listPrice: decimal,
    effectiveUnitPrice: decimal,
    quantity: decimal,
    billableQuantity: decimal,
    overageQuantity: decimal,
    subtotal: decimal,
    pretaxCharges: decimal,
    chargeStartDate: day,
    chargeEndDate: day,
  }),
);
const ZERO = { units: 0n, scale: 0 };

/** A line of a seat, one-time or legacy Azure charge. Legacy lines name some members differently. */
export const parseBillingLine: Parser<BillingLineItem> = (value) => {
  const sent = billingLine(value);
  const listed = sent.unitPrice ?? sent.listPrice;
  // Zero beside a list price is how old lines leave it empty; reading it as a full discount would hide what a seat costs.
  const effective = sent.effectiveUnitPrice?.units === 0n ? undefined : sent.effectiveUnitPrice;
  return {
    customerId: sent.customerId as CustomerId,
    subscriptionId: sent.subscriptionId,
    invoiceId: sent.invoiceNumber,
    productId: sent.productId ?? sent.offerId,
    skuId: sent.skuId,
    name: sent.skuName ?? sent.subscriptionName ?? sent.offerName,
    chargeType: sent.chargeType,
    currency: sent.currency ?? sent.billingCurrency,
    unitPrice: effective ?? listed ?? ZERO,
    quantity: sent.quantity ?? sent.billableQuantity ?? sent.overageQuantity ?? ZERO,
    subtotal: sent.subtotal ?? sent.pretaxCharges,
    chargeStart: sent.chargeStartDate,
    chargeEnd: sent.chargeEndDate,
    raw: sent.$raw,
  };
};
export const parseBillingLines = items("billing lines", parseBillingLine);

/** Rated use of one day, modern or legacy. Marketplace lines may come without a customer. */
export const parseUsageLines = items(
  "usage lines",
  parser(
    "usage line",
    ms({
      customerId: guidText,
      subscriptionId: idText,
      entitlementId: idText,
      usageDate: need(day),
      chargeStartDate: day,
      meterCategory: text,
      meterSubCategory: text,
      meterName: text,
      serviceName: text,
      resourceLocation: text,
      resourceUri: text,
      unitPrice: decimal,
      quantity: decimal,
      consumedQuantity: decimal,
      billingPreTaxTotal: decimal,
      billingCurrency: currencyCode,
      productName: text,
      additionalInfo: anyJson,
    }),
  ),
);

export const parseEstimateLinks = items(
  "estimate links",
  parser(
    "estimate link",
    ms({ type: text, period: word(["current", "previous"]), link: maybe(ms({ uri: need(text) })) }),
  ),
);

const serviceCost = ms({
  billingStartDate: instant,
  billingEndDate: instant,
  pretaxTotal: need(decimal),
  tax: decimal,
  afterTaxTotal: decimal,
  currencyCode,
  customerId: guidText,
});
export const parseServiceCosts = parser(
  "service costs",
  ms({
    pretaxTotal: need(decimal),
    afterTaxTotal: decimal,
    customerId: guidText,
    details: listOf(ms({ invoiceType: text, summary: maybe(serviceCost) })),
  }),
);
export const parseServiceCostLines = items(
  "service cost lines",
  parser(
    "service cost line",
    ms({
      customerId: need(guidText),
      subscriptionId: idText,
      pretaxTotal: need(decimal),
      quantity: decimal,
      unitPrice: decimal,
      currencyCode,
      startDate: day,
      endDate: day,
    }),
  ),
);

/** An export that runs at Graph. "No data available" (code 5000) is a quiet month, not an error. */
export const parseExportOperation = parser(
  "billing export operation",
  ms({
    id: text,
    status: need(word(["notStarted", "running", "succeeded", "failed"])),
    createdDateTime: instant,
    lastActionDateTime: instant,
    "resourceLocation@odata.navigationLink": text,
    resourceLocation: anyJson,
    error: maybe(ms({ code: text, message: text })),
  }),
);
const blob = ms({ name: need(text), partitionValue: text });
export const parseExportManifest = parser(
  "billing export manifest",
  ms({
    dataFormat: text,
    partnerTenantId: guidText,
    blobCount: need(count),
    blobs: listOf(blob),
    rootDirectory: text,
    sasToken: text,
    rootFolder: text,
    rootFolderSAS: text,
  }).transform((sent) => ({
    format: sent.dataFormat,
    blobs: sent.blobs,
    blobCount: sent.blobCount,
    root: sent.rootDirectory ?? sent.rootFolder,
    sas: sent.sasToken ?? sent.rootFolderSAS,
  })),
);
