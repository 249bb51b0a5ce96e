import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { pino } from "pino";
import type { Person, Role } from "../../access/contract.ts";
import { createServer } from "../../http/server.ts";
import { readEvents } from "../../store/events.ts";
import type { BatchReport } from "./contract.ts";
import { INTAKE_LIMITS } from "./contract.ts";
import { doorOf, intakeRoutes } from "./http.ts";
import { ndjson, NOW, readAll, record, tenant, testIntake } from "./testing.ts";
import { unpack, unpackedBytesMax } from "./unpack.ts";

const { store, stream, deps } = await testIntake();
const machine = (role: Role): Person => ({
  id: `key-${role}`,
  name: "collector",
  email: "",
  role,
  twoFactor: false,
  via: "api-key",
});
const app = await createServer({
  routes: intakeRoutes(deps),
  store,
  clock: { now: () => NOW },
  log: pino({ level: "silent" }),
  version: "test",
  checkAnswers: true,
  health: async () => ({ ok: true, facts: {} }),
  personOf: async ({ authorization }) => {
    if (authorization === undefined) return undefined;
    const [, who = ""] = authorization.split(" ");
    const one = machine(who.replace("person-", "") as Role);
    return who.startsWith("person-") ? { ...one, id: who, via: "session" } : one;
  },
});

type Sent = { readonly headers?: Record<string, string>; readonly who?: string; readonly path?: string };
async function send(
  body: string | Uint8Array,
  query = "",
  { headers = {}, who = "admin-agent", path = "events" }: Sent = {},
) {
  const answer = await app.inject({
    method: "POST",
    url: `/api/activity/${path}${query}`,
    headers: { "content-type": "application/x-ndjson", authorization: `Bearer ${who}`, ...headers },
    payload: typeof body === "string" ? body : Buffer.from(body),
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json<BatchReport & { code: string }>() };
}
const stored = async () => (await readAll(stream)).map(({ event }) => event);
let next = 0;
const fresh = (count: number, more = {}) => Array.from({ length: count }, () => record((next += 1), more));

test("good lines are kept, bad ones reported by number, repeats counted", async () => {
  const [a, b] = fresh(2);
  const { status, body } = await send(`${JSON.stringify(a)}\n{"id":\n${JSON.stringify(b)}\n${JSON.stringify(a)}\n7`);
  assert.equal(status, 200);
  const { batch, lines, ...counts } = body;
  assert.match(batch, /^[0-9a-f-]{36}$/);
  assert.deepEqual(counts, { received: 5, fresh: 2, repeated: 1, unknown: 0, nobodys: 0, refused: 2, linesLeftOut: 0 });
  assert.deepEqual(
    lines.map(({ line, code }) => [line, code]),
    [
      [2, "not-json"],
      [5, "not-an-object"],
    ],
  );
  assert.ok(lines.every(({ message, fix }) => message !== "" && fix !== ""));
});

test("one batch id has one effect and one answer; another content under it is refused", async () => {
  const body = ndjson(fresh(3));
  const first = await send(body, "?batch=b-1");
  assert.equal(first.headers["x-batch-repeated"], undefined);
  const again = await send(body, "?batch=b-1");
  assert.deepEqual(again.body, first.body);
  assert.equal(again.headers["x-batch-repeated"], "true");
  const packed = await send(gzipSync(body), "", { headers: { "x-batch-id": "b-1", "content-encoding": "gzip" } });
  assert.deepEqual(packed.body, first.body, "how it is packed is no other content");
  const key = await send(body, "", { headers: { "idempotency-key": "key-of-batch-1" } });
  assert.deepEqual([key.body.batch, key.body.fresh, key.body.repeated], ["key-of-batch-1", 0, 3]);
  assert.deepEqual((await send(body, "", { headers: { "idempotency-key": "key-of-batch-1" } })).body, key.body);
  const other = await send(ndjson(fresh(1)), "?batch=b-1");
  assert.deepEqual([other.status, other.body.code], [409, "batch-reused"]);
  const sender = await send(ndjson(fresh(1)), "?batch=b-1", { who: "global-admin" });
  assert.equal(sender.body.fresh, 1, "another sender's ids are its own");
});

test("the same batch sent eight times at once is taken once", async () => {
  const body = ndjson(fresh(50));
  const answers = await Promise.all(Array.from({ length: 8 }, () => send(body, "?batch=at-once")));
  for (const { status, body: report } of answers) {
    if (status === 503) continue;
    assert.deepEqual([status, report.fresh, report.repeated], [200, 50, 0]);
  }
});

test("a customer is found by tenant, by subscription, by what the sender says; nobody's are counted", async () => {
  const mine = record(9001);
  const bySubscription = record(9002, { tenant: tenant(77), subscription: tenant(104) });
  const nobodys = record(9003, { tenant: tenant(77) });
  const { tenant: _, ...silent } = record(9004) as Record<string, string>;
  const { body } = await send(ndjson([mine, bySubscription, nobodys, silent]), `?customer=${tenant(5)}`);
  assert.deepEqual([body.fresh, body.nobodys], [4, 1]);
  const found = new Map((await stored()).map(({ id, customer }) => [id, customer]));
  assert.deepEqual(
    [9001, 9002, 9003, 9004].map((n) => found.get(`record-${n}`)),
    [tenant(1), tenant(4), undefined, tenant(5)],
  );
  await send(ndjson([{ ...silent, id: "record-9005" }]), `?tenant=${tenant(6)}`);
  assert.equal((await stored()).find(({ id }) => id === "record-9005")?.customer, tenant(6));
});

test("lists, envelopes and shapes nobody knows are taken as they come", async () => {
  assert.equal((await send(JSON.stringify(fresh(3)))).body.fresh, 3);
  assert.equal((await send(JSON.stringify({ records: fresh(4) }))).body.fresh, 4);
  const { body } = await send(`${JSON.stringify({ records: fresh(2) })}\n${JSON.stringify({ odd: [next] })}`);
  assert.deepEqual([body.fresh, body.unknown, body.nobodys], [3, 1, 1]);
  const empty = await send("");
  assert.deepEqual([empty.status, empty.body.received], [200, 0]);
});

test("gzip, zstd, deflate and brotli are undone; broken, unknown and layered ones refused", async () => {
  const body = (): string => ndjson(fresh(2));
  const packers = { gzip: gzipSync, zstd: zstdCompressSync, br: brotliCompressSync, deflate: deflateSync } as const;
  for (const [name, pack] of Object.entries(packers))
    assert.equal((await send(pack(body()), "", { headers: { "content-encoding": name } })).body.fresh, 2, name);
  assert.equal((await send(deflateRawSync(body()), "", { headers: { "content-encoding": "deflate" } })).body.fresh, 2);
  assert.equal(
    (await send(zstdCompressSync(gzipSync(body())), "", { headers: { "content-encoding": "gzip, zstd" } })).body.fresh,
    2,
  );
  const half = gzipSync(body()).subarray(0, 40);
  for (const [bytes, encoding, code] of [
    [half, "gzip", "encoding-broken"],
    [Buffer.from("plain"), "zstd", "encoding-broken"],
    [Buffer.from("plain"), "lzma", "encoding-unknown"],
    [Buffer.from("plain"), "gzip, gzip, gzip", "encoding-layers"],
  ] as const)
    assert.equal((await send(bytes, "", { headers: { "content-encoding": encoding } })).body.code, code);
});

test("a bomb is stopped while it unpacks", async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
  assert.ok(bomb.length < 100_000);
  const { status, body } = await send(bomb, "", { headers: { "content-encoding": "gzip" } });
  assert.deepEqual([status, body.code], [413, "unpacked-too-large"]);
  assert.equal(unpackedBytesMax(100), INTAKE_LIMITS.ratioFreeBytes);
  assert.equal(unpackedBytesMax(10 * 1024 * 1024), INTAKE_LIMITS.unpackedBytesMax);
  const limits = { unpackedBytesMax: 1_000, ratioMax: 1_000, ratioFreeBytes: 1_000 };
  const plain = await unpack(Buffer.alloc(1_001), undefined, limits);
  assert.ok(!plain.ok && plain.error.code === "unpacked-too-large", "unpacked bodies have the same limit");
});

test("a file says by its name how it is packed and what it is", async () => {
  const [one] = fresh(1) as Record<string, string>[];
  const csv = `#TYPE Selected\r\n"id";"at";"tenant";"op"\r\n"${one?.["id"]}";"${one?.["at"]}";"${one?.["tenant"]}";"say ""hi"""\r\n"short"\r\n`;
  const { body } = await send(gzipSync(csv), "?name=export.csv.gz", { path: "files", who: "person-admin-agent" });
  assert.deepEqual([body.fresh, body.refused, body.lines[0]?.line, body.lines[0]?.code], [1, 1, 4, "csv-row"]);
  assert.equal((await stored()).find(({ id }) => id === one?.["id"])?.operation, 'say "hi"');
  const events = await readEvents(store.db, { typePrefix: "activity.", limit: 10 });
  assert.equal(events.length, 1, "what a person sent is in the event log, what machines push is not");
  assert.deepEqual(events[0]?.data, {
    intake: "file:export.csv.gz",
    records: 2,
    fresh: 1,
    repeated: 0,
    unknown: 0,
    refused: 1,
  });
});

test("a thousand bad lines are named, the rest is counted", async () => {
  const { body } = await send(`${"x\n".repeat(1_500)}${ndjson(fresh(1))}`);
  assert.deepEqual([body.fresh, body.refused, body.lines.length, body.linesLeftOut], [1, 1_500, 1_000, 500]);
  assert.equal(body.received, 1_501);
});

test("who may not send gets nothing read; a key that may, needs no page", async () => {
  assert.equal((await send("{}", "", { who: "auditor" })).status, 403);
  const nobody = await app.inject({ method: "POST", url: "/api/activity/events", payload: "{}" });
  assert.equal(nobody.statusCode, 401);
  assert.equal((await send("{}", "?batch=with%20blank")).status, 400);
  assert.equal((await send("{}", `?customer=me`)).body.code, "input-invalid");
});

test("when the desk's hands are full the sender is told when to come back", async () => {
  const door = doorOf({ batchesInHandMax: 2, bytesInHandMax: 100, sentBytesMax: 60, retryAfterSeconds: 7 });
  const first = door(60);
  assert.ok(first.ok);
  const tooMuch = door(undefined);
  assert.ok(!tooMuch.ok && tooMuch.retryAfterSeconds === 7 && tooMuch.refusal.kind === "unavailable");
  const second = door(40);
  assert.ok(second.ok && !door(0).ok, "two at once");
  first.release();
  first.release();
  assert.ok(door(0).ok && !door(0).ok, "a release counts once");
  const slow = Array.from({ length: 30 }, () => send(ndjson(fresh(200))));
  const answers = await Promise.all(slow);
  const busy = answers.filter(({ status }) => status === 503);
  assert.ok(
    busy.length > 0 && busy.every(({ headers, body }) => headers["retry-after"] === "2" && body.code === "intake-busy"),
  );
  assert.ok(answers.every(({ status }) => status === 200 || status === 503));
  assert.equal((await send(ndjson(fresh(1)))).status, 200, "afterwards there is room again");
});

test("the newest batches are shown", async () => {
  const answer = await app.inject({ url: "/api/activity/batches", headers: { authorization: "Bearer auditor" } });
  assert.equal(answer.statusCode, 200);
  assert.ok(answer.json<{ rows: unknown[] }>().rows.length > 5);
});
