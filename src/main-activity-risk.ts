import type { ActivityEvent } from "./activity/contract-event.ts";
import { leastCostOf } from "./activity/detectors/decide-price.ts";
import type { RiskAsk, WatchDeps } from "./activity/watch/deps.ts";
import type { EntitlementId } from "./core/ids.ts";
import { type Money, scale } from "./core/money.ts";
import { dayOf } from "./core/time.ts";
import { converterOn } from "./exposure/convert.ts";
import { propose } from "./response/service.ts";
import type { ResponseDeps } from "./response/deps.ts";
import { burnRateOf } from "./spending/service-burn.ts";
import { SURETY, type Tx } from "./store/contract.ts";
import { inSavepoint } from "./store/savepoint.ts";

/** What a running loss is weighed by until somebody acts: one day, as for Microsoft's alerts. */
const RISK_HOURS = 24n;
const MACHINE = /^microsoft\.(compute\/virtualmachine|machinelearning|batch|containerservice|containerinstance)/;

/**
 * What could be lost within a day: what the subscription burns now, or what the machines of this hit cost at least, whichever is more. Usage
 * is told a day late, so a fleet of this night costs nothing yet in Microsoft's figures. Undefined = neither is known.
 */
export const priceRiskWith =
  (stream: Pick<WatchDeps["stream"], "byRefs">): WatchDeps["priceRisk"] =>
  async (tx, ask) => {
    const rate = await burnRateOf(tx, ask.customer, ask.subscription);
    const burnt = rate.kind === "known" ? scale(rate.perHour, RISK_HOURS, 1n) : undefined;
    const fleet = leastCostOf(
      (await stream.byRefs(ask.hit.events)).flatMap(({ event }) => machinesOf(event)),
      RISK_HOURS,
    );
    return worse(tx, { burnt, fleet, ask });
  };

const machinesOf = ({ resource, outcome, operation }: ActivityEvent) =>
  resource?.type !== undefined && MACHINE.test(resource.type) && outcome !== "failure" && operation.endsWith("/write")
    ? [{ id: resource.id, sku: resource.sku }]
    : [];

async function worse(
  tx: Tx,
  {
    burnt,
    fleet,
    ask,
  }: { readonly burnt: Money | undefined; readonly fleet: Money | undefined; readonly ask: RiskAsk },
): Promise<Money | undefined> {
  if (burnt === undefined || fleet === undefined) return burnt ?? fleet;
  const converted = (await converterOn(tx, dayOf(ask.now, "UTC")))(fleet, burnt.currency);
  // Without a rate the two cannot be compared; what is certain to run is told.
  return converted === undefined || converted.minor <= burnt.minor ? burnt : converted;
}

/** Proposes to cancel the Azure subscription in the case's name. What is proposed already, or cannot be, is left as it is. */
export const proposeContainmentWith =
  (deps: () => ResponseDeps): WatchDeps["proposeContainment"] =>
  async (tx, { customer, subscription, caseId, hit, now }) => {
    // A proposal that is refused has written rows by then; they go, the finding stays.
    await inSavepoint(tx, () =>
      propose(tx, deps(), {
        customerId: customer,
        caseId,
        wanted: {
          kind: "cancel-entitlement",
          entitlementIds: [subscription as EntitlementId],
          answerAlertsAsFraud: true,
        },
        reason: `${hit.rule.title}: seen by rule ${hit.rule.id}, version ${hit.rule.version}`,
        by: SURETY,
        // Whatever the rules of approval are: a person says yes to what a machine asks.
        needAtLeast: 1,
        now,
      }),
    );
  };
