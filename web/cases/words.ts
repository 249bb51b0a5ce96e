import { caseEventWords } from "./words-events.ts";
import { casePageWords } from "./words-page.ts";
import { casePanelWords } from "./words-panels.ts";
import { playbookWords } from "./words-playbook.ts";

/** Words of the `cases` pages, of findings and their evidence, of playbooks, and of the slice's events. */
export const casesWords = {
  en: { ...casePageWords.en, ...casePanelWords.en, ...playbookWords.en, ...caseEventWords.en },
  sv: { ...casePageWords.sv, ...casePanelWords.sv, ...playbookWords.sv, ...caseEventWords.sv },
};
