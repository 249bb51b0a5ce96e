import { passportMoneyWords } from "./words-money.ts";
import { peopleWords } from "./words-people.ts";
import { subscriptionWords } from "./words-subscriptions.ts";

/** Words of the risk passport, panel by panel. */
export const passportWords = {
  en: { ...passportMoneyWords.en, ...subscriptionWords.en, ...peopleWords.en },
  sv: { ...passportMoneyWords.sv, ...subscriptionWords.sv, ...peopleWords.sv },
};
