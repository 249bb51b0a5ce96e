import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { answerTo, eventOf, meaningOf } from "./decide-event.ts";
import { amountAt, type Obj } from "./decide-object.ts";

const FOLDER = join(import.meta.dirname, "../../../../shared/collections/data/payments/stripe");
const skip = existsSync(FOLDER) ? false : `the recorded samples are not on this machine: ${FOLDER}`;
const sample = (name: string): Obj => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Obj;

test("the recorded samples mean what they are", { skip }, () => {
  const effects = (name: string) => {
    const read = eventOf(sample(name));
    return (read && meaningOf(read)?.effects) ?? [];
  };
  const [paid] = effects("webhook-payment_intent_succeeded.json");
  assert.ok(paid?.kind === "money");
  assert.deepEqual(
    [paid.money.number, paid.money.amountMinor, paid.money.currency, paid.money.text],
    ["pi_3RTkpYQ8iJWBZFaM1LBHNo0J", 4_620n, "EUR", "Oberbrunner-Purdy - Invoice OBE-B200-001-001"],
  );
  const [failed, card] = effects("webhook-payment_intent_payment_failed.json");
  assert.ok(failed?.kind === "failed" && card?.kind === "instrument");
  assert.deepEqual(
    [failed.failure.code, failed.failure.declineCode, failed.failure.answer],
    ["authentication_required", "authentication_not_handled", "customer"],
  );
  assert.deepEqual(
    [card.instrument.funding, card.instrument.country, card.instrument.cvcCheck],
    ["credit", "IE", "pass"],
  );
  const [refunded] = effects("webhook-charge_refund_updated.json");
  assert.ok(refunded?.kind === "money");
  assert.deepEqual(
    [refunded.money.kind, refunded.money.amountMinor, refunded.money.reverses],
    ["refund", -100n, "pi_3RWYCFQ8iJWBZFaM1p1gEVdI"],
  );
  assert.equal(answerTo(sample("payment_intent_card_declined_response.json")["error"] as Obj), "retry");
});

for (const [currency, amount, minor] of [
  ["sek", 1_234, 1_234n],
  ["jpy", 500, 500n],
  ["isk", 120_00, 120n],
  ["ugx", 50_000, 500n],
  ["mga", 70, 7_000n],
  ["kwd", 1_230, 1_230n],
  ["isk", 120_01, undefined],
  ["xyz", 1, undefined],
] as const)
  test(`${amount} of ${currency} at Stripe is ${minor ?? "unreadable"} here`, () =>
    assert.equal(amountAt({ amount, currency }, "amount")?.minor, minor));
