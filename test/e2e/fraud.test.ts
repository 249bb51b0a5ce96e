/**
 * The way the desk is for: somebody mines at a customer's expense. From the printed link to the closed case, with two people,
 * and looked at where it counts: in the simulator that stands for Microsoft. Then the way back of a suspension.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { asDemoPerson, type RunningDesk, type Simulator, simulatorOf, startDemoDesk, until } from "./desk.ts";
import { assertNoTroubles, newPerson, type Person, region, sees, signInAs } from "./person.ts";
import { storyOf } from "./story.ts";

const SECURE_STEPS = [
  "MFA for every admin and owner",
  "Check recovery mail and phone of Global admins",
  "Check app registrations and credentials",
  "Check GDAP roles and partner relations",
  "Look for leftovers",
];

let desk: RunningDesk;
let simulator: Simulator;
let browser: Browser;
let jonas: Person;
let elin: Person;

before(async () => {
  [desk, browser] = await Promise.all([startDemoDesk(), launchBrowser()]);
  simulator = simulatorOf(desk);
  // Microsoft takes minutes to cancel; what is shown here does not depend on how many.
  await simulator.settings({ speedCancelSeconds: 3 });
  jonas = await newPerson(browser);
  elin = await newPerson(browser);
});
after(async () => {
  await browser?.close();
  await desk?.stop();
});

const story = storyOf(() => [jonas, elin]);

const mining = async () => {
  const { entitlements, alerts } = await simulator.state("havso");
  const named = entitlements.find((one) => one.name === "Havsö Produktion");
  const alert = alerts.find((one) => one.kind === "CryptoMining");
  assert.ok(named && alert, "the world has the mined subscription and its alert");
  return { named, alert, others: entitlements.filter((one) => one !== named) };
};

story("the printed link signs in as Global admin, and Today shows what must be answered", async () => {
  const { page } = jonas;
  await page.goto(desk.link);
  await page.getByRole("button", { name: "Enter", exact: true }).click();
  await sees(page.getByRole("heading", { level: 1, name: /^Today/ }));
  await sees(page.getByText("Demo reseller – invented data"));
  const row = region(page, "Clocks").getByRole("listitem").filter({ hasText: "Havsö Logistik AB" });
  await sees(row.getByText("to aim"));
  await row.getByRole("link", { name: "Crypto mining" }).click();
});

story("the notice says what Microsoft saw and leads to its case", async () => {
  const { page } = jonas;
  await sees(page.getByRole("heading", { level: 1, name: "Crypto mining" }));
  await sees(region(page, "What Microsoft says").getByText("CryptoMining", { exact: true }));
  await page.getByRole("link", { name: /^CASE-\d+$/ }).click();
  await sees(page.getByRole("heading", { level: 1, name: "Crypto mining" }));
  await page.getByRole("button", { name: "Take this case" }).click();
  await sees(page.getByText(/^You have this since/));
});

story(
  "cancelling what the alert names is proposed with its effects, and tried dry: nothing reaches Microsoft",
  async () => {
    const { page } = jonas;
    const ways = region(page, "Ways to act");
    const way = ways.getByRole("radio", {
      name: /Cancel 1 Azure subscription.*Named by Microsoft's alert.*Havsö Produktion/,
    });
    assert.ok(await way.isChecked(), "the way that Microsoft's alert names is chosen beforehand");
    await ways.getByRole("button", { name: "Propose: Cancel 1 Azure subscription" }).click();
    const dialog = page.getByRole("dialog", { name: "Propose: Cancel 1 Azure subscription" });
    await sees(dialog.getByText("Public IPs are lost"));
    assert.ok(await dialog.getByLabel("Then answer its open alert as Fraud").isChecked());
    const propose = dialog.getByRole("button", { name: "Propose: Cancel 1 Azure subscription" });
    assert.ok(await propose.isDisabled(), "no proposal without a reason");
    await dialog.getByLabel("Reason").fill("28 GPU machines in three regions nobody at Havsö has ordered");
    await propose.click();
    await sees(page.getByText("Waits for approval").first());
    const effects = await simulator.effects();
    await region(page, "Calls to Microsoft").getByRole("button", { name: "Dry run" }).click();
    await sees(region(page, "Calls to Microsoft").getByText("Would be sent"));
    assert.equal(await simulator.effects(), effects, "a dry run changes nothing");
  },
);

story("whoever proposes cannot approve", async () => {
  const decision = region(jonas.page, "Decision");
  assert.ok(await decision.getByRole("button", { name: "Cancel 1 Azure subscription" }).isDisabled());
  await sees(decision.getByText(/another person/i));
});

story("another person approves, and Microsoft shows it cancelled and the alert resolved as Fraud", async () => {
  await jonas.page.getByRole("button", { name: "Jonas Wik, Global admin" }).click();
  await jonas.page.getByRole("menuitem", { name: "Sign out" }).click();
  await sees(jonas.page.getByRole("heading", { level: 1, name: "Sign in" }));
  await signInAs(elin, desk, "Elin Sandström");
  const { page } = elin;
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: /^Decisions/ })
    .click();
  await page
    .getByRole("row")
    .filter({ hasText: "Havsö Logistik AB" })
    .getByRole("button", { name: /^Review .*Cancel 1 Azure subscription/ })
    .click();
  await approve(page, "Cancel 1 Azure subscription", "Called the customer on the number we know");
  const { named, others } = await until("Microsoft to have cancelled and answered", async () => {
    const now = await mining();
    return now.named.status !== "active" && now.alert.status === "resolved" ? now : undefined;
  });
  assert.equal(named.status, "inactive");
  assert.equal((await mining()).alert.resolvedReason, "fraud");
  assert.deepEqual(
    others.map((one) => one.status),
    ["active"],
    "what was not named runs on",
  );
  await sees(region(page, "Steps").getByText("Answer Microsoft about Crypto mining"));
  await until("both steps to be verified", async () =>
    (await region(page, "Steps").getByText("Verified", { exact: true }).count()) === 2 ? true : undefined,
  );
});

/** Approves what is on the page. */
async function approve(page: Page, action: string, note: string): Promise<void> {
  await region(page, "Decision").getByRole("button", { name: action }).click();
  const dialog = page.getByRole("dialog", { name: `Approve: ${action}` });
  await dialog.getByLabel("What you checked").fill(note);
  await dialog.getByRole("button", { name: action, exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
}

story("the notice is answered, in the desk's own words too", async () => {
  const { page } = elin;
  await page.getByRole("link", { name: "Open case" }).click();
  await sees(region(page, "Evidence"));
  const ask = await asDemoPerson(desk, "Astrid Lund");
  type Notices = { readonly rows: readonly { id: string; kind: string; customerName: string; state: string }[] };
  const notice = await until("the desk to know that it is answered", async () =>
    (await ask<Notices>("/api/notices?state=answered")).rows.find(
      (one) => one.customerName === "Havsö Logistik AB" && one.kind === "CryptoMining",
    ),
  );
  await page.goto(`${desk.url}/notices/${notice.id}`);
  await sees(region(page, "Answer").getByText(/^Answered/));
  await sees(region(page, "Answer").getByText(/Fraud/));
  await page.getByRole("link", { name: /^CASE-\d+$/ }).click();
});

story("the case closes as fraud once every Secure step is settled, with a note", async () => {
  const { page } = elin;
  await sees(region(page, "Evidence"));
  await page.keyboard.press("x");
  const dialog = page.getByRole("dialog", { name: /^Close CASE-/ });
  await dialog.getByRole("radio", { name: "Unauthorised use" }).check();
  await sees(dialog.getByText("5 things stop this case from closing"));
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await region(page, "Playbook").locator("summary", { hasText: "Secure" }).click();
  for (const step of SECURE_STEPS) {
    await page.getByRole("button", { name: step }).click();
    const marking = page.getByRole("dialog", { name: step });
    await marking.getByLabel("Note or evidence").fill("Checked with their administrator");
    await marking.getByRole("button", { name: "Mark as: Done" }).click();
    await marking.waitFor({ state: "hidden" });
  }
  await page.getByRole("button", { name: /^Close…/ }).click();
  await dialog.getByRole("radio", { name: "Unauthorised use" }).check();
  await dialog.getByLabel("Why").fill("Stolen admin account mined; cancelled within the hour, customer informed");
  await dialog.getByRole("button", { name: "Close case" }).click();
  await sees(page.getByText(/^Closed as Fraud by Elin Sandström/));
});

story("the record verifies on the page and on the command line", async () => {
  const { page } = elin;
  await page.getByRole("link", { name: /^Audit$/ }).click();
  const chain = region(page, "Chain");
  await chain.getByRole("button", { name: "Check now" }).click();
  await sees(chain.getByText(/events checked, none was changed/));
  const log = region(page, "Events");
  await sees(log.getByText("Elin Sandström"));
  const { code, out, err } = await desk.surety("audit", "verify", "--json");
  assert.equal(code, 0, err);
  assert.equal((JSON.parse(out) as { ok: boolean }).ok, true);
});

const copilot = async () => {
  const found = (await simulator.state("solvik")).subscriptions.find((one) => one.name === "Microsoft 365 Copilot");
  assert.ok(found, "the world has the subscription");
  return found;
};
let beforeSuspension: Awaited<ReturnType<typeof copilot>>;

story("a seat subscription is suspended from the passport, by two people", async () => {
  beforeSuspension = await copilot();
  assert.ok(beforeSuspension.autoRenewEnabled && beforeSuspension.scheduledNextTermInstructions !== null);
  const { page } = elin;
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: /^Customers/ })
    .click();
  await page.getByRole("link", { name: /^Solvik Energi AB/ }).click();
  const ways = region(page, "Ways to act");
  await ways.getByRole("button", { name: /^Show \d+ more ways$/ }).click();
  await ways.getByRole("radio", { name: /^Suspend Microsoft 365 Copilot/ }).check();
  await ways.getByRole("button", { name: /^Propose: Suspend Microsoft 365 Copilot/ }).click();
  const dialog = page.getByRole("dialog", { name: /^Propose: Suspend/ });
  await dialog.getByLabel("Reason").fill("41 days overdue, notice given on 1 November");
  await dialog.getByRole("button", { name: /^Propose: Suspend/ }).click();
  await sees(page.getByText("Waits for approval").first());
  await signInAs(jonas, desk, "Karin Holm");
  await jonas.page.goto(page.url());
  await approve(jonas.page, "Suspend Microsoft 365 Copilot × 60", "No payment on the account today");
  await until("Microsoft to have suspended it", async () =>
    (await copilot()).status === "suspended" ? true : undefined,
  );
  assert.equal((await copilot()).autoRenewEnabled, false, "a suspension switches auto-renew off");
  await sees(region(page, "Steps").getByText("Verified", { exact: true }));
});

story("its undo brings back auto-renew and the scheduled change", async () => {
  const { page } = elin;
  await region(page, "Decision").getByRole("button", { name: "Undo…" }).click();
  const dialog = page.getByRole("dialog", { name: "Propose undo" });
  await dialog.getByLabel("Reason").fill("Paid in full this morning");
  await dialog.getByRole("button", { name: "Propose undo" }).click();
  await sees(page.getByRole("heading", { level: 1, name: /^Reactivate Microsoft 365 Copilot/ }));
  await jonas.page.goto(page.url());
  await approve(jonas.page, "Reactivate Microsoft 365 Copilot × 60", "Payment seen");
  await sees(region(page, "Steps").getByText("Verified", { exact: true }));
  await until("everything to be as it was", async () => {
    const { status, autoRenewEnabled, scheduledNextTermInstructions } = await copilot();
    return status === "active" && autoRenewEnabled && scheduledNextTermInstructions !== null ? true : undefined;
  });
  const { scheduledNextTermInstructions, quantity } = await copilot();
  assert.deepEqual(scheduledNextTermInstructions, beforeSuspension.scheduledNextTermInstructions);
  assert.equal(quantity, beforeSuspension.quantity);
});

test("nothing went wrong on the way, in the browsers or in the desk", () => {
  assertNoTroubles(jonas);
  assertNoTroubles(elin);
  assert.deepEqual(desk.log, []);
});
