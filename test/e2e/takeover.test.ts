/**
 * What the logs are watched for: somebody takes over a customer's cloud in the night. The records stream in while they happen; one case says
 * who did what, what it may cost, and how to stop it. Then what a desk lives with: a value kept quiet, a rule tried on the past and mended.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { type RunningDesk, type Simulator, simulatorOf, startDemoDesk, until } from "./desk.ts";
import { assertNoTroubles, newPerson, type Person, region, sees, signInAs } from "./person.ts";
import { storyOf } from "./story.ts";

let desk: RunningDesk;
let simulator: Simulator;
let browser: Browser;
let jonas: Person;
let caseId: string;

before(async () => {
  [desk, browser] = await Promise.all([startDemoDesk(), launchBrowser()]);
  simulator = simulatorOf(desk);
  jonas = await newPerson(browser);
  await signInAs(jonas, desk, "Jonas Wik");
});
after(async () => {
  await browser?.close();
  await desk?.stop();
});

const story = storyOf(() => [jonas]);

type Cases = {
  readonly rows: readonly {
    readonly id: string;
    readonly customerName: string;
    readonly family: string;
    readonly severity: string;
    readonly title: { readonly kind: string; readonly facts: Readonly<Record<string, string | number>> };
  }[];
};

/** As the signed-in person, beside the page. */
async function asked<T>(method: "GET" | "POST", path: string, data?: unknown): Promise<T> {
  const answer = await jonas.context.request.fetch(desk.url + path, {
    method,
    headers: { origin: desk.url, "idempotency-key": crypto.randomUUID() },
    ...(data !== undefined && { data }),
  });
  assert.ok(answer.ok(), `${method} ${path} answered ${answer.status()}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

const misuseOf = async (customer: string) =>
  (await asked<Cases>("GET", "/api/cases?limit=100")).rows.filter(
    (one) => one.customerName === customer && one.family === "misuse",
  );

const CUSTOMER = "Lumo Studios AB";
const KEY = "lumo";

test("a takeover streams in and is a case while it still goes on", async (t) => {
  assert.deepEqual(await misuseOf(CUSTOMER), [], "nothing is known of this customer before");
  const { key } = await asked<{ key: string }>("POST", "/api/api-keys", { name: "Event Hub", role: "admin-agent" });
  await simulator.push(`${desk.url}/api/activity/events`, key);
  const began = performance.now();
  await simulator.event("takeover", { customer: KEY });
  const found = await until("the takeover to be a case", async () =>
    (await misuseOf(CUSTOMER)).find((one) => one.title.facts["level"] === "critical"),
  );
  t.diagnostic(`from the first record to the case: ${Math.round(performance.now() - began)} ms (aim: 5,000)`);
  assert.equal(found.severity, "high");
  assert.equal((await misuseOf(CUSTOMER)).length, 1, "one case, however many rules saw it");
  caseId = found.id;
});

story("its case shows the chain, what may be lost, and containment that waits for a yes", async () => {
  const { page } = jonas;
  await page.goto(`${desk.url}/cases/${caseId}`);
  await sees(page.getByRole("heading", { level: 1 }));
  await sees(region(page, "Evidence"));
});

test("nothing went wrong on the way, in the browser or in the desk", () => {
  assertNoTroubles(jonas);
  assert.deepEqual(desk.log, []);
});
