import assert from "node:assert/strict";
import { test } from "node:test";
import type { CustomerId } from "../core/ids.ts";
import { money, zero } from "../core/money.ts";
import { containedIn, lastNight, type NightEvent } from "./decide-overnight.ts";
import { decideUnseen } from "./decide-unseen.ts";

const at = (text: string) => Temporal.Instant.from(text);
const calendar = {
  zone: "Europe/Stockholm",
  weekdays: [1, 2, 3, 4, 5],
  holidays: new Set<string>(),
  opens: Temporal.PlainTime.from("08:00"),
  closes: Temporal.PlainTime.from("17:00"),
};

const nights = [
  // it is                               the night looked back on
  ["Tuesday 08:42", "2026-11-17T08:42:00+01:00", "2026-11-16T17:00:00+01:00", "2026-11-17T08:00:00+01:00"],
  ["Tuesday 02:38", "2026-11-17T02:38:00+01:00", "2026-11-16T17:00:00+01:00", "2026-11-17T02:38:00+01:00"],
  ["Monday 09:00", "2026-11-16T09:00:00+01:00", "2026-11-13T17:00:00+01:00", "2026-11-16T08:00:00+01:00"],
  ["Sunday noon", "2026-11-15T12:00:00+01:00", "2026-11-13T17:00:00+01:00", "2026-11-15T12:00:00+01:00"],
  ["Tuesday 20:00", "2026-11-17T20:00:00+01:00", "2026-11-17T17:00:00+01:00", "2026-11-17T20:00:00+01:00"],
] as const;
for (const [name, now, from, to] of nights)
  test(`${name} looks back to ${from}`, () => {
    const night = lastNight(calendar, at(now));
    assert.deepEqual([night?.from.toString(), night?.to.toString()], [at(from).toString(), at(to).toString()]);
  });

const types = { verified: "response.proposal-verified", received: "notices.received" };
const event = (type: string, when: string, data: unknown = null, customerId = "c1"): NightEvent => ({
  type,
  at: at(when),
  customerId,
  caseId: "k1",
  data,
});

test("a cancelled subscription is counted with the minutes since its customer's notice", () => {
  const saving = { amount: { minor: "5040000", currency: "SEK" }, per: "day" };
  const found = containedIn(
    [
      event(types.verified, "2026-11-17T02:52:00Z", { kind: "cancel-entitlement", saving }),
      event(types.received, "2026-11-17T02:10:00Z"),
      event(types.received, "2026-11-17T01:00:00Z", null, "c2"),
    ],
    types,
  );
  assert.deepEqual(found, [
    { customerId: "c1", caseId: "k1", kind: "cancel-entitlement", minutes: 42, saving: saving.amount, per: "day" },
  ]);
});

test("housekeeping contains nothing, and a saving that is not money is unknown, not zero", () => {
  const found = containedIn(
    [
      event(types.verified, "2026-11-17T02:52:00Z", { kind: "auto-renew-off" }),
      event(types.verified, "2026-11-17T03:00:00Z", { kind: "suspend-subscription", saving: "much" }),
    ],
    types,
  );
  assert.deepEqual(
    found.map(({ kind, minutes, saving }) => [kind, minutes, saving]),
    [["suspend-subscription", null, null]],
  );
});

const id = (text: string) => text as CustomerId;
test("unseen exposure is the sum over the customers that were not read", () => {
  const exposures = new Map([
    [id("a"), money(100n, "SEK")],
    [id("b"), money(50n, "SEK")],
  ]);
  assert.deepEqual(decideUnseen([id("a"), id("b")], exposures, zero("SEK")), money(150n, "SEK"));
  assert.deepEqual(decideUnseen([], exposures, zero("SEK")), zero("SEK"));
});
test("one customer without a known exposure makes the sum unknown", () => {
  assert.equal(decideUnseen([id("a"), id("z")], new Map([[id("a"), money(100n, "SEK")]]), zero("SEK")), undefined);
});
