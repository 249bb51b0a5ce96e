import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sql } from "kysely";
import { readEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import { isLedgerOnly } from "./contract.ts";
import type { ImportMapping, ImportWire } from "./contract-import.ts";
import { importFile } from "./import-file.ts";
import { openReceivables, receivablesOf } from "./service.ts";
import { receiveFile } from "./service-import.ts";
import { loadReport, findImport } from "./store-import.ts";
import { csv, testDeps } from "./testing.ts";

const SOLVIK = "3d5e9f0a-1111-4222-8333-444455556666";
const HAVSO = "3d5e9f0a-1111-4222-8333-444455556667";
const store = await testStore();
const deps = testDeps(store, {
  customers: [
    { id: SOLVIK, name: "Solvik Energi AB", domain: "solvik.example" },
    { id: HAVSO, name: "Havsö Logistik AB" },
  ],
});
const day = (text: string) => Temporal.PlainDate.from(text);

type Options = Partial<ImportMapping> & {
  readonly mode?: "all-or-nothing" | "resumable";
  readonly dryRun?: boolean;
  readonly fileName?: string;
};
async function take(bytes: Uint8Array, { mode, dryRun, fileName = "file.csv", ...mapping }: Options = {}) {
  return importFile({ source: { bytes, fileName }, mapping, mode, dryRun, actor: deps.actor }, deps);
}
async function taken(bytes: Uint8Array, options: Options = {}): Promise<ImportWire> {
  const result = await take(bytes, options);
  assert.ok(result.ok, result.ok ? "" : `${result.error.code}: ${result.error.detail}`);
  assert.deepEqual([result.value.state, result.value.failure], ["done", null]);
  return result.value;
}
const effectOf = ({ totals }: ImportWire) => totals?.effect;
const HEAD = ["Invoice number", "Tenant id", "Invoice date", "Due date", "Amount", "Currency"];
const openOf = async (asOf: string, id = SOLVIK) =>
  (await openReceivables(store.db, day(asOf), [id as never])).map(
    ({ outstandingMinor, unappliedMinor, depositsMinor, currency }) =>
      `${outstandingMinor} open, ${unappliedMinor} unapplied, ${depositsMinor} deposit ${currency}`,
  );

test("the same file again changes nothing and says so; a changed row is an update with an event", async () => {
  const system = "again";
  const first = csv(
    HEAD,
    ["A1", SOLVIK, "2026-01-01", "2026-01-31", "100.00", "SEK"],
    ["A2", HAVSO, "2026-01-02", "2026-02-01", "50.00", "SEK"],
  );
  assert.deepEqual(effectOf(await taken(first, { system })), { new: 2, changed: 0, same: 0 });
  const again = await taken(first, { system });
  assert.deepEqual([effectOf(again), again.sameFileAs === null], [{ new: 0, changed: 0, same: 2 }, false]);
  const changed = await taken(csv(HEAD, ["A1", SOLVIK, "2026-01-01", "2026-02-15", "120.00", "SEK"]), { system });
  assert.deepEqual(effectOf(changed), { new: 0, changed: 1, same: 0 });
  const [event] = await readEvents(store.db, { typePrefix: "receivables.invoices-changed", limit: 1 });
  assert.deepEqual([event?.customerId, (event?.data as { numbers: string[] } | undefined)?.numbers], [SOLVIK, ["A1"]]);
  const record = await findImport(store.db, changed.id);
  const report = await loadReport(store.db, record?.import_no ?? 0, { limit: 10 });
  assert.deepEqual(
    report.map(({ severity, before, after }) => [severity, before, after]),
    [["changed", { dueDate: "2026-01-31", amountMinor: "10000" }, { dueDate: "2026-02-15", amountMinor: "12000" }]],
  );
});

test("one event an import, with totals and the file's hash", async () => {
  const done = await taken(csv(HEAD, ["E1", SOLVIK, "2026-01-01", "2026-01-31", "1.00", "SEK"]), { system: "event" });
  const events = (await readEvents(store.db, { subject: { kind: "import", id: done.id }, limit: 10 })).map(
    ({ type }) => type,
  );
  assert.deepEqual(events, [
    "receivables.import-finished",
    "receivables.import-committed",
    "receivables.import-received",
  ]);
});

test("all or nothing: one bad row and nothing is kept; the refusal names line, column, value and fix", async () => {
  const bytes = csv(
    HEAD,
    ["B1", SOLVIK, "2026-01-01", "2026-01-31", "100.00", "SEK"],
    ["B2", "nobody", "2026-01-01", "2026-01-31", "100.00", "SEK"],
    ["B3", SOLVIK, "2026-13-01", "2026-01-31", "x", "SEK"],
  );
  const refused = await take(bytes, { system: "bad" });
  assert.ok(!refused.ok);
  assert.equal(refused.error.code, "rows-refused");
  assert.match(refused.error.detail, /2 rows cannot go in.*line 3, Tenant id is "nobody"/);
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from invoice where system = 'bad'`.execute(store.db);
  assert.equal(rows[0]?.n, 0n);
  const row = await taken(bytes, { system: "bad", mode: "resumable" });
  assert.deepEqual(
    [effectOf(row), row.totals?.rowsRefused, row.problems.map(({ line, code }) => `${line} ${code}`)],
    [{ new: 1, changed: 0, same: 0 }, 2, ["3 customer-unknown", "4 amount-not-a-number", "4 day-unreadable"]],
  );
});

const problems: readonly (readonly [string, readonly string[], string])[] = [
  ["a due date before the invoice date", ["P1", SOLVIK, "2026-02-01", "2026-01-01", "1.00", "SEK"], "due-before-issue"],
  [
    "thousands written with the decimal sign",
    ["P2", SOLVIK, "2026-01-01", "2026-01-31", "1.000", "SEK"],
    "amount-decimals",
  ],
  ["a currency that is none", ["P3", SOLVIK, "2026-01-01", "2026-01-31", "1.00", "SEKK"], "currency-unknown"],
  ["no currency anywhere", ["P4", SOLVIK, "2026-01-01", "2026-01-31", "1.00", ""], "currency-missing"],
  ["no number", ["", SOLVIK, "2026-01-01", "2026-01-31", "1.00", "SEK"], "number-missing"],
  ["no customer", ["P5", "", "2026-01-01", "2026-01-31", "1.00", "SEK"], "customer-missing"],
  ["no due date and no terms", ["P6", SOLVIK, "2026-01-01", "", "1.00", "SEK"], "day-missing"],
  ["a short line", ["P7", SOLVIK, "2026-01-01"], "columns-differ"],
  ["a line with more cells", ["P8", SOLVIK, "2026-01-01", "2026-01-31", "1", "50", "SEK"], "columns-differ"],
  ["a lost quotation mark", ['"P9', SOLVIK, "2026-01-01", "2026-01-31", "1.00", "SEK"], "quote-open"],
];
for (const [says, row, code] of problems)
  test(`a row with ${says} is refused: ${code}`, async () => {
    const looked = await take(csv(HEAD, ["OK", SOLVIK, "2026-01-01", "2026-01-31", "1.00", "SEK"], row), {
      dryRun: true,
      system: "problems",
    });
    assert.ok(looked.ok);
    assert.deepEqual([looked.value.problems.map((one) => one.code), looked.value.totals?.rowsGood], [[code], 1]);
  });

test("rows that stand twice: the same is one, a different one is refused, a sum line is left out", async () => {
  const row = ["T1", SOLVIK, "2026-01-01", "2026-01-31", "10.00", "SEK"];
  const looked = await take(
    csv(HEAD, row, row, ["T1", SOLVIK, "2026-01-01", "2026-01-31", "11.00", "SEK"], ["Total", "", "", "", "31.00", ""]),
    { dryRun: true, system: "twice" },
  );
  assert.ok(looked.ok);
  assert.deepEqual(
    looked.value.problems.map(({ line, code, severity }) => `${line} ${code} ${severity}`),
    ["3 repeated noted", "4 number-twice refused", "5 total-row noted"],
  );
});

const text =
  "Fakturanr;Kund;Fakturadatum;Förfallodatum;Belopp;Valuta\r\nÅ1;Havsö Logistik AB;3.1.2026;2.2.2026;1 234,50;SEK\r\n";
const utf16 = (bigEndian: boolean) => {
  const bytes = Buffer.from(`\uFEFF${text}`, "utf16le");
  return bigEndian ? bytes.swap16() : bytes;
};
for (const [encoding, bytes] of [
  ["utf-8", Buffer.from(text)],
  ["utf-8", Buffer.from(`\uFEFF${text}`)],
  ["windows-1252", Buffer.from(text, "latin1")],
  ["utf-16le", utf16(false)],
  ["utf-16be", utf16(true)],
  ["utf-16le", utf16(false).subarray(2)],
] as const)
  test(`reads Swedish text in ${encoding}${bytes[0] === 0xef || bytes[0] === 0xff || bytes[0] === 0xfe ? " with a byte order mark" : ""}`, async () => {
    const looked = await take(bytes, { dryRun: true, system: "swedish" });
    assert.ok(looked.ok, looked.ok ? "" : looked.error.detail);
    assert.deepEqual(
      [looked.value.format.encoding, looked.value.problems, looked.value.totals?.currencies[0]?.amount],
      [encoding, [], { minor: "123450", currency: "SEK" }],
    );
    assert.equal(looked.value.totals?.customers.matched, 1);
  });

test("JSON and NDJSON go in with all their digits", async () => {
  const rows = [
    {
      invoiceNumber: "J1",
      customer: { tenantId: SOLVIK },
      invoiceDate: "2026-01-01",
      dueDate: "2026-01-31",
      amount: 90071992547.93,
      currency: "SEK",
    },
    {
      invoiceNumber: 9_007_199_254_740_993n.toString(),
      customer: { tenantId: HAVSO },
      invoiceDate: "2026-01-01",
      dueDate: "2026-01-31",
      amount: 5,
      currency: "EUR",
    },
  ];
  const columns = { tenantId: "customer.tenantId" };
  for (const [fileName, body] of [
    ["a.json", JSON.stringify({ invoices: rows })],
    ["b.ndjson", rows.map((row) => JSON.stringify(row)).join("\n")],
  ] as const) {
    const looked = await take(new TextEncoder().encode(body), { dryRun: true, fileName, columns, system: "json" });
    assert.ok(looked.ok, looked.ok ? "" : looked.error.detail);
    assert.deepEqual(
      looked.value.totals?.currencies.map(({ amount }) => amount.minor),
      ["500", "9007199254793"],
    );
  }
});

for (const [says, bytes, code] of [
  ["an empty file", new Uint8Array(), "file-empty"],
  ["an Excel file", Buffer.from("504b030414000600", "hex"), "file-binary"],
  ["a saved web page", new TextEncoder().encode("404 Not Found\nnothing here\n"), "file-not-a-table"],
  ["broken JSON", new TextEncoder().encode('[{"a":1},'), "file-not-json"],
] as const)
  test(`${says} is refused: ${code}`, async () => {
    const refused = await take(bytes);
    assert.equal(refused.ok ? "taken" : refused.error.code, code);
  });

test("dates that can be read both ways are asked about, never guessed", async () => {
  const refused = await take(csv(HEAD, ["D1", SOLVIK, "1/3/2026", "2/4/2026", "1.00", "SEK"]), { system: "dates" });
  assert.equal(refused.ok ? "taken" : refused.error.code, "date-order-needed");
  const told = await taken(csv(HEAD, ["D1", SOLVIK, "1/3/2026", "2/4/2026", "1.00", "SEK"]), {
    system: "dates",
    dateOrder: "mdy",
  });
  assert.deepEqual([told.totals?.firstDay], ["2026-01-03"]);
});

test("payments: named invoice first, then the oldest due, the rest unapplied; a payment before its invoice finds it later", async () => {
  const system = "pay";
  const id = HAVSO;
  const payments = (...rows: string[][]) =>
    csv(["Payment id", "Tenant id", "Value date", "Amount", "Currency", "Invoice number"], ...rows);
  await taken(payments(["X0", id, "2026-01-01", "20.00", "NOK", "Y3"]), { system });
  assert.deepEqual(await openOf("2026-01-05", id).then((rows) => rows.filter((row) => row.endsWith("NOK"))), [
    "0 open, 2000 unapplied, 0 deposit NOK",
  ]);
  await taken(
    csv(
      HEAD,
      ["Y1", id, "2026-01-10", "2026-02-09", "100.00", "NOK"],
      ["Y2", id, "2026-01-11", "2026-02-10", "100.00", "NOK"],
      ["Y3", id, "2026-01-12", "2026-02-11", "50.00", "NOK"],
    ),
    { system },
  );
  await taken(
    payments(["X1", id, "2026-02-20", "100.00", "NOK", "Y2"], ["X2", id, "2026-03-01", "300.00", "NOK", ""]),
    { system },
  );
  const nok = async (asOf: string) => (await openOf(asOf, id)).filter((row) => row.endsWith("NOK"));
  assert.deepEqual(await nok("2026-01-11"), ["20000 open, 2000 unapplied, 0 deposit NOK"]);
  assert.deepEqual(await nok("2026-01-12"), ["23000 open, 0 unapplied, 0 deposit NOK"]);
  assert.deepEqual(await nok("2026-02-20"), ["13000 open, 0 unapplied, 0 deposit NOK"]);
  assert.deepEqual(await nok("2026-03-01"), ["0 open, 17000 unapplied, 0 deposit NOK"]);
  assert.deepEqual(effectOf(await taken(payments(["X1", id, "2026-02-20", "100.00", "NOK", "Y2"]), { system })), {
    new: 0,
    changed: 0,
    same: 1,
  });
});

test("an open-items export every week: what is no longer open counts as paid from the day of the export", async () => {
  const system = "weekly";
  const items = (balance: string) =>
    csv([...HEAD, "Balance"], ["W1", SOLVIK, "2026-01-01", "2026-01-31", "100.00", "DKK", balance]);
  const dkk = async (asOf: string) => (await openOf(asOf)).filter((row) => row.endsWith("DKK"));
  await taken(items("100.00"), { system, balanceDay: "2026-02-01" });
  await taken(items("40.00"), { system, balanceDay: "2026-02-08" });
  assert.deepEqual(
    [await dkk("2026-02-07"), await dkk("2026-02-08")],
    [["10000 open, 0 unapplied, 0 deposit DKK"], ["4000 open, 0 unapplied, 0 deposit DKK"]],
  );
  await taken(items("0.00"), { system, balanceDay: "2026-02-15" });
  assert.deepEqual([await dkk("2026-02-14"), await dkk("2026-02-15")], [["4000 open, 0 unapplied, 0 deposit DKK"], []]);
  assert.deepEqual(effectOf(await taken(items("0.00"), { system, balanceDay: "2026-02-22" })), {
    new: 0,
    changed: 0,
    same: 1,
  });
});

test("deposits and credit notes", async () => {
  const system = "other";
  await taken(
    csv(
      ["Deposit no", "Tenant id", "Date", "Amount", "Currency"],
      ["K1", SOLVIK, "2026-01-01", "200.00", "GBP"],
      ["K2", SOLVIK, "2026-02-01", "-50.00", "GBP"],
    ),
    { system },
  );
  await taken(
    csv(
      [...HEAD, "Type"],
      ["C1", SOLVIK, "2026-01-05", "2026-02-04", "80.00", "GBP", "Invoice"],
      ["C2", SOLVIK, "2026-01-20", "2026-01-20", "30.00", "GBP", "Credit note"],
    ),
    { system },
  );
  const gbp = async (asOf: string) => (await openOf(asOf)).filter((row) => row.endsWith("GBP"));
  assert.deepEqual(await gbp("2026-01-10"), ["8000 open, 0 unapplied, 20000 deposit GBP"]);
  assert.deepEqual(await gbp("2026-02-01"), ["5000 open, 0 unapplied, 15000 deposit GBP"]);
});

test("a saved mapping is found again by the header", async () => {
  const bytes = csv(["No", "Who", "Out", "In", "Sum"], ["S1", SOLVIK, "2026-01-01", "2026-01-31", "1.50"]);
  const columns = { invoiceNumber: "No", tenantId: "Who", issueDate: "Out", dueDate: "In", amount: "Sum" };
  const { commitImport, previewImport } = await import("./service-import.ts");
  const by = { actor: deps.actor, now: deps.clock.now(), deps };
  const received = await store.inTransaction((tx) =>
    receiveFile(tx, { fileName: "a.csv", bytes, kind: "invoices" }, by),
  );
  assert.ok(received.ok);
  const mapping = { ...received.value.mapping, columns, dateOrder: "ymd", currency: "SEK", system: "saved" } as const;
  const previewed = await store.inTransaction((tx) => previewImport(tx, received.value.import_id, { ...by, mapping }));
  assert.ok(previewed.ok, previewed.ok ? "" : previewed.error.detail);
  const committed = await store.inTransaction((tx) =>
    commitImport(tx, received.value.import_id, { ...by, mode: "all-or-nothing", saveMappingAs: "Our ledger" }),
  );
  assert.ok(committed.ok, committed.ok ? "" : committed.error.detail);
  assert.deepEqual([committed.value.state, deps.queued.at(-1)], ["queued", "receivables.import"]);
  const again = await store.inTransaction((tx) => receiveFile(tx, { fileName: "b.csv", bytes, kind: "invoices" }, by));
  assert.ok(again.ok);
  assert.deepEqual(
    [again.value.mapping_from, again.value.mapping.columns],
    [{ kind: "saved", name: "Our ledger" }, columns],
  );
});

const IBM = join(import.meta.dirname, "../../../shared/collections/data/ibm_accounts_receivable.train.csv");
test(
  "the public sample of 1,726 invoices goes in as it is",
  { skip: existsSync(IBM) ? false : `the reference file is not on this machine: ${IBM}` },
  async () => {
    const result = await importFile(
      {
        source: { path: IBM },
        mapping: { currency: "USD", unknownCustomers: "create", system: "ibm" },
        actor: deps.actor,
      },
      deps,
    );
    assert.ok(result.ok, result.ok ? "" : result.error.detail);
    const { totals, mapping, problems } = result.value;
    assert.deepEqual(
      [totals?.rowsGood, totals?.customers.ledgerOnly, problems.length, mapping.dateOrder],
      [1_726, 100, 0, "mdy"],
    );
    assert.deepEqual(
      [totals?.firstDay, totals?.currencies[0]?.amount, totals?.currencies[0]?.open.minor],
      ["2012-01-03", { minor: "10303064", currency: "USD" }, "0"],
    );
    // Every invoice is settled, on its own day: nothing is open in the end, much is on the way, and lateness is the file's own.
    const usd = async (asOf: string) =>
      (await openReceivables(store.db, day(asOf))).filter(({ currency }) => currency === "USD");
    assert.equal((await usd("2014-01-01")).length, 0);
    const then = await usd("2012-06-30");
    assert.ok(then.every(({ customerId }) => isLedgerOnly(customerId)));
    assert.equal(
      then.reduce((sum, { outstandingMinor }) => sum + outstandingMinor, 0n),
      550_409n,
    );
    const { rows } = await sql<{
      late: bigint;
      disputed: bigint;
    }>`select count(*) filter (where settled_on > due_date) as late, count(*) filter (where disputed) as disputed from invoice where system = 'ibm'`.execute(
      store.db,
    );
    assert.deepEqual(
      [Number(rows[0]?.late), Number(rows[0]?.disputed)],
      [Math.round(1_726 * 0.382), Math.round(1_726 * 0.226)],
    );
    const again = await importFile(
      {
        source: { path: IBM },
        mapping: { currency: "USD", unknownCustomers: "create", system: "ibm" },
        actor: deps.actor,
      },
      deps,
    );
    assert.ok(again.ok);
    assert.deepEqual(again.value.totals?.effect, { new: 0, changed: 0, same: 1_726 });
  },
);

test("a customer nobody imported anything for is unknown, not settled", async () => {
  const nobody = await receivablesOf(store.db, "00000000-1111-4222-8333-444455556666" as never, day("2026-01-01"));
  assert.equal(nobody.known, "none");
  assert.equal((await receivablesOf(store.db, SOLVIK as never, day("2026-11-17"))).known, "figures");
});
