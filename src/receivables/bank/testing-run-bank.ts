import { openStore } from "../../store/database.ts";
import { commitBankFile } from "./service-bank.ts";
import { bankDesk } from "./testing-bank.ts";

/** Commits one bank file and says when it begins; the kill test starts this as a process of its own. */
const [connection = "", bankFileId = "", customers = "[]"] = process.argv.slice(2);
const store = openStore(JSON.parse(connection) as Parameters<typeof openStore>[0]);
const { deps } = bankDesk(store, JSON.parse(customers) as Parameters<typeof bankDesk>[1]);
console.log("begins");
const done = await store.inTransaction((tx) =>
  commitBankFile(tx, bankFileId, { byName: "take", actor: deps.actor, now: deps.clock.now(), deps }),
);
if (!done.ok) throw new Error(done.error.detail);
await store.close();
