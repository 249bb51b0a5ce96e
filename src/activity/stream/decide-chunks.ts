/**
 * Days whose tables one statement may touch. PostgreSQL locks every table and index it plans for, out of a few thousand locks that all
 * connections share: a statement over years of days would leave none for the others.
 */
export const DAYS_A_STATEMENT = 32;
/** Days that one append may write in one transaction, for the same reason. */
export const DAYS_A_TRANSACTION = 128;

/** A list in pieces of at most so many. */
export const piecesOf = <T>(list: readonly T[], most: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / most) }, (_, n) => list.slice(n * most, (n + 1) * most));
