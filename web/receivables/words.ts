import { defineWords } from "../i18n/define.ts";

/** Words of the `receivables` pages. Keys begin with `receivables.`. */
export const receivablesWords = defineWords({ en: {}, sv: {} });
