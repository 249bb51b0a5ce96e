import assert from "node:assert/strict";
import { test } from "node:test";
import type { SubscriptionId } from "../core/ids.ts";
import type { Subscription } from "../partner-center/contract.ts";
import { decideHoldingChanges, factsFromJson, factsToJson, knownFrom } from "./decide-holdings.ts";

const id = (text: string) => text as SubscriptionId;
const held = (changes: Partial<Subscription> = {}): Subscription => ({
  id: id("s1"),
  offerId: "CFQ7TTC0LF8R:0001:CFQ7TTC0XXXX",
  name: "Microsoft 365 E5",
  family: "new-commerce",
  status: "active",
  quantity: 140,
  autoRenew: true,
  isTrial: false,
  createdAt: Temporal.Instant.from("2024-11-20T10:00:00Z"),
  commitmentEndDay: Temporal.PlainDate.from("2026-11-19"),
  billingCycle: "monthly",
  term: "P1Y",
  suspensionReasons: [],
  etag: "one",
  raw: { id: "s1" },
  ...changes,
});
const kept = (subscription: Subscription, isGone = false) => ({
  id: subscription.id,
  facts: factsToJson(subscription),
  isGone,
});
const at = Temporal.Instant.from("2026-11-17T07:00:00Z");

const cases = [
  // what is kept                    what Microsoft lists                                  what changes
  ["nothing", [], [held()], ["added s1"]],
  ["the same", [kept(held())], [held()], []],
  ["the same with a new ETag", [kept(held())], [held({ etag: "two", raw: { other: true } })], []],
  ["other seats", [kept(held())], [held({ quantity: 150 })], ["changed s1 quantity"]],
  [
    "suspended, auto-renew lost",
    [kept(held())],
    [held({ status: "suspended", autoRenew: false })],
    ["changed s1 autoRenew,status"],
  ],
  ["a member that vanished", [kept(held())], [held({ term: undefined })], ["changed s1 term"]],
  ["no longer listed", [kept(held())], [], ["gone s1"]],
  ["gone for long", [kept(held(), true)], [], []],
  ["listed again", [kept(held(), true)], [held()], ["returned s1"]],
] as const;
for (const [what, before, answer, expected] of cases)
  test(`${what}: ${expected.join() || "no change"}`, () => {
    const found = decideHoldingChanges(before, answer);
    const said = found.map(
      (one) => `${one.kind} ${one.id}${one.kind === "changed" ? ` ${Object.keys(one.after).sort().join()}` : ""}`,
    );
    assert.deepEqual(said, expected);
  });

test("facts come back as they were kept", () => {
  const { raw: _raw, etag: _etag, ...facts } = held({ cancellableUntil: at });
  const back = factsFromJson(factsToJson(held({ cancellableUntil: at })));
  assert.deepEqual(factsToJson(back), factsToJson(facts));
  assert.ok(back.commitmentEndDay instanceof Temporal.PlainDate && back.cancellableUntil instanceof Temporal.Instant);
});

const known = [
  [held(), "2025-11-20T00:00:00Z", "since its present term began"],
  [held({ createdAt: Temporal.Instant.from("2026-02-01T09:00:00Z") }), "2026-02-01T09:00:00Z", "since it was bought"],
  [held({ commitmentEndDay: undefined }), "2024-11-20T10:00:00Z", "since it was bought, when it is open-ended"],
  [
    held({ commitmentEndDay: undefined, createdAt: undefined }),
    "2026-11-17T07:00:00Z",
    "since it was read, when nothing is told",
  ],
] as const;
for (const [subscription, expected, why] of known)
  test(`facts are known ${why}`, () => assert.equal(knownFrom(subscription, at).toString(), expected));
