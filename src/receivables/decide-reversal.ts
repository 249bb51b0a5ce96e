import type { AllocationReason } from "./contract-ledger.ts";
import { latest } from "./decide-allocation.ts";

/** Something that can give, by an amount of zero or more, and the day before which it cannot. */
export type Source = { readonly id: bigint; readonly amountMinor: bigint; readonly notBefore: string | null };
export type Taken = { readonly id: bigint; readonly amountMinor: bigint; readonly day: string };

/**
 * Takes up to `amountMinor` from sources in their order. Each taking counts from `day`, or from the day from which the source has
 * it, whichever is later: so no day ever shows less than nothing.
 */
export function takeFrom(
  sources: readonly Source[],
  { amountMinor, day }: { readonly amountMinor: bigint; readonly day: string },
): { readonly taken: readonly Taken[]; readonly leftMinor: bigint } {
  let left = amountMinor;
  const taken: Taken[] = [];
  for (const source of sources) {
    const amount = source.amountMinor < left ? source.amountMinor : left;
    if (amount <= 0n) continue;
    left -= amount;
    taken.push({ id: source.id, amountMinor: amount, day: latest([day, source.notBefore]) });
  }
  return { taken, leftMinor: left };
}

/** A row of the table of allocations, before it has a number: to an invoice, or against other money. */
export type Entry = {
  readonly paymentId: bigint;
  readonly invoiceId: bigint | null;
  readonly againstId: bigint | null;
  readonly amountMinor: bigint;
  readonly day: string;
  readonly reason: AllocationReason;
  readonly changeId?: string | undefined;
};

/** Money that takes back: what it opens again on invoices. */
export const reopened = (paymentId: bigint, taken: readonly Taken[], sign: 1n | -1n): readonly Entry[] =>
  taken.map(({ id, amountMinor, day }) => ({
    paymentId,
    invoiceId: id,
    againstId: null,
    amountMinor: sign * amountMinor,
    day,
    reason: sign < 0n ? "reversal" : "restored",
  }));

/** Money against money: a row on each side, of opposite sign. `sign` is that of `paymentId`. */
export const offset = (paymentId: bigint, taken: readonly Taken[], sign: 1n | -1n): readonly Entry[] =>
  taken.flatMap(({ id, amountMinor, day }) => {
    const common = { invoiceId: null, day, reason: sign < 0n ? ("reversal" as const) : ("restored" as const) };
    return [
      { ...common, paymentId, againstId: id, amountMinor: sign * amountMinor },
      { ...common, paymentId: id, againstId: paymentId, amountMinor: -sign * amountMinor },
    ];
  });
