/**
 * Every page, in both languages, both colour schemes, wide and on a phone: nothing fails, nothing is wider than the screen, nothing
 * is left untranslated, and an accessibility checker finds nothing. Then the keys that work everywhere.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { en } from "../../web/i18n/en.ts";
import { launchBrowser } from "./browser.ts";
import { asDemoPerson, type RunningDesk, startDemoDesk } from "./desk.ts";
import { newPerson, type Person, region, sees, signInAs, simulated } from "./person.ts";

type Look = { readonly lang: "en" | "sv"; readonly scheme: "light" | "dark"; readonly width: 1440 | 390 };
const LOOKS: readonly Look[] = [
  { lang: "en", scheme: "light", width: 1440 },
  { lang: "sv", scheme: "dark", width: 390 },
  { lang: "en", scheme: "dark", width: 1440 },
  { lang: "sv", scheme: "light", width: 1440 },
  { lang: "en", scheme: "light", width: 390 },
  { lang: "sv", scheme: "dark", width: 1440 },
  { lang: "en", scheme: "dark", width: 390 },
  { lang: "sv", scheme: "light", width: 390 },
];
/** These see every page and the checker; the others share the pages between them. */
const CHECKED = 2;
const HEIGHT = { 1440: 900, 390: 844 } as const;
const HEIGHT_MAX = 8_000;
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** An experiment of the checker that takes a person's initials for the label of their button. */
const NOT_RUN = { "label-content-name-mismatch": { enabled: false } };
const SETTINGS_TABS = [
  "people",
  "partner-center",
  "feeds",
  "desk",
  "approvals",
  "rates",
  "letters",
  "stripe",
  "keys",
  "demo",
];

let desk: RunningDesk;
let browser: Browser;
let paths: readonly string[];

const LETTER_TABS = ["list", "print", "incoming", "templates"];

type Accounts = { readonly rows: readonly { readonly accountId: string; readonly name: string }[] };
const RULE_TABS = ["about", "text", "backtest", "explain"] as const;
/** Access elevated to every Azure subscription. */
const RULE = "a86ea3a0-6251-4e0e-be29-cad2b67ea509";
type Letters = { readonly rows: readonly { readonly letterId: string; readonly channel: string }[] };
type Rows = {
  readonly rows: readonly { readonly id: string; readonly name?: string; readonly customerName?: string }[];
};

before(async () => {
  [desk, browser] = await Promise.all([startDemoDesk(), launchBrowser()]);
  const ask = await asDemoPerson(desk, "Astrid Lund");
  const one = async (path: string, name: string) =>
    (await ask<Rows>(path)).rows.find((row) => (row.name ?? row.customerName) === name)?.id ??
    assert.fail(`${name} at ${path}`);
  const [customer, leaving, notice, found, decision] = await Promise.all([
    one("/api/customers?limit=100", "Solvik Energi AB"),
    one("/api/customers?limit=100", "Nordan Kraftteknik AB"),
    one("/api/notices", "Havsö Logistik AB"),
    one("/api/cases", "Havsö Logistik AB"),
    one("/api/proposals", "Brouwer Install BV"),
  ]);
  const [account, letter] = await Promise.all([
    ask<Accounts>("/api/collections/accounts?filter=overdue"),
    ask<Letters>("/api/collections/letters"),
  ]).then(([accounts, letters]) => [
    accounts.rows.find(({ name }) => name === "Granit Bygg i Umeå AB")?.accountId ?? assert.fail("the account to work"),
    letters.rows.find(({ channel }) => channel === "mail")?.letterId ?? assert.fail("a letter by mail"),
  ]);
  const simulation = await simulated(browser, desk);
  paths = [
    "/",
    "/notices",
    "/notices?status=answered",
    `/notices/${notice}`,
    "/cases",
    `/cases/${found}`,
    "/decisions",
    `/decisions/${decision}`,
    "/customers",
    `/customers/${customer}`,
    `/customers/${leaving}`,
    "/receivables",
    `/receivables/${account}`,
    "/import",
    "/money-in",
    "/spend",
    "/collections",
    "/collections?only=all",
    `/collections/accounts/${account}`,
    "/collections/policies",
    "/collections/policies/se",
    "/collections/simulations",
    `/collections/simulations/${simulation}`,
    "/collections/promises",
    "/collections/disputes",
    ...LETTER_TABS.map((tab) => `/collections/letters?tab=${tab}`),
    `/collections/letters/${letter}`,
    "/activity",
    "/activity?only=all&text=microsoft",
    "/activity/coverage",
    "/activity/rules",
    ...RULE_TABS.map((tab) => `/activity/rules/${RULE}?tab=${tab}`),
    `/activity/rules/fleet-burst`,
    "/activity/suppressions",
    "/policy",
    "/audit",
    ...SETTINGS_TABS.map((tab) => `/settings?tab=${tab}`),
    "/account",
    "/kit",
    "/nowhere",
  ];
});
after(async () => {
  await browser?.close();
  await desk?.stop();
});

/** Opens a page and waits until everything on it has come. */
async function visit(person: Person, path: string, { lang, scheme }: Look): Promise<readonly string[]> {
  const { page, troubles } = person;
  troubles.length = 0;
  await page.goto(`${desk.url}${path}${path.includes("?") ? "&" : "?"}lang=${lang}&scheme=${scheme}`);
  await sees(page.locator("h1"));
  // The kit's page shows the skeleton itself.
  if (path !== "/kit") await page.locator(".skeleton, [aria-busy=true]").first().waitFor({ state: "detached" });
  return [...troubles, ...(await faultsOf(page))].map((fault) => `${path} (${lang} ${scheme}): ${fault}`);
}

/** What can be seen to be wrong without knowing the page. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  const [headings, tooWide, covered, names, text, title] = await Promise.all([
    page.locator("h1").count(),
    page.locator("html").evaluate((root) => Number(root.scrollWidth - root.clientWidth)),
    page.locator("table.data-table tbody tr").evaluateAll(
      (rows) =>
        rows.filter((row) => {
          const boxes = [...row.children].map((cell) => cell.getBoundingClientRect()).filter(({ width }) => width > 0);
          return boxes.some((one, at) =>
            boxes.some(
              (other, next) =>
                next > at &&
                Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
                Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1,
            ),
          );
        }).length,
    ),
    page
      .locator("[aria-label],[title],[placeholder]")
      .evaluateAll((all) =>
        all.flatMap((one) => ["aria-label", "title", "placeholder"].map((name) => one.getAttribute(name) ?? "")),
      ),
    page.locator("body").innerText(),
    page.title(),
  ]);
  return [
    ...(headings === 1 ? [] : [`${headings} first headings`]),
    ...(tooWide <= 0 ? [] : [`${tooWide} px wider than the screen`]),
    ...(covered === 0 ? [] : [`cells lie over each other in ${covered} rows`]),
    ...rawWords([title, text, ...names].join("\n")).map((word) => `raw on the page: ${word}`),
  ];
}

const PREFIXES = new Set(Object.keys(en).map((key) => key.split(".")[0] ?? ""));
const RAW =
  /(?<!\{)\{\w+\}(?!\})|\bundefined\b|\bNaN\b|\[object \w+\]|Invalid Date|(?<![\w@/.-])[a-z]+(?:\.[a-z][\w-]*)+(?![\w@/])/g;

/** Word keys, unfilled places and the traces of values that nobody formatted. */
function rawWords(text: string): readonly string[] {
  const found = [...text.matchAll(RAW)].map(([word]) => word);
  return [...new Set(found)].filter((word) => !/^[a-z]+\./.test(word) || PREFIXES.has(word.split(".")[0] ?? ""));
}

/** Looked at on a screen as high as the page, so that the bars at its edges cover nothing. */
async function violationsOf(page: Page): Promise<readonly string[]> {
  const size = page.viewportSize() ?? assert.fail("the page has a size");
  const pageHeight = await page.locator("html").evaluate((root) => Number(root.scrollHeight));
  await page.setViewportSize({ width: size.width, height: Math.min(Math.max(size.height, pageHeight), HEIGHT_MAX) });
  // Letters are shown in frames that run no scripts, so the checker cannot enter them.
  const { violations } = await new AxeBuilder({ page })
    .exclude("iframe")
    .options({ runOnly: TAGS, resultTypes: ["violations"], rules: NOT_RUN })
    .analyze();
  await page.setViewportSize(size);
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes
        .slice(0, 4)
        .map((node) => `      ${node.target.join(" ")}  ${node.html.slice(0, 140)}  ${node.failureSummary ?? ""}`)
        .join("\n")}`,
  );
}

/** Pages of one look: all of them where the checker runs, else every sixth, a different sixth for each. */
const pathsOf = (at: number): readonly string[] =>
  at < CHECKED ? paths : paths.filter((_, i) => i % (LOOKS.length - CHECKED) === at - CHECKED);

test("what is raw is seen", () => {
  const text =
    "12 min, Solvik AB, today.claim, anna@today.example, storage.example, {n} left, undefined, cases.block.note-missing";
  assert.deepEqual(rawWords(text), ["today.claim", "{n}", "undefined", "cases.block.note-missing"]);
});

describe("every page", () => {
  for (const [at, look] of LOOKS.entries()) {
    const { lang, scheme, width } = look;
    test(`${lang}, ${scheme}, ${width} px wide${at < CHECKED ? ", with the accessibility checker" : ""}`, async () => {
      const person = await newPerson(browser, { viewport: { width, height: HEIGHT[width] } });
      const wrong: string[] = [];
      for (const path of ["/sign-in", "/welcome"]) {
        wrong.push(...(await visit(person, path, look)));
        if (at < CHECKED) wrong.push(...(await violationsOf(person.page)).map((one) => `${path}: ${one}`));
      }
      await person.page.goto(`${desk.url}/sign-in?lang=en`);
      await signInAs(person, desk, "Jonas Wik");
      for (const path of pathsOf(at)) {
        wrong.push(...(await visit(person, path, look)));
        if (at < CHECKED) wrong.push(...(await violationsOf(person.page)).map((one) => `${path}: ${one}`));
      }
      await person.leave();
      assert.deepEqual(wrong, [], wrong.join("\n"));
    });
  }
});

test("an auditor may look at everything, and no page asks for what it may not have", async () => {
  const person = await newPerson(browser);
  await signInAs(person, desk, "Astrid Lund");
  const wrong: string[] = [];
  for (const path of paths) wrong.push(...(await visit(person, path, LOOKS[0] as Look)));
  await person.leave();
  assert.deepEqual(wrong, [], wrong.join("\n"));
});

describe("keys", () => {
  let person: Person;
  before(async () => {
    person = await newPerson(browser);
    await signInAs(person, desk, "Jonas Wik");
  });
  after(() => person.leave());

  test("J and K move through the clocks, Enter opens, G T leads back", async () => {
    const { page } = person;
    const rows = region(page, "Clocks").getByRole("listitem");
    const current = async () =>
      rows.evaluateAll((all) => all.findIndex((one) => one.getAttribute("aria-current") === "true"));
    await sees(rows);
    const first = await current();
    await page.keyboard.press("j");
    assert.equal(await current(), first + 1);
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    assert.equal(await current(), first + 1);
    const name = await rows
      .nth(first + 1)
      .getByRole("link")
      .first()
      .innerText();
    await page.keyboard.press("Enter");
    await sees(page.getByRole("heading", { level: 1, name }));
    await page.keyboard.press("g");
    await page.keyboard.press("t");
    await sees(page.getByRole("heading", { level: 1, name: /^Today/ }));
  });

  test("? tells all keys, Escape closes it", async () => {
    const { page } = person;
    await page.keyboard.press("?");
    await sees(page.getByRole("dialog", { name: "Keys" }));
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "hidden" });
  });

  test("Ctrl K finds a customer by part of the name; letters rest while somebody types", async () => {
    const { page } = person;
    await page.keyboard.press("Control+k");
    const dialog = page.getByRole("dialog");
    await sees(dialog);
    await page.keyboard.type("solvik");
    await sees(dialog.getByRole("option", { name: /Solvik Energi AB/ }));
    await page.keyboard.press("Enter");
    await sees(page.getByRole("heading", { level: 1, name: "Solvik Energi AB" }));
  });
});

test("the desk had nothing to warn of", () => assert.deepEqual(desk.log, []));
