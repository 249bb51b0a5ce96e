import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sql } from "kysely";
import { verifyChain } from "../store/audit.ts";
import { readEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import { enterBy, GOOD_PASSWORD, testAccess, testClock, tokenIn } from "./testing.ts";

const store = await testStore();
const wall = testClock("2026-11-17T08:00:00Z");
const { access, browser, dataFolder } = testAccess(store, { wall });
const welcome = (token: string, more: object = {}) => ({
  method: "POST",
  path: "/api/welcome",
  body: { token, name: "Jonas Wik", email: "Jonas@Nordvik.se", password: GOOD_PASSWORD, ...more },
});

test("the key file is made at the first start and nobody else may read it", () => {
  const path = join(dataFolder, "secret.key");
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.ok(readFileSync(path, "utf8").trim().length >= 43);
});

test("an empty desk says that it waits for its first person", async () => {
  const { body } = await browser().ask({ method: "GET", path: "/api/welcome/state" });
  assert.deepEqual(body, { state: "first-run", deskName: "Surety", language: "en" });
});

test("each start prints a new first-run link, and only the newest works", async () => {
  const first = tokenIn(await access.firstRunLink());
  const second = tokenIn(await access.firstRunLink());
  assert.notEqual(first, second);
  assert.equal(Buffer.from(second, "base64url").length, 32);
  const { body } = await browser().ask(welcome(first));
  assert.equal(body["code"], "link-withdrawn");
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::integer as n from access_link where token_hash = ${second} or id = ${second}`.execute(store.db);
  assert.equal(rows[0]?.n, 0, "only the hash of the token is kept");
});

test("a first-run link is too old after a day", async () => {
  const token = tokenIn(await access.firstRunLink());
  wall.forward({ hours: 24 });
  const { body } = await browser().ask(welcome(token));
  assert.equal(body["code"], "link-expired");
});

const weak = [
  ["short1", "too-short"],
  ["password12345", "common"],
  ["Sommar2026!", "one-word"],
  ["qwertyuiop12", "common"],
  ["aaaaaaaaaaaaaa", "repeats"],
  ["jonas-lykta-7-molnbro", "has-own-name"],
  ["granit-NORDVIK-7-molnbro", "has-own-name"],
] as const;
for (const [password, advice] of weak)
  test(`the password ${password} is refused: ${advice}`, async () => {
    const token = tokenIn(await access.firstRunLink());
    const { body } = await browser().ask(welcome(token, { password }));
    assert.deepEqual([body["code"], (body["facts"] as { advice: string }).advice], ["password-weak", advice]);
    assert.doesNotMatch(JSON.stringify(body), new RegExp(password), "a refusal never repeats the password");
  });

test("a link that is incomplete says what is missing and still works afterwards", async () => {
  const token = tokenIn(await access.firstRunLink());
  const { body } = await browser().ask({ method: "POST", path: "/api/welcome", body: { token, name: "Jonas Wik" } });
  assert.equal(body["detail"], "this link also needs: email, password");
  const looked = await browser().ask({ method: "POST", path: "/api/welcome/link", body: { token } });
  assert.deepEqual([looked.body["kind"], looked.body["role"]], ["first-run", "global-admin"]);
});

test("a first-run link used twice at the same moment makes one person, who is signed in", async () => {
  const token = tokenIn(await access.firstRunLink());
  const browsers = [browser(), browser(), browser()];
  const answers = await Promise.all(
    browsers.map((one, at) => one.ask(welcome(token, { email: `person${at}@nordvik.se` }))),
  );
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 400, 400]);
  assert.ok(answers.every(({ status, body }) => status === 200 || body["code"] === "link-used"));
  const winner = browsers[answers.findIndex(({ status }) => status === 200)];
  assert.equal((await winner?.me())?.role, "global-admin");
  assert.deepEqual(
    await Promise.all(browsers.map(async (one) => (await one.me()) !== undefined)),
    browsers.map((one) => one === winner),
  );
  assert.equal((await browser().ask(welcome(token))).body["code"], "link-used");
  assert.equal(await access.firstRunLink(), undefined, "no link is made any more");
  assert.equal((await browser().ask({ method: "GET", path: "/api/welcome/state" })).body["state"], "ready");
});

test("an unknown token is refused without saying more", async () => {
  assert.equal((await browser().ask(welcome("no-such-token"))).body["code"], "link-unknown");
});

test("the session cookie is HttpOnly, SameSite=Lax and bound to the port, and the sign-in library accepts it", async () => {
  const { browser: another, access: other } = testAccess(await testStore());
  const one = another();
  await enterBy(one, await other.firstRunLink(), { name: "Ada Holm", email: "ada@nordvik.se" });
  assert.deepEqual([...one.cookies.keys()], ["surety-4400.session_token"]);
  const { body } = await one.auth("/get-session");
  assert.equal((body["user"] as { email: string }).email, "ada@nordvik.se");
  assert.doesNotMatch(JSON.stringify(body), /"token"/, "no answer carries the session's token");
});

test("every step is in the event log, and the chain holds", async () => {
  const events = await readEvents(store.db, { typePrefix: "access.", limit: 10 });
  assert.deepEqual(
    events.map((event) => event.type),
    ["access.signed-in", "access.person-joined"],
  );
  assert.equal((await verifyChain(store.db)).ok, true);
});
