import type { Job } from "../worker/contract.ts";
import type { Desk } from "./desk.ts";
import { LIMIT_SECONDS_MAX } from "./limits.ts";
import { checkAdded } from "./service-audit.ts";
import { type WebhookDeps, webhookJob } from "./service-webhook.ts";
import { forgetTries } from "./store-keys.ts";
import { forgetEnded } from "./store-people.ts";

/** Work of this slice outside requests. */
export const accessJobs = (desk: Desk, deps: WebhookDeps): readonly Job[] => [
  { name: "access.verify-audit", everySeconds: 600, handle: async () => void (await checkAdded(desk)) },
  {
    name: "access.forget-ended",
    everySeconds: 3_600,
    handle: () =>
      desk.store.inTransaction(async (tx) => {
        const now = desk.wall.now();
        await forgetEnded(tx, now);
        await forgetTries(tx, now.subtract({ seconds: LIMIT_SECONDS_MAX }));
      }),
  },
  webhookJob(desk, deps),
];
