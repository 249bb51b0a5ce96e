import type { Clock } from "../core/time.ts";
import type { NewId } from "../core/ids.ts";
import type { PartnerCenterActions, PartnerCenterReader } from "../partner-center/contract.ts";
import type { Store } from "../store/contract.ts";
import type { Enqueue } from "../worker/contract.ts";
import type { ResponseFacts } from "./facts.ts";

/** The part of Partner Center this slice uses; nothing else changes anything at Microsoft but budgets and webhooks. */
export type PartnerCenterAccess = {
  readonly reader: Pick<PartnerCenterReader, "subscription" | "entitlement" | "alert" | "mfaCompliant">;
  readonly actions: Pick<
    PartnerCenterActions,
    | "suspendSubscription"
    | "reactivateSubscription"
    | "setAutoRenew"
    | "cancelEntitlement"
    | "reactivateEntitlement"
    | "updateAlert"
  >;
};

/** Moments at which a test may stop the process. */
export type Point = "claimed" | "read" | "prepared" | "answered" | "recorded";

export type ResponseDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly enqueue: Enqueue;
  readonly facts: ResponseFacts;
  /** undefined while Partner Center is not connected. */
  readonly partnerCenter: () => PartnerCenterAccess | undefined | Promise<PartnerCenterAccess | undefined>;
  /** How long a worker that fell silent keeps an action to itself; 60 unless told. */
  readonly leaseSeconds?: number;
  readonly onPoint?: (point: Point) => void | Promise<void>;
};

/** Longer than any single call with its own retries is silent; a living worker renews it three times in between. */
export const LEASE_SECONDS = 60;
