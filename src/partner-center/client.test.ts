import assert from "node:assert/strict";
import { test } from "node:test";
import { type MsCall } from "./client.ts";
import { PartnerCenterError, type PartnerCenterProblem } from "./contract.ts";
import { type Fixture, type Say, startFixture, type Told } from "./testing.ts";
import { createLimiter } from "./limiter.ts";
import { parseTokenAnswer } from "./tokens.ts";

const call: MsCall = {
  what: "test.read",
  audience: "rest",
  auth: "app",
  method: "GET",
  path: "/v1/customers?size=1",
  correlationId: "correlation-1",
};

/** Runs `work` against a scripted server. */
async function with_(
  say: Say,
  work: (fixture: Fixture) => Promise<void>,
  options: Parameters<typeof startFixture>[1] = {},
): Promise<void> {
  const fixture = await startFixture(say, options);
  try {
    await work(fixture);
  } finally {
    await fixture.close();
  }
}

async function problemOf(work: Promise<unknown>): Promise<PartnerCenterProblem> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof PartnerCenterError, String(error));
    return error.problem;
  }
  return assert.fail("nothing went wrong");
}

const error = (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Told => ({
  status,
  headers,
  json: { code, description: "as said", data: [], source: "PartnerFD" },
});
const good: Told = { status: 200, json: { ok: true } };
const answers =
  (...told: readonly Told[]): Say =>
  (_seen, count) =>
    told[Math.min(count, told.length) - 1] ?? good;

test("throttling is waited out for at least as long as Microsoft says, under the same request id", () =>
  with_(
    answers(
      { status: 429, headers: { "Retry-After": "7" }, json: { statusCode: 429, message: "Rate limit is exceeded." } },
      good,
    ),
    async (f) => {
      await f.client.send(call);
      assert.deepEqual(f.slept, [7_500]);
      assert.equal(f.seen.length, 2);
      assert.equal(f.seen[0]?.headers["ms-requestid"], f.seen[1]?.headers["ms-requestid"]);
      assert.equal(f.seen[1]?.headers["ms-correlationid"], "correlation-1");
    },
  ));

test("a longer throttling than a call may wait is given back with its seconds", () =>
  with_(
    answers({ status: 429, json: { statusCode: 429, message: "Rate limit is exceeded. Try again in 900 seconds." } }),
    async (f) => {
      const problem = await problemOf(f.client.send(call));
      assert.equal(problem.kind, "throttled");
      assert.equal(problem.retryAfterSeconds, 900);
      assert.equal(f.seen.length, 1);
    },
  ));

test("a storm of throttling ends after a limit of tries", () =>
  with_(answers({ status: 429, headers: { "Retry-After": "1" } }), async (f) => {
    assert.equal((await problemOf(f.client.send(call))).kind, "throttled");
    assert.equal(f.seen.length, 6);
  }));

for (const status of [408, 500, 502, 503, 504])
  test(`${status} is repeated with growing waits and the same request id`, () =>
    with_(answers(error(status, "5000"), error(status, "5000"), good), async (f) => {
      await f.client.send({ ...call, method: "PATCH", body: { a: 1 } });
      assert.deepEqual(f.slept, [375, 750]);
      assert.equal(new Set(f.seen.map((seen) => seen.headers["ms-requestid"])).size, 1);
      assert.ok(f.seen.every((seen) => seen.body === '{"a":1}'));
    }));

const REFUSALS: readonly (readonly [number, string, PartnerCenterProblem["kind"]])[] = [
  [400, "800002", "bad-request"],
  [400, "2055", "stale-etag"],
  [412, "412", "stale-etag"],
  [400, "900117", "too-late"],
  [400, "2001", "not-allowed-now"],
  [401, "900420", "auth-config"],
  [401, "900421", "mfa-needed"],
  [403, "900308", "forbidden-role"],
  [403, "900150", "forbidden-role"],
  [403, "900309", "conditional-access"],
  [403, "20002", "detached-customer"],
  [403, "900159", "detached-customer"],
  [403, "900124", "agreement-unsigned"],
  [403, "900115", "not-allowed-now"],
  [403, "800069", "purchase-refused"],
  [404, "20003", "not-found"],
  [404, "800111", "not-found"],
  [409, "900278", "pending-operation"],
  [409, "800082", "pending-operation"],
  [405, "405", "bad-request"],
  [403, "12345", "forbidden-role"],
];
for (const [status, code, kind] of REFUSALS)
  test(`${status} with code ${code} means ${kind} and is never repeated`, () =>
    with_(answers(error(status, code)), async (f) => {
      const problem = await problemOf(f.client.send(call));
      assert.equal(problem.kind, kind);
      assert.equal(problem.code, code);
      assert.equal(problem.httpStatus, status);
      assert.equal(problem.correlationId, "correlation-1");
      assert.equal(problem.requestId, f.seen[0]?.headers["ms-requestid"]);
      assert.equal(f.seen.length, 1);
    }));

test("401 without a meaning gets one new token, then stops", () =>
  with_(answers(error(401, "800001")), async (f) => {
    assert.equal((await problemOf(f.client.send(call))).kind, "auth-config");
    assert.deepEqual(
      f.seen.map((seen) => seen.headers.authorization),
      ["Bearer app-1", "Bearer app-2"],
    );
  }));

test("MFA demanded in a header is told from other 401s", () =>
  with_(
    answers({
      status: 401,
      headers: { "WWW-Authenticate": 'Bearer error="invalid_token", error_description="MFA required"' },
    }),
    async (f) => {
      const problem = await problemOf(f.client.send({ ...call, auth: "user" }));
      assert.equal(problem.kind, "mfa-needed");
      assert.equal(problem.advice, "consent-again");
      assert.equal(f.seen.length, 1);
    },
  ));

test("a resource that refuses app-only tokens is asked with the person's", () =>
  with_(answers(error(403, "900329"), good), async (f) => {
    await f.client.send(call);
    assert.deepEqual(
      f.seen.map((seen) => seen.headers.authorization),
      ["Bearer app-1", "Bearer user-2"],
    );
  }));

test("without a person's token the same refusal is final, and a call that needs one is not even sent", async () => {
  await with_(
    answers(error(403, "900329")),
    async (f) => assert.equal((await problemOf(f.client.send(call))).kind, "needs-user-token"),
    { user: false },
  );
  await with_(
    answers(good),
    async (f) => {
      assert.equal((await problemOf(f.client.send({ ...call, auth: "user" }))).kind, "needs-user-token");
      assert.equal(f.seen.length, 0);
    },
    { user: false },
  );
});

test("a rotated refresh token is kept before the access token is used", () =>
  with_(answers(good), async (f) => {
    await f.client.send({ ...call, auth: "user" });
    assert.deepEqual(f.steps, ["exchange", "kept refresh-1", "call Bearer user-1"]);
  }));

test("many calls at once make one exchange", () =>
  with_(answers(good), async (f) => {
    await Promise.all(Array.from({ length: 20 }, () => f.client.send({ ...call, auth: "user" })));
    assert.equal(f.steps.filter((step) => step === "exchange").length, 1);
  }));

const TOKEN_REFUSALS: readonly (readonly [number, string, string, PartnerCenterProblem["kind"]])[] = [
  [400, "interaction_required", "AADSTS50079: enrol", "mfa-needed"],
  [400, "invalid_grant", "AADSTS50076: you must use multi-factor authentication", "mfa-needed"],
  [400, "invalid_grant", "AADSTS700082: expired due to inactivity", "consent-needed"],
  [401, "invalid_client", "AADSTS7000215: Invalid client secret provided.", "auth-config"],
  [400, "invalid_resource", "AADSTS500011: not found", "auth-config"],
];
for (const [status, code, words, kind] of TOKEN_REFUSALS)
  test(`a token refused with ${code} (${words.slice(0, 12)}) means ${kind}`, () =>
    with_(
      answers(good),
      async (f) => {
        const problem = await problemOf(f.client.send({ ...call, auth: "user" }));
        assert.equal(problem.kind, kind);
        assert.equal(f.seen.length, 0);
      },
      { token: () => ({ status, json: { error: code, error_description: words } }) },
    ));

const UNREADABLE: readonly (readonly [string, Told])[] = [
  ["a gateway's web page", { status: 200, text: "<html>busy</html>", headers: { "Content-Type": "text/html" } }],
  ["broken JSON", { status: 200, text: '{"a":' }],
  ["a connection that breaks in the middle", "truncate"],
  ["a reset connection", "reset"],
];
for (const [what, told] of UNREADABLE) {
  test(`${what} is read again, and passes`, () =>
    with_(answers(told, good), async (f) => {
      assert.deepEqual((await f.client.send(call)).body, { ok: true });
      assert.equal(f.seen.length, 2);
    }));
  test(`${what} after a write leaves its outcome unknown`, () =>
    with_(answers(told), async (f) => {
      const problem = await problemOf(f.client.send({ ...call, method: "POST", body: {} }));
      assert.ok(problem.kind === "outage" || problem.kind === "unreadable-answer");
      assert.equal(problem.outcomeUnknown, true);
      assert.equal(f.seen.length, 4);
      assert.equal(new Set(f.seen.map((seen) => seen.headers["ms-requestid"])).size, 1);
    }));
}

test("a redirect is not followed: our token stays here", () =>
  with_(answers({ status: 302, headers: { Location: "https://evil.example/" } }), async (f) => {
    assert.equal((await problemOf(f.client.send(call))).kind, "unreadable-answer");
    assert.ok(f.seen.every((seen) => seen.path === call.path));
  }));

test("an address on another host is never called", () =>
  with_(answers(good), async (f) => {
    assert.equal(
      (await problemOf(f.client.send({ ...call, path: "https://evil.example/v1/customers" }))).kind,
      "unreadable-answer",
    );
    assert.equal(f.seen.length, 0);
  }));

test("logs carry ids and never a secret", () =>
  with_(answers(error(503, "5000"), error(401, "800001"), good), async (f) => {
    await f.client.send({
      ...call,
      auth: "user",
      path: "/v1/blobs?sig=sas-secret",
      headers: { "MS-ContinuationToken": "page-secret" },
      body: undefined as never,
    });
    const log = f.logged.join("\n");
    for (const secret of ["top-secret", "refresh-", "user-", "Bearer", "sas-secret", "page-secret"])
      assert.ok(!log.includes(secret), secret);
    assert.ok(f.logged.every((line) => line.includes("correlation")));
    assert.ok(log.includes("correlation-1"));
  }));

test("numbers longer than JavaScript's keep their digits", () =>
  with_(
    answers({ status: 200, text: '{"a":12345678901234567890.123,"b":0.1,"c":80.33222863221636,"d":16}' }),
    async (f) => {
      assert.deepEqual((await f.client.send(call)).body, {
        a: "12345678901234567890.123",
        b: 0.1,
        c: 80.33222863221636,
        d: 16,
      });
    },
  ));

test("the limiter lets a minute's worth start at once and spaces out the rest", async () => {
  let nowMs = 0;
  const limit = createLimiter(3, { monotonicMs: () => nowMs, sleep: async (ms) => void (nowMs += ms) });
  const starts: number[] = [];
  await Promise.all(Array.from({ length: 8 }, () => limit().then(() => starts.push(nowMs))));
  assert.deepEqual(starts, [0, 0, 0, 60_000, 60_000, 60_000, 120_000, 120_000]);
});

test("a call that stops a loss does not wait for those in line, but is counted", async () => {
  let nowMs = 0;
  const limit = createLimiter(2, { monotonicMs: () => nowMs, sleep: async (ms) => void (nowMs += ms) });
  await limit();
  await limit();
  await limit("at-once");
  assert.equal(nowMs, 0);
  await limit();
  assert.equal(nowMs, 60_000);
});

test("a token answer with numbers as text is read", () => {
  assert.equal(parseTokenAnswer({ Access_Token: "t", expires_in: "3599", token_type: "Bearer" }).expires_in, 3599);
});
