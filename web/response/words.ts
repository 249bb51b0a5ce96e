import { responseDetailWords } from "./words-detail.ts";
import { responseListWords } from "./words-list.ts";
import { responseWhyWords } from "./words-why.ts";

/** Words of the `response` pages. Keys begin with `response.`; refusals with `problem.`. */
export const responseWords = {
  en: { ...responseListWords.en, ...responseDetailWords.en, ...responseWhyWords.en },
  sv: { ...responseListWords.sv, ...responseDetailWords.sv, ...responseWhyWords.sv },
};
