import { z } from "zod";
import { ROLES } from "../access/contract.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import { instantJson, moneyJson } from "../core/wire.ts";
import { STANDINGS } from "../customers/contract.ts";
import { portfolioExposureJson } from "../exposure/contract.ts";
import { answerAverageJson, noticeRowJson } from "../notices/contract.ts";
import { proposalRowJson } from "../response/contract.ts";
import type { Tx } from "../store/contract.ts";
import { type Feed, feedJson } from "../sync/contract.ts";

/** The signed-in person as the page sees them. */
export const personJson = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  twoFactor: z.boolean(),
});

/** What every page of the desk needs around it: whose desk, what time it is there, what waits, who is looking. */
export const deskJson = z.object({
  deskName: z.string(),
  /** IANA name; days and moments are written in this zone. */
  zone: z.string(),
  /** The desk's clock, which may be set in a demo or drill. */
  now: instantJson,
  /** Invented data: said on every page. */
  demo: z.boolean(),
  demoLoading: z.object({ done: z.number().int(), total: z.number().int(), step: z.string() }).nullable(),
  counts: z.object({
    notices: z.number().int(),
    /** True when an open notice's clock is running. */
    noticeClockRunning: z.boolean(),
    cases: z.number().int(),
    decisions: z.number().int(),
    customers: z.number().int(),
  }),
  me: personJson,
  /** The last check of the audit chain; null when it was never checked. */
  audit: z.object({ verifiedAt: instantJson, ok: z.boolean(), brokenSeq: z.string().nullable() }).nullable(),
  /** The language letters and new people get unless told otherwise. */
  language: z.enum(["en", "sv"]),
});
export type DeskWire = z.infer<typeof deskJson>;

/** What a search can find. */
export const SEARCH_KINDS = ["customer", "case", "notice", "proposal"] as const;
export const searchJson = z.object({
  results: z.array(z.object({ kind: z.enum(SEARCH_KINDS), id: z.string(), title: z.string(), detail: z.string() })),
});
export type SearchWire = z.infer<typeof searchJson>;
export type SearchHit = SearchWire["results"][number];

// ---- Today

/** One moment and what the 30-day average is if every open notice is answered then: `sumMinutes / count`, left exact. */
export const averagePointJson = z.object({ at: instantJson, sumMinutes: z.number().int(), count: z.number().int() });
export type AveragePoint = z.infer<typeof averagePointJson>;

/** The moments a person can still choose between. */
export const AVERAGE_CHOICES = ["by", "tonight", "tomorrow"] as const;
export const forecastJson = z.object({
  choices: z.array(averagePointJson.extend({ choice: z.enum(AVERAGE_CHOICES) })),
  /** The dashed line: the average at each of these moments if nothing is answered before. The first is now. */
  ahead: z.array(averagePointJson),
});

/** What falls due and costs money when it is missed. */
export const DUE_KINDS = ["renewals", "windows", "refunds", "dunning", "promises", "approvals"] as const;
export type DueKind = (typeof DUE_KINDS)[number];

/** A due cell: how many, and the one that comes first. `first` null with count 0 is "none". */
export const dueCellJson = z.object({
  kind: z.enum(DUE_KINDS),
  count: z.number().int(),
  first: z
    .object({
      customerName: z.string(),
      /** Subscription, ticket or proposal in Microsoft's words; null when the customer says it all. */
      what: z.string().nullable(),
      quantity: z.number().int().nullable(),
      /** When it is too late. */
      at: instantJson.nullable(),
      /** What renews, is refunded, is claimed or is saved; null is unknown. */
      amount: moneyJson.nullable(),
    })
    .nullable(),
});
export type DueCell = z.infer<typeof dueCellJson>;

/** What happened while nobody was in the office, when anything did. */
export const overnightJson = z.object({
  from: instantJson,
  to: instantJson,
  /** Notices that came, and how many of them were answered. */
  received: z.number().int(),
  answered: z.number().int(),
  contained: z.array(
    z.object({
      caseId: z.string().nullable(),
      caseNumber: z.string().nullable(),
      customerName: z.string(),
      /** Kind of the proposal that contained it. */
      kind: z.string(),
      /** Minutes from the notice to the verified effect; null when no notice came before it. */
      minutes: z.number().int().nullable(),
      /** What it saves in `per`; null is unknown. */
      saving: moneyJson.nullable(),
      per: z.string().nullable(),
    }),
  ),
});
export type OvernightWire = z.infer<typeof overnightJson>;

/** A feed with the exposure of the customers it does not reach. */
export const coverageJson = z.object({
  feeds: z.array(
    feedJson.extend({
      /** Exposure of the customers this feed does not reach; null is unknown. */
      unseen: moneyJson.nullable(),
    }),
  ),
  /** The ledger's newest fact; null when nothing was ever imported. */
  ledger: z.object({ recordedAt: instantJson.nullable(), customers: z.number().int() }).nullable(),
  /** Customers with Azure usage, and those of them with an agreed budget. */
  budgets: z.object({ withUsage: z.number().int(), withBudget: z.number().int() }).nullable(),
  /** Customers, and those of them of whose own tenant any log came, or was read and empty, in the last days. */
  logs: z.object({ customers: z.number().int(), seen: z.number().int() }),
});
export type CoverageWire = z.infer<typeof coverageJson>;

/** The parts of the page. One that could not be read is named in `unavailable` and null; the others stand. */
export const TODAY_PARTS = ["notices", "average", "due", "decisions", "exposure", "coverage", "overnight"] as const;
export type TodayPart = (typeof TODAY_PARTS)[number];

export const todayJson = z.object({
  asOf: instantJson,
  unavailable: z.array(z.enum(TODAY_PARTS)),
  overnight: overnightJson.nullable(),
  notices: z.object({ rows: z.array(noticeRowJson), total: z.number().int() }).nullable(),
  average: answerAverageJson.extend({ forecast: forecastJson }).nullable(),
  due: z.array(dueCellJson).nullable(),
  decisions: z.object({ rows: z.array(proposalRowJson), total: z.number().int(), mine: z.number().int() }).nullable(),
  exposure: portfolioExposureJson.nullable(),
  /** Standing of the customers among the largest. */
  standings: z.record(z.string(), z.enum(STANDINGS)),
  coverage: coverageJson.nullable(),
});
export type TodayWire = z.infer<typeof todayJson>;
/** Rows of clocks and of decisions that the first screen has room for. */
export const TODAY_ROWS = 6;

// ---- What main.ts passes; each may throw, the page then says which part is missing

/** Cells of one kind; main.ts joins customers, receivables and cases. */
export type DueOf = (tx: Tx, now: Temporal.Instant) => Promise<DueCell>;
/** Customers a feed could not read, by feed. */
export type MissingByFeed = (tx: Tx) => Promise<ReadonlyMap<Feed, readonly CustomerId[]>>;
/** Exposure per customer in the reporting currency; undefined is unknown, a customer that is absent is unknown too. */
export type ExposuresOf = (tx: Tx, ids: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, Money | undefined>>;
/** Name of the desk, its zone and language, and whether its data are invented. */
export type DeskOf = (tx: Tx) => Promise<Pick<DeskWire, "deskName" | "zone" | "demo" | "demoLoading" | "language">>;
/** The last check of the audit chain. */
export type AuditState = (tx: Tx) => Promise<DeskWire["audit"]>;
/** Counts of the rail. */
export type CountOf = (tx: Tx) => Promise<number>;
/** One slice's answer to the search, best first. */
export type SearchSource = (tx: Tx, text: string, limit: number) => Promise<readonly SearchHit[]>;
