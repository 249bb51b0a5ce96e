import type { Route } from "../../http/contract.ts";
import type { Job } from "../../worker/contract.ts";
import { coverageRoutes, retentionRoutes } from "./http-keep.ts";
import { searchRoutes, type SearchRouteDeps } from "./http-search.ts";
import { streamJobs } from "./jobs.ts";

/** What the pages of search, coverage and keeping need, and the jobs that keep the stream in order. */
export const streamSlice = (deps: SearchRouteDeps) => ({
  routes: [...searchRoutes(deps), ...coverageRoutes(deps), ...retentionRoutes(deps)] as readonly Route[],
  jobs: streamJobs(deps) as readonly Job[],
});
