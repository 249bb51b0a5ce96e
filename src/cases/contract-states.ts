/** The tables of states, actions and outcomes: server, command line and buttons read the same ones. Free of schemas, so that the page can carry it. */

/** How bad, in Microsoft's own words for alerts. */
export const SEVERITIES = ["informational", "low", "medium", "high"] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * What kind of trouble a case is about. At most one case is open per customer and family; findings of the family fold into it.
 * `misuse`: someone uses the cloud against the rules, intruder or customer. `spend`: money runs against the agreement.
 * `payment`: the customer does not pay. `identity`: who they say they are is in doubt. `coverage`: we cannot see or act.
 */
export const CASE_FAMILIES = ["misuse", "spend", "payment", "identity", "coverage"] as const;
export type CaseFamily = (typeof CASE_FAMILIES)[number];

/** open: nobody has it. investigating: someone does. closed: judged, with a reason; it never opens again, a new case links to it. */
export const CASE_STATES = ["open", "investigating", "closed"] as const;
export type CaseState = (typeof CASE_STATES)[number];

/** What may be done to a case in which state; routes and buttons read the same table. */
export const CASE_ACTIONS = {
  assign: ["open", "investigating"],
  note: ["open", "investigating", "closed"],
  "add-document": ["open", "investigating", "closed"],
  tick: ["open", "investigating"],
  close: ["open", "investigating"],
  reopen: ["closed"],
  "record-refund": ["open", "investigating", "closed"],
} as const satisfies Record<string, readonly CaseState[]>;
export type CaseAction = keyof typeof CASE_ACTIONS;
export const mayNow = (action: CaseAction, state: CaseState): boolean =>
  (CASE_ACTIONS[action] as readonly CaseState[]).includes(state);

export const OUTCOMES = ["fraud", "legitimate", "ignore", "resolved", "unfounded", "accepted-loss"] as const;
export type Outcome = (typeof OUTCOMES)[number];
/** How a case of each family may end. For misuse the words are those that Microsoft is told. */
export const OUTCOMES_OF = {
  misuse: ["fraud", "legitimate", "ignore"],
  spend: ["resolved", "unfounded", "accepted-loss"],
  payment: ["resolved", "unfounded", "accepted-loss"],
  identity: ["resolved", "unfounded", "accepted-loss"],
  coverage: ["resolved", "unfounded", "accepted-loss"],
} as const satisfies Record<CaseFamily, readonly Outcome[]>;

/** Shortest reason that closing accepts, and the longest note. Characters. */
export const CLOSE_NOTE_MIN = 10;
export const NOTE_MAX = 4_000;
/** Largest file kept with a case. */
export const DOCUMENT_BYTES_MAX = 20 * 1024 * 1024;
/** Calendar days from the first fraudulent use within which the refund ticket must be filed. Source: GUIDANCE 1.3. */
export const REFUND_DAYS = 60;

export const STEP_STATES = ["todo", "doing", "done", "not-needed"] as const;
export type StepState = (typeof STEP_STATES)[number];
