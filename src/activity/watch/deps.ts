import type { OpenAmong, ReportFinding, ResolveFinding } from "../../cases/contract.ts";
import type { CaseId, CustomerId, NewId } from "../../core/ids.ts";
import type { Money } from "../../core/money.ts";
import type { Clock } from "../../core/time.ts";
import type { Store, Tx } from "../../store/contract.ts";
import type { Connection } from "../../store/database.ts";
import type { Enqueue } from "../../worker/contract.ts";
import type { PortfolioFacts } from "../contract-detector.ts";
import type { ActivityEvent } from "../contract-event.ts";
import type { SigmaView } from "../contract-hit.ts";
import type { EventRef, EventStream, StoredEvent } from "../contract-stream.ts";
import type { ActiveRules } from "../lab/contract.ts";
import type { LogSource } from "../sigma/contract.ts";
import type { EvaluatedHit, EvaluatorLimits } from "./contract.ts";

/** What a hit could cost, as far as money is asked. */
export type RiskAsk = {
  readonly customer: CustomerId;
  readonly subscription: string | undefined;
  readonly hit: EvaluatedHit;
  readonly now: Temporal.Instant;
};

/** What the watch needs from elsewhere. */
export type WatchDeps = {
  readonly store: Store;
  /** For the lock and for being woken: a connection of its own. */
  readonly connection: Connection;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly enqueue: Enqueue;
  readonly stream: EventStream & {
    /** Several events by name; those that are gone are left out. */
    byRefs(refs: readonly EventRef[]): Promise<readonly StoredEvent[]>;
  };
  /** Counts up with every change of a rule. */
  readonly rulesRevision: (tx: Tx) => Promise<bigint>;
  readonly activeRules: (tx: Tx) => Promise<ActiveRules>;
  readonly view: SigmaView;
  readonly logSourcesOf: (event: ActivityEvent) => readonly LogSource[];
  readonly reportFinding: ReportFinding;
  readonly resolveFinding: ResolveFinding;
  readonly openAmong: OpenAmong;
  /** What is known of customers; who is not ours is left out. */
  readonly portfolioFacts: (
    tx: Tx,
    ids: readonly CustomerId[],
    now: Temporal.Instant,
  ) => Promise<ReadonlyMap<CustomerId, PortfolioFacts>>;
  /** Every customer, for sweeps. */
  readonly customerIds: (tx: Tx) => Promise<readonly CustomerId[]>;
  readonly customerNames: (
    tx: Tx,
    ids: readonly CustomerId[],
  ) => Promise<ReadonlyMap<CustomerId, { readonly name: string }>>;
  /** What could be lost through this hit; undefined = unknown. */
  readonly priceRisk: (tx: Tx, ask: RiskAsk) => Promise<Money | undefined>;
  /** All that customers owe and may come to owe; who is not in the map is unknown. */
  readonly exposureOf: (tx: Tx, ids: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, Money>>;
  /** Proposes to cancel an Azure subscription, never does it. Asked once for a case and a subscription. */
  readonly proposeContainment: (
    tx: Tx,
    ask: RiskAsk & { readonly subscription: string; readonly caseId: CaseId },
  ) => Promise<void>;
  readonly log: {
    info(facts: object, message: string): void;
    warn(facts: object, message: string): void;
    error(facts: object, message: string): void;
  };
  readonly limits?: Partial<EvaluatorLimits> | undefined;
};
