import { createHash } from "node:crypto";
import { canonicalJson } from "../core/canonical.ts";
import type { CustomerId } from "../core/ids.ts";
import type { AuditRecord } from "./contract.ts";
import {
  embeddedJson,
  guidText,
  instant,
  items,
  listOf,
  ms,
  need,
  type Parser,
  parser,
  text,
  word,
} from "./tolerant.ts";

const auditRecord = parser(
  "audit record",
  ms({
    operationDate: need(instant),
    operationType: need(text),
    operationStatus: word(["succeeded", "failed", "progress", "decline"]),
    resourceType: text,
    customerId: guidText,
    customerName: text,
    userPrincipalName: text,
    applicationId: text,
    resourceOldValue: embeddedJson,
    resourceNewValue: embeddedJson,
    customizedData: listOf(ms({ key: need(text), value: text })),
  }),
);

/**
 * The list gives no record id, so one is built from what does not change while an operation goes from progress to succeeded:
 * time, operation, customer, and a hash of who, on what, from what, to what. Source: CONTRACT section 8.
 */
function idOf(record: Omit<AuditRecord, "id" | "raw" | "status">): string {
  const { at, operation, customerId, resourceType, userPrincipalName, applicationId, before, after, data } = record;
  const content = [
    resourceType.toLowerCase(),
    userPrincipalName?.toLowerCase() ?? null,
    applicationId ?? null,
    before ?? null,
    after ?? null,
    data,
  ];
  const digest = createHash("sha256").update(canonicalJson(content)).digest("hex").slice(0, 24);
  return `${at.toString()}_${operation}_${customerId ?? "none"}_${digest}`;
}

export const parseAuditRecord: Parser<AuditRecord> = (value) => {
  const sent = auditRecord(value);
  const record = {
    at: sent.operationDate,
    operation: sent.operationType.toLowerCase(),
    resourceType: sent.resourceType ?? "unknown",
    customerId: sent.customerId as CustomerId | undefined,
    customerName: sent.customerName,
    userPrincipalName: sent.userPrincipalName,
    applicationId: sent.applicationId,
    before: sent.resourceOldValue,
    after: sent.resourceNewValue,
    data: Object.fromEntries(sent.customizedData.map((entry) => [entry.key, entry.value ?? null])),
  };
  return { ...record, id: idOf(record), status: sent.operationStatus ?? "unknown", raw: sent.$raw };
};
export const parseAuditRecords = items("audit records", parseAuditRecord);

/** Calls made with users' tokens and without MFA: a free detector of stolen partner credentials. */
export const parseNonMfaPrincipals = items(
  "principals without MFA",
  parser(
    "principal without MFA",
    ms({
      objectId: need(guidText),
      tenantId: guidText,
      upn: text,
      lastNonMfaCompliantRequestDateTime: instant,
      lastNonMfaCompliantLoginDateTime: instant,
    }),
  ),
);
export const parseMfaAdoption = items(
  "applications by MFA",
  parser(
    "application by MFA",
    ms({
      applicationId: need(guidText),
      applicationName: text,
      loginDate: text,
      mfaCompliantRequestCount: text,
      totalRequestCount: text,
    }),
  ),
);
export const parsePartnerRequests = items(
  "partner requests",
  parser(
    "partner request",
    ms({
      requestId: need(text),
      operationName: text,
      requestDateTime: instant,
      ipAddress: text,
      upn: text,
      applicationId: guidText,
      mfaCompliant: text,
    }),
  ),
);
