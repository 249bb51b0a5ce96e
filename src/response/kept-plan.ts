import { z } from "zod";
import { type Json, toJson } from "../core/canonical.ts";
import { type Money, moneyFromJson } from "../core/money.ts";
import { moneyJson } from "../core/wire.ts";
import { EFFECT_KINDS, PROPOSAL_KINDS } from "./contract.ts";
import type { KeptPlan } from "./decide-approval.ts";

/** How a plan is kept in the database: money as text, days and instants as ISO text. Parsed when read, like any other input. */

const money = moneyJson.transform((value): Money => moneyFromJson(value));
const moneyOut = (value: Money) => ({ minor: value.minor.toString(), currency: value.currency });
const day = z.string().transform((text) => Temporal.PlainDate.from(text));
const instant = z.string().transform((text) => Temporal.Instant.from(text));
const orUndefined = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);
const effect = z.object({
  kind: z.enum(EFFECT_KINDS),
  lasting: z.boolean(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
});

const saving = z.union([
  z.object({ kind: z.literal("spend-stopped"), day: money, month: money, asOf: instant, unknownParts: z.number() }),
  z.object({ kind: z.literal("term-avoided"), amount: money, from: day }),
  z.object({ kind: z.literal("billing-paused"), month: money }),
  z.object({ kind: z.literal("nothing"), why: z.literal("bills-to-term-end"), until: orUndefined(day) }),
  z.object({
    kind: z.literal("nothing"),
    why: z.enum(["answer-stops-nothing", "spend-resumes", "nothing-left-to-stop"]),
  }),
  z.object({ kind: z.literal("unknown"), why: z.enum(["no-usage-yet", "no-price", "mixed-currencies"]) }),
]);
const undo = z.union([
  z.object({
    kind: z.literal("possible"),
    by: z.enum(PROPOSAL_KINDS),
    untilDay: orUndefined(day),
    withinDays: orUndefined(z.number()),
    restores: z.array(z.enum(EFFECT_KINDS)),
    keepsLost: z.array(z.enum(EFFECT_KINDS)),
  }),
  z.object({ kind: z.literal("none"), why: z.enum(["alert-answers-are-final", "it-is-an-undo"]) }),
]);
const answer = z.union([
  z.object({ status: z.literal("investigating") }),
  z.object({ status: z.literal("resolved"), reason: z.enum(["fraud", "legitimate", "ignore"]) }),
]);
const plan = z.object({
  saving,
  effects: z.array(effect),
  undo,
  answer: orUndefined(answer),
  basis: z.record(z.string(), z.string()),
  takesMinutes: z.number(),
});

/** Money is the one thing `toJson` would write otherwise than it is read. */
export function planToJson(kept: KeptPlan): Json {
  const { saving: s, ...rest } = kept;
  const amounts = Object.fromEntries(
    Object.entries(s).map(([key, value]) => [
      key,
      key === "day" || key === "month" || key === "amount" ? moneyOut(value as Money) : value,
    ]),
  );
  return toJson({ ...rest, saving: amounts });
}

export const planFromJson = (json: unknown): KeptPlan => plan.parse(json);
