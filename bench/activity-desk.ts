import { loadavg } from "node:os";
import pg from "pg";
import { areThere, sampleLines } from "./activity-data.ts";
import { count, median, ms, percentile, print, repeat } from "./measure.ts";
import { type RunningDesk, startDesk } from "./run-desk.ts";
import { leaveAll, scratchFolder, sleep } from "./scratch.ts";
import { type Scratch, scratchServer } from "./scratch-desk.ts";
import { ask, json } from "./web-client.ts";

/** One batch is what a busy forwarder sends at once. */
const BATCH_RECORDS = 1_000;
const BATCHES = 150;
const WARM_BATCHES = 20;
const SENDERS = 3;
const CUSTOMERS = 50;
const ALARMS = 100;
const LOOK_MS = 5;
const LOOKS_MAX = 4_000;
const COPY_ROUNDS = 3;
const DATABASE = "bench_activity";

const tenantOf = (n: number): string => `00000000-0000-4000-8000-${String(n % CUSTOMERS).padStart(12, "0")}`;

/**
 * Lane (c): the sample stream over HTTP to the desk, durable before each answer, with every rule and detector of ours watching; beside a bare
 * COPY of the rows it made into a table of the same shape. Then how long from the answer to the hit, while nothing and while much goes on.
 */
export async function benchActivityDesk(): Promise<void> {
  if (!areThere()) return void console.log("skipped: the public sample logs are not beside this checkout");
  console.log(`load ${loadavg()[0]?.toFixed(1)} before we began; sender, desk and PostgreSQL share the machine`);
  const server = await scratchServer("activity");
  try {
    await server.run(`create database ${DATABASE}`);
    const { host, port, user } = server.connection;
    const databaseUrl = `postgresql:///${DATABASE}?host=${encodeURIComponent(host)}&port=${port}&user=${user}`;
    const folder = scratchFolder("activity-desk");
    const desk = await startDesk({ folder: folder.path, demo: false, more: { DATABASE_URL: databaseUrl } });
    await oursAre(server);
    const send = await senderOf(desk);
    await benchIntake(server, send);
    await benchAlarms(server, send);
    await desk.stop();
    await benchCopy(server);
  } finally {
    await leaveAll();
  }
}

const figures = { sent: 0, perSecond: 0 };

/** The tenants of the stream are customers of ours. */
const oursAre = (server: Scratch) =>
  server.run(
    `with made as (insert into customer (id, name, name_key, search, relationship, first_seen_at, last_seen_at)
       select id, 'Customer ' || id, 'customer ' || id, id, 'reseller', now() - interval '1 day', now()
       from unnest(array[${Array.from({ length: CUSTOMERS }, (_, n) => `'${tenantOf(n)}'`).join(",")}]) as t(id) returning id)
     insert into portfolio (customer_id) select id from made`,
    DATABASE,
  );

type Send = (body: string) => Promise<{ readonly fresh: number }>;

async function senderOf(desk: RunningDesk): Promise<Send> {
  const cookie = await desk.signIn();
  const made = await ask(`${desk.url}/api/api-keys`, {
    method: "POST",
    headers: { cookie, origin: desk.url, "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
    body: JSON.stringify({ name: "bench", role: "admin-agent" }),
  });
  const { key } = json<{ key: string }>(made);
  return async (body) => {
    for (;;) {
      const answer = await ask(`${desk.url}/api/activity/events`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
        body,
      });
      if (answer.status !== 503 && answer.status !== 429) return json<{ fresh: number }>(answer);
      await sleep(LOOK_MS);
    }
  };
}

/** The sample stream again and again: each copy has ids of its own, belongs to a customer of ours and happened just now. */
function* batches(): Generator<string> {
  const lines = sampleLines();
  let at = 0;
  const now = Temporal.Now.instant().toString().slice(0, 19);
  for (;;) {
    const batch: string[] = [];
    for (; batch.length < BATCH_RECORDS; at++) {
      const record = JSON.parse(lines[at % lines.length] ?? "{}") as Record<string, unknown>;
      if (typeof record["Id"] !== "string") continue;
      batch.push(
        JSON.stringify({ ...record, Id: crypto.randomUUID(), OrganizationId: tenantOf(at), CreationTime: now }),
      );
    }
    yield batch.join("\n");
  }
}

async function benchIntake(server: Scratch, send: Send): Promise<void> {
  const source = batches();
  const take = (n: number) => Array.from({ length: n }, () => source.next().value as string);
  for (const body of take(WARM_BATCHES)) await send(body);
  const bodies = take(BATCHES);
  const answers: number[] = [];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
        const sent = performance.now();
        const { fresh } = await send(body);
        figures.sent += fresh;
        answers.push(performance.now() - sent);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  figures.perSecond = figures.sent / seconds;
  const told = `${count(figures.sent)} events in ${seconds.toFixed(1)} s; batch of ${BATCH_RECORDS} p50 ${ms(median(answers))}, p99 ${ms(percentile(answers, 0.99))}`;
  print("over HTTP, kept before the answer", `${count(figures.perSecond)} events/s`, told);
  const caught = performance.now();
  await until(async () => (await lagOf(server)) === 0n);
  print("the watch was behind by, when the last was kept", ms(performance.now() - caught), "until it had seen all");
}

async function lagOf(server: Scratch): Promise<bigint> {
  const { rows } = await server.run(
    "select coalesce((select max(position) from activity_event), 0)::text as last, (select position from activity_watch)::text as seen",
    DATABASE,
  );
  const [row] = rows as readonly { last: string; seen: string }[];
  return row === undefined ? 0n : BigInt(row.last) - BigInt(row.seen);
}

async function until(look: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    if (await look()) return;
    await sleep(LOOK_MS * 4);
  }
  throw new Error("it did not come about");
}

/** A Global Administrator takes access to everything: one record, one hit. */
const alarm = (n: number, id: string): string =>
  JSON.stringify({
    eventDataId: id,
    correlationId: id,
    eventTimestamp: Temporal.Now.instant().toString(),
    operationName: { value: "Microsoft.Authorization/elevateAccess/action" },
    category: { value: "Administrative" },
    status: { value: "Succeeded" },
    caller: `admin${n}@customer.example`,
    httpRequest: { clientIpAddress: "192.0.2.44", method: "POST" },
    resourceId: "/providers/Microsoft.Authorization",
    tenantId: tenantOf(n),
  });

async function benchAlarms(server: Scratch, send: Send): Promise<void> {
  const client = new pg.Client({ ...server.connection, database: DATABASE });
  await client.connect();
  try {
    print(
      "from the answer to the hit, alone",
      await delays(client, send),
      `${ALARMS} alarms, looked for each ${LOOK_MS} ms`,
      "aim < 5 s",
    );
    const state = { isOver: false };
    const source = batches();
    const noise = (async () => {
      while (!state.isOver) await send(source.next().value as string);
    })();
    print("  while another sender sends all it can", await delays(client, send));
    state.isOver = true;
    await noise;
  } finally {
    await client.end();
  }
}

async function delays(client: pg.Client, send: Send): Promise<string> {
  const samples: number[] = [];
  for (let n = 0; n < ALARMS; n++) {
    const id = crypto.randomUUID();
    await send(alarm(n, id));
    const acknowledged = performance.now();
    for (let looks = 0; ; looks++) {
      const found = await client.query("select 1 from activity_hit where events @> array[$1]", [
        `azure-activity|${id}`,
      ]);
      if (found.rows.length > 0) break;
      if (looks > LOOKS_MAX) throw new Error("an alarm was never found");
      await sleep(LOOK_MS);
    }
    samples.push(performance.now() - acknowledged);
  }
  return `p50 ${ms(median(samples))}, p99 ${ms(percentile(samples, 0.99))}`;
}

/** COPY of the very rows of the day into a table of the same shape and indexes: what PostgreSQL can take on this machine. */
async function benchCopy(server: Scratch): Promise<void> {
  const { rows } = await server.run(
    `select c.relname as name, c.reltuples::bigint::text as n from pg_inherits i join pg_class c on c.oid = i.inhrelid
       join pg_class p on p.oid = i.inhparent where p.relname = 'activity_event' order by pg_relation_size(c.oid) desc limit 1`,
    DATABASE,
  );
  const day = (rows as readonly { name: string }[])[0]?.name;
  if (day === undefined) throw new Error("nothing was kept");
  const kept = Number(
    ((await server.run(`select count(*)::int as n from ${day}`, DATABASE)).rows as { n: number }[])[0]?.n,
  );
  const file = `${server.dataFolder}/bench-rows`;
  await server.run(`copy ${day} to '${file}'`, DATABASE);
  const samples = await repeat(COPY_ROUNDS, async () => {
    await server.run(`drop table if exists bench_rows`, DATABASE);
    await server.run(`create table bench_rows (like ${day} including all)`, DATABASE);
    await server.run(`checkpoint`, DATABASE);
    await server.run(`copy bench_rows from '${file}'`, DATABASE);
  });
  const perSecond = (kept * 1_000) / median(samples);
  print(
    "bare COPY of the same rows, same indexes",
    `${count(perSecond)} rows/s`,
    `the desk reaches ${Math.round((figures.perSecond / perSecond) * 100)} %`,
    "aim ≥ 80 %",
  );
}
