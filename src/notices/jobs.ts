import type { Clock } from "../core/time.ts";
import type { Store } from "../store/contract.ts";
import type { Job } from "../worker/contract.ts";
import { type NoticesDeps, reweigh } from "./alerts.ts";
import { escalate } from "./service.ts";

/** Often enough that a 45-minute call is never a minute late. */
const ESCALATE_EVERY_SECONDS = 30;
/** Usage is read hourly; a few minutes later the money at risk follows. */
const REWEIGH_EVERY_SECONDS = 300;

export const noticesJobs = (deps: NoticesDeps & { readonly store: Store; readonly clock: Clock }): Job[] => [
  {
    name: "notices.escalate",
    everySeconds: ESCALATE_EVERY_SECONDS,
    handle: async () => {
      await deps.store.inTransaction((tx) => escalate(tx, deps.clock.now()));
    },
  },
  {
    name: "notices.reweigh",
    everySeconds: REWEIGH_EVERY_SECONDS,
    handle: async () => {
      await reweigh(deps, deps.store, deps.clock.now());
    },
  },
];
