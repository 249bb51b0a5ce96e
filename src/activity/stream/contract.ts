import { z } from "zod";
import type { CustomerId } from "../../core/ids.ts";
import { customerIdInput, dayJson, instantInput, instantJson } from "../../core/wire.ts";
import type { CustomerSummary } from "../../customers/contract.ts";
import type { Tx } from "../../store/contract.ts";
import { OUTCOMES, SOURCES } from "../contract-event.ts";
import type { EventRef } from "../contract-stream.ts";
import { RETENTION_CLASSES } from "./decide-filing.ts";

/** Wire forms of the search, coverage and keeping pages. */

/** Longest stretch that one search may span. */
export const SEARCH_DAYS_MAX = 1_100;
/** Stretch that is searched when none is told. */
export const SEARCH_HOURS_STANDARD = 24;
/** Rows of one export. */
export const EXPORT_ROWS_MAX = 100_000;
/** How long a search may look before it says how far back it came. */
export const SEARCH_MILLISECONDS_MAX = 5_000;
export const EXPORT_MILLISECONDS_MAX = 120_000;
const VALUE_CHARACTERS_MAX = 400;

const value = z.string().trim().min(1).max(VALUE_CHARACTERS_MAX);
const listOf = <T extends string>(known: readonly T[]) =>
  z
    .string()
    .max(400)
    .transform((text, context) => {
      const names = text.split(",").map((name) => name.trim());
      const wrong = names.find((name) => !(known as readonly string[]).includes(name));
      if (wrong === undefined) return names as T[];
      context.addIssue({ code: "custom", message: `"${wrong}" is none of ${known.join(", ")}` });
      return z.NEVER;
    });

/**
 * What a search asks. A value of `operation`, `actor`, `ip`, `resource` and `resourceType` is found anywhere in the field, `value*` at its beginning,
 * `"value"` as the whole of it; case does not matter. Words of `q` must all occur in the record; "a phrase" is one word.
 */
export const searchFilters = {
  from: instantInput.optional(),
  until: instantInput.optional(),
  source: listOf(SOURCES).optional(),
  customer: z.union([z.literal("none"), customerIdInput]).optional(),
  subscription: value.optional(),
  operation: value.optional(),
  outcome: listOf(OUTCOMES).optional(),
  actor: value.optional(),
  ip: value.optional(),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, "must be two letters, ISO 3166-1, such as SE")
    .transform((text) => text.toUpperCase())
    .optional(),
  resource: value.optional(),
  resourceType: value.optional(),
  region: value.optional(),
  intake: value.optional(),
  q: z.string().trim().min(1).max(VALUE_CHARACTERS_MAX).optional(),
};
export const searchQuery = z.strictObject(searchFilters);
export type SearchFilters = z.output<typeof searchQuery>;
/** Names of the filters, as they stand in an address. */
export const FILTER_NAMES = [
  "from",
  "until",
  "source",
  "customer",
  "subscription",
  "operation",
  "outcome",
  "actor",
  "ip",
  "country",
  "resource",
  "resourceType",
  "region",
  "intake",
  "q",
] as const satisfies readonly (keyof SearchFilters)[];
export type FilterName = (typeof FILTER_NAMES)[number];

const customerJson = z.object({ id: z.string(), name: z.string() });
/** An event in a list: its columns, without the record. */
export const eventRowJson = z.object({
  source: z.enum(SOURCES),
  id: z.string(),
  shape: z.string(),
  at: instantJson,
  receivedAt: instantJson,
  intake: z.string(),
  customer: customerJson.nullable(),
  tenant: z.string().nullable(),
  subscription: z.string().nullable(),
  operation: z.string(),
  outcome: z.enum(OUTCOMES),
  actor: z.object({ id: z.string().nullable(), name: z.string().nullable() }).nullable(),
  ip: z.string().nullable(),
  country: z.string().nullable(),
  resource: z
    .object({ id: z.string().nullable(), type: z.string().nullable(), region: z.string().nullable() })
    .nullable(),
  /** The record told a time that cannot be; `at` is when it was received. */
  filed: z.enum(["too-early", "too-late"]).nullable(),
});
export type EventRowWire = z.infer<typeof eventRowJson>;

export const searchJson = z.object({
  rows: z.array(eventRowJson),
  nextCursor: z.string().nullable(),
  /** The search stopped before its end: everything from here on was looked at, the rest was not. Going on with `nextCursor` looks further. */
  searchedBack: instantJson.nullable(),
  from: instantJson,
  until: instantJson,
});
export type SearchWire = z.infer<typeof searchJson>;

export const histogramJson = z.object({
  from: instantJson,
  until: instantJson,
  /** Width of a bucket. */
  seconds: z.number().int(),
  /** Buckets that have events, oldest first; `at` is where the bucket begins. */
  buckets: z.array(z.object({ at: instantJson, count: z.number().int(), failures: z.number().int() })),
  total: z.number().int(),
  countedBack: instantJson.nullable(),
});
export type HistogramWire = z.infer<typeof histogramJson>;

/** A rule that an event is part of a hit of. */
export const eventHitJson = z.object({
  ruleId: z.string(),
  title: z.string(),
  titleSv: z.string().nullable(),
  level: z.string(),
  at: instantJson,
  shadow: z.boolean(),
  caseId: z.string().nullable(),
});
export type EventHit = z.infer<typeof eventHitJson>;
/** Hits by the name of the event (`eventRefText`). Given by watch. */
export type HitsOf = (tx: Tx, refs: readonly EventRef[]) => Promise<ReadonlyMap<string, readonly EventHit[]>>;

export const eventDetailJson = eventRowJson.extend({
  /** Every normalised field that is told, as text by its dotted name, in the order of the catalogue. */
  fields: z.array(z.object({ name: z.string(), value: z.string() })),
  changes: z.array(z.object({ name: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
  raw: z.unknown(),
  hits: z.array(eventHitJson),
});
export type EventDetail = z.infer<typeof eventDetailJson>;

/** Filters as they stand in an address. */
const filterTexts = z.partialRecord(z.enum(FILTER_NAMES), z.string().max(VALUE_CHARACTERS_MAX));
export const savedSearchBody = z.strictObject({
  name: z.string().trim().min(1).max(80),
  filters: filterTexts,
  /** `24h`, `7d`: searched back from the moment it is opened, instead of from and until. */
  last: z
    .string()
    .regex(/^\d{1,4}[hd]$/)
    .optional(),
  shared: z.boolean(),
});
export const savedSearchJson = z.object({
  id: z.string(),
  name: z.string(),
  filters: filterTexts,
  last: z.string().nullable(),
  shared: z.boolean(),
  owner: z.object({ id: z.string(), name: z.string() }),
  mine: z.boolean(),
  savedAt: instantJson,
});
export type SavedSearch = z.infer<typeof savedSearchJson>;

/** How a feed of a customer stands. `unknown`: too little was told to know its rhythm. */
export const FEED_STATES = ["stopped", "late", "unknown", "on-time"] as const;
export const CUSTOMER_STATES = ["never", ...FEED_STATES] as const;
export type FeedState = (typeof FEED_STATES)[number];
export type CustomerState = (typeof CUSTOMER_STATES)[number];

export const gapJson = z.object({
  from: instantJson,
  /** Null: it lasts. */
  until: instantJson.nullable(),
  /** silent: nothing was told for longer than usual. unread: the pull did not read this stretch. */
  kind: z.enum(["silent", "unread"]),
});
export const feedJson = z.object({
  source: z.enum(SOURCES),
  feed: z.string(),
  state: z.enum(FEED_STATES),
  firstAt: instantJson,
  lastAt: instantJson,
  lastReceived: instantJson,
  events: z.string(),
  /** How old the newest event was when it came, in the newest round; an older stretch that is caught up on does not count. Null when not told. */
  lagSeconds: z.number().int().nullable(),
  /** Longest silence that is usual, in hours; null when not known. */
  usualHours: z.number().int().nullable(),
  gaps: z.array(gapJson),
});
export type FeedWire = z.infer<typeof feedJson>;
export const coverageRowJson = z.object({
  /** Null: events of nobody we know. */
  customer: customerJson.nullable(),
  state: z.enum(CUSTOMER_STATES),
  feeds: z.array(feedJson),
});
export type CoverageRow = z.infer<typeof coverageRowJson>;
export const coverageSummaryJson = z.object({
  customers: z.number().int(),
  byState: z.record(z.enum(CUSTOMER_STATES), z.number().int()),
  /** Events of nobody we know. */
  ownerless: z.string(),
  /** Events in no shape we know. */
  unknown: z.string(),
  /** When the ledger of feeds last followed the events; null before it ever did. */
  followedUntil: instantJson.nullable(),
});
export type CoverageSummary = z.infer<typeof coverageSummaryJson>;

export const retentionJson = z.object({
  classes: z.array(
    z.object({ class: z.enum(RETENTION_CLASSES), days: z.number().int(), standardDays: z.number().int() }),
  ),
  oldestDay: dayJson.nullable(),
  days: z.number().int(),
  holds: z.array(
    z.object({
      id: z.string(),
      customer: customerJson,
      reason: z.string(),
      setBy: z.string(),
      setAt: instantJson,
      liftedBy: z.string().nullable(),
      liftedAt: instantJson.nullable(),
      liftedWhy: z.string().nullable(),
    }),
  ),
});
export type RetentionWire = z.infer<typeof retentionJson>;

/** What this part is handed of customers. */
export type CustomersDoor = {
  readonly customersByIds: (
    tx: Tx,
    ids: readonly CustomerId[],
  ) => Promise<ReadonlyMap<CustomerId, Pick<CustomerSummary, "name">>>;
  readonly allCustomerIds: (tx: Tx) => Promise<readonly CustomerId[]>;
};
