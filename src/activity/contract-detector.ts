import type { CaseFamily } from "../cases/contract-states.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import type { ActivitySource, KnownEvent } from "./contract-event.ts";
import type { Level } from "./sigma/contract.ts";

/** Rows of the mission (docs: PRODUCT) that a detection speaks of. A1 spam, A2 hacking, A3 denial of service, A4 coin mining, A5 malware,
 * A6 resale of misappropriated subscriptions, T3 use before first payment, T5 automated accounts and purchases, M5 administration without controls. */
export const ABUSES = ["A1", "A2", "A3", "A4", "A5", "A6", "T3", "T5", "M5"] as const;
export type Abuse = (typeof ABUSES)[number];

/** What should be done at once when this is seen and nobody judged yet. Always a proposal, never an act. */
export const CONTAINMENTS = ["cancel-azure-subscription", "none"] as const;
export type Containment = (typeof CONTAINMENTS)[number];

/** What every detection says about itself, whether it is a Sigma rule (under its key `surety`) or a detector in code. */
export type DetectionCard = {
  /** Sigma: the rule's UUID. Detectors: `fleet-burst`. */
  readonly id: string;
  readonly title: string;
  readonly titleSv: string;
  readonly level: Level;
  readonly family: CaseFamily;
  readonly abuse: readonly Abuse[];
  /** Why this matters to a reseller, in a sentence or two. */
  readonly why: string;
  readonly sources: readonly ActivitySource[];
  readonly falsePositives: readonly string[];
  /** Name of a page in docs/guide/runbooks/, without `.md`. */
  readonly runbook: string;
  /** ATT&CK ids: `T1496.001`. */
  readonly attack: readonly string[];
  /** Reference: R1–R19, or the number among the forty of RULES section 2; free text. */
  readonly covers: string;
  readonly contain: Containment;
};

/** A number that may be set for one customer or for all. */
export type DetectorSetting = {
  readonly name: string;
  readonly about: string;
  readonly unit: string;
  readonly standard: number;
  readonly min: number;
  readonly max: number;
};

/** What else is known of a customer when a detection is decided. Undefined = not known, never zero. */
export type PortfolioFacts = {
  readonly customer: CustomerId;
  /** Since when the customer is ours. */
  readonly customerSince?: Temporal.Instant | undefined;
  /** Azure subscription id → since when it is there. */
  readonly subscriptionSince: ReadonlyMap<string, Temporal.Instant>;
  /** Tenants of the reseller and its indirect resellers, lower case. */
  readonly ourTenants: ReadonlySet<string>;
  readonly verifiedDomains?: readonly string[] | undefined;
  /** Oldest overdue invoice's due day, when one is overdue; null when none is. */
  readonly overdueSince?: Temporal.PlainDate | null | undefined;
  readonly hasPaidBefore?: boolean | undefined;
  readonly deposit?: Money | undefined;
  /** Today's and the median of the last 14 whole days' Azure spend, one currency. */
  readonly spendToday?: Money | undefined;
  readonly spendMedian?: Money | undefined;
  /** All that was used and not yet paid, billed or not. */
  readonly unpaidSpend?: Money | undefined;
};

/** What a detector keeps of an event: few, small values. */
export type Kept = {
  readonly id: string;
  readonly source: ActivitySource;
  /** Epoch milliseconds of the event's own time. */
  readonly at: number;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
};

/** What a detector saw. The same group, key and day is the same finding. */
export type Hit = {
  /** Tells hits of one group apart; "" when a group has one at a time. */
  readonly key: string;
  readonly level: Level;
  /** Time of the event that completed it, epoch milliseconds. */
  readonly at: number;
  /** Values that the page's sentence names: actor, count, regions … */
  readonly facts: Readonly<Record<string, string | number>>;
  /** The events that make it, oldest first. */
  readonly events: readonly Kept[];
  readonly subscription?: string | undefined;
  /** Whose it is, when the group spans customers (its text starts with `-`); otherwise the group's customer. */
  readonly customer?: CustomerId | undefined;
};

export type DetectorContext = {
  readonly settings: Readonly<Record<string, number>>;
  /** Undefined for events of nobody we know. */
  readonly portfolio: PortfolioFacts | undefined;
};

/**
 * A detector in code, for what Sigma cannot say: first seen, ratios, overlaps, joins with billing and portfolio. Both functions are pure;
 * who runs it keeps the groups. `decide` sees all that is kept of a group, each event once, sorted by event time (then source, then id), and
 * gives every hit in it: so the same events in any order, and repeated, come to the same hits. At most one hit per key and UTC day.
 */
export type Detector = DetectionCard & {
  readonly settings: readonly DetectorSetting[];
  /** Operations that `keep` looks at: exact, or a prefix that ends in `*`. Absent: every operation of its `sources`. `keep` never keeps
   * another, so who runs it may ask by operation alone. */
  readonly wants?: readonly string[] | undefined;
  /** How far back before an event `decide` may need to look, milliseconds. */
  readonly spanMs: number;
  /** What to keep of this event and in which groups; empty for events that do not matter. Group texts start with the customer's id. */
  readonly keep: (event: KnownEvent) => readonly { readonly group: string; readonly kept: Kept }[];
  readonly decide: (group: string, kept: readonly Kept[], context: DetectorContext) => readonly Hit[];
  readonly examples: readonly DetectorExample[];
};

/** A stream that must, or must not, be hit. One test runs them all; the reference page shows them. */
export type DetectorExample = {
  readonly name: string;
  /** Level of the strongest hit; undefined when nothing may be hit. */
  readonly hits: Level | undefined;
  readonly events: readonly KnownEvent[];
  readonly portfolio?: PortfolioFacts | undefined;
};

/** What is judged without any event: the runner asks it for each customer once an hour. Its hits need no events. */
export type Sweep = DetectionCard & {
  readonly settings: readonly DetectorSetting[];
  readonly decide: (
    portfolio: PortfolioFacts,
    settings: Readonly<Record<string, number>>,
    now: Temporal.Instant,
  ) => readonly Hit[];
  readonly examples: readonly SweepExample[];
};
export type SweepExample = {
  readonly name: string;
  readonly hits: Level | undefined;
  readonly portfolio: PortfolioFacts;
  readonly now: Temporal.Instant;
};
