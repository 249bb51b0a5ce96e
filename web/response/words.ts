import { defineWords } from "../i18n/define.ts";

/** Words of the `response` pages. Keys begin with `response.`. */
export const responseWords = defineWords({ en: {}, sv: {} });
