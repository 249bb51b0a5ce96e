import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bareAmount, parseAmount, proposeNumberStyle } from "./decide-amounts.ts";
import { parseFileDate, possibleDateOrders } from "./decide-dates.ts";
import { looksLikeHeader, proposeColumns, proposeKind } from "./decide-mapping.ts";
import { documentTypeOf, yesOrNo } from "./decide-words.ts";

for (const [text, order, iso] of [
  ["2012-01-03", "mdy", "2012-01-03"],
  ["20120103", "dmy", "2012-01-03"],
  ["2012/1/3", "dmy", "2012-01-03"],
  ["1/3/2012", "mdy", "2012-01-03"],
  ["1/3/2012", "dmy", "2012-03-01"],
  ["3.1.2012", "mdy", "2012-01-03"],
  ["03.01.12", "ymd", "2012-01-03"],
  ["3-1-2012", "dmy", "2012-01-03"],
  ["15 Jul 2026", "ymd", "2026-07-15"],
  ["15. Juli 2026", "ymd", "2026-07-15"],
  ["15 mei 2026", "ymd", "2026-05-15"],
  ["15 okt. 2026", "ymd", "2026-10-15"],
  ["Jul 15, 2026", "ymd", "2026-07-15"],
  ["15 heinäkuuta 2026", "ymd", "2026-07-15"],
  ["2026-07-15T10:20:30Z", "ymd", "2026-07-15"],
  ["15.7.2026 10:20", "ymd", "2026-07-15"],
  ["2026-02-29", "ymd", undefined],
  ["2024-02-29", "ymd", "2024-02-29"],
  ["30/02/2026", "dmy", undefined],
  ["1/13/2012", "dmy", undefined],
  ["1/3/2012", "ymd", undefined],
  ["1801-01-01", "ymd", undefined],
  ["tomorrow", "dmy", undefined],
  ["", "dmy", undefined],
] as const)
  test(`"${text}" read ${order} is ${iso ?? "no day"}`, () => assert.equal(parseFileDate(text, order), iso));

for (const [cells, orders] of [
  [["1/3/2012", "1/23/2012"], ["mdy"]],
  [["1/3/2012", "23/1/2012"], ["dmy"]],
  [
    ["1/3/2012", "2/4/2012"],
    ["dmy", "mdy"],
  ],
  [["3.1.2012"], ["dmy"]],
  [["2012-01-03"], ["ymd"]],
  [["15 Jul 2026"], ["ymd"]],
  [["1/23/2012", "rubbish", "1/3/2012"], ["mdy"]],
  [["hello"], []],
  [[], []],
] as const)
  test(`dates ${JSON.stringify(cells)} can be read ${orders.join(" and ") || "in no order"}`, () =>
    assert.deepEqual(possibleDateOrders(cells), orders));

test("every day is read back in every way people write it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30_000 }), (offset) => {
      const day = Temporal.PlainDate.from("1990-01-01").add({ days: offset });
      const { year, month, day: d } = day;
      for (const [text, order] of [
        [day.toString(), "ymd"],
        [`${d}.${month}.${year}`, "mdy"],
        [`${d}/${month}/${year}`, "dmy"],
        [`${month}/${d}/${year}`, "mdy"],
        [day.toString().replaceAll("-", ""), "dmy"],
      ] as const)
        assert.equal(parseFileDate(text, order), day.toString());
    }),
  );
});

const POINT = { decimal: ".", group: "," } as const;
const COMMA = { decimal: ",", group: " " } as const;
const DOTS = { decimal: ",", group: "." } as const;
for (const [text, style, currency, minor] of [
  ["50.39", POINT, "USD", 5_039n],
  ["50", POINT, "USD", 5_000n],
  ["1,234.50", POINT, "USD", 123_450n],
  ["1 234,50", COMMA, "SEK", 123_450n],
  ["1\u00a0234,50", COMMA, "SEK", 123_450n],
  ["1.234,50", DOTS, "EUR", 123_450n],
  ["-1.234,5", DOTS, "EUR", -123_450n],
  ["(99.00)", POINT, "USD", -9_900n],
  ["99,00-", COMMA, "SEK", -9_900n],
  ["1234", POINT, "JPY", 1_234n],
  ["1.5", POINT, "JPY", "too-many-decimals"],
  ["1.234", POINT, "KWD", 1_234n],
  ["1.234", POINT, "USD", "too-many-decimals"],
  ["1.000", POINT, "USD", "too-many-decimals"],
  ["1,000", DOTS, "EUR", "too-many-decimals"],
  ["12.34000", POINT, "USD", 1_234n],
  ["1,23.4", POINT, "USD", "not-a-number"],
  ["abc", POINT, "USD", "not-a-number"],
  ["", POINT, "USD", "not-a-number"],
  ["999999999999999", POINT, "USD", "too-large"],
] as const)
  test(`"${text}" with "${style.decimal}" in ${currency} is ${minor}`, () => {
    const parsed = parseAmount(text, style, currency);
    assert.deepEqual(parsed.ok ? parsed.value : parsed.error, minor);
  });

for (const [text, number, currency] of [
  ["$4,250.00", "4,250.00", undefined],
  ["1 234,50 kr", "1 234,50", undefined],
  ["SEK 500", "500", "SEK"],
  ["500,00 EUR", "500,00", "EUR"],
  ["-500", "-500", undefined],
  ["ABC 500", "500", undefined],
] as const)
  test(`"${text}" is the number "${number}"${currency ? ` in ${currency}` : ""}`, () =>
    assert.deepEqual(bareAmount(text), { number, currency }));

for (const [cells, delimiter, decimal, group] of [
  [["50.39", "1,234.50"], ",", ".", ","],
  [["50,39", "1 234,50"], ";", ",", " "],
  [["1.234,50", "99,00"], ";", ",", "."],
  [["100", "200"], ",", ".", ","],
  [["100", "200"], ";", ",", " "],
] as const)
  test(`amounts ${cells.join(" and ")} have the decimal sign "${decimal}"`, () =>
    assert.deepEqual(proposeNumberStyle(cells, delimiter), { decimal, group }));

const GUIDS = ["3d5e9f0a-1111-4222-8333-444455556666", "3d5e9f0a-1111-4222-8333-444455556667"];
const headers: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  [
    "Xero",
    "ContactName,EmailAddress,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,InvoiceAmountPaid,InvoiceAmountDue,Currency,Type",
    {
      customerName: "ContactName",
      invoiceNumber: "InvoiceNumber",
      reference: "Reference",
      issueDate: "InvoiceDate",
      dueDate: "DueDate",
      amount: "Total",
      paidAmount: "InvoiceAmountPaid",
      openAmount: "InvoiceAmountDue",
      currency: "Currency",
      documentType: "Type",
    },
  ],
  [
    "QuickBooks",
    "Date,Transaction type,Num,Customer,Due date,Open balance,Amount",
    {
      issueDate: "Date",
      documentType: "Transaction type",
      invoiceNumber: "Num",
      customerName: "Customer",
      dueDate: "Due date",
      openAmount: "Open balance",
      amount: "Amount",
    },
  ],
  [
    "Fortnox",
    "DocumentNumber,CustomerNumber,InvoiceDate,DueDate,Total,Balance,Currency,OCR",
    {
      invoiceNumber: "DocumentNumber",
      customerNumber: "CustomerNumber",
      issueDate: "InvoiceDate",
      dueDate: "DueDate",
      amount: "Total",
      openAmount: "Balance",
      currency: "Currency",
      paymentReference: "OCR",
    },
  ],
  [
    "Business Central",
    "Entry No.,Document Type,Document No.,Customer No.,Posting Date,Due Date,Original Amount,Remaining Amount,Currency Code,Closed at Date,On Hold",
    {
      documentType: "Document Type",
      invoiceNumber: "Document No.",
      customerNumber: "Customer No.",
      issueDate: "Posting Date",
      dueDate: "Due Date",
      amount: "Original Amount",
      openAmount: "Remaining Amount",
      currency: "Currency Code",
      settledDate: "Closed at Date",
      held: "On Hold",
    },
  ],
  [
    "Swedish",
    "Fakturanr,Kundnr,Kundnamn,Fakturadatum,Förfallodatum,Belopp (SEK),Restbelopp,Valuta",
    {
      invoiceNumber: "Fakturanr",
      customerNumber: "Kundnr",
      customerName: "Kundnamn",
      issueDate: "Fakturadatum",
      dueDate: "Förfallodatum",
      amount: "Belopp (SEK)",
      openAmount: "Restbelopp",
      currency: "Valuta",
    },
  ],
  [
    "German",
    "Rechnungsnummer,Kundennummer,Rechnungsdatum,Fälligkeitsdatum,Rechnungsbetrag,Offener Betrag,Währung",
    {
      invoiceNumber: "Rechnungsnummer",
      customerNumber: "Kundennummer",
      issueDate: "Rechnungsdatum",
      dueDate: "Fälligkeitsdatum",
      amount: "Rechnungsbetrag",
      openAmount: "Offener Betrag",
      currency: "Währung",
    },
  ],
  [
    "Dutch",
    "Factuurnummer,Klantnummer,Factuurdatum,Vervaldatum,Bedrag,Openstaand",
    {
      invoiceNumber: "Factuurnummer",
      customerNumber: "Klantnummer",
      issueDate: "Factuurdatum",
      dueDate: "Vervaldatum",
      amount: "Bedrag",
      openAmount: "Openstaand",
    },
  ],
  [
    "Danish",
    "Fakturanummer,Kundenummer,Fakturadato,Forfaldsdato,Beløb",
    {
      invoiceNumber: "Fakturanummer",
      customerNumber: "Kundenummer",
      issueDate: "Fakturadato",
      dueDate: "Forfaldsdato",
      amount: "Beløb",
    },
  ],
  [
    "Norwegian",
    "Fakturanr,Kundenr,Fakturadato,Forfall,Beløp,Restbeløp",
    {
      invoiceNumber: "Fakturanr",
      customerNumber: "Kundenr",
      issueDate: "Fakturadato",
      dueDate: "Forfall",
      amount: "Beløp",
      openAmount: "Restbeløp",
    },
  ],
  [
    "Finnish",
    "Laskunumero,Asiakasnumero,Laskun päiväys,Eräpäivä,Summa,Avoinna",
    {
      invoiceNumber: "Laskunumero",
      customerNumber: "Asiakasnumero",
      dueDate: "Eräpäivä",
      amount: "Summa",
      openAmount: "Avoinna",
    },
  ],
];
for (const [system, line, expected] of headers)
  test(`proposes a mapping for ${system} headers`, () => {
    const names = line.split(",");
    const samples = { Customer: ["Solvik Energi AB", "Havsö Logistik AB"] } as Record<string, string[]>;
    const proposed = proposeColumns(
      "invoices",
      names.map((name) => ({ name, samples: samples[name] ?? ["1"] })),
    );
    for (const [field, name] of Object.entries(expected))
      assert.equal(proposed[field as keyof typeof proposed], name, field);
    assert.equal(proposeKind(names), "invoices");
    assert.ok(looksLikeHeader(names));
  });

test("a customer column of GUIDs is the tenant id", () =>
  assert.equal(proposeColumns("invoices", [{ name: "customerID", samples: GUIDS }]).tenantId, "customerID"));
test("data is not a header", () => assert.equal(looksLikeHeader(["1001", "2026-01-31", "99.50"]), false));
test("payments and deposits are told apart", () => {
  assert.equal(proposeKind(["Payment id", "Customer", "Value date", "Amount"]), "payments");
  assert.equal(proposeKind(["Deposit no", "Customer", "Date", "Amount"]), "deposits");
});

for (const [text, is] of [
  ["Yes", true],
  ["nej", false],
  ["Ja", true],
  ["x", true],
  ["0", false],
  ["kyllä", true],
  ["maybe", undefined],
] as const)
  test(`"${text}" is ${is ?? "neither yes nor no"}`, () => assert.equal(yesOrNo(text), is));
for (const [text, is] of [
  ["", "invoice"],
  ["Kreditfaktura", "credit-note"],
  ["Credit Memo", "credit-note"],
  ["Gutschrift", "credit-note"],
  ["ACCREC", "invoice"],
  ["Betalning", "payment"],
  ["Återbetalning", "refund"],
  ["Write-off", "write-off"],
  ["Journal", undefined],
] as const)
  test(`document type "${text}" is ${is ?? "unknown"}`, () => assert.equal(documentTypeOf(text), is));
