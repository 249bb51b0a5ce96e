import type { KnownEvent } from "../contract-event.ts";

/** Acts with which power is taken or hidden, whoever does them. Entra's names without case; the unified audit log has the same. */
export const PRIVILEGED_OPS: readonly string[] = [
  "microsoft.authorization/elevateaccess/action",
  "microsoft.authorization/roleassignments/write",
  "microsoft.authorization/roledefinitions/write",
  "microsoft.authorization/locks/delete",
  "microsoft.compute/virtualmachines/write",
  "microsoft.compute/virtualmachinescalesets/write",
  "microsoft.compute/virtualmachines/runcommand/action",
  "microsoft.compute/virtualmachines/extensions/write",
  "microsoft.compute/disks/begingetaccess/action",
  "microsoft.compute/snapshots/begingetaccess/action",
  "microsoft.keyvault/vaults/write",
  "microsoft.keyvault/vaults/accesspolicies/write",
  "microsoft.storage/storageaccounts/listkeys/action",
  "microsoft.storage/storageaccounts/regeneratekey/action",
  "microsoft.automation/automationaccounts/runbooks/write",
  "microsoft.insights/diagnosticsettings/delete",
  "microsoft.subscription/aliases/write",
  "microsoft.subscription/updatetenant/action",
  "microsoft.quota/quotas/write",
  "add member to role",
  "add eligible member to role",
  "add service principal credentials",
  "update application – certificates and secrets management",
  "consent to application",
  "add app role assignment to service principal",
  "add delegated permission grant",
  "set federation settings on domain",
  "set domain authentication",
  "add conditional access policy",
  "update conditional access policy",
  "delete conditional access policy",
  "disable strong authentication",
  "new-inboundconnector",
  "new-transportrule",
  "add-mailboxpermission",
  "create_order",
  "add_application_credential",
  "register_application",
  "create_partner_user",
  "granular_admin_access_assignment_created",
  "granular_admin_access_assignment_updated",
];
const privileged = new Set(PRIVILEGED_OPS);
export const isPrivileged = (event: KnownEvent): boolean =>
  privileged.has(event.operation) && event.outcome !== "failure";

export const SIGN_IN_OPS = ["sign-in activity", "userloggedin", "userloginfailed"];
const signIns = new Set(SIGN_IN_OPS);
export const isSignIn = (event: KnownEvent): boolean => signIns.has(event.operation);

/** The name under which one actor's sign-ins and acts meet: the sign-in name where it is told, else the id. */
export const actorKey = ({ actor }: KnownEvent): string | undefined =>
  actor?.name?.includes("@") ? actor.name.toLowerCase() : actor?.id;
