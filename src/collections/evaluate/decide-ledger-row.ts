import { z } from "zod";
import { exponentOf, isCurrency } from "../../core/currency.ts";
import { CHANNELS, CUSTOMER_CLASSES, EFFECTS } from "../contract-policy.ts";
import { HOLD_KINDS } from "../contract-history.ts";
import { parseDay } from "../../core/time.ts";

/**
 * One row of a ledger file, as JSON line or CSV record: docs/reference/ledger-file.md. Every value is text; a cell that is empty is absent.
 * Members that a type does not know are refused, so that a misspelt column is found and not silently ignored.
 */
const text = z.string().trim().min(1).max(200);
const day = z.string().transform((value, context) => {
  const parsed = parseDay(value.trim());
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: "custom", message: parsed.error });
  return z.NEVER;
});
const amount = z
  .string()
  .trim()
  .regex(/^-?\d{1,15}(\.\d{1,4})?$/, "must be a plain number such as 1234.50");
const currency = z.string().refine(isCurrency, { error: "must be an ISO 4217 code such as SEK" });
/** Several ids in one cell, divided by `;`. */
const list = z.string().transform((value) =>
  value
    .split(";")
    .map((one) => one.trim())
    .filter((one) => one !== ""),
);
const listOf = <T extends string>(choices: readonly [T, ...T[]]) => list.pipe(z.array(z.enum(choices)));

const row = <T extends z.ZodRawShape>(type: string, shape: T) =>
  z.strictObject({ type: z.literal(type), customer: text, ...shape });

const schemas = {
  customer: row("customer", {
    name: text.optional(),
    /** The customer who pays for it; its own rows join that account. */
    payer: text.optional(),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, "must be an ISO 3166 code such as SE")
      .optional(),
    language: z.enum(["en", "sv"]).optional(),
    timeZone: text.optional(),
    class: z.enum(CUSTOMER_CLASSES).optional(),
    since: day.optional(),
    reachable: listOf(CHANNELS).optional(),
  }),
  invoice: row("invoice", {
    invoice: text,
    amount,
    currency,
    issued: day,
    due: day,
    /** Paid in full on that day; a short way for files without payments. */
    paid: day.optional(),
    sold: day.optional(),
    level: z
      .string()
      .regex(/^\d{1,2}$/, "must be the number of reminders sent")
      .optional(),
    reminded: day.optional(),
    /** A claim on another invoice. */
    kind: z.enum(["fee", "interest", "cost"]).optional(),
    of: text.optional(),
  }),
  payment: row("payment", {
    id: text.optional(),
    amount,
    currency,
    day,
    /** Invoices it names, in this order; the rest pays the oldest due. */
    invoices: list.optional(),
    reference: text.optional(),
    /** Takes an earlier payment back: a refund, a chargeback, a payment that bounced. */
    reverses: text.optional(),
  }),
  "credit-note": row("credit-note", {
    id: text.optional(),
    amount,
    currency,
    day,
    invoices: list.optional(),
  }),
  "due-change": row("due-change", { invoice: text, day, before: day }),
  hold: row("hold", {
    kind: z.enum(HOLD_KINDS),
    invoice: text.optional(),
    from: day,
    until: day.optional(),
  }),
  promise: row("promise", {
    amount,
    currency,
    made: day,
    due: day,
    invoices: list.optional(),
    withdrawn: day.optional(),
  }),
  notice: row("notice", {
    step: text,
    channel: z.enum(CHANNELS),
    invoices: list,
    decided: day.optional(),
    sent: day.optional(),
    failed: day.optional(),
  }),
  effect: row("effect", {
    kind: z.enum(EFFECTS),
    step: text,
    done: day,
    undone: day.optional(),
  }),
} as const;
export const ROW_TYPES = Object.keys(schemas) as readonly (keyof typeof schemas)[];
export type LedgerRow = {
  [Type in keyof typeof schemas]: z.output<(typeof schemas)[Type]> & { readonly type: Type };
}[keyof typeof schemas];
export type RowFault = { readonly field: string; readonly value: string; readonly message: string };

/** Reads one row; every fault names the field, the value and what would be accepted. */
export function readRow(given: Readonly<Record<string, string>>): LedgerRow | readonly RowFault[] {
  const type = given["type"];
  if (type === undefined || !(type in schemas))
    return [{ field: "type", value: type ?? "", message: `must be one of ${ROW_TYPES.join(", ")}` }];
  const parsed = schemas[type as keyof typeof schemas].safeParse(given);
  if (parsed.success) return checked(parsed.data as LedgerRow);
  return parsed.error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((field) => ({
        field,
        value: given[field] ?? "",
        message: `is not a column of ${type} rows`,
      }));
    const field = String(issue.path[0] ?? "type");
    const value = given[field];
    return [
      {
        field,
        value: value ?? "",
        message: value === undefined ? `is missing: a row of type ${type} needs it` : issue.message,
      },
    ];
  });
}

/** What one member alone cannot tell. */
function checked(found: LedgerRow): LedgerRow | readonly RowFault[] {
  const faults: RowFault[] = [];
  if ("amount" in found) {
    const decimals = found.amount.split(".")[1]?.length ?? 0;
    if (decimals > exponentOf(found.currency))
      faults.push({
        field: "amount",
        value: found.amount,
        message: `${found.currency} has ${exponentOf(found.currency)} decimals`,
      });
    if (found.type !== "payment" && found.amount.startsWith("-"))
      faults.push({
        field: "amount",
        value: found.amount,
        message: "must not be negative; a credit is a credit-note row",
      });
  }
  if (found.type === "invoice" && (found.kind === undefined) !== (found.of === undefined))
    faults.push({ field: "of", value: found.of ?? "", message: "kind and of belong together: a claim on an invoice" });
  if (found.type === "payment" && found.amount.startsWith("-") && found.reverses === undefined)
    faults.push({ field: "reverses", value: "", message: "money that goes out names the payment it takes back" });
  return faults.length > 0 ? faults : found;
}

/** Decimal text as minor units of its currency. */
export function minorOf(amountText: string, code: string): bigint {
  const [whole = "0", part = ""] = amountText.replace("-", "").split(".");
  const minor = BigInt(whole + part.padEnd(exponentOf(code), "0"));
  return amountText.startsWith("-") ? -minor : minor;
}
