import { defineWords } from "../i18n/define.ts";

/** Words of signing in, the first run and one's own account. */
export const accessWords = defineWords({
  en: {
    "access.title": "Sign in",
    "account.scheme.auto": "Colours: as the system",
    "account.scheme.light": "Colours: light",
    "account.scheme.dark": "Colours: dark",
  },
  sv: {
    "access.title": "Logga in",
    "account.scheme.auto": "Färger: som systemet",
    "account.scheme.light": "Färger: ljust",
    "account.scheme.dark": "Färger: mörkt",
  },
});
