import { randomUUID } from "node:crypto";
import { createReader } from "../partner-center/reader.ts";
import { clientOf, type SimulatorDesk } from "../partner-center/testing.ts";
import { type Connection, openStore } from "../store/database.ts";
import type { Feed } from "./contract.ts";
import { syncAll } from "./service.ts";
import { depsOf, keepingSinks, newWorld } from "./testing.ts";

/** A process that reads everything once and may be killed at any moment of it. Run by simulator.test.ts. */

type Told = {
  readonly connection: Connection;
  readonly url: string;
  readonly credentials: SimulatorDesk["credentials"];
  readonly now: string;
  readonly feeds: readonly Feed[];
};

const told = JSON.parse(process.argv[2] ?? "") as Told;
const store = openStore(told.connection);
const client = clientOf({ ...told, now: () => told.now, advance: async () => told.now });
const deps = {
  ...depsOf(store, {
    world: newWorld(0),
    sinks: await keepingSinks(store),
    time: { now: Temporal.Instant.from(told.now) },
  }),
  newId: () => randomUUID(),
  connect: (options: Parameters<typeof createReader>[1]) => createReader(client, options),
};
process.stdout.write("ready\n");
const outcomes = await syncAll(deps, told.feeds);
process.stdout.write(`${JSON.stringify(outcomes)}\n`);
await store.close();
