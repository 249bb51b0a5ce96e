/** A process of its own that takes in a file, or one batch, on the database it is told: for tests that kill it. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { CustomerId } from "../../core/ids.ts";
import { csvReader } from "../../receivables/csv.ts";
import { bulkTransactions } from "../../store/bulk.ts";
import { openStore } from "../../store/database.ts";
import { createStream } from "../stream/stream.ts";
import { importActivityFile } from "./import-file.ts";
import { ownersBook } from "./owners.ts";
import { takeBatch } from "./service-push.ts";
import { NOW, plainNormalise } from "./testing.ts";

const [connection = "{}", kind = "file", path = "", batch = ""] = process.argv.slice(2);
const store = openStore(JSON.parse(connection) as Parameters<typeof openStore>[0]);
const clock = { now: () => NOW };
const deps = {
  store,
  clock,
  stream: createStream({ store, bulk: bulkTransactions(store.pool), normalise: plainNormalise }),
  normalise: plainNormalise,
  csv: csvReader,
  newId: randomUUID,
  owners: ownersBook({
    clock,
    customersByTenant: async (_tx, ids) => new Map(ids.map((id) => [id, id as CustomerId])),
    customersBySubscription: async () => new Map(),
  }),
};
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
if (kind === "file") {
  const actor = { kind: "machine", id: "command-line", name: "test" } as const;
  say(await importActivityFile(deps, { path, actor, onProgress: say }));
} else {
  say("begin");
  say(
    await takeBatch(deps, {
      sender: "key:test",
      batch,
      intake: "push:test",
      bytes: readFileSync(path),
      hint: {},
      now: NOW,
    }),
  );
}
await store.close();
