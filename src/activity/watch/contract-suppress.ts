import { SEEN_FIELDS } from "./contract.ts";

/** What a suppression can look at. The first three are the hit's own; the others must hold for every event of it. */
export const SUPPRESS_FIELDS = ["customer", "subscription", "group", ...SEEN_FIELDS] as const;
export type SuppressField = (typeof SUPPRESS_FIELDS)[number];
export const SUPPRESS_MATCHES = ["is", "starts-with", "in-network"] as const;
export type SuppressMatch = (typeof SUPPRESS_MATCHES)[number];
export type SuppressCondition = {
  readonly field: SuppressField;
  readonly match: SuppressMatch;
  readonly value: string;
};
