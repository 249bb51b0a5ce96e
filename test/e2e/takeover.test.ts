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

type Case = {
  readonly moneyAtRisk: { readonly amount: { readonly minor: string } | null };
  readonly evidence: readonly { readonly kind: string; readonly facts: Readonly<Record<string, string | number>> }[];
  readonly proposals: readonly { readonly kind: string; readonly state: string }[];
};

story("its case shows the chain, what may be lost, and containment that waits for a yes", async () => {
  const { page } = jonas;
  await page.goto(`${desk.url}/cases/${caseId}`);
  await sees(page.getByRole("heading", { level: 1, name: /^(Takeover|Access elevated)/ }));
  const evidence = region(page, "Evidence");
  await sees(evidence.getByText("microsoft.authorization/elevateaccess/action"));
  await sees(evidence.getByText("microsoft.authorization/roleassignments/write"));
  await sees(evidence.getByText("microsoft.compute/virtualmachines/write"));
  await evidence
    .getByRole("button", { name: /^Show \d+ more of the same$/ })
    .last()
    .click();
  await sees(evidence.getByText(/standard_n[cd]\d+/));
  const told = await asked<Case>("GET", `/api/cases/${caseId}`);
  assert.ok(BigInt(told.moneyAtRisk.amount?.minor ?? 0) > 0n, "money at risk is told");
  assert.deepEqual(
    told.proposals.map(({ kind, state }) => [kind, state]),
    [["cancel-entitlement", "proposed"]],
    "containment is proposed once, and nothing was done",
  );
  await sees(page.getByText("Waits for approval").first());
});

story("what is known to be harmless is kept quiet by its value, with a reason and an end", async () => {
  const { page } = jonas;
  const findings = region(page, "Findings");
  await findings
    .getByRole("listitem")
    .filter({ hasText: "Sign-in that Microsoft holds for risky" })
    .getByRole("button", { name: "Suppress…" })
    .click();
  const dialog = page.getByRole("dialog", { name: "Suppress by value" });
  assert.ok(await dialog.getByRole("button", { name: "Suppress", exact: true }).isDisabled(), "not without a reason");
  await dialog.getByLabel(/^Why is it harmless/).fill("Their own penetration test, agreed with Astrid");
  await dialog.getByRole("button", { name: "Suppress", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.goto(`${desk.url}/activity/suppressions`);
  const row = page.getByRole("row").filter({ hasText: "Their own penetration test" });
  await sees(row.getByRole("button", { name: /^Lift/ }));
});

type Rules = { readonly rows: readonly { readonly ruleId: string; readonly title: string }[] };
type Rule = { readonly text: string };
const RULE = "Access elevated to every Azure subscription of the tenant";
let ruleId: string;

story("a rule is run over the past before it is changed", async () => {
  const { page } = jonas;
  const found = (await asked<Rules>("GET", "/api/activity/rules")).rows.find(({ title }) => title === RULE);
  assert.ok(found, "the rule is there");
  ({ ruleId } = found);
  await page.goto(`${desk.url}/activity/rules`);
  await page.getByRole("link", { name: RULE }).click();
  await sees(page.getByRole("heading", { level: 1, name: RULE }));
  await page
    .getByRole("link", { name: "Backtest" })
    .or(page.getByRole("tab", { name: "Backtest" }))
    .click();
  await region(page, "Backtest").getByRole("button", { name: "Run it" }).click();
  const result = region(page, "What it would have hit");
  await sees(result.getByRole("row", { name: /^Hits \d/ }));
  await sees(result.getByText("Lumo Studios AB").or(page.getByText("Lumo Studios AB")));
});

story("it is mended in the page: a fault is shown with its line, and the new version runs in shadow", async () => {
  const { page } = jonas;
  const { text } = await asked<Rule>("GET", `/api/activity/rules/${ruleId}`);
  await page.goto(`${desk.url}/activity/rules/${ruleId}?tab=text`);
  const write = async (next: string) => {
    await page.getByRole("textbox", { name: "Rule as YAML" }).click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(next);
  };
  await write(text.replace("(activity or audit) and not failed", "(activity or audit) and not unheardof"));
  await sees(region(page, "Faults and advice").getByText(/unheardof/));
  assert.ok(await page.getByRole("button", { name: "Save…" }).isDisabled(), "what has faults is not saved");
  await write(text.replace("level: high", "level: critical"));
  await sees(region(page, "Try").getByText(/^\d+ hits?$/));
  await page.getByRole("button", { name: "Save…" }).click();
  const dialog = page.getByRole("dialog", { name: "Save the rule" });
  await dialog.getByRole("radio", { name: /^Run in shadow/ }).check();
  await dialog.getByLabel("Reason").fill("One elevation without a ticket is enough for us");
  await dialog.getByRole("button", { name: "Save and run in shadow" }).click();
  await dialog.waitFor({ state: "hidden" });
  await sees(page.getByText(/version 2/));
  await sees(page.getByText("Shadow", { exact: true }));
});

test("nothing went wrong on the way, in the browser or in the desk", () => {
  assertNoTroubles(jonas);
  assert.deepEqual(desk.log, []);
});
