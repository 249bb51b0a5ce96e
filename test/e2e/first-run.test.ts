/** A desk of one's own, from the first link to a second person with a second factor; and the way there out of the demo. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { type RunningDesk, startDesk, until } from "./desk.ts";
import { assertNoTroubles, newPerson, part, type Person, region, sees } from "./person.ts";
import { storyOf } from "./story.ts";

const PASSWORD = "otter lantern gravel sonnet";
const SECOND_PASSWORD = "biscuit harbour thimble walnut";

/** Code of an authenticator app (RFC 6238: SHA-1, six digits, thirty seconds) for a key in base 32. */
function totp(key: string, atMs: number): string {
  const bits = [...key.replaceAll(/[\s=]/g, "").toUpperCase()]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)));
  const hash = createHmac("sha1", secret).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 0xf;
  return String((hash.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
}
const codeNow = (key: string) => totp(key, Temporal.Now.instant().epochMilliseconds);

let desk: RunningDesk;
let browser: Browser;
let karin: Person;
let amir: Person;

before(async () => {
  [desk, browser] = await Promise.all([startDesk({ demo: false }), launchBrowser()]);
  karin = await newPerson(browser);
  amir = await newPerson(browser);
});
after(async () => {
  await browser?.close();
  await desk?.stop();
});

const story = storyOf(() => [karin, amir]);

test("codes are those of RFC 6238", () => {
  const key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  assert.equal(totp(key, 59_000), "287082");
  assert.equal(totp(key, 1_111_111_109_000), "081804");
});

async function fillDoor(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto(`${desk.url}/sign-in`);
  await fillDoor(page, { "E-mail": email, Password: password });
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function signOut(page: Page, me: string): Promise<void> {
  await page.getByRole("button", { name: me }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await sees(page.getByRole("heading", { level: 1, name: "Sign in" }));
}

story("before anybody is here, the sign-in page says where to begin", async () => {
  const { page } = karin;
  await page.goto(desk.url);
  await sees(page.getByText("Nobody is here yet"));
});

story("a weak password is refused with the reason, and the link is not used up by it", async () => {
  const { page } = karin;
  await page.goto(desk.link);
  await sees(page.getByRole("heading", { level: 1, name: "Make the first Global admin" }));
  await fillDoor(page, { "Your name": "Karin Ek", "E-mail": "karin@own.example", Password: "qwertyuiop123" });
  await page.getByRole("button", { name: "Make the first Global admin" }).click();
  const alert = page.getByRole("alert");
  await sees(alert.getByText("Choose another password."));
  await sees(alert.getByText(/common passwords|rows such as/));
});

story("a good one makes the first Global admin", async () => {
  const { page } = karin;
  await fillDoor(page, { Password: PASSWORD });
  await sees(page.getByText(/^Strength: (good|strong)$/));
  await page.getByRole("button", { name: "Make the first Global admin" }).click();
  await sees(page.getByRole("heading", { level: 1, name: /^Today/ }));
  await sees(page.getByRole("button", { name: "Karin Ek, Global admin" }));
  assert.equal(await page.getByText("Demo reseller").count(), 0);
});

/** What each page says while nothing is known: never that all is well. */
const EMPTY: readonly (readonly [string, RegExp])[] = [
  ["/", /No notices can arrive yet/],
  ["/", /Exposure is unknown/],
  ["/notices", /No notices can arrive yet/],
  ["/cases", /No case is open/],
  ["/decisions", /Nothing is open/],
  ["/customers", /No customers have been read yet/],
  ["/spend", /Usage has not been read yet/],
  ["/import", /Drop a file/i],
];

story("the desk is empty and says so on every page", async () => {
  const { page } = karin;
  for (const [path, said] of EMPTY) {
    await page.goto(desk.url + path);
    await sees(page.getByRole("main").getByText(said));
  }
});

story("the link works once", async () => {
  const { page } = amir;
  await page.goto(desk.link);
  await sees(page.getByText("This link was used already. Sign in, or ask for a new one."));
  await page.getByRole("link", { name: "Sign in" }).click();
  await sees(page.getByRole("heading", { level: 1, name: "Sign in" }));
});

story("signing out and in again with the password; a wrong one is refused", async () => {
  const { page } = karin;
  await page.goto(desk.url);
  await signOut(page, "Karin Ek, Global admin");
  await signIn(page, "karin@own.example", "not the password at all");
  await sees(page.getByRole("alert").getByText("E-mail or password is wrong."));
  await signIn(page, "karin@own.example", PASSWORD);
  await sees(page.getByRole("heading", { level: 1, name: /^Today/ }));
});

let key = "";
story("a second factor is set up and from then on asked for", async () => {
  const { page } = karin;
  await page.goto(`${desk.url}/account`);
  await region(page, "Second factor").getByRole("button", { name: "Set up…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await sees(dialog.getByRole("img", { name: "QR code for the authenticator app" }));
  await dialog.getByText("Or type this key into the app").click();
  key = await dialog.locator("code").innerText();
  await dialog.getByLabel("Code", { exact: true }).fill(codeNow(key));
  await dialog.getByRole("button", { name: "Turn the second factor on" }).click();
  await sees(dialog.getByText("Keep these backup codes"));
  assert.equal(await dialog.getByRole("listitem").count(), 10);
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await sees(region(page, "Second factor").getByText(/^On: an authenticator app/));
  await signOut(page, "Karin Ek, Global admin");
  await signIn(page, "karin@own.example", PASSWORD);
  await sees(page.getByRole("heading", { level: 1, name: "Second factor" }));
  await page.getByLabel("Code", { exact: true }).fill("000000");
  await page.getByRole("button", { name: "Continue" }).click();
  await sees(page.getByRole("alert").getByText("That code is wrong or too old."));
  await page.getByLabel("Code", { exact: true }).fill(codeNow(key));
  await page.getByRole("button", { name: "Continue" }).click();
  await sees(page.getByRole("heading", { level: 1, name: /^Today/ }));
});

story("a second person comes in by an invitation and sees what their role may", async () => {
  const { page } = karin;
  await page.goto(`${desk.url}/settings?tab=people`);
  await page.getByRole("button", { name: "Invite…" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite somebody" });
  await dialog.getByLabel("E-mail").fill("amir@own.example");
  await dialog.getByRole("button", { name: "Make the invitation" }).click();
  const shown = page.getByRole("dialog", { name: "Hand this link over" });
  const link = await shown.getByLabel("Link").inputValue();
  await shown.getByRole("button", { name: "I have kept it" }).click();
  await sees(region(page, "Invitations").getByText("amir@own.example"));
  await amir.page.goto(link);
  await sees(amir.page.getByText("You are invited as Admin agent."));
  await fillDoor(amir.page, { "Your name": "Amir Haddad", Password: SECOND_PASSWORD });
  await amir.page.getByRole("button", { name: "Join" }).click();
  await sees(amir.page.getByRole("button", { name: "Amir Haddad, Admin agent" }));
  await amir.page.goto(`${desk.url}/settings?tab=people`);
  await sees(amir.page.getByText(/Global admin/).first());
  assert.equal(await amir.page.getByRole("button", { name: "Invite…" }).count(), 0, "people are not theirs to manage");
  await sees(region(page, "People").getByText("Amir Haddad"));
});

test("nothing went wrong on the way but what was provoked", () => {
  assertNoTroubles(karin, [
    /^4\d\d POST \/api\/welcome$/,
    /^401 GET \/api\/desk$/,
    /^401 POST \/api\/auth\/sign-in\/email$/,
    /^401 POST \/api\/auth\/two-factor\/verify-totp$/,
  ]);
  assertNoTroubles(amir, [/^4\d\d POST \/api\/welcome\/link$/]);
  assert.deepEqual(desk.log, []);
});

test("from the demo one press leads to the first page of one's own desk", async () => {
  const demo = await startDesk();
  try {
    const person = await newPerson(browser);
    const { page } = person;
    await part([person], async () => {
      await page.goto(demo.link);
      await page.getByRole("button", { name: "Enter", exact: true }).click();
      await page.getByRole("link", { name: "Start empty" }).click();
      await page.getByRole("button", { name: "Start empty…" }).click();
      const dialog = page.getByRole("dialog", { name: "Start empty…" });
      await dialog.getByRole("button", { name: "Start empty…" }).click();
      await sees(page.getByRole("heading", { level: 1, name: "Make the first Global admin" }));
      await fillDoor(page, { "Your name": "Karin Ek", "E-mail": "karin@own.example", Password: PASSWORD });
      await page.getByRole("button", { name: "Make the first Global admin" }).click();
      await sees(page.getByText("No notices can arrive yet"));
    });
    await until("the terminal to say so too", async () =>
      demo.said.some((line) => line.startsWith("Surety is now the real desk")) ? true : undefined,
    );
    assert.deepEqual(demo.log, []);
    await person.leave();
  } finally {
    await demo.stop();
  }
});
