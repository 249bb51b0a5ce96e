import type { Person } from "../access/contract.ts";
import type { CaseFamily } from "../cases/contract-states.ts";
import type { ReportFinding, ResolveFinding } from "../cases/contract.ts";
import type { Currency } from "../core/currency.ts";
import type { CaseId, CustomerId, NewId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Result } from "../core/result.ts";
import type { Clock } from "../core/time.ts";
import type { SubscriptionsAhead } from "../customers/contract-due.ts";
import type { CustomersByIds } from "../customers/contract.ts";
import type { ClaimedOn, ReadLedger, RecordClaims, RecordMoney } from "../receivables/contract-ledger.ts";
import type { ProposalKind, ProposalStateKind, Wanted } from "../response/contract.ts";
import type { Actor, Store, Tx } from "../store/contract.ts";
import type { Enqueue } from "../worker/contract.ts";
import type { BankFreshness, ScoreAccounts } from "./contract.ts";
import type { AccountHistory } from "./contract-history.ts";
import type { PlannedNotice } from "./contract-ladder.ts";
import type { Policy, PolicyVersion } from "./contract-policy.ts";
import type { Standing } from "./decide-standing.ts";
import type { AccountContactsOf, LetterClaim, MarkCall, NoticesOf, QueueAsk, QueueNotice } from "./letters/contract.ts";

/** Policies in force on a day, in the order of the desk. */
export type PoliciesOn = (tx: Tx, day: Temporal.PlainDate) => Promise<readonly PolicyVersion[]>;

/** What a step's charges come to for a notice that is about to be queued, by the law's dated tables. */
export type ClaimsFor = (ask: {
  readonly policy: Policy;
  readonly notice: PlannedNotice;
  readonly history: AccountHistory;
  readonly day: Temporal.PlainDate;
  /** Everything claimed before on the notice's invoices; without it, what the history still holds open. */
  readonly past?: readonly ClaimedOn[] | undefined;
}) => readonly LetterClaim[];

/** A seat subscription or Azure subscription of a customer, as far as effects and guards ask. */
export type Holding = {
  readonly customerId: CustomerId;
  readonly subscriptionId: string;
  readonly name: string;
  readonly quantity: number;
  /** "seats": suspends as a whole; "plan": its Azure subscriptions are cancelled one by one. */
  readonly is: "seats" | "plan" | "other";
  readonly status: string;
  readonly autoRenew: boolean;
  readonly renewsOn: Temporal.PlainDate | undefined;
  /** What the renewal commits; undefined = not known. */
  readonly renewalCommits: Money | undefined;
  readonly cancellableUntil: Temporal.Instant | undefined;
  /** What is still to be paid if the cancel window closes; undefined = not known. */
  readonly committed: Money | undefined;
  /** Active Azure subscriptions of a plan. */
  readonly entitlementIds: readonly string[];
};
export type HoldingsOf = (
  tx: Tx,
  customerIds: readonly CustomerId[],
  now: Temporal.Instant,
) => Promise<ReadonlyMap<CustomerId, readonly Holding[]>>;

export type ProposalFacts = {
  readonly id: string;
  readonly number: number;
  readonly kind: ProposalKind;
  readonly state: ProposalStateKind;
  readonly stateAt: Temporal.Instant;
  readonly have: number;
  readonly need: number;
  /** Its effect was there before anything was sent: not ours to take back. */
  readonly foundSo: boolean;
  readonly undoneBy: string | undefined;
};
type Deciding = {
  readonly id: string;
  readonly person: Person;
  readonly actor: Actor;
  readonly note?: string | undefined;
  readonly now: Temporal.Instant;
};
/** The part of `response` that collections uses: it proposes, it never acts. */
export type ResponseDoor = {
  readonly propose: (
    tx: Tx,
    ask: {
      readonly customerId: CustomerId;
      readonly wanted: Wanted;
      readonly reason: string;
      readonly by: Actor;
      readonly now: Temporal.Instant;
      /** At least so many approvals, where the rules of response ask for fewer. */
      readonly needAtLeast: number;
    },
  ) => Promise<Result<{ readonly proposalId: string; readonly number: bigint }, Refusal>>;
  readonly proposeUndo: (
    tx: Tx,
    ask: { readonly id: string; readonly actor: Actor; readonly note: string; readonly now: Temporal.Instant },
  ) => Promise<Result<{ readonly proposalId: string; readonly number: bigint }, Refusal>>;
  readonly approve: (tx: Tx, ask: Deciding) => Promise<Result<undefined, Refusal>>;
  readonly reject: (tx: Tx, ask: Deciding) => Promise<Result<undefined, Refusal>>;
  /** Takes a proposal back that has lost its reason, before anything was done. One that has started is left. */
  readonly drop: (
    tx: Tx,
    ask: { readonly id: string; readonly actor: Actor; readonly note: string; readonly now: Temporal.Instant },
  ) => Promise<boolean>;
  readonly statesOf: (tx: Tx, ids: readonly string[]) => Promise<ReadonlyMap<string, ProposalFacts>>;
};

/** An open case that rests an account. */
export type OpenCase = {
  readonly caseId: CaseId;
  readonly number: string;
  readonly customerId: CustomerId;
  readonly family: CaseFamily;
  readonly openedAt: Temporal.Instant;
  readonly assignee: { readonly id: string; readonly name: string } | undefined;
};
/** Open cases of some families. */
export type OpenCasesOf = (tx: Tx, families: readonly CaseFamily[]) => Promise<readonly OpenCase[]>;

/** Which account pays for a customer; a customer that is missing pays for itself. */
export type AccountsOf = (tx: Tx, customerIds: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, CustomerId>>;

/** Converts by the latest rate on or before the day; undefined = there is none. */
export type Converter = (amount: Money, to: Currency) => Money | undefined;

export type CollectionsDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly enqueue: Enqueue;
  readonly customersByIds: CustomersByIds;
  readonly readLedger: ReadLedger;
  /** The day of each customer's first invoice; a customer without one is missing. */
  readonly firstInvoiceDays: (
    tx: Tx,
    customerIds: readonly CustomerId[],
  ) => Promise<ReadonlyMap<CustomerId, Temporal.PlainDate>>;
  /** Exposure, deposits and the last failed payment of accounts as they stand today; on a past day, and without it, not known. */
  readonly standingOf?: (
    tx: Tx,
    ask: {
      readonly accounts: readonly { readonly accountId: CustomerId; readonly customerIds: readonly CustomerId[] }[];
      readonly day: Temporal.PlainDate;
    },
  ) => Promise<ReadonlyMap<CustomerId, Standing>>;
  readonly recordClaims: RecordClaims;
  /** Claims ever made on these invoices: one that is paid must not be made again. */
  readonly claimsOn?: (tx: Tx, invoiceIds: readonly string[]) => Promise<readonly ClaimedOn[]>;
  readonly recordMoney: RecordMoney;
  readonly accountsOf: AccountsOf;
  readonly noticesOf: NoticesOf;
  readonly contactsOf: AccountContactsOf;
  readonly queueNotice: QueueNotice;
  readonly markCall: MarkCall;
  /** A number to ring each account on. */
  readonly phonesOf: (tx: Tx, accountIds: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, string>>;
  readonly policiesOn: PoliciesOn;
  readonly claimsFor: ClaimsFor;
  /** Since which day each policy is in force, by its id. */
  readonly inForceSince: (tx: Tx) => Promise<ReadonlyMap<string, Temporal.PlainDate>>;
  readonly score: ScoreAccounts;
  /** On how many invoices and logged calls the chances rest; undefined = nothing is learnt yet. */
  readonly learntFrom: (tx: Tx) => Promise<{ readonly invoices: number; readonly contacts: number } | undefined>;
  readonly response: ResponseDoor;
  readonly holdingsOf: HoldingsOf;
  readonly renewalsAhead: SubscriptionsAhead;
  readonly windowsAhead: SubscriptionsAhead;
  /** What to say on the telephone, in the account's language. */
  readonly callScript: (tx: Tx, ask: QueueAsk) => Promise<{ readonly language: "en" | "sv"; readonly text: string }>;
  readonly openCasesOf: OpenCasesOf;
  readonly reportFinding: ReportFinding;
  readonly resolveFinding: ResolveFinding;
  readonly bankFreshness: BankFreshness;
  readonly converterOn: (tx: Tx, day: Temporal.PlainDate) => Promise<Converter>;
  readonly reportingCurrency: (tx: Tx) => Promise<Currency>;
  readonly people: (tx: Tx) => Promise<readonly Pick<Person, "id" | "name" | "role">[]>;
  /** The desk's own zone, for accounts without one. */
  readonly zone: string;
  /** An account could not be looked at; it is tried again. */
  readonly onFailed: (accountId: CustomerId, error: unknown) => void;
};
