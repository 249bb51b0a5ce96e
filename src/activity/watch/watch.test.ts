import assert from "node:assert/strict";
import { test } from "node:test";
import type { CustomerId } from "../../core/ids.ts";
import { seededRng } from "../../core/rng.ts";
import { testStore } from "../../store/testing.ts";
import { AZURE, event, firstUse, GRANIT, HAVSO, RULE, rulesOf, START, TEXTS } from "./testing.ts";
import { watchDesk } from "./testing-desk.ts";

const store = await testStore();
const desk = watchDesk(store, rulesOf([TEXTS.elevate, TEXTS.burst]));
const { state, watch } = desk;
const use = (...args: Parameters<typeof rulesOf>) => {
  state.rules = { ...rulesOf(...args), revision: state.rules.revision + 1n };
};
const LATE = "0b7f1a52-0000-4000-8000-000000000009" as CustomerId;
const by = (id: string) => ({ actor: { id, kind: "user" as const } });

test("events become one case with a finding that says who, where, how often, with its records and containment proposed once", async () => {
  state.price = { minor: 5_000_000n, currency: "SEK" };
  const burst = [1, 2, 5].map((minute) => event("create", minute));
  await desk.send([...burst, event("other", 3)]);
  assert.equal(await watch.tick(), 4);
  const [finding, ...others] = await desk.findings();
  assert.deepEqual(others, []);
  assert.equal(finding?.kind, "activity.rule");
  assert.equal(finding?.severity, 3);
  assert.equal(finding?.evidence, 3);
  assert.equal(finding?.facts["title"], "Many machines");
  assert.equal(finding?.facts["hits"], 1);
  assert.equal(finding?.facts["count"], 3);
  assert.equal(finding?.first_use_at?.toString(), START.add({ minutes: 1 }).toString());
  assert.deepEqual(finding?.priority_of.stake, "at-risk");
  assert.equal(finding?.priority, 32);
  // More of the same folds, and containment is not proposed again.
  await desk.send([event("create", 6), event("create", 7)]);
  await watch.tick();
  const [again, ...more] = await desk.findings();
  assert.deepEqual(more, []);
  assert.equal(again?.facts["hits"], 3);
  assert.deepEqual(
    state.contained.map(({ caseId, subscription }) => [caseId, subscription]),
    [[finding?.case_id, AZURE]],
  );
});

test("a crash while findings are written loses nothing and doubles nothing", async () => {
  await desk.empty();
  await desk.send([event("elevate", 10), event("create", 8)]);
  state.failNext = 1;
  await assert.rejects(watch.tick(), /power/);
  assert.deepEqual([(await desk.findings()).length, (await desk.hits()).length], [0, 0]);
  await watch.tick();
  assert.equal((await desk.findings()).length, 2);
  const hits = await desk.hits();
  await desk.another().tick();
  assert.deepEqual(await desk.hits(), hits);
});

test("a process that starts anew knows what the last one had seen, and says nothing twice", async () => {
  await desk.empty();
  await desk.send([event("create", 20, { customer: GRANIT }), event("create", 21, { customer: GRANIT })]);
  await watch.tick();
  assert.equal((await desk.findings()).length, 0);
  const second = desk.another();
  await desk.send([event("create", 22, { customer: GRANIT })]);
  await second.tick();
  const [finding] = await desk.findings();
  assert.equal(finding?.evidence, 3);
  // The first does not go on from where it stood: somebody else has.
  await desk.send([event("create", 23, { customer: GRANIT })]);
  await assert.rejects(watch.tick(), /another process/);
  await watch.tick();
  assert.equal((await desk.findings())[0]?.facts["hits"], 2);
  assert.equal((await desk.findings()).length, 1);
});

test("what a start has read again is kept at once: a desk that never lives long gets on all the same", async () => {
  await desk.empty();
  await desk.send([event("create", 30, { customer: GRANIT })]);
  await watch.tick();
  assert.deepEqual(await desk.checkpoint(), [], "the first has no reason yet");
  await desk.another().tick();
  const [kept] = await desk.checkpoint();
  assert.equal(kept?.is_whole, true, "the next keeps what it had to read");
});

test("a rule that is new is built from stored events without reporting them; others keep their state", async () => {
  await desk.empty();
  use([TEXTS.elevate]);
  await desk.send([event("create", 30), event("create", 31)]);
  await watch.tick();
  use([TEXTS.elevate, TEXTS.burst]);
  await watch.tick();
  assert.equal((await desk.hits()).length, 0);
  await desk.send([event("create", 32)]);
  await watch.tick();
  assert.deepEqual(
    (await desk.hits()).map(({ rule_id: rule }) => rule),
    [RULE.burst],
  );
});

test("hits of nobody's customer and of shadow rules are recorded and become no case", async () => {
  await desk.empty();
  use([TEXTS.elevate, TEXTS.owner], { shadow: [RULE.owner] });
  await desk.send([event("elevate", 40, { customer: undefined }), event("owner", 40)]);
  await watch.tick();
  assert.equal((await desk.findings()).length, 0);
  assert.deepEqual((await desk.hits()).map((hit) => [hit.rule_id, hit.customer_id, hit.is_shadow]).sort(), [
    [RULE.elevate, null, false],
    [RULE.owner, HAVSO, true],
  ]);
});

test("a late event that takes a hit away resolves its finding; when it holds again it is back", async () => {
  await desk.empty();
  use([TEXTS.quiet]);
  await desk.send([event("elevate", 50, by("kim"))]);
  await watch.tick();
  assert.equal((await desk.findings())[0]?.resolved_at, null);
  await desk.send([event("ticket", 45, by("kim"))]);
  await watch.tick();
  const [resolved] = await desk.findings();
  assert.match(resolved?.resolved_why ?? "", /came late/);
  assert.equal((await desk.hits())[0]?.is_retracted, true);
});

test("what goes on after its case was closed opens a new case linked to the old, also on the next day", async () => {
  await desk.empty();
  use([TEXTS.elevate]);
  await desk.send([event("elevate", 10)]);
  await watch.tick();
  const [first] = await desk.findings();
  await desk.close(first?.case_id ?? "", START.add({ minutes: 30 }));
  await desk.send([event("elevate", 20)]);
  await watch.tick();
  assert.equal((await desk.findings()).length, 1);
  await desk.send([event("elevate", 40)]);
  await watch.tick();
  const second = (await desk.findings()).at(-1);
  assert.deepEqual([second?.generation, second?.previous_case_id], [2, first?.case_id]);
  await desk.close(second?.case_id ?? "", START.add({ minutes: 50 }));
  state.now = START.add({ hours: 30 });
  await desk.send([event("elevate", 24 * 60)]);
  await watch.tick();
  const third = (await desk.findings()).find(({ state: is }) => is === "open");
  assert.equal(third?.previous_case_id, second?.case_id);
  state.now = START.add({ hours: 1 });
});

test("an open critical chain tells its base rules' hits: before, in one batch and after, the same findings stay open", async () => {
  const steps = (who: string) => [
    event("elevate", 1, by(who)),
    event("owner", 2, by(who)),
    event("create", 3, by(who)),
  ];
  const open = async () =>
    (await desk.findings()).filter(({ resolved_at: at }) => at === null).map(({ fingerprint }) => fingerprint);
  use([TEXTS.elevate, TEXTS.owner, TEXTS.chain]);
  const seen: unknown[] = [];
  for (const cut of [1, 3]) {
    await desk.empty();
    const who = `eve${cut}`;
    const all = steps(who);
    for (let at = 0; at < all.length; at += cut) {
      await desk.send(all.slice(at, at + cut));
      await watch.tick();
    }
    const [chain] = await open();
    assert.match(chain ?? "", new RegExp(RULE.chain));
    // And what comes after it is told by it as well.
    await desk.send([event("elevate", 6, by(who))]);
    await watch.tick();
    seen.push((await open()).length);
    const inhibited = (await desk.hits()).filter(({ inhibited_by: by_ }) => by_ !== null);
    assert.ok(inhibited.length > 0);
    const finding = (await desk.findings()).find(({ fingerprint }) => fingerprint === chain);
    assert.equal(finding?.facts["level"], "critical");
    assert.equal(finding?.evidence, 4);
    assert.ok((finding?.priority ?? 0) > 80);
  }
  assert.deepEqual(seen, [1, 1]);
});

test("events too late for their windows are looked at anew from the store", async () => {
  await desk.empty();
  use([TEXTS.burst], { detectors: [firstUse] });
  state.now = START.add({ hours: 24 * 5 });
  await desk.send([1, 2, 3].map((minute) => event("create", minute, { customer: LATE })));
  await watch.tick();
  assert.equal((await desk.hits()).length, 0);
  const job = watch.jobs.find(({ name }) => name === "activity.look-back");
  await job?.handle(null);
  assert.deepEqual((await desk.hits()).map(({ rule_id: rule }) => rule).sort(), [RULE.burst, "first-use"].sort());
  const before = await desk.hits();
  await job?.handle(null);
  assert.deepEqual(await desk.hits(), before);
  state.now = START.add({ hours: 1 });
});

test("a sweep's finding stands from day to day, is resolved when it is no longer so, and does not come back after it was judged", async () => {
  await desk.empty();
  use([TEXTS.elevate]);
  let holds = true;
  const card = { ...firstUse, id: "owes", title: "Owes and spends", settings: [], examples: [] };
  const sweep = {
    ...card,
    decide: (_portfolio: unknown, _settings: unknown, now: Temporal.Instant) =>
      holds ? [{ key: "", level: "medium" as const, at: now.epochMilliseconds, facts: { days: 3 }, events: [] }] : [],
  };
  state.rules = {
    ...state.rules,
    sweeps: [{ id: "owes", version: 1, state: "on", card: state.rules.rules[0]?.card ?? assert.fail(), sweep }],
  };
  state.customers = [HAVSO];
  const run = () => watch.jobs.find(({ name }) => name === "activity.sweep")?.handle(null);
  await run();
  state.now = state.now.add({ hours: 24 });
  await run();
  const [finding, ...others] = await desk.findings();
  assert.deepEqual([others.length, finding?.resolved_at, finding?.facts["hits"]], [0, null, 2]);
  holds = false;
  await run();
  assert.match((await desk.findings())[0]?.resolved_why ?? "", /no longer/);
  holds = true;
  await run();
  assert.equal((await desk.findings())[0]?.resolved_at, null);
  await desk.close(finding?.case_id ?? "", state.now);
  state.now = state.now.add({ hours: 24 });
  await run();
  assert.deepEqual(
    (await desk.findings()).map((one) => one.generation),
    [1],
  );
  state.customers = [];
  state.now = START.add({ hours: 1 });
});

test("the loop is woken by new events, and one process at a time runs it", async () => {
  await desk.empty();
  use([TEXTS.elevate]);
  const [one, other] = [desk.another(), desk.another()];
  one.start();
  other.start();
  await desk.send([event("elevate", 55)]);
  const until = performance.now() + 20_000;
  while ((await desk.findings()).length === 0 && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await desk.findings()).length, 1);
  await one.stop();
  await other.stop();
});

test("the same records in any order, in any batches, sent twice and with a restart come to the same hits and open findings", async () => {
  // After all that came before: what an earlier test received days later would make these too old to be kept in a checkpoint.
  const days = 6;
  state.now = START.add({ hours: 24 * days + 1 });
  const given = Array.from({ length: 24 }, (_, at) => {
    const operation = ["elevate", "owner", "create", "ticket"][at % 4] ?? "other";
    return event(operation, days * 24 * 60 + ((at * 7) % 60), { id: `same-${at}`, ...by(at % 3 === 0 ? "ann" : "bo") });
  });
  const inTime = [...given].sort((a, b) => Temporal.Instant.compare(a.at, b.at));
  const seen: unknown[] = [];
  for (const seed of [0, 1, 2, 3]) {
    // A customer of its own each time: the records differ in nothing else.
    const customer = `0b7f1a52-0000-4000-8000-00000000010${seed}` as CustomerId;
    const rng = seededRng(seed);
    const order =
      seed === 0
        ? inTime
        : given
            .map((one) => ({ one, key: rng.next() }))
            .sort((a, b) => a.key - b.key)
            .map(({ one }) => one);
    const records = order.map((one) => ({
      ...one,
      id: `${one.id}~${seed}`,
      customer,
      ...by(`${one.actor?.id}~${seed}`),
    }));
    await desk.empty();
    use([TEXTS.elevate, TEXTS.burst, TEXTS.quiet, TEXTS.chain], { detectors: [firstUse] });
    let process_ = desk.another();
    for (let at = 0; at < records.length;) {
      const size = 1 + Math.floor(rng.next() * 8);
      await desk.send([...records.slice(at, at + size), ...records.slice(0, 2)]);
      await process_.tick();
      if (rng.next() < 0.3) process_ = desk.another();
      at += size;
    }
    const plain = (text: string) => text.replaceAll(customer, "customer").replaceAll(`~${seed}`, "");
    seen.push({
      hits: (await desk.hits())
        .filter((hit) => !hit.is_retracted && hit.customer_id === customer)
        .map((hit) => plain(`${hit.fingerprint} ${hit.completed_by}`))
        .sort(),
      open: (await desk.findings())
        .filter((one) => one.resolved_at === null && one.fingerprint.includes(customer))
        .map((one) => plain(one.fingerprint))
        .sort(),
    });
  }
  assert.ok((seen[0] as { hits: unknown[] }).hits.length > 10);
  for (const one of seen.slice(1)) assert.deepEqual(one, seen[0]);
  state.now = START.add({ hours: 1 });
});

test("from kept to told: how long it takes", async (t) => {
  await desk.empty();
  use(Object.values(TEXTS), { detectors: [firstUse] });
  const live = desk.another();
  live.start();
  const customer = "0b7f1a52-0000-4000-8000-000000000200" as CustomerId;
  const took: number[] = [];
  for (let n = 0; n < 5; n++) {
    const began = performance.now();
    await desk.send([event("elevate", 30 + n, { customer, ...by(`latency-${n}`) })]);
    while (
      !(await desk.findings()).some(({ facts }) => facts["actor"] === `latency-${n}`) &&
      performance.now() < began + 30_000
    )
      await new Promise((resolve) => setTimeout(resolve, 5));
    took.push(Math.round(performance.now() - began));
  }
  await live.stop();
  t.diagnostic(`append to finding, milliseconds: ${took.join(", ")}`);
  assert.equal(
    (await desk.findings()).filter(({ facts }) => String(facts["actor"]).startsWith("latency-")).length > 0,
    true,
  );
});
