import {
  dayIn,
  amountIn,
  listIn,
  moneyIn,
  ocrReference,
  rateIn,
  rfReference,
  shortDayIn,
  type Style,
} from "./decide-figures.ts";
import type {
  Block,
  Creditor,
  LetterClaimFact,
  LetterFacts,
  LetterStretchFact,
  StatementName,
} from "./decide-model.ts";
import { LETTER_WORDS, type LetterWords } from "./decide-words.ts";

/** Statements that a letter must make, as blocks. Pure: the same facts always give the same words. */

type Make = (facts: LetterFacts, words: LetterWords) => readonly Block[];

/** Invoices named as references at most; the table names them all. */
const REFERENCES_MAX = 5;

export function statement(name: StatementName, facts: LetterFacts): readonly Block[] {
  return STATEMENTS[name](facts, LETTER_WORDS[facts.language]);
}

const STATEMENTS: Readonly<Record<StatementName, Make>> = {
  creditor: ({ creditor }, words) => [
    {
      kind: "facts",
      title: words.creditor,
      rows: pairs([
        [words.creditor, creditor.name],
        [words.registration, creditor.registrationNumber],
        [words.vat, creditor.vatNumber],
        ["", creditor.addressLines.join(", ")],
      ]),
    },
  ],
  items: (facts, words) => currenciesOf(facts).flatMap((currency) => itemsTable({ facts, words, currency })),
  claims: (facts, words) =>
    facts.claims.length === 0
      ? [{ kind: "text", text: words.noClaims }]
      : [...new Set(facts.claims.map((claim) => claim.currency))].map((currency) =>
          claimsTable({ facts, words, currency }),
        ),
  totals: (facts, words) =>
    facts.totals.map((total) => ({
      kind: "facts",
      strong: words.toPay,
      title: facts.totals.length > 1 ? `${words.totals} (${total.currency})` : words.totals,
      rows: pairs([
        [words.overdue, moneyIn(facts, total.overdueMinor, total.currency)],
        [words.charges, total.claimsMinor === "0" ? undefined : moneyIn(facts, total.claimsMinor, total.currency)],
        [
          words.credits,
          total.creditsMinor === "0"
            ? undefined
            : moneyIn(facts, (-BigInt(total.creditsMinor)).toString(), total.currency),
        ],
        [words.toPay, moneyIn(facts, total.toPayMinor, total.currency)],
        [words.creditLeft, creditLeft(facts, total)],
      ]),
    })),
  payment: (facts, words) => [{ kind: "facts", title: words.payment, rows: paymentRows(facts, words) }],
  deadline: (facts, words) => [{ kind: "text", text: words.deadline(dayIn(facts, facts.payBy)) }],
  consequences: (facts, words) => [
    { kind: "heading", text: words.consequences },
    ...(facts.consequences.length === 0
      ? [{ kind: "text" as const, text: words.noConsequence }]
      : [
          {
            kind: "list" as const,
            items: facts.consequences.map(({ kind, day }) =>
              day === undefined
                ? sentence(words.consequence[kind])
                : words.notBefore(words.consequence[kind], dayIn(facts, day)),
            ),
          },
          { kind: "text" as const, text: words.undone },
        ]),
  ],
  objection: (facts, words) => [{ kind: "text", text: words.objection[facts.place] }],
  contact: ({ creditor }, words) => [
    { kind: "text", text: words.contact(creditor.contact ?? creditor.name, waysTo(creditor)) },
  ],
  promise: (facts, words) =>
    facts.promise === undefined
      ? []
      : [
          {
            kind: "text",
            text: words.promise(
              moneyIn(facts, facts.promise.amountMinor, facts.promise.currency),
              dayIn(facts, facts.promise.dueOn),
            ),
          },
        ],
};

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
const pairs = (rows: readonly (readonly [string, string | undefined])[]): readonly (readonly [string, string])[] =>
  rows.flatMap(([label, value]) => (value === undefined || value === "" ? [] : [[label, value] as const]));

export const currenciesOf = (facts: LetterFacts): readonly string[] => [
  ...new Set([...facts.items.map((item) => item.currency), ...facts.claims.map((claim) => claim.currency)]),
];

type TableOf = { readonly facts: LetterFacts; readonly words: LetterWords; readonly currency: string };

function itemsTable({ facts, words, currency }: TableOf): readonly Block[] {
  const items = facts.items.filter((item) => item.currency === currency);
  if (items.length === 0) return [];
  const sum = items.filter((item) => item.role !== "promised").reduce((all, item) => all + BigInt(item.openMinor), 0n);
  const notes = (["listed", "promised"] as const).filter((role) => items.some((item) => item.role === role));
  return [
    {
      kind: "table",
      title: `${words.items} (${currency})`,
      columns: [
        { title: words.columns.invoice, isRight: false, width: 5 },
        { title: words.columns.issued, isRight: false, width: 3 },
        { title: words.columns.due, isRight: false, width: 3 },
        { title: words.columns.late, isRight: true, width: 2 },
        { title: `${words.columns.open} ${currency}`, isRight: true, width: 3 },
      ],
      rows: items.map((item) => [
        item.role === "counted" ? item.number : `${item.number} (${words.role[item.role]})`,
        shortDayIn(facts, item.issueDay),
        shortDayIn(facts, item.dueDay),
        String(Math.max(0, item.daysPastDue)),
        amountIn(facts, item.openMinor, currency),
      ]),
      foot: [[words.sum, "", "", "", amountIn(facts, sum.toString(), currency)]],
      note: notes.length === 0 ? undefined : notes.map((role) => words.roleNote[role]).join(" "),
    },
  ];
}

function claimsTable({ facts, words, currency }: TableOf): Block {
  const claims = facts.claims.filter((claim) => claim.currency === currency);
  const sum = claims.reduce((all, claim) => all + BigInt(claim.amountMinor), 0n);
  return {
    kind: "table",
    title: `${words.claims} (${currency})`,
    columns: [
      { title: words.claimColumns.what, isRight: false, width: 5 },
      { title: words.claimColumns.basis, isRight: false, width: 8 },
      { title: `${words.claimColumns.amount} ${currency}`, isRight: true, width: 3 },
    ],
    rows: claims.map((claim) => [
      `${words.claim[claim.kind]}, ${words.columns.invoice.toLowerCase()} ${claim.ofNumber}`,
      basisOf(claim, { facts, words, currency }),
      amountIn(facts, claim.amountMinor, currency),
    ]),
    foot: [[words.sum, "", amountIn(facts, sum.toString(), currency)]],
    note: undefined,
  };
}

function basisOf(claim: LetterClaimFact, { facts, words, currency }: TableOf): string {
  const counted = (one: LetterStretchFact): string =>
    words.interest({
      rate: rateIn(facts, one.ratePercent),
      from: shortDayIn(facts, one.from),
      to: shortDayIn(facts, one.to),
      days: String(one.days),
      principal: moneyIn(facts, one.principalMinor, currency),
    });
  const several = (claim.stretches ?? []).map((one) => `${counted(one)}: ${moneyIn(facts, one.amountMinor, currency)}`);
  const made = several.length > 0 ? several.join("; ") : claim.interest && counted(claim.interest);
  if (made === undefined) return claim.basis;
  const less =
    claim.earlierMinor === undefined
      ? made
      : `${made}; ${words.lessEarlier(moneyIn(facts, claim.earlierMinor, currency))}`;
  return claim.basis === "" ? less : `${less}. ${claim.basis}`;
}

function creditLeft(style: Style, total: LetterFacts["totals"][number]): string | undefined {
  const left = BigInt(total.creditsMinor) - BigInt(total.overdueMinor) - BigInt(total.claimsMinor);
  return left > 0n ? moneyIn(style, left.toString(), total.currency) : undefined;
}

function paymentRows(facts: LetterFacts, words: LetterWords): readonly (readonly [string, string])[] {
  const { creditor, place } = facts;
  const ways = pairs([
    ["Bankgiro", creditor.bankgiro],
    ["Plusgiro", creditor.plusgiro],
    ["IBAN", creditor.iban],
    ["BIC", creditor.bic],
    [words.bankCode[place], creditor.bankCode],
    [words.account, creditor.accountNumber],
    [words.link, creditor.paymentLink],
  ]);
  const [label, references] = referencesOf(facts, words);
  const reference = references === "" ? [] : ([[label, references]] as const);
  return ways.length === 0 ? [[words.payment, words.byAgreed], ...reference] : [...ways, ...reference];
}

function referencesOf(facts: LetterFacts, words: LetterWords): readonly [label: string, value: string] {
  const items = facts.items.filter((item) => item.role !== "promised");
  const named = items.slice(0, REFERENCES_MAX).map((item) => item.reference);
  const isOcr =
    named.length > 0 && named.every((one) => ocrReference(one) === one) && facts.creditor.bankgiro !== undefined;
  const label = isOcr ? "OCR" : items.length > 1 ? words.references : words.reference;
  return [label, items.length > REFERENCES_MAX ? `${named.join(", ")} …` : named.join(", ")];
}

/** What a payer writes with a payment of this invoice. */
export const referenceOf = (number: string, creditor: Creditor): string =>
  (creditor.reference === "rf" ? rfReference(number) : undefined) ?? number;

export const waysTo = ({ phone, email, name }: Creditor): string => [phone, email].filter(Boolean).join(", ") || name;

/** "100.00 SEK and 20.00 EUR": one amount a currency. */
export const amountsText = (
  style: Style,
  parts: readonly { readonly minor: string; readonly currency: string }[],
): string =>
  listIn(
    style,
    parts.map(({ minor, currency }) => moneyIn(style, minor, currency)),
  );
