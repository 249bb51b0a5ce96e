import { z } from "zod";
import { instantJson } from "../../core/wire.ts";

/** Logs of customers that the desk can read by itself, with delegated rights. Which of them it reads is a setting; none unless told. */
export const PULL_FEEDS = [
  "graph.directory-audits",
  "graph.sign-ins",
  "graph.risk-detections",
  "graph.alerts",
  "office.audit",
  "azure.activity",
] as const;
export type PullFeed = (typeof PULL_FEEDS)[number];

/**
 * How reading one feed of one customer stands. `no-licence`: Microsoft has no such log for this tenant. `no-consent`: our application was
 * never let in. `no-access`: let in, without the role for this log. `audit-off`: the customer does not keep the log. `gone`: there is no such
 * tenant or subscription any more. `throttled` and `failing` pass by waiting.
 */
export const PULL_STATES = [
  "never",
  "on-time",
  "behind",
  "no-licence",
  "no-consent",
  "no-access",
  "audit-off",
  "gone",
  "throttled",
  "failing",
] as const;
export type PullState = (typeof PULL_STATES)[number];

export const pullRowJson = z.object({
  customer: z.object({ id: z.string(), name: z.string().nullable() }),
  feed: z.enum(PULL_FEEDS),
  /** The Azure subscription or content type, when the feed has several. */
  part: z.string().nullable(),
  state: z.enum(PULL_STATES),
  /** Microsoft's own words, in English. */
  detail: z.string().nullable(),
  readUntil: instantJson.nullable(),
  triedAt: instantJson.nullable(),
  nextAt: instantJson,
  records: z.string(),
});
export type PullRow = z.infer<typeof pullRowJson>;

/** `GET /api/activity/pulls`: what is read, how it stands, and whom it cannot reach. */
export const pullsJson = z.object({
  feeds: z.array(
    z.object({
      feed: z.enum(PULL_FEEDS),
      enabled: z.boolean(),
      /** Customers by state; one with several parts stands as the worst of them. */
      byState: z.partialRecord(z.enum(PULL_STATES), z.number().int()),
    }),
  ),
  /** Those that cannot be read, worst first; at most 200. */
  troubled: z.array(pullRowJson),
});
export type PullsWire = z.infer<typeof pullsJson>;
