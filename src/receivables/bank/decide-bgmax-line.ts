import type { BankFault } from "./contract-statement.ts";

/** A line with tabs as blanks, padded to its 80 columns. */
export type BgLine = { readonly line: number; readonly code: string; readonly text: string; readonly hadTabs: boolean };

/** Columns as the specification counts them: 1-based, both ends included. */
export const columns = (line: BgLine, from: number, to: number): string => line.text.slice(from - 1, to);

export const bgFault = (
  line: BgLine | undefined,
  more: Pick<BankFault, "code" | "message" | "fix" | "read"> & { readonly column?: number },
): BankFault => ({ line: line?.line, ...more });
