import { z } from "zod";
import { instantInput, instantJson, moneyJson } from "../../core/wire.ts";
import { LEVELS } from "../sigma/contract.ts";
import { eventRefJson } from "./contract-wire.ts";

/** Wire forms of backtests: a rule run over stored history beside the version in use. */
const count = z.number().int();

export const BACKTEST_STATES = ["queued", "running", "done", "failed", "stopped"] as const;
export const BACKTEST_FAULTS = ["rule-unreadable", "broke-off"] as const;
export const BACKTEST_DAYS_MAX = 400;
export const backtestBody = z.strictObject({
  ruleId: z.string().max(100).optional(),
  /** A version of the rule; absent with a text = the draft. */
  version: z.coerce.number().int().min(1).optional(),
  text: z.string().min(1).max(200_000).optional(),
  /** Other numbers of a detector. */
  settings: z.record(z.string().max(60), z.number()).optional(),
  from: instantInput,
  until: instantInput,
});
export const backtestParams = z.strictObject({ backtestId: z.uuid() });

const sampleJson = z.object({
  at: instantJson,
  customer: z.object({ id: z.string(), name: z.string() }).nullable(),
  level: z.enum(LEVELS),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  events: z.array(eventRefJson),
});
export type BacktestSampleWire = z.infer<typeof sampleJson>;
const sideJson = z.object({
  hits: count,
  /** Hits folded by fingerprint: what people would have seen. */
  findings: count,
  /** Hits that a suppression would have kept quiet, and events a customer's filter kept away. */
  muted: count,
  filtered: count,
  nobodys: count,
  customers: count,
  byCustomer: z.array(z.object({ id: z.string(), name: z.string(), hits: count })),
  perDay: z.array(count),
  /** What the customers that were hit owe or may cost, today; one sum a currency. null = not known. */
  money: z.array(moneyJson).nullable(),
});
export type BacktestSideWire = z.infer<typeof sideJson>;
export const backtestResultJson = z.object({
  events: count,
  firstAt: instantJson.nullable(),
  lastAt: instantJson.nullable(),
  /** First day of `perDay`, UTC. */
  firstDay: z.string(),
  seconds: z.number(),
  tried: sideJson,
  /** The version in use over the same events; null = there is none, or it is what was tried. */
  current: sideJson.nullable(),
  newly: z.object({ count, samples: z.array(sampleJson) }),
  noLonger: z.object({ count, samples: z.array(sampleJson) }),
  samples: z.array(sampleJson),
  limits: z.array(z.object({ kind: z.string(), facts: z.record(z.string(), z.union([z.string(), z.number()])) })),
});
export type BacktestResultWire = z.infer<typeof backtestResultJson>;
export const backtestRowJson = z.object({
  backtestId: z.string(),
  ruleId: z.string(),
  title: z.string(),
  state: z.enum(BACKTEST_STATES),
  fault: z.enum(BACKTEST_FAULTS).nullable(),
  /** null = a text that was no version. */
  version: count.nullable(),
  against: count.nullable(),
  isSettings: z.boolean(),
  from: instantJson,
  until: instantJson,
  startedBy: z.string(),
  startedAt: instantJson,
  finishedAt: instantJson.nullable(),
  progress: z.object({
    /** Of the time to look at, per mille. */
    permille: count,
    events: count,
    perSecond: count.nullable(),
    secondsLeft: count.nullable(),
  }),
});
export type BacktestRowWire = z.infer<typeof backtestRowJson>;
export const backtestJson = z.object({ row: backtestRowJson, result: backtestResultJson.nullable() });
export type BacktestWire = z.infer<typeof backtestJson>;
export const backtestsJson = z.object({ rows: z.array(backtestRowJson) });
export type BacktestsWire = z.infer<typeof backtestsJson>;

export const BACKTEST_EVENTS = {
  /** data: rule, version or null, from, until. */
  started: "activity.backtest-started",
  /** data: events, hits, seconds. */
  done: "activity.backtest-done",
  stopped: "activity.backtest-stopped",
} as const;
