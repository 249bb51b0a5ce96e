import { defineWords } from "../../i18n/define.ts";

/** Remarks on a statement or entry, and why a file is refused. */
export const bankNoteWords = defineWords({
  en: {
    "receivables.bank.note.balance-differs": "opening + entries is not closing",
    "receivables.bank.note.balance-missing": "opening or closing balance is not told",
    "receivables.bank.note.balance-other-currency": "closes in {read}",
    "receivables.bank.note.summary-differs": "the bank's own sum ({read}) is of other entries",
    "receivables.bank.note.currency-unknown": "{read} is no currency in use: shown only",
    "receivables.bank.note.intraday": "intraday: the entries come again in the statement",
    "receivables.bank.note.test-file": "a test file of the bank",
    "receivables.bank.note.deleted-group": "the bank withdrew it",
    "receivables.bank.note.details-differ": "the details do not sum to the entry: taken as one",
    "receivables.bank.note.details-other-currency": "the details are in another currency ({read}): taken as one",
    "receivables.bank.note.day-missing": "no booking day: {read} is the message's",
    "receivables.bank.note.day-moved": "{read} is no day of the calendar: the last of the month",
    "receivables.bank.note.tabs-expanded": "tabs stood for blanks in line {line}",
    "receivables.bank.note.sign-unknown": "neither in nor out",
    "receivables.bank.note.zero-amount": "amount of zero",
    "receivables.bank.note.without-entries": "no entries",
    "receivables.bank.fault.not-a-bank-file":
      "This is none of camt.052/053/054, BgMax, MT940, BAI2 or SIE. Lists in CSV go to Import.",
    "receivables.bank.fault.web-page":
      "This is a saved web page, not a bank file: the download failed. Sign in to the bank and fetch it again.",
    "receivables.bank.fault.file-empty": "The file is empty.",
    "receivables.bank.fault.xml-broken":
      "The file is not whole XML: it was cut or changed on its way. Fetch it from the bank again.",
    "receivables.bank.fault.xml-doctype":
      "The file declares a document type, which bank files never do. Fetch it from the bank again.",
    "receivables.bank.fault.no-statement": "There is no statement in the file: fetch it from the bank again.",
    "receivables.bank.fault.trailer-differs":
      "The end record counts other than what the file holds: lines are missing or doubled. Fetch it again.",
    "receivables.bank.fault.fragment-no-start":
      "The file begins in the middle: it is a piece of a file. Fetch the whole file.",
    "receivables.bank.fault.fragment-no-end": "The end record is missing: the file was cut. Fetch the whole file.",
    "receivables.bank.fault.deposit-total-differs":
      "The payments of a deposit do not sum to its total: lines are missing or changed. Fetch it again.",
    "receivables.bank.fault.deposit-count-differs":
      "A deposit counts other than it holds: lines are missing or doubled. Fetch it again.",
    "receivables.bank.fault.control-total-differs":
      "A control total is not the sum of its amounts. Fetch the file from the bank again.",
    "receivables.bank.fault.control-count-differs":
      "A control count is not the number of its records. Fetch the file from the bank again.",
    "receivables.bank.fault.amount-unreadable": "An amount cannot be read exactly.",
    "receivables.bank.fault.line-too-long": "A line is longer than the format allows: the file was changed on its way.",
    "receivables.bank.fault.record-unknown": "The format has no such record: the file was changed on its way.",
  },
  sv: {
    "receivables.bank.note.balance-differs": "ingående + poster är inte utgående",
    "receivables.bank.note.balance-missing": "ingående eller utgående saldo anges inte",
    "receivables.bank.note.balance-other-currency": "slutar i {read}",
    "receivables.bank.note.summary-differs": "bankens egen summa ({read}) är av andra poster",
    "receivables.bank.note.currency-unknown": "{read} är ingen gällande valuta: visas bara",
    "receivables.bank.note.intraday": "under dagen: posterna kommer igen i kontoutdraget",
    "receivables.bank.note.test-file": "en testfil från banken",
    "receivables.bank.note.deleted-group": "banken har tagit tillbaka den",
    "receivables.bank.note.details-differ": "detaljerna summerar inte till posten: tas som en",
    "receivables.bank.note.details-other-currency": "detaljerna är i annan valuta ({read}): tas som en",
    "receivables.bank.note.day-missing": "ingen bokföringsdag: {read} är meddelandets",
    "receivables.bank.note.day-moved": "{read} finns inte i kalendern: månadens sista dag",
    "receivables.bank.note.tabs-expanded": "tabbar stod för blanktecken på rad {line}",
    "receivables.bank.note.sign-unknown": "varken in eller ut",
    "receivables.bank.note.zero-amount": "beloppet är noll",
    "receivables.bank.note.without-entries": "inga poster",
    "receivables.bank.fault.not-a-bank-file":
      "Det här är varken camt.052/053/054, BgMax, MT940, BAI2 eller SIE. Listor i CSV hör till Import.",
    "receivables.bank.fault.web-page":
      "Det här är en sparad webbsida, ingen bankfil: hämtningen misslyckades. Logga in hos banken och hämta den igen.",
    "receivables.bank.fault.file-empty": "Filen är tom.",
    "receivables.bank.fault.xml-broken":
      "Filen är inte hel XML: den har kapats eller ändrats på vägen. Hämta den från banken igen.",
    "receivables.bank.fault.xml-doctype":
      "Filen anger en dokumenttyp, vilket bankfiler aldrig gör. Hämta den från banken igen.",
    "receivables.bank.fault.no-statement": "Det finns inget kontoutdrag i filen: hämta den från banken igen.",
    "receivables.bank.fault.trailer-differs":
      "Slutposten räknar annat än filen innehåller: rader saknas eller är dubbla. Hämta den igen.",
    "receivables.bank.fault.fragment-no-start": "Filen börjar mitt i: den är en bit av en fil. Hämta hela filen.",
    "receivables.bank.fault.fragment-no-end": "Slutposten saknas: filen har kapats. Hämta hela filen.",
    "receivables.bank.fault.deposit-total-differs":
      "Betalningarna i en insättning summerar inte till dess total: rader saknas eller är ändrade. Hämta den igen.",
    "receivables.bank.fault.deposit-count-differs":
      "En insättning räknar annat än den innehåller: rader saknas eller är dubbla. Hämta den igen.",
    "receivables.bank.fault.control-total-differs":
      "En kontrollsumma är inte summan av sina belopp. Hämta filen från banken igen.",
    "receivables.bank.fault.control-count-differs":
      "Ett kontrollantal är inte antalet poster. Hämta filen från banken igen.",
    "receivables.bank.fault.amount-unreadable": "Ett belopp kan inte läsas exakt.",
    "receivables.bank.fault.line-too-long": "En rad är längre än formatet tillåter: filen har ändrats på vägen.",
    "receivables.bank.fault.record-unknown": "Formatet har ingen sådan post: filen har ändrats på vägen.",
  },
});
