import { writeBooked } from "../activity/write.ts";
import { finishExport } from "../graph/billing-export.ts";
import { finishGdapStatus } from "../graph/gdap-assignments.ts";
import { endRelationship } from "../graph/gdap-life.ts";
import { finishMove } from "../partner-center/entitlements.ts";
import { stepTerm } from "../partner-center/subscription-life.ts";
import { finishChange } from "../partner-center/subscriptions.ts";
import { randomAlert, stepVetting } from "../control/events.ts";
import { watchBudgets } from "../usage/budget-watch.ts";
import type { Courier } from "../webhooks/deliver.ts";
import { issueNextInvoice } from "../world/ledger.ts";
import { issueMicrosoftInvoices } from "../world/microsoft-invoices.ts";
import type { JobRow } from "./rows.ts";
import type { Sim } from "./sim.ts";

type Handler = (sim: Sim, facts: Readonly<Record<string, unknown>>) => void;

/** What each kind of booked job does. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  "subscription-change": finishChange,
  "subscription-term": stepTerm,
  "entitlement-move": finishMove,
  "watch-budgets": watchBudgets,
  "ledger-invoice": issueNextInvoice,
  "microsoft-invoice": issueMicrosoftInvoices,
  "gdap-end": endRelationship,
  "gdap-status": finishGdapStatus,
  export: finishExport,
  "random-alert": randomAlert,
  vetting: stepVetting,
  "activity-record": writeBooked,
};

/** Runs everything due and makes it durable. A job that throws is logged and dropped: it must not stop the others. */
export function runDueJobs(sim: Sim, courier: Courier): number {
  const ran = sim.schedule.run((job: JobRow) => {
    if (job.kind === "deliver") {
      courier.start(String(job.facts["delivery"]));
      return;
    }
    try {
      const handle = HANDLERS[job.kind];
      if (handle === undefined) throw new Error(`invariant broken: nobody handles jobs of kind ${job.kind}`);
      handle(sim, job.facts);
    } catch (error) {
      sim.log(`job ${job.kind} broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  });
  if (ran > 0) sim.commit();
  return ran;
}
