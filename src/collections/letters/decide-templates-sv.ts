import type { Purpose } from "./contract.ts";

/** The templates that Surety brings, in Swedish. */
const CLOSING = `{{> objection}}

{{> contact}}

{{> creditor}}`;

export const TEMPLATES_SV: Readonly<Record<Purpose, string>> = {
  "heads-up": `Subject: {{#items.one}}Faktura {{oldest.number}} förfaller {{oldest.dueDay}}{{/items.one}}{{^items.one}}{{items.count}} fakturor från {{creditor.name}} förfaller snart{{/items.one}}
# Förfaller snart
Hej {{customer.name}},

det här är bara för att berätta vad som förfaller härnäst, så att inget kommer oväntat. Är betalningen redan på väg behöver ni inte göra något.

{{> items}}

{{> payment}}

{{> contact}}

{{> creditor}}`,
  "friendly-reminder": `Subject: En vänlig påminnelse: {{total.text}} till {{creditor.name}}
# En vänlig påminnelse
Hej {{customer.name}},

{{#items.one}}faktura {{oldest.number}} förföll {{oldest.dueDay}} och har inte nått oss än. Den kan helt enkelt ha blivit förbisedd.{{/items.one}}{{^items.one}}några av våra fakturor är inte betalda än; den äldsta förföll {{oldest.dueDay}}. De kan helt enkelt ha blivit förbisedda.{{/items.one}}

{{> items}}

{{> totals}}

{{> payment}}

${CLOSING}`,
  reminder: `Subject: Påminnelse: {{total.text}} förfallet till {{creditor.name}}
# Påminnelse
Hej {{customer.name}},

vi har ännu inte fått full betalning för det som står nedan. Den äldsta fakturan, {{oldest.number}}, är {{oldest.days}} försenad.

{{> items}}

{{> totals}}

{{> deadline}}

{{> payment}}

${CLOSING}`,
  "reminder-fee": `Subject: Påminnelse med avgifter: {{total.text}} förfallet till {{creditor.name}}
# Påminnelse
Hej {{customer.name}},

vi har påmint er tidigare men har inte fått full betalning. Den äldsta fakturan, {{oldest.number}}, är {{oldest.days}} försenad.

{{> items}}

{{> claims}}

{{> totals}}

{{> deadline}}

{{> payment}}

{{> consequences}}

${CLOSING}`,
  "auto-renew-notice": `Subject: Innan era abonnemang förnyas: {{total.text}} förfallet till {{creditor.name}}
# Innan era abonnemang förnyas
Hej {{customer.name}},

abonnemang hos er ska förnyas medan fakturor är obetalda. Vi vill gärna reda ut det innan en ny period börjar.

{{> items}}

{{> totals}}

{{> deadline}}

{{> payment}}

{{> consequences}}

${CLOSING}`,
  "freeze-notice": `Subject: Nya köp: {{total.text}} förfallet till {{creditor.name}}
# Om nya köp
Hej {{customer.name}},

fakturor är obetalda och den äldsta är {{oldest.days}} försenad. Nedan står vad det betyder för ert konto. Tjänster som ni redan använder berörs inte av detta brev.

{{> items}}

{{> totals}}

{{> payment}}

{{> consequences}}

${CLOSING}`,
  "suspension-notice": `Subject: Varsel{{#next.what}}: {{next.what}}{{/next.what}} – {{total.text}} förfallet till {{creditor.name}}
# Varsel{{#next.what}}: {{next.what}}{{/next.what}}
Till {{customer.name}}

Trots våra påminnelser är beloppen nedan obetalda. {{#next.day}}Betalas de inte sker följande, tidigast {{next.day}}.{{/next.day}} Berätta det för dem som är beroende av tjänsterna.

{{> items}}

{{> claims}}

{{> totals}}

{{> deadline}}

{{> payment}}

{{> consequences}}

${CLOSING}`,
  "final-demand": `Subject: Sista krav: {{total.text}} till {{creditor.name}}
# Sista krav
Till {{customer.name}}

Vi har skrivit till er tidigare och ber er nu för sista gången att betala kravet nedan eller att tala om varför ni inte är skyldiga det. Ni har {{letter.days}} på er, till och med {{letter.payBy}}.

{{> items}}

{{> claims}}

{{> totals}}

{{> deadline}}

{{> payment}}

{{> consequences}}

${CLOSING}`,
  "agency-notice": `Subject: Ert konto hos {{creditor.name}}: {{total.text}} obetalt
# Om kravet som fortfarande är obetalt
Till {{customer.name}}

Kravet nedan är obetalt trots att vi har krävt det. Vad vi gör härnäst, och från vilken dag, står nedan. Till dess kan ni betala till oss.

{{> items}}

{{> claims}}

{{> totals}}

{{> deadline}}

{{> payment}}

{{> consequences}}

${CLOSING}`,
  thanks: `Subject: Tack: ert konto hos {{creditor.name}} är reglerat
# Tack
Hej {{customer.name}},

vi har fått er betalning och inget är förfallet. Det som stoppats av den orsaken öppnas igen; är det något som inte fungerar som förut, säg till.

{{> contact}}

{{> creditor}}`,
  "broken-promise": `Subject: Ert löfte om betalning{{#promise.day}} senast {{promise.day}}{{/promise.day}}
# Om ert löfte
Hej {{customer.name}},

{{> promise}}

Har något kommit emellan, ring oss: tillsammans hittar vi en lösning. Är betalningen på väg behöver ni inte göra något.

{{> items}}

{{> totals}}

{{> payment}}

${CLOSING}`,
  "call-script": `# Ring {{customer.name}}
Presentera dig: du ringer från {{creditor.name}} och det gäller fakturor. Be att få tala med den som betalar dem, och nämn inga belopp för någon annan.

{{> items}}

{{> totals}}

# Fråga
- Har fakturorna kommit fram, och är något fel på dem?
- Är betalningen på väg? Vilket belopp, vilken dag?
- Om inte: vilket belopp kan betalas när? Skriv upp det som ett löfte.

# Om de har invändningar
{{> objection}}

{{#next.what}}Policyns nästa steg är: {{next.what}}{{#next.day}}, tidigast {{next.day}}{{/next.day}}. Säg det som en upplysning, aldrig som ett hot.{{/next.what}}`,
  sms: `{{creditor.name}}: {{total.text}} är förfallet sedan {{oldest.dueDay}}. {{#payment.short}}{{payment.short}}. {{/payment.short}}Redan betalt? Bortse från detta. Frågor: {{creditor.phone}}`,
};
