import { z } from "zod";
import { ROLES } from "../access/contract.ts";
import { dayInput, dayJson, instantJson, moneyInput, moneyJson, pageOf } from "../core/wire.ts";
import { PROPOSAL_STATES } from "../response/contract.ts";
import { CALL_OUTCOMES, DISPUTE_OUTCOMES, DISPUTE_REASONS, EFFECT_STATES, PROMISE_STATES } from "./contract.ts";
import { HOLD_KINDS } from "./contract-history.ts";
import { EFFECTS } from "./contract-policy.ts";

/** Wire forms of what people work with: holds, promises, calls and effects. Money is in the currency it is owed in. */

const why = z.string().trim().min(3, "must say why, in at least 3 characters").max(2_000);
const person = z.object({ id: z.string(), name: z.string() });
const by = z.object({ kind: z.enum(["person", "machine", "microsoft"]), id: z.string(), name: z.string() });
const words = z.object({ en: z.string(), sv: z.string().nullable() });

// ---- Holds: GET /api/collections/holds, POST /api/collections/accounts/:accountId/holds, …/holds/:holdId/{lift,extend}

export const HOLD_STATES = ["open", "ending", "ended"] as const;
export const holdJson = z.object({
  id: z.string(),
  kind: z.enum(HOLD_KINDS),
  state: z.enum(HOLD_STATES),
  accountId: z.string(),
  accountName: z.string().nullable(),
  invoice: z.object({ id: z.string(), number: z.string(), open: moneyJson.nullable() }).nullable(),
  reason: z.enum(DISPUTE_REASONS).nullable(),
  note: z.string(),
  from: dayJson,
  /** First day on which it no longer holds; null = until it is lifted. */
  until: dayJson.nullable(),
  owner: person.nullable(),
  /** `case`: follows an open case and ends with it. `ledger`: came with an imported invoice. */
  source: z.enum(["person", "case", "ledger"]),
  caseId: z.string().nullable(),
  outcome: z.enum(DISPUTE_OUTCOMES).nullable(),
  liftedWhy: z.string().nullable(),
  by: by.nullable(),
  at: instantJson,
});
export type HoldWire = z.infer<typeof holdJson>;
export const holdsJson = pageOf(holdJson).extend({
  counts: z.object({ open: z.number().int(), ending: z.number().int(), ended: z.number().int() }),
});
/** Kinds a person may place; `hacked` and `fraud-case` follow cases, and may be placed by hand before one is open. */
export const holdBody = z.strictObject({
  kind: z.enum(HOLD_KINDS),
  /** Needed for a dispute, refused for the others. */
  invoiceId: z.string().max(40).optional(),
  reason: z.enum(DISPUTE_REASONS).optional(),
  note: why,
  /** Day from which it no longer holds; the owner is asked before. Needed for manual holds and disputes. */
  until: dayInput.optional(),
  ownerId: z.string().max(100).optional(),
});
export const liftBody = z.strictObject({ why, outcome: z.enum(DISPUTE_OUTCOMES).optional() });
export const extendBody = z.strictObject({ until: dayInput, why });

// ---- Promises: GET /api/collections/promises, POST /api/collections/accounts/:accountId/promises, …/promises/:promiseId/withdraw

export const promiseJson = z.object({
  id: z.string(),
  accountId: z.string(),
  accountName: z.string().nullable(),
  amount: moneyJson,
  madeOn: dayJson,
  dueOn: dayJson,
  /** The last day on which it can still be kept: dueOn and the policy's grace. */
  graceUntil: dayJson,
  invoices: z.array(z.object({ id: z.string(), number: z.string() })),
  /** Computed from the ledger, never stored. */
  state: z.enum(PROMISE_STATES),
  /** Paid from the day it was made up to today or its end. */
  paid: moneyJson,
  note: z.string(),
  by,
  at: instantJson,
});
export type PromiseWire = z.infer<typeof promiseJson>;
export const promisesJson = pageOf(promiseJson).extend({
  counts: z.record(z.enum(PROMISE_STATES), z.number().int()),
  /** Of those that ended in the last 90 days; null when none ended. */
  keptRate: z.object({ kept: z.number().int(), ended: z.number().int() }).nullable(),
});
export const promiseBody = z.strictObject({
  amount: moneyInput,
  dueOn: dayInput,
  /** Empty or absent = whatever is overdue. */
  invoiceIds: z.array(z.string().max(40)).max(200).default([]),
  note: z.string().trim().max(2_000).default(""),
});

// ---- Calls: GET /api/collections/calls, POST /api/collections/accounts/:accountId/calls, …/calls/:callId/done

export const callJson = z.object({
  id: z.string(),
  accountId: z.string(),
  accountName: z.string().nullable(),
  /** `wrong-address`: letters come back. `reply`: the customer wrote. */
  kind: z.enum(["call", "wrong-address", "reply"]),
  letterId: z.string().nullable(),
  facts: z.record(z.string(), z.string()),
  /** Null = a call somebody made by themselves, or a call back. */
  stepId: z.string().nullable(),
  dueOn: dayJson,
  state: z.enum(["due", "done", "dropped"]),
  phone: z.string().nullable(),
  overdue: z.array(moneyJson),
  outcome: z.enum(CALL_OUTCOMES).nullable(),
  note: z.string().nullable(),
  nextOn: dayJson.nullable(),
  by: by.nullable(),
  at: instantJson,
});
export type CallWire = z.infer<typeof callJson>;
export const callsJson = pageOf(callJson).extend({
  counts: z.object({ due: z.number().int(), done: z.number().int() }),
});
/** `GET /api/collections/calls/:callId/script`: what to say, in the account's language. */
export const scriptJson = z.object({ language: z.enum(["en", "sv"]), text: z.string().nullable() });
export const callBody = z.strictObject({
  outcome: z.enum(CALL_OUTCOMES),
  note: z.string().trim().max(2_000).default(""),
  /** When to call again; needed for `call-back`. */
  nextOn: dayInput.optional(),
});

// ---- Effects: GET /api/collections/effects, …/effects/:effectId/{approve,reject}, …/effects/:effectId/undo

export const effectJson = z.object({
  id: z.string(),
  kind: z.enum(EFFECTS),
  accountId: z.string(),
  accountName: z.string().nullable(),
  stepId: z.string(),
  stepName: words,
  policyId: z.string(),
  policyVersion: z.number().int(),
  state: z.enum(EFFECT_STATES),
  wantedOn: dayJson,
  doneOn: dayJson.nullable(),
  undoneOn: dayJson.nullable(),
  /** The reason as it stands in each proposal. */
  reason: z.string(),
  have: z.number().int(),
  need: z.number().int(),
  /** Who may approve; empty when nobody is asked. */
  roles: z.array(z.enum(ROLES)),
  mayApprove: z.boolean(),
  amount: z.array(moneyJson),
  proposals: z.array(
    z.object({
      id: z.string(),
      number: z.number().int(),
      kind: z.string(),
      name: z.string(),
      state: z.enum(PROPOSAL_STATES),
      isUndo: z.boolean(),
    }),
  ),
  /** Subscriptions that could not be proposed, with the reason. */
  left: z.array(z.object({ name: z.string(), code: z.string() })),
});
export type EffectWire = z.infer<typeof effectJson>;
export const effectsJson = z.object({ rows: z.array(effectJson) });
export const decideBody = z.strictObject({ note: z.string().trim().max(2_000).optional() });
export const rejectBody = z.strictObject({ reason: why });
