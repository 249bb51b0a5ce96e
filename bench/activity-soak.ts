import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type Program, programOn } from "../test/kill/program.ts";
import { count, median, print } from "./measure.ts";
import { leave, leaveAll, scratchFolder, sleep } from "./scratch.ts";
import { type Scratch, scratchServer } from "./scratch-desk.ts";
import { BATCH_RECORDS, CUSTOMERS, type SoakRecords, soakRecords, tenantOf } from "./soak-records.ts";
import { ask, json } from "./web-client.ts";

const SENDERS = 3;
const LOOK_MS = 50;
const BUSY_MS = 20;
const CATCH_UP_LOOKS_MAX = 72_000;
const SAMPLES_TOLD = 10;
const MIB = 1_024;

type Options = {
  readonly events: number;
  readonly killSeconds: number;
  readonly seed: number;
  /** Records a second that are sent at most; undefined: all that it takes. */
  readonly rate: number | undefined;
};

/**
 * The same stream into two desks: one is killed (kill -9) every so many seconds while it is sent to and once more when all is sent, the other
 * is left in peace. Every acknowledged record must be kept once, and both must have found the same.
 */
export async function benchActivitySoak(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      events: { type: "string", default: "200000" },
      "kill-seconds": { type: "string", default: "60" },
      seed: { type: "string", default: "1" },
      rate: { type: "string" },
    },
  });
  const options: Options = {
    events: Number(values.events),
    killSeconds: Number(values["kill-seconds"]),
    seed: Number(values.seed),
    rate: values.rate === undefined ? undefined : Number(values.rate),
  };
  const endMs = Temporal.Now.instant().epochMilliseconds;
  const records = soakRecords({ ...options, endMs });
  console.log(`load ${loadavg()[0]?.toFixed(1)} before we began; sender, desk and PostgreSQL share the machine`);
  const again = records.batches * BATCH_RECORDS;
  print(
    "records",
    count(records.distinct),
    `different ones, in ${count(records.batches)} batches of about ${again / records.batches}`,
  );
  const server = await scratchServer("soak");
  try {
    const killed = await runDesk(server, records, { ...options, name: "killed", endMs });
    const calm = await runDesk(server, records, { ...options, name: "calm", endMs, killSeconds: undefined });
    compare(killed, calm, records);
  } finally {
    await leaveAll();
  }
}

type Run = {
  readonly name: string;
  readonly endMs: number;
  readonly rate: number | undefined;
  readonly killSeconds: number | undefined;
};
type Ended = {
  readonly acknowledged: number;
  readonly fresh: number;
  readonly kept: Kept;
  readonly folds: readonly string[];
  readonly open: readonly string[];
  readonly twice: number;
};

async function runDesk(server: Scratch, records: SoakRecords, { name, endMs, rate, killSeconds }: Run): Promise<Ended> {
  const database = `soak_${name}`;
  await server.run(`create database ${database}`);
  const { host, port, user } = server.connection;
  const folder = scratchFolder(`soak-${name}`);
  const program = await programOn(folder.path, {
    SURETY_DEMO: "0",
    SURETY_LOG: "error",
    SURETY_CHECK_ANSWERS: "0",
    DATABASE_URL: `postgresql:///${database}?host=${encodeURIComponent(host)}&port=${port}&user=${user}`,
  });
  const gone = leave(() => program.kill());
  assert.ok(await program.start());
  await oursAre(server, database, endMs);
  const key = await keyOf(program);
  const memory = watchMemory(program);
  const killer = killSeconds === undefined ? undefined : newKiller(program, killSeconds);
  const began = performance.now();
  const sent = await Promise.race([
    sendAll(program, records, { key, rate }),
    ...(killer === undefined ? [] : [killer.failed]),
  ]);
  const sentSeconds = (performance.now() - began) / 1_000;
  // The last kill falls on a desk that catches up.
  const kills = await killer?.stop();
  await caughtUp(server, database);
  const seconds = (performance.now() - began) / 1_000;
  const perSecond = count(sent.fresh / sentSeconds);
  print(
    name,
    `${perSecond} events/s`,
    `sent in ${sentSeconds.toFixed(0)} s, watched after ${seconds.toFixed(0)} s; load ${loadavg()[0]?.toFixed(1)}`,
  );
  if (kills)
    print(
      "  kill -9",
      `${kills.times}`,
      `back after ${(median(kills.backMs) / 1_000).toFixed(1)} s (median); ${sent.again} batches sent again`,
    );
  print("  resident memory of the desk, MiB", "", memory.stop());
  const ended = { ...sent, kept: await keptIn(server, database), ...(await foundIn(server, database)) };
  assert.equal(await program.stop(), 0, "it stops as asked");
  await gone();
  for (const line of new Set(program.log)) console.log(`  said: ${line.slice(0, 400)}`);
  return ended;
}

/** The tenants of the stream are customers of ours, known for long. */
const oursAre = (server: Scratch, database: string, endMs: number) =>
  server.run(
    `with made as (insert into customer (id, name, name_key, search, relationship, first_seen_at, last_seen_at)
       select id, 'Customer ' || id, 'customer ' || id, id, 'reseller', to_timestamp(${endMs} / 1000) - interval '400 days', now()
       from unnest(array[${Array.from({ length: CUSTOMERS }, (_, n) => `'${tenantOf(n)}'`).join(",")}]) as t(id) returning id)
     insert into portfolio (customer_id) select id from made`,
    database,
  );

async function keyOf({ url, said }: Program): Promise<string> {
  const post = (path: string, headers: Record<string, string>, body: object) =>
    ask(url + path, {
      method: "POST",
      headers: { "content-type": "application/json", origin: url, ...headers },
      body: JSON.stringify(body),
    });
  let token: string | undefined;
  for (let looks = 0; looks < 200 && token === undefined; looks++) {
    token = /welcome\?token=(\S+)/.exec(said.join("\n"))?.[1];
    if (token === undefined) await sleep(LOOK_MS);
  }
  const welcome = await post(
    "/api/welcome",
    {},
    {
      token,
      name: "Soak",
      email: "soak@example.com",
      password: "kelp-harbour-quartz-1187-lantern",
    },
  );
  json(welcome);
  const cookie = [welcome.headers["set-cookie"]].flat()[0]?.split(";")[0] ?? "";
  const made = await post(
    "/api/api-keys",
    { cookie, "idempotency-key": crypto.randomUUID() },
    { name: "soak", role: "admin-agent" },
  );
  return json<{ key: string }>(made).key;
}

type Report = {
  readonly received: number;
  readonly fresh: number;
  readonly repeated: number;
  readonly refused: number;
};

/** Several senders; whoever got no answer sends the same batch again under its id. */
async function sendAll(
  program: Program,
  records: SoakRecords,
  { key, rate }: { readonly key: string; readonly rate: number | undefined },
) {
  const began = performance.now();
  const sent = { acknowledged: 0, fresh: 0, again: 0 };
  let next = 0;
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (let n = next++; n < records.batches; n = next++) {
        const body = records.batch(n);
        if (rate !== undefined)
          await sleep(Math.max(0, began + (n * BATCH_RECORDS * 1_000) / rate - performance.now()));
        let tries = 0;
        const report = await program.steady(async () => {
          if (++tries > 1) sent.again += 1;
          return sendBatch(`${program.url}/api/activity/events?batch=soak-${n}`, key, body);
        });
        assert.equal(report.refused, 0, `batch ${n} is taken whole`);
        sent.acknowledged += report.received;
        sent.fresh += report.fresh;
      }
    }),
  );
  return sent;
}

async function sendBatch(url: string, key: string, body: string): Promise<Report> {
  for (;;) {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" };
    const answer = await ask(url, { method: "POST", headers, body });
    if (answer.status !== 503 && answer.status !== 429) return json<Report>(answer);
    await sleep(BUSY_MS);
  }
}

function newKiller(program: Program, everySeconds: number) {
  const state = { isOver: false };
  const backMs: number[] = [];
  const running = (async () => {
    let wake = performance.now() + everySeconds * 1_000;
    for (let isLast = false; !isLast;) {
      await sleep(LOOK_MS);
      isLast = state.isOver;
      if (!isLast && performance.now() < wake) continue;
      await program.kill();
      const began = performance.now();
      assert.ok(await program.start());
      backMs.push(performance.now() - began);
      wake = performance.now() + everySeconds * 1_000;
    }
  })();
  const failed = new Promise<never>((_, fail) => void running.catch(fail));
  // Whoever does not wait for it is told when it stops.
  failed.catch(() => {});
  return {
    failed,
    stop: async () => {
      state.isOver = true;
      await running;
      return { times: backMs.length, backMs };
    },
  };
}

/** The desk's resident memory over time; each life begins anew. */
function watchMemory(program: Program) {
  const samples: number[] = [];
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${program.pid()}/status`, "utf8");
      samples.push(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / MIB);
    } catch {
      // It was just killed.
    }
  }, 1_000);
  return {
    stop: () => {
      clearInterval(timer);
      const each = Math.max(1, Math.floor(samples.length / SAMPLES_TOLD));
      const shown = samples.filter((_, at) => at % each === each - 1).map((one) => count(one));
      return `${shown.join(" ")}; highest ${count(Math.max(0, ...samples))}`;
    },
  };
}

/** The watch has seen everything, and late days were looked at. */
async function caughtUp(server: Scratch, database: string): Promise<void> {
  for (let looks = 0; looks < CATCH_UP_LOOKS_MAX; looks++) {
    const { rows } = await server.run(
      `select coalesce((select max(last) from activity_append), 0) <= (select position from activity_watch)
         and not exists (select from activity_look_back) as done`,
      database,
    );
    if ((rows as { done: boolean }[])[0]?.done === true) return;
    await sleep(LOOK_MS * 4);
  }
  throw new Error("the watch did not catch up");
}

type Kept = { readonly events: string; readonly distinct: string; readonly sum: string };

async function keptIn(server: Scratch, database: string): Promise<Kept> {
  const { rows } = await server.run(
    `select count(*)::text as events, count(distinct (source, coalesce(tenant, '-'), id))::text as distinct,
       coalesce(sum(hashtextextended(source || '|' || coalesce(tenant, '-') || '|' || id || '|' || at::text || '|' || raw, 0)), 0)::text as sum
     from activity_event`,
    database,
  );
  const [row] = rows as Kept[];
  assert.ok(row);
  return row;
}

/** What was found: folds with standing hits, findings that are open, and folds told twice. */
async function foundIn(server: Scratch, database: string) {
  const texts = async (query: string): Promise<readonly string[]> =>
    ((await server.run(query, database)).rows as { it: string }[]).map(({ it }) => it);
  return {
    folds: await texts(`select fingerprint || ' × ' || hits as it from activity_fold where hits > 0 order by 1`),
    open: await texts(
      `select fingerprint as it from finding where resolved_at is null and fingerprint like 'activity:%' order by 1`,
    ),
    twice: (await texts(`select fingerprint as it from finding group by fingerprint, generation having count(*) > 1`))
      .length,
  };
}

const without = (some: readonly string[], others: readonly string[]): readonly string[] => {
  const there = new Set(others);
  return some.filter((one) => !there.has(one));
};

function compare(killed: Ended, calm: Ended, records: SoakRecords): void {
  const distinct = String(records.distinct);
  for (const [name, { kept, fresh, twice }] of Object.entries({ killed, calm })) {
    print(
      `${name}: kept`,
      count(Number(kept.events)),
      `${count(Number(kept.distinct))} different; acknowledged as new ${count(fresh)}`,
    );
    assert.deepEqual(
      [kept.events, kept.distinct, String(fresh)],
      [distinct, distinct, distinct],
      `${name}: each record once`,
    );
    assert.equal(twice, 0, `${name}: no finding twice`);
  }
  assert.equal(killed.kept.sum, calm.kept.sum, "both kept the same");
  for (const what of ["folds", "open"] as const) {
    const [ours, theirs] = [killed[what], calm[what]];
    const [more, fewer] = [without(ours, theirs), without(theirs, ours)];
    print(
      what === "folds" ? "folds of standing hits" : "open findings",
      count(ours.length),
      `${count(theirs.length)} of the undisturbed desk`,
    );
    for (const one of more.slice(0, SAMPLES_TOLD)) console.log(`  only killed: ${one}`);
    for (const one of fewer.slice(0, SAMPLES_TOLD)) console.log(`  only undisturbed: ${one}`);
    if (more.length + fewer.length > 0) process.exitCode = 1;
  }
}
