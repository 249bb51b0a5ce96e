import { readFileSync } from "node:fs";
import { join } from "node:path";
import { followEvents } from "../src/customers/service-follow.ts";
import { lookAtSpend } from "../src/spending/service-look.ts";
import { count, median, ms, percentile, print, repeat, timed } from "./measure.ts";
import { everyPart, partsOf, usedMs } from "./memory.ts";
import { postmasterOf, startDesk } from "./run-desk.ts";
import { sleep } from "./scratch.ts";
import { type Scratch, scratchDesk, scratchServer } from "./scratch-desk.ts";
import { ask, json } from "./web-client.ts";

const DATABASE = "surety";
const REQUESTS = 300;
/** Requests before the first that counts, some at once, so that every connection knows the statements. */
const WARM_UP = 120;
const AT_ONCE = 8;
/** One measurement ends here even when it has not made all its requests. */
const SECONDS_MAX = 8;
/** The jobs of a start are through before anything is measured. */
const SETTLE_MS = 10_000;
const AIM = "aim p99 ≤ 150 ms";
/** Answered by the same server without asking anybody: no session, no database. */
const CONSTANT = "/";

/** What a hand-written query needs for the open and the overdue amount of every customer: the least any recomputation must read. */
const BY_HAND = `select customer_id, currency, sum(amount_minor - paid_minor) as open, sum(amount_minor - paid_minor) filter (where due_date < current_date) as overdue
  from invoice where settled_on is null group by 1, 2`;

/** The pages at 10,000 customers and 1,000,000 invoices: how long the kept figures take to compute, and how long answers take. */
export async function benchPages(): Promise<void> {
  const server = await scratchServer("pages");
  try {
    await fill(server);
    await server.halt();
    await measurePages(server.folder);
  } finally {
    await server.stop();
  }
}

async function fill(server: Scratch): Promise<void> {
  const desk = await scratchDesk(server, DATABASE);
  const seed = readFileSync(join(import.meta.dirname, "seed.sql"), "utf8");
  const seeded = await timed(() => server.run(seed, DATABASE));
  await server.run("vacuum analyze", DATABASE);
  const { rows } = await server.run(
    "select (select count(*) from customer)::int as customers, (select count(*) from invoice)::int as invoices",
    DATABASE,
  );
  const { customers, invoices } = rows[0] as { customers: number; invoices: number };
  print(`seeded ${count(customers)} customers, ${count(invoices)} invoices`, ms(seeded.ms));
  const now = Temporal.Now.instant();
  const byHand = median(await repeat(3, () => server.run(BY_HAND, DATABASE)));
  const exposure = await timed(() => desk.slices.exposure.recomputeExposure(desk.store, "all", now));
  print(
    "exposure of every customer recomputed",
    ms(exposure.ms),
    `hand-written SUM … GROUP BY of the open invoices ${ms(byHand)}`,
  );
  const spend = await timed(() => lookAtSpend(desk.slices.spendingDeps));
  print(`spend of ${count(spend.value)} customers judged`, ms(spend.ms));
  await followEvents(desk.slices.followDeps);
  await desk.close();
  await server.run("vacuum analyze", DATABASE);
}

type Page = { readonly rows: readonly { readonly id: string }[]; readonly nextCursor: string | null };
type Reader = {
  readonly url: string;
  readonly cookie: string;
  /** Milliseconds of processor time that the desk and its database have used. */
  readonly usedMs: () => number;
  asked: number;
};

async function measurePages(folder: string): Promise<void> {
  const desk = await startDesk({ folder, demo: false });
  print("start with these data", ms(desk.readyMs), "", "aim ≤ 5,000 ms");
  const used = () => usedMs(everyPart(partsOf({ launcher: desk.pid, postmaster: postmasterOf(folder) })));
  const reader: Reader = { url: desk.url, cookie: await desk.signIn(), usedMs: used, asked: 0 };
  await sleep(SETTLE_MS);
  const floor = await measure(reader, () => CONSTANT);
  const constant = `a constant file p99 ${ms(floor.p99)}, ${ms(floor.crowd)}`;
  const { ids, cursors } = await walk(reader);
  for (const [name, path] of pagesOf(ids, cursors)) {
    const { p50, p99, crowd, processor } = await measure(reader, path);
    print(
      name,
      `p50 ${ms(p50)}, p99 ${ms(p99)}`,
      `${AT_ONCE} at once p99 ${ms(crowd)}; ${ms(processor)} of processor each; ${constant}`,
      AIM,
    );
  }
  await desk.stop();
}

type PathOf = (round: number) => string;

/** What people open, with the sorts, filters and pages that differ in how the database must find them. */
const pagesOf = (ids: readonly string[], cursors: readonly string[]): readonly (readonly [string, PathOf])[] => {
  const list = (query: string): readonly [string, PathOf] => [
    `GET /api/customers?${query}`,
    () => `/api/customers?${query}`,
  ];
  const pick = <T>(from: readonly T[], round: number): T | undefined => from[(round * 37) % from.length];
  return [
    ["GET /api/today", () => "/api/today"],
    ["GET /api/desk", () => "/api/desk"],
    list("sort=exposure"),
    list("sort=name"),
    list("sort=headroom&direction=asc"),
    list("sort=overdue&isOverdue=true"),
    list("sort=budget&hasNoBudget=true"),
    list("sort=since&reseller=direct&country=SE"),
    list("q=skargard%20logistics"),
    [
      "GET /api/customers (all pages)",
      (round) => `/api/customers?sort=exposure&limit=50&cursor=${pick(cursors, round)}`,
    ],
    ["GET /api/customers/filters", () => "/api/customers/filters"],
    ["GET /api/customers/:id/passport", (round) => `/api/customers/${pick(ids, round)}/passport`],
    ["  of the 50 largest", (round) => `/api/customers/${ids[round % 50]}/passport`],
  ];
};

/** Every customer's id, largest exposure first, and the cursors of the pages in between. */
async function walk(reader: Reader): Promise<{ readonly ids: readonly string[]; readonly cursors: readonly string[] }> {
  const ids: string[] = [];
  const cursors: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = json<Page>(
      await get(reader, `/api/customers?sort=exposure&limit=200${cursor === null ? "" : `&cursor=${cursor}`}`),
    );
    ids.push(...page.rows.map(({ id }) => id));
    cursor = page.nextCursor;
    if (cursor !== null) cursors.push(cursor);
  } while (cursor !== null);
  return { ids, cursors };
}

/** Each request comes from an address of its own behind the loopback proxy, or the limit of requests a minute would end the bench. */
function get(reader: Reader, path: string): ReturnType<typeof ask> {
  reader.asked += 1;
  const address = `10.${(reader.asked >> 16) & 255}.${(reader.asked >> 8) & 255}.${reader.asked & 255}`;
  return ask(reader.url + path, { headers: { cookie: reader.cookie, "x-forwarded-for": address } });
}

type Figures = { readonly p50: number; readonly p99: number; readonly crowd: number; readonly processor: number };

/** One after the other, then some at once. An answer that lacks a part stops the bench: it would be quick for the wrong reason. */
async function measure(reader: Reader, path: PathOf): Promise<Figures> {
  await samples(reader, path, { requests: WARM_UP, atOnce: AT_ONCE });
  const before = reader.usedMs();
  const alone = await samples(reader, path, { requests: REQUESTS, atOnce: 1 });
  const processor = (reader.usedMs() - before) / alone.length;
  const crowd = await samples(reader, path, { requests: REQUESTS, atOnce: AT_ONCE });
  return { p50: median(alone), p99: percentile(alone, 0.99), crowd: percentile(crowd, 0.99), processor };
}

type Load = { readonly requests: number; readonly atOnce: number };

async function samples(reader: Reader, path: PathOf, { requests, atOnce }: Load): Promise<readonly number[]> {
  const took: number[] = [];
  const began = performance.now();
  let next = 0;
  const one = async () => {
    for (let round = next++; round < requests && performance.now() - began < SECONDS_MAX * 1_000; round = next++) {
      const answer = await get(reader, path(round));
      const missing = /"unavailable":\["[^\]]*\]/.exec(answer.body)?.[0];
      if (answer.status !== 200 || missing !== undefined)
        throw new Error(`${path(round)} answered ${answer.status}: ${missing ?? answer.body.slice(0, 300)}`);
      took.push(answer.ms);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return took;
}
