import type { Language } from "../../access/contract.ts";
import type { LetterClaim, LetterConsequence, Place, Purpose } from "./contract.ts";

/** The checked model of what a letter may speak of. */

export const FACT_NAMES = [
  "creditor.name",
  "creditor.contact",
  "creditor.phone",
  "creditor.email",
  "customer.name",
  "letter.number",
  "letter.day",
  "letter.payBy",
  "letter.days",
  "items.count",
  "items.one",
  "oldest.number",
  "oldest.dueDay",
  "oldest.days",
  "total.text",
  "overdue.text",
  "credits.text",
  "claims.text",
  "step.name",
  "next.what",
  "next.day",
  "promise.amount",
  "promise.day",
  "payment.short",
] as const;
export type FactName = (typeof FACT_NAMES)[number];

export const STATEMENT_NAMES = [
  "creditor",
  "items",
  "claims",
  "totals",
  "payment",
  "deadline",
  "consequences",
  "objection",
  "contact",
  "promise",
] as const;
export type StatementName = (typeof STATEMENT_NAMES)[number];

export const isFact = (name: string): name is FactName => (FACT_NAMES as readonly string[]).includes(name);
export const isStatement = (name: string): name is StatementName =>
  (STATEMENT_NAMES as readonly string[]).includes(name);

const POLITE = ["creditor", "items", "totals", "payment", "objection", "contact"] as const;
const FIRM = [
  "creditor",
  "items",
  "claims",
  "totals",
  "payment",
  "deadline",
  "consequences",
  "objection",
  "contact",
] as const;

/** What a letter of each purpose must say whatever the facts are. Names with a point are facts, the others statements. */
export const REQUIRED: Readonly<Record<Purpose, readonly (FactName | StatementName)[]>> = {
  "heads-up": ["creditor", "items", "payment", "contact"],
  "friendly-reminder": POLITE,
  reminder: [...POLITE, "deadline"],
  "reminder-fee": FIRM,
  "auto-renew-notice": [...POLITE, "deadline", "consequences"],
  "freeze-notice": [...POLITE, "consequences"],
  "suspension-notice": FIRM,
  "final-demand": FIRM,
  "agency-notice": FIRM,
  thanks: ["creditor", "contact"],
  "broken-promise": [...POLITE, "promise"],
  "call-script": ["items", "totals", "objection"],
  sms: ["creditor.name", "total.text", "creditor.phone"],
};

/** A line of the letter. */
export type LetterItem = {
  readonly number: string;
  readonly reference: string;
  readonly currency: string;
  readonly issueDay: string;
  readonly dueDay: string;
  readonly daysPastDue: number;
  readonly amountMinor: string;
  readonly openMinor: string;
  /** "counted": this letter is about it. "listed": overdue, and only listed. "promised": covered by a promise, not in the total. */
  readonly role: "counted" | "listed" | "promised";
};
export type LetterClaimFact = {
  readonly kind: LetterClaim["kind"] | "earlier-fee" | "earlier-interest" | "earlier-cost";
  readonly ofNumber: string;
  readonly currency: string;
  readonly amountMinor: string;
  readonly basis: string;
  readonly interest?: LetterStretchFact | undefined;
  /** Of several rates or principals: each with its sum. */
  readonly stretches?: readonly (LetterStretchFact & { readonly amountMinor: string })[] | undefined;
  readonly earlierMinor?: string | undefined;
};
export type LetterStretchFact = {
  readonly ratePercent: string;
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly principalMinor: string;
};
/** Everything a letter says, frozen when it was decided; kept as JSON, amounts in minor units as text. */
export type LetterFacts = {
  readonly language: Language;
  readonly place: Place;
  readonly purpose: Purpose;
  readonly number: string;
  readonly day: string;
  readonly payBy: string;
  readonly stepName: string;
  readonly creditor: Creditor;
  readonly customer: { readonly name: string; readonly addressLines: readonly string[] };
  /** Counted and listed, oldest due first. */
  readonly items: readonly LetterItem[];
  readonly claims: readonly LetterClaimFact[];
  readonly totals: readonly {
    readonly currency: string;
    readonly overdueMinor: string;
    readonly claimsMinor: string;
    readonly creditsMinor: string;
    /** Never below zero: what credits exceed stays a credit. */
    readonly toPayMinor: string;
  }[];
  readonly consequences: readonly { readonly kind: LetterConsequence["kind"]; readonly day: string | undefined }[];
  readonly promise: { readonly amountMinor: string; readonly currency: string; readonly dueOn: string } | undefined;
};

/** Who asks for the money and how to pay; a setting of the desk. Missing members are left out of letters and named in previews. */
export type Creditor = {
  readonly name: string;
  readonly registrationNumber?: string | undefined;
  readonly vatNumber?: string | undefined;
  readonly addressLines: readonly string[];
  readonly contact?: string | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly bankgiro?: string | undefined;
  readonly plusgiro?: string | undefined;
  readonly iban?: string | undefined;
  readonly bic?: string | undefined;
  /** UK: sort code; US: routing number. */
  readonly bankCode?: string | undefined;
  readonly accountNumber?: string | undefined;
  readonly paymentLink?: string | undefined;
  /** "rf": a structured reference (ISO 11649) is made of the invoice number. */
  readonly reference?: "number" | "rf" | undefined;
};

/** A letter before it is drawn on a page, in a mail or as text. */
export type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | {
      readonly kind: "facts";
      readonly title: string;
      readonly rows: readonly (readonly [label: string, value: string])[];
      /** The label of the row that matters most. */
      readonly strong?: string | undefined;
    }
  | {
      readonly kind: "table";
      readonly title: string;
      readonly columns: readonly { readonly title: string; readonly isRight: boolean; readonly width: number }[];
      readonly rows: readonly (readonly string[])[];
      /** Rows of sums. */
      readonly foot: readonly (readonly string[])[];
      readonly note: string | undefined;
    };
export type LetterDocument = {
  readonly language: Language;
  readonly place: Place;
  readonly subject: string;
  readonly blocks: readonly Block[];
  readonly facts: LetterFacts;
};
