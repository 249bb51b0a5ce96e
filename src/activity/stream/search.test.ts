import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import { testStore } from "../../store/testing.ts";
import { eventRefText } from "../contract-stream.ts";
import { type EventRowWire, type SearchFilters, searchQuery } from "./contract.ts";
import { eventsCsv } from "./decide-export.ts";
import { bucketSeconds, type Place, spanOf, wantedOf, wordsOf, writingsOf } from "./decide-search.ts";
import { inSlices, searchPage } from "./search.ts";
import { countEvents, eventDetail, exportEvents, type SearchDeps, searchEvents } from "./service-search.ts";
import { conditionsOf, listedRows } from "./store-search.ts";
import { newRecord, type TestRecord, testNormalise, testStream } from "./testing.ts";

const store = await testStore();
const stream = testStream(store);
const NOW = Temporal.Instant.from("2026-11-22T12:00:00Z");
const ACME = "00000000-0000-4000-8000-000000000001" as CustomerId;
const deps: SearchDeps = {
  store,
  clock: { now: () => NOW },
  normalise: testNormalise,
  customersByIds: async () => new Map([[ACME, { name: "Acme" }]]),
  allCustomerIds: async () => [ACME],
  hitsOf: async (_, refs) =>
    new Map(
      refs.map((ref) => [
        eventRefText(ref),
        [
          {
            ruleId: "r",
            title: "A rule",
            titleSv: null,
            level: "high",
            at: NOW.toString(),
            shadow: false,
            caseId: null,
          },
        ],
      ]),
    ),
};
const put = (records: readonly TestRecord[]) =>
  stream.append(
    records.map((record) => newRecord(record, NOW)),
    { intake: "push:test", now: NOW },
  );
const search = async (filters: SearchFilters, more: { cursor?: string; limit?: number } = {}) => {
  const found = await searchEvents(deps, { filters, cursor: more.cursor, limit: more.limit ?? 50, now: NOW });
  assert.ok(found.ok, JSON.stringify(found));
  return found.value;
};
const ids = (rows: readonly EventRowWire[]) => rows.map((row) => row.id);

await put([
  {
    id: "e1",
    at: "2026-11-22T09:00:00Z",
    operation: "microsoft.compute/virtualmachines/write",
    actor: "Anna@Acme.se",
    ip: "203.0.113.7",
    customer: ACME,
  },
  {
    id: "e2",
    at: "2026-11-22T10:00:00Z",
    operation: "add member to role",
    actor: "bo@acme.se",
    ip: "203.0.113.70",
    more: { note: 'says "hej" åäö 100% _x\\y' },
  },
  { id: "e3", at: "2026-11-22T11:00:00Z", source: "defender", operation: "alert", more: { text: "Crypto Mining" } },
  { id: "e4", at: "2026-11-10T11:00:00Z", operation: "microsoft.compute/disks/write", customer: ACME },
]);

const FINDS: readonly (readonly [Record<string, string>, readonly string[]])[] = [
  [{}, ["e3", "e2", "e1"]],
  [{ from: "2026-11-01T00:00:00Z" }, ["e3", "e2", "e1", "e4"]],
  [{ from: "2026-11-22T09:00:00Z", until: "2026-11-22T10:00:00Z" }, ["e1"]],
  [{ source: "defender,unknown" }, ["e3"]],
  [{ customer: ACME, from: "2026-11-01T00:00:00Z" }, ["e1", "e4"]],
  [{ customer: "none" }, ["e3", "e2"]],
  [{ operation: "microsoft.compute/*", from: "2026-11-01T00:00:00Z" }, ["e1", "e4"]],
  [{ operation: "MEMBER" }, ["e2"]],
  [{ operation: '"alert"' }, ["e3"]],
  [{ operation: "member*" }, []],
  [{ actor: "anna@acme.se" }, ["e1"]],
  [{ ip: '"203.0.113.7"' }, ["e1"]],
  [{ ip: "203.0.113.7*" }, ["e2", "e1"]],
  [{ q: "crypto" }, ["e3"]],
  [{ q: '"Crypto Mining"' }, ["e3"]],
  [{ q: "mining crypto" }, ["e3"]],
  [{ q: '"mining crypto"' }, []],
  [{ q: "ÅÄÖ" }, ["e2"]],
  [{ q: "100%" }, ["e2"]],
  [{ q: "%" }, ["e2"]],
  [{ q: "_x\\y" }, ["e2"]],
  [{ q: "'; drop table activity_event; --" }, []],
  [{ operation: "%" }, []],
];
for (const [asked, expected] of FINDS)
  test(`${JSON.stringify(asked)} finds ${expected.join(", ") || "nothing"}`, async () =>
    assert.deepEqual(ids((await search(searchQuery.parse(asked))).rows), expected));

test("letters beyond ASCII are found as the record wrote them, escaped or not", async () => {
  const record = newRecord({ id: "esc", at: "2026-11-21T20:00:00Z" }, NOW);
  const text = String.raw`{"id":"esc","at":"2026-11-21T20:00:00Z","city":"Malm\u00f6"}`;
  await stream.append([{ ...record, text }], { intake: "push:test", now: NOW });
  assert.deepEqual(ids((await search(searchQuery.parse({ q: "malmö" }))).rows), ["esc"]);
  assert.deepEqual(writingsOf('ö"\\'), ['ö\\"\\\\', '\\u00f6\\"\\\\']);
});

const BAD: readonly (readonly [Record<string, string>, string])[] = [
  [{ source: "azur" }, "source"],
  [{ from: "yesterday" }, "from"],
  [{ customer: "acme" }, "customer"],
  [{ country: "SWE" }, "country"],
  [{ operation: "" }, "operation"],
  [{ nothing: "x" }, ""],
];
for (const [asked, field] of BAD)
  test(`${JSON.stringify(asked)} is refused and names ${field || "what is not known"}`, () => {
    const parsed = searchQuery.safeParse(asked);
    assert.equal(parsed.success, false);
    assert.equal(parsed.error?.issues[0]?.path.join("."), field);
  });

test("a stretch that is backwards or too long is refused with what to do", () => {
  const at = (text: string) => Temporal.Instant.from(text);
  const backwards = spanOf({ from: at("2026-11-22T00:00:00Z"), until: at("2026-11-21T00:00:00Z") }, NOW);
  assert.match(backwards.ok ? "" : (backwards.error.fields?.[0]?.fix ?? ""), /before "until"/);
  assert.equal(spanOf({ from: at("2000-01-01T00:00:00Z") }, NOW).ok, false);
});

test("a wrong cursor is refused, a page goes on exactly where the last ended", async () => {
  for (const cursor of ["x", "2026-11-22T10:00:00Z", "~5", "2026-99-22T10:00:00Z~5"])
    assert.equal((await searchEvents(deps, { filters: {}, cursor, limit: 5, now: NOW })).ok, false, cursor);
});

test("pages leave nothing out and repeat nothing while more comes in", async () => {
  const at = (n: number) => `2026-11-0${1 + (n % 3)}T0${n % 2}:00:00Z`; // many events of one moment
  await put(Array.from({ length: 90 }, (_, n) => ({ id: `old${n}`, at: at(n), operation: "paging" })));
  const filters = searchQuery.parse({
    operation: "paging",
    from: "2026-10-30T00:00:00Z",
    until: "2026-11-05T00:00:00Z",
  });
  const seen: string[] = [];
  let cursor: string | null = null;
  let fresh = 0;
  do {
    const page = await search(filters, { limit: 7, ...(cursor === null ? {} : { cursor }) });
    seen.push(...ids(page.rows));
    cursor = page.nextCursor;
    await put([{ id: `new${fresh++}`, at: at(fresh), operation: "paging" }]);
  } while (cursor !== null);
  assert.equal(new Set(seen).size, seen.length);
  assert.deepEqual(
    new Set(seen.filter((id) => id.startsWith("old"))),
    new Set(Array.from({ length: 90 }, (_, n) => `old${n}`)),
  );
});

test("the histogram counts what the search finds", async () => {
  const filters = searchQuery.parse({
    operation: "paging",
    from: "2026-10-30T00:00:00Z",
    until: "2026-11-05T00:00:00Z",
  });
  const counted = await countEvents(deps, { filters, now: NOW });
  assert.ok(counted.ok);
  const found = await search(filters, { limit: 200 });
  assert.equal(counted.value.total, found.rows.length);
  assert.equal(counted.value.countedBack, null);
  assert.equal(counted.value.seconds, 3 * 3_600);
});

test("a histogram has at most a hundred buckets up to seven years", () => {
  for (const hours of [1, 5, 24, 72, 24 * 31, 24 * 400, 24 * 1_100]) {
    const span = { from: NOW.subtract({ hours }), until: NOW };
    assert.ok((hours * 3_600) / bucketSeconds(span) <= 100, `${hours} h`);
  }
});

test("a search whose time is over says how far it came, and going on leaves nothing out", async () => {
  const span = {
    from: Temporal.Instant.from("2026-10-30T00:00:00Z"),
    until: Temporal.Instant.from("2026-11-05T00:00:00Z"),
  };
  const where = conditionsOf(searchQuery.parse({ operation: "paging" }));
  const seen: string[] = [];
  let before: Place | undefined;
  let early = 0;
  for (let page = 0; page < 500; page++) {
    let slices = 0;
    const at = { store, span, budgetMs: 3_000, elapsed: () => slices++ * 4_000 };
    const found = await searchPage(at, { where, before, limit: 200, read: listedRows });
    seen.push(...found.rows.map(({ id }) => id));
    if (found.searchedBack !== undefined) early += 1;
    if (found.next === undefined) break;
    before = found.next;
  }
  assert.ok(early > 1, `stopped early ${early} times`);
  const all = await search(
    searchQuery.parse({ operation: "paging", from: span.from.toString(), until: span.until.toString() }),
    { limit: 200 },
  );
  assert.deepEqual(seen, ids(all.rows));
});

test("a slice that PostgreSQL stops is made narrower until it comes to an end", async () => {
  const span = {
    from: Temporal.Instant.from("2026-11-01T00:00:00Z"),
    until: Temporal.Instant.from("2026-11-01T03:00:00Z"),
  };
  const widths: number[] = [];
  const back = await inSlices(
    { store, span, budgetMs: 8_000 },
    async (tx, slice) => {
      const minutes = (slice.until.epochMilliseconds - slice.from.epochMilliseconds) / 60_000;
      widths.push(minutes);
      await sql`select pg_sleep(${minutes > 30 && widths.length < 3 ? 5 : 0.001})`.execute(tx);
      return minutes;
    },
    () => false,
  );
  assert.equal(back.toString(), span.from.toString());
  assert.ok((widths[1] ?? 99) < (widths[0] ?? 0), widths.join());
});

test("an event is told with its fields, its record and the rules that hit it", async () => {
  const found = await eventDetail(store.db, deps, { source: "azure-activity", id: "e1" });
  assert.ok(found.ok);
  assert.equal(found.value.customer?.name, "Acme");
  assert.ok(found.value.fields.some(({ name, value }) => name === "actor.id" && value === "Anna@Acme.se"));
  assert.equal((found.value.raw as TestRecord).ip, "203.0.113.7");
  assert.equal(found.value.hits[0]?.title, "A rule");
  const missing = await eventDetail(store.db, deps, { source: "azure-activity", id: "none of these" });
  assert.equal(!missing.ok && missing.error.kind, "not-found");
});

test("an export is every row, and says itself that it is complete", async () => {
  const filters = searchQuery.parse({ from: "2026-10-30T00:00:00Z" });
  const read = async (form: "csv" | "ndjson") => {
    const chunks = await exportEvents(deps, { filters, now: NOW, form });
    assert.ok(chunks.ok);
    return (await Array.fromAsync(chunks.value)).join("");
  };
  const lines = (await read("ndjson"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(lines.at(-1), { end: { rows: lines.length - 1, complete: true } });
  assert.ok(lines.length > 90);
  assert.equal((await read("csv")).trimEnd().split("\r\n").length, lines.length);
});

test("what would be a formula in a spreadsheet is written as text", () => {
  const row = {
    actor: { id: '=cmd("x")', name: null },
    customer: { id: "-1", name: "+A, B" },
  } as unknown as EventRowWire;
  assert.match(eventsCsv.row(row), /"'\+A, B",'-1/);
  assert.match(eventsCsv.row(row), /"'=cmd\(""x""\)"/);
});

test("any text may be searched for", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, maxLength: 30, unit: "binary" }), async (text) => {
      const asked = searchQuery.safeParse({ q: text, operation: text, actor: text, resource: text });
      if (!asked.success) return;
      await search(asked.data, { limit: 1 });
      assert.ok(wordsOf(text).every((word) => word !== ""));
      assert.equal(wantedOf(`"${text}"`).how, "whole");
    }),
    { numRuns: 60 },
  );
});
