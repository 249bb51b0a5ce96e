/** One desk that is killed again and again while its people work, and what they did so far. */
import type { Rng } from "../../src/core/rng.ts";
import type { People } from "./people.ts";
import type { Program } from "./program.ts";
import type { Records } from "./records.ts";
import type { Microsoft } from "./simulator.ts";

export type Lane = {
  readonly rng: Rng;
  readonly program: Program;
  readonly people: People;
  readonly records: Records;
  readonly microsoft: Microsoft;
  /** The last kill is through: nothing new is begun. */
  readonly isOver: () => boolean;
  /** Proposals that were approved, those among them that were undone, and files that were taken in. */
  readonly decided: string[];
  readonly undone: string[];
  readonly imported: string[];
  readonly walked: { back: number };
};
