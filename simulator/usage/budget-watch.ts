import type { Sim } from "../kernel/sim.ts";
import { iso, plusSeconds } from "../kernel/clock.ts";
import { notify } from "../partner-center/activity.ts";
import { customerMonth, monthSoFar, percentUsed } from "./month.ts";

/** How often spend is held against budgets, in virtual seconds. */
const EVERY_SECONDS = 1_800;

/** Fires `usagerecords-thresholdExceeded` once a month for each customer over budget; the event names no customer (5). */
export function watchBudgets(sim: Sim): void {
  const month = monthSoFar(sim);
  const name = month.month.toString();
  for (const customer of sim.tables.customers.all()) {
    if (customer.budget === null || customer.overBudgetSentFor === name) continue;
    if (percentUsed(customerMonth(sim, customer, month), customer.budget) <= 100) continue;
    sim.tables.customers.put({ ...customer, overBudgetSentFor: name });
    notify(sim, {
      event: "usagerecords-thresholdExceeded",
      resourceUri: `${sim.publicUrl()}/v1/customers/usagerecords`,
      resourceName: "usagerecords",
    });
  }
  sim.schedule.add({
    id: "watch budgets",
    at: iso(plusSeconds(sim.clock.now(), EVERY_SECONDS)),
    kind: "watch-budgets",
    facts: {},
  });
}
