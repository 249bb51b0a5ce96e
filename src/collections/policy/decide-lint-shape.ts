import type { Channel, Policy, PolicyStep } from "../contract-policy.ts";
import type { FindingCode, LintFinding } from "./contract-findings.ts";
import type { FactFeed } from "./decide-facts.ts";
import type { Path, Places } from "./decide-place.ts";
import type { ReferenceRate } from "./law/decide-rates.ts";

/** A letter that lacks a statement which a law requires; without a law: whichever the policy names. */
export type IncompleteLetter = {
  readonly letter: string;
  readonly law?: Policy["law"] | undefined;
  /** Names of the statements, as templates write them. */
  readonly missing: string;
};

/** What the linter knows of the desk; what is left out is not looked at. */
export type LintFacts = {
  readonly day?: Temporal.PlainDate | undefined;
  /** Accounts that letters would go to. */
  readonly customers?: number | undefined;
  /** How many of them have no address, by channel. */
  readonly withoutAddress?: Partial<Readonly<Record<Channel, number>>> | undefined;
  /** Feeds that run; a fact of another is never known. */
  readonly feeds?: readonly FactFeed[] | undefined;
  /** Currencies of the ledger. */
  readonly currencies?: readonly string[] | undefined;
  readonly incompleteLetters?: readonly IncompleteLetter[] | undefined;
  /** Countries and regions whose holidays are known. */
  readonly holidays?: readonly string[] | undefined;
  readonly rates?: readonly ReferenceRate[] | undefined;
};

export type Linting = { readonly policy: Policy; readonly places: Places; readonly facts: LintFacts };
export type Find = (code: FindingCode, path: Path, facts?: LintFinding["facts"]) => LintFinding;
/** A step with its place in the text; in order of days, then of the text. */
export type Placed = { readonly step: PolicyStep; readonly index: number };
