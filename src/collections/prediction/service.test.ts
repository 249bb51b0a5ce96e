import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import { money } from "../../core/money.ts";
import { seededRng } from "../../core/rng.ts";
import type { AccountLedger, LedgerItem, ReadLedger } from "../../receivables/contract-ledger.ts";
import { SURETY } from "../../store/contract.ts";
import { testStore } from "../../store/testing.ts";
import { chancesJson, predictionJson } from "./contract.ts";
import { predictionJobs } from "./jobs.ts";
import { learnFromLedger, type PredictionDeps, scoreAccounts } from "./service.ts";
import { chancesOf, predictionOf } from "./service-read.ts";
import { modelsInUse, newestModels } from "./store.ts";

const store = await testStore();
const START = Temporal.PlainDate.from("2024-01-01");
const TODAY = Temporal.PlainDate.from("2026-11-20");
const now = Temporal.Instant.from("2026-11-20T03:00:00Z");
const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}` as CustomerId;

/** Forty payers with habits of their own; the last has never paid anything yet. */
function ledgers(): readonly AccountLedger[] {
  const rng = seededRng(4);
  return Array.from({ length: 41 }, (_, n) => {
    const items = Array.from({ length: n === 40 ? 2 : 35 }, (_unused, at): LedgerItem => {
      const issueDay = n === 40 ? TODAY.subtract({ days: 20 + at }) : START.add({ days: at * 30 + rng.int(0, 12) });
      const dueDay = issueDay.add({ days: n === 40 ? 10 : 20 });
      const paidOn = dueDay.add({ days: (n % 4) * 14 - 6 + rng.int(0, 6) + (rng.next() < 0.15 ? 60 : 0) });
      const isPaid = n !== 40 && Temporal.PlainDate.compare(paidOn, TODAY) < 0;
      return {
        invoiceId: `${n}-${at}`,
        number: `F${n}-${at}`,
        customerId: idOf(n),
        kind: "invoice",
        ofInvoiceId: undefined,
        currency: "SEK",
        amountMinor: BigInt(rng.int(10_000, 900_000)),
        issueDay,
        dueDay,
        dueChanges: [],
        applied: [],
        disputedFrom: undefined,
        disputedUntil: undefined,
        isDisputed: false,
        soldFrom: undefined,
        reminded: undefined,
        ...(isPaid && { paidOn }),
      };
    }).map((item) => {
      const { paidOn, ...rest } = item as LedgerItem & { paidOn?: Temporal.PlainDate };
      return paidOn === undefined ? rest : { ...rest, applied: [{ day: paidOn, amountMinor: rest.amountMinor }] };
    });
    return { accountId: idOf(n), customerIds: [idOf(n)], items, money: [] };
  });
}
const all = ledgers();
let read = 0;
const readLedger: ReadLedger = async function* (_tx, { accountIds }) {
  for (const one of all) {
    if (accountIds !== undefined && !accountIds.includes(one.accountId)) continue;
    read += 1;
    yield one;
  }
};
const deps: PredictionDeps = { store, readLedger, assumedPoints: () => Promise.resolve(17) };
const score = scoreAccounts(deps);
const ask = (n: number) => ({ accountId: idOf(n), overdue: money(100_000n, "SEK"), daysPastDue: 20 });

test("before anything was learnt, no chance is told and the reason says so", async () => {
  const [one] = await score(store.db, [ask(1)], TODAY);
  assert.deepEqual([one?.chance, one?.value, one?.reasons[0]?.kind], [undefined, undefined, "chance.nothing-learnt"]);
});

test("learning keeps models, habits and an event; a week later the same ledger changes nothing in use", async () => {
  const learnt = await learnFromLedger(deps, { asOf: TODAY, actor: SURETY, now });
  for (const { kind, outcome } of learnt)
    assert.ok(outcome.ok && outcome.value.isBetter, `${kind} ${JSON.stringify(outcome).slice(0, 300)}`);
  const first = await modelsInUse(store.db);
  assert.equal(first.size, 2);
  const events = await sql<{
    n: bigint;
  }>`select count(*) as n from event where type = 'collections.model-learnt'`.execute(store.db);
  assert.equal(events.rows[0]?.n, 2n);
  await learnFromLedger(deps, { asOf: TODAY, actor: SURETY, now });
  assert.deepEqual(
    [...(await modelsInUse(store.db)).values()].map((one) => one.model_no),
    [...first.values()].map((one) => one.model_no),
    "as good is not better",
  );
  assert.deepEqual(
    (await newestModels(store.db, 9)).map(({ state }) => state),
    ["worse", "worse", "in-use", "in-use"],
  );
});

test("evaluating only keeps nothing", async () => {
  const before = await newestModels(store.db, 99);
  const learnt = await learnFromLedger(deps, { asOf: TODAY, actor: SURETY, now, evaluateOnly: true });
  assert.equal(
    learnt.every(({ outcome }) => outcome.ok),
    true,
  );
  assert.equal((await newestModels(store.db, 99)).length, before.length);
});

test("good payers have the better chance; a payer who settled nothing has none, by its own state", async () => {
  const [good, bad, nobody] = await score(store.db, [ask(0), ask(3), ask(40)], TODAY);
  assert.ok((good?.chance ?? 0) > 0 && (good?.chance ?? 1) < 1);
  assert.ok((good?.chanceIfContacted ?? 0) > (good?.chance ?? 1));
  assert.ok((good?.value?.minor ?? -1n) >= 0n && good?.value?.currency === "SEK");
  assert.notEqual(good?.chance, bad?.chance);
  assert.deepEqual(
    [nobody?.chance, nobody?.value, nobody?.reasons[0]],
    [undefined, undefined, { kind: "chance.nothing-known", facts: { settled: 0, wanted: 3 } }],
  );
});

test("habits that are of the day are not read again", async () => {
  read = 0;
  await score(store.db, [ask(0), ask(3)], TODAY);
  assert.equal(read, 0);
  await score(store.db, [ask(0)], TODAY.add({ days: 1 }));
  assert.equal(read, 1, "a day later one account is looked at again");
});

test("what the page is given fits its wire form", async () => {
  const page = predictionJson.parse(await predictionOf(store.db, deps));
  assert.equal(page.paid?.state, "in-use");
  assert.deepEqual([page.contact.kind, Math.round(page.contact.points), page.contact.low], ["assumed", 17, null]);
  const chances = chancesJson.parse(await chancesOf(store.db, deps, { accountId: idOf(3), day: TODAY }));
  assert.ok(chances.invoices.length > 0 && chances.invoices.every(({ chanceBps }) => chanceBps !== null));
  assert.ok(chances.proposedLimit.limit !== null);
  const empty = chancesJson.parse(await chancesOf(store.db, deps, { accountId: idOf(40), day: TODAY }));
  assert.deepEqual([empty.proposedLimit.limit, empty.invoices[0]?.chanceBps], [null, null]);
});

test("200 logged calls replace the assumption", async () => {
  for (let at = 0; at < 400; at++)
    await sql`insert into collections_task (task_id, account_id, kind, due_on, state, outcome, note, at)
      values (${`00000000-0000-4000-9000-${String(at).padStart(12, "0")}`}::uuid, ${idOf(at % 40)}, 'call', '2026-01-01', 'done', 'promised', '', ${TODAY.subtract({ days: 60 + at }).toString()}::date)`.execute(
      store.db,
    );
  await learnFromLedger(deps, { asOf: TODAY.add({ days: 8 }), actor: SURETY, now });
  const { contact } = await predictionOf(store.db, deps);
  assert.equal(contact.kind, "estimated");
  assert.ok(
    contact.low !== null && contact.high !== null && contact.low < contact.points && contact.points < contact.high,
  );
});

test("the job learns once a week", async () => {
  const clock = { now: () => now.add({ hours: 24 * 9 }) };
  const job = predictionJobs({ ...deps, clock })[0];
  read = 0;
  await job?.handle({});
  assert.equal(read, 0, "it was tried a day ago");
  await predictionJobs({ ...deps, clock: { now: () => now.add({ hours: 24 * 16 }) } })[0]?.handle({});
  assert.ok(read >= 41);
});
