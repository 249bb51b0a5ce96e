import assert from "node:assert/strict";
import { test } from "node:test";
import type { EvaluatedHit } from "./contract.ts";
import type { SuppressCondition } from "./contract-suppress.ts";
import { decideTooWide, suppresses } from "./decide-suppress.ts";
import { AZURE, HAVSO, RULE, START } from "./testing.ts";

const is = (field: SuppressCondition["field"], value: string): SuppressCondition => ({ field, match: "is", value });
const network = (value: string): SuppressCondition => ({ field: "ip", match: "in-network", value });
const none = { "actor.id": [], "actor.name": [], ip: [], "resource.id": [], "app.id": [] };

test("a suppression names something narrower than a rule, a customer or a part of the internet", () => {
  assert.equal(decideTooWide(RULE.burst, []), "nothing-named");
  assert.equal(decideTooWide(undefined, [is("customer", HAVSO)]), "whole-customer");
  assert.equal(decideTooWide(RULE.burst, [is("customer", HAVSO)]), undefined);
  assert.equal(decideTooWide(undefined, [is("ip", "203.0.113.7")]), undefined);
  assert.equal(decideTooWide(undefined, [network("10.0.0.0/8")]), "wide-network");
  assert.equal(decideTooWide(undefined, [network("2001:db8::/24")]), "wide-network");
  assert.equal(decideTooWide(undefined, [network("203.0.113.0/24")]), undefined);
  assert.equal(decideTooWide(undefined, [network("the office")]), "not-a-network");
  assert.equal(
    decideTooWide(undefined, [{ field: "actor.id", match: "in-network", value: "10.1.0.0/16" }]),
    "network-of-no-ip",
  );
  assert.equal(decideTooWide(undefined, [{ field: "actor.id", match: "starts-with", value: "a" }]), "short-prefix");
});

const hit = (more: Partial<EvaluatedHit["seen"]> = {}): EvaluatedHit => ({
  rule: {
    id: RULE.burst,
    title: "Many machines",
    titleSv: "Många maskiner",
    family: "misuse",
    runbook: "x",
    contain: "none",
    version: 1,
  },
  level: "high",
  customer: HAVSO,
  subscription: AZURE,
  group: ["build"],
  at: START.epochMilliseconds,
  facts: {},
  events: [],
  fingerprint: "activity:x",
  completedBy: "x",
  isShadow: false,
  seen: { ...none, ...more },
});
const quiet = (conditions: readonly SuppressCondition[], of: EvaluatedHit, ruleId?: string, at = START) =>
  suppresses({ id: "s", ruleId, conditions, expiresAt: START.add({ hours: 1 }) }, of, at);

test("every condition must fit, in every event of the hit", () => {
  const office = [network("203.0.113.0/24")];
  assert.equal(quiet(office, hit({ ip: ["203.0.113.7", "203.0.113.9"] })), true);
  assert.equal(quiet(office, hit({ ip: ["203.0.113.7", "198.51.100.1"] })), false);
  assert.equal(quiet(office, hit()), false);
  assert.equal(
    quiet(
      [...office, is("actor.id", "Admin@Havso.example")],
      hit({ ip: ["203.0.113.7"], "actor.id": ["admin@havso.example"] }),
    ),
    true,
  );
  assert.equal(quiet([...office, is("customer", AZURE)], hit({ ip: ["203.0.113.7"] })), false);
  assert.equal(quiet([is("group", "build")], hit()), true);
  assert.equal(
    quiet([{ field: "actor.id", match: "starts-with", value: "svc-" }], hit({ "actor.id": ["svc-build"] })),
    true,
  );
});

test("more values than were looked at are never quiet", () => {
  assert.equal(
    quiet([{ field: "actor.id", match: "starts-with", value: "svc-" }], hit({ "actor.id": ["svc-1", ""] })),
    false,
  );
});

test("only its own rule, and only until it ends", () => {
  assert.equal(quiet([is("subscription", AZURE)], hit(), RULE.burst), true);
  assert.equal(quiet([is("subscription", AZURE)], hit(), RULE.chain), false);
  assert.equal(quiet([is("subscription", AZURE)], hit(), RULE.burst, START.add({ hours: 1 })), false);
});
