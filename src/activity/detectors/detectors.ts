import type { Detector, Sweep } from "../contract-detector.ts";
import { fleetBurst } from "./decide-fleet-burst.ts";
import { guardRails } from "./decide-guard-rails.ts";
import { largeSize } from "./decide-large-size.ts";
import { newSubscriptionLoad } from "./decide-new-subscription-load.ts";
import { privilegedGrant } from "./decide-privileged-grant.ts";
import { quotaProbing } from "./decide-quota-probing.ts";
import { sideDoor } from "./decide-side-door.ts";
import { takeoverChain } from "./decide-takeover-chain.ts";

/** Every detector in code, in the order of the reference page. */
export const DETECTORS: readonly Detector[] = [
  fleetBurst,
  largeSize,
  quotaProbing,
  newSubscriptionLoad,
  takeoverChain,
  privilegedGrant,
  sideDoor,
  guardRails,
];

/** Every judgement that needs no event. */
export const SWEEPS: readonly Sweep[] = [];
