import { z } from "zod";
import { dayJson, instantJson, moneyJson } from "../../core/wire.ts";

/** The door of the prediction: its wire forms. */

const reasonJson = z.object({ kind: z.string(), facts: z.record(z.string(), z.union([z.string(), z.number()])) });
const share = z.number().min(0).max(1);

export const judgedJson = z.object({
  /** The newest slice, which the model had not seen. */
  from: dayJson,
  to: dayJson,
  rows: z.number().int(),
  cameTrue: z.number().int(),
  auc: share,
  aucWithoutHistory: share,
  brier: z.number(),
  logLoss: z.number(),
  baseLogLoss: z.number(),
  /** Mean gap between what was said and what came true. */
  calibrationGap: z.number(),
  calibration: z.array(z.object({ said: share, came: share, rows: z.number().int() })),
});
export type JudgedWire = z.infer<typeof judgedJson>;

export const modelJson = z.object({
  number: z.number().int(),
  kind: z.enum(["late", "paid"]),
  state: z.enum(["in-use", "worse", "replaced"]),
  asOf: dayJson,
  learntAt: instantJson,
  invoices: z.number().int(),
  payers: z.number().int(),
  rows: z.number().int(),
  judged: judgedJson,
});
export type ModelWire = z.infer<typeof modelJson>;

/** `GET /api/collections/prediction`: what was learnt, and how far to trust it. */
export const predictionJson = z.object({
  /** Null = nothing is in use; `lack` says why. */
  paid: modelJson.nullable(),
  late: modelJson.nullable(),
  lack: z.array(
    z.object({
      kind: z.enum(["late", "paid"]),
      asOf: dayJson,
      rows: z.number().int(),
      payers: z.number().int(),
      rowsWanted: z.number().int(),
      payersWanted: z.number().int(),
    }),
  ),
  contact: z.object({
    kind: z.enum(["assumed", "estimated"]),
    /** Points that a call adds at an even chance. */
    points: z.number(),
    low: z.number().nullable(),
    high: z.number().nullable(),
    calls: z.number().int(),
    callsWanted: z.number().int(),
  }),
  past: z.array(modelJson),
});
export type PredictionWire = z.infer<typeof predictionJson>;

/** `GET /api/collections/accounts/:accountId/chances`: each open invoice, and the limit that we would propose. */
export const chancesJson = z.object({
  accountId: z.string(),
  day: dayJson,
  settled: z.number().int(),
  usualDaysLate: z.number().int().nullable(),
  invoices: z.array(
    z.object({
      invoiceId: z.string(),
      number: z.string(),
      open: moneyJson,
      dueOn: dayJson,
      /** Not due yet: that it will be late. Overdue: that it is paid within 30 days. Null = not known. */
      asks: z.enum(["late", "paid"]),
      chanceBps: z.number().int().nullable(),
      /** Day on which it will be paid by this payer's habit; null = no habit is known, or the day has passed. */
      expectedOn: dayJson.nullable(),
      reasons: z.array(reasonJson),
    }),
  ),
  proposedLimit: z.object({ limit: moneyJson.nullable(), reasons: z.array(reasonJson) }),
});
export type ChancesWire = z.infer<typeof chancesJson>;
