/** PostgreSQL's advisory locks are numbers shared by the whole database: every one this desk takes is listed here, once. */
export const ADVISORY_LOCK = {
  /** Two processes must not migrate at once. */
  migrate: 7_317_001,
  /** Two test files must not make the template database at once. */
  testTemplate: 7_317_002,
  /** One desk works off one embedded database. */
  desk: 7_317_003,
  /** The ledger is written by one import at a time. */
  ledger: 7_317_004,
  /** Positions of activity events are given out by one append at a time, until it is committed. */
  activityStream: 7_317_005,
  /** Days of activity events are made and dropped by one process at a time. */
  activityDays: 7_317_006,
  /** Rules are run over activity events by one process at a time. */
  activityWatch: 7_317_007,
  /** The last Global admin is counted by one change of people at a time. */
  people: 7_317_020,
  /** One run of a feed at a time; the feed's place in the list is added. Keep the hundred numbers from here free. */
  feeds: 7_318_000,
} as const;
