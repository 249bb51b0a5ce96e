import { z } from "zod";
import { dayInput, dayJson, instantJson, moneyJson } from "../../core/wire.ts";
import { responseModel } from "./contract-model.ts";

/** Wire forms of simulations. */

export const SIMULATION_STATES = ["queued", "running", "done", "failed", "stopped"] as const;
export type SimulationState = (typeof SIMULATION_STATES)[number];
export const SIMULATION_EVENTS = {
  /** data: policies (id, version or "text", sha256), from, to. */
  started: "collections.simulation-started",
  /** data: accounts, invoices, seconds. */
  done: "collections.simulation-done",
  stopped: "collections.simulation-stopped",
} as const;
/** Why it failed: the text no longer reads, or there is less than 90 days of history. */
export const SIMULATION_FAULTS = ["too-little-history", "no-accounts", "policy-unreadable", "broke-off"] as const;

const policyRef = z.strictObject({
  policyId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  version: z.coerce.number().int().min(1).max(100_000),
});
export const simulationBody = z.strictObject({
  policy: policyRef,
  /** Another version to compare with; absent = what in fact happened. */
  against: policyRef.optional(),
  from: dayInput,
  to: dayInput,
  model: responseModel.prefault({}),
});
export const simulationParams = z.strictObject({ simulationId: z.uuid() });

const policyJson = z.object({ policyId: z.string(), version: z.number().int(), name: z.string(), sha256: z.string() });
export const modelJson = z.record(z.string(), z.number().int());
export const simulationRowJson = z.object({
  simulationId: z.string(),
  state: z.enum(SIMULATION_STATES),
  fault: z.enum(SIMULATION_FAULTS).nullable(),
  policy: policyJson,
  /** null = compared with what in fact happened. */
  against: policyJson.nullable(),
  from: dayJson,
  to: dayJson,
  startedBy: z.object({ id: z.string(), name: z.string() }),
  startedAt: instantJson,
  finishedAt: instantJson.nullable(),
  /** Accounts looked at, of all. */
  progress: z.object({ done: z.number().int(), of: z.number().int().nullable() }),
});
export type SimulationRowWire = z.infer<typeof simulationRowJson>;

const pair = z.object({
  /** null = not known: nothing was recorded of it. */
  base: z.number().int().nullable(),
  draft: z.number().int(),
});
const moneyPair = z.object({ base: moneyJson.nullable(), draft: moneyJson.nullable() });
/** Lists of customers behind the figures. */
export const SIMULATION_LISTS = [
  "told",
  "frozen",
  "suspended",
  "handed",
  "wrong",
  "renewal",
  "different",
  "all",
] as const;
export type SimulationList = (typeof SIMULATION_LISTS)[number];

export const curvePointJson = z.object({
  days: z.number().int(),
  /** Share of what fell due, in ten-thousandths; null = nothing fell due so long ago. */
  observedBps: z.number().int().nullable(),
  draftBps: z.number().int().nullable(),
  lowBps: z.number().int().nullable(),
  highBps: z.number().int().nullable(),
});
export const simulationResultJson = z.object({
  accounts: z.number().int(),
  invoices: z.number().int(),
  seconds: z.number(),
  /** Customers, by what happened to them. */
  customers: z.object({
    told: pair,
    frozen: pair,
    suspended: pair,
    handed: pair,
    wrong: pair,
    renewal: pair,
    different: z.number().int(),
  }),
  letters: pair,
  calls: pair,
  approvals: pair,
  staffMinutes: pair,
  frozenDaysMedian: pair,
  wrongs: z.object({ paidSoon: pair, disputed: pair, hacked: pair }),
  /** Average days late of invoices that were paid late, in tenths; null = there are none. */
  lateTenths: pair.nullable(),
  currencies: z.array(
    z.object({
      currency: z.string(),
      curve: z.array(curvePointJson),
      overdueEnd: moneyPair,
      writtenOff: moneyPair,
      /** Invoiced while purchases would have stood still, and the assumed share of it that would not have been bought. */
      frozenIssued: moneyPair,
      exposureAvoided: moneyPair,
    }),
  ),
  /** By the day, first to last: letters, calls, freezes, suspensions. */
  perDay: z.object({
    from: dayJson,
    base: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
    draft: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
  }),
  /** How far to trust it, as kinds and facts. */
  trust: z.array(
    z.object({
      level: z.enum(["known", "assumed", "weak"]),
      kind: z.enum([
        "facts-as-of",
        "response",
        "renewals-unknown",
        "joined-late",
        "few-suspensions",
        "few-handed",
        "no-notices",
        "effect-range",
      ]),
      facts: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
});
export type SimulationResultWire = z.infer<typeof simulationResultJson>;

export const simulationJson = z.object({
  row: simulationRowJson,
  model: modelJson,
  result: simulationResultJson.nullable(),
  /** Whether the reader has been noted as having looked at it. */
  seen: z.boolean(),
});
export type SimulationWire = z.infer<typeof simulationJson>;

const sideJson = z.object({
  letters: z.number().int(),
  calls: z.number().int(),
  toldOn: dayJson.nullable(),
  frozenOn: dayJson.nullable(),
  frozenDays: z.number().int(),
  suspendedOn: dayJson.nullable(),
  suspendedDays: z.number().int(),
  handedOn: dayJson.nullable(),
  renewalStoppedOn: dayJson.nullable(),
  restedDays: z.number().int(),
  wrong: z.enum(["paid-soon", "disputed", "hacked"]).nullable(),
  wrongDays: z.number().int().nullable(),
  overdueEnd: z.array(moneyJson),
});
export type SideWire = z.infer<typeof sideJson>;
export const simulatedAccountJson = z.object({
  accountId: z.string(),
  name: z.string(),
  base: sideJson,
  draft: sideJson,
  truth: z.object({ holds: z.array(z.string()), customerClass: z.string().nullable(), paidOn: dayJson.nullable() }),
});
export type SimulatedAccountWire = z.infer<typeof simulatedAccountJson>;
