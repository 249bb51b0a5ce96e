import type { Money } from "../../core/money.ts";

/** Whole kronor. */
export const sek = (kronor: number): Money => ({ minor: BigInt(kronor) * 100n, currency: "SEK" });
