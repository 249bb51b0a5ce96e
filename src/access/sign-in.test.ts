import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { getMigrations } from "better-auth/db/migration";
import { sql } from "kysely";
import { readEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import { authOptions } from "./auth.ts";
import { authDatabase } from "./store-auth.ts";
import { type Browser, enterBy, GOOD_PASSWORD, testAccess, tokenIn } from "./testing.ts";

const store = await testStore();
const { access, browser } = testAccess(store);
const ADMIN = "jonas@nordvik.se";
const home = browser();
await enterBy(home, await access.firstRunLink(), { name: "Jonas Wik", email: ADMIN });
const signIn = (one: Browser, password = GOOD_PASSWORD, email = ADMIN) =>
  one.auth("/sign-in/email", { email, password });
const lastEvents = async (limit: number) =>
  (await readEvents(store.db, { typePrefix: "access.", limit })).map(({ type, data }) => [
    type,
    (data as { method?: string } | null)?.method,
  ]);

/** RFC 6238 with SHA-1, six digits, thirty seconds: what authenticator apps do. */
function totp(uri: unknown, stepsAhead = 0): string {
  const secret = new URL(String(uri)).searchParams.get("secret") ?? "";
  const bits = [...secret.replaceAll("=", "")]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Temporal.Now.instant().epochMilliseconds / 30_000) + stepsAhead));
  const digest = createHmac("sha1", key).update(counter).digest();
  const at = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(at) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, "0");
}

test("our migration makes exactly the tables that the sign-in library expects", async () => {
  const { db } = authDatabase(store.db);
  const options = authOptions({
    db,
    baseUrl: "http://x.test",
    secret: "x".repeat(32),
    trustedOrigins: async () => [],
    mayEnter: async () => true,
  });
  const { toBeCreated, toBeAdded } = await getMigrations(options);
  assert.deepEqual([toBeCreated, toBeAdded], [[], []]);
  await sql`alter table auth_two_factor rename column locked_until to other`.execute(store.db);
  assert.deepEqual(
    (await getMigrations(options)).toBeAdded.map(({ table, fields }) => [table, Object.keys(fields)]),
    [["auth_two_factor", ["locked_until"]]],
    "a column that is missing is seen",
  );
  await sql`alter table auth_two_factor rename column other to locked_until`.execute(store.db);
});

test("the right password signs in, in any spelling of the address; a wrong one and a stranger get the same answer", async () => {
  const good = browser();
  assert.equal((await signIn(good, GOOD_PASSWORD, " Jonas@NORDVIK.se ")).status, 200);
  assert.equal((await good.me())?.name, "Jonas Wik");
  const wrong = await signIn(browser(), "wrong-password-9");
  const stranger = await signIn(browser(), "wrong-password-9", "nobody@nordvik.se");
  assert.deepEqual([wrong.status, wrong.body], [401, stranger.body]);
  assert.equal(wrong.body["code"], "invalid-email-or-password");
  assert.deepEqual(await lastEvents(2), [
    ["access.sign-in-failed", undefined],
    ["access.signed-in", "password"],
  ]);
});

test("signing out ends the session for good, not only in the browser", async () => {
  const one = browser();
  await signIn(one);
  const stolen = new Map(one.cookies);
  await one.auth("/sign-out", {});
  assert.equal(one.cookies.has("surety-4400.session_token"), false);
  for (const [name, value] of stolen) one.cookies.set(name, value);
  assert.equal(await one.me(), undefined);
});

test("a cookie that was changed, or signed by another desk, is nobody's", async () => {
  const one = browser();
  const [name = "", value = ""] = [...home.cookies][0] ?? [];
  one.cookies.set(
    name,
    value.replace(/^./, (letter) => (letter === "a" ? "b" : "a")),
  );
  assert.equal(await one.me(), undefined);
  one.cookies.set(name, "%E0%A4%A");
  assert.equal(await one.me(), undefined);
});

test("nobody can sign up, delete or look around through the library", async () => {
  for (const path of [
    "/sign-up/email",
    "/delete-user",
    "/update-user",
    "/change-email",
    "/request-password-reset",
    "/two-factor/get-totp-uri",
  ])
    assert.equal(
      (await home.auth(path, { email: "new@nordvik.se", password: GOOD_PASSWORD, name: "New" })).status,
      404,
      path,
    );
  for (const path of ["/list-sessions", "/list-accounts", "/ok"])
    assert.equal((await home.auth(path)).status, 404, path);
});

test("a page of another site may not sign anybody in or out", async () => {
  const headers = {
    ...home.headers(),
    host: "desk.test:4400",
    origin: "https://evil.example",
    "content-type": "application/json",
  };
  const response = await access.handler(
    new Request("http://desk.test:4400/api/auth/sign-out", { method: "POST", headers, body: "{}" }),
  );
  assert.equal(response.status, 403);
  assert.ok(await home.me());
});

test("a new password must be good and different from the name; it ends every other session", async () => {
  const [one, other] = [browser(), browser()];
  await Promise.all([signIn(one), signIn(other)]);
  const weak = await one.auth("/change-password", { currentPassword: GOOD_PASSWORD, newPassword: "password12345" });
  assert.deepEqual([weak.status, weak.body["code"]], [400, "password-weak"]);
  const wrong = await one.auth("/change-password", { currentPassword: "wrong", newPassword: "skog-trumma-44-isberg" });
  assert.deepEqual([wrong.status, wrong.body["code"]], [400, "invalid-password"]);
  assert.equal(
    (await one.auth("/change-password", { currentPassword: GOOD_PASSWORD, newPassword: "skog-trumma-44-isberg" }))
      .status,
    200,
  );
  assert.ok(await one.me());
  assert.equal(await other.me(), undefined);
  assert.equal((await signIn(browser())).status, 401, "the old one no longer works");
  await one.auth("/change-password", { currentPassword: "skog-trumma-44-isberg", newPassword: GOOD_PASSWORD });
  await signIn(home);
});

test("a second factor: set up, asked at the next sign-in, replaced by a backup code once, removed", async () => {
  const one = browser();
  await signIn(one);
  const setUp = await one.auth("/two-factor/enable", { password: GOOD_PASSWORD });
  const codes = setUp.body["backupCodes"] as string[];
  assert.equal(codes.length, 10);
  assert.equal((await one.me())?.twoFactor, false, "not before the first right code");
  assert.equal((await one.auth("/two-factor/verify-totp", { code: "000000" })).status, 401);
  assert.equal((await one.auth("/two-factor/verify-totp", { code: totp(setUp.body["totpURI"]) })).status, 200);
  assert.equal((await one.me())?.twoFactor, true);
  assert.deepEqual(await lastEvents(1), [["access.two-factor-enabled", undefined]]);

  const next = browser();
  assert.equal((await signIn(next)).body["twoFactorRedirect"], true);
  assert.equal(await next.me(), undefined, "the password alone is not enough");
  assert.equal((await next.auth("/two-factor/verify-totp", { code: "123" })).body["code"], "invalid-code");
  assert.equal((await next.auth("/two-factor/verify-totp", { code: totp(setUp.body["totpURI"]) })).status, 200);
  assert.equal((await next.me())?.email, ADMIN);
  assert.deepEqual(await lastEvents(1), [["access.signed-in", "totp"]]);

  const lost = browser();
  await signIn(lost);
  assert.equal((await lost.auth("/two-factor/verify-backup-code", { code: codes[0] })).status, 200);
  assert.equal((await lost.ask({ method: "GET", path: "/api/account" })).body["backupCodesLeft"], 9);
  const again = browser();
  await signIn(again);
  assert.equal(
    (await again.auth("/two-factor/verify-backup-code", { code: codes[0] })).body["code"],
    "invalid-backup-code",
  );

  assert.equal((await lost.auth("/two-factor/disable", { password: "wrong" })).status, 400);
  assert.equal((await lost.auth("/two-factor/disable", { password: GOOD_PASSWORD })).status, 200);
  assert.equal((await lost.me())?.twoFactor, false);
  assert.deepEqual(await lastEvents(1), [["access.two-factor-disabled", undefined]]);
});

test("five wrong codes end a half-finished sign-in", async () => {
  const one = browser();
  await signIn(one);
  const { body } = await one.auth("/two-factor/enable", { password: GOOD_PASSWORD });
  await one.auth("/two-factor/verify-totp", { code: totp(body["totpURI"]) });
  const guesser = browser();
  await signIn(guesser);
  for (let guess = 0; guess < 5; guess++) await guesser.auth("/two-factor/verify-totp", { code: "000000" });
  const late = await guesser.auth("/two-factor/verify-totp", { code: totp(body["totpURI"]) });
  assert.equal(late.body["code"], "too-many-attempts-request-new-code");
  await one.auth("/two-factor/disable", { password: GOOD_PASSWORD });
});

test("guessing one account from one address ends after eight tries; others go on", async () => {
  const guesser = browser("198.51.100.9");
  const statuses: number[] = [];
  for (let guess = 0; guess < 9; guess++) statuses.push((await signIn(guesser, "wrong-password-9")).status);
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 401, 401, 401, 429]);
  const { body, headers } = await signIn(guesser);
  assert.equal(body["code"], "too-many-attempts", "even with the right password");
  assert.ok(Number(headers.get("retry-after")) > 800);
  assert.equal((await signIn(browser("203.0.113.50"))).status, 200, "the person themselves, from elsewhere");
});

test("an address that tries many accounts is stopped too", async () => {
  const sprayer = browser("198.51.100.77");
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, at) => signIn(sprayer, "wrong-password-9", `person${at}@nordvik.se`)),
  );
  assert.equal(answers.filter(({ status }) => status === 429).length, 4);
});

test("a session ends after twelve idle hours and, used or not, after seven days", async () => {
  const one = browser();
  await signIn(one);
  const id = (await sql<{ id: string }>`select id from auth_session order by created_at desc limit 1`.execute(store.db))
    .rows[0]?.id;
  const age = (column: "expires_at" | "created_at" | "updated_at", by: string) =>
    sql.raw(`update auth_session set ${column} = ${column} - interval '${by}' where id = '${id}'`).execute(store.db);
  const end = async () =>
    (
      await sql<{
        at: Temporal.Instant;
      }>`select expires_at as at from auth_session where id = ${id}`.execute(store.db)
    ).rows[0]?.at;
  const first = await end();
  assert.ok(first);
  const hours = Temporal.Now.instant().until(first).total("hours");
  assert.ok(hours > 11.9 && hours <= 12, `ends in ${hours} h`);
  await age("updated_at", "6 minutes");
  await age("expires_at", "6 minutes");
  assert.ok(await one.me());
  assert.ok(
    Temporal.Instant.compare((await end()) ?? first, first.subtract({ minutes: 1 })) > 0,
    "use moves the end on",
  );
  await age("created_at", "6 days 23 hours");
  await age("updated_at", "6 minutes");
  assert.ok(await one.me());
  const last = Temporal.Now.instant()
    .until((await end()) ?? first)
    .total("hours");
  assert.ok(last > 0.8 && last <= 1, `seven days from the start are over in ${last} h`);
  await age("expires_at", "2 hours");
  assert.equal(await one.me(), undefined);
  assert.equal(
    (await one.auth("/two-factor/enable", { password: GOOD_PASSWORD })).status,
    401,
    "the library sees it as ended too",
  );
});

test("one sees one's sessions, ends one of them, and then all others", async () => {
  const [laptop, phone, old] = [browser("203.0.113.1"), browser("203.0.113.2"), browser("203.0.113.3")];
  await signIn(laptop);
  await signIn(phone);
  await signIn(old);
  const sessions = async () =>
    (await laptop.ask({ method: "GET", path: "/api/account" })).body["sessions"] as {
      id: string;
      current: boolean;
      ip: string;
    }[];
  const ofPhone = (await sessions()).find(({ ip }) => ip === "203.0.113.2");
  assert.equal((await sessions()).find(({ current }) => current)?.ip, "203.0.113.1");
  assert.equal((await laptop.ask({ method: "DELETE", path: `/api/account/sessions/${ofPhone?.id}` })).status, 200);
  assert.equal(await phone.me(), undefined);
  assert.ok(await old.me());
  assert.equal(
    (await laptop.ask({ method: "DELETE", path: `/api/account/sessions/${ofPhone?.id}` })).body["code"],
    "session-unknown",
  );
  await laptop.ask({ method: "POST", path: "/api/account/sessions/end-others" });
  assert.equal(await old.me(), undefined);
  assert.deepEqual(
    (await sessions()).map(({ current }) => current),
    [true],
  );
  await signIn(home);
});

test("a person who forgot sets a new password by a link, which ends their sessions and works once", async () => {
  const lost = browser();
  await signIn(lost);
  const admin = await home.me();
  const { body } = await home.ask({
    method: "POST",
    path: `/api/people/${admin?.id}/reset-link`,
    body: { removesTwoFactor: true },
  });
  const use = {
    method: "POST",
    path: "/api/welcome",
    body: { token: tokenIn(body["link"]), password: "skog-trumma-44-isberg" },
  };
  const fresh = browser();
  assert.equal((await fresh.ask(use)).body["signedIn"], true);
  assert.equal(await lost.me(), undefined);
  assert.ok(await fresh.me());
  assert.equal((await fresh.ask(use)).body["code"], "link-used");
});
