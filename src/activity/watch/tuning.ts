import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import type { CustomerFilter, SettingsOf } from "./contract.ts";
import type { SuppressCondition } from "./contract-suppress.ts";
import type { Suppression } from "./decide-suppress.ts";
import * as store from "./store-tuning.ts";

/** What people said must be quiet, and the numbers they set: all that is in force at one revision. */
export type Tuning = {
  readonly revision: bigint;
  readonly suppressions: readonly Suppression[];
  readonly filters: readonly (CustomerFilter & { readonly expiresAt: Temporal.Instant })[];
  readonly settings: SettingsOf;
};
/** Stands for all customers in a setting. */
export const ALL_CUSTOMERS = "-";

export async function loadTuning(tx: Tx, now: Temporal.Instant): Promise<Tuning> {
  // The revision first: a change that comes between is seen the next time.
  const revision = await store.tuningRevision(tx);
  const suppressions = (await store.suppressionsInForce(tx, now)).map((row) => ({
    id: row.suppression_id,
    ruleId: row.rule_id ?? undefined,
    conditions: row.conditions as readonly SuppressCondition[],
    expiresAt: row.expires_at,
  }));
  const filters = (await store.filtersInForce(tx, now)).map((row) => ({
    id: row.filter_id,
    customer: row.customer_id as CustomerId,
    document: row.document,
    expiresAt: row.expires_at,
  }));
  const byDetector = new Map<string, Record<string, number>>();
  for (const row of await store.settingRows(tx)) {
    const key = `${row.detector_id}|${row.customer_id}`;
    byDetector.set(key, { ...byDetector.get(key), [row.name]: row.value });
  }
  const settings: SettingsOf = (detector, customer) => ({
    ...byDetector.get(`${detector}|${ALL_CUSTOMERS}`),
    ...(customer === undefined ? undefined : byDetector.get(`${detector}|${customer}`)),
  });
  return { revision, suppressions, filters, settings };
}
