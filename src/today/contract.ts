import { z } from "zod";
import { ROLES } from "../access/contract.ts";
import { instantJson } from "../core/wire.ts";

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
