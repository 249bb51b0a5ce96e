/** The door of this slice. Its larger parts have contracts of their own: contract-event, -stream, -detector, -hit. */

/** Events this slice writes. */
export const ACTIVITY_EVENTS = {
  /** A batch was taken in. subject: the batch; data: intake, records, fresh, repeated, unknown, refused */
  taken: "activity.batch-taken",
  /** before, after: the version of a rule. why: what a person wrote. */
  ruleChanged: "activity.rule-changed",
  /** A rule was switched on, off or to shadow. */
  ruleSwitched: "activity.rule-switched",
  /** data: rule, values, reason, ticket, until */
  suppressed: "activity.suppressed",
  unsuppressed: "activity.suppression-lifted",
  /** Settings of a detector, for one customer or for all. */
  settingsChanged: "activity.settings-changed",
  heldForLaw: "activity.legal-hold-set",
  released: "activity.legal-hold-lifted",
  /** Days of events that were removed because their time was over. data: source, day, rows */
  forgotten: "activity.days-removed",
} as const;
