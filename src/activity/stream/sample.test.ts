import assert from "node:assert/strict";
import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import type { Json } from "../../core/canonical.ts";
import { bulkTransactions } from "../../store/bulk.ts";
import { testStore } from "../../store/testing.ts";
import type { NewRecord } from "../contract-stream.ts";
import { normalise } from "../shapes/normalise.ts";
import { createStream } from "./stream.ts";

const FILE = join(import.meta.dirname, "../../../../shared/detection/data/o365_ual_invictus.jsonl");
const skip = existsSync(FILE) ? false : "the public sample stream is not beside this checkout";
const store = await testStore();
const stream = createStream({ store, bulk: bulkTransactions(store.pool), normalise });
const NOW = Temporal.Instant.from("2026-11-22T12:00:00Z");
const BATCH = 500;

test(
  "the sample stream's 9,608 records are 5,373 events, all of which come back by name as they came",
  { skip },
  async () => {
    const records: NewRecord[] = [];
    for await (const text of createInterface({ input: createReadStream(FILE) })) {
      for (const event of normalise(JSON.parse(text) as Json, { receivedAt: NOW }))
        records.push({ event, customer: undefined, text });
    }
    assert.equal(records.length, 9_608);
    const batches = Array.from({ length: Math.ceil(records.length / BATCH) }, (_, n) =>
      records.slice(n * BATCH, (n + 1) * BATCH),
    );
    const appended = await Promise.all(
      batches.map((batch) => stream.append(batch, { intake: "file:sample", now: NOW })),
    );
    const sum = (of: "fresh" | "repeated") => appended.reduce((total, one) => total + one[of], 0);
    assert.deepEqual([sum("fresh"), sum("repeated")], [5_373, 4_235]);
    const some = records.filter((_, n) => n % 400 === 0).map(({ event }) => event);
    for (const event of some) {
      const stored = await stream.byId(event.source, event.id);
      assert.deepEqual(stored?.event, { ...event, customer: undefined });
    }
  },
);
