import { z } from "zod";
import { currencyInput, customerIdInput, dayInput, dayJson, instantJson, moneyInput, moneyJson } from "../core/wire.ts";
import { ageingRowJson } from "./contract.ts";
import { ALLOCATION_REASONS, ITEM_KINDS, MONEY_KINDS } from "./contract-ledger.ts";
import { MEASURE_GAPS } from "./decide-measures.ts";

/** Wire forms of the ledger's pages: ageing per customer, measures, a customer's statement, and changes by hand. */

/** What ageing counts from: the due date, or the invoice date, which is labelled. */
export const AGE_BY = ["due", "issue"] as const;
export type AgeBy = (typeof AGE_BY)[number];
export const AGED_SORTS = ["name", "outstanding", "overdue", "over90", "unapplied", "oldest"] as const;
export const AGED_ONLY = ["overdue", "over90", "disputed", "unapplied", "claims"] as const;

/** One customer, or one account (a payer with those it pays for), in one currency. */
export const agedRowJson = ageingRowJson.extend({
  customerId: z.string(),
  name: z.string(),
  /** Known to the ledger only: no tenant. */
  isLedgerOnly: z.boolean(),
  /** Fees, interest and costs, which the outstanding holds. */
  claims: moneyJson,
  /** Over 90 days. */
  over90: moneyJson,
  /** Unapplied money by its own age in days, 0–30, 31–60, 61–90, 91–120, over 120; sums to `unapplied`. */
  unappliedAges: z.array(moneyJson).length(5),
  /** Who pays for this customer on the day. */
  payer: z.object({ customerId: z.string(), name: z.string() }).nullable(),
  /** Customers in the row: more than one when rolled up per account. */
  members: z.number().int(),
});
export type AgedRowWire = z.infer<typeof agedRowJson>;
export const agedQuery = {
  asOf: dayInput.optional(),
  by: z.enum(AGE_BY).default("due"),
  per: z.enum(["customer", "account"]).default("customer"),
  q: z.string().max(200).optional(),
  currency: currencyInput.optional(),
  only: z.enum(AGED_ONLY).optional(),
  sort: z.enum(AGED_SORTS).default("overdue"),
  direction: z.enum(["asc", "desc"]).default("desc"),
};

export const MEASURE_NAMES = [
  "dso",
  "dso-count-back",
  "dso-best",
  "days-delinquent",
  "effectiveness",
  "at-risk",
  "disputed",
  "promises-kept",
] as const;
export type MeasureName = (typeof MEASURE_NAMES)[number];
export const measureJson = z.object({
  name: z.enum(MEASURE_NAMES),
  unit: z.enum(["days", "percent"]),
  /** Decimal text with two places; null when it cannot be told. */
  value: z.string().nullable(),
  why: z.enum(MEASURE_GAPS).nullable(),
  /** What it is made of. */
  inputs: z.array(z.object({ name: z.string(), amount: moneyJson.nullable(), count: z.number().int().nullable() })),
});
export type MeasureWire = z.infer<typeof measureJson>;
export const overviewJson = z.object({
  asOf: dayJson,
  by: z.enum(AGE_BY),
  /** Days over which sales are counted. */
  days: z.number().int(),
  customers: z.number().int(),
  currencies: z.array(
    z.object({
      ageing: ageingRowJson,
      claims: moneyJson,
      unappliedAges: z.array(moneyJson),
      measures: z.array(measureJson),
    }),
  ),
});
export type OverviewWire = z.infer<typeof overviewJson>;

export const allocationLineJson = z.object({
  /** The other side: an invoice that the money paid, or money that paid the invoice. */
  number: z.string(),
  customerId: z.string(),
  /** Positive pays, negative opens again. */
  amount: moneyJson,
  day: dayJson,
  /** null: the file it came from stated it. */
  reason: z.enum(ALLOCATION_REASONS).nullable(),
});
export const movementJson = z.object({
  /** `correction`: a later file gave an item another amount; its change is the difference. */
  what: z.enum(["item", "money", "paid-for", "correction"]),
  id: z.string(),
  number: z.string(),
  kind: z.enum([...ITEM_KINDS, ...MONEY_KINDS]),
  day: dayJson,
  dueDate: dayJson.nullable(),
  /** What it adds to the balance: an invoice is positive, money in negative. */
  change: moneyJson,
  balance: moneyJson,
  /** Open of an item, unapplied of money; null where neither has a meaning. */
  left: moneyJson.nullable(),
  reference: z.string().nullable(),
  /** The law or agreement a claim rests on. */
  basis: z.string().nullable(),
  allocations: z.array(allocationLineJson),
  recordedAt: instantJson,
});
export type MovementWire = z.infer<typeof movementJson>;
export const changeJson = z.object({
  id: z.string(),
  kind: z.enum(["reallocation", "write-off", "write-off-reversal", "deposit-draw"]),
  state: z.enum(["waiting", "done", "refused", "undone"]),
  customerId: z.string(),
  amount: moneyJson,
  /** Number of the money or the invoice. */
  number: z.string(),
  reason: z.string(),
  askedBy: z.string(),
  askedById: z.string(),
  askedAt: instantJson,
  decidedBy: z.string().nullable(),
  undoneBy: z.string().nullable(),
  undoReason: z.string().nullable(),
});
export type ChangeWire = z.infer<typeof changeJson>;
export const payerLinkJson = z.object({
  id: z.string(),
  customerId: z.string(),
  customerName: z.string(),
  payerId: z.string(),
  payerName: z.string(),
  from: dayJson,
  until: dayJson.nullable(),
  reason: z.string(),
  setBy: z.string(),
});
export type PayerLinkWire = z.infer<typeof payerLinkJson>;
export const mergeJson = z.object({
  id: z.string(),
  fromId: z.string(),
  fromName: z.string(),
  intoId: z.string(),
  intoName: z.string(),
  reason: z.string(),
  by: z.string(),
  at: instantJson,
  undoneBy: z.string().nullable(),
  undoReason: z.string().nullable(),
});
export type MergeWire = z.infer<typeof mergeJson>;
export const statementJson = z.object({
  customerId: z.string(),
  name: z.string(),
  isLedgerOnly: z.boolean(),
  asOf: dayJson,
  currencies: z.array(ageingRowJson.extend({ balance: moneyJson })),
  /** Newest first. */
  movements: z.array(movementJson),
  nextCursor: z.string().nullable(),
  total: z.number().int(),
  changes: z.array(changeJson),
  payers: z.array(payerLinkJson),
  /** Ledger-only customers that went over to this one, or this one to a tenant; newest first. */
  merges: z.array(mergeJson),
  /** Of a ledger-only customer: goes back with a merge. */
  seen: z.string().nullable(),
});
export type StatementWire = z.infer<typeof statementJson>;

/** Money with what it may be given to, for the dialog; `seen` goes back with the change. */
export const moneyDetailJson = z.object({
  id: z.string(),
  number: z.string(),
  amount: moneyJson,
  day: dayJson,
  seen: z.string(),
  /** Invoices it pays or may pay; `given` is what it pays of it now, `room` the most it may. */
  invoices: z.array(
    z.object({
      id: z.string(),
      number: z.string(),
      customerId: z.string(),
      dueDate: dayJson,
      kind: z.enum(ITEM_KINDS),
      given: moneyJson,
      room: moneyJson,
    }),
  ),
});
export type MoneyDetailWire = z.infer<typeof moneyDetailJson>;

const reason = z.string().trim().min(3, "say why in a few words").max(500);
const rowId = z.string().regex(/^\d{1,18}$/);
export const reallocateBody = z.strictObject({
  /** What the dialog had read: someone else's change in between is refused, not overwritten. */
  seen: z.string().regex(/^\d{1,20}$/),
  to: z.array(z.strictObject({ invoiceId: rowId, amount: moneyInput })).max(200),
  reason,
});
export const writeOffBody = z.strictObject({ invoiceId: rowId, amount: moneyInput, reason });
export const drawBody = z.strictObject({ invoiceId: rowId, amount: moneyInput, reason });
export const decisionBody = z.strictObject({ approve: z.boolean() });
export const undoBody = z.strictObject({ reason });
export const mergeBody = z.strictObject({ into: customerIdInput, seen: z.string().max(200), reason });
export const payerBody = z.strictObject({ payerId: customerIdInput, from: dayInput, reason });
export const endPayerBody = z.strictObject({ until: dayInput, reason });
