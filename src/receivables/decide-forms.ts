import type { ImportField, ImportMapping } from "./contract-import.ts";
import { normaliseName } from "./decide-mapping.ts";

/**
 * Exports that are recognised by their columns, each with what its columns mean and how its rows stand.
 * Sources: collections, payment files 2; the columns come from public code and documents, not from a live export.
 */
export type Form = {
  readonly id: FormId;
  readonly system: string;
  /** Each inner list needs one of its names. */
  readonly needs: readonly (readonly string[])[];
  /** Field → names of its column, the first that the file has. A field that is not named here is not read. */
  readonly columns: Partial<Record<ImportField, readonly string[]>>;
  readonly mapping: Partial<ImportMapping>;
};
export const FORMS = [
  "xero-sales",
  "quickbooks-ageing",
  "fortnox",
  "fortnox-report",
  "business-central",
  "24sevenoffice",
] as const;
export type FormId = (typeof FORMS)[number];

/** Money that a file lists as open stays as the file has it: what it pays is decided where the ledger is kept. */
const OPEN_ITEMS = { allocation: "none" } as const satisfies Partial<ImportMapping>;

const known: readonly Form[] = [
  {
    id: "xero-sales",
    system: "xero",
    needs: [["ContactName"], ["InvoiceNumber"], ["InvoiceAmountDue", "InvoiceAmountPaid"], ["Total"]],
    columns: {
      invoiceNumber: ["InvoiceNumber"],
      customerNumber: ["AccountNumber", "ContactAccountNumber"],
      customerName: ["ContactName"],
      reference: ["Reference"],
      issueDate: ["InvoiceDate"],
      dueDate: ["DueDate"],
      amount: ["Total"],
      // Paid and due do not add up to the total where a credit note was set against it: only what is due is read.
      openAmount: ["InvoiceAmountDue"],
      currency: ["Currency"],
      documentType: ["Type"],
      status: ["Status"],
    },
    mapping: { ...OPEN_ITEMS, layout: "lines" },
  },
  {
    id: "quickbooks-ageing",
    system: "quickbooks",
    needs: [["Transaction type"], ["Num", "No."], ["Open balance"]],
    columns: {
      invoiceNumber: ["Num", "No."],
      customerName: ["Customer", "Customer full name", "Name"],
      issueDate: ["Date"],
      dueDate: ["Due date"],
      amount: ["Amount"],
      openAmount: ["Open balance"],
      currency: ["Currency"],
      documentType: ["Transaction type"],
      reference: ["Memo/Description"],
    },
    mapping: { ...OPEN_ITEMS, layout: "groups" },
  },
  {
    id: "fortnox",
    system: "fortnox",
    needs: [["DocumentNumber"], ["CustomerNumber"], ["Balance"], ["NoxFinans", "OCR", "LastRemindDate", "Reminders"]],
    columns: {
      invoiceNumber: ["DocumentNumber"],
      customerNumber: ["CustomerNumber"],
      customerName: ["CustomerName"],
      issueDate: ["InvoiceDate"],
      dueDate: ["DueDate"],
      amount: ["TotalToPay", "Total"],
      openAmount: ["Balance"],
      currency: ["Currency"],
      documentType: ["InvoiceType"],
      settledDate: ["FinalPayDate"],
      paymentReference: ["OCR"],
      reference: ["YourOrderNumber", "ExternalInvoiceReference1", "YourReference"],
      sold: ["NoxFinans"],
      remindedLevel: ["Reminders"],
      remindedDate: ["LastRemindDate"],
      cancelled: ["Cancelled"],
      draft: ["NotCompleted"],
    },
    mapping: OPEN_ITEMS,
  },
  {
    id: "fortnox-report",
    system: "fortnox",
    needs: [
      ["Fakturanr", "Fakturanummer", "Löpnr"],
      ["Kundnr", "Kundnummer"],
      ["Saldo"],
      ["OCR", "Påminnelser", "NoxFinans", "Senaste påminnelse"],
    ],
    columns: {
      invoiceNumber: ["Fakturanr", "Fakturanummer", "Löpnr"],
      customerNumber: ["Kundnr", "Kundnummer"],
      customerName: ["Kundnamn", "Kund"],
      issueDate: ["Fakturadatum"],
      dueDate: ["Förfallodatum", "Förfallodag"],
      amount: ["Att betala", "Totalt", "Total", "Belopp"],
      openAmount: ["Saldo"],
      currency: ["Valuta"],
      documentType: ["Fakturatyp", "Typ"],
      settledDate: ["Slutbetald"],
      paymentReference: ["OCR"],
      sold: ["NoxFinans"],
      remindedLevel: ["Påminnelser"],
      remindedDate: ["Senaste påminnelse"],
      cancelled: ["Makulerad"],
      draft: ["Ej klar"],
    },
    mapping: OPEN_ITEMS,
  },
  {
    id: "business-central",
    system: "business-central",
    needs: [["Entry No."], ["Document Type"], ["Document No."], ["Customer No."], ["Remaining Amount"]],
    columns: {
      entryNumber: ["Entry No."],
      invoiceNumber: ["Document No."],
      customerNumber: ["Customer No."],
      customerName: ["Customer Name"],
      issueDate: ["Document Date", "Posting Date"],
      dueDate: ["Due Date"],
      amount: ["Original Amount", "Amount"],
      openAmount: ["Remaining Amount"],
      currency: ["Currency Code"],
      documentType: ["Document Type"],
      settledDate: ["Closed at Date"],
      held: ["On Hold"],
      remindedLevel: ["Last Issued Reminder Level"],
      paymentReference: ["Payment Reference"],
      reference: ["Your Reference", "External Document No."],
    },
    mapping: OPEN_ITEMS,
  },
  {
    id: "24sevenoffice",
    system: "24sevenoffice",
    needs: [
      ["Fakturanr", "Fakturanummer", "Invoice no"],
      ["Kundenr", "Kundenummer", "Customer no"],
      ["Kreditert", "Credited"],
      ["Saldo", "Balance"],
    ],
    columns: {
      invoiceNumber: ["Fakturanr", "Fakturanummer", "Invoice no"],
      customerNumber: ["Kundenr", "Kundenummer", "Customer no"],
      customerName: ["Kundenavn", "Kunde", "Customer name"],
      issueDate: ["Fakturadato", "Dato", "Invoice date", "Date"],
      dueDate: ["Forfallsdato", "Forfall", "Due date"],
      settledDate: ["Betalt dato", "Betalingsdato", "Paid date"],
      amount: ["Beløp", "Fakturabeløp", "Amount"],
      creditedAmount: ["Kreditert", "Credited"],
      paidAmount: ["Betalt", "Innbetalt", "Paid"],
      openAmount: ["Saldo", "Balance"],
      currency: ["Valuta", "Currency"],
      paymentReference: ["KID"],
    },
    mapping: OPEN_ITEMS,
  },
];

export type Recognised = {
  readonly form: FormId;
  readonly columns: Partial<Record<ImportField, string>>;
  readonly mapping: Partial<ImportMapping>;
};

/** Which known export the columns are of; undefined = none. */
export function recogniseForm(names: readonly string[]): Recognised | undefined {
  const byName = new Map(names.map((name) => [normaliseName(lastPart(name)), name]));
  const find = (wanted: readonly string[]): string | undefined =>
    wanted.map((name) => byName.get(normaliseName(name))).find((name) => name !== undefined);
  const form = known.find(({ needs }) => needs.every((choice) => find(choice) !== undefined));
  if (form === undefined) return undefined;
  const columns = Object.entries(form.columns).flatMap(([field, wanted]) => {
    const name = find(wanted);
    return name === undefined ? [] : [[field, name] as const];
  });
  return { form: form.id, columns: Object.fromEntries(columns), mapping: { system: form.system, ...form.mapping } };
}

/** Xero marks the columns that its import needs with a star, as in `*InvoiceNumber`; a JSON member stands behind a point. */
const lastPart = (name: string): string => name.replace(/^\*/, "").replace(/^(Invoice|value)\./, "");
