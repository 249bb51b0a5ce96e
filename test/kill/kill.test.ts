/**
 * kill -9 of the desk at seeded random moments of the way from proposal to undo. Afterwards: no acknowledged write lost, no action
 * done twice, every step told once in the log, the chain intact.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startSimulator } from "../../simulator/server.ts";
import { seededRng, type Rng } from "../../src/core/rng.ts";
import type { ProposalId } from "../../src/core/ids.ts";
import type { Wanted } from "../../src/response/contract.ts";
import { targetOf } from "../../src/response/decide-plan.ts";
import { findProposal } from "../../src/response/store.ts";
import { actionsOf } from "../../src/response/store-actions.ts";
import { verifyChain } from "../../src/store/audit.ts";
import { readEvents } from "../../src/store/events.ts";
import { testStore } from "../../src/store/testing.ts";
import type { Ack, Command, DeskOrders } from "./desk.ts";

const SEEDS = Number(process.env["SURETY_KILLS"] ?? 50);
const KILLS_PER_SEED_MAX = 3;
const WAIT_MS_MAX = 20_000;
const SPEED = 60;
const POINTS = ["claimed", "read", "prepared", "answered", "recorded"] as const;

type Desk = {
  readonly child: ChildProcess;
  readonly waiting: Map<string, (ack: Ack | undefined) => void>;
  isGone: boolean;
};

/** Starts one desk and waits until it listens; it may be killed before that. */
async function startDesk(orders: DeskOrders): Promise<Desk> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "desk.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, KILL_ORDERS: JSON.stringify(orders) },
  });
  const desk: Desk = { child, waiting: new Map(), isGone: false };
  const tell = (key: string, ack: Ack | undefined): void => {
    desk.waiting.get(key)?.(ack);
    desk.waiting.delete(key);
  };
  child.stdin.on("error", () => {});
  createInterface({ input: child.stdout }).on("line", (line) => {
    const ack = JSON.parse(line) as Ack;
    tell(ack.key, ack);
  });
  child.once("exit", () => {
    desk.isGone = true;
    for (const key of desk.waiting.keys()) tell(key, undefined);
  });
  await new Promise((done) => desk.waiting.set("ready", done));
  return desk;
}

/** One desk process at a time, started again whenever it was killed. */
function deskKeeper(orders: DeskOrders) {
  const began = { boots: 0 };
  let current: Promise<Desk> | undefined;
  let running: Desk | undefined;
  async function ready(): Promise<Desk> {
    for (;;) {
      if (current === undefined) {
        began.boots += 1;
        current = startDesk(orders);
      }
      const mine = current;
      const desk = await mine;
      if (!desk.isGone) {
        running = desk;
        return desk;
      }
      // Two callers may find it gone; only the first starts another.
      if (current === mine) current = undefined;
    }
  }
  return {
    began,
    ready,
    /** Sends a command; undefined when the desk died before it acknowledged. */
    async send(command: Command): Promise<Ack | undefined> {
      const desk = await ready();
      return new Promise((done) => {
        desk.waiting.set(command.key, done);
        desk.child.stdin?.write(`${JSON.stringify(command)}\n`);
      });
    },
    kill(): void {
      running?.child.kill("SIGKILL");
    },
    async stop(): Promise<void> {
      const last = await current;
      if (last === undefined || last.isGone) return;
      const gone = new Promise((done) => last.child.once("exit", done));
      last.child.kill("SIGKILL");
      await gone;
    },
  };
}
type Keeper = ReturnType<typeof deskKeeper>;

const simulator = await startSimulator({ throttlePerMinute: 0, speedCancelSeconds: 0.05, world: "demo" });
after(() => simulator.close());
const { control } = simulator;
type Row = {
  id: string;
  customerId: string;
  customer: string;
  product: string;
  status: string;
  autoRenewEnabled: boolean;
  planId: string;
};
const world = control.state() as { subscriptions: Row[]; entitlements: Row[] };
const seats = world.subscriptions.filter(
  (one) => one.product === "seat" && one.status === "active" && one.autoRenewEnabled,
);
const azure = world.entitlements.filter((one) => one.status === "active");
// A lane has its own database and its own customers, so that a worker of one never meets the actions of the other.
const stores = [await testStore(), await testStore()];
const LANES = stores.length;

type Told = {
  readonly seed: number;
  readonly rng: Rng;
  readonly keeper: Keeper;
  readonly nth: number;
  readonly lane: number;
};

/** Which target a seed works on: each is used once, except that a suspension is always undone again. */
function wantedOf({ nth, lane }: Told): {
  readonly customerId: string;
  readonly wanted: Wanted;
  readonly undo: boolean;
} {
  const mine = azure.filter((_, at) => at % LANES === lane);
  const kinds = nth % 3;
  const target = kinds === 2 ? mine[Math.floor(nth / 3)] : undefined;
  if (target !== undefined) {
    const wanted: Wanted = {
      kind: "cancel-entitlement",
      entitlementIds: [target.id as never],
      answerAlertsAsFraud: true,
    };
    return { customerId: target.customerId, wanted, undo: kinds === 2 && nth % 2 === 0 };
  }
  const own = seats.filter((_, at) => at % LANES === lane);
  const seat = own[nth % own.length];
  assert.ok(seat);
  const kind = kinds === 1 ? "auto-renew-off" : "suspend-subscription";
  return {
    customerId: seat.customerId,
    wanted: { kind, subscriptionId: seat.id as never },
    undo: true,
  };
}

/** Repeats a command with its key until it is acknowledged, as a browser does. */
async function insist(keeper: Keeper, command: Command): Promise<Ack> {
  for (let tries = 0; tries < 20; tries++) {
    const ack = await keeper.send(command);
    if (ack?.ok === true) return ack;
    if (ack !== undefined && !String(ack.code).startsWith("Error"))
      assert.fail(`${command.op} was refused: ${ack.code}`);
  }
  return assert.fail(`${command.op} was never acknowledged`);
}

async function verified(store: (typeof stores)[number], keeper: Keeper, id: string): Promise<void> {
  const until = performance.now() + WAIT_MS_MAX;
  let last = "";
  while (performance.now() < until) {
    await keeper.ready();
    const found = await findProposal(store.db, id);
    last = found?.state.kind ?? "gone";
    if (last === "verified") return;
    assert.ok(last !== "gone" && last !== "failed" && last !== "unverified", `${id} is ${last}`);
    await sleep(10);
  }
  assert.fail(`${id} is still ${last} after ${WAIT_MS_MAX} ms`);
}

/** Kills at seeded moments while the seed's way is walked: at points inside the code, or after so many milliseconds. */
async function walk(told: Told, store: (typeof stores)[number]): Promise<readonly string[]> {
  const { rng, keeper, seed } = told;
  const { customerId, wanted, undo } = wantedOf(told);
  const walked = { isOver: false };
  const killer = (async () => {
    for (let kill = rng.int(1, KILLS_PER_SEED_MAX); kill > 0 && !walked.isOver; kill--) {
      if (rng.next() < 0.5)
        await keeper.send({ key: `${seed}-die-${kill}`, op: "die-at", point: rng.pick(POINTS), pass: rng.int(1, 3) });
      else {
        await sleep(rng.int(0, 150));
        if (!walked.isOver) keeper.kill();
      }
      await sleep(rng.int(0, 250));
    }
  })();
  const made = await insist(keeper, { key: `${seed}-propose`, op: "propose", customerId, wanted });
  await insist(keeper, { key: `${seed}-approve`, op: "approve", id: made.id });
  await verified(store, keeper, made.id);
  const ids = [made.id];
  if (undo) {
    const back = await insist(keeper, { key: `${seed}-undo-it`, op: "undo", id: made.id });
    await insist(keeper, { key: `${seed}-approve-undo`, op: "approve", id: back.id });
    await verified(store, keeper, back.id);
    ids.push(back.id);
  }
  walked.isOver = true;
  await killer;
  return ids;
}

/** What must be true of every proposal that was walked to its end. */
async function check(store: (typeof stores)[number], ids: readonly string[]): Promise<void> {
  const effects = control.requests().filter((one) => one.effect);
  for (const id of ids) {
    const actions = await actionsOf(store.db, [id as ProposalId]);
    const events = await readEvents(store.db, { subject: { kind: "proposal", id }, limit: 100 });
    const count = (type: string, position?: number) =>
      events.filter(
        (one) =>
          one.type === type && (position === undefined || (one.data as { position?: number }).position === position),
      ).length;
    assert.deepEqual(
      ["response.proposal-made", "response.proposal-approved", "response.proposal-verified"].map((type) => count(type)),
      [1, 1, 1],
      id,
    );
    assert.ok(actions.length > 0);
    for (const { position, requestId, foundSo, state } of actions) {
      assert.equal(state, "verified");
      assert.equal(foundSo, false, "what we did is never taken for somebody else's doing");
      assert.equal(
        effects.filter((one) => one.requestId === requestId).length,
        1,
        `step ${position} of ${id} has one effect at Microsoft`,
      );
      assert.deepEqual(
        [count("response.action-sent", position), count("response.action-verified", position)],
        [1, 1],
        `step ${position} of ${id} is told once`,
      );
    }
  }
}

/** Every change the simulator made to a target is one of our actions: nothing went out under another request id. */
async function nothingElse(store: (typeof stores)[number], ids: readonly string[]): Promise<void> {
  const actions = await actionsOf(store.db, ids as readonly ProposalId[]);
  const effects = control.requests().filter((one) => one.effect);
  for (const target of new Set(actions.map(({ step }) => targetOf(step).id))) {
    const ours = actions.filter(({ step }) => targetOf(step).id === target).map((one) => one.requestId);
    const theirs = effects.filter((one) => one.path.includes(target)).map((one) => String(one.requestId));
    assert.deepEqual(theirs.toSorted(), ours.toSorted(), `effects on ${target}`);
  }
}

const LIMIT = { timeout: 240_000 };
test(
  `killed at random moments of ${SEEDS} ways: nothing acknowledged is lost, nothing is done twice, the chain holds`,
  LIMIT,
  async () => {
    const began = performance.now();
    const lanes = stores.map(async (store, lane) => {
      const keeper = deskKeeper({
        connection: store.connection,
        simulator: { url: simulator.url, ...control.credentials },
        start: Temporal.Now.instant().toString(),
        speed: SPEED,
        leaseSeconds: 0.25,
      });
      const all: string[] = [];
      try {
        for (let seed = lane, nth = 0; seed < SEEDS; seed += LANES, nth++) {
          const ids = await walk({ seed, rng: seededRng(7_000 + seed), keeper, nth, lane }, store);
          await check(store, ids);
          all.push(...ids);
        }
        await check(store, all);
        await nothingElse(store, all);
        const report = await verifyChain(store.db);
        assert.ok(report.ok, JSON.stringify(report));
      } finally {
        await keeper.stop();
      }
      return { ...keeper.began, proposals: all.length };
    });
    const results = await Promise.all(lanes);
    const sum = (pick: (one: (typeof results)[number]) => number) =>
      results.reduce((total, one) => total + pick(one), 0);
    const boots = sum((one) => one.boots);
    assert.ok(boots > SEEDS / 2, `the desk really was killed: ${boots} starts`);
    console.log(
      `${sum((one) => one.proposals)} proposals, ${boots} starts of the desk, ${Math.round((performance.now() - began) / 1_000)} s`,
    );
  },
);
