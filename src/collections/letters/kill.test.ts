import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { seededRng } from "../../core/rng.ts";
import { readEvents } from "../../store/events.ts";
import { testStore } from "../../store/testing.ts";
import { sendDue, takeOver } from "./send.ts";
import { mailServer } from "./testing-server.ts";
import { over, testWorld } from "./testing-world.ts";

const store = await testStore();
const { world, queued, stateOf } = testWorld(store);
const ROUNDS = 6;

/** Sends in a process of its own and kills it after a while. */
async function sendAndKill(port: number, afterMs: number): Promise<void> {
  const child = spawn(
    process.execPath,
    [`${import.meta.dirname}/testing-send.ts`, JSON.stringify(store.connection), String(port)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  await Promise.race([ended, delay(afterMs)]);
  child.kill("SIGKILL");
  await ended;
}

test("kill -9 at any moment while sending: every letter arrives, a second copy only under the same Message-ID and marked", async () => {
  const rng = seededRng(7);
  let killedOnTheWay = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const sink = await mailServer();
    const deps = world(over(sink));
    const letters: string[] = [];
    for (let at = 0; at < 4; at++) letters.push((await queued(deps)).letterId);
    await sendAndKill(sink.setting.port, rng.int(30, 500));
    // PostgreSQL notices the lost connection by itself.
    await delay(150);
    const before = await Promise.all(letters.map(stateOf));
    if (before.some((row) => row.state !== "sent")) killedOnTheWay += 1;
    await takeOver(deps, deps.clockAt.add({ hours: 1 }));
    deps.clockAt = deps.clockAt.add({ hours: 1 });
    await sendDue(deps);
    for (const letterId of letters) {
      const row = await stateOf(letterId);
      const copies = sink.mails.filter((mail) => mail.raw.includes(`Message-ID: ${row.message_id}`));
      assert.equal(row.state, "sent");
      assert.ok(
        copies.length === 1 || (copies.length === 2 && row.maybe_twice),
        `${copies.length} copies, marked: ${row.maybe_twice}`,
      );
      const events = await readEvents(store.db, { subject: { kind: "letter", id: letterId }, limit: 9 });
      assert.equal(events.filter((event) => event.type === "collections.letter-sent").length, 1);
    }
  }
  assert.ok(killedOnTheWay > 0, "at least one was killed on its way");
});
