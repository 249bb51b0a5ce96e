import type { Detector, Sweep } from "../contract-detector.ts";
import { ALERT_FAMILIES } from "./decide-alert-families.ts";
import { applicationCountry } from "./decide-application-country.ts";
import { applicationNovelty } from "./decide-application-novelty.ts";
import { creditAndOrders } from "./decide-credit-and-orders.ts";
import { fleetBurst } from "./decide-fleet-burst.ts";
import { guardRails } from "./decide-guard-rails.ts";
import { largeSize } from "./decide-large-size.ts";
import { manyNewCustomers } from "./decide-many-new-customers.ts";
import { massMail } from "./decide-mass-mail.ts";
import { newCountry } from "./decide-new-country.ts";
import { newSubscriptionLoad } from "./decide-new-subscription-load.ts";
import { openedAndCommanded } from "./decide-opened-and-commanded.ts";
import { orderToSeats } from "./decide-order-to-seats.ts";
import { partnerApp } from "./decide-partner-app.ts";
import { partnerLockedOut } from "./decide-partner-locked-out.ts";
import { partnerNovelty } from "./decide-partner-novelty.ts";
import { partnerReach } from "./decide-partner-reach.ts";
import { privilegedGrant } from "./decide-privileged-grant.ts";
import { purchaseBurst } from "./decide-purchase-burst.ts";
import { quotaProbing } from "./decide-quota-probing.ts";
import { seatChurn } from "./decide-seat-churn.ts";
import { seatDomains } from "./decide-seat-domains.ts";
import { sharedAttributes } from "./decide-shared-attributes.ts";
import { shuffled } from "./decide-shuffled.ts";
import { sideDoor } from "./decide-side-door.ts";
import { spraySuccess } from "./decide-spray-success.ts";
import { SPENDING_SWEEPS } from "./decide-sweeps.ts";
import { takeoverChain } from "./decide-takeover-chain.ts";
import { travel } from "./decide-travel.ts";

/** Every detector in code, in the order of the reference page: R1 to R19. */
export const DETECTORS: readonly Detector[] = [
  fleetBurst,
  largeSize,
  quotaProbing,
  newSubscriptionLoad,
  takeoverChain,
  privilegedGrant,
  partnerLockedOut,
  partnerReach,
  partnerApp,
  sideDoor,
  guardRails,
  massMail,
  seatDomains,
  seatChurn,
  purchaseBurst,
  orderToSeats,
  manyNewCustomers,
  sharedAttributes,
  shuffled,
  creditAndOrders,
  ...ALERT_FAMILIES,
  openedAndCommanded,
  newCountry,
  travel,
  spraySuccess,
  applicationCountry,
  applicationNovelty,
  partnerNovelty,
];

/** Every judgement that needs no event. */
export const SWEEPS: readonly Sweep[] = SPENDING_SWEEPS;
