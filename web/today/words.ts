import { defineWords } from "../i18n/define.ts";

/** Words of the first screen. */
export const todayWords = defineWords({ en: { "today.title": "Today" }, sv: { "today.title": "I dag" } });
