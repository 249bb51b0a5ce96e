import type { CustomerId } from "../../core/ids.ts";
import { referenceCandidates } from "../decide-reference.ts";
import type { BankEntry, BankReference } from "./contract-statement.ts";

/** An invoice that a reference may mean. */
export type NamedInvoice = {
  readonly number: string;
  readonly reference: string | null;
  /** OCR, KID or RF that the invoice asks payers to quote. */
  readonly paymentReference: string | null;
  readonly customerId: CustomerId;
  readonly currency: string;
  readonly openMinor: bigint;
};
export type Lookup = {
  /** Invoices by number or reference in lower case. */
  readonly invoices: ReadonlyMap<string, readonly NamedInvoice[]>;
  /** Customers that pay from an account (`account|…`) or under an organisation number (`org|…`). */
  readonly payers: ReadonlyMap<string, readonly CustomerId[]>;
  /** Who pays for a customer, where somebody does. */
  readonly payerOf: ReadonlyMap<CustomerId, CustomerId>;
  /** Customers by name, evened out. */
  readonly names: ReadonlyMap<string, readonly CustomerId[]>;
};

/** A piece of the money for one customer, and the invoice numbers it names. */
export type MoneyPart = {
  readonly customerId: CustomerId;
  readonly amountMinor: bigint;
  readonly names: readonly string[];
};
export type MatchedBy = "reference" | "text" | "payer-account" | "payer-org" | "name";
export type BankMatch =
  | {
      readonly kind: "matched";
      readonly by: MatchedBy;
      /** The reference, account or name that decided. */
      readonly what: string;
      readonly parts: readonly MoneyPart[];
    }
  | { readonly kind: "ambiguous"; readonly by: MatchedBy; readonly customerIds: readonly CustomerId[] }
  | { readonly kind: "none" };

export const nameKey = (name: string): string => name.trim().replaceAll(/\s+/g, " ").toLowerCase();
export const payerKey = (kind: "account" | "org", value: string): string =>
  `${kind}|${value.replaceAll(/[\s-]/g, "").toUpperCase()}`;

const QR_DIGITS = 27;
/** What a reference may stand for in the ledger, lower case. Swiss slips have 27 digits, zeros before and a check digit behind. */
export function candidatesOf({ kind, value }: BankReference): readonly string[] {
  const plain = value.toLowerCase().replaceAll(/\s/g, "");
  if (kind === "end-to-end") return [plain];
  const swiss =
    (kind === "qrr" || kind === "isr") && plain.length === QR_DIGITS ? [plain.slice(0, -1).replace(/^0+/, "")] : [];
  return [...new Set([...referenceCandidates(value), ...swiss, plain.replace(/^0+(?=.)/, "")])].filter(
    (one) => one !== "",
  );
}

const WORD_DIGITS_MIN = 4;
const WORDS_MAX = 30;
/** Words of free text that may be invoice numbers: at least four digits, letters and signs allowed around them. */
export const wordsOf = (text: string): readonly string[] =>
  [...new Set(text.toLowerCase().match(/[\p{L}\d][\p{L}\d/-]*\d[\p{L}\d/-]*/gu) ?? [])]
    .filter((word) => word.replaceAll(/\D/g, "").length >= WORD_DIGITS_MIN)
    .slice(0, WORDS_MAX);

/**
 * Whose money an entry is: by the references it quotes, by invoice numbers in its text, by an account or organisation number
 * known to pay for one customer, by the exact name. The first that says anything decides; two customers are never chosen between.
 */
export function matchEntry(entry: BankEntry, lookup: Lookup): BankMatch {
  const quoted = byReferences(entry, lookup);
  if (quoted.kind !== "none") return quoted;
  const written = byText(entry, lookup);
  if (written.kind !== "none") return written;
  const { account, orgNumber, name } = entry.counterparty;
  const byAccount = account === undefined ? [] : (lookup.payers.get(payerKey("account", account)) ?? []);
  const byOrg = orgNumber === undefined ? [] : (lookup.payers.get(payerKey("org", orgNumber)) ?? []);
  const known = [...new Set([...byAccount, ...byOrg])];
  const kind = byAccount.length > 0 ? "payer-account" : "payer-org";
  if (known.length > 1) return { kind: "ambiguous", by: kind, customerIds: known };
  if (known[0] !== undefined)
    return whole(entry, { by: kind, what: (byAccount.length > 0 ? account : orgNumber) ?? "", customerId: known[0] });
  const named = name === undefined ? [] : (lookup.names.get(nameKey(name)) ?? []);
  if (named.length > 1) return { kind: "ambiguous", by: "name", customerIds: named };
  return named[0] === undefined
    ? { kind: "none" }
    : whole(entry, { by: "name", what: name ?? "", customerId: named[0] });
}

type Whole = { readonly by: MatchedBy; readonly what: string; readonly customerId: CustomerId };
const whole = (entry: BankEntry, { by, what, customerId }: Whole, names?: readonly string[]): BankMatch => ({
  kind: "matched",
  by,
  what,
  parts: [{ customerId, amountMinor: entry.amountMinor, names: names ?? entry.references.map(({ value }) => value) }],
});

type Hit = { readonly reference: BankReference; readonly invoices: readonly NamedInvoice[] };

function byReferences(entry: BankEntry, lookup: Lookup): BankMatch {
  const hits = entry.references
    .filter(({ amountMinor }) => amountMinor === undefined || amountMinor > 0n)
    .map((reference): Hit => ({ reference, invoices: invoicesFor(candidatesOf(reference), entry, lookup) }))
    .filter(({ invoices }) => invoices.length > 0);
  if (hits.length === 0) return { kind: "none" };
  const what = hits
    .map(({ reference }) => reference.value)
    .join(", ")
    .slice(0, 300);
  const split = splitByAmounts(entry, hits);
  if (split !== undefined) return { kind: "matched", by: "reference", what, parts: split };
  return one(entry, hits, { by: "reference", what, payerOf: lookup.payerOf });
}

function byText(entry: BankEntry, lookup: Lookup): BankMatch {
  const hits = wordsOf(entry.text)
    .map((word): Hit => ({ reference: { kind: "invoice", value: word }, invoices: invoicesFor([word], entry, lookup) }))
    .map((hit) => ({ ...hit, invoices: hit.invoices.filter(({ openMinor }) => openMinor > 0n) }))
    .filter(({ invoices }) => invoices.length > 0);
  if (hits.length === 0) return { kind: "none" };
  const what = hits
    .map(({ reference }) => reference.value)
    .join(", ")
    .slice(0, 300);
  return one(entry, hits, { by: "text", what, payerOf: lookup.payerOf });
}

/** Invoices of the entry's currency that the first candidate with any stands for; open ones before settled ones. */
function invoicesFor(candidates: readonly string[], entry: BankEntry, lookup: Lookup): readonly NamedInvoice[] {
  for (const candidate of candidates) {
    const found = (lookup.invoices.get(candidate) ?? []).filter(({ currency }) => currency === entry.currency);
    const open = found.filter(({ openMinor }) => openMinor > 0n);
    if (found.length > 0) return open.length > 0 ? open : found;
  }
  return [];
}

const customersOf = (invoices: readonly NamedInvoice[]): readonly CustomerId[] => [
  ...new Set(invoices.map(({ customerId }) => customerId)),
];

/**
 * The one customer that every reference can mean; an exact open amount tells two with the same number apart. Invoices of several
 * customers for whom one pays are paid by that one.
 */
function one(
  entry: BankEntry,
  hits: readonly Hit[],
  { by, what, payerOf }: { by: "reference" | "text"; what: string; payerOf: Lookup["payerOf"] },
): BankMatch {
  const every = hits.map(({ invoices }) => customersOf(invoices));
  const common = (every[0] ?? []).filter((id) => every.every((ids) => ids.includes(id)));
  const all = [...new Set(every.flat())];
  const exact = common.filter((id) => {
    const own = hits.flatMap(({ invoices }) => invoices.filter(({ customerId }) => customerId === id));
    return own.reduce((sum, { openMinor }) => sum + openMinor, 0n) === entry.amountMinor;
  });
  const chosen = all.length === 1 ? all[0] : exact.length === 1 ? exact[0] : undefined;
  if (chosen !== undefined) return whole(entry, { by, what, customerId: chosen }, namesOf(hits, [chosen]));
  const [payer, other] = new Set(all.map((id) => payerOf.get(id) ?? id));
  if (payer === undefined || other !== undefined || hits.length < 2) return { kind: "ambiguous", by, customerIds: all };
  return whole(entry, { by, what, customerId: payer }, namesOf(hits, all));
}

/** Invoice numbers, in the order in which the payer named them. */
const namesOf = (hits: readonly Hit[], customerIds: readonly CustomerId[]): readonly string[] => [
  ...new Set(
    hits.flatMap(({ invoices }) =>
      invoices.filter((invoice) => customerIds.includes(invoice.customerId)).map(({ number }) => number),
    ),
  ),
];

/**
 * One part for each reference, where the file gives each an amount and they sum to the payment. With a set-off credit note
 * among them the money is less than the invoices: then it stays one sum over all the names.
 */
function splitByAmounts(entry: BankEntry, hits: readonly Hit[]): readonly MoneyPart[] | undefined {
  const priced = entry.references.filter(({ amountMinor }) => amountMinor !== undefined);
  const sum = priced.reduce((total, { amountMinor }) => total + (amountMinor ?? 0n), 0n);
  if (priced.length < 2 || sum !== entry.amountMinor || priced.some(({ amountMinor }) => (amountMinor ?? 0n) <= 0n))
    return undefined;
  const parts = priced.map(({ value, amountMinor }) => {
    const invoices = hits.find(({ reference }) => reference.value === value)?.invoices ?? [];
    const [customerId, other] = customersOf(invoices);
    if (customerId === undefined || other !== undefined) return undefined;
    return { customerId, amountMinor: amountMinor ?? 0n, names: [invoices[0]?.number ?? value] };
  });
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

/** Earlier money that a reversal may take back. */
export type Earlier = {
  readonly id: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly bookedOn: Temporal.PlainDate;
  readonly sourceId: string | undefined;
  readonly references: readonly string[];
  readonly payerAccount: string | undefined;
  readonly payerName: string | undefined;
};
/**
 * The money that an entry takes back: the same amount with the sign turned, not later, and something in common beyond it: the
 * bank's id, a reference, the payer. Undefined when none or more than one fits equally well.
 */
export function reversedBy(entry: BankEntry, earlier: readonly Earlier[]): Earlier | undefined {
  const ranked = earlier
    .filter(
      (one) =>
        one.amountMinor === -entry.amountMinor &&
        one.currency === entry.currency &&
        Temporal.PlainDate.compare(one.bookedOn, entry.bookedOn) <= 0,
    )
    .map((candidate) => ({ candidate, score: inCommon(entry, candidate) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const [best, next] = ranked;
  return best !== undefined && best.score !== next?.score ? best.candidate : undefined;
}

function inCommon(entry: BankEntry, earlier: Earlier): number {
  const { account, name } = entry.counterparty;
  const references = entry.references.some(({ value }) => earlier.references.includes(value));
  return (
    (entry.sourceId !== undefined && entry.sourceId === earlier.sourceId ? 8 : 0) +
    (references ? 4 : 0) +
    (account !== undefined && account === earlier.payerAccount ? 2 : 0) +
    (name !== undefined && earlier.payerName !== undefined && nameKey(name) === nameKey(earlier.payerName) ? 1 : 0)
  );
}
