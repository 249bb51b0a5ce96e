/** Letters that do not come apart into a base letter and a mark, as people type them without the keyboard for it. */
const LETTERS: Readonly<Record<string, string>> = {
  ø: "o",
  æ: "ae",
  œ: "oe",
  ß: "ss",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

/** Longest search text that is looked up; more would only cost time. */
export const SEARCH_LENGTH_MAX = 100;

/** Lower case without accents, one blank between words: "Skärgård  Cloud" and "skargard cloud" meet. */
export const foldText = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[øæœßłđðþı]/g, (letter) => LETTERS[letter] ?? letter)
    .replaceAll(/\s+/g, " ")
    .trim();

/** What a customer is found by. */
export const searchText = (customer: {
  readonly id: string;
  readonly name: string;
  readonly domain?: string | undefined;
}): string => `${foldText(customer.name)} ${foldText(customer.domain ?? "")} ${customer.id}`;

/** The words of a search, folded, with the signs of LIKE made harmless. All of them must be found. */
export const searchPatterns = (text: string): readonly string[] =>
  foldText(text.slice(0, SEARCH_LENGTH_MAX))
    .split(" ")
    .filter((word) => word !== "")
    .slice(0, 6)
    .map((word) => `%${word.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`);
