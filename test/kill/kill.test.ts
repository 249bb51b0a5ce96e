/**
 * kill -9 of the program itself, at seeded random moments of the way from the notice to the closed case and of everything beside
 * it: after each kill it is started again on the same data, and whoever got no answer asks again with the same key. No acknowledged
 * write is lost, no action is done twice, the chain holds. `SURETY_KILLS=n` kills less often.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Rng, seededRng } from "../../src/core/rng.ts";
import type { ProposalRowJson } from "../../src/response/contract.ts";
import { checkAll, checkNow } from "./checks.ts";
import { thereAndBack } from "./decisions.ts";
import { importFiles, workOnCases } from "./desk-work.ts";
import { fraudStory } from "./fraud.ts";
import type { Lane } from "./lane.ts";
import { peopleOf } from "./people.ts";
import { copyFolder, newFolder, type Program, programOn, removeFolder, until } from "./program.ts";
import { newRecords } from "./records.ts";
import { microsoftOf, type Seat } from "./simulator.ts";

const KILLS = Number(process.env["SURETY_KILLS"] ?? 50);
/** Two desks, since two cores are the smallest machine; each with its own data, its own Microsoft and half of the kills. */
const LANES = 2;
const SEED = 7_000;
/** Of the kills, how many fall on a desk that is still starting. */
const WHILE_STARTING = 0.12;
const STARTING_MS_MAX = 1_500;
/** Half of the kills fall around the moment a write is answered, the others while jobs run. */
const ON_ITS_WAY_MS_MAX = 40;
const LATER_MS_MAX = 900;
const WRITES_BETWEEN_MAX = 4;
const REQUESTS_BETWEEN_MAX = 8;
const CANCEL_SECONDS = 2;
const ERROR_LEVEL = 50;

const programs: Program[] = [];
const folders = Array.from({ length: LANES }, newFolder);

before(async () => {
  const [first = "", ...others] = folders;
  await loadDemo(first);
  for (const folder of others) if (!copyFolder(first, folder)) await loadDemo(folder);
  for (const folder of folders) programs.push(await programOn(folder));
});
after(async () => {
  for (const program of programs) await program.kill();
  for (const folder of folders) await removeFolder(folder);
});

/** The demo reseller, whole, in a stopped desk. */
async function loadDemo(folder: string): Promise<void> {
  const program = await programOn(folder);
  await program.start();
  try {
    const people = await peopleOf({ program, records: newRecords(), onSent: () => {} });
    await until(
      "the demo to be loaded",
      async () => {
        const desk = await people.get<{ demoLoading: unknown; counts: { customers: number } }>(
          "Jonas Wik",
          "/api/desk",
        );
        return desk.demoLoading === null && desk.counts.customers > 0 ? true : undefined;
      },
      1_200,
    );
    assert.equal(await program.stop(), 0);
  } finally {
    await program.kill();
  }
}

/** Tells when so many more requests, or writes, have left. */
function requestCounter() {
  let left = 0;
  let onlyWrites = false;
  let reached = (): void => {};
  return {
    onSent: (isWrite: boolean) => {
      if (onlyWrites && !isWrite) return;
      left -= 1;
      if (left === 0) reached();
    },
    next: (requests: number, of: "all" | "writes") =>
      new Promise<void>((done) => {
        left = requests;
        onlyWrites = of === "writes";
        reached = done;
      }),
  };
}
type Counter = ReturnType<typeof requestCounter>;

type Killing = { readonly kills: number; readonly rng: Rng; readonly sent: Counter };

/** Kills, starts again and looks, so often as was asked for. */
async function killAgainAndAgain(lane: Lane, { kills, rng, sent }: Killing): Promise<void> {
  const { program, people, microsoft } = lane;
  for (let kill = 0; kill < kills; kill++) {
    if (rng.next() < 0.5) {
      await sent.next(rng.int(1, WRITES_BETWEEN_MAX), "writes");
      await pause(rng.int(0, ON_ITS_WAY_MS_MAX));
    } else {
      await sent.next(rng.int(1, REQUESTS_BETWEEN_MAX), "all");
      await pause(rng.int(0, LATER_MS_MAX));
    }
    await program.kill();
    while (rng.next() < WHILE_STARTING && kill + 1 < kills) {
      const starting = program.start();
      await pause(rng.int(0, STARTING_MS_MAX));
      await program.kill();
      await starting;
      kill += 1;
    }
    assert.ok(await program.start());
    await microsoft.cancelTakes(CANCEL_SECONDS);
    await people.repeatLast();
    await checkNow(lane);
  }
}

/** There and back with every other subscription; one with a change for its next term comes first. */
async function decide(lane: Lane, seats: readonly Seat[], which: number): Promise<void> {
  const mine = seats.filter((_, at) => at % 2 === which);
  for (let nth = 0; !lane.isOver(); nth++) {
    const seat = mine[nth % mine.length];
    assert.ok(seat);
    await thereAndBack(lane, seat.id, nth + (which + Math.floor(nth / mine.length)));
    await pause(lane.rng.int(0, 100));
  }
}

async function seatsOf({ people, microsoft }: Lane): Promise<readonly Seat[]> {
  const { rows } = await people.get<{ rows: readonly ProposalRowJson[] }>("Jonas Wik", "/api/proposals?limit=100");
  const taken = new Set(rows.flatMap((row) => row.targets.map((target) => target.id)));
  const { subscriptions } = await microsoft.state();
  const scheduledFirst = (one: Seat) => (one.scheduledNextTermInstructions === null ? 1 : 0);
  return subscriptions
    .filter(
      ({ id, product, status, autoRenewEnabled }) =>
        product === "seat" && status === "active" && autoRenewEnabled && !taken.has(id),
    )
    .toSorted((a, b) => scheduledFirst(a) - scheduledFirst(b));
}

async function runLane(
  program: Program,
  { seed, kills }: { readonly seed: number; readonly kills: number },
): Promise<Lane> {
  const sent = requestCounter();
  const records = newRecords();
  const over = { isOver: false };
  assert.ok(await program.start());
  const people = await peopleOf({ program, records, onSent: sent.onSent });
  const lane: Lane = {
    rng: seededRng(seed + LANES),
    program,
    people,
    records,
    microsoft: microsoftOf(program),
    isOver: () => over.isOver,
    decided: [],
    undone: [],
    imported: [],
    walked: { back: 0 },
  };
  await lane.microsoft.cancelTakes(CANCEL_SECONDS);
  const seats = await seatsOf(lane);
  const killing = killAgainAndAgain(lane, { kills, rng: seededRng(seed), sent }).finally(() => (over.isOver = true));
  await Promise.all([
    killing,
    fraudStory(lane).then(() => decide(lane, seats, 1)),
    decide(lane, seats, 0),
    workOnCases(lane),
    importFiles(lane),
  ]);
  await checkAll(lane);
  await checkCommandAndLog(program);
  return lane;
}

/** The command line says the same of the chain, the desk stops as asked, and nothing broke on the way. */
async function checkCommandAndLog(program: Program): Promise<void> {
  const { code, out, err } = await program.surety("audit", "verify", "--json");
  assert.equal(code, 0, err);
  assert.equal((JSON.parse(out) as { ok: boolean }).ok, true);
  assert.equal(await program.stop(), 0);
  const broken = program.log.filter(
    (line) => !line.startsWith("{") || (JSON.parse(line) as { level: number }).level >= ERROR_LEVEL,
  );
  assert.deepEqual(broken, [], "nothing was logged as broken");
}

test(
  `killed ${KILLS} times: nothing acknowledged is lost, nothing is done twice, the chain holds`,
  { timeout: 900_000 },
  async (t) => {
    const each = (lane: number) => Math.floor(KILLS / LANES) + (lane < KILLS % LANES ? 1 : 0);
    const lanes = await Promise.all(
      programs.map((program, lane) => runLane(program, { seed: SEED + lane, kills: each(lane) })),
    );
    for (const { program, people, records, decided, walked, imported } of lanes)
      t.diagnostic(
        `${program.starts()} starts, ${records.count().acknowledged} writes (${people.repeated()} sent again), ${decided.length} decisions, ` +
          `${walked.back} there and back, ${imported.length} imports`,
      );
    assert.equal(
      lanes.reduce((sum, { program }) => sum + program.starts(), 0),
      KILLS + LANES,
      "every kill was followed by a start",
    );
  },
);
