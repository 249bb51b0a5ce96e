import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import { testStore } from "../store/testing.ts";
import type { ImportMapping, ImportWire } from "./contract-import.ts";
import { importFile, type MappingChange } from "./import-file.ts";
import { openReceivables } from "./service.ts";
import { csv, testDeps } from "./testing.ts";

const SOLVIK = "3d5e9f0a-1111-4222-8333-444455556666";
const HAVSO = "3d5e9f0a-1111-4222-8333-444455556667";
const store = await testStore();
const deps = testDeps(store, {
  customers: [
    { id: SOLVIK, name: "Solvik Energi AB" },
    { id: HAVSO, name: "Havsö Logistik AB" },
  ],
});
const sample = (name: string): Uint8Array => readFileSync(join(import.meta.dirname, "samples", name));

type Options = MappingChange & { readonly mode?: "all-or-nothing" | "resumable"; readonly fileName?: string };
async function take(bytes: Uint8Array, { mode, fileName = "file.csv", ...mapping }: Options = {}) {
  return importFile({ source: { bytes, fileName }, mapping, mode, actor: deps.actor }, deps);
}
async function taken(bytes: Uint8Array, options: Options = {}): Promise<ImportWire> {
  const result = await take(bytes, options);
  assert.ok(result.ok, result.ok ? "" : `${result.error.code}: ${result.error.detail}`);
  assert.deepEqual([result.value.state, result.value.failure], ["done", null]);
  return result.value;
}
const grouped = ({ problemGroups }: ImportWire) => problemGroups?.map(({ code, count }) => `${count} ${code}`);
const ties = ({ tie }: ImportWire) =>
  tie?.map(({ currency, file, ledger }) => `${currency} ${file.minor} ${ledger.minor}`);

type Stored = {
  number: string;
  open: bigint;
  amount: bigint;
  sold: string | null;
  held: string | null;
  level: number | null;
  on: string | null;
  ocr: string | null;
};
async function stored(system: string): Promise<string[]> {
  const { rows } =
    await sql<Stored>`select number, amount_minor - paid_minor as open, amount_minor as amount, sold_from::text as sold, held_reason as held,
    reminded_level as level, reminded_on::text as on, payment_reference as ocr from invoice where system = ${system} order by number`.execute(
      store.db,
    );
  return rows.map((row) =>
    [row.number, row.open, row.amount, row.sold, row.held, row.level, row.on, row.ocr]
      .map((cell) => cell ?? "-")
      .join(" "),
  );
}
const money = async (system: string): Promise<string[]> => {
  const { rows } = await sql<{ number: string; kind: string; left: bigint }>`
    select number, kind, amount_minor - allocated_minor as left from payment where system = ${system} and allocated_on is null order by number`.execute(
    store.db,
  );
  return rows.map(({ number, kind, left }) => `${number} ${kind} ${left}`);
};

test("Xero: one row a line, drafts and voided ones left out, a credit note is money of which only the rest is left", async () => {
  const done = await taken(sample("xero-sales.csv"));
  assert.deepEqual(
    [done.form, done.mapping.system, done.mapping.dateOrder, done.totals?.rows],
    ["xero-sales", "xero", "dmy", 3],
  );
  assert.deepEqual(grouped(done), ["2 status-skipped"]);
  assert.deepEqual(await stored("xero"), ["INV-2041 125000 125000 - - - - -", "INV-2042 20000 50000 - - - - -"]);
  assert.deepEqual(await money("xero"), ["CN-0031 credit-note 6000"]);
  assert.deepEqual(ties(done), ["SEK 139000 139000"]);
});

test("Xero: lines of one invoice that do not agree are refused, whatever the mode", async () => {
  const text = new TextDecoder().decode(sample("xero-sales.csv"));
  const broken = new TextEncoder().encode(
    text.replace(",1250.00,250.00,0.00,1250.00,AZ", ",1350.00,250.00,0.00,1350.00,AZ"),
  );
  const refused = await take(broken, { system: "xero2" });
  assert.equal(refused.ok ? "taken" : refused.error.code, "rows-refused");
  const rest = await taken(broken, { system: "xero2", mode: "resumable" });
  assert.deepEqual(grouped(rest), ["1 lines-differ", "2 status-skipped"]);
  assert.deepEqual(await stored("xero2"), ["INV-2042 20000 50000 - - - - -"]);
});

test("Xero: days with the month by name read the same", async () => {
  const text = new TextDecoder()
    .decode(sample("xero-sales.csv"))
    .replaceAll(/(\d\d)\/06\/2026/g, "$1 Jun 2026")
    .replaceAll(/(\d\d)\/07\/2026/g, "$1 Jul 2026");
  const done = await taken(new TextEncoder().encode(text), { system: "xero3" });
  assert.deepEqual([done.totals?.firstDay, done.totals?.lastDay], ["2026-06-17", "2026-06-20"]);
});

test("QuickBooks: titles, headings, totals and signs; the currency is asked, for a dollar has many owners", async () => {
  const asked = await take(sample("quickbooks-ageing.csv"), { dateOrder: "mdy" });
  assert.equal(asked.ok ? "taken" : asked.error.code, "currency-needed");
  const done = await taken(sample("quickbooks-ageing.csv"), { currency: "USD" });
  assert.deepEqual([done.form, done.mapping.layout, done.mapping.dateOrder], ["quickbooks-ageing", "groups", "mdy"]);
  assert.deepEqual(grouped(done), ["3 total-row"]);
  assert.deepEqual(await stored("quickbooks"), ["1037 425000 425000 - - - - -", "1052 98050 98050 - - - - -"]);
  assert.deepEqual(await money("quickbooks"), ["1041 credit-note 12000", "2201 payment 50000"]);
  assert.deepEqual(ties(done), ["USD 461050 461050"]);
});

test("QuickBooks: a total that is not the sum of its rows is refused, since rows are missing", async () => {
  const text = new TextDecoder().decode(sample("quickbooks-ageing.csv"));
  const short = new TextEncoder().encode(text.replace(/,07\/20\/2026.*\n/, ""));
  const refused = await take(short, { currency: "USD", system: "qb2" });
  assert.ok(!refused.ok);
  assert.match(refused.error.detail, /2 rows cannot go in.*Total for Current/);
});

test("QuickBooks: only the open balance is told, so that next week's lower one is a part payment", async () => {
  const text = new TextDecoder().decode(sample("quickbooks-ageing.csv"));
  const options = { currency: "USD", system: "qb3" } as const;
  await taken(sample("quickbooks-ageing.csv"), { ...options, balanceDay: "2026-07-31" });
  const later = text
    .replace('"$4,250.00"', '"$4,000.00"')
    .replace('"$4,130.00"', '"$3,880.00"')
    .replace('"$4,610.50"', '"$4,360.50"');
  const done = await taken(new TextEncoder().encode(later), { ...options, balanceDay: "2026-08-07" });
  assert.deepEqual(await stored("qb3"), ["1037 400000 425000 - - - - -", "1052 98050 98050 - - - - -"]);
  assert.deepEqual([done.totals?.effect, ties(done)], [{ new: 0, changed: 1, same: 3 }, ["USD 436050 436050"]]);
});

for (const [name, fileName] of [
  ["fortnox", "fortnox.json"],
  ["fortnox-report", "fortnox-report.csv"],
] as const)
  test(`Fortnox ${fileName}: sold, reminded, OCR`, async () => {
    const done = await taken(sample(fileName), { system: name, fileName });
    assert.equal(done.form, name);
    assert.deepEqual(await stored(name), [
      "3001 1250000 1250000 - - 2 2026-06-20 300118",
      "3002 30050 80050 2026-05-03 - - - 300217",
    ]);
    assert.deepEqual(grouped(done), name === "fortnox" ? ["1 status-skipped", "1 status-skipped"] : []);
    assert.deepEqual(await money(name), name === "fortnox" ? ["3003 credit-note 10000"] : []);
  });

test("Fortnox: the same file again changes nothing; bought back and reminded again changes it from that day", async () => {
  const same = await taken(sample("fortnox-report.csv"), { system: "fortnox-report" });
  assert.deepEqual(same.totals?.effect, { new: 0, changed: 0, same: 2 });
  const text = new TextDecoder("windows-1252")
    .decode(sample("fortnox-report.csv"))
    .replace(";Ja;0;", ";Nej;1;2026-07-01");
  await taken(new TextEncoder().encode(text), { system: "fortnox-report", balanceDay: "2026-07-02" });
  const { rows } = await sql<{
    from: string;
    until: string;
    level: number;
  }>`select sold_from::text as from, sold_until::text as until, reminded_level as level from invoice where system = 'fortnox-report' and number = '3002'`.execute(
    store.db,
  );
  assert.deepEqual(rows, [{ from: "2026-05-03", until: "2026-07-02", level: 1 }]);
});

test("Business Central: signed entries, On Hold, reminder level, closed entries, and what is left of a payment", async () => {
  const done = await taken(sample("business-central.csv"), { balanceDay: "2026-06-01" });
  assert.equal(done.form, "business-central");
  assert.deepEqual(await stored("business-central"), [
    "102900 0 50000 - - - - -",
    "103018 818235 818235 - - 3 2026-06-01 -",
    "103019 40000 100000 - MJH 1 2026-06-01 -",
    "105001 4120 4120 - - - - -",
  ]);
  assert.deepEqual(await money("business-central"), ["104001 credit-note 29200", "2703 payment 15000"]);
  assert.deepEqual([grouped(done), ties(done)], [["1 claim-as-invoice"], ["EUR 818155 818155"]]);
  const level = await taken(sample("business-central.csv"), { balanceDay: "2026-06-08" });
  assert.deepEqual(level.totals?.effect, { new: 0, changed: 0, same: 6 });
});

test("24SevenOffice: credited, paid and balance add up to the amount", async () => {
  await taken(sample("24sevenoffice.csv"));
  assert.deepEqual(await stored("24sevenoffice"), ["5001 60000 125000 - - - - -", "5002 0 9000 - - - - -"]);
});

const HEAD = ["Invoice no", "Customer", "Invoice date", "Due date", "Amount", "Balance", "Currency", "Type"];
const row = (number: string, amount: string, balance: string, type = "Invoice") => [
  number,
  "Solvik Energi AB",
  "2026-01-01",
  "2026-01-31",
  amount,
  balance,
  "SEK",
  type,
];

test("a credit that the next file shows used has paid what the same file shows paid, not twice", async () => {
  const options = { system: "used", allocation: "none" } as const;
  await taken(csv(HEAD, row("A1", "1000", "1000"), row("C1", "-300", "-300", "Credit")), {
    ...options,
    balanceDay: "2026-02-01",
  });
  const done = await taken(csv(HEAD, row("A1", "1000", "700"), row("C1", "-300", "0", "Credit")), {
    ...options,
    balanceDay: "2026-02-08",
  });
  assert.deepEqual(
    [await stored("used"), await money("used"), ties(done)],
    [["A1 70000 100000 - - - - -"], [], ["SEK 70000 70000"]],
  );
  const { rows } = await sql<{
    kinds: string[];
  }>`select array_agg(kind) as kinds from payment where system = 'used'`.execute(store.db);
  assert.deepEqual(rows[0]?.kinds, ["credit-note"]);
});

test("what a complete list no longer has is paid, if the person says that it is complete; else the difference is said", async () => {
  const options = { system: "gone", allocation: "none" } as const;
  await taken(csv(HEAD, row("G1", "100", "100"), row("G2", "200", "200")), { ...options, balanceDay: "2026-02-01" });
  const kept = await taken(csv(HEAD, row("G2", "200", "200")), { ...options, balanceDay: "2026-02-08" });
  assert.deepEqual([ties(kept), kept.tie?.[0]?.ties], [["SEK 20000 30000"], false]);
  const closed = await taken(csv(HEAD, row("G2", "200", "150")), {
    ...options,
    balanceDay: "2026-02-15",
    missing: "settled",
  });
  assert.deepEqual([ties(closed), closed.tie?.[0]?.ties], [["SEK 15000 15000"], true]);
  const open = async (asOf: string) =>
    (await openReceivables(store.db, Temporal.PlainDate.from(asOf), [SOLVIK as never]))
      .filter(({ currency }) => currency === "SEK")
      .map(({ outstandingMinor }) => outstandingMinor);
  assert.equal((await open("2026-02-14"))[0], ((await open("2026-02-15"))[0] ?? 0n) + 15_000n);
});

test("a file that lags behind the bank takes nothing back that came in here", async () => {
  const options = { system: "lag" } as const;
  await taken(csv(HEAD, row("L1", "100", "100")), { ...options, balanceDay: "2026-02-01" });
  await taken(
    csv(
      ["Payment id", "Customer", "Value date", "Amount", "Currency", "Invoice number"],
      ["B1", "Solvik Energi AB", "2026-02-03", "100.00", "SEK", "L1"],
    ),
    { system: "lag" },
  );
  const late = await taken(csv(HEAD, row("L1", "100", "100")), { ...options, balanceDay: "2026-02-04" });
  assert.deepEqual([grouped(late), await stored("lag")], [["1 paid-here-first"], ["L1 0 10000 - - - - -"]]);
});

const cents = fc.bigInt({ min: 1n, max: 9_999_999n });
const weekly = fc.array(
  fc.record({ amount: cents, paidThen: fc.nat(100), paidNow: fc.nat(100), isCredit: fc.boolean() }),
  { minLength: 1, maxLength: 8 },
);
const text = (minor: bigint): string => `${minor / 100n}.${String(minor % 100n).padStart(2, "0")}`;
let runs = 0;

test("property: two exports a week apart, of any balances, each tie to the ledger", async () => {
  await fc.assert(
    fc.asyncProperty(weekly, async (documents) => {
      const system = `prop${runs++}`;
      const file = (week: "paidThen" | "paidNow") =>
        csv(
          HEAD,
          ...documents.map((one, i) => {
            const share = BigInt(
              week === "paidNow" && !one.isCredit ? Math.max(one.paidThen, one.paidNow) : one.paidThen,
            );
            const open = one.amount - (one.amount * share) / 100n;
            return row(`P${i}`, text(one.amount), text(open), one.isCredit ? "Credit note" : "Invoice");
          }),
        );
      const options = {
        system,
        allocation: "none",
        currency: "SEK",
        numberStyle: { decimal: ".", group: "" },
      } satisfies Partial<ImportMapping>;
      for (const [week, balanceDay] of [
        ["paidThen", "2026-03-01"],
        ["paidNow", "2026-03-08"],
        ["paidNow", "2026-03-15"],
      ] as const) {
        const done = await taken(file(week), { ...options, balanceDay });
        assert.ok(
          done.tie?.every((one) => one.ties),
          JSON.stringify(done.tie),
        );
      }
    }),
    { numRuns: 12 },
  );
});
