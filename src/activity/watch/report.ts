import type { CaseFamily, Severity } from "../../cases/contract-states.ts";
import type { PriorityJson } from "../../cases/contract-priority.ts";
import type { Evidence } from "../../cases/contract.ts";
import type { CaseId, CustomerId } from "../../core/ids.ts";
import type { Money } from "../../core/money.ts";
import type { Tx } from "../../store/contract.ts";
import type { ActivitySource, KnownEvent } from "../contract-event.ts";
import type { StoredEvent } from "../contract-stream.ts";
import { type Level, LEVELS } from "../sigma/contract.ts";
import { type EvaluatedHit, EVIDENCE_MAX } from "./contract.ts";
import { cleanJson, cleanText } from "./decide-clean.ts";
import type { RiskAsk, WatchDeps } from "./deps.ts";
import { isStanding } from "./fingerprint.ts";
import * as store from "./store.ts";
import { followedFold } from "./store-told.ts";

/** What systems are called where a finding says who told it. */
export const SOURCE_NAMES: Readonly<Record<ActivitySource, string>> = {
  "azure-activity": "Azure Activity Log",
  "entra-audit": "Microsoft Entra audit log",
  "entra-sign-in": "Microsoft Entra sign-in log",
  "entra-risk": "Microsoft Entra ID Protection",
  "m365-audit": "Microsoft 365 audit log",
  defender: "Microsoft Defender",
  "partner-center": "Partner Center",
  unknown: "Activity log",
};

export const FINDING_KIND = "activity.rule";
export const EVIDENCE_KIND = "activity.event";

/** Findings know no "critical": it is high, with the level among its facts and a priority above all. */
export const severityOfLevel = (level: Level): Severity => (level === "critical" ? "high" : level);

export const levelOf = (rank: number): Level => LEVELS[rank] ?? "medium";

export type Reporting = {
  /** Whose it is, and the newest hit: it gives the facts. */
  readonly ask: RiskAsk;
  readonly fold: store.FoldRow;
  /** Event time of the newest hit. */
  readonly newestAt: Temporal.Instant;
  /** Events to keep as evidence, the most telling first. */
  readonly events: readonly StoredEvent[];
  /** When the oldest of its events happened. */
  readonly firstAt: Temporal.Instant;
  readonly atRisk: Money | undefined;
  readonly priority: PriorityJson;
};

/** Reports what one fingerprint stands for, and proposes containment where the rule asks for it. Gives the fold as it is after. */
export async function reportFold(deps: WatchDeps, tx: Tx, of: Reporting): Promise<store.FoldRow> {
  const { ask, fold } = of;
  const { now } = ask;
  const evidence = of.events.slice(0, Math.max(0, EVIDENCE_MAX - fold.evidence)).map(({ event }) => evidenceOf(event));
  const follows = fold.finding_id === null ? await followedFold(tx, fold) : undefined;
  const { findingId, caseId } = await deps.reportFinding(tx, {
    kind: FINDING_KIND,
    family: fold.family as CaseFamily,
    customerId: ask.customer,
    subscriptionId: ask.subscription,
    severity: severityOfLevel(levelOf(fold.level)),
    facts: factsOfFold(fold, ask.hit),
    evidence,
    moneyAtRisk: of.atRisk,
    fingerprint: fold.fingerprint,
    observedAt: now,
    firstUseAt: fold.family === "misuse" ? of.firstAt : undefined,
    priority: of.priority,
    // What merely goes on being so after its case was judged is no news.
    refire: isStanding(fold.fingerprint) ? undefined : { newestAt: of.newestAt, follows },
  });
  await contain(deps, tx, { ask, fold, caseId });
  return {
    ...fold,
    finding_id: findingId,
    case_id: caseId,
    reported_at: now,
    told_level: fold.level,
    told_priority: of.priority.score,
    untold_at: null,
    untold_hit: null,
    inhibited_by: null,
    evidence: fold.evidence + evidence.length,
  };
}

type Containing = {
  readonly ask: RiskAsk;
  readonly fold: store.FoldRow;
  readonly caseId: CaseId;
};
/** Proposes what the rule asks for, the first time for a case and a subscription. */
export async function contain(deps: WatchDeps, tx: Tx, { ask, fold, caseId }: Containing): Promise<void> {
  const { subscription, hit, now } = ask;
  if (hit.rule.contain !== "cancel-azure-subscription" || subscription === undefined) return;
  const isFirst = await store.claimContainment(tx, { caseId, subscription, fingerprint: fold.fingerprint, now });
  if (isFirst) await deps.proposeContainment(tx, { ...ask, subscription, caseId });
}

/** Facts of the newest hit with what the rule says of itself; `hits`: how often, folded. */
function factsOfFold(fold: store.FoldRow, hit: EvaluatedHit): Readonly<Record<string, string | number>> {
  return {
    ...hit.facts,
    rule: fold.rule_id,
    version: fold.rule_version,
    title: fold.title,
    titleSv: fold.title_sv,
    runbook: fold.runbook,
    level: levelOf(fold.level),
    ...(fold.author !== "" && { author: fold.author }),
    ...(fold.license !== "" && { license: fold.license }),
    hits: Number(fold.hits - fold.suppressed - fold.inhibited),
  };
}

const RECORD_ID_MAX = 1_000;
const FACT_CHARACTERS_MAX = 500;

/** An event as a link of evidence, with the record as it came. */
export function evidenceOf(event: KnownEvent): Evidence {
  const facts: Record<string, string | number> = {
    operation: cleanText(event.operation),
    outcome: event.outcome,
    log: event.source,
  };
  const texts = {
    actor: event.actor?.name ?? event.actor?.id,
    actorId: event.actor?.id,
    ip: event.ip,
    country: event.country,
    resource: event.resource?.name ?? event.resource?.id,
    region: event.resource?.region,
    sku: event.resource?.sku,
    target: event.target?.name ?? event.target?.id,
    alert: event.alert?.title,
    subscription: event.subscription,
  };
  for (const [name, value] of Object.entries(texts))
    if (value !== undefined && value !== "") facts[name] = cleanText(value.slice(0, FACT_CHARACTERS_MAX));
  return {
    at: event.at,
    kind: EVIDENCE_KIND,
    facts,
    source: SOURCE_NAMES[event.source],
    recordId: cleanText(event.id.slice(0, RECORD_ID_MAX)),
    raw: cleanJson(event.raw),
  };
}

/** The hit that a fold and its last row stand for, when the evaluator did not give it just now. */
export const hitOfFold = (
  fold: store.FoldRow,
  row: { readonly at: number; readonly facts: EvaluatedHit["facts"]; readonly events: readonly string[] },
): EvaluatedHit => ({
  rule: {
    id: fold.rule_id,
    title: fold.title,
    titleSv: fold.title_sv,
    family: fold.family as CaseFamily,
    runbook: fold.runbook,
    // Proposed already when it was new.
    contain: "none",
    version: fold.rule_version,
  },
  level: levelOf(fold.level),
  customer: (fold.customer_id ?? undefined) as CustomerId | undefined,
  subscription: fold.subscription_id ?? undefined,
  group: fold.group_values,
  at: row.at,
  facts: row.facts,
  events: row.events.map(refOf),
  fingerprint: fold.fingerprint,
  completedBy: "-",
  isShadow: fold.is_shadow,
});

export const refOf = (text: string): { readonly source: ActivitySource; readonly id: string } => {
  const at = text.indexOf("|");
  return { source: text.slice(0, at) as ActivitySource, id: text.slice(at + 1) };
};
