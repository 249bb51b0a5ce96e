import type { Money } from "../../core/money.ts";
import { parseSku, type SkuKind } from "./decide-sku.ts";

/**
 * The least that a machine costs an hour for each of its processors, thousandths of a US dollar: rounded down from Azure's pay-as-you-go list
 * prices (about 0.048 for a general purpose vCPU, three to four dollars for a 24-vCPU machine with one A100). To rank by and to say "at least",
 * never to bill.
 */
const LEAST_PER_VCPU_HOUR_MILLI_USD: Readonly<Record<SkuKind, bigint>> = {
  general: 40n,
  memory: 60n,
  hpc: 30n,
  "desktop-gpu": 70n,
  gpu: 120n,
};
/** A machine whose size is not told is taken for a small one. */
const LEAST_VCPUS = 2n;
const MILLI_USD_A_CENT = 10n;

export type Machine = {
  readonly id: string;
  /** Azure size name; undefined = not told. */
  readonly sku?: string | undefined;
  /** Machines of a scale set; 1 unless told. */
  readonly count?: number | undefined;
};

/** What these machines cost in `hours` at the very least, US dollars; each machine once. Undefined without any. */
export function leastCostOf(machines: readonly Machine[], hours: bigint): Money | undefined {
  const once = new Map<string, Machine>();
  // The record that names a size says more than one that does not.
  for (const one of machines) if (one.sku !== undefined || !once.has(one.id)) once.set(one.id, one);
  if (once.size === 0) return undefined;
  let milliUsd = 0n;
  for (const { sku, count } of once.values()) {
    const size = sku === undefined ? undefined : parseSku(sku);
    const vcpus = size?.vcpus === undefined ? LEAST_VCPUS : BigInt(size.vcpus);
    milliUsd +=
      vcpus * BigInt(Math.max(1, Math.trunc(count ?? 1))) * LEAST_PER_VCPU_HOUR_MILLI_USD[size?.kind ?? "general"];
  }
  return { minor: (milliUsd * hours) / MILLI_USD_A_CENT, currency: "USD" };
}
