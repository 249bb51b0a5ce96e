/**
 * A desk cut down to what the kill test is about: proposals, the worker, PostgreSQL and the real client. It takes one JSON command
 * a line on standard input and acknowledges on standard output only after the commit, as the HTTP shell does.
 */
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Person } from "../../src/access/contract.ts";
import type { CustomerId } from "../../src/core/ids.ts";
import { withKey } from "../../src/http/idempotency.ts";
import type { Wanted } from "../../src/response/contract.ts";
import type { Point, ResponseDeps } from "../../src/response/deps.ts";
import { workDue } from "../../src/response/run.ts";
import { approve, propose } from "../../src/response/service.ts";
import { connectTo, factsFromReader, type SimulatorAddress } from "../../src/response/testing-simulator.ts";
import { proposeUndo } from "../../src/response/undo.ts";
import type { Tx } from "../../src/store/contract.ts";
import { type Connection, openStore } from "../../src/store/database.ts";

/** What the test tells its desk when it starts it. */
export type DeskOrders = {
  readonly connection: Connection;
  readonly simulator: SimulatorAddress;
  /** Time runs faster here, so that waits of seconds pass in a test: clock = start + (real − start) × speed. */
  readonly start: string;
  readonly speed: number;
  readonly leaseSeconds: number;
};
export type Command = { readonly key: string } & (
  | { readonly op: "propose"; readonly customerId: string; readonly wanted: Wanted }
  | { readonly op: "approve" | "undo"; readonly id: string }
  /** Die at the n-th passing of a point in the code. */
  | { readonly op: "die-at"; readonly point: Point; readonly pass: number }
);
export type Ack = { readonly key: string; readonly ok: boolean; readonly id: string; readonly code?: string };

const ELIN: Person = { id: "elin", name: "Elin", email: "elin@desk.example", role: "admin-agent", twoFactor: true };
const KARIN: Person = {
  id: "karin",
  name: "Karin",
  email: "karin@desk.example",
  role: "global-admin",
  twoFactor: true,
};
const actorOf = ({ id, name }: Person) => ({ kind: "person", id, name }) as const;
const WORK_EVERY_MS = 5;

const orders = JSON.parse(process.env["KILL_ORDERS"] ?? "null") as DeskOrders;
const store = openStore(orders.connection);
const start = Temporal.Instant.from(orders.start);
const clock = {
  now: () =>
    start.add({
      milliseconds: Math.round((Temporal.Now.instant().epochMilliseconds - start.epochMilliseconds) * orders.speed),
    }),
};
let dieAt: { readonly point: Point; pass: number } | undefined;
const onPoint = (point: Point): void => {
  if (dieAt?.point !== point) return;
  dieAt.pass -= 1;
  if (dieAt.pass <= 0) process.kill(process.pid, "SIGKILL");
};
const microsoft = await connectTo(orders.simulator, { store, clock, newId: randomUUID });
const facts = factsFromReader(microsoft.reader, { answered: [], approvers: [ELIN, KARIN], clock });
const deps: ResponseDeps = {
  store,
  clock,
  newId: randomUUID,
  enqueue: async () => {},
  facts,
  partnerCenter: () => microsoft,
  leaseSeconds: orders.leaseSeconds,
  onPoint,
};

async function perform(tx: Tx, command: Command): Promise<Omit<Ack, "key">> {
  const now = clock.now();
  switch (command.op) {
    case "propose": {
      const customerId = command.customerId as CustomerId;
      const made = await propose(tx, deps, {
        customerId,
        wanted: command.wanted,
        reason: "as agreed",
        by: actorOf(ELIN),
        person: ELIN,
        now,
      });
      return made.ok ? { ok: true, id: made.value.proposalId } : { ok: false, id: "", code: made.error.code };
    }
    case "approve": {
      const done = await approve(tx, deps, { id: command.id, person: KARIN, actor: actorOf(KARIN), now });
      return done.ok ? { ok: true, id: command.id } : { ok: false, id: command.id, code: done.error.code };
    }
    case "undo": {
      const made = await proposeUndo(tx, deps, {
        id: command.id,
        person: ELIN,
        actor: actorOf(ELIN),
        note: "paid",
        now,
      });
      return made.ok ? { ok: true, id: made.value.proposalId } : { ok: false, id: "", code: made.error.code };
    }
    case "die-at":
      throw new Error("a command to the process, not to the desk");
  }
}

/** One write as the HTTP shell makes it: effect and key in one transaction, acknowledged after the commit. */
async function handle(command: Command): Promise<Ack> {
  if (command.op === "die-at") {
    dieAt = { point: command.point, pass: command.pass };
    return { key: command.key, ok: true, id: "" };
  }
  const input = JSON.stringify(command);
  const answer = await store.inTransaction(async (tx) => {
    const key = await withKey(tx, { personId: "test", key: command.key, input });
    if (key.kind === "again") return JSON.parse(key.answer.text) as Omit<Ack, "key">;
    if (key.kind === "other-input") throw new Error("the test used one key for two commands");
    const done = await perform(tx, command);
    await key.keep({ status: done.ok ? 200 : 409, text: JSON.stringify(done) });
    return done;
  });
  return { key: command.key, ...answer };
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const command = JSON.parse(line) as Command;
  handle(command).then(
    (ack) => process.stdout.write(`${JSON.stringify(ack)}\n`),
    (error: unknown) =>
      process.stdout.write(`${JSON.stringify({ key: command.key, ok: false, id: "", code: String(error) })}\n`),
  );
});
process.stdin.on("end", () => process.exit(0));
process.stdout.write(`${JSON.stringify({ key: "ready", ok: true, id: "" })}\n`);
for (;;) {
  await workDue(deps).catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  await sleep(WORK_EVERY_MS);
}
