import type { Clock } from "../core/time.ts";
import type { Route } from "../http/contract.ts";
import type { Job } from "../worker/contract.ts";
import type { ExposureOf, ExposuresOf, MarkDirty, PortfolioExposure, RecomputeExposure } from "./contract.ts";
import { exposureRoutes } from "./http.ts";
import { exposureJobs } from "./jobs.ts";
import type { Store } from "../store/contract.ts";
import { backfillExposure } from "./backfill.ts";
import { recomputeExposure } from "./recompute.ts";
import { type ExposureDeps, exposureOf, exposuresOf, markDirty, portfolioExposure } from "./service.ts";

/** Everything this slice gives, with what it asks of others filled in. */
export type ExposureSlice = {
  readonly routes: readonly Route[];
  readonly jobs: readonly Job[];
  readonly exposureOf: ExposureOf;
  readonly exposuresOf: ExposuresOf;
  readonly portfolioExposure: PortfolioExposure;
  readonly markDirty: MarkDirty;
  readonly recomputeExposure: RecomputeExposure;
  /** Fills in days before today that were never kept: for a desk that takes in its history. */
  readonly backfillExposure: (store: Store, days: number, now: Temporal.Instant) => Promise<number>;
};

export const exposureSlice = (deps: ExposureDeps & { readonly clock: Clock }): ExposureSlice => ({
  routes: exposureRoutes(deps),
  jobs: exposureJobs(deps),
  exposureOf: (tx, customerId, day, now) => exposureOf(tx, deps, { customerId, day, now }),
  exposuresOf,
  portfolioExposure: (tx, day) => portfolioExposure(tx, deps, day),
  markDirty: markDirty(deps),
  recomputeExposure: (store, customerIds, now) => recomputeExposure(store, deps, { customerIds, now }),
  backfillExposure: (store, days, now) => backfillExposure(store, deps, { days, now }),
});
