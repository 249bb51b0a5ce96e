/** Upstream rules that no public sample fires: a record as the system really writes it fires them all the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../core/canonical.ts";
import { loadSigma } from "../sigma/load.ts";
import { Matcher } from "../sigma/matcher.ts";
import { ruleSetOf } from "../sigma/rule-set.ts";
import { logSourcesOf } from "./decide-sources.ts";
import { sigmaView } from "./decide-view.ts";
import { normalise } from "./normalise.ts";
import { sampleText, SKIP_SAMPLES } from "./testing.ts";

type Line = { readonly path: string; readonly rule: string };
const rules = new Map(
  SKIP_SAMPLES
    ? []
    : sampleText("conformance/sigmahq_cloud_rules.jsonl")
        .trim()
        .split("\n")
        .map((text) => JSON.parse(text) as Line)
        .map(({ path, rule }) => [/([^/]+)\.yml$/.exec(path)?.[1] ?? path, rule] as const),
);
const AT = "2026-05-01T10:00:00Z";
const audit = (activityDisplayName: string, more: { readonly [key: string]: Json } = {}): Json => ({
  id: `Directory_${activityDisplayName}`,
  activityDateTime: AT,
  activityDisplayName,
  result: "success",
  loggedByService: "Core Directory",
  category: "RoleManagement",
  initiatedBy: { user: { id: "k", userPrincipalName: "kim@contoso.com" } },
  targetResources: [{ id: "t", type: "User", userPrincipalName: "alex@contoso.com", modifiedProperties: [] }],
  ...more,
});
const changed = (displayName: string, oldValue: string, newValue: string): { readonly [key: string]: Json } => ({
  targetResources: [
    { id: "t", type: "User", displayName: "t", modifiedProperties: [{ displayName, oldValue, newValue }] },
  ],
});
const signIn = (errorCode: number, more: { readonly [key: string]: Json } = {}): Json => ({
  id: String(errorCode),
  createdDateTime: AT,
  userId: "k",
  userPrincipalName: "kim@contoso.com",
  appDisplayName: "An app",
  conditionalAccessStatus: "notApplied",
  status: { errorCode, failureReason: "as Entra words it today" },
  ...more,
});
const alert = (Name: string): Json => ({
  CreationTime: "2026-05-01T10:00:00",
  Id: Name,
  Operation: "AlertTriggered",
  RecordType: 40,
  ResultStatus: "Succeeded",
  Workload: "SecurityComplianceCenter",
  UserType: 4,
  UserId: "SecurityComplianceAlerts",
  AlertId: "a",
  Name,
  Severity: "High",
});
const risk = (riskEventType: string): Json => ({
  id: riskEventType,
  riskEventType,
  riskState: "atRisk",
  detectedDateTime: AT,
  userId: "k",
});

const CASES: readonly (readonly [rule: string, raw: Json])[] = [
  ["azure_aad_secops_new_ca_policy_addedby_bad_actor", audit("Add conditional access policy")],
  ["azure_ad_bitlocker_key_retrieval", audit("Read BitLocker key", { category: "KeyManagement" })],
  [
    "azure_ad_new_root_ca_added",
    audit(
      "Set Company Information",
      changed("TrustedCAsForPasswordlessAuth", "[]", '["TrustedCAsForPasswordlessAuth"]'),
    ),
  ],
  [
    "azure_app_end_user_consent",
    audit("Consent to application", changed("ConsentContext.IsAdminConsent", "", '"False"')),
  ],
  [
    "azure_app_end_user_consent_blocked",
    audit("Consent to application", {
      result: "failure",
      resultReason: "Microsoft.online.Security.userConsentBlockedForRiskyAppsExceptions",
    }),
  ],
  ["azure_federation_modified", audit("Set federation settings on domain")],
  [
    "azure_guest_to_member",
    audit("Update user", { category: "UserManagement", ...changed("UserType", '["Guest"]', '["Member"]') }),
  ],
  [
    "azure_pim_activation_approve_deny",
    audit("Add member to role request approved (PIM activation)", { loggedByService: "PIM" }),
  ],
  ["azure_pim_alerts_disabled", audit("Disable PIM alert", { loggedByService: "PIM" })],
  ["azure_pim_change_settings", audit("Update role setting in PIM", { loggedByService: "PIM" })],
  [
    "azure_priviledged_role_assignment_add",
    audit("Add eligible member to role in PIM completed (permanent)", { loggedByService: "PIM" }),
  ],
  [
    "azure_tap_added",
    audit("Admin registered security info", { resultReason: "Admin registered temporary access pass method for user" }),
  ],
  [
    "azure_ad_device_registration_or_join_without_mfa",
    signIn(0, {
      resourceDisplayName: "Device Registration Service",
      conditionalAccessStatus: "success",
      authenticationRequirement: "singleFactorAuthentication",
    }),
  ],
  [
    "azure_ad_risky_sign_ins_with_singlefactorauth_from_unknown_devices",
    signIn(0, {
      authenticationRequirement: "singleFactorAuthentication",
      riskState: "atRisk",
      deviceDetail: { deviceId: "" },
    }),
  ],
  ["azure_blocked_account_attempt", signIn(50_057)],
  ["azure_login_to_disabled_account", signIn(50_057)],
  ["azure_conditional_access_failure", signIn(53_003)],
  ["azure_user_login_blocked_by_conditional_access", signIn(53_003)],
  [
    "azure_mfa_denies",
    signIn(500_121, {
      authenticationRequirement: "multiFactorAuthentication",
      status: { errorCode: 500_121, additionalDetails: "MFA denied; user declined the authentication" },
    }),
  ],
  ["azure_mfa_interrupted", signIn(500_121)],
  ["azure_identity_protection_leaked_credentials", risk("leakedCredentials")],
  ["azure_identity_protection_prt_access", risk("attemptedPrtAccess")],
  ["azure_identity_protection_unfamilar_sign_in", signIn(0, { riskEventTypes_v2: ["unfamiliarFeatures"] })],
  ["microsoft365_user_restricted_from_sending_email", alert("User restricted from sending email")],
  ["microsoft365_potential_ransomware_activity", alert("Potential ransomware activity")],
  ["microsoft365_from_susp_ip_addresses", alert("Activity from suspicious IP addresses")],
  [
    "microsoft365_impossible_travel_activity",
    {
      "@odata.type": "#microsoft.graph.security.alert",
      id: "m",
      title: "Impossible travel activity",
      severity: "medium",
      createdDateTime: AT,
      serviceSource: "microsoftDefenderForCloudApps",
      productName: "Microsoft Defender for Cloud Apps",
    },
  ],
  [
    "microsoft365_pst_export_alert_using_new_compliancesearchaction",
    {
      CreationTime: AT,
      Id: "p",
      Operation: "New-ComplianceSearchAction",
      RecordType: 18,
      Workload: "SecurityComplianceCenter",
      UserType: 2,
      UserId: "kim@contoso.com",
      Parameters: '-SearchName "x" -Export "True" -Format "FxStream pst"',
    },
  ],
  [
    "microsoft365_new_federated_domain_added_exchange",
    {
      CreationTime: AT,
      Id: "f",
      Operation: "Add-FederatedDomain",
      RecordType: 1,
      ResultStatus: "True",
      Workload: "Exchange",
      UserType: 2,
      UserId: "kim@contoso.com",
    },
  ],
  [
    "azure_new_cloudshell_created",
    {
      eventTimestamp: AT,
      operationName: { value: "Microsoft.Portal/consoles/write" },
      status: { value: "Succeeded" },
      category: { value: "Administrative" },
    },
  ],
  [
    "azure_aadhybridhealth_adfs_service_delete",
    {
      eventTimestamp: AT,
      operationName: { value: "Microsoft.ADHybridHealthService/services/delete" },
      category: { value: "Administrative" },
      resourceId: "/providers/Microsoft.ADHybridHealthService/services/AdFederationService-sts.contoso.com",
    },
  ],
];

for (const [name, raw] of CASES)
  test(`${name} fires on what the log really says`, { skip: SKIP_SAMPLES }, () => {
    const { documents } = loadSigma(rules.get(name) ?? "");
    const matcher = new Matcher(ruleSetOf(documents));
    const [event] = normalise(raw, { receivedAt: Temporal.Instant.from(AT) });
    assert.ok(event !== undefined && event.source !== "unknown");
    const view = sigmaView(event);
    assert.ok(logSourcesOf(event).some((source) => matcher.match(view, source).length > 0));
  });
