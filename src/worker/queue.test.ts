import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import type { Json } from "../core/canonical.ts";
import { testStore } from "../store/testing.ts";
import type { Job } from "./contract.ts";
import { startQueue } from "./queue.ts";

const store = await testStore();

/** Waits for a condition that another connection brings about; the number of looks is bounded, not the time. */
async function until(condition: () => boolean): Promise<void> {
  for (let look = 0; look < 600 && !condition(); look++) await new Promise((wake) => setTimeout(wake, 25));
  assert.ok(condition(), "the condition came true");
}

test("a job exists exactly when its transaction does, is done once a key, and is repeated after a failure", async () => {
  const seen: Json[] = [];
  const jobs: readonly Job[] = [
    {
      name: "test.do",
      handle: async (data) => {
        seen.push(data);
        if (data === "fails once" && seen.filter((one) => one === data).length === 1) throw new Error("outage");
      },
    },
    { name: "test.tick", everySeconds: 1, handle: async () => void seen.push("tick") },
  ];
  const queue = await startQueue({ connection: store.connection, jobs, log: pino({ level: "silent" }) });
  await store.inTransaction((tx) => queue.enqueue(tx, "test.do", { x: 1 }));
  for (let twice = 0; twice < 2; twice++)
    await store.inTransaction((tx) => queue.enqueue(tx, "test.do", "keyed", { singletonKey: "k", afterSeconds: 1 }));
  await store.inTransaction((tx) => queue.enqueue(tx, "test.do", "fails once"));
  await assert.rejects(
    store.inTransaction(async (tx) => {
      await queue.enqueue(tx, "test.do", "never");
      throw new Error("rolled back");
    }),
    /rolled back/,
  );
  await queue.work();
  const count = (what: string) => seen.filter((one) => one === what).length;
  await until(() => count("fails once") === 2 && count("keyed") === 1 && count("tick") >= 2);
  await queue.stop();
  assert.deepEqual(
    seen.find((one) => typeof one === "object"),
    { x: 1 },
  );
  assert.deepEqual([count("keyed"), count("never")], [1, 0]);
});
