import { type Diary, type HistoryInput, historyOf, preparedOf, tells } from "./testing.ts";

/** The ladder and the debt that the diaries tell of. */
export const LADDER = [
  { id: "r1", daysPastDue: 7, tell: tells("reminder"), noticeDays: 7 },
  { id: "r2", daysPastDue: 14, tell: tells("reminder-fee"), noticeDays: 7, effects: ["freeze-purchases"] },
  { id: "final", daysPastDue: 30, tell: tells("suspension-notice"), noticeDays: 10 },
  { id: "suspend", daysPastDue: 40, effects: ["suspend-seats"], approve: "one" },
] as const;
export const POLICY = preparedOf(LADDER);
/** Due on Thursday 1 January 2026. */
export const LATE = { id: "A", amount: "1000", issued: "2025-12-02", due: "2026-01-01" };
export const WHOLE = [
  "2026-01-08 tell r1",
  "2026-01-15 tell r2",
  "2026-01-15 do freeze-purchases",
  "2026-01-31 tell final",
  "2026-02-10 do suspend-seats",
];
export const open = (history: HistoryInput = { invoices: [LATE] }): Diary => ({
  history: historyOf(history),
  lines: [],
});
export const change = (diary: Diary, more: Partial<Diary["history"]>): void =>
  void (diary.history = { ...diary.history, ...more });
