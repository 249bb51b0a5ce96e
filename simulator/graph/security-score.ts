import { averageAnswerHours } from "../alerts/alerts.ts";
import { okJson } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { iso, plusDays, startOfUtcDay, utcDay } from "../kernel/clock.ts";
import { guidOf } from "../kernel/ids.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { hasUsage } from "../usage/month.ts";
import { odataPage } from "./odata.ts";

const base = { method: "GET", surface: "graph", access: "both" } as const;
const at = "/beta/security/partner/securityScore";

export const securityScoreRoutes: readonly Route[] = [
  { ...base, path: at, handle: score },
  { ...base, path: `${at}/requirements`, handle: (_call, sim) => okJson({ value: requirements(sim) }) },
  { ...base, path: `${at}/customerInsights`, handle: insights },
  { ...base, path: `${at}/history`, handle: history },
];

const MAX = 20;
const HISTORY_DAYS = 30;
const ours = (sim: Sim): CustomerRow[] => sim.tables.customers.all().filter((one) => one.relationship === "reseller");

/** The five requirements, each worth 20 of 100. The points per item are not documented; these follow the published sample. */
function requirements(sim: Sim) {
  const customers = ours(sim);
  const safe = customers.filter(({ mfa }) => mfa.admins > 0 && mfa.compliantAdmins === mfa.admins).length;
  const azure = customers.filter((one) => hasUsage(sim, one));
  const budgeted = azure.filter((one) => one.budget !== null).length;
  const hours = averageAnswerHours(sim);
  const share = (part: number, whole: number): number =>
    whole === 0 ? MAX : Math.round((part / whole) * MAX * 100) / 100;
  const item = (requirementType: string, points: number, facts: Record<string, unknown> = {}) => ({
    "@odata.type": "#microsoft.graph.partner.security.securityRequirement",
    id: guidOf("requirement", requirementType),
    requirementType,
    complianceStatus: points >= MAX ? "compliant" : "noncomplaint",
    actionUrl: `https://aka.ms/partner-center-${requirementType}`,
    helpUrl: null,
    score: points,
    maxScore: MAX,
    state: requirementType.startsWith("spending") ? "preview" : "active",
    updatedDateTime: iso(startOfUtcDay(utcDay(sim.clock.now()))),
    ...facts,
  });
  return [
    item("mfaEnforcedForAdmins", MAX),
    item("mfaEnforcedForAdminsOfCustomers", share(safe, customers.length), {
      totalTenantCount: customers.length,
      compliantTenantCount: safe,
    }),
    item(
      "securityAlertsPromptlyResolved",
      hours === undefined || hours <= 24 ? MAX : 0,
      hours === undefined ? {} : { averageResponseTimeInHours: hours.toFixed(1) },
    ),
    item("securityContactProvided", MAX),
    item("spendingBudgetSetForCustomerAzureSubscriptions", share(budgeted, azure.length), {
      totalCustomersCount: azure.length,
      customersWithSpendBudgetCount: budgeted,
    }),
  ];
}

const total = (sim: Sim): number => Math.round(requirements(sim).reduce((sum, one) => sum + one.score, 0) * 100) / 100;

function score(_call: Call, sim: Sim): Reply {
  const today = iso(startOfUtcDay(utcDay(sim.clock.now())));
  return okJson({
    "@odata.context": "https://graph.microsoft.com/beta/$metadata#security/partner/securityScore/$entity",
    updatedDateTime: today,
    lastRefreshDateTime: today,
    currentScore: total(sim),
    maxScore: 100,
  });
}

/** MFA per customer tenant; pages by nextLink only, so $top is ignored. */
function insights(call: Call, sim: Sim): Reply {
  const shape = ({ id, mfa }: CustomerRow) => ({
    tenantId: id,
    mfa: {
      compliantAdminsCount: mfa.compliantAdmins,
      compliantNonAdminsCount: mfa.compliantNonAdmins,
      totalUsersCount: mfa.users,
      securityDefaultsStatus: mfa.securityDefaults,
      mfaConditionalAccessPolicyStatus:
        mfa.compliantAdmins === mfa.admins && mfa.securityDefaults === "disabled" ? "enabled" : "disabled",
      legacyPerUserMfaStatus: "disabled",
    },
  });
  const query = new URLSearchParams(call.query);
  query.delete("$top");
  return odataPage({ ...call, query }, sim, {
    rows: ours(sim),
    rules: {
      context: "beta/$metadata#security/partner/securityScore/customerInsights",
      rowsMax: sim.settings().pageRowsMax,
      shape,
    },
  });
}

function history(_call: Call, sim: Sim): Reply {
  const now = total(sim);
  const value = Array.from({ length: HISTORY_DAYS }, (_, i) => {
    const day = utcDay(plusDays(sim.clock.now(), i - HISTORY_DAYS + 1));
    return {
      id: guidOf("score", day.toString()),
      createdDateTime: iso(startOfUtcDay(day)),
      score: Math.round((now - (HISTORY_DAYS - 1 - i) * 0.15) * 100) / 100,
      compliantRequirementsCount: requirements(sim).filter((one) => one.complianceStatus === "compliant").length,
      totalRequirementsCount: 5,
    };
  });
  return okJson({ value });
}
