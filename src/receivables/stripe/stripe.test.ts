import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sql } from "kysely";
import { Stripe } from "stripe";
import { readEvents } from "../../store/events.ts";
import { testStore } from "../../store/testing.ts";
import { importFile } from "../import-file.ts";
import { recordMoneyWith } from "../service-money.ts";
import { openReceivables } from "../service.ts";
import { csv, testDeps } from "../testing.ts";
import type { Obj } from "./decide-object.ts";
import type { StripeDeps } from "./deps.ts";
import { matchStripeCustomer, receiveStripe } from "./service.ts";

const SOLVIK = "3d5e9f0a-1111-4222-8333-444455556666";
const FOLDER = join(import.meta.dirname, "../../../../shared/collections/data/payments/stripe");
const skip = existsSync(FOLDER) ? false : `the recorded samples are not on this machine: ${FOLDER}`;
const sample = (name: string): Obj => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Obj;
const fixture = (name: string): Obj =>
  (sample("stripe-openapi-fixtures3.json")["resources"] as Record<string, Obj>)[name] ?? {};

const store = await testStore();
const ledger = testDeps(store, { customers: [{ id: SOLVIK, name: "Solvik Energi AB" }] });
const SECRETS = ["whsec_new_000000000000000000", "whsec_old_000000000000000000"];
const NOW = Temporal.Instant.from("2026-11-17T08:00:00Z");
const deps: StripeDeps = {
  recordMoney: recordMoneyWith({ onChanged: ledger.onChanged }),
  customersByIds: ledger.customersByIds,
  deskDay: async (_tx, at) => at.toZonedDateTimeISO("Europe/Stockholm").toPlainDate(),
  stripeSettings: async () => ({ secrets: SECRETS.join("\n"), takesTest: true }),
  wallNow: () => NOW,
};
type Sent = {
  readonly secret?: string;
  readonly at?: Temporal.Instant;
  readonly payload?: string;
  readonly deps?: StripeDeps;
};
async function post(body: Obj, { secret = SECRETS[0] ?? "", at = NOW, payload, deps: own = deps }: Sent = {}) {
  const text = JSON.stringify(body);
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload: text,
    secret,
    timestamp: Math.floor(at.epochMilliseconds / 1000),
  });
  return store.inTransaction((tx) =>
    receiveStripe(tx, own, { rawBody: Buffer.from(payload ?? text), signature, now: NOW }),
  );
}
let made = 0;
const seconds = (iso: string): number => Math.floor(Temporal.Instant.from(iso).epochMilliseconds / 1000);
const event = (type: string, at: string, object: Obj, previous?: Obj): Obj => ({
  id: `evt_made${++made}`,
  object: "event",
  type,
  created: seconds(at),
  livemode: false,
  data: { object, ...(previous && { previous_attributes: previous }) },
});
async function sent(type: string, at: string, object: Obj, previous?: Obj): Promise<string> {
  const one = event(type, at, object, previous);
  const answer = await post(one);
  assert.ok(answer.ok, answer.ok ? "" : answer.error.detail);
  return stateOf(String(one["id"]));
}
async function stateOf(id: string): Promise<string> {
  const { rows } = await sql<{
    state: string;
    why: string | null;
  }>`select state, why from stripe_event where event_id = ${id}`.execute(store.db);
  return rows[0] === undefined ? "not kept" : [rows[0].state, rows[0].why].filter((one) => one !== null).join(" ");
}
const money = async (numbers: readonly string[]): Promise<string[]> => {
  const { rows } = await sql<{
    text: string;
  }>`select number || ' ' || kind || ' ' || amount_minor || ' ' || value_date as text from payment where system = 'stripe' and number = any(${numbers}) order by payment_id`.execute(
    store.db,
  );
  return rows.map(({ text }) => text);
};
const open = async (currency: string): Promise<string> => {
  const rows = await openReceivables(store.db, Temporal.PlainDate.from("2026-11-17"), [SOLVIK as never]);
  const one = rows.find((row) => row.currency === currency);
  return `${one?.outstandingMinor ?? 0n} open ${one?.unappliedMinor ?? 0n} unapplied`;
};
const logOf = async (type: string): Promise<Record<string, unknown> | undefined> =>
  (await readEvents(store.db, { typePrefix: type, limit: 1 }))[0]?.data as Record<string, unknown> | undefined;
async function invoice(number: string, amount: string, currency: string): Promise<void> {
  const bytes = csv(
    ["Invoice no", "Tenant id", "Invoice date", "Due date", "Amount", "Currency"],
    [number, SOLVIK, "2026-01-01", "2026-01-31", amount, currency],
  );
  const done = await importFile(
    { source: { bytes, fileName: "a.csv" }, mapping: { system: "books" }, actor: ledger.actor },
    ledger,
  );
  assert.ok(done.ok, done.ok ? "" : done.error.detail);
}
const intent = (id: string, more: Obj = {}): Obj => ({
  id,
  object: "payment_intent",
  amount: 10_000,
  amount_received: 10_000,
  currency: "sek",
  customer: "cus_solvik",
  metadata: { surety_customer: SOLVIK },
  ...more,
});

test("only what Stripe signed is taken: another secret, another body, an old stamp, no secret", async () => {
  const body = event("payment_intent.succeeded", "2026-03-01T10:00:00Z", intent("pi_signed"));
  const codes = await Promise.all([
    post(body, { secret: "whsec_foreign" }),
    post(body, { payload: JSON.stringify({ ...body, livemode: true }) }),
    post(body, { at: NOW.subtract({ seconds: 301 }) }),
    post(body, { deps: { ...deps, stripeSettings: async () => ({ secrets: undefined, takesTest: true }) } }),
  ]);
  assert.deepEqual(
    codes.map((one) => (one.ok ? "taken" : one.error.code)),
    ["webhook-refused", "webhook-refused", "webhook-refused", "stripe-not-set"],
  );
  assert.equal(await stateOf(String(body["id"])), "not kept");
});

test("while secrets are changed both hold; the same event again changes nothing", async () => {
  await invoice("S-1", "100.00", "SEK");
  const body = event(
    "payment_intent.succeeded",
    "2026-03-01T23:30:00Z",
    intent("pi_1", { metadata: { surety_customer: SOLVIK, surety_invoice: "S-1" } }),
  );
  const answers = [await post(body, { secret: SECRETS[1] ?? "" }), await post(body)];
  assert.deepEqual(
    answers.map((one) => one.ok && one.value.again),
    [false, true],
  );
  // 23:30 UTC is the next day at the desk.
  assert.deepEqual(
    [await money(["pi_1"]), await open("SEK")],
    [["pi_1 payment 10000 2026-03-02"], "0 open 0 unapplied"],
  );
});

test("test mode counts only where it was switched on", async () => {
  const body = event("payment_intent.succeeded", "2026-03-02T10:00:00Z", intent("pi_test"));
  const answer = await post(body, {
    deps: { ...deps, stripeSettings: async () => ({ secrets: SECRETS[0], takesTest: false }) },
  });
  assert.deepEqual(
    [answer.ok, await stateOf(String(body["id"])), await money(["pi_test"])],
    [true, "unused test-mode", []],
  );
});

test("invoice.paid and its payment are one money, whichever comes first and in whatever form of the API", async () => {
  const paidInvoice = (id: string, more: Obj): Obj => ({
    ...(skip === false ? fixture("invoice") : {}),
    id,
    object: "invoice",
    customer: "cus_solvik",
    currency: "nok",
    amount_paid: 5_000,
    metadata: {},
    ...more,
  });
  await sent(
    "payment_intent.succeeded",
    "2026-03-03T10:00:00Z",
    intent("pi_2", { currency: "nok", amount_received: 5_000 }),
  );
  await sent("invoice.paid", "2026-03-03T10:00:01Z", paidInvoice("in_2", { payment_intent: "pi_2", number: "X-2" }));
  await sent(
    "invoice.paid",
    "2026-03-03T10:00:00Z",
    paidInvoice("in_3", { payments: { data: [{ payment: { type: "payment_intent", payment_intent: "pi_3" } }] } }),
  );
  await sent(
    "payment_intent.succeeded",
    "2026-03-03T10:00:02Z",
    intent("pi_3", { currency: "nok", amount_received: 5_000 }),
  );
  await sent(
    "invoice.paid",
    "2026-03-03T10:00:05Z",
    paidInvoice("in_4", { paid_out_of_band: true, payment_intent: "pi_4" }),
  );
  assert.deepEqual(await money(["pi_2", "pi_3", "pi_4", "in_2", "in_3"]), [
    "pi_2 payment 5000 2026-03-03",
    "pi_3 payment 5000 2026-03-03",
  ]);
});

test("a dispute takes the money back when it opens; won gives it back, lost leaves it open; in any order", async () => {
  const dispute = (id: string, payment: string, status: string): Obj => ({
    ...(skip === false ? fixture("dispute") : {}),
    id,
    object: "dispute",
    charge: `ch_${payment}`,
    payment_intent: payment,
    amount: 7_000,
    currency: "dkk",
    status,
    created: seconds("2026-03-10T10:00:00Z"),
  });
  for (const [name, number] of [
    ["pi_d1", "D-1"],
    ["pi_d2", "D-2"],
    ["pi_d3", "D-3"],
  ] as const) {
    await invoice(number, "70.00", "DKK");
    await sent(
      "payment_intent.succeeded",
      "2026-03-05T10:00:00Z",
      intent(name, {
        currency: "dkk",
        amount_received: 7_000,
        metadata: { surety_customer: SOLVIK, surety_invoice: number },
      }),
    );
  }
  assert.equal(await open("DKK"), "0 open 0 unapplied");
  await sent("charge.dispute.created", "2026-03-10T10:00:00Z", dispute("dp_1", "pi_d1", "needs_response"));
  assert.deepEqual(
    [await open("DKK"), (await logOf("receivables.dispute-opened"))?.["payment"]],
    ["7000 open 0 unapplied", "pi_d1"],
  );
  await sent("charge.dispute.closed", "2026-03-20T10:00:00Z", dispute("dp_1", "pi_d1", "lost"));
  assert.deepEqual(
    [await open("DKK"), (await logOf("receivables.dispute-closed"))?.["isWon"]],
    ["7000 open 0 unapplied", false],
  );
  await sent("charge.dispute.closed", "2026-03-21T10:00:00Z", dispute("dp_2", "pi_d2", "won"));
  assert.equal(
    await sent("charge.dispute.created", "2026-03-10T10:00:00Z", dispute("dp_2", "pi_d2", "needs_response")),
    "older",
  );
  assert.deepEqual(await money(["dp_2", "dp_2:won"]), [
    "dp_2 chargeback -7000 2026-03-10",
    "dp_2:won chargeback-reversal 7000 2026-03-21",
  ]);
  await sent("charge.dispute.created", "2026-03-22T10:00:00Z", dispute("dp_3", "pi_d3", "warning_needs_response"));
  assert.deepEqual([await money(["dp_3"]), await open("DKK")], [[], "7000 open 0 unapplied"]);
});

test("a refund without a credit note opens the invoice again, once, whether the charge or the refund tells first", async () => {
  await invoice("R-1", "90.00", "GBP");
  await sent(
    "payment_intent.succeeded",
    "2026-04-01T10:00:00Z",
    intent("pi_r", {
      currency: "gbp",
      amount_received: 9_000,
      metadata: { surety_customer: SOLVIK, surety_invoice: "R-1" },
    }),
  );
  const refund = (id: string, amount: number, status = "succeeded"): Obj => ({
    id,
    object: "refund",
    amount,
    currency: "gbp",
    charge: "ch_r",
    payment_intent: "pi_r",
    status,
    created: seconds("2026-04-02T10:00:00Z"),
  });
  const charge = (total: number): Obj => ({
    id: "ch_r",
    object: "charge",
    payment_intent: "pi_r",
    currency: "gbp",
    amount: 9_000,
    amount_refunded: total,
    customer: "cus_solvik",
  });
  await sent("refund.created", "2026-04-02T10:00:00Z", refund("re_1", 2_000, "pending"));
  assert.equal(await open("GBP"), "0 open 0 unapplied");
  await sent("refund.updated", "2026-04-02T10:00:05Z", refund("re_1", 2_000));
  await sent("charge.refunded", "2026-04-02T10:00:06Z", charge(2_000));
  assert.equal(await open("GBP"), "2000 open 0 unapplied");
  await sent("charge.refunded", "2026-04-03T10:00:00Z", charge(3_000));
  await sent("refund.updated", "2026-04-03T10:00:01Z", refund("re_2", 1_000));
  assert.equal(await open("GBP"), "3000 open 0 unapplied");
});

test("a customer nobody knows waits with its money until a person says whose it is", async () => {
  const stranger = intent("pi_w", { customer: "cus_stranger", currency: "eur", metadata: {}, amount_received: 1_234 });
  assert.equal(await sent("payment_intent.succeeded", "2026-05-01T10:00:00Z", stranger), "waiting customer-unknown");
  const dispute = {
    id: "dp_w",
    object: "dispute",
    payment_intent: "pi_w",
    amount: 1_234,
    currency: "eur",
    status: "needs_response",
    created: seconds("2026-05-03T10:00:00Z"),
  };
  assert.equal(await sent("charge.dispute.created", "2026-05-03T10:00:00Z", dispute), "waiting customer-unknown");
  assert.deepEqual(await money(["pi_w"]), []);
  const matched = await store.inTransaction((tx) =>
    matchStripeCustomer(tx, deps, { id: "cus_stranger", customerId: SOLVIK as never, actor: ledger.actor, now: NOW }),
  );
  assert.deepEqual(matched, { ok: true, value: { done: 1 } });
  const again = await store.inTransaction((tx) =>
    matchStripeCustomer(tx, deps, { id: "pi_w", customerId: SOLVIK as never, actor: ledger.actor, now: NOW }),
  );
  assert.deepEqual(again, { ok: true, value: { done: 1 } });
  assert.deepEqual(await money(["pi_w", "dp_w"]), ["pi_w payment 1234 2026-05-01", "dp_w chargeback -1234 2026-05-03"]);
});

const instrumentOf = async (id: string) =>
  (
    await sql<
      Record<string, unknown>
    >`select funding, country::text as country, cvc_check, lost_why, customer_id::text as customer from payment_instrument where instrument_id = ${id}`.execute(
      store.db,
    )
  ).rows[0];
test("cards and mandates: accepted, lost by detaching or by the mandate, whatever comes first", { skip }, async () => {
  const card = { ...fixture("payment_method"), id: "pm_1", customer: "cus_solvik" };
  await sent("payment_method.attached", "2026-06-01T10:00:00Z", card);
  assert.deepEqual(await instrumentOf("pm_1"), {
    funding: "credit",
    country: "US",
    cvc_check: "pass",
    lost_why: null,
    customer: SOLVIK,
  });
  await sent(
    "payment_method.detached",
    "2026-06-02T10:00:00Z",
    { ...card, customer: null },
    { customer: "cus_solvik" },
  );
  assert.deepEqual(
    [(await instrumentOf("pm_1"))?.["lost_why"], (await logOf("receivables.instrument-lost"))?.["left"]],
    ["detached", 0],
  );
  await sent(
    "payment_method.detached",
    "2026-06-04T10:00:00Z",
    { ...card, id: "pm_2", customer: null },
    { customer: "cus_solvik" },
  );
  assert.equal(await sent("payment_method.attached", "2026-06-03T10:00:00Z", { ...card, id: "pm_2" }), "older");
  assert.equal((await instrumentOf("pm_2"))?.["lost_why"], "detached");
  await sent("setup_intent.succeeded", "2026-06-05T10:00:00Z", {
    ...fixture("setup_intent"),
    id: "seti_1",
    customer: "cus_solvik",
    payment_method: "pm_3",
    payment_method_types: ["sepa_debit"],
    status: "succeeded",
  });
  await sent("mandate.updated", "2026-06-06T10:00:00Z", {
    ...fixture("mandate"),
    payment_method: "pm_3",
    status: "inactive",
  });
  assert.deepEqual(await instrumentOf("pm_3"), {
    funding: null,
    country: null,
    cvc_check: null,
    lost_why: "mandate-withdrawn",
    customer: SOLVIK,
  });
});

test("a failed invoice says how often, and when Stripe tries again or that it does not", { skip }, async () => {
  const failed = {
    ...fixture("invoice"),
    id: "in_f",
    object: "invoice",
    customer: "cus_solvik",
    currency: "sek",
    amount_remaining: 4_200,
    number: "F-1",
    attempt_count: 3,
  };
  await sent("invoice.payment_failed", "2026-07-01T10:00:00Z", {
    ...failed,
    next_payment_attempt: seconds("2026-07-05T10:00:00Z"),
  });
  const first = await logOf("receivables.payment-failed");
  await sent("invoice.payment_failed", "2026-07-05T10:00:01Z", {
    ...failed,
    attempt_count: 4,
    next_payment_attempt: null,
  });
  const last = await logOf("receivables.payment-failed");
  assert.deepEqual(
    [first?.["attempts"], first?.["nextAttempt"], last?.["attempts"], last?.["nextAttempt"]],
    [3, "2026-07-05T10:00:00Z", 4, "none"],
  );
});
