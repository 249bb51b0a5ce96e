import { z } from "zod";

/**
 * A collections policy: what happens when, to whom, and who must agree. Written as YAML, kept as versions that never change.
 * Amounts are decimal text by currency (`{ SEK: "100.00" }`). Days count past the DUE date; negative days lie before it.
 */
export const POLICY_FORMAT = "surety/collections-policy/1";

/** How a customer is told. `call` is a task for a person, with a script. */
export const CHANNELS = ["mail", "letter", "sms", "call"] as const;
export type Channel = (typeof CHANNELS)[number];

/** What a step does besides telling, mildest first. */
export const EFFECTS = [
  "freeze-purchases",
  "auto-renew-off",
  "suspend-seats",
  "cancel-azure",
  "terminate",
  "hand-over",
  "write-off",
] as const;
export type EffectKind = (typeof EFFECTS)[number];
/** What never happens before each earlier notice was sent and its notice period ran, whatever a policy says. */
export const NEEDS_NOTICE: readonly EffectKind[] = [
  "suspend-seats",
  "cancel-azure",
  "terminate",
  "hand-over",
  "write-off",
];

/** Claims that a step adds to the debt. Which are lawful, and how much, the country's dated table says. */
export const CHARGES = ["reminder-fee", "compensation", "collection-demand", "interest"] as const;
export type ChargeKind = (typeof CHARGES)[number];

export const APPROVERS = ["none", "one", "two"] as const;

/** Classes a customer can be given; conditions and exemptions speak of them. */
export const CUSTOMER_CLASSES = ["business", "public", "healthcare", "education", "charity", "consumer"] as const;
export type CustomerClass = (typeof CUSTOMER_CLASSES)[number];

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "lower-case letters, digits and hyphens, at most 40");
const words = z.object({ en: z.string().min(1).max(200), sv: z.string().min(1).max(200).optional() }).strict();
const cel = z.string().min(1).max(500);
/** Decimal text by ISO 4217 code. */
const amount = z.string().regex(/^\d{1,13}(\.\d{1,4})?$/);
const percent = z.string().regex(/^\d{1,2}(\.\d{1,4})?$/);
const amounts = z.record(z.string().regex(/^[A-Z]{3}$/), amount);

export const stepSchema = z
  .object({
    id,
    name: words,
    /** Days past due of the oldest unpaid invoice from which the step matches; negative: a heads-up before the due date. */
    daysPastDue: z.number().int().min(-60).max(730),
    /** What is overdue after credits, at least, in the currency in question. A currency that is not named has no minimum. */
    minimumOverdue: amounts.optional(),
    /** Overdue invoices, at least. */
    invoices: z.number().int().min(1).max(10_000).optional(),
    /** CEL over the documented facts (docs/reference/policy-facts.md); absent = always. */
    when: cel.optional(),
    tell: z
      .array(z.object({ channel: z.enum(CHANNELS), letter: id }).strict())
      .max(4)
      .default([]),
    /** Days that must run after this step's notice was sent before a later step may touch access. */
    noticeDays: z.number().int().min(0).max(120).default(0),
    charges: z.array(z.enum(CHARGES)).max(4).default([]),
    effects: z.array(z.enum(EFFECTS)).max(7).default([]),
    approve: z.enum(APPROVERS).default("none"),
  })
  .strict();
export type PolicyStep = z.output<typeof stepSchema>;

/** A fee the customer agreed to, by ranges of the debt. "accumulated" adds up the slices, as tax bands do. */
const agreedFee = z
  .object({
    charge: z.enum(["reminder-fee", "compensation", "collection-demand"]),
    currency: z.string().regex(/^[A-Z]{3}$/),
    method: z.enum(["single", "accumulated"]).default("single"),
    ranges: z
      .array(z.object({ from: amount, fixed: amount.optional(), percent: percent.optional() }).strict())
      .min(1)
      .max(20),
    most: amount.optional(),
    least: amount.optional(),
  })
  .strict();
export type AgreedFee = z.output<typeof agreedFee>;

export const policySchema = z
  .object({
    format: z.literal(POLICY_FORMAT),
    id,
    name: words,
    /** Shown on the public page. */
    about: z
      .object({ en: z.string().max(4_000), sv: z.string().max(4_000).optional() })
      .strict()
      .optional(),
    /** ISO 3166 code whose law applies to interest and fees, or EU. */
    law: z.enum(["SE", "EU", "UK", "US"]),
    /** Country within EU law whose points, rounding and switch apply (law/decide-rates.ts). */
    lawCountry: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .optional(),
    /** CEL: which customers this policy is for. Absent = all. The first policy in the order of the desk that applies is used. */
    applies: cel.optional(),
    calendar: z
      .object({
        /** IANA zone of the customer; a customer's own zone wins. */
        timeZone: z.string().min(1).max(60),
        /** Country (and region, `DE-BY`) whose public holidays count. */
        holidays: z.string().regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/),
        /** A due date on a day off: "next-business-day" is Swedish practice. */
        dueDateOnDayOff: z.enum(["stays", "next-business-day"]).default("next-business-day"),
        /** Letters, calls and access steps wait for a business day. */
        onBusinessDaysOnly: z.boolean().default(true),
        /** Local time from which a day's letters go, 24 h. */
        sendAt: z
          .string()
          .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
          .default("09:00"),
      })
      .strict(),
    /** Days after the due date in which nothing counts as late. Added to no step: a step before grace ended waits for it. */
    graceDays: z.number().int().min(0).max(60).default(0),
    /** Overdue after credits up to and including this is left alone. */
    tolerance: amounts.default({}),
    /** Whether a broken promise resumes the ladder where the debt's age puts it, or also calls. */
    promises: z
      .object({
        graceDays: z.number().int().min(0).max(30).default(2),
        maxDays: z.number().int().min(1).max(180).default(30),
        whenBroken: z.enum(["resume", "resume-and-call"]).default("resume-and-call"),
        /** A further promise after this many broken ones is refused. */
        brokenMax: z.number().int().min(1).max(10).default(2),
      })
      .strict()
      .default({ graceDays: 2, maxDays: 30, whenBroken: "resume-and-call", brokenMax: 2 }),
    /** In which order money settles an invoice with its costs and interest. */
    allocation: z.enum(["costs-interest-principal", "principal-first"]).default("costs-interest-principal"),
    /** EN-06: once the principal is paid, are claimed interest and fees kept open, or given up? */
    claimsAfterPrincipal: z.enum(["keep", "waive"]).default("keep"),
    interest: z
      .object({
        /** "statutory": the dated table of `law`; "contract": `ratePercent` a year. */
        by: z.enum(["statutory", "contract", "none"]),
        ratePercent: percent.optional(),
        /** Days of a year: Sweden 365, or the actual days of a leap year. */
        yearDays: z.enum(["365", "actual"]).default("365"),
      })
      .strict()
      .default({ by: "none", yearDays: "365" }),
    /** Fees that the law allows only if agreed when the debt arose. */
    feesAgreed: z.boolean().default(false),
    /** Their amounts, where the law leaves them to the agreement; where it gives a sum, never more than that. */
    agreedFees: z.array(agreedFee).max(20).default([]),
    /** The partner's own days to pay Microsoft; access steps later than this are a finding of the linter. */
    partnerDays: z.number().int().min(1).max(120).default(60),
    exemptions: z
      .array(
        z
          .object({
            when: cel,
            from: z.array(z.union([z.enum(EFFECTS), z.enum(["letters", "charges"])])).min(1),
            because: words,
          })
          .strict(),
      )
      .max(20)
      .default([]),
    steps: z.array(stepSchema).min(1).max(30),
  })
  .strict();
export type Policy = z.output<typeof policySchema>;

/** A version in force, or one that was. */
export type PolicyVersion = { readonly policy: Policy; readonly version: number };
