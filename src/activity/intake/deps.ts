import type { Clock } from "../../core/time.ts";
import type { Store } from "../../store/contract.ts";
import type { EventStream } from "../contract-stream.ts";
import type { Normalise } from "./contract.ts";
import type { Tally } from "./decide-count.ts";
import type { ownersBook } from "./owners.ts";

/** One row of a delimited file. `broken`: a quote was never closed. */
export type CsvRow = { readonly line: number; readonly cells: readonly string[]; readonly broken: boolean };
export type CsvReader = { push(text: string): readonly CsvRow[]; end(): readonly CsvRow[] };

/** What taking in records needs. */
export type IntakeDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly stream: EventStream;
  readonly normalise: Normalise;
  readonly owners: ReturnType<typeof ownersBook>;
  /** Reads delimited text piece by piece. */
  readonly csv: (delimiter: string) => CsvReader;
  /** Told of every batch that was kept, for figures. */
  readonly count?: ((intake: string, tally: Tally) => void) | undefined;
};
