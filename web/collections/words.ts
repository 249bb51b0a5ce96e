import { defineWords } from "../i18n/define.ts";

/** Words of the collections pages: the work list, an account, promises, disputes. */
export const collectionsWords = defineWords({
  en: {
    "collections.tabs": "Collections pages",
    "collections.tab.list": "Work list",
    "collections.tab.policies": "Policies",
    "collections.tab.simulations": "Simulations",
    "collections.tab.promises": "Promises",
    "collections.tab.disputes": "Disputes",
    "collections.tab.letters": "Letters",
  },
  sv: {
    "collections.tabs": "Kravsidor",
    "collections.tab.list": "Arbetslista",
    "collections.tab.policies": "Kravpolicyer",
    "collections.tab.simulations": "Simuleringar",
    "collections.tab.promises": "Löften",
    "collections.tab.disputes": "Tvister",
    "collections.tab.letters": "Brev",
  },
});
