import type { Person } from "../../access/contract.ts";
import type { CustomerId } from "../../core/ids.ts";
import type { Actor, Tx } from "../../store/contract.ts";
import type { Channel } from "../contract-policy.ts";
import type { FactFeed } from "./decide-facts.ts";
import type { IncompleteLetter } from "./decide-lint-shape.ts";

/** Who acts, and when. */
export type By = {
  readonly actor: Actor;
  readonly person: Pick<Person, "id" | "name">;
  readonly now: Temporal.Instant;
};

/** What policies ask of other parts; what is left out is unknown, and the linter does not look at it. */
export type PolicyDeps = {
  /** The desk's day and language, and its name for the public page. */
  readonly desk: (
    tx: Tx,
    now: Temporal.Instant,
  ) => Promise<{
    readonly day: Temporal.PlainDate;
    readonly name: string;
    readonly language: "en" | "sv";
    /** ISO 3166; undefined = not known. */
    readonly country: string | undefined;
  }>;
  readonly customerCount: (tx: Tx) => Promise<number>;
  readonly isCustomer: (tx: Tx, customerId: CustomerId) => Promise<boolean>;
  /** Accounts that letters would go to, and how many of them have no address, by channel. */
  readonly reach?: (tx: Tx, now: Temporal.Instant) => Promise<Reach>;
  /** Currencies that open invoices are in. */
  readonly currencies?: (tx: Tx) => Promise<readonly string[]>;
  /** Feeds that run. */
  readonly feeds?: (tx: Tx) => Promise<readonly FactFeed[]>;
  /** Letters that lack a statement which a law asks for. */
  readonly incompleteLetters?: (tx: Tx) => Promise<readonly IncompleteLetter[]>;
};
export type Reach = {
  readonly accounts: number;
  readonly withoutAddress: Partial<Readonly<Record<Channel, number>>>;
};
