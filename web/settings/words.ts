import { defineWords } from "../i18n/define.ts";

/** Words of the `settings` pages. Keys begin with `settings.`. */
export const settingsWords = defineWords({ en: {}, sv: {} });
