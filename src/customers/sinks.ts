import type { FactSinks } from "../sync/contract.ts";
import type { OnCustomersChanged } from "./contract.ts";
import { saveSubscriptions } from "./service-holdings.ts";
import { saveCustomers, saveGdap, savePrices, saveResellers } from "./service-sync.ts";

type Sinks = Pick<FactSinks, "saveCustomers" | "saveResellers" | "saveSubscriptions" | "savePrices" | "saveGdap">;

/** What `sync` hands facts to. `onChanged` hears of customers whose exposure may have moved, in the same transaction. */
export function customersSinks(onChanged: OnCustomersChanged): Sinks {
  const tell =
    <Facts>(
      save: (
        tx: Parameters<OnCustomersChanged>[0],
        facts: Facts,
        at: Temporal.Instant,
      ) => ReturnType<typeof saveCustomers>,
    ) =>
    async (tx: Parameters<OnCustomersChanged>[0], facts: Facts, at: Temporal.Instant): Promise<void> => {
      const ids = await save(tx, facts, at);
      if (ids.length > 0) await onChanged(tx, ids);
    };
  return {
    saveCustomers: tell(saveCustomers),
    saveSubscriptions: tell(saveSubscriptions),
    savePrices: tell(savePrices),
    saveResellers,
    saveGdap,
  };
}
