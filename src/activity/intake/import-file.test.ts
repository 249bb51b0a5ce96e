import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { readEvents } from "../../store/events.ts";
import { importFiles, type ImportWorld } from "./commands.ts";
import { type FileProgress, importActivityFile } from "./import-file.ts";
import { ndjson, readAll, record, tenant, testIntake } from "./testing.ts";

const { store, stream, deps } = await testIntake();
const folder = mkdtempSync(join(tmpdir(), "surety-intake-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const actor = { kind: "machine", id: "command-line", name: "test" } as const;
let next = 0;
const records = (count: number) => Array.from({ length: count }, () => record((next += 1)));
async function take(path: string) {
  const done = await importActivityFile(deps, { path, actor });
  assert.ok(done.ok, JSON.stringify(done));
  return done.value;
}

test("files of every form and packing are read; the same file again is known", async () => {
  const plain = await take(file("a.ndjson", `${ndjson(records(3))}\nbad\n`));
  assert.deepEqual([plain.fresh, plain.refused, plain.lines[0]?.line], [3, 1, 4]);
  assert.equal((await take(file("b.json", JSON.stringify(records(4))))).fresh, 4);
  assert.equal((await take(file("c.ndjson.gz", gzipSync(ndjson(records(5)))))).fresh, 5);
  assert.equal((await take(file("d.json.zst", zstdCompressSync(JSON.stringify({ records: records(6) }))))).fresh, 6);
  const again = await take(join(folder, "a.ndjson"));
  assert.deepEqual([again.isRepeat, again.fresh, again.refused], [true, 3, 1]);
  const copy = await take(file("other-name.ndjson", ndjson([record(1), record(2)])));
  assert.deepEqual([copy.fresh, copy.repeated], [0, 2], "a copy under another name is read, and its records are known");
  const events = await readEvents(store.db, { typePrefix: "activity.batch-taken", limit: 10 });
  assert.equal(events.length, 5);
});

test("an export of Search-UnifiedAuditLog is read row by row, with quotes over lines", async () => {
  const csv = `#TYPE Selected.System\r\n"id","at","tenant","AuditData"\r\n${[1, 2, 3]
    .map((n) => `"csv-${n}","2026-11-22T10:00:00Z","${tenant(2)}","{""Operation"":""a\nb""}"`)
    .join("\r\n")}\r\n"csv-4","2026-11-22T10:00:00Z","",""\r\n`;
  const done = await take(file("audit.csv", csv));
  assert.deepEqual(
    [done.fresh, done.refused],
    [3, 0].map((n, i) => (i === 0 ? n + 1 : n)),
  );
});

test("what cannot be read says so, and what was read before the break is kept", async () => {
  const missing = await importActivityFile(deps, { path: join(folder, "none"), actor });
  assert.ok(!missing.ok && missing.error.code === "file-unreadable");
  const whole = gzipSync(ndjson(records(2_000)));
  const broken = await importActivityFile(deps, {
    path: file("cut.ndjson.gz", whole.subarray(0, whole.length - 20)),
    actor,
  });
  assert.ok(!broken.ok && broken.error.code === "file-broken", JSON.stringify(broken));
});

test("standard input is read", async () => {
  const done = await importActivityFile(deps, {
    path: "-",
    actor,
    stdin: Readable.from([Buffer.from(ndjson(records(7)))]),
  });
  assert.ok(done.ok && done.value.fresh === 7 && !done.value.isRepeat);
});

type Child = { readonly lines: unknown[]; readonly ended: Promise<number | null>; kill(): void };
function child(args: readonly string[], onLine: (line: unknown, kill: () => void) => void): Child {
  const script = join(import.meta.dirname, "testing-child.ts");
  const running = spawn(process.execPath, [script, JSON.stringify(store.connection), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: unknown[] = [];
  let rest = "";
  running.stdout.on("data", (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      lines.push(JSON.parse(part));
      onLine(lines.at(-1), () => running.kill("SIGKILL"));
    }
  });
  return {
    lines,
    kill: () => running.kill("SIGKILL"),
    ended: new Promise((done) => running.on("close", (code) => done(code))),
  };
}

test("killed in the middle and started again, a file is stored once, and goes on where it was", async () => {
  const given = records(30_000);
  const path = file("long.ndjson", ndjson(given.flatMap((one, n) => (n % 100 === 0 ? [one, one] : [one]))));
  for (const after of [1, 2]) {
    let seen = 0;
    const one = child(["file", path], (line, kill) => {
      if ((line as Partial<FileProgress>).bytesRead !== undefined && (seen += 1) === after) kill();
    });
    assert.equal(await one.ended, null, "it was killed");
  }
  const last = await take(path);
  assert.ok(last.resumedAt >= 10_000 && last.resumedAt < 30_300, `went on at ${last.resumedAt}`);
  assert.equal(last.received, 30_300, "the counts are of the whole file");
  const kept = new Set(given.map((one) => (one as { id: string }).id));
  const stored = (await readAll(stream)).filter(({ event }) => kept.has(event.id));
  assert.equal(stored.length, 30_000);
  assert.equal(last.fresh, 30_000);
});

test("a batch whose process is killed is there whole or not at all, and repeating it makes it whole", async () => {
  const given = records(6_000);
  const path = file("batch.ndjson", ndjson(given));
  const ids = new Set(given.map((one) => (one as { id: string }).id));
  const count = async (): Promise<number> => (await readAll(stream)).filter(({ event }) => ids.has(event.id)).length;
  for (const waitMs of [60, 200]) {
    const one = child(["push", path, "killed-batch"], (line, kill) => {
      if (line === "begin") setTimeout(kill, waitMs);
    });
    await one.ended;
    assert.ok([0, 6_000].includes(await count()), "never half of it");
  }
  const whole = child(["push", path, "killed-batch"], () => {});
  assert.equal(await whole.ended, 0);
  const answer = whole.lines.at(-1) as { value: { report: { fresh: number; repeated: number } } };
  assert.deepEqual(
    [answer.value.report.fresh, answer.value.report.repeated],
    [6_000, 0],
    "the first report, whoever wrote it",
  );
  assert.equal(await count(), 6_000);
});

test("the command tells lines by number, a line a second, and ends with a code", async () => {
  const said = { out: "", err: [] as string[] };
  let ms = 0;
  const world: ImportWorld = {
    take: async (ask) => {
      ask.onProgress?.({ bytesRead: 50, bytesTotal: 200, records: 1_000, refused: 1 });
      return importActivityFile(deps, { ...ask, actor });
    },
    write: (text) => void (said.out += text),
    complain: (text) => void said.err.push(text),
    isTerminal: false,
    monotonicMs: () => (ms += 1_000),
  };
  const good = file("good.ndjson", ndjson(records(2)));
  const bad = file("bad.ndjson", `${ndjson(records(1))}\n{\n`);
  assert.equal(await importFiles(world, [good], { json: false }), 0);
  assert.equal(await importFiles(world, [bad, good], { json: false }), 1);
  assert.equal(await importFiles(world, [join(folder, "none"), good], { json: true }), 2);
  assert.ok(
    said.err.some((line) => line.includes(`${bad}:2: `) && line.includes("not-json")),
    said.err.join("\n"),
  );
  assert.ok(
    said.err.some((line) => line === `${good}: 25 % 1,000 records, 1,000/s, 1 refused`),
    said.err.join("\n"),
  );
  const json = JSON.parse(said.out.trim().split("\n").at(-1) ?? "") as { files: { ok: boolean }[] };
  assert.deepEqual(
    json.files.map((one) => one.ok),
    [false, true],
  );
});
