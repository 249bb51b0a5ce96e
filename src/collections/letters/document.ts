import type { LetterDocument } from "./decide-model.ts";
import type { LetterRow } from "./store.ts";

/** The letter as it was decided, ready to be drawn. */
export const documentOf = (row: LetterRow): LetterDocument => ({
  language: row.language,
  place: row.place,
  subject: row.subject,
  blocks: row.blocks,
  facts: row.facts,
});
