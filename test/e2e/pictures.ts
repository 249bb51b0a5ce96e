/**
 * The pictures of the README, taken of a demo desk that has just been started: `npm run -s node -- test/e2e/pictures.ts`.
 * Build the page first (`npm start` or `npm test` do).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { asDemoPerson, type RunningDesk, startDemoDesk } from "./desk.ts";
import { toPalette } from "./png.ts";
import { newPerson, type Person, region, sees, signInAs, simulated } from "./person.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "docs", "pictures");
const BYTES_MAX = 250_000;

/** Charts come a moment after the figures beside them. */
const drawn = ({ page }: Person): Promise<void> => sees(page.locator(".recharts-surface path"));

type Shot = {
  readonly name: string;
  readonly path: string;
  readonly scheme: "light" | "dark";
  readonly size: { readonly width: number; readonly height: number };
  /** What is done on the page before the picture is taken. */
  readonly prepare?: (person: Person) => Promise<void>;
};
type Rows = {
  readonly rows: readonly { readonly id: string; readonly name?: string; readonly customerName?: string }[];
};

const WIDE = { width: 1440, height: 900 } as const;
const TALL = { width: 1440, height: 1280 } as const;
const PHONE = { width: 390, height: 844 } as const;

async function shotsOf(browser: Browser, desk: RunningDesk): Promise<readonly Shot[]> {
  const ask = await asDemoPerson(desk, "Astrid Lund");
  const idOf = async (path: string, name: string) => {
    const found = (await ask<Rows>(path)).rows.find((row) => (row.name ?? row.customerName) === name);
    if (found === undefined) throw new Error(`the demo has no ${name} at ${path}`);
    return found.id;
  };
  const [customer, mined, decision] = await Promise.all([
    idOf("/api/customers?limit=100", "Solvik Energi AB"),
    idOf("/api/cases", "Havsö Logistik AB"),
    idOf("/api/proposals", "Brouwer Install BV"),
  ]);
  const simulation = await simulated(browser, desk);
  return [
    { name: "today.light", path: "/", scheme: "light", size: TALL, prepare: drawn },
    { name: "passport.light", path: `/customers/${customer}`, scheme: "light", size: TALL, prepare: drawn },
    { name: "case.light", path: `/cases/${mined}`, scheme: "light", size: TALL, prepare: drawn },
    { name: "decision.light", path: `/decisions/${decision}`, scheme: "light", size: WIDE, prepare: dryRun },
    { name: "collections.light", path: "/collections", scheme: "light", size: TALL },
    {
      name: "simulation.light",
      path: `/collections/simulations/${simulation}`,
      scheme: "light",
      size: WIDE,
      prepare: drawn,
    },
    { name: "receivables.light", path: "/receivables", scheme: "light", size: WIDE },
    { name: "today.dark", path: "/", scheme: "dark", size: TALL, prepare: drawn },
    { name: "case.390.dark", path: `/cases/${mined}`, scheme: "dark", size: PHONE },
  ];
}

async function dryRun({ page }: Person): Promise<void> {
  await region(page, "Calls to Microsoft").getByRole("button", { name: "Dry run" }).click();
  await sees(region(page, "Calls to Microsoft").getByText("Would be sent"));
}

async function shoot(person: Person, desk: RunningDesk, { name, path, scheme, size, prepare }: Shot): Promise<void> {
  const { page } = person;
  await page.setViewportSize(size);
  await page.goto(`${desk.url}${path}?lang=en&scheme=${scheme}`);
  await sees(page.locator("h1"));
  await page.locator(".skeleton, [aria-busy=true]").first().waitFor({ state: "detached" });
  await prepare?.(person);
  // Letters of the page's own fonts, and no focus ring where the last press was.
  await page
    .locator("body")
    .evaluate((body) => body.ownerDocument.fonts.ready.then(() => body.ownerDocument.activeElement?.blur()));
  await page.mouse.move(0, 0);
  const file = join(FOLDER, `${name}.png`);
  const picture = toPalette(await page.screenshot());
  writeFileSync(file, picture);
  const bytes = picture.length;
  if (bytes > BYTES_MAX) throw new Error(`${file} has ${bytes} bytes, at most ${BYTES_MAX} are wanted`);
  console.log(`${file} ${Math.round(bytes / 1_000)} kB`);
}

mkdirSync(FOLDER, { recursive: true });
const [desk, browser] = await Promise.all([startDemoDesk(), launchBrowser()]);
try {
  const person = await newPerson(browser);
  await signInAs(person, desk, "Jonas Wik");
  for (const shot of await shotsOf(browser, desk)) await shoot(person, desk, shot);
} finally {
  await browser.close();
  await desk.stop();
}
