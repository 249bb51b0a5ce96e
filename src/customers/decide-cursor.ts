import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { CUSTOMER_SORTS, type CustomerSort } from "./contract.ts";

export const DIRECTIONS = ["asc", "desc"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Where a page of the list ended: the last row's value of the sorted column (null = unknown) and its id. */
export type ListPlace = {
  readonly sort: CustomerSort;
  readonly direction: Direction;
  readonly value: string | null;
  readonly id: string;
};

/** How each order runs when nobody says otherwise: the biggest worry first. */
export const DEFAULT_DIRECTION: Readonly<Record<CustomerSort, Direction>> = {
  name: "asc",
  exposure: "desc",
  overdue: "desc",
  headroom: "asc",
  budget: "desc",
  unbilled: "desc",
  committed: "desc",
  since: "desc",
};

/** Opaque to callers; only this slice reads it. */
export const cursorText = ({ sort, direction, value, id }: ListPlace): string =>
  JSON.stringify([sort, direction, value, id]);

/** Reads a cursor back; one of another order is refused, since it would skip or repeat rows. */
export function readCursor(
  text: string,
  wanted: { readonly sort: CustomerSort; readonly direction: Direction },
): Result<ListPlace, Refusal> {
  const parts = partsOf(text);
  if (parts === undefined) return no("invalid", "cursor-unreadable", "The cursor is not one that this list gave.");
  const [sort, direction, value, id] = parts;
  if (sort !== wanted.sort || direction !== wanted.direction)
    return no(
      "invalid",
      "cursor-of-other-order",
      `The cursor belongs to the order ${String(sort)} ${String(direction)}: start from the first page.`,
    );
  return ok({ ...wanted, value, id });
}

function partsOf(text: string): readonly [string, string, string | null, string] | undefined {
  try {
    const parts: unknown = JSON.parse(text);
    if (!Array.isArray(parts) || parts.length !== 4) return undefined;
    const [sort, direction, value, id] = parts as unknown[];
    const fits =
      typeof sort === "string" &&
      (CUSTOMER_SORTS as readonly string[]).includes(sort) &&
      (direction === "asc" || direction === "desc");
    if (!fits || typeof id !== "string" || !(value === null || typeof value === "string")) return undefined;
    return valueFits(sort as CustomerSort, value) ? [sort, direction, value, id] : undefined;
  } catch {
    return undefined;
  }
}

function valueFits(sort: CustomerSort, value: string | null): boolean {
  if (value === null || sort === "name") return value !== null || sort !== "name";
  if (sort === "since") return /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value);
  return /^-?\d{1,19}$/.test(value);
}
