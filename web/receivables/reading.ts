import type { ImportKind, ImportMapping } from "../../src/receivables/contract-import.ts";

/** How a person reads a file, before it is read that way. */
export type Reading = { readonly kind: ImportKind; readonly mapping: ImportMapping; readonly hasHeader: boolean };
