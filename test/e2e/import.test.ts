/** A real ledger goes in through the page: 1,726 invoices as a company published them, and files that must not go in. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { type RunningDesk, startDesk } from "./desk.ts";
import { assertNoTroubles, enterFirst, newPerson, type Person, region, sees } from "./person.ts";
import { storyOf } from "./story.ts";

const FILE_NAME = "ibm_accounts_receivable.train.csv";
const FILE = join(import.meta.dirname, "..", "..", "..", "shared", "collections", "data", FILE_NAME);
const skip = existsSync(FILE) ? false : `${FILE} is not here`;

/** What the file holds, counted without the desk: no value in it has a comma. */
function ledgerOf(path: string) {
  const [header = "", ...lines] = readFileSync(path, "utf8").trim().split(/\r?\n/);
  const names = header.split(",");
  const rows = lines.map((line) => Object.fromEntries(line.split(",").map((value, at) => [names[at] ?? "", value])));
  const minor = (text = "") => {
    const [whole = "0", part = ""] = text.split(".");
    return BigInt(whole) * 100n + BigInt(part.padEnd(2, "0"));
  };
  const total = rows.reduce((sum, row) => sum + minor(row["InvoiceAmount"]), 0n);
  return { rows: rows.length, customers: new Set(rows.map((row) => row["customerID"])).size, total };
}
const shown = (count: number) => count.toLocaleString("en-GB");
const money = (minor: bigint) => `${(minor / 100n).toLocaleString("en-GB")}.${String(minor % 100n).padStart(2, "0")}`;

let desk: RunningDesk;
let browser: Browser;
let karin: Person;

before(async () => {
  [desk, browser] = await Promise.all([startDesk({ demo: false }), launchBrowser()]);
  karin = await newPerson(browser);
  await enterFirst(karin, desk);
});
after(async () => {
  await browser?.close();
  await desk?.stop();
});

const story = storyOf(() => [karin]);

async function choose(page: Page, field: string, option: string): Promise<void> {
  await page
    .getByRole("combobox", { name: field })
    .or(page.getByRole("textbox", { name: field }))
    .first()
    .click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

/** A figure of the control totals, by its label. */
const total = (page: Page, label: string): Locator =>
  region(page, "What is in it")
    .locator("div", { has: page.locator("dt", { hasText: new RegExp(`^${label}$`) }) })
    .locator("dd");

story(
  "the file is recognised: its columns, the order of its dates, and what it lacks",
  async () => {
    const { page } = karin;
    await page.goto(`${desk.url}/import`);
    await page.locator("input[type=file]").setInputFiles(FILE);
    await sees(region(page, FILE_NAME).getByText("Comma"));
    const columns = region(page, "Columns");
    for (const [column, meaning] of [
      ["invoiceNumber", "Invoice number"],
      ["customerID", "Your customer number"],
      ["InvoiceDate", "Invoice date"],
      ["DueDate", "Due date"],
      ["InvoiceAmount", "Amount"],
      ["SettledDate", "Paid in full on"],
    ])
      assert.equal(await columns.getByLabel(`Meaning of ${column}`).inputValue(), meaning);
    assert.ok(await page.getByRole("radio", { name: /^Month first/ }).isChecked(), "12/31/2012 can only be read so");
  },
  { skip },
);

story(
  "rows of customers nobody knows cannot go in, and the page says what mends it",
  async () => {
    const { page } = karin;
    await region(page, "Reading").getByRole("button", { name: "Read the file" }).click();
    await sees(region(page, "Rows to look at").getByText("No customer has this id, number, name or domain"));
    await sees(page.getByText(`${ledgerOf(FILE).customers} customers unknown`));
    assert.equal(await total(page, "Cannot go in").innerText(), shown(ledgerOf(FILE).rows));
    assert.ok(
      await region(page, "Take it in")
        .getByRole("button", { name: /^Take in/ })
        .isDisabled(),
    );
  },
  { skip },
);

story(
  "with customers made for them the control totals are those of the file, and it goes in",
  async () => {
    const { page } = karin;
    const ledger = ledgerOf(FILE);
    await choose(page, "Currency where the file has none", "USD");
    await choose(page, "A customer nobody knows", "Create a ledger-only customer");
    await region(page, "Reading").getByRole("button", { name: /^Read/ }).click();
    await sees(page.getByText("Every row can go in"));
    assert.equal(await total(page, "Rows").innerText(), shown(ledger.rows));
    assert.equal(await total(page, "Cannot go in").innerText(), "0");
    await sees(region(page, "What is in it").getByRole("row", { name: /^USD/ }).getByText(money(ledger.total)));
    const take = region(page, "Take it in");
    await take.getByLabel("Keep this mapping as").fill("IBM ledger");
    await take.getByRole("button", { name: `Take in ${shown(ledger.rows)} rows` }).click();
    await sees(page.getByText(/^Taken in/));
    await sees(region(page, "Imports").getByText("In the ledger"));
    await sees(region(page, "Saved mappings").getByText("IBM ledger"));
  },
  { skip },
);

story(
  "customers and their passports show what went in",
  async () => {
    const { page } = karin;
    await page
      .getByRole("navigation", { name: "Main" })
      .getByRole("link", { name: /^Customers/ })
      .click();
    const { customers } = ledgerOf(FILE);
    await sees(page.getByText(new RegExp(`of ${customers}$`)));
    await page.getByRole("textbox", { name: "Filter" }).fill("3993-QUNVJ");
    await page.getByRole("link", { name: /3993-QUNVJ/ }).click();
    await sees(page.getByRole("heading", { level: 1, name: /3993-QUNVJ/ }));
    // The company that published the file had been paid for every invoice.
    await sees(region(page, "Open invoices").getByText("Nothing is open"));
  },
  { skip },
);

story(
  "the same bytes again are known, found by their saved mapping, and change nothing",
  async () => {
    const { page } = karin;
    await page.goto(`${desk.url}/import`);
    await page.locator("input[type=file]").setInputFiles(FILE);
    await sees(page.getByText(/^These very bytes were taken in/));
    await sees(page.getByText("Read by the saved mapping “IBM ledger”"));
    await region(page, "Reading").getByRole("button", { name: /^Read/ }).click();
    await sees(region(page, "What is in it"));
    const { rows } = ledgerOf(FILE);
    assert.equal(await total(page, "Already there").innerText(), shown(rows));
    assert.equal(await total(page, "New").innerText(), "0");
    await region(page, "Take it in")
      .getByRole("button", { name: /^Take in/ })
      .click();
    await sees(page.getByText("Nothing changed: every row was there already."));
  },
  { skip },
);

const BAD = [
  "Invoice number;Customer name;Invoice date;Due date;Amount;Currency",
  "F-1;Bageriet i Byn AB;2026-09-01;2026-10-01;1 250,00;SEK",
  "F-2;Bageriet i Byn AB;2026-09-31;2026-10-31;900,00;SEK",
  "F-3;Bageriet i Byn AB;2026-09-03;2026-10-03;nine hundred;SEK",
  "F-4;Bageriet i Byn AB;2026-09-04;2026-10-04;75,125;SEK",
].join("\r\n");

story("a file with bad rows says each by line with its fix, and nothing of it is kept", async () => {
  const { page } = karin;
  await page.goto(`${desk.url}/import`);
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "bad.csv", mimeType: "text/csv", buffer: Buffer.from(BAD, "utf8") });
  await sees(region(page, "bad.csv").getByText("Semicolon"));
  await choose(page, "A customer nobody knows", "Create a ledger-only customer");
  await region(page, "Reading").getByRole("button", { name: /^Read/ }).click();
  const mistakes = region(page, "Rows to look at").getByRole("listitem");
  await sees(mistakes.filter({ hasText: "2026-09-31" }));
  const mistake = async (value: string) =>
    (await mistakes.filter({ hasText: value }).innerText()).replaceAll(/\s+/g, " ");
  assert.match(await mistake("2026-09-31"), /Not a day in the chosen order.* 3 2026-09-31/);
  assert.match(await mistake("nine hundred"), /Not a number in the chosen style.* 4 nine hundred/);
  assert.match(await mistake("75,125"), /More decimals than the currency has.* 5 75,125/);
  assert.ok(
    await region(page, "Take it in")
      .getByRole("button", { name: /^Take in/ })
      .isDisabled(),
  );
  await sees(page.getByText("3 rows cannot go in. Mend the file or choose row by row."));
  await page.getByRole("button", { name: "Throw away" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Throw away" }).click();
  await sees(page.getByText("Drop a file here"));
  await page.goto(`${desk.url}/customers?q=Bageriet`);
  await sees(page.getByText(/None of them match|No customers have been read yet/));
});

story("once mended it goes in, and the passport shows what is owed since when", async () => {
  const { page } = karin;
  const mended = BAD.replace("09-31", "09-02").replace("nine hundred", "900,00").replace("75,125", "75,12");
  await page.goto(`${desk.url}/import`);
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "mended.csv", mimeType: "text/csv", buffer: Buffer.from(mended, "utf8") });
  await choose(page, "A customer nobody knows", "Create a ledger-only customer");
  await region(page, "Reading").getByRole("button", { name: /^Read/ }).click();
  await region(page, "Take it in").getByRole("button", { name: "Take in 4 rows" }).click();
  await sees(page.getByText(/^Taken in/));
  await page.goto(`${desk.url}/customers?q=Bageriet`);
  await page.getByRole("link", { name: /Bageriet i Byn AB/ }).click();
  const invoices = region(page, "Open invoices");
  for (const [number, amount] of [
    ["F-1", "1,250.00"],
    ["F-2", "900.00"],
    ["F-3", "900.00"],
    ["F-4", "75.12"],
  ])
    await sees(invoices.getByRole("row", { name: new RegExp(`^${number}`) }).getByText(amount ?? ""));
});

story("what is no table at all is refused before anything is asked", async () => {
  const { page } = karin;
  await page.goto(`${desk.url}/import`);
  const buffer = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  await page.locator("input[type=file]").setInputFiles({ name: "picture.csv", mimeType: "text/csv", buffer });
  await sees(
    page.getByRole("alert").getByText("This file cannot be read as text. Save it as CSV or JSON and try again."),
  );
});

test("nothing went wrong on the way but what was provoked", () => {
  assertNoTroubles(karin, [/^4\d\d POST \/api\/imports$/]);
  assert.deepEqual(desk.log, []);
});
