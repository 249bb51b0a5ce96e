import type { CustomerId } from "../core/ids.ts";
import type { ActivityEvent } from "./contract-event.ts";
import type { Containment, DetectionCard } from "./contract-detector.ts";
import type { EventRef } from "./contract-stream.ts";
import type { Level, SigmaEvent } from "./sigma/contract.ts";

/** What a Sigma rule's own key `surety` says; all of it optional, so that foreign rules run too. Checked by zod when a rule is loaded. */
export type RuleNotes = {
  readonly [Name in "titleSv" | "family" | "abuse" | "why" | "sources" | "runbook" | "covers" | "contain"]?:
    | DetectionCard[Name]
    | undefined;
} & {
  /** Fields whose values tell findings of one rule apart, e.g. `actor.id`; `customer` and `subscription` always do. */
  readonly fold?: readonly string[] | undefined;
  /** A correlation that looks at several customers at once. Those that count customers by who acts do so without saying it. */
  readonly across?: "customers" | undefined;
  /** A detector in code that sees the same with more facts: when both hit, its finding stands and this one's hit is evidence of it. */
  readonly twinOf?: string | undefined;
  readonly examples?: readonly RuleExample[] | undefined;
};
/** Raw records of any shape, in order of arrival; the normaliser reads them as it would the real ones. */
export type RuleExample = {
  readonly name: string;
  readonly hits: boolean;
  readonly events: readonly SigmaEvent[];
};

/** One hit of a rule, a correlation or a detector, on its way to a finding. */
export type RuleHit = {
  readonly rule: Pick<DetectionCard, "id" | "title" | "titleSv" | "family" | "runbook"> & {
    readonly contain: Containment;
    readonly version: number;
    /** Who wrote it and under which terms; empty or absent: ours. */
    readonly author?: string | undefined;
    readonly license?: string | undefined;
  };
  readonly level: Level;
  readonly customer: CustomerId | undefined;
  readonly subscription: string | undefined;
  /** Values that tell this finding from others of the rule; a part of the fingerprint. */
  readonly group: readonly string[];
  /** Event time of what completed it, epoch milliseconds. */
  readonly at: number;
  readonly facts: Readonly<Record<string, string | number>>;
  /** Oldest first. */
  readonly events: readonly EventRef[];
};

/**
 * What Sigma sees of an event: its normalised fields (GLOSSARY, "Normalised event"), the names that upstream rules use for the same things,
 * and the record's own fields under their own names. Where two collide the normalised one wins.
 */
export type SigmaView = (event: ActivityEvent & { readonly customer?: CustomerId | undefined }) => SigmaEvent;
