import { defineWords } from "../i18n/define.ts";

/** Words of the `audit` pages. Keys begin with `audit.`. */
export const auditWords = defineWords({ en: {}, sv: {} });
