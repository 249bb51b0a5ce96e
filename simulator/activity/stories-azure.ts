import { guidOf } from "../kernel/ids.ts";
import type { CustomerRow, EntitlementRow } from "../kernel/rows.ts";
import type { Who } from "./records.ts";
import { auditStep, azureSteps, machineSteps, riskStep, ROLES, signInStep, userTarget } from "./steps.ts";
import type { Step } from "./write.ts";

/** Regions and sizes of a fleet: four regions, since quotas are by region; sizes that mine fastest. */
const FLEET_REGIONS = ["swedencentral", "westeurope", "southcentralus", "eastus2"] as const;
const FLEET_SIZES = ["Standard_NC24ads_A100_v4", "Standard_ND96asr_v4", "Standard_NC64as_T4_v3"] as const;
export const FLEET_MACHINES = 14;
const ELEVATED = "User has elevated their access to User Access Administrator for their Azure Resources";

/**
 * A stolen administrator takes over an Azure subscription: signs in from far away, elevates, makes itself and a hidden application owner, and
 * starts a fleet of GPU machines in four regions.
 */
export function takeoverSteps(customer: CustomerRow, azure: EntitlementRow, who: Who): Step[] {
  const subscriptionId = azure.id;
  const app = guidOf(customer.id, azure.id, "backdoor");
  return [
    signInStep(0, who, { risk: "high" }),
    riskStep(5, who, "unfamiliarFeatures"),
    ...elevateSteps(20, who),
    ...ownerSteps(45, who, { subscriptionId, principalId: who.id, principalType: "User" }),
    ...ownerSteps(55, who, { subscriptionId, principalId: app, principalType: "ServicePrincipal" }),
    ...Array.from({ length: FLEET_MACHINES }, (_, n) =>
      machineSteps(80 + n * 6, who, {
        subscriptionId,
        group: `rg-sync-${FLEET_REGIONS[n % FLEET_REGIONS.length]}`,
        name: `node-${guidOf(subscriptionId, n).slice(0, 4)}-${n}`,
        region: FLEET_REGIONS[n % FLEET_REGIONS.length] ?? FLEET_REGIONS[0],
        size: FLEET_SIZES[n % FLEET_SIZES.length] ?? FLEET_SIZES[0],
      }),
    ).flat(),
  ].toSorted((a, b) => a.second - b.second);
}

const elevateSteps = (second: number, who: Who): Step[] => [
  auditStep(second, who, {
    activity: ELEVATED,
    category: "AzureRBACRoleManagementElevateAccess",
    service: "Azure RBAC (Elevated Access)",
    targets: [],
  }),
  {
    second: second + 1,
    facts: {
      kind: "azure",
      subscriptionId: "",
      operation: "Microsoft.Authorization/elevateAccess/action",
      resourceId: "/providers/Microsoft.Authorization",
      status: "Succeeded",
      subStatus: "OK",
      who,
    },
  },
];

type Grant = { readonly subscriptionId: string; readonly principalId: string; readonly principalType: string };

function ownerSteps(second: number, who: Who, { subscriptionId, principalId, principalType }: Grant): Step[] {
  const id = guidOf(subscriptionId, principalId, "assignment");
  const scope = `/subscriptions/${subscriptionId}`;
  const properties = {
    PrincipalId: principalId,
    PrincipalType: principalType,
    RoleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${ROLES.owner}`,
    Scope: scope,
  };
  return azureSteps(second, {
    subscriptionId,
    operation: "Microsoft.Authorization/roleAssignments/write",
    resourceId: `${scope}/providers/Microsoft.Authorization/roleAssignments/${id}`,
    who,
    request: { Id: id, Properties: properties },
    response: { id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${id}`, name: id, properties },
  });
}

/** The guard rails go first: budget, alerts and logs of a subscription are removed. */
export function budgetRemovedSteps(azure: EntitlementRow, who: Who): Step[] {
  const scope = `/subscriptions/${azure.id}`;
  const removed = [
    ["Microsoft.Consumption/budgets/delete", "Microsoft.Consumption/budgets/monthly"],
    ["Microsoft.Insights/actionGroups/delete", "Microsoft.Insights/actionGroups/cost-watchers"],
    ["Microsoft.Insights/diagnosticSettings/delete", "Microsoft.Insights/diagnosticSettings/to-surety"],
    ["Microsoft.Authorization/locks/delete", "Microsoft.Authorization/locks/do-not-delete"],
  ] as const;
  return [
    signInStep(0, who),
    ...removed.flatMap(([operation, path], n) =>
      azureSteps(20 + n * 15, {
        subscriptionId: azure.id,
        operation,
        resourceId: `${scope}/resourceGroups/rg-governance/providers/${path}`,
        who,
      }),
    ),
  ];
}

/** The reseller's own rights on the subscription are taken away. */
export function lockedOutSteps(
  azure: EntitlementRow,
  { who, partner }: { readonly who: Who; readonly partner: { readonly tenantId: string; readonly name: string } },
): Step[] {
  const scope = `/subscriptions/${azure.id}`;
  const principalId = guidOf(partner.tenantId, "admin agents");
  const id = guidOf(azure.id, "partner assignment");
  const properties = {
    principalId,
    principalType: "ForeignGroup",
    roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${ROLES.owner}`,
    scope,
  };
  return [
    signInStep(0, who),
    ...azureSteps(30, {
      subscriptionId: azure.id,
      operation: "Microsoft.Authorization/roleAssignments/delete",
      resourceId: `${scope}/providers/Microsoft.Authorization/roleAssignments/${id}`,
      who,
      response: { id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${id}`, name: id, properties },
    }),
    auditStep(60, who, {
      activity: "Delete partner specific cross-tenant access setting",
      category: "CrossTenantAccessSettings",
      targets: [{ id: partner.tenantId, type: "Policy", name: partner.name }],
    }),
  ];
}

/** An ordinary working day: nothing of it should be worth a case. */
export function quietSteps(people: readonly Who[], azure: EntitlementRow | undefined): Step[] {
  const admin = people[0];
  if (admin === undefined) return [];
  const day = people.flatMap((who, n) => [
    signInStep(60 + n * 97, who, { app: "outlook" }),
    signInStep(1_800 + n * 143, who, { app: "teams" }),
    {
      second: 3_600 + n * 61,
      facts: {
        kind: "m365",
        workload: "SharePoint",
        recordType: 6,
        operation: "FileAccessed",
        who,
        objectId: `https://files.example/sites/team/Plan${n}.docx`,
      },
    } satisfies Step,
  ]);
  const machine = azure?.usage.resources.find((one) => one.kind === "vm");
  const restart =
    azure === undefined || machine === undefined
      ? []
      : azureSteps(5_000, {
          subscriptionId: azure.id,
          operation: "Microsoft.Compute/virtualMachines/restart/action",
          resourceId: `/subscriptions/${azure.id}/resourceGroups/${machine.group}/providers/Microsoft.Compute/virtualMachines/${machine.name}`,
          who: admin,
        });
  const reset =
    people[1] === undefined
      ? []
      : [
          auditStep(4_000, admin, {
            activity: "Reset user password",
            category: "UserManagement",
            targets: [userTarget(people[1])],
          }),
        ];
  return [...day, ...restart, ...reset].toSorted((a, b) => a.second - b.second);
}
