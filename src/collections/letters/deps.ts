import type { Language } from "../../access/contract.ts";
import type { LetterSettings } from "../../access/contract-settings.ts";
import type { CustomerId, NewId } from "../../core/ids.ts";
import type { Clock } from "../../core/time.ts";
import type { CustomersByIds } from "../../customers/contract.ts";
import type { Store, Tx } from "../../store/contract.ts";
import type { Enqueue } from "../../worker/contract.ts";
import type { OpenTask, QueueAsk, StillWanted } from "./contract.ts";

/** What letters ask the desk for. */
export type LettersDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly enqueue: Enqueue;
  readonly customersByIds: CustomersByIds;
  /** Addresses that Partner Center gives for customers, in the order of ids; without it none are taken over. */
  readonly emailsAfter?: (
    tx: Tx,
    after: string,
    limit: number,
  ) => Promise<readonly { readonly customerId: CustomerId; readonly email: string; readonly name: string | null }[]>;
  readonly settings: (tx: Tx) => Promise<LetterSettings>;
  /** The demo writes files and never speaks to the world, whatever its settings say. */
  readonly isDemo: boolean;
  /** A mail server on this machine that the demo hands its mail to instead of writing files. */
  readonly demoMail?: { readonly host: string; readonly port: number } | undefined;
  /** The demo lives through its own past: letters of then are told without being drawn or handed to anybody. */
  readonly isPast?: boolean | undefined;
  /** Holds `mail-out` (what the demo sends) and `mail-in` (raw mail that came back). */
  readonly dataFolder: string;
  readonly zone: () => string;
  readonly language: (tx: Tx) => Promise<Language>;
  readonly stillWanted: StillWanted;
  readonly openTask: OpenTask;
  /** The facts of an account today, for previews and letters by hand; undefined = no policy applies to it or nothing is known. */
  readonly accountToday: (tx: Tx, accountId: CustomerId, now: Temporal.Instant) => Promise<AccountToday | undefined>;
  /** Sends a form over HTTPS: the text-message gateway. */
  readonly post: (
    url: string,
    ask: { readonly headers: Readonly<Record<string, string>>; readonly body: string; readonly timeoutMs: number },
  ) => Promise<{ readonly status: number; readonly text: string }>;
  /** The gateway's address; only tests set another. */
  readonly smsUrl?: string | undefined;
  /** Stops the process at a named place; only tests of crashes set it. */
  readonly failpoint?: ((name: "before-data" | "after-data") => void) | undefined;
};
export type AccountToday = Pick<QueueAsk, "account" | "state" | "policy" | "day" | "claims">;

/** The demo's creditor, used there when nobody has set one. */
export const DEMO_CREDITOR = {
  name: "Skärgård Cloud AB",
  registrationNumber: "556000-0000",
  vatNumber: "SE556000000001",
  addressLines: ["Exempelgatan 1", "111 11 Stockholm", "Sweden"],
  contact: "Skärgård Cloud, accounts receivable",
  email: "reskontra@skargard.example",
  phone: "+46 8 555 010 00",
  bankgiro: "5050-1055",
  iban: "SE45 5000 0000 0583 9825 7466",
  bic: "ESSESESS",
} as const;
export const DEMO_MAIL = { from: "reskontra@skargard.example", replyTo: "collections@skargard.example" } as const;
