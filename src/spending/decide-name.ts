/** Lower case without accents: how names are ordered and found. */
export const foldName = (name: string): string =>
  name.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/\s+/g, " ").trim();

/** LIKE patterns of a search, one a word, with its signs made harmless. */
export const namePatterns = (text: string): readonly string[] =>
  foldName(text.slice(0, 100))
    .split(" ")
    .filter((word) => word !== "")
    .slice(0, 6)
    .map((word) => `%${word.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`);
