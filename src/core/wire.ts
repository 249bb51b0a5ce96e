import { z } from "zod";
import { isCurrency } from "./currency.ts";
import { guid, isGuid, type CustomerId } from "./ids.ts";
import { parseDay, parseInstant } from "./time.ts";

/** Wire forms that all slices share. Input schemas parse to our own types; `*Json` schemas describe answers. */

/** A currency code in a request; refused unless it is in ISO 4217. */
export const currencyInput = z.string().refine(isCurrency, { error: "must be an ISO 4217 code such as SEK" });

/** Money in an answer: minor units as text. */
export const moneyJson = z.object({ minor: z.string().regex(/^-?\d+$/), currency: z.string() });
export type MoneyWire = z.infer<typeof moneyJson>;

/** Money in a request; parses to `Money`. */
export const moneyInput = z
  .strictObject({
    minor: z.string().regex(/^-?\d{1,18}$/, 'must be whole minor units as text, e.g. "1999" for 19.99'),
    currency: currencyInput,
  })
  .transform(({ minor, currency }) => ({ minor: BigInt(minor), currency }));

export const customerIdInput = z
  .string()
  .refine(isGuid, { error: "must be a customer tenant id (GUID)" })
  .transform((text) => guid(text) as CustomerId);

/** A day in a request, `2026-03-31`; parses to `Temporal.PlainDate`. */
export const dayInput = z.string().transform((text, context) => {
  const day = parseDay(text);
  if (day.ok) return day.value;
  context.addIssue({ code: "custom", message: day.error });
  return z.NEVER;
});

/** An instant in a request, ISO 8601; parses to `Temporal.Instant`. */
export const instantInput = z.string().transform((text, context) => {
  const instant = parseInstant(text);
  if (instant.ok) return instant.value;
  context.addIssue({ code: "custom", message: instant.error });
  return z.NEVER;
});

/** Days and instants in an answer. */
export const dayJson = z.string().meta({ format: "date" });
export const instantJson = z.string().meta({ format: "date-time" });

/** Query members of every list: an opaque cursor and a page size. */
export const PAGE_ROWS_MAX = 200;
export const pageQuery = {
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(50),
};

/** A page of rows with the cursor of the next one, null at the end. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({ rows: z.array(row), nextCursor: z.string().nullable(), total: z.number().int() });
