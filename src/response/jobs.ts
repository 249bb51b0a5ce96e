import type { Job } from "../worker/contract.ts";
import type { ResponseDeps } from "./deps.ts";
import { workDue } from "./run.ts";
import { lapse } from "./service.ts";

/**
 * What is due stands in the database; a job only says "look now". So a job that is lost, late or doubled changes nothing,
 * and the periodic one picks up what a killed process left behind as soon as its lease is over.
 */
const SWEEP_SECONDS = 15;
const LAPSE_SECONDS = 60;

export const responseJobs = (deps: ResponseDeps): readonly Job[] => [
  { name: "response.run", everySeconds: SWEEP_SECONDS, handle: () => workDue(deps) },
  { name: "response.verify", handle: () => workDue(deps) },
  { name: "response.lapse", everySeconds: LAPSE_SECONDS, handle: () => lapse(deps) },
];
