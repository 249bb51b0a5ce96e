import { defineWords } from "../i18n/define.ts";

/** Words of the `spending` pages. Keys begin with `spending.`. */
export const spendingWords = defineWords({ en: {}, sv: {} });
