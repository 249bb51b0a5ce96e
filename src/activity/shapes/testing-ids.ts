/** Ids that the made-up records share. */
import type { Json } from "../../core/canonical.ts";
import type { ActivityEvent } from "../contract-event.ts";

export const TENANT = "11111111-1111-4111-8111-111111111111";
export const SUBSCRIPTION = "22222222-2222-4222-8222-222222222222";
export const KIM = "33333333-3333-4333-8333-333333333333";
export const APP = "44444444-4444-4444-8444-444444444444";
export const ID = "55555555-5555-4555-8555-555555555555";
export const VM = `/subscriptions/${SUBSCRIPTION}/resourceGroups/RG/providers/Microsoft.Compute/virtualMachineScaleSets/fleet`;
export const AT = "2026-05-01T10:00:00Z";

export type Case = {
  readonly shape: ActivityEvent["shape"];
  readonly says: string;
  readonly raw: Json;
  readonly gives: Readonly<Record<string, string | undefined>>;
};
