import { openStore } from "../../store/database.ts";
import { sendDue } from "./send.ts";
import { deskLike } from "./testing-desk.ts";

/** Sends what is due and says when it begins; the kill test starts this as a process of its own. */
const [connection = "", port = ""] = process.argv.slice(2);
const store = openStore(JSON.parse(connection) as Parameters<typeof openStore>[0]);
const mail = {
  host: "127.0.0.1",
  port: Number(port),
  tls: "none" as const,
  from: "reskontra@desk.example",
  replyTo: "collections@desk.example",
  password: undefined,
};
const deps = deskLike(store, { settings: { mail } });
console.log("begins");
await sendDue(deps);
await store.close();
