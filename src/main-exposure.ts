import type { CustomerCard } from "./cases/contract.ts";
import type { CustomerId } from "./core/ids.ts";
import type { ExposureOf, PortfolioExposure } from "./exposure/contract.ts";
import type { Route } from "./http/contract.ts";
import type { DeskFacts, SliceParts } from "./main-slices.ts";
import type { Tx } from "./store/contract.ts";
import type { ExposuresOf } from "./today/contract.ts";
import type { Job } from "./worker/contract.ts";

const notYet = (): never => {
  throw new Error("exposure is not wired yet");
};

export function wireExposure(_parts: SliceParts, _desk: DeskFacts) {
  return {
    routes: [] as readonly Route[],
    jobs: [] as readonly Job[],
    markDirty: async (_tx: Tx, _ids: readonly CustomerId[]): Promise<void> => {},
    exposureOf: (async () => notYet()) as ExposureOf,
    portfolioExposure: (async () => notYet()) as PortfolioExposure,
    exposuresOf: (async () => new Map()) as ExposuresOf,
    customerCard: (async () => undefined) as CustomerCard,
  };
}
