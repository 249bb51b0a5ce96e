import type { Brand } from "./brand.ts";

/** The Entra tenant id of a customer: a GUID in lower case, the same as Partner Center's customer id. */
export type CustomerId = Brand<string, "customer-id">;
/** Partner Center's subscription id (a seat subscription, an Azure plan …), GUID in lower case. */
export type SubscriptionId = Brand<string, "subscription-id">;
/** An Azure subscription under an Azure plan; Partner Center calls it an entitlement. GUID in lower case. */
export type EntitlementId = Brand<string, "entitlement-id">;
export type NoticeId = Brand<string, "notice-id">;
export type CaseId = Brand<string, "case-id">;
export type FindingId = Brand<string, "finding-id">;
export type ProposalId = Brand<string, "proposal-id">;
export type ActionId = Brand<string, "action-id">;
export type InvoiceId = Brand<string, "invoice-id">;
export type PaymentId = Brand<string, "payment-id">;
export type ImportId = Brand<string, "import-id">;
export type UserId = Brand<string, "user-id">;
/** Anything that draws a new UUID (version 7 in the product, so ids sort by time; a seeded one in tests). */
export type NewId = () => string;

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isGuid = (text: string): boolean => GUID.test(text);
/** Lower-cases a GUID so that two spellings of one id meet; undefined when it is none. */
export const guid = (text: string): string | undefined => (isGuid(text) ? text.toLowerCase() : undefined);
