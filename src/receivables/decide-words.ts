/** Words in cells, in the languages of the desk's neighbours: English, Swedish, German, Dutch, Danish, Norwegian, Finnish. */
const YES = new Set("yes y true 1 x ja j kyllä kylla disputed tvist bestridd on".split(" "));
const NO = new Set("no n false 0 - nej nein nee nei ei off none".split(" "));

/** What a yes-or-no cell says; undefined when it says something else. */
export function yesOrNo(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : undefined;
}

export type DocumentType = "invoice" | "credit-note" | "payment" | "refund" | "write-off" | "drawn";
const TYPES: Readonly<Record<DocumentType, RegExp>> = {
  "credit-note": /credit|kredit|gutschrift|hyvitys|accreccredit|\bcn\b/,
  "write-off": /write.?off|avskriv|abschreib|afschrijv|afskriv|luottotappio/,
  refund: /refund|återbet|aterbet|erstatt|rückzahl|ruckzahl|terugbet|tilbagebet|tilbakebet|palautus|return|återlämn/,
  drawn: /drawn|utnyttj|avräkn|avrakn|draw/,
  payment: /payment|betal|zahlung|maksu|receipt|inbetalning|insättning|deposit/,
  invoice:
    /invoice|faktura|rechnung|factuur|lasku|^inv$|accrec|debet|^fak|finance charge|reminder|intrestinvoice|räntefaktura/,
};

/** What a document type cell means; an empty one is an invoice (in an invoice file) or a payment. undefined = not known. */
export function documentTypeOf(text: string): DocumentType | undefined {
  const word = text.trim().toLowerCase();
  if (word === "") return "invoice";
  return (Object.entries(TYPES) as [DocumentType, RegExp][]).find(([, form]) => form.test(word))?.[0];
}

/** A claim on top of what was sold (interest, reminder fee), which an accounting system lists among its invoices. */
export const isClaimType = (text: string): boolean =>
  /finance charge|reminder|intrestinvoice|interest|ränte|zinsrechnung/i.test(text);

const NOT_OURS_YET = /draft|submitted|void|delete|cancel|makuler|utkast|annul|storn|entwurf|awaiting approval/i;
/** A document with this status was never sent, or was taken back: it is owed by nobody. Xero: DRAFT, SUBMITTED, VOIDED, DELETED. */
export const isSkippedStatus = (text: string): boolean => NOT_OURS_YET.test(text);
