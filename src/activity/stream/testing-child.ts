import { openStore } from "../../store/database.ts";
import { newRecord, testStream } from "./testing.ts";

/**
 * Appends batch after batch and writes each one's number once it is acknowledged; the kill test starts this as a process of its own. Each batch
 * repeats half of the one before.
 */
const [connection = "", firstText = "0"] = process.argv.slice(2);
const BATCH = 400;
const store = openStore(JSON.parse(connection) as Parameters<typeof openStore>[0]);
const stream = testStream(store);
const now = Temporal.Instant.from("2026-11-22T12:00:00Z");
for (let batch = Number(firstText); ; batch++) {
  const records = Array.from({ length: BATCH }, (_, n) => {
    const number = batch * (BATCH / 2) + n;
    return newRecord({ id: `k${number}`, at: `2026-09-${10 + (number % 9)}T00:00:00Z` }, now);
  });
  await stream.append(records, { intake: "push:test", now });
  process.stdout.write(`${batch}\n`);
}
