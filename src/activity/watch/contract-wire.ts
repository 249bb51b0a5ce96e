import { z } from "zod";
import { customerIdInput, instantInput, instantJson, pageOf, pageQuery } from "../../core/wire.ts";
import { LEVELS } from "../sigma/contract.ts";
import { SUPPRESS_FIELDS, SUPPRESS_MATCHES } from "./contract-suppress.ts";

/** Wire forms of hits, suppressions, filters, settings and of how the watch is. */
export const REASON_MIN = 10;
export const REASON_MAX = 1_000;
export const EXPIRY_DAYS_MAX = 366;
export const CONDITIONS_MAX = 10;
const VALUE_MAX = 500;
const count = z.number().int();

const customer = z.object({ id: z.string(), name: z.string().nullable() }).nullable();

/** What became of a hit. `nobody`: of no customer of ours; `counted`: informational. */
export const HIT_STATES = ["told", "suppressed", "inhibited", "shadow", "nobody", "counted", "retracted"] as const;
export type HitState = (typeof HIT_STATES)[number];
export const hitJson = z.object({
  id: z.string(),
  ruleId: z.string(),
  version: count,
  title: z.string(),
  titleSv: z.string(),
  level: z.enum(LEVELS),
  state: z.enum(HIT_STATES),
  customer,
  subscription: z.string().nullable(),
  at: instantJson,
  foundAt: instantJson,
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  /** source|id, oldest first. */
  events: z.array(z.string()),
  suppressedBy: z.string().nullable(),
  caseId: z.string().nullable(),
});
export type HitWire = z.infer<typeof hitJson>;
export const hitsQuery = z.object({
  ...pageQuery,
  rule: z.string().min(1).max(100).optional(),
  customer: customerIdInput.optional(),
  state: z.enum(HIT_STATES).optional(),
});
export const hitsJson = pageOf(hitJson);

export const conditionJson = z.object({
  field: z.enum(SUPPRESS_FIELDS),
  match: z.enum(SUPPRESS_MATCHES),
  value: z.string(),
});
/** Of what somebody wrote and what came of it. `state`: in force, ended by its time, or lifted. */
const written = {
  reason: z.string(),
  ticket: z.string().nullable(),
  author: z.string(),
  createdAt: instantJson,
  expiresAt: instantJson,
  state: z.enum(["in-force", "expired", "lifted"]),
  liftedAt: instantJson.nullable(),
  liftedBy: z.string().nullable(),
  liftedWhy: z.string().nullable(),
  /** Hits kept quiet; of a filter the events kept away. */
  hits: z.string(),
  lastHitAt: instantJson.nullable(),
};
export const suppressionJson = z.object({
  id: z.string(),
  rule: z.object({ id: z.string(), title: z.string().nullable() }).nullable(),
  conditions: z.array(conditionJson),
  /** Customers that the conditions name. */
  customers: z.array(z.object({ id: z.string(), name: z.string().nullable() })),
  ...written,
});
export type SuppressionWire = z.infer<typeof suppressionJson>;
export const filterJson = z.object({ id: z.string(), customer, title: z.string(), document: z.string(), ...written });
export type FilterWire = z.infer<typeof filterJson>;
export const suppressionsJson = z.object({
  suppressions: z.array(suppressionJson),
  filters: z.array(filterJson),
  asOf: instantJson,
});
export type SuppressionsWire = z.infer<typeof suppressionsJson>;

const reason = z.string().trim().min(REASON_MIN).max(REASON_MAX);
const ticket = z.string().trim().min(1).max(100).optional();
export const newSuppressionBody = z.strictObject({
  /** Absent: any rule. */
  ruleId: z.string().min(1).max(100).optional(),
  conditions: z
    .array(
      z.strictObject({
        field: z.enum(SUPPRESS_FIELDS),
        match: z.enum(SUPPRESS_MATCHES).default("is"),
        value: z.string().trim().min(1).max(VALUE_MAX),
      }),
    )
    .max(CONDITIONS_MAX),
  reason,
  ticket,
  expiresAt: instantInput,
});
export type NewSuppression = z.output<typeof newSuppressionBody>;
export const newFilterBody = z.strictObject({
  customerId: customerIdInput,
  /** YAML of one Sigma filter document. */
  document: z.string().min(1).max(20_000),
  reason,
  ticket,
  expiresAt: instantInput,
});
export type NewFilter = z.output<typeof newFilterBody>;
export const liftBody = z.strictObject({ why: z.string().trim().min(3).max(REASON_MAX) });
export const idParams = z.object({ id: z.uuid().toLowerCase() });
export const madeJson = z.object({ id: z.string() });

export const settingsJson = z.object({
  detectors: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      titleSv: z.string(),
      settings: z.array(
        z.object({
          name: z.string(),
          about: z.string(),
          unit: z.string(),
          standard: z.number(),
          min: z.number(),
          max: z.number(),
          /** For all customers; null: the standard. */
          value: z.number().nullable(),
          customers: z.array(
            z.object({
              id: z.string(),
              name: z.string().nullable(),
              value: z.number(),
              reason: z.string(),
              by: z.string(),
              at: instantJson,
            }),
          ),
        }),
      ),
    }),
  ),
});
export type SettingsWire = z.infer<typeof settingsJson>;
export const settingBody = z.strictObject({
  detectorId: z.string().min(1).max(100),
  /** Null: for all customers. */
  customerId: customerIdInput.nullable(),
  name: z.string().min(1).max(100),
  /** Null: back to what holds for all, or to the standard. */
  value: z.number().nullable(),
  reason,
});
export type SettingChange = z.output<typeof settingBody>;

const counters = z.object({
  matched: count,
  hits: count,
  retracted: count,
  failed: count,
  filtered: count,
});
/** How the live watch is, as its process last said. */
export const healthJson = z.object({
  /** `running`, `waiting` (nothing was heard for a while) or `never` (no process has watched yet). */
  state: z.enum(["running", "waiting", "never"]),
  heardAt: instantJson.nullable(),
  position: z.string(),
  end: z.string(),
  lagEvents: z.string(),
  /** Age of the oldest event that waits; 0 when none does. */
  lagSeconds: count,
  newestAt: instantJson.nullable(),
  events: z.string(),
  nobodys: z.string(),
  late: z.string(),
  lookBackDays: count,
  process: z
    .object({
      rulesRevision: z.string(),
      rules: count,
      broken: count,
      counters: z.object({
        events: count,
        nobodys: count,
        late: count,
        ahead: count,
        groups: count,
        entriesEvicted: count,
        ungrouped: count,
        tooLate: count,
      }),
      perRule: z.record(z.string(), counters),
      checkpointMs: count.nullable(),
    })
    .nullable(),
});
export type HealthWire = z.infer<typeof healthJson>;
