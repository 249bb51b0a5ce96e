import { openStore } from "../store/database.ts";
import { runImport } from "./run-import.ts";
import { testDeps } from "./testing.ts";

/** Runs one queued import and says when it begins; the kill test starts this as a process of its own. */
const [connection = "", importId = "", customers = "[]"] = process.argv.slice(2);
const store = openStore(JSON.parse(connection) as Parameters<typeof openStore>[0]);
const deps = testDeps(store, { customers: (JSON.parse(customers) as string[]).map((id) => ({ id, name: id })) });
console.log("begins");
await runImport(importId, deps);
await store.close();
