import type { Detector, Sweep } from "../contract-detector.ts";
import { fleetBurst } from "./decide-fleet-burst.ts";
import { largeSize } from "./decide-large-size.ts";
import { takeoverChain } from "./decide-takeover-chain.ts";

/** Every detector in code, in the order of the reference page. */
export const DETECTORS: readonly Detector[] = [fleetBurst, largeSize, takeoverChain];

/** Every judgement that needs no event. */
export const SWEEPS: readonly Sweep[] = [];
