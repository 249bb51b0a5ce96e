import assert from "node:assert/strict";
import type { CustomerId } from "../../core/ids.ts";
import type { Detector, Kept } from "../contract-detector.ts";
import type { ActivityEvent, KnownEvent } from "../contract-event.ts";
import type { ActiveRules } from "../lab/contract.ts";
import { mergeRuleSets } from "../lab/decide-merge.ts";
import { readRule } from "../lab/decide-text.ts";
import type { LogSource, SigmaEvent } from "../sigma/contract.ts";

/** Rules, detectors and events for this folder's tests. */
export const HAVSO = "1889e718-414b-4bad-8bbe-c1135bd39a41" as CustomerId;
export const GRANIT = "a248da34-6840-4c67-82d7-7f55ccd50d03" as CustomerId;
export const AZURE = "5f6e6521-6e5f-4b0b-80aa-bd44fad7a398";
export const START = Temporal.Instant.from("2026-11-17T01:00:00Z");

/** Ids of the rules below. */
export const RULE = {
  elevate: "00000000-0000-4000-8000-000000000001",
  burst: "00000000-0000-4000-8000-000000000002",
  chain: "00000000-0000-4000-8000-000000000003",
  quiet: "00000000-0000-4000-8000-000000000004",
  owner: "00000000-0000-4000-8000-000000000005",
} as const;

const base = (name: string, operation: string, id = ""): string => `title: ${name}
name: ${name}
${id === "" ? "" : `id: ${id}\nlevel: medium\n`}logsource: { product: surety }
detection:
  selection: { operation: ${operation} }
  condition: selection
`;
const notes = (more = "") => `surety:\n  family: misuse\n  runbook: activity-test\n${more}`;

export const TEXTS = {
  elevate: `${base("Access raised", "elevate", RULE.elevate)}${notes("  fold: [actor.id]\n  titleSv: Åtkomst höjd\n")}`,
  owner: `${base("Owner given", "owner", RULE.owner)}${notes("  fold: [actor.id]\n")}`,
  burst: `${base("create", "create")}---
title: Many machines
id: ${RULE.burst}
level: high
correlation:
  type: event_count
  rules: [create]
  group-by: [customer, subscription]
  timespan: 10m
  condition: { gte: 3 }
${notes("  contain: cancel-azure-subscription\n")}`,
  chain: `${base("elevate", "elevate", RULE.elevate)}---
${base("owner", "owner", RULE.owner)}---
${base("create2", "create")}---
title: Takeover
id: ${RULE.chain}
level: critical
correlation:
  type: temporal_ordered
  rules: [elevate, owner, create2]
  group-by: [customer, actor.id]
  timespan: 1h
${notes("  contain: cancel-azure-subscription\n")}`,
  quiet: `${base("elevate3", "elevate")}---
${base("explained", "ticket")}---
title: Raised without a ticket
id: ${RULE.quiet}
level: low
correlation:
  type: temporal
  rules: [elevate3, explained]
  group-by: [customer, actor.id]
  timespan: 30m
  condition: elevate3 and not explained
${notes()}`,
} as const;

/** First use of an operation by an actor within a day; a third different operation makes it worse. */
export const firstUse: Detector = {
  id: "first-use",
  title: "First use",
  titleSv: "Första användning",
  level: "low",
  family: "misuse",
  abuse: ["A2"],
  why: "What somebody never did is worth a look.",
  sources: ["azure-activity"],
  falsePositives: [],
  runbook: "activity-test",
  attack: [],
  covers: "test",
  contain: "none",
  settings: [{ name: "quietHours", about: "Hours before it counts as new", unit: "h", standard: 2, min: 1, max: 24 }],
  spanMs: 24 * 3_600_000,
  keep: (event) => [
    {
      group: `${event.customer ?? "-"}|${event.actor?.id ?? ""}`,
      kept: {
        id: event.id,
        source: event.source,
        at: event.at.epochMilliseconds,
        facts: { operation: event.operation },
      },
    },
  ],
  decide: (_group, kept, { settings }) => {
    const quietMs = (settings["quietHours"] ?? 0) * 3_600_000;
    const last = new Map<unknown, number>();
    const hits = new Map<string, Kept>();
    for (const one of kept) {
      const before = last.get(one.facts["operation"]);
      if (before === undefined || before <= one.at - quietMs) {
        const key = `${String(one.facts["operation"])}@${Math.floor(one.at / 86_400_000)}`;
        if (!hits.has(key)) hits.set(key, one);
      }
      last.set(one.facts["operation"], one.at);
    }
    return [...hits.values()].map((one) => ({
      key: String(one.facts["operation"]),
      level: "low",
      at: one.at,
      facts: { operation: String(one.facts["operation"]) },
      events: [one],
    }));
  },
  examples: [],
};

/** Rules as lab would hand them over. */
export function rulesOf(
  texts: readonly string[],
  {
    detectors = [],
    shadow = [],
  }: { readonly detectors?: readonly Detector[]; readonly shadow?: readonly string[] } = {},
): ActiveRules {
  const read = texts.map((text) => {
    const { rule, faults } = readRule(text);
    assert.deepEqual(faults, []);
    assert.ok(rule);
    return rule;
  });
  const stateOf = (id: string) => (shadow.includes(id) ? ("shadow" as const) : ("on" as const));
  return {
    revision: 1n,
    rules: read.map(({ id, card, documents }) => ({ id, version: 1, state: stateOf(id), card, documents })),
    detectors: detectors.map((detector) => ({
      id: detector.id,
      version: 1,
      state: stateOf(detector.id),
      card: read[0]?.card ?? assert.fail("a rule is needed"),
      detector,
    })),
    sweeps: [],
    ...mergeRuleSets(read.map(({ set }) => set)),
    broken: [],
  };
}

let made = 0;
export const event = (operation: string, minute: number, more: Partial<KnownEvent> = {}): KnownEvent => {
  const id = more.id ?? `e${++made}`;
  return {
    source: "azure-activity",
    shape: "azure-activity.arm",
    logsource: { product: "azure", service: "activitylogs" },
    at: START.add({ milliseconds: Math.round(minute * 60_000) }),
    customer: HAVSO,
    subscription: AZURE,
    operation,
    outcome: "success",
    actor: { id: "mallory@example.com", kind: "user" },
    ip: "203.0.113.7",
    raw: { id, operation },
    ...more,
    id,
  };
};

/** As much of the view as these rules look at. */
export const testView = (one: ActivityEvent & { readonly customer?: CustomerId | undefined }): SigmaEvent => ({
  ...one,
});
export const testLogSources = (one: ActivityEvent): readonly LogSource[] => [
  one.logsource,
  { product: "surety", service: one.source },
];
