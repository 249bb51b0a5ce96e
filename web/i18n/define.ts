/** A message: one sentence with named parameters, or one sentence per plural form, chosen by the parameter `n`. */
export type Word = string | { readonly one: string; readonly other: string };

/** The words of one slice in both languages; what `defineWords` gives. */
export type Words = { readonly en: Readonly<Record<string, Word>>; readonly sv: Readonly<Record<string, Word>> };

/**
 * Declares a slice's words. A key that one language has and the other lacks is a compile error.
 * Keys begin with the slice's name so that slices cannot meet: `notices.claim`.
 */
export const defineWords = <const En extends Readonly<Record<string, Word>>>(words: {
  readonly en: En;
  readonly sv: { readonly [Key in keyof NoInfer<En>]: Word };
}): { readonly en: { readonly [Key in keyof En]: Word }; readonly sv: { readonly [Key in keyof En]: Word } } => words;
