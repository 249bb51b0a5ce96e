/** A person at the desk: a browser of their own, what went wrong in it, and how they sign in. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { type RunningDesk, until } from "./desk.ts";

/** How long one thing may take to appear on the page of a busy machine. */
const APPEARS_MS_MAX = 30_000;

export type Person = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained about: errors in the console, uncaught exceptions, requests that failed. */
  readonly troubles: string[];
  leave(): Promise<void>;
};

/** Opens a browser context and page whose troubles are kept. */
export async function newPerson(browser: Browser, options: BrowserContextOptions = {}): Promise<Person> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    reducedMotion: "reduce",
    ...options,
  });
  context.setDefaultTimeout(APPEARS_MS_MAX);
  const page = await context.newPage();
  const troubles: string[] = [];
  listen(page, troubles);
  return { page, context, troubles, leave: () => context.close() };
}

function listen(page: Page, troubles: string[]): void {
  page.on("pageerror", (error) => troubles.push(`uncaught on ${page.url()}: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    // A refused request is told twice; the answer below says more.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      troubles.push(`console on ${page.url()}: ${message.text()}`);
  });
  page.on("response", (answer) => {
    if (answer.status() >= 400)
      troubles.push(`${answer.status()} ${answer.request().method()} ${new URL(answer.url()).pathname}`);
  });
}

/** Signs in by the demo's sign-in page: one press for an invented person. */
export async function signInAs(person: Person, desk: Pick<RunningDesk, "url">, name: string): Promise<void> {
  const { page } = person;
  await page.goto(`${desk.url}/sign-in`);
  await page.getByRole("button", { name: `Sign in as ${name}` }).click();
  await page.getByRole("heading", { name: "Clocks" }).waitFor();
}

/** Waits until something is on the page. */
export const sees = (what: Locator): Promise<void> => what.first().waitFor({ state: "visible" });

export const region = (page: Page, name: string | RegExp): Locator => page.getByRole("region", { name });

/** Runs one part of a story; when it fails a picture of each page says what the person saw. */
export async function part(people: readonly Person[], run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const folder = join(tmpdir(), `surety-e2e-failed-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    for (const [at, { page, troubles }] of people.entries()) {
      await page.screenshot({ path: join(folder, `${at}.png`), fullPage: true }).catch(() => undefined);
      console.error(`page ${at} was at ${page.url()}; ${troubles.join(" | ") || "no troubles"}`);
    }
    console.error(`pictures of the pages: ${folder}`);
    throw error;
  }
}

/** Nothing went wrong in the browser but what the story itself provoked. */
export function assertNoTroubles({ troubles }: Person, provoked: readonly RegExp[] = []): void {
  assert.deepEqual(
    troubles.filter((one) => !provoked.some((known) => known.test(one))),
    [],
  );
}

/** Enters an empty desk by its first-run link without the page, as its Global admin. */
export async function enterFirst({ context }: Person, desk: Pick<RunningDesk, "url" | "link">): Promise<void> {
  const answer = await context.request.post(`${desk.url}/api/welcome`, {
    data: {
      token: new URL(desk.link).searchParams.get("token"),
      language: "en",
      name: "Karin Ek",
      email: "karin@own.example",
      password: "otter lantern gravel sonnet",
    },
  });
  assert.equal(answer.status(), 200, await answer.text());
}

const SIMULATED_DAYS = { from: 140, to: 10 } as const;
type Simulation = { readonly row: { readonly state: string } };

/** A simulation of the policy in force over the demo's last months, run to its end: the demo itself has none. */
export async function simulated(browser: Browser, desk: RunningDesk): Promise<string> {
  const person = await newPerson(browser);
  const { request } = person.context;
  await signInAs(person, desk, "Karin Holm");
  const path = `${desk.url}/api/collections/simulations`;
  const today = Temporal.Now.plainDateISO();
  const started = await request.post(path, {
    headers: { "idempotency-key": crypto.randomUUID(), origin: desk.url },
    data: {
      policy: { policyId: "se", version: 1 },
      from: today.subtract({ days: SIMULATED_DAYS.from }).toString(),
      to: today.subtract({ days: SIMULATED_DAYS.to }).toString(),
    },
  });
  assert.equal(started.status(), 200, await started.text());
  const { simulationId } = (await started.json()) as { simulationId: string };
  await until("the simulation to end", async () => {
    const { row } = (await (await request.get(`${path}/${simulationId}`)).json()) as Simulation;
    assert.notEqual(row.state, "failed");
    return row.state === "done" ? true : undefined;
  });
  await person.leave();
  return simulationId;
}
