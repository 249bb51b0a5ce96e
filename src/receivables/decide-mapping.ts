import { guid } from "../core/ids.ts";
import { yesOrNo } from "./decide-words.ts";
import { ALL_FIELDS, IMPORT_FIELDS, type ImportField, type ImportKind } from "./contract-import.ts";

/**
 * What columns are called in exports of accounting systems, normalised: English, Swedish, German, Dutch, Danish, Norwegian, Finnish.
 * Sources: Xero, QuickBooks, Fortnox, Business Central and 24SevenOffice headers (collections, payment files 2); the rest are the plain words.
 */
const NAMES: Readonly<Record<ImportField, string>> = {
  invoiceNumber:
    "invoicenumber invoiceno invoicenr invoiceid invoice documentnumber documentno docno docnumber num fakturanummer fakturanr fakturano faktura verifikationsnummer rechnungsnummer rechnungsnr rechnung rechnungnr belegnummer belegnr factuurnummer factuurnr factuur bilagsnummer bilagsnr bilag laskunumero laskunro lasku number nummer row",
  paymentNumber:
    "paymentnumber paymentno paymentid payment transactionid transactionno receiptnumber receiptno betalningsnummer betalningsnr betalningsid transaktionsid zahlungsnummer transaktionsnummer betalingsnummer betalingsnr betaalnummer maksunumero maksutunnus id",
  entryNumber:
    "entryno entrynumber depositnumber depositno depositid depositionsnummer kautionsnummer borgnummer transactionid id",
  customerNumber:
    "customernumber customerno customernr customerid customercode customer custno accountnumber accountno accountid clientid clientnumber debtorid debtornumber kundnummer kundnr kundid kundennummer kundennr kunde kundenr kundenummer debitornummer debitorennummer klantnummer klantnr debiteurnummer debiteurnr asiakasnumero asiakasnro asiakastunnus",
  customerName:
    "customername contactname clientname companyname company name accountname debtorname kundnamn kund kundenname kundenavn kundnavn firma navn namn klantnaam klant debiteur naam asiakas asiakkaannimi nimi",
  tenantId:
    "tenantid tenant customertenantid microsoftid microsofttenantid directoryid entratenantid klantorganisatieid",
  domain:
    "domain customerdomain domainname primarydomain tenantdomain domän domane domän domein domene domæne verkkotunnus onmicrosoft",
  issueDate:
    "invoicedate issuedate issued date documentdate postingdate billdate createddate fakturadatum datum utställd utstallningsdatum rechnungsdatum belegdatum factuurdatum fakturadato dato bilagsdato laskupäivä laskupaiva laskunpäivä laskunpaivays päiväys paivays pvm",
  dueDate:
    "duedate due paymentdue expirydate förfallodatum forfallodatum förfallodag forfallodag förfaller fälligkeitsdatum falligkeitsdatum fällig fälligam zahlbarbis vervaldatum vervaldag forfaldsdato forfallsdato forfald forfall eräpäivä erapaiva erapvm",
  valueDate:
    "valuedate paymentdate paiddate paidon date bookingdate transactiondate received receiveddate depositdate betalningsdatum betaldatum betalt bokföringsdatum valutadatum datum zahlungsdatum buchungsdatum valuta betaaldatum boekdatum betalingsdato bogføringsdato bokføringsdato dato maksupäivä maksupaiva kirjauspäivä pvm clear_date",
  amount:
    "amount invoiceamount total totalamount grossamount invoicetotal originalamount totaltopay amountincvat paymentamount belopp fakturabelopp totalbelopp summa totalt inbetalt inbetalning betrag rechnungsbetrag gesamtbetrag summe bruttobetrag bedrag factuurbedrag totaalbedrag totaal beløb beløp fakturabeløb fakturabeløp total beloeb summa loppusumma laskusumma yhteensä yhteensa maksettu deposit deposition kaution borg",
  openAmount:
    "balance openbalance openamount outstanding amountdue invoiceamountdue remaining remainingamount open restbelopp saldo kvar kvarattbetala återstår aterstar öppet restbetrag offen offenerbetrag offenerposten openstaand openstaandbedrag restbeløb restbeløp restsaldo avoin avoinna avoinsumma",
  paidAmount:
    "paid amountpaid invoiceamountpaid paidamount betaltbelopp betalat betaltbeløb betaltbeløp bezahlt gezahlt betaald betaaldbedrag maksettusumma",
  currency:
    "currency currencycode curr ccy valuta valutakod währung wahrung waehrung valutacode munt muntsoort valutakode valuutta",
  documentType:
    "type documenttype doctype transactiontype invoicetype typ fakturatyp dokumenttyp belegart dokumenttype soort documentsoort bilagstype tyyppi",
  settledDate:
    "settleddate paiddate datepaid paymentdate cleardate clearedate closedat closedatdate closeddate fullypaidondate betaldatum betalningsdatum betald slutbetald zahlungsdatum bezahltam betaaldatum betaaldop betalingsdato betaltdato maksupäivä maksupaiva",
  daysLate:
    "dayslate dayspastdue dayoverdue daysoverdue dagarsen dagarforsenad tageverspätet dagentelaat dagerforsinket dageforsinket myöhässä",
  disputed:
    "disputed dispute indispute contested tvist tvistig bestridd omtvistad strittig bestritten betwist omtvistet reklamert riitautettu",
  disputedDate: "disputeddate disputedate disputedon tvistdatum bestridddatum",
  held: "onhold hold held blocked dunningstop stopreminders sparrad spärrad kravstopp inkassostopp påminnelsespärr mahnsperre aanmaningblokkade purrestopp perintäkielto",
  sold: "sold factored factoring noxfinans såld sald factoringbolag fakturaköp verkauft abgetreten verkocht solgt overdratt myyty",
  remindedLevel:
    "reminderlevel lastissuedreminderlevel reminders reminderssent dunninglevel påminnelser påminnelsenivå kravnivå mahnstufe aanmaningsniveau rykkerniveau purringer purrenivå muistutukset",
  remindedDate:
    "lastreminddate lastreminderdate lastreminded remindeddate reminderdate senastepåminnelse påminnelsedatum mahndatum letztemahnung aanmaningsdatum rykkerdato purredato muistutuspäivä",
  paymentReference:
    "ocr ocrnumber ocrnummer kid kidnummer paymentreference betalningsreferens zahlungsreferenz viitenumero rfreference",
  creditedAmount: "credited amountcredited kreditert krediterat krediteret gutgeschrieben gecrediteerd hyvitetty",
  status: "status state invoicestatus fakturastatus tila",
  cancelled: "cancelled canceled voided void makulerad storniert geannuleerd annulleret kansellert mitätöity",
  draft: "notcompleted draft utkast ejklar entwurf concept kladde luonnos",
  reference:
    "reference ref message text memo description beskrivning meddelande referens referenz verwendungszweck kenmerk omschrijving referanse viite yourreference yourordernumber",
};

/** Lower case, without accents, brackets, signs and a trailing currency: `Belopp (SEK)` is `belopp`. */
export const normaliseName = (name: string): string =>
  name
    .replace(/\([^)]*\)|\[[^\]]*\]/g, "")
    .replace(/[\s_-]+(SEK|EUR|USD|GBP|DKK|NOK|CHF)$/i, "")
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ø", "o")
    .replaceAll("æ", "ae")
    .replaceAll("ß", "ss")
    .replaceAll(/[^a-z0-9]/g, "");

const lookup = new Map<ImportField, ReadonlyMap<string, number>>(
  ALL_FIELDS.map((field) => [
    field,
    new Map(NAMES[field].split(" ").map((name, rank) => [normaliseName(name), rank] as const)),
  ]),
);

/** How well a column name fits a field: 0 is best; undefined is not at all. */
export const nameRank = (field: ImportField, name: string): number | undefined =>
  lookup.get(field)?.get(normaliseName(name));

type Column = { readonly name: string; readonly samples: readonly string[] };

const isGuidColumn = ({ samples }: Column): boolean =>
  samples.length > 0 && samples.every((sample) => guid(sample.trim()) !== undefined);
const saysYesOrNo = ({ samples }: Column): boolean =>
  samples.length > 0 && samples.every((sample) => yesOrNo(sample) !== undefined && !/^\d+$/.test(sample));
const hasLetters = ({ samples }: Column): boolean =>
  samples.filter((sample) => /\p{L}{3}.*\s|\p{L}{6}/u.test(sample)).length * 2 > samples.length;

/**
 * Proposes which column means what, by its name and, where a name has two meanings (`customer` may be number, name or tenant),
 * by its samples. Each column means one field at most.
 */
export function proposeColumns(kind: ImportKind, columns: readonly Column[]): Partial<Record<ImportField, string>> {
  const fields: readonly ImportField[] = IMPORT_FIELDS[kind];
  const candidates = columns.flatMap((column) =>
    fields.flatMap((field) => {
      const rank = nameRank(field, column.name);
      const means = rank === undefined ? undefined : meant(field, column);
      return rank === undefined || means === undefined ? [] : [{ field: means, column, rank }];
    }),
  );
  const proposed: Partial<Record<ImportField, string>> = {};
  const used = new Set<string>();
  for (const { field, column } of candidates.sort(
    (a, b) => a.rank - b.rank || columns.indexOf(a.column) - columns.indexOf(b.column),
  )) {
    if (proposed[field] !== undefined || used.has(column.name)) continue;
    proposed[field] = column.name;
    used.add(column.name);
  }
  return proposed;
}

function meant(field: ImportField, column: Column): ImportField | undefined {
  // `Open: Yes` says whether something is open, not how much.
  if (field === "openAmount" || field === "paidAmount") return saysYesOrNo(column) ? undefined : field;
  if (field !== "customerNumber" && field !== "customerName") return field;
  if (isGuidColumn(column)) return "tenantId";
  const word = normaliseName(column.name);
  if (["customer", "kund", "kunde", "klant", "asiakas", "debiteur"].includes(word))
    return hasLetters(column) ? "customerName" : "customerNumber";
  return field;
}

/** What kind of file the columns look like. */
export function proposeKind(names: readonly string[]): ImportKind {
  const has = (field: ImportField) => names.some((name) => nameRank(field, name) !== undefined);
  const words = names.map(normaliseName).join(" ");
  if (/deposit|kaution|\bborg/.test(words) && !has("dueDate")) return "deposits";
  if (has("dueDate") || (has("invoiceNumber") && has("openAmount"))) return "invoices";
  return has("paymentNumber") || /payment|betal|zahlung|maksu|valuedate|inbetal/.test(words) ? "payments" : "invoices";
}

/** Whether a first line names columns rather than being data: known words, or no cell that is a number or a day. */
export function looksLikeHeader(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell.trim() !== "");
  const known = filled.filter((cell) => ALL_FIELDS.some((field) => nameRank(field, cell) !== undefined)).length;
  if (known >= 2) return true;
  const data = filled.filter(
    (cell) => /^[-+(]?[\d.,' \u00a0]+\)?$/.test(cell.trim()) || /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/.test(cell.trim()),
  ).length;
  return filled.length >= 2 && data === 0 && new Set(filled).size === filled.length;
}
