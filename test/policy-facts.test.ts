/** What the policy linter is told by the real desk, through its route, and what it then finds. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sql } from "kysely";
import { type CheckedPolicy, checkPolicyText } from "../src/collections/policy/contract-check.ts";
import type { LintFactsWire } from "../src/collections/policy/contract-wire.ts";
import { packText } from "../src/collections/policy/packs.ts";
import { openDesk } from "../src/main-desk.ts";
import { testStore } from "../src/store/testing.ts";

const store = await testStore();
const dataFolder = mkdtempSync(join(tmpdir(), "surety-policy-facts-"));
const settings = {
  port: 0,
  host: "127.0.0.1",
  dataFolder,
  databaseUrl: undefined,
  demo: false,
  baseUrl: undefined,
  logLevel: "silent",
  role: "web",
  checkAnswers: true,
  demoMail: undefined,
} as const;
const desk = await openDesk({
  settings,
  version: "test",
  connection: store.connection,
  mode: "live",
  baseUrl: () => "http://localhost",
});
after(async () => {
  await desk.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

async function facts(): Promise<LintFactsWire> {
  const route = desk.routes.find(({ path }) => path === "/api/collections/policy-facts");
  assert.ok(route?.kind === "json");
  const ask = route.handle as unknown as (call: object) => Promise<{ readonly value: unknown }>;
  const { value } = await ask({ tx: store.db, now: Temporal.Now.instant() });
  return route.response.parse(value) as LintFactsWire;
}
/** As the page reads them. */
async function checked(text: string): Promise<CheckedPolicy> {
  const told = await facts();
  return checkPolicyText(text, {
    day: Temporal.PlainDate.from(told.day),
    customers: told.customers ?? undefined,
    withoutAddress: told.withoutAddress ?? undefined,
    feeds: told.feeds ?? undefined,
    currencies: told.currencies ?? undefined,
    incompleteLetters: told.incompleteLetters?.map((one) => ({ ...one, law: one.law ?? undefined })),
    holidays: told.holidays,
    rates: told.rates,
  });
}
const codes = async (text: string) => new Set((await checked(text)).findings.map((one) => one.code));
const PACK = packText("se");

const A = "aaaaaaaa-1111-4222-8333-444455556666";
const B = "bbbbbbbb-1111-4222-8333-444455556666";

test("a channel without an address: of nobody, then of some, then of none", async () => {
  await sql`insert into ledger_presence (customer_id) values (${A}), (${B})`.execute(store.db);
  assert.deepEqual((await facts()).withoutAddress, { mail: 2, letter: 2, sms: 2, call: 2 });
  assert.ok((await codes(PACK)).has("channel-unreachable"));
  const contact = (id: string, customer: string, channel: string, address: string) =>
    sql`insert into collections_contact (contact_id, customer_id, channel, address, since, source)
      values (${id}, ${customer}, ${channel}, ${address}, '2026-01-01', 'person')`.execute(store.db);
  await contact("00000000-0000-4000-8000-000000000001", A, "mail", "a@kund.example");
  // A mobile number can be called too.
  await contact("00000000-0000-4000-8000-000000000002", A, "sms", "+46700000000");
  assert.deepEqual((await facts()).withoutAddress, { mail: 1, letter: 2, sms: 1, call: 1 });
  assert.ok((await codes(PACK)).has("channel-partly-unreachable"));
  // B does not pay itself: nobody writes to it.
  await sql`insert into payer_link (link_id, customer_id, payer_id, from_day, reason, set_by, set_at)
    values ('00000000-0000-4000-8000-000000000003', ${B}, ${A}, '2026-01-01', 'same group', '{"kind":"person","id":"x","name":"X"}', now())`.execute(
    store.db,
  );
  const told = await facts();
  assert.deepEqual([told.customers, told.withoutAddress?.mail], [1, 0]);
});

test("a condition that no data can satisfy until its feed runs", async () => {
  const asks = PACK.replace(/^( {4}daysPastDue: 15)$/m, '$1\n    when: payments.lastFailure == "expired_card"');
  assert.notEqual(asks, PACK);
  assert.ok((await codes(asks)).has("fact-without-feed"));
  await sql`insert into stripe_event (event_id, type, created_at, is_live, body, received_at, state)
    values ('evt_1', 'invoice.paid', now(), true, '{}', now(), 'done')`.execute(store.db);
  assert.ok(!(await codes(asks)).has("fact-without-feed"));
});

test("a currency that accounts owe in and the policy does not name", async () => {
  const limited = PACK.replace(/^( {4}daysPastDue: 15)$/m, "$1\n    minimumOverdue: { SEK: '100.00' }");
  assert.ok(!(await codes(limited)).has("currency-missing"));
  await sql`insert into invoice (invoice_id, customer_id, system, number, currency, amount_minor, issue_date, due_date)
    values (1, ${A}, 'x', 'F-1', 'NOK', 100, '2026-01-01', '2026-02-01')`.execute(store.db);
  assert.deepEqual((await facts()).currencies, ["NOK"]);
  const found = (await checked(limited)).findings.filter((one) => one.code === "currency-missing");
  assert.ok(found.some((one) => String(one.facts["currencies"]) === "NOK"));
});

test("a letter lacks its statements while the creditor is not told, and the policy cannot be published", async () => {
  const { findings } = await checked(PACK);
  const lacking = findings.filter((one) => one.code === "letter-incomplete");
  assert.ok(lacking.length > 0 && lacking.every((one) => one.severity === "error" && one.facts["law"] === "SE"));
  assert.match(String(lacking[0]?.facts["missing"]), /creditor.*payment/);
  await store.inTransaction(async (tx) =>
    sql`insert into setting (key, value) values ('collections.creditor', ${JSON.stringify({
      name: "Skärgård Cloud AB",
      addressLines: ["Hamngatan 1", "111 47 Stockholm"],
      phone: "+46 8 123 45 67",
      email: "betalning@skargard.example",
      bankgiro: "5050-1055",
    })}::jsonb)`.execute(tx),
  );
  assert.ok(!(await codes(PACK)).has("letter-incomplete"));
});
