import { z } from "zod";
import type { Job } from "../../worker/contract.ts";
import { simulate, SIMULATE_JOB, type SimulationDeps } from "./service.ts";

const data = z.object({ simulationId: z.uuid() });

/** The work behind a simulation; a killed one is begun anew by the queue. */
export const simulationJobs = (deps: SimulationDeps): readonly Job[] => [
  { name: SIMULATE_JOB, handle: async (given) => simulate(data.parse(given).simulationId, deps) },
];
