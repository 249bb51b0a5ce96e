import type { Json } from "../../core/canonical.ts";
import type { CustomerId } from "../../core/ids.ts";
import type { Money } from "../../core/money.ts";
import type { Store, Tx } from "../../store/contract.ts";
import type { Enqueue } from "../../worker/contract.ts";
import type { Detector, PortfolioFacts, Sweep } from "../contract-detector.ts";
import type { ActivityEvent } from "../contract-event.ts";
import type { SigmaView } from "../contract-hit.ts";
import type { EventStream } from "../contract-stream.ts";
import type { LogSource } from "../sigma/contract.ts";
import type { CustomerFilter, EvaluatedHit, SettingsOf } from "../watch/contract.ts";
import type { RuleCard } from "./contract.ts";
import type { RuleFile } from "./decide-split.ts";

/** How this desk's hits are tuned, as of now: what the live watch uses, so that a backtest says what it would have said. */
export type Tuning = {
  readonly settings: SettingsOf;
  readonly filters: readonly CustomerFilter[];
  /** The suppression that keeps a hit quiet, by its id; undefined = none does. */
  readonly mutedBy: (hit: EvaluatedHit) => string | undefined;
};
export type HitTotals = {
  readonly week: number;
  readonly month: number;
  readonly shadow: number;
  readonly customers: number;
  readonly lastAt: Temporal.Instant | null;
};
export type LintFinding = {
  readonly line: number;
  readonly column: number;
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly fix: string;
};

/** What the lab needs from outside. */
export type LabDeps = {
  readonly store: Store;
  readonly clock: { readonly now: () => Temporal.Instant };
  readonly newId: () => string;
  readonly enqueue: Enqueue;
  /** Files of Surety's own rules: `ownRules().texts`. */
  readonly ownFiles: () => readonly RuleFile[];
  readonly detectors: readonly Detector[];
  readonly sweeps: readonly Sweep[];
  readonly stream: Pick<EventStream, "scan" | "byId">;
  readonly normalise: (raw: Json, at: { readonly receivedAt: Temporal.Instant }) => readonly ActivityEvent[];
  readonly view: SigmaView;
  readonly logSourcesOf: (event: ActivityEvent) => readonly LogSource[];
  /** Whose an event of a record is. */
  readonly customerOf: (tx: Tx, event: ActivityEvent) => Promise<CustomerId | undefined>;
  readonly tuning: (tx: Tx) => Promise<Tuning>;
  /** What is known of customers today. */
  readonly portfolio: (tx: Tx, customers: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, PortfolioFacts>>;
  readonly customerNames: (tx: Tx, ids: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, string>>;
  /** Exposure of customers today; who is missing is not known. */
  readonly exposureOf: (tx: Tx, ids: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, Money>>;
  /** Hits by rule since `week` and since `month`. */
  readonly hitTotals: (
    tx: Tx,
    since: { readonly week: Temporal.Instant; readonly month: Temporal.Instant },
  ) => Promise<ReadonlyMap<string, HitTotals>>;
  /** Hits of a rule by UTC day, days without any left out. */
  readonly hitDays: (
    tx: Tx,
    ruleId: string,
    since: Temporal.Instant,
  ) => Promise<readonly { readonly day: Temporal.PlainDate; readonly hits: number; readonly shadow: number }[]>;
  /** Fields of a rule that no event of its sources ever had; undefined = nobody counted. */
  readonly unseenFields?:
    | ((tx: Tx, cards: ReadonlyMap<string, RuleCard>) => Promise<ReadonlyMap<string, readonly string[]>>)
    | undefined;
  /** Fields of normalised events, for the editor to complete. */
  readonly fields?: (() => readonly { readonly name: string; readonly about: string }[]) | undefined;
  readonly lint?: ((text: string) => readonly LintFinding[]) | undefined;
  /** Told after every piece of a backtest; tests slow it down or break it off. */
  readonly onPiece?: ((events: number) => Promise<void>) | undefined;
};
