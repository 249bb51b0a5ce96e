import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { ActivityEvent, ActivitySource, KnownEvent } from "./contract-event.ts";

/** Where a record came in: `push:KEY`, `file:NAME`, `pull:graph.sign-ins:TENANT`, `sync:partner-center`. At most 120 characters. */
export type Intake = string;

export type NewRecord = {
  readonly event: ActivityEvent;
  readonly customer: CustomerId | undefined;
  /** The record's own JSON text, where the caller still has it: kept as it is, so that nothing is written anew and no digit is lost. */
  readonly text?: string | undefined;
};

export type Appended = {
  /** Records that are new. */
  readonly fresh: number;
  /** Records that were known: the same id from the same source and tenant. */
  readonly repeated: number;
  /** Position of the last record kept; undefined when none is new. */
  readonly lastPosition: bigint | undefined;
};

export type StoredEvent = {
  /** Counts up in the order in which records became visible: who has read up to a position never misses one below it. */
  readonly position: bigint;
  readonly receivedAt: Temporal.Instant;
  readonly intake: Intake;
  readonly event: KnownEvent;
};

/** Which of the stored events: by event time, half-open [from, until). */
export type EventRange = {
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly customers?: readonly CustomerId[] | undefined;
  readonly sources?: readonly ActivitySource[] | undefined;
};

/**
 * The path of raw events: PostgreSQL by default. `append` is durable when it resolves; the same record again is counted and changes
 * nothing. Late and unordered events are normal: positions say when we got them, `event.at` when they happened.
 */
export type EventStream = {
  append(
    records: readonly NewRecord[],
    by: {
      readonly intake: Intake;
      readonly now: Temporal.Instant;
      /** Runs in the transaction that keeps the records, after them: what must be kept together with them (a batch report, a cursor). */
      readonly alongside?: ((tx: Tx, appended: Appended) => Promise<void>) | undefined;
    },
  ): Promise<Appended>;
  /** Events after a position, in the order of position. */
  readAfter(position: bigint, limit: number): Promise<readonly StoredEvent[]>;
  /** The last position; 0 when nothing was ever kept. */
  end(): Promise<bigint>;
  /** Events of a range in the order of event time, in pieces. */
  scan(range: EventRange): AsyncIterable<readonly StoredEvent[]>;
  /** One event with its raw record, by the ids findings and pages name. */
  byId(source: ActivitySource, id: string): Promise<StoredEvent | undefined>;
};

/** How a finding, an example or a page names an event. */
export type EventRef = { readonly source: ActivitySource; readonly id: string };
export const eventRefText = ({ source, id }: EventRef): string => `${source}|${id}`;
