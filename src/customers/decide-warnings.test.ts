import assert from "node:assert/strict";
import { test } from "node:test";
import type { CustomerId, SubscriptionId } from "../core/ids.ts";
import type { Committed, HeldSubscription } from "./contract.ts";
import { cancelWindow, subscriptionWarnings } from "./decide-warnings.ts";

const now = Temporal.Instant.from("2026-11-17T07:42:00Z");
const today = Temporal.PlainDate.from("2026-11-17");
const none: Committed = { kind: "none", why: "paid-up" };
const held = (changes: Partial<HeldSubscription>): HeldSubscription => ({
  id: "s1" as SubscriptionId,
  customerId: "c1" as CustomerId,
  offerId: "o",
  name: "Microsoft 365 E5",
  family: "new-commerce",
  status: "active",
  quantity: 140,
  autoRenew: true,
  isTrial: false,
  suspensionReasons: [],
  raw: null,
  readAt: now,
  goneAt: undefined,
  price: undefined,
  createdAt: Temporal.Instant.from("2024-11-20T09:00:00Z"),
  commitmentEndDay: Temporal.PlainDate.from("2027-11-19"),
  ...changes,
});
const at = (text: string) => Temporal.Instant.from(text);
const day = (text: string) => Temporal.PlainDate.from(text);

const windows = [
  ["an Azure plan", { family: "azure-plan" }, "any-time"],
  ["legacy seats", { family: "legacy-seat" }, "any-time"],
  ["a window that lies ahead", { cancellableUntil: at("2026-11-19T14:05:00Z") }, "open"],
  ["a window that is over", { cancellableUntil: at("2026-11-17T07:41:00Z") }, "closed"],
  ["no window told, bought long ago", {}, "closed"],
  ["no window told, bought yesterday", { createdAt: at("2026-11-16T09:00:00Z") }, "unknown"],
  ["nothing told at all", { createdAt: undefined }, "unknown"],
] as const;
for (const [what, changes, kind] of windows)
  test(`${what}: cancel window ${kind}`, () => assert.equal(cancelWindow(held(changes as never), now).kind, kind));

const soon = { commitmentEndDay: day("2026-11-19") };
const committed: Committed = {
  kind: "committed",
  amount: { minor: 1n, currency: "SEK" },
  instalments: 1,
  instalment: { minor: 1n, currency: "SEK" },
  nextChargeDay: today,
  endsOn: today,
  cancellableUntil: undefined,
};
const warnings = [
  // what                                    facts                                             overdue  committed  warnings
  ["nothing near", {}, false, none, []],
  ["renews in three days, overdue balance", soon, true, none, ["renews-overdue"]],
  ["renews in three days, pays well", soon, false, none, ["renews-soon"]],
  ["ends in three days without renewal", { ...soon, autoRenew: false }, true, none, ["auto-renew-off"]],
  ["renews in 31 days", { commitmentEndDay: day("2026-12-18") }, true, none, []],
  ["ended yesterday", { commitmentEndDay: day("2026-11-16") }, true, none, []],
  ["window closes in two days", { cancellableUntil: at("2026-11-19T07:00:00Z") }, false, none, ["window-closing"]],
  ["window closes in three days", { cancellableUntil: at("2026-11-20T08:00:00Z") }, false, none, []],
  ["window closed", { cancellableUntil: at("2026-11-17T07:00:00Z") }, false, none, []],
  ["suspended, the term runs on", { status: "suspended" }, false, committed, ["suspended-but-billed"]],
  ["suspended, paid up", { status: "suspended" }, false, none, []],
  ["no longer listed", { ...soon, goneAt: now }, true, none, []],
] as const;
for (const [what, changes, hasOverdue, owed, expected] of warnings)
  test(`${what}: ${expected.join() || "no warning"}`, () => {
    assert.deepEqual(
      subscriptionWarnings(held(changes as never), { now, today, hasOverdue, committed: owed }),
      expected,
    );
  });
