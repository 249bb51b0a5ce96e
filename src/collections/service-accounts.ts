import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { CollectionsDeps } from "./deps.ts";
import { membersOf } from "./store-state.ts";

/** The accounts that pay for customers, as the ledger has it now; else as last seen; else each for itself. */
export async function accountsFor(
  tx: Tx,
  deps: Pick<CollectionsDeps, "accountsOf">,
  customerIds: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, CustomerId>> {
  if (customerIds.length === 0) return new Map();
  const now = await deps.accountsOf(tx, customerIds);
  const seen = await membersOf(tx, customerIds);
  return new Map(customerIds.map((id) => [id, now.get(id) ?? seen.get(id) ?? id]));
}

export async function accountOf(
  tx: Tx,
  deps: Pick<CollectionsDeps, "accountsOf">,
  customerId: CustomerId,
): Promise<CustomerId> {
  return (await accountsFor(tx, deps, [customerId])).get(customerId) ?? customerId;
}
