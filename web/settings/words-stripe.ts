import { defineWords } from "../i18n/define.ts";

/** Words of the Stripe tab. */
export const stripeSettingWords = defineWords({
  en: {
    "settings.tab.stripe": "Stripe",
    "settings.stripe": "Stripe",
    "settings.stripe.q": "How do card payments reach the ledger?",
    "settings.stripe.url": "Address of the webhook",
    "settings.stripe.how":
      "At Stripe, under Developers → Webhooks, add an endpoint with this address and the events below. Then enter its signing secret here. The desk must be reachable from the internet under this address.",
    "settings.stripe.events": { one: "{n} event to send", other: "{n} events to send" },
    "settings.stripe.who":
      "Give each customer at Stripe the metadata surety_customer = tenant id, and each payment surety_invoice = invoice number. Customers without it wait on the import page until somebody says whose they are.",
    "settings.stripe.secret": "Signing secret",
    "settings.stripe.secret.text":
      "Begins with whsec_. While you change it enter both, with a blank between: either holds.",
    "settings.stripe.test": "Events of the test mode change the ledger",
    "settings.stripe.test.text": "Only to try it out. Otherwise they are kept and have no effect.",
    "settings.stripe.came": "What came",
    "settings.stripe.came.q": "Does Stripe reach us?",
    "settings.stripe.never": "Nothing has come from Stripe yet",
    "settings.stripe.last": "Last event {at}",
    "settings.stripe.state.done": "Taken in",
    "settings.stripe.state.waiting": "Waiting for a customer",
    "settings.stripe.state.older": "Older than what is known",
    "settings.stripe.state.unused": "Nothing follows of them",
    "settings.stripe.state.refused": "Refused by the ledger",
  },
  sv: {
    "settings.tab.stripe": "Stripe",
    "settings.stripe": "Stripe",
    "settings.stripe.q": "Hur når kortbetalningar reskontran?",
    "settings.stripe.url": "Webhookens adress",
    "settings.stripe.how":
      "Lägg hos Stripe under Developers → Webhooks till en endpoint med denna adress och händelserna nedan. Ange sedan dess signeringshemlighet här. Servern måste kunna nås från internet på adressen.",
    "settings.stripe.events": { one: "{n} händelse att skicka", other: "{n} händelser att skicka" },
    "settings.stripe.who":
      "Ge varje kund hos Stripe metadata surety_customer = klient-id, och varje betalning surety_invoice = fakturanummer. Kunder utan den väntar på importsidan tills någon säger vems de är.",
    "settings.stripe.secret": "Signeringshemlighet",
    "settings.stripe.secret.text":
      "Börjar med whsec_. Under ett byte anger du båda med blanksteg emellan: båda gäller.",
    "settings.stripe.test": "Händelser i testläge ändrar reskontran",
    "settings.stripe.test.text": "Bara för att prova. Annars sparas de utan verkan.",
    "settings.stripe.came": "Vad som kommit",
    "settings.stripe.came.q": "Når Stripe oss?",
    "settings.stripe.never": "Inget har kommit från Stripe än",
    "settings.stripe.last": "Senaste händelsen {at}",
    "settings.stripe.state.done": "Intagna",
    "settings.stripe.state.waiting": "Väntar på en kund",
    "settings.stripe.state.older": "Äldre än det som är känt",
    "settings.stripe.state.unused": "Inget följer av dem",
    "settings.stripe.state.refused": "Nekade av reskontran",
  },
});
