import { defineWords } from "../i18n/define.ts";

/** Words of the `exposure` pages. Keys begin with `exposure.`. */
export const exposureWords = defineWords({ en: {}, sv: {} });
