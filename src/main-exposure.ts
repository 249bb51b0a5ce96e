import type { CustomerCard } from "./cases/contract.ts";
import { isCurrency } from "./core/currency.ts";
import { dayOf } from "./core/time.ts";
import { committedTerms } from "./customers/service-holdings.ts";
import * as customers from "./customers/service.ts";
import { exposureSlice } from "./exposure/slice.ts";
import type { DeskFacts, SliceParts } from "./main-parts.ts";
import { customersWithLedger, openReceivables, receivablesMovement } from "./receivables/service.ts";
import { burnRateOf } from "./spending/service-burn.ts";
import { spendOf, unbilledUsage } from "./spending/service.ts";

const DEFAULT_CURRENCY = "SEK";

/** Gives exposure the facts of the slices that hold them. */
export function wireExposure({ store, clock, enqueue, access }: SliceParts, desk: Pick<DeskFacts, "zone">) {
  const deps = {
    store,
    clock,
    enqueue,
    openReceivables,
    customersWithLedger,
    receivablesMovement,
    unbilledUsage: (tx, asOf, customerIds) =>
      unbilledUsage(tx, { asOf, customerIds, billedThrough: customers.billedThrough }),
    burnRateOf,
    committedTerms,
    limitsOf: customers.limitsOf,
    allCustomerIds: customers.allCustomerIds,
    customersByIds: customers.customersByIds,
    savePortfolioFigures: customers.savePortfolioFigures,
    deskDay: async (_tx, now) => dayOf(now, desk.zone),
    reportingCurrency: async (tx) => {
      const chosen = (await access.settings(tx))["desk.currency"];
      return typeof chosen === "string" && isCurrency(chosen) ? chosen : DEFAULT_CURRENCY;
    },
  } satisfies Parameters<typeof exposureSlice>[0];
  const slice = exposureSlice(deps);
  /** What a case page says about the customer. */
  const customerCard: CustomerCard = async (tx, customerId, now) => {
    const customer = await customers.customerOf(tx, customerId);
    if (customer === undefined) return undefined;
    const exposure = await slice.exposureOf(tx, customerId, dayOf(now, desk.zone), now);
    const spend = await spendOf(tx, customerId, now);
    return {
      standing: customer.standing,
      exposure: exposure.total,
      exposureAt: exposure.computedAt,
      limit: exposure.limit?.amount ?? null,
      budget: spend.budget?.amount ?? null,
      budgetUsedBps: spend.usedBps,
    };
  };
  return { ...slice, deps, customerCard };
}
