/** Every sample file of a bank: what is in it, or why it is refused. The files are read in place and never copied. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { moneyToText } from "../../core/money.ts";
import { isCurrency } from "../../core/currency.ts";
import { readBankFile } from "./read-bank-file.ts";

const FOLDER = join(import.meta.dirname, "../../../../shared/collections/data/payments");
const skip = existsSync(FOLDER) ? false : `the sample files are not beside this clone (${FOLDER})`;

/** currency, entries, sum of entries, how it ties. */
type Row = readonly [currency: string, entries: number, sum: string, tie: string];
const INTRADAY: Row = ["SEK", 1, "-200000.00", "shown"];
const TAKEN: Readonly<Record<string, readonly Row[]>> = {
  // PF-01: 4 deposits; a deposit ties when its payments sum to what was paid in, or the file would be refused.
  "bgmax/zimpler-BgMaxfil4.txt": [
    ["SEK", 2, "3700.00", "ties"],
    ["SEK", 1, "2000.00", "ties"],
    ["SEK", 4, "2900.00", "ties"],
    ["EUR", 2, "4000.00", "ties"],
  ],
  "bgmax/bankgirot-exempelfil-ocr-rickardlindgren.txt": [
    ["SEK", 3, "1900.00", "ties"],
    ["SEK", 4, "8000.00", "ties"],
    ["EUR", 2, "4000.00", "ties"],
  ],
  "bgmax/zimpler-minimal.txt": [["SEK", 1, "1100.00", "ties"]],
  "camt/genkgo-camt052.v1.xml": [INTRADAY],
  "camt/genkgo-camt052.v2.xml": [INTRADAY],
  "camt/genkgo-camt052.v2.other-account.xml": [INTRADAY],
  "camt/genkgo-camt052.v4.xml": [INTRADAY],
  "camt/genkgo-camt052.v6.xml": [INTRADAY],
  "camt/genkgo-camt052.v8.xml": [INTRADAY],
  "camt/genkgo-camt053.v2.five.decimals.xml": [["EUR", 1, "8.85", "differs by 0.05"]],
  "camt/genkgo-camt053.v2.minimal.ultimate.xml": [["EUR", 1, "8.85", "unknown: closes in SEK"]],
  "camt/genkgo-camt053.v2.multi.statement.xml": [
    ["EUR", 1, "8.85", "ties"],
    ["EUR", 1, "-7.00", "ties"],
  ],
  "camt/genkgo-camt053.v2.with-account-name.xml": [["EUR", 1, "8.85", "unknown"]],
  "camt/genkgo-camt053.v3.xml": [["EUR", 1, "8.85", "unknown: closes in SEK"]],
  "camt/genkgo-camt053.v8.xml": [["EUR", 1, "8.85", "unknown: closes in SEK"]],
  "camt/genkgo-camt53.only-Dt-with-DtTm.xml": [["RON", 0, "0.00", "unknown"]],
  "camt/genkgo-camt054.v2.with-account-name.xml": [["SEK", 1, "-200000.00", "unknown"]],
  "camt/genkgo-camt054.v4.xml": [["SEK", 1, "-200000.00", "unknown"]],
  "camt/genkgo-camt054.v8.xml": [["SEK", 1, "-200000.00", "unknown"]],
  "camt/genkgo-camt054.v8-with-UETR.xml": [["SEK", 1, "-200000.00", "unknown"]],
  // PF-04: one entry of 3,483.00 with two details, allocated apart; 75,960.15 + 3,483.00 = 79,443.15.
  "camt/oca-test-camt053-txdtls.xml": [["CHF", 2, "3483.00", "ties"]],
  "camt/oca-test-camt054.xml": [["EUR", 1, "5.00", "unknown"]],
  "mt940/cmxl-mt940.sta": [
    ["DEM", 11, "8730 minor", "ties: no such currency"],
    ["EUR", 2, "2200.00", "ties"],
    ["PLN", 3, "10040.00", "ties"],
  ],
  "mt940/jejik-generic.sta": [
    ["EUR", 1, "-10.00", "ties"],
    ["EUR", 1, "-10.00", "ties"],
  ],
  "mt940/jejik-ing.sta": [["EUR", 7, "-45.59", "differs by 49.06"]],
  "mt940/mBank-mt940.sta": [["PLN", 3, "0.03", "ties"]],
  "mt940/self-provided-february_30.sta": [["EUR", 1, "-6.00", "ties"]],
  "bai2/moov-sample1.txt": [
    ["CAD", 11, "0.00", "unknown"],
    ["CAD", 6, "0.00", "unknown"],
  ],
  "bai2/moov-sample2.txt": [
    ["USD", 1, "4500.00", "unknown"],
    ["USD", 1, "5000.00", "unknown"],
    ["USD", 2, "300000.00", "unknown"],
    ["USD", 0, "0.00", "unknown"],
    ["USD", 0, "0.00", "unknown"],
  ],
};

/** File, code of the first fault, its line, and words of what it says. */
const REFUSED = [
  // PF-02
  ["bgmax/zimpler-BgMaxfil4_broken.txt", "trailer-differs", 67, "counts 8 payments (record 20), the file holds 9"],
  ["bgmax/zimpler-isolated_deposit.txt", "fragment-no-start", 1, "a piece of a file"],
  // PF-06
  ["camt/genkgo-camt053.v2.wrong.xml", "no-statement", 3, "no Stmt element"],
  ["bai2/moov-sample4-continuations-newline-delimited.txt", "control-total-differs", 22, "sum to 7999960"],
  ["sie/jsisie-BokSald.SE", "web-page", 1, "saved web page"],
] as const;

/** Opening + moved = closing of account 1510, in öre. */
const SIE = [
  ["sie/jsisie-BL0001_typ1.SE", "1", 0, 37_226_090n, 0n, 34_749_790n],
  ["sie/jsisie-BL0001_typ4.SE", "4", 84, 37_226_090n, -2_476_300n, 34_749_790n],
  ["sie/jsisie-Exempelbolaget_SIE_110322_B_33.si", "4", 13, undefined, -19_931_300n, undefined],
  ["sie/jsisie-FAKT.SI", "4", 1, undefined, 800_000n, undefined],
] as const;

const read = (name: string) => readBankFile(readFileSync(join(FOLDER, name)));
const amount = (minor: bigint, currency: string) =>
  isCurrency(currency) ? moneyToText({ minor, currency }) : `${minor} minor`;
function rowsOf(name: string): readonly Row[] {
  const file = read(name);
  assert.ok(file.ok, file.ok ? "" : (file.error[0]?.message ?? ""));
  return file.value.statements.map((one) => {
    const other = one.notes.find(({ code }) => code === "balance-other-currency")?.read;
    const tie =
      one.use === "shown"
        ? "shown"
        : one.tie.kind === "differs"
          ? `differs by ${amount(one.tie.differenceMinor, one.currency)}`
          : one.tie.kind;
    const sum = one.entries.reduce((total, entry) => total + entry.amountMinor, 0n);
    const noSuch = one.notes.some(({ code }) => code === "currency-unknown") ? ": no such currency" : "";
    return [
      one.currency,
      one.entries.length,
      amount(sum, one.currency),
      tie + noSuch + (other === undefined ? "" : `: closes in ${other}`),
    ];
  });
}

for (const [name, rows] of Object.entries(TAKEN))
  test(`${name} is read: ${rows.map((row) => row.join(" ")).join("; ")}`, { skip }, () =>
    assert.deepEqual(rowsOf(name), rows),
  );

for (const [name, code, line, words] of REFUSED)
  test(`${name} is refused: ${code} in line ${line}`, { skip }, () => {
    const file = read(name);
    const fault = file.ok ? undefined : file.error[0];
    assert.deepEqual([fault?.code, fault?.line], [code, line]);
    assert.ok(fault?.message.includes(words), fault?.message ?? "not refused");
    assert.ok((fault?.fix.length ?? 0) > 10);
  });

for (const [name, type, vouchers, openingMinor, movedMinor, closingMinor] of SIE)
  test(`${name} tells the total of 1510, never open items`, { skip }, () => {
    const file = read(name);
    assert.ok(file.ok);
    const check = file.value.ledgerCheck;
    assert.deepEqual(
      [file.value.version, check?.vouchers, check?.openingMinor, check?.movedMinor, check?.closingMinor],
      [type, vouchers, openingMinor, movedMinor, closingMinor],
    );
    assert.deepEqual([check?.unbalanced, file.value.statements], [[], []]);
  });

test("betterplace-sepa_mt9401.sta: 26 statements with 97 entries, all tie", { skip }, () => {
  const rows = rowsOf("mt940/betterplace-sepa_mt9401.sta");
  assert.deepEqual(
    [rows.length, rows.reduce((sum, row) => sum + row[1], 0), new Set(rows.map((row) => row[3]))],
    [26, 97, new Set(["ties"])],
  );
});

test("every sample file stands in this table", { skip }, () => {
  const known = new Set([...Object.keys(TAKEN), ...REFUSED.map(([name]) => name), ...SIE.map(([name]) => name)]);
  const files = globSync("{camt,bgmax,mt940,bai2,sie}/*", { cwd: FOLDER }).map((path) => path.replaceAll("\\", "/"));
  assert.deepEqual(
    files.filter((name) => !known.has(name) && name !== "mt940/betterplace-sepa_mt9401.sta"),
    [],
  );
  assert.equal(files.length, 39);
});

test("PF-04: the details of a batch keep their own reference and payer", { skip }, () => {
  const file = read("camt/oca-test-camt053-txdtls.xml");
  assert.ok(file.ok);
  assert.deepEqual(
    file.value.statements[0]?.entries.map((one) => [
      one.amountMinor,
      one.references[0]?.kind,
      one.references[0]?.value,
      one.counterparty.account,
      one.batch?.totalMinor,
      one.sourceId,
    ]),
    [
      [
        218_700n,
        "isr",
        "302388292000011111111111111",
        "CH2222000000123456789",
        348_300n,
        "20170323001234567891234567891234",
      ],
      [
        129_600n,
        "isr",
        "302388292000022222222222222",
        "CH3333000000123456789",
        348_300n,
        "20170323001234567891234567891234",
      ],
    ],
  );
});

test(
  "BgMax: several invoices for one sum have no amounts of their own, a set-off credit note has a negative one",
  { skip },
  () => {
    const file = read("bgmax/zimpler-BgMaxfil4.txt");
    assert.ok(file.ok);
    const [first, second, third] = file.value.statements;
    assert.deepEqual(
      first?.entries[0]?.references.map((one) => [one.value, one.amountMinor]),
      [
        ["665760", undefined],
        ["665869", undefined],
        ["665661", undefined],
        ["657775", undefined],
      ],
    );
    assert.deepEqual(
      second?.entries[0]?.references.map((one) => [one.value, one.amountMinor]),
      [
        ["573964", 170_000n],
        ["573865", 30_000n],
      ],
    );
    assert.deepEqual(third?.entries[3]?.references.at(-1), { kind: "ocr", value: "74450", amountMinor: -50_000n });
    assert.equal(first?.entries[0]?.counterparty.name, "Kalles Plåt AB");
  },
);

test("30 February is the last of that month, and said", { skip }, () => {
  const file = read("mt940/self-provided-february_30.sta");
  assert.ok(file.ok);
  const entry = file.value.statements[0]?.entries[0];
  assert.deepEqual(
    [entry?.bookedOn.toString(), entry?.valueOn?.toString(), entry?.notes],
    ["2016-03-01", "2016-02-29", [{ code: "day-moved", line: 6, read: "160230" }]],
  );
});

test("a pending entry stays pending, an intraday report is shown only", { skip }, () => {
  const file = read("camt/genkgo-camt052.v4.xml");
  assert.ok(file.ok);
  assert.deepEqual([file.value.statements[0]?.use, file.value.statements[0]?.entries[0]?.status], ["shown", "pending"]);
});
