/**
 * A customer who does not pay, from the bank file to the day its seats work again: money is taken in and allocated, the policy is changed,
 * simulated and approved, days pass, letters leave for a real mail server, access is touched with two people's yes, and paying puts
 * everything back as it was. Looked at in the mail server and in the simulator that stands for Microsoft.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { simpleParser } from "mailparser";
import type { Browser, Page } from "playwright-core";
import { camtFile } from "./bank-file.ts";
import { launchBrowser } from "./browser.ts";
import { asDemoPerson, type RunningDesk, type Simulator, simulatorOf, startDemoDesk, until } from "./desk.ts";
import { type MailSink, mailSink } from "./mail-sink.ts";
import { assertNoTroubles, newPerson, type Person, region, sees, signInAs } from "./person.ts";
import { storyOf } from "./story.ts";

/** Owes a rest since a week at the start, runs 48 seats, and answers nothing. */
const DEBTOR = "Östgöta Plåt AB";
const DEBTOR_KEY = "ostgota";
/** Owes one small invoice. */
const PAYER = "Blixt Bemanning AB";
/** Weekends and holidays make the ladder wait; longer than this it never does. */
const DAYS_MAX = 45;

let desk: RunningDesk;
let simulator: Simulator;
let sink: MailSink;
let browser: Browser;
let karin: Person;
let jonas: Person;
let elin: Person;
let ask: <T>(path: string) => Promise<T>;

before(async () => {
  sink = await mailSink();
  [desk, browser] = await Promise.all([startDemoDesk({ SURETY_DEMO_MAIL: `127.0.0.1:${sink.port}` }), launchBrowser()]);
  simulator = simulatorOf(desk);
  await simulator.settings({ laterAlerts: false });
  ask = await asDemoPerson(desk, "Astrid Lund");
  [karin, jonas, elin] = [await newPerson(browser), await newPerson(browser), await newPerson(browser)];
});
after(async () => {
  await browser?.close();
  await sink?.close();
  await desk?.stop();
});

const story = storyOf(() => [karin, jonas, elin]);

type Customer = { readonly id: string; readonly name: string };
type Invoice = { readonly number: string; readonly open: { readonly minor: string; readonly currency: string } };
type Account = {
  readonly accountId: string;
  readonly daysPastDue: number | null;
  readonly evaluatedAt: string;
  readonly asks: readonly { readonly kind: string }[];
};

async function customerNamed(name: string): Promise<Customer> {
  const { rows } = await ask<{ readonly rows: readonly Customer[] }>(`/api/customers?q=${encodeURIComponent(name)}`);
  const found = rows.find((one) => one.name === name);
  assert.ok(found, `the demo has ${name}`);
  return found;
}
const openInvoices = async (name: string): Promise<readonly Invoice[]> =>
  (await ask<{ rows: readonly Invoice[] }>(`/api/customers/${(await customerNamed(name)).id}/invoices?state=open`))
    .rows;
async function accountOf(name: string): Promise<Account> {
  const { rows } = await ask<{ rows: readonly (Account & { name: string })[] }>(
    `/api/collections/accounts?filter=all&q=${encodeURIComponent(name)}`,
  );
  const found = rows.find((one) => one.name === name);
  assert.ok(found, `${name} is an account`);
  return found;
}
const deskDay = async (): Promise<string> => (await ask<{ readonly now: string }>("/api/desk")).now.slice(0, 10);

type File = { readonly name: string; readonly text: string };
let paidBefore: readonly Invoice[] = [];
let dayOfFile = "";

/** Brings a bank file to the page, which reads it and says what would happen. */
async function show(page: Page, file: File): Promise<void> {
  await page.goto(`${desk.url}/money-in`);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose a file…" }).click();
  await (await chooser).setFiles({ name: file.name, mimeType: "text/xml", buffer: Buffer.from(file.text) });
  const statement = page.getByRole("table", { name: "Statements" }).getByRole("row").last();
  await sees(statement.getByText("Yes"));
}

/** Takes a bank file in: looked at first, then committed. */
async function takeIn(page: Page, file: File): Promise<void> {
  await show(page, file);
  await page.getByRole("button", { name: /^Take in \d+ payments?$/ }).click();
  await sees(page.getByText("Taken in", { exact: true }));
}

story("a bank file is looked at, taken in, and its money finds the invoice it names", async () => {
  await signInAs(karin, desk, "Karin Holm");
  const { page } = karin;
  const customer = await customerNamed(PAYER);
  const [invoice] = (await openInvoices(PAYER)).filter((one) => one.open.currency === "SEK");
  assert.ok(invoice, "the payer owes something");
  paidBefore = [invoice];
  dayOfFile = await deskDay();
  await takeIn(page, { name: "bank-1.xml", text: camtFile({ day: dayOfFile, payments: [invoice], id: "1" }) });
  await page.goto(`${desk.url}/receivables/${customer.id}`);
  const movements = region(page, "Movements");
  await sees(movements.getByText(new RegExp(`${invoice.number}: .*, named`)));
  assert.equal(
    (await openInvoices(PAYER)).some((one) => one.number === invoice.number),
    false,
  );
});

story("the same money in another file is known and pays nothing twice", async () => {
  const { page } = karin;
  const [paid] = paidBefore;
  assert.ok(paid);
  const file = camtFile({ day: dayOfFile, payments: [paid], id: "1" }).replace("<MsgId>M1", "<MsgId>M1-again");
  await show(page, { name: "bank-1-again.xml", text: file });
  await sees(region(page, "What happens").getByText(/known already/i));
  assert.equal(await page.getByRole("button", { name: /^Take in \d+ payments?$/ }).count(), 0);
});

story("a mistake in a policy is marked at its place; a draft is saved only as written", async () => {
  const { page } = karin;
  await page.goto(`${desk.url}/collections/policies/se?show=1`);
  await page.getByRole("button", { name: "New draft from this" }).click();
  await sees(page.getByRole("heading", { level: 1, name: /· 2$/ }));
  const text = await textOf(page);
  await write(page, text.replace("daysPastDue: 3\n", "daysPastDue: soon\n"));
  await sees(region(page, "Findings").getByText(/write a number/));
  await sees(region(page, "Findings").getByText(/^Line \d+, column \d+/));
  await write(page, text.replace("daysPastDue: 3\n", "daysPastDue: 4\n"));
  await region(page, "Findings")
    .getByText(/write a number/)
    .waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Save draft" }).click();
  await sees(page.getByText("Nobody has looked at a simulation of exactly this text"));
  assert.ok(await page.getByRole("button", { name: "Ask for approval" }).isDisabled());
});

/** The whole text of the version that is open: the editor holds only what is scrolled into view. */
async function textOf(page: Page): Promise<string> {
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const version = new URL(page.url()).searchParams.get("show") ?? "";
  return (await ask<{ readonly text: string }>(`/api/collections/policies/${id}/versions/${version}`)).text;
}
async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Policy in YAML" }).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}

story("it is simulated on the reseller's own history, and looked at, before anybody is asked", async () => {
  const { page } = karin;
  await page.getByRole("button", { name: "Simulate" }).click();
  await sees(page.getByRole("heading", { level: 1, name: "Simulations" }));
  await page.getByRole("main").getByRole("button", { name: "Simulate", exact: true }).click();
  await sees(region(page, "What would have happened"));
  await sees(region(page, "Cash in"));
  await page.goto(`${desk.url}/collections/policies/se?show=2`);
  await page.getByRole("button", { name: "Ask for approval" }).click();
  const dialog = page.getByRole("dialog", { name: "Ask for this policy to come into force" });
  await dialog.getByLabel("Why").fill("One day more before the first reminder: weekend payments are in by then");
  await dialog.getByRole("button", { name: "Ask for approval" }).click();
  await sees(page.getByText("Waits for approval"));
  assert.ok(await page.getByRole("button", { name: "Approve" }).isDisabled(), "not by the one who asked");
});

story("another person approves it, and it is in force", async () => {
  await signInAs(jonas, desk, "Jonas Wik");
  const { page } = jonas;
  await page.goto(`${desk.url}/collections/policies/se?show=2`);
  await page.getByRole("button", { name: "Approve" }).click();
  const dialog = page.getByRole("dialog", { name: "Put version 2 in force" });
  await dialog.getByLabel("Why").fill("The simulation shows nobody worse off");
  await dialog.getByRole("button", { name: "Approve" }).click();
  await sees(page.getByText("In force", { exact: true }));
});

/** One press in the banner; waits until the ladder was looked at on the new day and its letters are out. */
async function letDayPass(): Promise<string> {
  const { page } = karin;
  const before = await deskDay();
  await page.getByRole("button", { name: "Let a day pass" }).click();
  const day = await until("the day to pass", async () => ((await deskDay()) > before ? await deskDay() : undefined));
  await until("the ladder to be looked at", async () =>
    (await accountOf(DEBTOR)).evaluatedAt.slice(0, 10) >= day ? true : undefined,
  );
  await until("letters to leave", async () => {
    const { rows } = await ask<{ readonly rows: readonly { state: string }[] }>(
      "/api/collections/letters?state=queued&channel=mail&limit=1",
    );
    return rows.length === 0 ? true : undefined;
  });
  return day;
}

const lettersToDebtor = async () => {
  const mails = await Promise.all(sink.mails.map(({ raw }) => simpleParser(raw)));
  return mails.filter((mail) => JSON.stringify(mail.to).includes("ostgotaplat"));
};

story("days pass: reminders and then the notice of suspension leave for a real mail server, each once", async () => {
  await karin.page.goto(`${desk.url}/collections`);
  const from = await deskDay();
  type Letter = {
    readonly decidedOn: string;
    readonly accountId: string;
    readonly stepId: string;
    readonly state: string;
    readonly subject: string;
  };
  const sent = async (): Promise<Letter | undefined> => {
    const { accountId } = await accountOf(DEBTOR);
    const { rows } = await ask<{ readonly rows: readonly Letter[] }>(
      "/api/collections/letters?channel=mail&state=sent&limit=200",
    );
    return rows.find(
      (one) => one.accountId === accountId && one.stepId === "suspension-notice" && one.decidedOn >= from,
    );
  };
  for (let days = 0; (await sent()) === undefined; days++) {
    assert.ok(days < DAYS_MAX, "the notice of suspension never left");
    await letDayPass();
  }
  const mails = await lettersToDebtor();
  assert.ok(mails.length >= 2, "there were notices before it");
  const ids = mails.map((mail) => mail.messageId);
  assert.equal(new Set(ids).size, ids.length, "no letter came twice");
  const subject = (await sent())?.subject;
  const notice = mails.find((mail) => mail.subject === subject);
  assert.ok(notice, "what the desk calls sent is in the mail server");
  assert.equal(notice.attachments[0]?.contentType, "application/pdf");
  assert.match(notice.replyTo?.text ?? "", /^collections\+[0-9a-f]+@/);
  const [invoice] = await openInvoices(DEBTOR);
  assert.ok(invoice && (notice.text ?? "").includes(invoice.number), "it names what is overdue");
});

const seats = async () => {
  const { subscriptions } = await simulator.state(DEBTOR_KEY);
  const found = subscriptions.find((one) => one.name === "Microsoft 365 Business Standard");
  assert.ok(found, "the debtor has seats");
  return found;
};

story("once the notice has run, suspension is proposed and not before; nothing happens without a yes", async () => {
  assert.deepEqual([(await seats()).status, (await seats()).autoRenewEnabled], ["active", true]);
  for (let days = 0; !(await accountOf(DEBTOR)).asks.some(({ kind }) => kind === "suspend-seats"); days++) {
    assert.ok(days < DAYS_MAX, "suspension was never proposed");
    await letDayPass();
  }
  assert.equal((await seats()).status, "active");
  const { page } = karin;
  await page.goto(`${desk.url}/collections/accounts/${(await accountOf(DEBTOR)).accountId}`);
  const asked = region(page, "What the policy asks for").getByRole("listitem").filter({ hasText: "Suspend seats" });
  await sees(asked.getByText("Asked for"));
  await asked
    .getByRole("link", { name: /^P-\d+/ })
    .first()
    .click();
  await sees(page.getByRole("heading", { level: 1 }));
});

/** One person's yes to the proposal whose page is open at `address`. */
async function sayYes(person: Person, address: string): Promise<void> {
  const { page } = person;
  await page.goto(address);
  const button = region(page, "Decision")
    .getByRole("button", { name: /^(Suspend|Reactivate|Turn)/ })
    .first();
  // The button carries its key beside its words.
  const [action = ""] = (await button.innerText()).split("\n");
  await button.click();
  const dialog = page.getByRole("dialog", { name: `Approve: ${action}` });
  await dialog.getByLabel("What you checked").fill("Read the notices that were sent and the ledger of today");
  await dialog.getByRole("button", { name: action, exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
}

story("two people say yes, and Microsoft shows the seats suspended and auto-renew off", async () => {
  const address = karin.page.url();
  await signInAs(elin, desk, "Elin Sandström");
  await sayYes(jonas, address);
  assert.equal((await seats()).status, "active", "one yes is not two");
  await sayYes(elin, address);
  const now = await until("Microsoft to show it suspended", async () => {
    const one = await seats();
    return one.status === "suspended" ? one : undefined;
  });
  assert.equal(now.autoRenewEnabled, false);
  await until("the desk to have verified it", async () =>
    (await accountOf(DEBTOR)).asks.some(({ kind }) => kind === "suspend-seats") ? undefined : true,
  );
});

story("the customer pays, and the way back is proposed at once", async () => {
  const owed = await openInvoices(DEBTOR);
  await takeIn(karin.page, {
    name: "bank-2.xml",
    text: camtFile({ day: await deskDay(), payments: owed, id: "2" }),
  });
  assert.deepEqual(await openInvoices(DEBTOR), []);
  type Proposals = { readonly rows: readonly { id: string; kind: string; customerName: string; state: string }[] };
  const back = await until("the reactivation to be proposed", async () =>
    (await ask<Proposals>("/api/proposals?limit=100")).rows.find(
      (one) => one.customerName === DEBTOR && one.kind === "reactivate-subscription",
    ),
  );
  if (back.state === "proposed") await sayYes(elin, `${desk.url}/decisions/${back.id}`);
  const now = await until("Microsoft to show it active again", async () => {
    const one = await seats();
    return one.status === "active" && one.autoRenewEnabled ? one : undefined;
  });
  assert.equal(now.quantity, 48, "the seats are the same");
});

story("purchases are free again, and the ladder is clear", async () => {
  const account = await accountOf(DEBTOR);
  const may = await until("the freeze to be lifted", async () => {
    const answer = await ask<{ readonly mayBuy: boolean }>(`/api/customers/${account.accountId}/may-buy`);
    return answer.mayBuy ? answer : undefined;
  });
  assert.equal(may.mayBuy, true);
  await karin.page.goto(`${desk.url}/collections/accounts/${account.accountId}`);
  await sees(karin.page.getByText("nothing overdue"));
  const { code, err } = await desk.surety("audit", "verify");
  assert.equal(code, 0, err);
});

test("nothing went wrong on the way", () => {
  for (const person of [karin, jonas, elin]) assertNoTroubles(person);
});
