import type { OnCustomersChanged } from "../customers/contract.ts";
import type { FactSinks } from "../sync/contract.ts";
import { saveBudgets, saveUsage } from "./service-usage.ts";

/** What `sync` hands facts to. `onChanged` hears of customers whose unbilled usage moved, in the same transaction. */
export const spendingSinks = (onChanged: OnCustomersChanged): Pick<FactSinks, "saveUsage" | "saveBudgets"> => ({
  saveBudgets,
  saveUsage: async (tx, usage, at) => {
    const ids = await saveUsage(tx, usage, at);
    if (ids.length > 0) await onChanged(tx, ids);
  },
});
