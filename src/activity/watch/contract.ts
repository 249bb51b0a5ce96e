import type { CustomerId } from "../../core/ids.ts";
import type { PortfolioFacts } from "../contract-detector.ts";
import type { ActivityEvent, KnownEvent } from "../contract-event.ts";
import type { RuleHit, SigmaView } from "../contract-hit.ts";
import type { StoredEvent } from "../contract-stream.ts";
import type { ActiveRules } from "../lab/contract.ts";
import type { LogSource } from "../sigma/contract.ts";

/** Rows of evidence that a finding keeps at most; the events of a hit that are named at most. */
export const EVIDENCE_MAX = 20;

/** A hit with what tells it from others. */
export type EvaluatedHit = RuleHit & {
  /** `activity:{rule}:{customer}:{subscription}:{group}:{UTC day}`: the same text is the same finding. */
  readonly fingerprint: string;
  /** Tells the hits of one fingerprint apart: the event, the moment of a window, or the key and day of a detector. */
  readonly completedBy: string;
  /** The rule is only watched: counted, never a finding. */
  readonly isShadow: boolean;
  /** Values of its events, each once: what suppressions look at. Among more than fifty an empty text says that there are more. */
  readonly seen?: Readonly<Record<SeenField, readonly string[]>> | undefined;
};
/** Fields of events that a suppression may name. */
export const SEEN_FIELDS = ["actor.id", "actor.name", "ip", "resource.id", "app.id"] as const;
export type SeenField = (typeof SEEN_FIELDS)[number];
/** A hit that no longer stands, because an event came late. */
export type Retracted = { readonly fingerprint: string; readonly completedBy: string };

/** What came of a batch. Apply the hits first. A hit that is known already comes again when what it says has changed. */
export type Evaluated = {
  readonly hits: readonly EvaluatedHit[];
  readonly retracted: readonly Retracted[];
  /** Events too old for what is kept: matched one by one, but in no window. Look at their time anew from the store. */
  readonly late: readonly KnownEvent[];
  /** Filter → events it kept away from a rule. */
  readonly filtered: ReadonlyMap<string, number>;
};

export type EvaluatorLimits = {
  /** Groups of one rule, and entries of one group; the oldest go first and are counted. */
  readonly groupsMax: number;
  readonly entriesMax: number;
  /** How late an event may come and still be put into its windows, milliseconds. */
  readonly latenessMs: number;
};

/** A customer's own exclusion: a Sigma filter. Made by `filterOf`. */
export type CustomerFilter = {
  readonly id: string;
  readonly customer: CustomerId;
  /** YAML of one Sigma filter document. */
  readonly document: string;
};

/** Numbers of a detector for a customer, by name. */
export type SettingsOf = (detector: string, customer: CustomerId | undefined) => Readonly<Record<string, number>>;

export type EvaluatorInput = {
  readonly rules: Pick<ActiveRules, "rules" | "detectors" | "set" | "ruleOf" | "correlationOf">;
  readonly view: SigmaView;
  /** What an event is classified as: its upstream log source and ours (`product: surety`). */
  readonly logSourcesOf: (event: ActivityEvent) => readonly LogSource[];
  /** Numbers that differ from the standard; what is not named keeps it. */
  readonly settings?: SettingsOf | undefined;
  /** What is known of a customer at this moment; asked for the customers of a batch. */
  readonly portfolio?: ((customer: CustomerId) => PortfolioFacts | undefined) | undefined;
  readonly filters?: readonly CustomerFilter[] | undefined;
  readonly limits?: Partial<EvaluatorLimits> | undefined;
  /**
   * What "late" is measured against. `received`: when each event came (live). `event`: the newest event so far (backtests over stored
   * history, in the order of event time). "event" unless told.
   */
  readonly clock?: "event" | "received" | undefined;
};

/** Events as the stream keeps them, or bare. */
export type Incoming = StoredEvent | KnownEvent;

export type RuleCounters = { matched: number; hits: number; retracted: number; failed: number; filtered: number };
export type EvaluatorCounters = {
  readonly events: number;
  /** Events of no customer we know. */
  readonly nobodys: number;
  readonly late: number;
  /** Events dated after they came: taken as of when they came. */
  readonly ahead: number;
  readonly groups: number;
  readonly entriesEvicted: number;
  /** Events without a value that a correlation groups by. */
  readonly ungrouped: number;
  readonly tooLate: number;
  readonly rules: ReadonlyMap<string, Readonly<RuleCounters>>;
};
