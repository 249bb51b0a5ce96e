import { defineWords } from "../i18n/define.ts";

/** Words of the `notices` pages. Keys begin with `notices.`. */
export const noticesWords = defineWords({ en: {}, sv: {} });
