import type { Language } from "../../access/contract.ts";
import type { Place } from "./contract.ts";
import type { LetterClaimFact, LetterFacts } from "./decide-model.ts";

/** The words of the statements that law and practice ask for. What they may announce comes from the policy alone. */
export type LetterWords = {
  readonly creditor: string;
  readonly registration: string;
  readonly vat: string;
  readonly items: string;
  readonly columns: {
    readonly invoice: string;
    readonly issued: string;
    readonly due: string;
    readonly late: string;
    readonly open: string;
  };
  readonly role: Readonly<Record<"listed" | "promised", string>>;
  readonly roleNote: Readonly<Record<"listed" | "promised", string>>;
  readonly sum: string;
  readonly claims: string;
  readonly noClaims: string;
  readonly claim: Readonly<Record<LetterClaimFact["kind"], string>>;
  readonly claimColumns: { readonly what: string; readonly basis: string; readonly amount: string };
  /** What was claimed on the same days before. */
  readonly lessEarlier: (amount: string) => string;
  readonly interest: (facts: { rate: string; from: string; to: string; days: string; principal: string }) => string;
  readonly totals: string;
  readonly overdue: string;
  readonly charges: string;
  readonly credits: string;
  readonly toPay: string;
  readonly creditLeft: string;
  readonly payment: string;
  readonly reference: string;
  readonly references: string;
  readonly account: string;
  readonly bankCode: Readonly<Record<Place, string>>;
  readonly link: string;
  readonly byAgreed: string;
  readonly deadline: (day: string) => string;
  readonly consequences: string;
  readonly consequence: Readonly<Record<LetterFacts["consequences"][number]["kind"], string>>;
  readonly notBefore: (what: string, day: string) => string;
  readonly noConsequence: string;
  readonly undone: string;
  readonly what: Readonly<Record<LetterFacts["consequences"][number]["kind"], string>>;
  readonly objection: Readonly<Record<Place, string>>;
  readonly contact: (who: string, how: string) => string;
  readonly promise: (amount: string, day: string) => string;
  readonly page: (page: number, pages: number) => string;
  readonly letterNumber: string;
  readonly day: string;
  readonly days: (n: number) => string;
};

const en: LetterWords = {
  creditor: "Creditor",
  registration: "Registration number",
  vat: "VAT number",
  items: "What is overdue",
  columns: { invoice: "Invoice", issued: "Issued", due: "Due", late: "Days late", open: "Unpaid" },
  role: { listed: "listed only", promised: "covered by your promise" },
  roleNote: {
    listed: "“Listed only”: overdue as well and part of the total, but this letter's step is about the other invoices.",
    promised: "“Covered by your promise”: shown so that the list is complete; not part of the total.",
  },
  sum: "Sum",
  claims: "Interest and charges",
  noClaims: "This letter claims no interest and no fee.",
  claim: {
    "reminder-fee": "Reminder fee",
    compensation: "Fixed compensation for late payment",
    "collection-demand": "Cost of this demand",
    interest: "Late-payment interest",
    "earlier-fee": "Fee claimed earlier",
    "earlier-interest": "Interest claimed earlier",
    "earlier-cost": "Cost claimed earlier",
  },
  claimColumns: { what: "Claim", basis: "Basis", amount: "Amount" },
  lessEarlier: (amount) => `less ${amount} claimed earlier`,
  interest: ({ rate, from, to, days, principal }) => `${rate} % a year on ${principal}, ${from} to ${to}, ${days} days`,
  totals: "What to pay",
  overdue: "Unpaid invoices",
  charges: "Interest and charges",
  credits: "Credits and payments not yet allocated",
  toPay: "To pay",
  creditLeft: "Left in your favour",
  payment: "How to pay",
  reference: "Reference",
  references: "State with your payment",
  account: "Account number",
  bankCode: { SE: "Bank code", EU: "Bank code", UK: "Sort code", US: "Routing number" },
  link: "Pay online",
  byAgreed: "Pay as stated on the invoice and give its number.",
  deadline: (day) =>
    `We ask you to pay by ${day}. If you have paid in the last days, our letters have crossed: you need do nothing.`,
  consequences: "What happens then",
  consequence: {
    reminder: "you will be reminded again",
    fee: "interest and fees may be added as the law and our agreement allow",
    "freeze-purchases": "new purchases and added seats are stopped until the overdue amount is paid",
    "auto-renew-off": "automatic renewal of your subscriptions is switched off, so that they end with their term",
    "suspend-seats": "the licences are suspended: your users lose access until the overdue amount is paid",
    "cancel-azure": "the Azure subscriptions are cancelled",
    terminate: "the agreement on these services is ended",
    "hand-over": "the claim is handed over to a collection agency",
    "write-off": "the relationship is ended",
  },
  notBefore: (what, day) => `Not before ${day}: ${what}.`,
  noConsequence: "Our collections policy has no further step for this amount at present.",
  undone: "Nothing of this happens once the overdue amount is paid, and what was stopped is opened again.",
  what: {
    reminder: "a further reminder",
    fee: "interest and fees",
    "freeze-purchases": "a stop for new purchases",
    "auto-renew-off": "automatic renewal switched off",
    "suspend-seats": "suspension of licences",
    "cancel-azure": "cancellation of Azure subscriptions",
    terminate: "the end of the agreement",
    "hand-over": "hand-over to a collection agency",
    "write-off": "the end of the relationship",
  },
  objection: {
    SE: "If you object to the claim or a part of it, answer this letter and say why before the date above. An invoice that is disputed is put on hold until we have answered; what you do not dispute remains to be paid.",
    EU: "If you object to the claim or a part of it, answer this letter and say why. An invoice that is disputed is put on hold until we have answered; what you do not dispute remains to be paid.",
    UK: "If you dispute the debt or a part of it, answer this letter, say why and send any documents that show it. A disputed invoice is put on hold until we have replied; what you do not dispute remains payable.",
    US: "If you dispute this balance or any part of it, reply to this letter and tell us why. A disputed invoice is put on hold until we have replied; undisputed amounts remain due. This letter is from the creditor itself.",
  },
  contact: (who, how) => `Questions, or do you need time? Talk to ${who}: ${how}. You can also answer this letter.`,
  promise: (amount, day) => `You promised to pay ${amount} by ${day}. We have not received it in full.`,
  page: (page, pages) => `Page ${page} of ${pages}`,
  letterNumber: "Letter",
  day: "Date",
  days: (n) => (n === 1 ? "1 day" : `${n} days`),
};

const sv: LetterWords = {
  creditor: "Borgenär",
  registration: "Organisationsnummer",
  vat: "Momsregistreringsnummer",
  items: "Det här är förfallet",
  columns: { invoice: "Faktura", issued: "Utfärdad", due: "Förföll", late: "Dagar sen", open: "Obetalt" },
  role: { listed: "endast upptagen", promised: "omfattas av ert löfte" },
  roleNote: {
    listed: "”Endast upptagen”: också förfallen och med i summan, men brevets steg gäller de andra fakturorna.",
    promised: "”Omfattas av ert löfte”: med för fullständighetens skull; ingår inte i summan.",
  },
  sum: "Summa",
  claims: "Ränta och avgifter",
  noClaims: "Med detta brev krävs varken ränta eller avgift.",
  claim: {
    "reminder-fee": "Påminnelseavgift",
    compensation: "Förseningsersättning",
    "collection-demand": "Kostnad för detta krav",
    interest: "Dröjsmålsränta",
    "earlier-fee": "Tidigare påförd avgift",
    "earlier-interest": "Tidigare påförd ränta",
    "earlier-cost": "Tidigare påförd kostnad",
  },
  claimColumns: { what: "Krav", basis: "Grund", amount: "Belopp" },
  lessEarlier: (amount) => `minus ${amount} som krävts tidigare`,
  interest: ({ rate, from, to, days, principal }) =>
    `${rate} % per år på ${principal}, ${from} till ${to}, ${days} dagar`,
  totals: "Att betala",
  overdue: "Obetalda fakturor",
  charges: "Ränta och avgifter",
  credits: "Krediter och ännu inte avräknade betalningar",
  toPay: "Att betala",
  creditLeft: "Kvar till er fördel",
  payment: "Så betalar ni",
  reference: "Referens",
  references: "Ange vid betalning",
  account: "Kontonummer",
  bankCode: { SE: "Clearingnummer", EU: "Bankkod", UK: "Sort code", US: "Routing number" },
  link: "Betala på nätet",
  byAgreed: "Betala som det står på fakturan och ange dess nummer.",
  deadline: (day) =>
    `Vi ber er betala senast ${day}. Har ni betalat de senaste dagarna har betalningen och brevet korsat varandra: då behöver ni inte göra något.`,
  consequences: "Vad som händer sedan",
  consequence: {
    reminder: "ni får en ny påminnelse",
    fee: "ränta och avgifter kan tillkomma enligt lag och vårt avtal",
    "freeze-purchases": "nya köp och fler platser stoppas tills det förfallna är betalt",
    "auto-renew-off": "automatisk förnyelse av era abonnemang stängs av, så att de upphör när perioden är slut",
    "suspend-seats": "licenserna pausas: era användare förlorar åtkomst tills det förfallna är betalt",
    "cancel-azure": "Azure-abonnemangen avslutas",
    terminate: "avtalet om dessa tjänster avslutas",
    "hand-over": "kravet lämnas till ett inkassoföretag",
    "write-off": "samarbetet avslutas",
  },
  notBefore: (what, day) => `Tidigast ${day}: ${what}.`,
  noConsequence: "Vår kravpolicy har för närvarande inget ytterligare steg för detta belopp.",
  undone: "Inget av detta sker om det förfallna betalas, och det som stoppats öppnas igen.",
  what: {
    reminder: "en ny påminnelse",
    fee: "ränta och avgifter",
    "freeze-purchases": "stopp för nya köp",
    "auto-renew-off": "automatisk förnyelse stängs av",
    "suspend-seats": "licenser pausas",
    "cancel-azure": "Azure-abonnemang avslutas",
    terminate: "avtalet avslutas",
    "hand-over": "kravet lämnas till inkasso",
    "write-off": "samarbetet avslutas",
  },
  objection: {
    SE: "Har ni invändningar mot kravet eller en del av det, svara på detta brev och ange skälen före datumet ovan. En faktura som bestrids vilar tills vi har svarat; det ni inte bestrider ska betalas.",
    EU: "Har ni invändningar mot kravet eller en del av det, svara på detta brev och ange skälen. En faktura som bestrids vilar tills vi har svarat; det ni inte bestrider ska betalas.",
    UK: "Om ni bestrider kravet eller en del av det, svara på detta brev, ange skälen och bifoga det som visar det. En bestriden faktura vilar tills vi har svarat; det ni inte bestrider ska betalas.",
    US: "Om ni bestrider beloppet eller en del av det, svara på detta brev och ange skälen. En bestriden faktura vilar tills vi har svarat; det ni inte bestrider ska betalas. Brevet kommer från borgenären själv.",
  },
  contact: (who, how) => `Frågor, eller behöver ni tid? Tala med ${who}: ${how}. Ni kan också svara på detta brev.`,
  promise: (amount, day) => `Ni lovade att betala ${amount} senast ${day}. Vi har inte fått hela beloppet.`,
  page: (page, pages) => `Sida ${page} av ${pages}`,
  letterNumber: "Brev",
  day: "Datum",
  days: (n) => (n === 1 ? "1 dag" : `${n} dagar`),
};

export const LETTER_WORDS: Readonly<Record<Language, LetterWords>> = { en, sv };
