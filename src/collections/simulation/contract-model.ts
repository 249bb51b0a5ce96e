import { z } from "zod";

/**
 * What a contact does to the day on which a customer pays: assumed, since nobody knows how a customer would have answered a letter it never got.
 * All of it can be changed by the person who asks; results are shown with the range between half and one and a half times the effect.
 */
export const responseModel = z.strictObject({
  /** Days by which a payment that was still to come is brought forward, never before the day after the contact. */
  letterDays: z.coerce.number().int().min(0).max(60).default(3),
  callDays: z.coerce.number().int().min(0).max(60).default(5),
  freezeDays: z.coerce.number().int().min(0).max(60).default(4),
  suspendDays: z.coerce.number().int().min(0).max(60).default(8),
  /** Of what was invoiced while purchases would have been frozen, the share that would not have been bought. */
  frozenPercent: z.coerce.number().int().min(0).max(100).default(20),
  /** A suspension is called wrong when the debt was paid, disputed or found to be a hack's within so many days. */
  wrongDays: z.coerce.number().int().min(1).max(30).default(2),
  /** Staff minutes. */
  letterMinutes: z.coerce.number().int().min(0).max(240).default(1),
  callMinutes: z.coerce.number().int().min(0).max(240).default(12),
  approvalMinutes: z.coerce.number().int().min(0).max(240).default(6),
});
export type ResponseModel = z.output<typeof responseModel>;
export const DEFAULT_MODEL: ResponseModel = responseModel.parse({});

/** Least effect, the model as given, most effect: percent of the days by which contacts bring payments forward. */
export const RANGE = { low: 50, given: 100, high: 150 } as const;
/** A policy is not judged on fewer days than these. */
export const HISTORY_DAYS_MIN = 90;
/** Longest period of one simulation. */
export const SPAN_DAYS_MAX = 1_830;
/** Days past due at which the cash-in curve is read. */
export const CURVE_DAYS: readonly number[] = Array.from({ length: 19 }, (_, n) => n * 5);
