import type { Abuse, Containment, Detector, Sweep } from "../contract-detector.ts";
import type { ActivitySource } from "../contract-event.ts";
import type { CaseFamily } from "../../cases/contract-states.ts";
import type { FAULT_CODES, Level, LogSource, SigmaDocument, SigmaFault } from "../sigma/contract.ts";
import type { RuleSet } from "../sigma/rule-set.ts";

/**
 * Rules as the desk keeps them. The unit is a text: one alerting document with everything it needs to stand alone, i.e. a rule, or a
 * correlation with its base rules (and theirs). It is switched, versioned, tested and drawn up as one, and is named by the id of its
 * alerting document.
 */
export const RULE_KINDS = ["sigma", "detector"] as const;
export type RuleKind = (typeof RULE_KINDS)[number];
/** `own`: Surety ships it. `imported`: read from a folder of rules. `made`: written at this desk. */
export const RULE_ORIGINS = ["own", "imported", "made"] as const;
export type RuleOrigin = (typeof RULE_ORIGINS)[number];
/** `shadow`: runs and is counted, but reports nothing. */
export const RULE_STATES = ["on", "shadow", "off"] as const;
export type RuleState = (typeof RULE_STATES)[number];

/** What a rule says about itself, from its head and its key `surety`; detectors say the same. Empty where a foreign rule is silent. */
export type RuleCard = {
  readonly title: string;
  /** The English title where there is no Swedish one. */
  readonly titleSv: string;
  readonly level: Level;
  readonly family: CaseFamily;
  readonly abuse: readonly Abuse[];
  readonly why: string;
  readonly sources: readonly ActivitySource[];
  readonly falsePositives: readonly string[];
  readonly runbook: string;
  readonly attack: readonly string[];
  readonly covers: string;
  readonly contain: Containment;
  /** Fields whose values tell findings apart, besides customer and subscription. */
  readonly fold: readonly string[];
  readonly description: string;
  readonly author: string;
  readonly date: string;
  readonly status: string;
  readonly license: string;
  readonly references: readonly string[];
  readonly related: readonly { readonly id: string; readonly type: string }[];
  /** Fields its conditions ask for. */
  readonly fields: readonly string[];
  readonly logsources: readonly LogSource[];
  /** Of a correlation: its type and timespan; null for a rule that looks at one event. */
  readonly correlation: {
    readonly type: string;
    readonly timespanMs: number;
    readonly groupBy: readonly string[];
  } | null;
  readonly examples: number;
};
/** What can be wrong with a text as one rule: what Sigma says, and what the desk asks besides. */
export const RULE_FAULT_CODES = ["no-id", "several-rules", "bad-notes"] as const;
export type RuleFaultCode = (typeof FAULT_CODES)[number] | (typeof RULE_FAULT_CODES)[number];
export type RuleFault = Omit<SigmaFault, "code"> & { readonly code: RuleFaultCode };

/** A rule that is to be run. */
export type ActiveRule = {
  readonly id: string;
  readonly version: number;
  readonly state: "on" | "shadow";
  readonly card: RuleCard;
  readonly documents: readonly SigmaDocument[];
};
export type ActiveDetector = {
  readonly id: string;
  readonly version: number;
  readonly state: "on" | "shadow";
  readonly card: RuleCard;
  readonly detector: Detector;
};

/** What is judged without events. */
export type ActiveSweep = Omit<ActiveDetector, "detector"> & { readonly sweep: Sweep };

/** All that is to be run, at one revision. */
export type ActiveRules = {
  readonly revision: bigint;
  readonly rules: readonly ActiveRule[];
  readonly detectors: readonly ActiveDetector[];
  readonly sweeps: readonly ActiveSweep[];
  /** Every rule put together by itself and all of them side by side: one Matcher and one Correlator run them all. */
  readonly set: RuleSet;
  /** By place in `set.rules` and in `set.correlations`: whose it is, as a place in `rules`. */
  readonly ruleOf: readonly number[];
  readonly correlationOf: readonly number[];
  /** Running by its state, yet no longer readable: it is not run, and the page says so. */
  readonly broken: readonly { readonly id: string; readonly version: number; readonly faults: readonly RuleFault[] }[];
};

/** The reason that Surety gives for its own versions; the page has words for it. */
export const SHIPPED_WHY = "shipped with Surety";
