import { defineWords } from "../i18n/define.ts";

/** Words of the `exposure` pages. Keys begin with `exposure.`. */
export const exposureWords = defineWords({
  en: {
    "exposure.trend": "Exposure over time",
    "exposure.trend.q": "Is it growing, and which part?",
    "exposure.trend.chart": "Exposure from {from} to {to}: {first} at first, {last} at last",
    "exposure.trend.day": "Day",
    "exposure.trend.total": "Exposure",
    "exposure.trend.limit": "Limit",
    "exposure.trend.few": "Kept day by day from today on",
    "exposure.trend.few.text": "The desk keeps one figure a day. A line appears when there are two.",
    "exposure.trend.days": "{n} d",
    "exposure.trend.span": "Days shown",
    "exposure.trend.partial": {
      one: "{n} day is a lower bound: parts were unknown",
      other: "{n} days are lower bounds: parts were unknown",
    },
    "exposure.trend.failed": "The trend could not be loaded",
    "exposure.part.open-not-due": "Open, not due",
    "exposure.part.open-overdue": "Overdue",
    "exposure.part.unbilled-usage": "Unbilled usage",
    "exposure.part.committed-term": "Committed term",
    "exposure.part.deposits": "Deposits",
    "problem.rates-unreadable":
      "A line of the rates cannot be read. Each is day, from, to, rate: 2026-11-16,EUR,SEK,11.2345.",
    "problem.rates-missing": "No rate was given.",
    "problem.rate-odd": "A rate needs two different currencies and must be above zero.",
    "problem.day-ahead": "That day lies ahead. Exposure is told up to today.",
  },
  sv: {
    "exposure.trend": "Exponering över tid",
    "exposure.trend.q": "Växer den, och vilken del?",
    "exposure.trend.chart": "Exponering från {from} till {to}: först {first}, sist {last}",
    "exposure.trend.day": "Dag",
    "exposure.trend.total": "Exponering",
    "exposure.trend.limit": "Gräns",
    "exposure.trend.few": "Sparas dag för dag från och med i dag",
    "exposure.trend.few.text": "Ett tal sparas per dag. En linje syns när det finns två.",
    "exposure.trend.days": "{n} d",
    "exposure.trend.span": "Dagar som visas",
    "exposure.trend.partial": {
      one: "{n} dag är en undre gräns: delar var okända",
      other: "{n} dagar är undre gränser: delar var okända",
    },
    "exposure.trend.failed": "Kurvan kunde inte läsas in",
    "exposure.part.open-not-due": "Öppet, ej förfallet",
    "exposure.part.open-overdue": "Förfallet",
    "exposure.part.unbilled-usage": "Ofakturerad användning",
    "exposure.part.committed-term": "Bunden period",
    "exposure.part.deposits": "Depositioner",
    "problem.rates-unreadable":
      "En rad med kurser kan inte läsas. Varje är dag, från, till, kurs: 2026-11-16,EUR,SEK,11.2345.",
    "problem.rates-missing": "Ingen kurs gavs.",
    "problem.rate-odd": "En kurs behöver två olika valutor och måste vara över noll.",
    "problem.day-ahead": "Den dagen ligger framåt. Exponering anges till och med i dag.",
  },
});
