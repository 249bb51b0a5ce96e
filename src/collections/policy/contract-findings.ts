import type { FaultCode, Place } from "./contract.ts";

/** What the linter finds, with its words. "error" keeps a policy from being asked for; "warning" is shown and may stand. */
type Words = { readonly severity: "error" | "warning"; readonly en: string; readonly sv: string };

export const FINDINGS = {
  "step-unreachable": {
    severity: "error",
    en: "“{step}” asks for what cannot be: {condition}. No account ever reaches it.",
    sv: "”{step}” kräver något som inte kan inträffa: {condition}. Inget konto når dit.",
  },
  "condition-impossible": {
    severity: "error",
    en: "No data can satisfy {condition}.",
    sv: "Inga uppgifter kan uppfylla {condition}.",
  },
  "fact-without-feed": {
    severity: "error",
    en: "Nothing tells the desk {facts}: the condition would never match.",
    sv: "Inget ger oss {facts}: villkoret skulle aldrig uppfyllas.",
  },
  "fact-partly-without-feed": {
    severity: "warning",
    en: "Nothing tells the desk {facts}: a part of the condition never matches.",
    sv: "Inget ger oss {facts}: en del av villkoret uppfylls aldrig.",
  },
  "suspension-late": {
    severity: "warning",
    en: "Access is first touched {days} days past due; your own invoice from Microsoft is late after {partnerDays}.",
    sv: "Åtkomst begränsas först {days} dagar efter förfallodagen; er egen faktura från Microsoft är försenad efter {partnerDays}.",
  },
  "notice-missing": {
    severity: "error",
    en: "“{step}” touches access or hands over, and no earlier step tells the customer.",
    sv: "”{step}” begränsar åtkomst eller lämnar över, och inget tidigare steg meddelar kunden.",
  },
  "notice-short": {
    severity: "error",
    en: "The notice before “{step}” runs {days} days; at least {most} are needed.",
    sv: "Varslet före ”{step}” löper {days} dagar; minst {most} krävs.",
  },
  "notice-delays": {
    severity: "warning",
    en: "“{step}” stands at day {days}, but the notice of “{other}” runs to day {until}: it acts then.",
    sv: "”{step}” står på dag {days}, men varslet i ”{other}” löper till dag {until}: det verkställs då.",
  },
  "letter-unknown": {
    severity: "error",
    en: "There is no letter “{letter}”.",
    sv: "Det finns inget brev ”{letter}”.",
  },
  "letter-statements": {
    severity: "error",
    en: "Before “{step}” no letter says what must be said: send {letters} earlier.",
    sv: "Före ”{step}” säger inget brev det som måste sägas: skicka {letters} tidigare.",
  },
  "letter-incomplete": {
    severity: "error",
    en: "The letter “{letter}” lacks what {law} requires: {missing}.",
    sv: "Brevet ”{letter}” saknar det som {law} kräver: {missing}.",
  },
  "channel-unreachable": {
    severity: "error",
    en: "No customer has an address for {channel}.",
    sv: "Ingen kund har en adress för {channel}.",
  },
  "channel-partly-unreachable": {
    severity: "warning",
    en: "{count} of {all} customers have no address for {channel}: for them this step is not told, and later ones wait.",
    sv: "{count} av {all} kunder saknar adress för {channel}: för dem meddelas steget inte, och senare steg väntar.",
  },
  "fee-stacking": {
    severity: "error",
    en: "{charge} may not be added to the fixed compensation, which stands instead of it.",
    sv: "{charge} får inte läggas till förseningsersättningen, som gäller i stället.",
  },
  "fee-not-agreed": {
    severity: "warning",
    en: "{charge} is due only if agreed when the debt arose; this policy says it was not, so it is never charged.",
    sv: "{charge} får bara tas ut om det avtalats när skulden uppkom; enligt policyn är det inte avtalat, så det tas aldrig ut.",
  },
  "fee-without-sum": {
    severity: "warning",
    en: "{law} law gives no sum for {charge} and none is agreed: it is never charged.",
    sv: "{law}-rätt anger inget belopp för {charge} och inget är avtalat: det tas aldrig ut.",
  },
  "fee-above-law": {
    severity: "warning",
    en: "The agreed {charge} is above the {sum} that the law allows; only that is charged.",
    sv: "Avtalad {charge} överstiger de {sum} som lagen tillåter; bara det tas ut.",
  },
  "suspension-as-saving": {
    severity: "error",
    en: "The text presents the suspension of seats as a saving. Microsoft bills them to the end of the term.",
    sv: "Texten framställer avstängning av licenser som en besparing. Microsoft debiterar dem till periodens slut.",
  },
  "suspension-bills-on": {
    severity: "warning",
    en: "Microsoft bills suspended seats to the end of the term, and renews them: turn auto-renew off at or before “{step}”.",
    sv: "Microsoft debiterar avstängda licenser till periodens slut och förnyar dem: stäng av automatisk förnyelse i eller före ”{step}”.",
  },
  "step-order": {
    severity: "warning",
    en: "“{step}” (day {days}) is written after “{other}” (day {otherDays}).",
    sv: "”{step}” (dag {days}) står efter ”{other}” (dag {otherDays}).",
  },
  "step-gap": {
    severity: "warning",
    en: "“{step}” tells on the same day as “{other}”: the customer has no time between the two.",
    sv: "”{step}” meddelar samma dag som ”{other}”: kunden får ingen tid emellan.",
  },
  "step-empty": {
    severity: "warning",
    en: "“{step}” tells nobody, charges nothing and changes nothing.",
    sv: "”{step}” meddelar ingen, debiterar inget och ändrar inget.",
  },
  "step-in-grace": {
    severity: "warning",
    en: "“{step}” stands at day {days}, inside the {grace} days of grace: it waits for their end.",
    sv: "”{step}” står på dag {days}, inom de {grace} respitdagarna: det väntar tills de gått.",
  },
  "effect-before-due": {
    severity: "error",
    en: "“{step}” charges or acts on or before the due date.",
    sv: "”{step}” debiterar eller verkställer på eller före förfallodagen.",
  },
  "exemption-swallows": {
    severity: "warning",
    en: "Every account that reaches “{step}” is exempt from all it does ({condition}).",
    sv: "Varje konto som når ”{step}” är undantaget från allt det gör ({condition}).",
  },
  "tolerance-above-minimum": {
    severity: "warning",
    en: "Up to {tolerance} {currency} is left alone, so the minimum of {minimum} {currency} says nothing.",
    sv: "Upp till {tolerance} {currency} lämnas i fred, så minimigränsen {minimum} {currency} säger inget.",
  },
  "currency-missing": {
    severity: "warning",
    en: "{currencies} is not named: in it there is no lower limit.",
    sv: "{currencies} nämns inte: där finns ingen undre gräns.",
  },
  "amount-without-currency": {
    severity: "warning",
    en: "{condition} compares an amount with a number in every currency alike.",
    sv: "{condition} jämför ett belopp med ett tal lika i alla valutor.",
  },
  "rates-missing": {
    severity: "warning",
    en: "No reference rate is known from {days}: interest over those half-years is not charged. Add the rate with its source.",
    sv: "Ingen referensränta är känd från {days}: ränta för de halvåren tas inte ut. Lägg till räntan med källa.",
  },
  "rates-none": {
    severity: "error",
    en: "{law} law gives no interest rate: write by: contract with a rate.",
    sv: "{law}-rätt ger ingen räntesats: skriv by: contract med en sats.",
  },
  "approval-missing": {
    severity: "error",
    en: "“{step}” does what cannot simply be taken back ({effects}) and nobody approves it.",
    sv: "”{step}” gör något som inte enkelt kan tas tillbaka ({effects}) och ingen godkänner det.",
  },
  "approval-unused": {
    severity: "warning",
    en: "“{step}” only tells and charges: letters go by themselves, nobody is asked. Approvals are for effects.",
    sv: "”{step}” bara meddelar och tar ut avgifter: brev går av sig själva, ingen tillfrågas. Godkännanden gäller åtgärder.",
  },
  "holidays-unknown": {
    severity: "error",
    en: "The public holidays of {place} are not known.",
    sv: "Helgdagarna för {place} är inte kända.",
  },
} as const satisfies Record<string, Words>;
export type FindingCode = keyof typeof FINDINGS;
export type Severity = Words["severity"];

export type LintFinding = Place & {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly facts: Readonly<Record<string, string | number>>;
};

/** A finding as a sentence. */
export const findingText = ({ code, facts }: Pick<LintFinding, "code" | "facts">, language: "en" | "sv"): string =>
  FINDINGS[code][language].replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));

/** What a fault says in Swedish; in English it brings its own words. Source: the facts of `PolicyFault`. */
export const FAULTS_SV: Readonly<Record<FaultCode, string>> = {
  "text-too-long": "Texten är för lång (högst {most} tecken)",
  yaml: "Det här går inte att läsa som YAML",
  "too-deep": "För djupt nästlat (högst {most} nivåer)",
  aliases: "Hänvisningar till ankare som inte går att följa, eller för många",
  empty: "Texten innehåller ingen policy",
  missing: "En uppgift saknas",
  "unknown-key": "”{key}” hör inte hemma här",
  type: "Fel slags värde ({wanted} väntas)",
  choice: "Inte ett av valen: {choices}",
  range: "Värdet ligger utanför det tillåtna",
  length: "För kort eller för lång",
  format: "Inte på den form som läses",
  duplicate: "Samma namn förekommer två gånger",
  currency: "”{currency}” är ingen valuta",
  decimals: "{currency} har {most} decimaler",
  "time-zone": "Okänd tidszon",
  "contract-rate": "Avtalsränta kräver en sats, och bara den",
  expression: "Villkoret går inte att läsa",
  "expression-type": "Villkoret jämför sådant som inte hör ihop, eller ger inget ja eller nej",
  "expression-call": "Funktionen får inte användas i en policy",
  "expression-pattern": "Mönstret går inte att läsa",
  "expression-fact": "Det finns ingen sådan uppgift",
};
