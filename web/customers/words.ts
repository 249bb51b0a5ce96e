import { defineWords } from "../i18n/define.ts";

/** Words of the `customers` pages. Keys begin with `customers.`. */
export const customersWords = defineWords({ en: {}, sv: {} });
