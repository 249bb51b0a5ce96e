import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { verifyExport } from "../store/audit.ts";
import { MICROSOFT, type NewEvent, SURETY } from "../store/contract.ts";
import { appendEvents, readEvents } from "../store/events.ts";
import { testStore } from "../store/testing.ts";
import type { AuditPageWire } from "./contract.ts";
import { enterBy, testAccess } from "./testing.ts";

const store = await testStore();
const { access, browser } = testAccess(store);
const admin = browser();
await enterBy(admin, await access.firstRunLink(), { name: "Jonas Wik", email: "jonas@nordvik.se" });

const CUSTOMER = "11111111-2222-3333-4444-555555555555";
const event = (hour: number, more: Partial<NewEvent>): NewEvent => ({
  type: "notices.notice-opened",
  actor: MICROSOFT,
  at: Temporal.Instant.from("2026-11-10T00:00:00Z").add({ hours: hour }),
  subject: { kind: "notice", id: `n${hour}` },
  ...more,
});
await store.inTransaction((tx) =>
  appendEvents(
    tx,
    Array.from({ length: 60 }, (_, hour) =>
      event(
        hour,
        hour % 2 === 0
          ? { customerId: CUSTOMER as never }
          : { type: "cases.case-opened", actor: SURETY, caseId: "case-1" as never },
      ),
    ),
  ),
);
const page = async (query: Record<string, string>, one = admin) =>
  (await one.ask({ method: "GET", path: "/api/audit", query })).body as unknown as AuditPageWire;

test("the log comes in pages, newest first, each event once", async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  for (let at = 0; at < 10; at++) {
    const { rows, older, newestSeq } = await page({ limit: "20", ...(cursor && { cursor }) });
    assert.equal(newestSeq, "62");
    seen.push(...rows.map(({ seq }) => seq));
    if (older === null) break;
    cursor = older;
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 62 }, (_, at) => String(62 - at)),
  );
});

const filters = [
  [{ customerId: CUSTOMER.toUpperCase() }, 30],
  [{ caseId: "case-1" }, 30],
  [{ type: "notices." }, 30],
  [{ type: "access." }, 2],
  [{ actorId: "microsoft" }, 30],
  [{ subjectKind: "notice", subjectId: "n4" }, 1],
  [{ since: "2026-11-10T10:00:00Z", until: "2026-11-10T12:00:00Z" }, 2],
  [{ type: "cases.", since: "2026-11-11T00:00:00Z", until: "2026-11-12T00:00:00Z" }, 12],
] as const;
for (const [filter, count] of filters)
  test(`${JSON.stringify(filter)} finds ${count}`, async () =>
    assert.equal((await page({ limit: "200", ...filter })).rows.length, count));

test("an export verifies offline and is itself in the log", async () => {
  const { body } = await admin.ask({ method: "GET", path: "/api/audit/export" });
  const report = await verifyExport(
    (async function* () {
      yield* String(body["text"]).split("\n");
    })(),
  );
  assert.deepEqual([report.ok, report.rows], [true, 63]);
  assert.equal((await readEvents(store.db, { limit: 1 }))[0]?.type, "access.audit-exported");
});

test("checking the chain is remembered; a break is named, logged once, and so is its end", async () => {
  const check = () => admin.ask({ method: "GET", path: "/api/audit/verify" });
  assert.equal(await admin.ask({ method: "GET", path: "/api/audit/check" }).then(({ body }) => body), null);
  const [good, same] = await Promise.all([check(), check()]);
  assert.deepEqual([good.body["ok"], good.body["rows"]], [true, 63]);
  assert.deepEqual(same.body, good.body, "two who ask at once share one walk");
  const tamper = (from: string, to: string) =>
    sql
      .raw(
        `alter table event disable trigger all; update event set body = replace(body, '${from}', '${to}') where seq = 20; alter table event enable trigger all`,
      )
      .execute(store.db);
  await tamper("notices.notice-opened", "notices.notice-closed");
  await tamper("cases.case-opened", "cases.case-closed");
  const broken = await check();
  assert.deepEqual([broken.body["ok"], broken.body["brokenSeq"]], [false, "20"]);
  await check();
  assert.deepEqual((await admin.ask({ method: "GET", path: "/api/audit/check" })).body["brokenSeq"], "20");
  assert.equal((await page({ type: "access.audit-chain" })).rows.length, 1);
  await tamper("notices.notice-closed", "notices.notice-opened");
  await tamper("cases.case-closed", "cases.case-opened");
  const job = access.jobs().find(({ name }) => name === "access.verify-audit");
  assert.equal(job?.everySeconds, 600);
  await job?.handle(null);
  assert.deepEqual(
    (await page({ type: "access.audit-chain" })).rows.map(({ type }) => type),
    ["access.audit-chain-good", "access.audit-chain-broken"],
  );
});

test("the regular check walks only what was added, and the one a person asks for walks all", async () => {
  const job = () =>
    access
      .jobs()
      .find(({ name }) => name === "access.verify-audit")
      ?.handle(null);
  const check = async () => (await admin.ask({ method: "GET", path: "/api/audit/check" })).body;
  await admin.ask({ method: "GET", path: "/api/audit/verify" });
  const rows = Number((await check())["rows"]);
  await store.inTransaction((tx) => appendEvents(tx, [event(1, {}), event(2, {})]));
  await job();
  assert.deepEqual([(await check())["ok"], (await check())["rows"]], [true, rows + 2]);
  const change = (from: string, to: string) =>
    sql
      .raw(
        `alter table event disable trigger all; update event set body = replace(body, '${from}', '${to}') where seq = 10; alter table event enable trigger all`,
      )
      .execute(store.db);
  await change("2026-11-10", "2026-11-11");
  await job();
  assert.equal((await check())["ok"], true, "an old row is seen once a day, or");
  await admin.ask({ method: "GET", path: "/api/audit/verify" });
  assert.equal((await check())["brokenSeq"], "10", "as soon as somebody asks");
  await change("2026-11-11", "2026-11-10");
  await job();
  assert.equal((await check())["ok"], true, "after a break the whole chain is walked");
});

test("cleaning up keeps sessions that run and forgets the others", async () => {
  await access
    .jobs()
    .find(({ name }) => name === "access.forget-ended")
    ?.handle(null);
  assert.ok(await admin.me());
  await sql`update auth_session set expires_at = now() - interval '1 minute'`.execute(store.db);
  await access
    .jobs()
    .find(({ name }) => name === "access.forget-ended")
    ?.handle(null);
  const { rows } = await sql<{
    n: number;
    seen: boolean;
  }>`select (select count(*)::integer from auth_session) as n, seen_at is not null as seen from auth_user`.execute(
    store.db,
  );
  assert.deepEqual(rows, [{ n: 0, seen: true }]);
});
