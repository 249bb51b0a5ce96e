import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { seededRng } from "../../core/rng.ts";
import { testStore } from "../../store/testing.ts";
import { testStream } from "./testing.ts";

const store = await testStore();
const stream = testStream(store);
const KILLS = 6;
/** As in testing-child.ts. */
const BATCH = 400;

/** Runs the writer from a batch on and kills it; gives the last batch it said was kept, or the one before the first. */
async function writeAndKill(first: number, afterMs: number): Promise<number> {
  const child = spawn(
    process.execPath,
    [`${import.meta.dirname}/testing-child.ts`, JSON.stringify(store.connection), String(first)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let told = "";
  child.stdout.on("data", (piece: Buffer) => (told += piece.toString()));
  const ended = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), ended]);
  await delay(afterMs);
  child.kill("SIGKILL");
  await ended;
  const whole = told.slice(0, told.lastIndexOf("\n")).split("\n").at(-1);
  return whole === undefined || whole === "" ? first - 1 : Number(whole);
}

test(`a writer killed ${KILLS} times has kept every batch it acknowledged, each record once, in an order that readers see whole`, async () => {
  const rng = seededRng(7);
  let last = -1;
  for (let kill = 0; kill < KILLS; kill++) last = await writeAndKill(last + 1, Math.floor(rng.next() * 250));
  assert.ok(last >= 0, "at least one batch was acknowledged");
  const acknowledged = last * (BATCH / 2) + BATCH;
  const { rows } = await sql<{
    n: bigint;
    distinct: bigint;
    most: bigint;
  }>`select count(*) as n, count(distinct id) as distinct,
    max(substr(id, 2)::bigint) as most from activity_event`.execute(store.db);
  const [kept] = rows;
  assert.equal(kept?.n, kept?.distinct);
  assert.ok(Number(kept?.n) >= acknowledged, `${kept?.n} kept of ${acknowledged} acknowledged`);
  // What was not acknowledged is there whole or not at all: records are numbered without a hole.
  assert.equal(kept?.most, (kept?.n ?? 0n) - 1n);
  let read = 0;
  for (let at = 0n; ;) {
    const page = await stream.readAfter(at, 5_000);
    if (page.length === 0) break;
    read += page.length;
    at = page.at(-1)?.position ?? at;
  }
  assert.equal(BigInt(read), kept?.n);
});
