import type { Currency } from "../../core/currency.ts";
import type { CustomerId } from "../../core/ids.ts";
import { money } from "../../core/money.ts";
import type { Store } from "../../store/contract.ts";
import type { StoredEvent } from "../contract-stream.ts";
import type { LabDeps } from "./deps.ts";
import type { Detector } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";

/** Rules and events for this folder's tests. */
export const ELEVATE_ID = "11111111-1111-4111-8111-111111111111";
export const BURST_ID = "22222222-2222-4222-8222-222222222222";

export const elevateText = (more = ""): string => `title: Access to everything taken
id: ${ELEVATE_ID}
status: stable
level: high
logsource: { product: surety, service: azure-activity }
detection:
  selection:
    operation: microsoft.authorization/elevateaccess/action
    outcome: success
  condition: selection
tags: [attack.t1098.003, attack.privilege-escalation]
falsepositives: [An administrator at work]
surety:
  titleSv: Åtkomst till allt tagen
  family: misuse
  abuse: [A2]
  why: Whoever holds it owns every subscription.
  sources: [azure-activity]
  runbook: activity-elevate
${more}`;

export const burstText = (threshold = 3): string => `title: A virtual machine
name: vm_write
logsource: { product: surety, service: azure-activity }
detection:
  selection:
    operation: microsoft.compute/virtualmachines/write
    outcome: success
  condition: selection
---
title: Many virtual machines
id: ${BURST_ID}
level: medium
correlation:
  type: event_count
  rules: [vm_write]
  group-by: [subscription]
  timespan: 1h
  condition: { gte: ${threshold} }
surety:
  abuse: [A4]
  sources: [azure-activity]
`;

export const CUSTOMER = "aaaaaaaa-0000-4000-8000-000000000001" as CustomerId;
export const SUBSCRIPTION = "bbbbbbbb-0000-4000-8000-000000000001";

/** A change in Azure, `at` as ISO text. */
export const azureEvent = (id: string, at: string, more: Partial<KnownEvent> = {}): KnownEvent => ({
  id,
  source: "azure-activity",
  shape: "azure-activity.arm",
  logsource: { product: "azure", service: "activitylogs" },
  at: Temporal.Instant.from(at),
  customer: CUSTOMER,
  subscription: SUBSCRIPTION,
  operation: "microsoft.compute/virtualmachines/write",
  outcome: "success",
  actor: { id: "mallory@example.com", kind: "user" },
  ip: "203.0.113.7",
  raw: { id },
  ...more,
});

export const testDetector = (about = "Two deletions in an hour"): Detector => ({
  id: "two-deletions",
  title: about,
  titleSv: "Två raderingar på en timme",
  level: "high",
  family: "misuse",
  abuse: ["A5"],
  why: "Whoever deletes much wants to hide or to harm.",
  sources: ["azure-activity"],
  falsePositives: ["Clean-up"],
  runbook: "activity-deletions",
  attack: ["T1485"],
  covers: "test",
  contain: "none",
  settings: [{ name: "count", about: "Deletions", unit: "events", standard: 2, min: 1, max: 100 }],
  spanMs: 3_600_000,
  keep: (event) =>
    event.operation.endsWith("/delete")
      ? [
          {
            group: `${event.customer ?? "-"}|${event.subscription ?? "-"}`,
            kept: {
              id: event.id,
              source: event.source,
              at: event.at.epochMilliseconds,
              facts: { operation: event.operation },
            },
          },
        ]
      : [],
  decide: (_group, kept, { settings }) =>
    kept.flatMap((last, at) => {
      const window = kept.slice(0, at + 1).filter((one) => one.at > last.at - 3_600_000);
      return window.length >= (settings["count"] ?? 2)
        ? [{ key: "", level: "high" as const, at: last.at, facts: { count: window.length }, events: window }]
        : [];
    }),
  examples: [
    {
      name: "two",
      hits: "high",
      events: [
        azureEvent("x1", "2026-03-01T10:00:00Z", { operation: "microsoft.compute/disks/delete" }),
        azureEvent("x2", "2026-03-01T10:10:00Z", { operation: "microsoft.compute/disks/delete" }),
      ],
    },
    { name: "one", hits: undefined, events: [azureEvent("x1", "2026-03-01T10:00:00Z", { operation: "a/delete" })] },
  ],
});

/** A stream over events in memory; stored in any order, scanned by time. */
export const streamOf = (events: readonly KnownEvent[], pieceSize = 100): LabDeps["stream"] => ({
  async *scan({ from, until, customers, sources }) {
    const found = events
      .filter(
        (one) =>
          Temporal.Instant.compare(one.at, from) >= 0 &&
          Temporal.Instant.compare(one.at, until) < 0 &&
          (customers === undefined || (one.customer !== undefined && customers.includes(one.customer))) &&
          (sources === undefined || sources.includes(one.source)),
      )
      .sort((a, b) => Temporal.Instant.compare(a.at, b.at));
    for (let at = 0; at < found.length; at += pieceSize)
      yield await Promise.resolve(found.slice(at, at + pieceSize).map((event, n) => storedOf(event, at + n)));
  },
  byId: async (source, id) => {
    const at = events.findIndex((one) => one.source === source && one.id === id);
    const event = events[at];
    return event === undefined ? undefined : storedOf(event, at);
  },
});
export const storedOf = (event: KnownEvent, at: number): StoredEvent => ({
  position: BigInt(at + 1),
  receivedAt: event.at.add({ minutes: 1 }),
  intake: "test",
  event,
});

/** Dependencies over events in memory. */
export const testDeps = (store: Store, events: readonly KnownEvent[], more: Partial<LabDeps> = {}): LabDeps => ({
  store,
  clock: { now: () => Temporal.Instant.from("2026-03-03T00:00:00Z") },
  newId: () => crypto.randomUUID(),
  enqueue: async () => {},
  ownFiles: () => [
    { file: "elevate.yml", text: elevateText() },
    { file: "burst.yml", text: burstText() },
  ],
  detectors: [testDetector()],
  sweeps: [],
  stream: streamOf(events),
  normalise: (raw) => [azureEvent("pasted", "2026-03-01T10:00:00Z", raw as Partial<KnownEvent>)],
  view: (event) => ({
    ...event,
    at: event.at.toString(),
    operation: event.operation,
    ...(event.customer === undefined ? {} : { customer: event.customer }),
  }),
  logSourcesOf: (event) => [event.logsource, { product: "surety", service: event.source }],
  customerOf: async () => CUSTOMER,
  tuning: async () => ({ settings: () => ({}), filters: [], mutedBy: () => undefined }),
  portfolio: async () => new Map(),
  customerNames: async (_tx, ids) => new Map(ids.map((id) => [id, "Contoso"])),
  exposureOf: async (_tx, ids) => new Map(ids.map((id) => [id, money(100_00n, "SEK" as Currency)])),
  hitTotals: async () => new Map(),
  hitDays: async () => [],
  ...more,
});
