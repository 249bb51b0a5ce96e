import { defineWords } from "../i18n/define.ts";

/** Words of the `cases` pages. Keys begin with `cases.`. */
export const casesWords = defineWords({ en: {}, sv: {} });
