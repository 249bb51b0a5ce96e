import { z } from "zod";
import { customerIdInput } from "../core/wire.ts";
import type { Job } from "../worker/contract.ts";
import { PUSH_JOB, pushBudget, type PushDeps, requeueStuck } from "./service-budget.ts";
import { lookAtSpend, type LookDeps } from "./service-look.ts";

const pushData = z.object({ customerId: customerIdInput });

/** `spending.look` judges what changed; `spending.push-budget` sends one agreed budget to Partner Center. */
export const spendingJobs = (deps: PushDeps & LookDeps): readonly Job[] => [
  {
    name: "spending.look",
    everySeconds: 10,
    handle: async () => {
      await lookAtSpend(deps);
      await deps.store.inTransaction((tx) => requeueStuck(tx, deps));
    },
  },
  { name: PUSH_JOB, handle: async (data) => await pushBudget(deps, pushData.parse(data).customerId) },
];
