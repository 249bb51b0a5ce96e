import { z } from "zod";
import { CASE_FAMILIES } from "../../cases/contract-states.ts";
import { instantJson } from "../../core/wire.ts";
import { ABUSES, CONTAINMENTS } from "../contract-detector.ts";
import { SOURCES } from "../contract-event.ts";
import { LEVELS } from "../sigma/contract.ts";
import { RULE_KINDS, RULE_ORIGINS, RULE_STATES } from "./contract.ts";

/** Wire forms of rules: lists, versions, and what is asked of them. */
const count = z.number().int();
const texts = z.array(z.string());

export const ruleCardJson = z.object({
  title: z.string(),
  titleSv: z.string(),
  level: z.enum(LEVELS),
  family: z.enum(CASE_FAMILIES),
  abuse: z.array(z.enum(ABUSES)),
  why: z.string(),
  sources: z.array(z.enum(SOURCES)),
  falsePositives: texts,
  runbook: z.string(),
  attack: texts,
  covers: z.string(),
  contain: z.enum(CONTAINMENTS),
  fold: texts,
  description: z.string(),
  author: z.string(),
  date: z.string(),
  status: z.string(),
  license: z.string(),
  references: texts,
  related: z.array(z.object({ id: z.string(), type: z.string() })),
  fields: texts,
  logsources: z.array(
    z.object({ category: z.string().optional(), product: z.string().optional(), service: z.string().optional() }),
  ),
  correlation: z.object({ type: z.string(), timespanMs: z.number(), groupBy: texts }).nullable(),
  examples: count,
});
export type RuleCardWire = z.infer<typeof ruleCardJson>;

export const hitTotalsJson = z.object({
  week: count,
  month: count,
  /** Of those of the month, hits in shadow. */
  shadow: count,
  /** Customers hit in the month. */
  customers: count,
  lastAt: instantJson.nullable(),
});
export type HitTotalsWire = z.infer<typeof hitTotalsJson>;

const rowShape = {
  ruleId: z.string(),
  kind: z.enum(RULE_KINDS),
  origin: z.enum(RULE_ORIGINS),
  state: z.enum(RULE_STATES),
  version: count,
  newest: count,
  upstream: count.nullable(),
  /** It runs another text than Surety ships, or the import brought. */
  differs: z.boolean(),
  isWithdrawn: z.boolean(),
  changedAt: instantJson,
  hits: hitTotalsJson,
  /** Fields its conditions ask for that no event ever had; null = not known. */
  unseenFields: texts.nullable(),
};
export const ruleRowJson = z.object({
  ...rowShape,
  title: z.string(),
  titleSv: z.string(),
  level: z.enum(LEVELS),
  abuse: z.array(z.enum(ABUSES)),
  sources: z.array(z.enum(SOURCES)),
  author: z.string(),
});
export type RuleRowWire = z.infer<typeof ruleRowJson>;
export const rulesJson = z.object({ rows: z.array(ruleRowJson), revision: z.string() });
export type RulesWire = z.infer<typeof rulesJson>;

export const versionRowJson = z.object({
  version: count,
  author: z.string(),
  at: instantJson,
  why: z.string(),
  /** It came from outside: Surety, or an import. */
  isUpstream: z.boolean(),
  tests: z.object({ passed: count, failed: count }).nullable(),
  /** A backtest of it ran to its end. */
  isTried: z.boolean(),
});
export type VersionRowWire = z.infer<typeof versionRowJson>;

export const settingJson = z.object({
  name: z.string(),
  about: z.string(),
  unit: z.string(),
  standard: z.number(),
  min: z.number(),
  max: z.number(),
});

export const ruleFaultJson = z.object({
  line: count,
  column: count,
  code: z.string(),
  message: z.string(),
  rule: z.string().nullable(),
});
export type RuleFaultWire = z.infer<typeof ruleFaultJson>;

export const ruleJson = z.object({
  ...rowShape,
  card: ruleCardJson,
  stateWhy: z.string(),
  stateBy: z.string(),
  stateAt: instantJson,
  /** null = a detector. */
  text: z.string().nullable(),
  /** It judges customers once an hour, without events: nothing to explain, nothing to run over. */
  isSweep: z.boolean(),
  versions: z.array(versionRowJson),
  settings: z.array(settingJson),
  /** The text in use can no longer be read. */
  faults: z.array(ruleFaultJson),
  /** Hits a day of the last 30, oldest first. */
  days: z.array(z.object({ day: z.string(), hits: count, shadow: count })),
});
export type RuleWire = z.infer<typeof ruleJson>;
export const runbookParams = z.strictObject({ name: z.string().max(100) });
export const runbookJson = z.object({ name: z.string(), text: z.string() });
export type RunbookWire = z.infer<typeof runbookJson>;
export const fieldsJson = z.object({ fields: z.array(z.object({ name: z.string(), about: z.string() })) });
export type FieldsWire = z.infer<typeof fieldsJson>;
export const examplesJson = z.object({
  rows: z.array(
    z.object({
      name: z.string(),
      wanted: z.string().nullable(),
      got: z.string().nullable(),
      isRight: z.boolean(),
      events: count,
    }),
  ),
});
export type ExamplesWire = z.infer<typeof examplesJson>;
export const versionJson = z.object({ version: count, text: z.string().nullable(), card: ruleCardJson });
export type VersionWire = z.infer<typeof versionJson>;

export const ruleParams = z.strictObject({ ruleId: z.string().min(1).max(100) });
export const versionParams = z.strictObject({
  ...ruleParams.shape,
  version: z.coerce.number().int().min(1).max(10_000),
});

const why = z.string().trim().max(2_000);
export const saveBody = z.strictObject({
  text: z.string().min(1).max(200_000),
  why,
  state: z.enum([...RULE_STATES, "draft"]),
  ruleId: z.string().max(100).optional(),
  basedOn: z.coerce.number().int().min(1).optional(),
});
export const switchBody = z.strictObject({
  state: z.enum(RULE_STATES),
  version: z.coerce.number().int().min(1).optional(),
  why,
});
export const savedJson = z.object({ ruleId: z.string(), version: count, state: z.enum(RULE_STATES) });
export type SavedWire = z.infer<typeof savedJson>;

/* ---- why did it fire, or not ---- */

export const eventRefJson = z.object({ source: z.enum(SOURCES), id: z.string() });
export type ExplainedNode = {
  readonly kind: "and" | "or" | "not" | "test";
  readonly label: string | null;
  readonly holds: boolean;
  readonly of: readonly ExplainedNode[];
  readonly test: {
    readonly field: string;
    readonly wanted: string;
    readonly found: readonly string[];
    readonly whyNot: "absent" | "value" | "case" | "present" | "turned-round" | null;
  } | null;
};
export const explainedNodeJson: z.ZodType<ExplainedNode> = z.object({
  kind: z.enum(["and", "or", "not", "test"]),
  label: z.string().nullable(),
  holds: z.boolean(),
  get of() {
    return z.array(explainedNodeJson);
  },
  test: z
    .object({
      field: z.string(),
      wanted: z.string(),
      found: texts,
      whyNot: z.enum(["absent", "value", "case", "present", "turned-round"]).nullable(),
    })
    .nullable(),
});

export const briefEventJson = z.object({
  ...eventRefJson.shape,
  at: instantJson,
  operation: z.string(),
  outcome: z.string(),
  actor: z.string().nullable(),
  customer: z.string().nullable(),
  ip: z.string().nullable(),
  resource: z.string().nullable(),
});
export type BriefEventWire = z.infer<typeof briefEventJson>;

export const explainBody = z.strictObject({
  ruleId: z.string().max(100).optional(),
  version: z.coerce.number().int().min(1).optional(),
  text: z.string().min(1).max(200_000).optional(),
  event: z.union([
    z.strictObject({ source: z.enum(SOURCES), id: z.string().min(1).max(500) }),
    /** A record as JSON text, of any shape. */
    z.strictObject({ json: z.string().min(2).max(500_000) }),
  ]),
});
export const explainedRuleJson = z.object({
  title: z.string(),
  name: z.string().nullable(),
  /** Its own alerts count; else it only serves a correlation. */
  isAlerting: z.boolean(),
  logsource: z.object({ wanted: z.string(), found: texts, fits: z.boolean() }),
  holds: z.boolean(),
  tree: explainedNodeJson,
});
export const explainedCorrelationJson = z.object({
  title: z.string(),
  type: z.string(),
  timespanMs: z.number(),
  isAlerting: z.boolean(),
  holds: z.boolean(),
  /** Base rules (or correlations) of it that this event is of; none = the event does not reach it. */
  reachedBy: texts,
  group: z.array(z.object({ field: z.string(), value: z.string().nullable() })),
  /** What was counted in the window that ends with this event. */
  window: z
    .object({
      from: instantJson,
      until: instantJson,
      /** null = nothing to count. */
      figure: z.number().nullable(),
      thresholds: texts,
      values: texts,
      seen: z.array(z.object({ rule: z.string(), count })),
      missing: texts,
      events: z.array(z.object({ rule: z.string(), event: briefEventJson })),
    })
    .nullable(),
});
export const explainedDetectorJson = z.object({
  groups: z.array(
    z.object({
      group: z.string(),
      kept: z.array(z.object({ at: instantJson, facts: z.record(z.string(), z.unknown()), isThis: z.boolean() })),
      keptCount: count,
      hits: z.array(
        z.object({
          at: instantJson,
          level: z.enum(LEVELS),
          key: z.string(),
          facts: z.record(z.string(), z.union([z.string(), z.number()])),
          hasThis: z.boolean(),
        }),
      ),
    }),
  ),
  settings: z.record(z.string(), z.number()),
  portfolioKnown: z.boolean(),
  spanMs: z.number(),
});
export const explainJson = z.object({
  fires: z.boolean(),
  event: briefEventJson,
  rules: z.array(explainedRuleJson),
  correlations: z.array(explainedCorrelationJson),
  detector: explainedDetectorJson.nullable(),
  /** Filter of the customer that keeps this event away from the rule. */
  filteredBy: z.string().nullable(),
  /** Events of before that were looked at, and whether there were more than may be. */
  looked: z.object({ events: count, isCut: z.boolean() }),
  faults: z.array(ruleFaultJson),
});
export type ExplainWire = z.infer<typeof explainJson>;

/* ---- try a text on events ---- */

export const tryBody = z.strictObject({
  text: z.string().min(1).max(200_000),
  events: z.union([
    z.strictObject({
      /** Hours back from now. */
      hours: z.coerce
        .number()
        .min(0.1)
        .max(24 * 90)
        .default(24),
      sources: z.array(z.enum(SOURCES)).max(SOURCES.length).optional(),
      customer: z.string().max(36).optional(),
      limit: z.coerce.number().int().min(1).max(50_000).default(10_000),
    }),
    /** Records as JSON: one, a list, or one a line. */
    z.strictObject({ json: z.string().min(2).max(900_000) }),
    /** The rule's own examples. */
    z.strictObject({ examples: z.literal(true) }),
  ]),
});
export const lintJson = z.object({
  line: count,
  column: count,
  severity: z.enum(["error", "warning"]),
  code: z.string(),
  message: z.string(),
  /** What to write instead. */
  fix: z.string(),
});
export const madeOfJson = z.object({ field: z.string(), wanted: z.string(), found: texts });
export const tryJson = z.object({
  faults: z.array(ruleFaultJson),
  lint: z.array(lintJson),
  /** Events that were looked at, and what stopped it before their end. */
  seen: count,
  cut: z.enum(["none", "time", "events", "matches"]),
  ms: count,
  from: instantJson.nullable(),
  until: instantJson.nullable(),
  hits: count,
  matches: z.array(
    z.object({
      event: briefEventJson,
      rule: z.string(),
      level: z.enum(LEVELS),
      /** The event alone; else the number of events of a correlation. */
      of: count,
      customer: z.string().nullable(),
      because: z.array(madeOfJson),
    }),
  ),
  /** Records of the pasted JSON that could not be read. */
  unread: count,
  examples: z.array(z.object({ name: z.string(), wanted: z.boolean(), got: z.boolean() })),
});
export type TryWire = z.infer<typeof tryJson>;
