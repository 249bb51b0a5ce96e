/** Which dialog of the case page is open. */
export type Dialog = "close" | "hand-over" | "take-over" | "reopen" | undefined;
