import { randomUUID } from "node:crypto";
import type { Person, Role } from "../access/contract.ts";
import type { CustomerId, EntitlementId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import type { NoticesDeps } from "../notices/alerts.ts";
import type { Running } from "../notices/contract.ts";
import { clockToJson, decideClock } from "../notices/decide-clock.ts";
import { answerAverage, noticesOfCase, openNoticeCounts } from "../notices/lists.ts";
import { claimNoticesOfCase } from "../notices/service.ts";
import type { SecurityAlert } from "../partner-center/contract.ts";
import type { ProposalRowJson } from "../response/contract.ts";
import type { NewFinding } from "./contract.ts";
import { caseFindings } from "./findings.ts";
import type { CasesDeps } from "./service.ts";

/** Notices and cases wired as main.ts wires them, with what other slices would answer set by the test. */
export const HAVSO = "1889e718-414b-4bad-8bbe-c1135bd39a41" as CustomerId;
export const GRANIT = "a248da34-6840-4c67-82d7-7f55ccd50d03" as CustomerId;
export const AZURE = "5f6e6521-6e5f-4b0b-80aa-bd44fad7a398" as EntitlementId;
export const NOW = Temporal.Instant.from("2026-11-17T01:38:00Z");

export const person = (name: string, role: Role = "admin-agent"): Person => ({
  id: `id-${name.toLowerCase()}`,
  name,
  email: `${name.toLowerCase()}@partner.example`,
  role,
  twoFactor: true,
});
export const ELIN = person("Elin");
export const KARIN = person("Karin");

type Answers = { running: Running; proposals: ProposalRowJson[] };

export function desk(answers: Answers = { running: { known: false, reason: "no-data" }, proposals: [] }) {
  const newId = () => randomUUID();
  const findings = caseFindings({ newId });
  const names = new Map([
    [HAVSO, { name: "Havsö Logistik AB", resellerName: "Björkö IT AB" }],
    [GRANIT, { name: "Granit Bygg AB" }],
  ]);
  const notices: NoticesDeps = {
    newId,
    ...findings,
    customerNames: async () => names,
    runningOf: async (_tx, keys) => keys.map(() => answers.running),
  };
  const cases: CasesDeps = {
    newId,
    customerNames: notices.customerNames,
    runningOf: notices.runningOf,
    noticesOfCase: noticesOfCase(notices),
    claimNoticesOfCase,
    answerAverage,
    proposalsOf: async () => answers.proposals,
    people: async () => [ELIN, KARIN, person("Ada", "auditor")],
    customerCard: async () => undefined,
    clockOf: (startedAt, now) => clockToJson(decideClock(startedAt, now)),
    calendar: {
      zone: "Europe/Stockholm",
      weekdays: [1, 2, 3, 4, 5],
      holidays: new Set(),
      opens: Temporal.PlainTime.from("08:00"),
      closes: Temporal.PlainTime.from("17:00"),
    },
  };
  return { answers, findings, notices, cases, openNoticeCounts };
}

export const running = (minor: bigint): Running => ({ known: true, perHour: { minor, currency: "SEK" }, basis: "day" });

/** An alert as the parser gives it. The raw record follows from the facts, as at Microsoft. */
export function alert(more: Partial<SecurityAlert> = {}): SecurityAlert {
  const detectedAt = more.detectedAt ?? NOW.subtract({ minutes: 28 });
  const facts = {
    externalId: "d8b202fc-a216-3404-69ef-bdffa445eff6",
    channel: "graph" as const,
    kind: "CryptoMining",
    title: "Virtual machine connecting to crypto currency mining pool",
    status: "active",
    severity: "high",
    confidence: "medium",
    customerId: HAVSO,
    entitlementId: AZURE,
    detectedAt,
    firstSeenAt: detectedAt.subtract({ minutes: 36 }),
    lastSeenAt: detectedAt,
    isTest: false,
    resources: [{ id: "/subscriptions/x/vm-1", type: "AzureResource" }],
    log: [],
    details: { ConnectionCount: "31", CryptoCurrencyMiningPoolDomainName: "pool.example" },
    ...more,
  };
  return { ...facts, correlationKey: "unused", raw: JSON.parse(JSON.stringify(facts)) };
}

export function finding(more: Partial<NewFinding> = {}): NewFinding {
  return {
    kind: "spending.over-budget",
    family: "spend",
    customerId: HAVSO,
    severity: "medium",
    facts: { month: "2026-11", percent: 120 },
    evidence: [
      {
        at: NOW,
        kind: "spending.reading",
        facts: { percent: 120 },
        source: "Partner Center",
        raw: { percentUsed: "120" },
      },
    ],
    fingerprint: `over-budget:${HAVSO}:2026-11`,
    observedAt: NOW,
    ...more,
  };
}

export const sek = (minor: bigint): Money => ({ minor, currency: "SEK" });
