import { z } from "zod";
import { customerIdInput, dayInput, dayJson, instantJson } from "../../core/wire.ts";
import { CHANNELS } from "../contract-policy.ts";
import { VERSION_STATES } from "./contract.ts";
import { FACT_FEEDS } from "./decide-facts.ts";
import { POLICY_CHARS_MAX } from "./decide-parse.ts";
import { RATE_SERIES } from "./law/decide-rates.ts";

/** Wire forms of policies: what the page reads and writes. */

const who = z.object({ id: z.string(), name: z.string() });
export const versionRowJson = z.object({
  policyId: z.string(),
  version: z.number().int(),
  name: z.string(),
  state: z.enum(VERSION_STATES),
  sha256: z.string(),
  madeBy: who,
  editedBy: who,
  editedAt: instantJson,
  askedBy: who.nullable(),
  askedAt: instantJson.nullable(),
  why: z.string().nullable(),
  approvedBy: who.nullable(),
  approvedAt: instantJson.nullable(),
  fromDay: dayJson.nullable(),
  /** First day on which it is not in force any more; null = open. */
  untilDay: dayJson.nullable(),
  position: z.number().int().nullable(),
  endedWhy: z.string().nullable(),
  /** Customers that accepted exactly this version. */
  accepted: z.number().int(),
  /** Who looked at a completed simulation of exactly this text. */
  seen: z.array(z.object({ simulationId: z.string(), name: z.string(), at: instantJson })),
});
export type VersionRowWire = z.infer<typeof versionRowJson>;

export const packJson = z.object({
  id: z.string(),
  name: z.object({ en: z.string(), sv: z.string() }),
  /** The pack of the desk's country. */
  isOffered: z.boolean(),
});
export const rateJson = z.object({
  series: z.enum(RATE_SERIES),
  from: dayJson,
  percent: z.string(),
  standing: z.enum(["official", "published", "single-source", "desk"]),
  source: z.string(),
  addedBy: z.string().nullable(),
  addedAt: instantJson.nullable(),
});
export type RateWire = z.infer<typeof rateJson>;
export const ratesJson = z.object({
  rates: z.array(rateJson),
  /** Half-years up to today for which nothing is known. */
  missing: z.array(z.object({ series: z.enum(RATE_SERIES), from: dayJson })),
});
export type RatesWire = z.infer<typeof ratesJson>;

/** What the linter in the page needs to know of the desk. */
export const lintFactsJson = z.object({
  day: dayJson,
  customers: z.number().int().nullable(),
  withoutAddress: z.partialRecord(z.enum(CHANNELS), z.number().int()).nullable(),
  feeds: z.array(z.enum(FACT_FEEDS)).nullable(),
  currencies: z.array(z.string()).nullable(),
  incompleteLetters: z
    .array(z.object({ letter: z.string(), law: z.enum(["SE", "EU", "UK", "US"]).nullable(), missing: z.string() }))
    .nullable(),
  holidays: z.array(z.string()),
  rates: z.array(rateJson),
});
export type LintFactsWire = z.infer<typeof lintFactsJson>;

export const policiesJson = z.object({
  /** In the order of the desk, newest version first within a policy. */
  versions: z.array(versionRowJson),
  packs: z.array(packJson),
  customers: z.number().int(),
  day: dayJson,
});
export type PoliciesWire = z.infer<typeof policiesJson>;

export const WHY_NOT = ["state", "not-publishable", "not-simulated", "own-question", "permission"] as const;
export const versionJson = z.object({
  row: versionRowJson,
  text: z.string(),
  /** The version in force before it, for the diff; null = none. */
  before: z.object({ version: z.number().int(), text: z.string() }).nullable(),
  /** Whether it may be asked for and approved now, by this person; the reason if not. */
  may: z.object({
    ask: z.object({ why: z.enum(WHY_NOT).nullable() }),
    approve: z.object({ why: z.enum(WHY_NOT).nullable() }),
  }),
});
export type VersionWire = z.infer<typeof versionJson>;

const policyId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);
const text = z.string().max(POLICY_CHARS_MAX);
const why = z.string().trim().min(3, "must say why, in at least 3 characters").max(2_000);
export const draftBody = z.union([
  z.strictObject({ pack: z.enum(["se", "eu", "uk", "us"]) }),
  z.strictObject({ copyOf: z.strictObject({ policyId, version: z.number().int().min(1) }) }),
  z.strictObject({ policyId, text }),
]);
export const saveBody = z.strictObject({
  text,
  /** Hash of the text that was changed: another's edit in between is a conflict. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export const askBody = z.strictObject({ why, fromDay: dayInput, position: z.number().int().min(1).max(50).default(1) });
export const whyBody = z.strictObject({ why });
export const noteBody = z.strictObject({ why: z.string().trim().max(2_000).optional() });
export const endBody = z.strictObject({ why, day: dayInput });
export const rateBody = z.strictObject({
  series: z.enum(RATE_SERIES),
  from: dayInput,
  percent: z.string().regex(/^-?\d{1,2}(\.\d{1,4})?$/, 'must be percent a year, e.g. "2.0"'),
  source: z.string().trim().min(5, "must say where the rate is published").max(300),
});
export const acceptBody = z.strictObject({
  customerId: customerIdInput,
  acceptedOn: dayInput,
  evidence: z.string().trim().min(3, "must say where the acceptance can be seen").max(500),
});
export const versionParams = z.object({ policyId, version: z.coerce.number().int().min(1).max(100_000) });
export const acceptancesJson = z.object({
  rows: z.array(
    z.object({
      customerId: z.string(),
      acceptedOn: dayJson,
      evidence: z.string(),
      recordedBy: z.string(),
      recordedAt: instantJson,
    }),
  ),
  accepted: z.number().int(),
  customers: z.number().int(),
});
export type AcceptancesWire = z.infer<typeof acceptancesJson>;

/** The public page: nothing but what a customer may see. */
export const publicPolicyJson = z.object({
  deskName: z.string(),
  language: z.enum(["en", "sv"]),
  policies: z.array(
    z.object({
      policyId: z.string(),
      version: z.number().int(),
      fromDay: dayJson,
      untilDay: dayJson.nullable(),
      name: z.object({ en: z.string(), sv: z.string().optional() }),
      about: z.object({ en: z.string(), sv: z.string().optional() }).nullable(),
      partnerTouchesAccessFrom: z.number().int().nullable(),
      steps: z.array(
        z.object({
          id: z.string(),
          name: z.object({ en: z.string(), sv: z.string().optional() }),
          daysPastDue: z.number().int(),
          noticeDays: z.number().int(),
          tell: z.array(z.enum(CHANNELS)),
          effects: z.array(z.string()),
          charges: z.array(z.string()),
        }),
      ),
      exemptions: z.array(z.object({ en: z.string(), sv: z.string().optional() })),
      sha256: z.string(),
    }),
  ),
});
export type PublicPolicyWire = z.infer<typeof publicPolicyJson>;
