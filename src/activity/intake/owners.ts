import type { CustomerId } from "../../core/ids.ts";
import type { Clock } from "../../core/time.ts";
import type { Tx } from "../../store/contract.ts";
import type { ActivityEvent } from "../contract-event.ts";
import type { CustomersBySubscription, CustomersByTenant } from "./contract.ts";
import type { Owners } from "./decide-count.ts";

/** How long an answer is believed: a customer seldom changes, and one that is new should not wait long for its events. */
const KNOWN_MS = 60_000;
const NOBODY_MS = 5_000;
/** Tenants and subscriptions remembered; beyond that all are forgotten and asked again. */
const REMEMBERED_MAX = 200_000;

type Kept = { readonly customer: CustomerId | undefined; readonly goodUntilMs: number };

type OwnersDeps = {
  readonly clock: Clock;
  readonly customersByTenant: CustomersByTenant;
  readonly customersBySubscription: CustomersBySubscription;
};

/** Whose tenants and subscriptions are, remembered for a minute: a stream names the same few again and again. */
export function ownersBook(deps: OwnersDeps): { of(tx: Tx, events: readonly ActivityEvent[]): Promise<Owners> } {
  const tenants = new Map<string, Kept>();
  const subscriptions = new Map<string, Kept>();

  async function fill(
    book: Map<string, Kept>,
    wanted: ReadonlySet<string>,
    ask: (ids: readonly string[]) => Promise<ReadonlyMap<string, CustomerId>>,
  ): Promise<ReadonlyMap<string, CustomerId | undefined>> {
    const nowMs = deps.clock.now().epochMilliseconds;
    const missing = [...wanted].filter((id) => (book.get(id)?.goodUntilMs ?? 0) <= nowMs);
    if (missing.length > 0) {
      if (book.size + missing.length > REMEMBERED_MAX) book.clear();
      const found = await ask(missing);
      for (const id of missing) {
        const customer = found.get(id);
        book.set(id, { customer, goodUntilMs: nowMs + (customer === undefined ? NOBODY_MS : KNOWN_MS) });
      }
    }
    return new Map([...wanted].map((id) => [id, book.get(id)?.customer]));
  }

  return {
    async of(tx, events) {
      const tenantIds = new Set<string>();
      const subscriptionIds = new Set<string>();
      for (const { tenant, subscription } of events) {
        if (tenant !== undefined) tenantIds.add(tenant);
        if (subscription !== undefined) subscriptionIds.add(subscription);
      }
      return {
        byTenant: await fill(tenants, tenantIds, (ids) => deps.customersByTenant(tx, ids)),
        bySubscription: await fill(subscriptions, subscriptionIds, (ids) => deps.customersBySubscription(tx, ids)),
      };
    },
  };
}
