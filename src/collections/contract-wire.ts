import { z } from "zod";
import { dayJson, instantJson, moneyJson, pageOf } from "../core/wire.ts";
import { collectionsSettings, READINGS } from "./contract.ts";
import { CHANNELS, CHARGES, CUSTOMER_CLASSES, EFFECTS } from "./contract-policy.ts";
import { callJson, effectJson, holdJson, promiseJson } from "./contract-work.ts";

/** Wire forms of the work list, the ladder and one account. Money is in the currency it is owed in unless told. */

const words = z.object({ en: z.string(), sv: z.string().nullable() });

// ---- Work list: GET /api/collections/accounts

/** `todo`: something happens today or waits for a person; `clear`: nothing overdue that counts. */
export const ACCOUNT_FILTERS = [
  "overdue",
  "todo",
  "calls",
  "approvals",
  "promises",
  "held",
  "frozen",
  "exempt",
  "no-policy",
  "clear",
  "all",
] as const;
export const ACCOUNT_SORTS = ["value", "overdue", "days", "next", "name"] as const;

export const nextJson = z.object({
  day: dayJson,
  stepId: z.string(),
  stepName: words,
  what: z.enum(["tell", "effect", "resume"]),
});

export const waitingJson = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("notice-not-sent"), stepId: z.string() }),
  z.object({ kind: z.literal("notice-period"), stepId: z.string(), until: dayJson }),
  z.object({ kind: z.literal("resting"), why: z.string(), until: dayJson.nullable() }),
  z.object({ kind: z.literal("approval"), need: z.number().int() }),
]);

export const reasonJson = z.object({
  kind: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
});

/** What the prediction says; every member null = unknown. `chance` and `chanceIfContacted` are basis points, 0 to 10,000. */
export const scoreJson = z.object({
  chanceBps: z.number().int().nullable(),
  chanceIfContactedBps: z.number().int().nullable(),
  /** What a contact today is worth: overdue × the difference of the chances, in the reporting currency. */
  value: moneyJson.nullable(),
  reasons: z.array(reasonJson),
});

export const accountRowJson = z.object({
  accountId: z.string(),
  name: z.string(),
  country: z.string().nullable(),
  customerClass: z.enum(CUSTOMER_CLASSES).nullable(),
  /** Customers it pays for besides itself. */
  paysFor: z.number().int(),
  judged: z.enum(["policy", "no-policy"]),
  policyId: z.string().nullable(),
  policyVersion: z.number().int().nullable(),
  /** Overdue after credits, by currency; empty = nothing. */
  overdue: z.array(moneyJson),
  /** The sum in the reporting currency; null = a rate is missing. */
  overdueInReporting: moneyJson.nullable(),
  daysPastDue: z.number().int().nullable(),
  overdueInvoices: z.number().int(),
  step: z.object({ id: z.string(), name: words }).nullable(),
  next: nextJson.nullable(),
  /** What rests it, worst first: hold kinds, promise, day-off, grace, exempt. `until` null = not known. */
  resting: z.array(z.object({ why: z.string(), until: dayJson.nullable(), wholeAccount: z.boolean() })),
  frozenSince: dayJson.nullable(),
  /** Effects that wait for approval: how many yes they have and need. */
  asks: z.array(
    z.object({ effectId: z.string(), kind: z.enum(EFFECTS), have: z.number().int(), need: z.number().int() }),
  ),
  promise: z.object({ id: z.string(), amount: moneyJson, dueOn: dayJson }).nullable(),
  callDueOn: dayJson.nullable(),
  score: scoreJson,
  reading: z.object({ is: z.enum(READINGS), suggested: z.boolean() }),
  lastToldOn: dayJson.nullable(),
  evaluatedAt: instantJson,
});
export type AccountRowWire = z.infer<typeof accountRowJson>;

/** Why nothing is sent although it would be due; null = sending goes on. */
export const pauseJson = z.object({
  kind: z.literal("bank-late"),
  through: dayJson.nullable(),
  since: dayJson.nullable(),
});

export const accountsJson = pageOf(accountRowJson).extend({
  counts: z.record(z.enum(ACCOUNT_FILTERS), z.number().int()),
  reportingCurrency: z.string(),
  /** What the figures of chance rest on; null = nothing is learnt yet. */
  learntFrom: z.object({ invoices: z.number().int(), contacts: z.number().int() }).nullable(),
  paused: pauseJson.nullable(),
  /** Day of the next due invoice when nobody is overdue. */
  nextDueOn: dayJson.nullable(),
  evaluatedAt: instantJson.nullable(),
  asOf: instantJson,
});
export type AccountsWire = z.infer<typeof accountsJson>;

// ---- The ladder in force: GET /api/collections/ladder

export const ladderStepJson = z.object({
  id: z.string(),
  name: words,
  daysPastDue: z.number().int(),
  tell: z.array(z.object({ channel: z.enum(CHANNELS), letter: z.string() })),
  noticeDays: z.number().int(),
  charges: z.array(z.enum(CHARGES)),
  effects: z.array(z.enum(EFFECTS)),
  approve: z.enum(["none", "one", "two"]),
  /** Accounts whose worst matching step it is now. */
  accounts: z.number().int(),
});
export const laddersJson = z.object({
  policies: z.array(
    z.object({
      id: z.string(),
      version: z.number().int(),
      name: words,
      inForceSince: dayJson.nullable(),
      accounts: z.number().int(),
      /** Accounts with nothing overdue that counts. */
      clear: z.number().int(),
      steps: z.array(ladderStepJson),
    }),
  ),
  /** Accounts that no policy applies to. */
  noPolicy: z.number().int(),
});
export type LaddersWire = z.infer<typeof laddersJson>;

// ---- One account: GET /api/collections/accounts/:accountId

export const conditionJson = z.object({
  condition: z.enum(["days", "grace", "tolerance", "minimum", "invoices", "when"]),
  isMet: z.boolean(),
  wanted: z.string(),
  found: z.string(),
});
export const stepStateJson = z.object({
  id: z.string(),
  name: words,
  daysPastDue: z.number().int(),
  matches: z.boolean(),
  currency: z.string().nullable(),
  because: z.array(conditionJson),
  toldOn: dayJson.nullable(),
  effects: z.array(z.object({ kind: z.enum(EFFECTS), isDone: z.boolean(), waiting: z.array(waitingJson) })),
});
export const itemJson = z.object({
  invoiceId: z.string(),
  number: z.string(),
  open: moneyJson,
  dueDay: dayJson,
  daysPastDue: z.number().int(),
  leftOut: z.enum(["disputed", "sold", "promised", "claim", "covered-by-credit"]).nullable(),
});
export const currencyStateJson = z.object({
  currency: z.string(),
  overdue: moneyJson,
  credits: moneyJson,
  netOverdue: moneyJson,
  notDue: moneyJson,
  invoices: z.number().int(),
  items: z.array(itemJson),
});
/** A notice as the account's page lists it; its letter opens on the letters page. */
export const toldJson = z.object({
  noticeId: z.string(),
  stepId: z.string(),
  channel: z.enum(CHANNELS),
  decidedOn: dayJson,
  sentOn: dayJson.nullable(),
  failedOn: dayJson.nullable(),
  invoices: z.number().int(),
});
export const forecastJson = z.object({
  day: dayJson,
  stepId: z.string(),
  stepName: words,
  what: z.enum(["tell", "effect"]),
  effects: z.array(z.enum(EFFECTS)),
  /** Approvals it will ask for. */
  asks: z.number().int(),
});
export const accountJson = z.object({
  row: accountRowJson,
  customers: z.array(z.object({ id: z.string(), name: z.string() })),
  account: z.object({
    customerClass: z.enum(CUSTOMER_CLASSES).nullable(),
    timeZone: z.string().nullable(),
    language: z.enum(["en", "sv"]).nullable(),
    reachable: z.array(z.enum(CHANNELS)),
  }),
  /** null = no policy applies. */
  state: z
    .object({
      day: dayJson,
      policy: z.object({ id: z.string(), version: z.number().int(), name: words }),
      carrying: z.object({ invoiceId: z.string(), dueDay: dayJson, daysPastDue: z.number().int() }).nullable(),
      step: z.string().nullable(),
      steps: z.array(stepStateJson),
      currencies: z.array(currencyStateJson),
      resting: z.array(
        z.object({
          why: z.string(),
          id: z.string().nullable(),
          invoiceIds: z.array(z.string()),
          until: dayJson.nullable(),
        }),
      ),
      /** Told today, if anything. */
      tell: z.string().nullable(),
      /** Why the next notice does not go today; null = it goes, or nothing is left to tell. */
      tellWaits: z.object({ stepId: z.string(), why: z.string(), until: dayJson.nullable() }).nullable(),
    })
    .nullable(),
  told: z.array(toldJson),
  holds: z.array(holdJson),
  promises: z.array(promiseJson),
  calls: z.array(callJson),
  effects: z.array(effectJson),
  /** What comes on which day if nothing is paid and nothing changes, up to 120 days ahead. */
  forecast: z.array(forecastJson),
  asOf: instantJson,
});
export type AccountWire = z.infer<typeof accountJson>;

/** PUT /api/collections/accounts/:accountId/reading; null takes a person's reading back. */
export const readingBody = z.strictObject({
  is: z.enum(READINGS).nullable(),
  why: z.string().trim().max(2_000).default(""),
});
/** GET and PUT /api/collections/settings. */
export const settingsJson = collectionsSettings;
