import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Channel, ChargeKind, EffectKind } from "./contract-policy.ts";
import type { HoldKind } from "./contract-history.ts";

/** What a policy says of an account on a day. A pure function of (history, policy, day): nothing here is stored as a timer. */
export type LadderState = {
  readonly accountId: CustomerId;
  readonly day: Temporal.PlainDate;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly currencies: readonly CurrencyState[];
  /** The oldest overdue invoice that counts, over all currencies: what drives the ladder. */
  readonly carrying:
    | { readonly invoiceId: string; readonly dueDay: Temporal.PlainDate; readonly daysPastDue: number }
    | undefined;
  /** The worst step that matches, whether or not it may act yet; undefined = clear. */
  readonly step: string | undefined;
  /** Every step of the policy, in its order, with why it does or does not match. */
  readonly steps: readonly StepMatch[];
  /** What rests the account or parts of it today. */
  readonly resting: readonly Resting[];
  /** What is to be told today; one step at most. Empty while resting, on a day off, or when all was told. */
  readonly tell: PlannedNotice | undefined;
  /** Why the next notice does not go today, though its step matches; undefined = it goes, or nothing is left to tell. */
  readonly tellWaits: TellWaits | undefined;
  /** What should be in force, by the steps that match, and whether it may act now. */
  readonly effects: readonly WantedEffect[];
  /** Effects that took place and no longer have a reason. */
  readonly lift: readonly {
    readonly kind: EffectKind;
    readonly stepId: string;
    readonly why: "paid" | "below" | "exempt" | "held" | "policy";
  }[];
  /** What comes next if nothing is paid and nothing changes; undefined = nothing more. */
  readonly next:
    | { readonly day: Temporal.PlainDate; readonly stepId: string; readonly what: "tell" | "effect" | "resume" }
    | undefined;
};

export type CurrencyState = {
  readonly currency: Currency;
  /** Open amount of invoices past due, and past the policy's grace, that count; before credits. */
  readonly overdueMinor: bigint;
  /** Unapplied money and credit notes. */
  readonly creditsMinor: bigint;
  /** Overdue after credits, never below zero. */
  readonly netOverdueMinor: bigint;
  readonly notDueMinor: bigint;
  /** Overdue invoices that count. */
  readonly invoices: number;
  /** Oldest due first, those left out with the reason. `dueDay` is the invoice's own; `daysPastDue` counts from the day it moved to. */
  readonly items: readonly OverdueItem[];
};
export type OverdueItem = {
  readonly invoiceId: string;
  readonly number: string;
  readonly openMinor: bigint;
  readonly dueDay: Temporal.PlainDate;
  readonly daysPastDue: number;
  /** Why it does not count for the ladder; undefined = it does. */
  readonly leftOut?: "disputed" | "sold" | "promised" | "claim" | "covered-by-credit" | undefined;
};

/** A condition of a step with what was read; pages and `evaluate` show it. */
export type ConditionRead = {
  readonly condition: "days" | "grace" | "tolerance" | "minimum" | "invoices" | "when";
  readonly isMet: boolean;
  /** What was asked and what was found, as text for a person: "30", "31"; amounts as "100.00 SEK". */
  readonly wanted: string;
  readonly found: string;
};
export type StepMatch = {
  readonly stepId: string;
  readonly matches: boolean;
  readonly currency: Currency | undefined;
  readonly because: readonly ConditionRead[];
  /** Day on which its notice counted as sent for the carrying invoice; undefined = not told. */
  readonly toldOn: Temporal.PlainDate | undefined;
};

export type Resting = {
  readonly why: HoldKind | "promise" | "day-off" | "grace" | "exempt";
  readonly id: string | undefined;
  /** Which invoices; empty = the whole account. */
  readonly invoiceIds: readonly string[];
  /** First day on which it no longer rests; undefined = not known. */
  readonly until: Temporal.PlainDate | undefined;
};

export type PlannedNotice = {
  readonly stepId: string;
  readonly channels: readonly { readonly channel: Channel; readonly letter: string }[];
  /** Invoices whose own age reached the step, and that this notice therefore counts for. */
  readonly invoiceIds: readonly string[];
  /** Overdue invoices listed besides. */
  readonly listedIds: readonly string[];
  readonly charges: readonly ChargeKind[];
};

/** Why a notice that is next does not go today. `until`: first day on which this reason is gone; undefined = not known. */
export type TellWaits = {
  readonly stepId: string;
  readonly why: Resting["why"] | "told-today" | "gap" | "on-its-way" | "no-address";
  readonly until: Temporal.PlainDate | undefined;
};

/** Why an effect that is wanted may not act yet. */
export type Waiting =
  | { readonly kind: "notice-not-sent"; readonly stepId: string }
  | { readonly kind: "notice-period"; readonly stepId: string; readonly until: Temporal.PlainDate }
  | { readonly kind: "resting"; readonly why: Resting["why"]; readonly until: Temporal.PlainDate | undefined }
  | { readonly kind: "approval"; readonly need: 1 | 2 };

export type WantedEffect = {
  readonly kind: EffectKind;
  readonly stepId: string;
  readonly isDone: boolean;
  /** Empty = it may act today (after approval, which is listed too). */
  readonly waiting: readonly Waiting[];
};
