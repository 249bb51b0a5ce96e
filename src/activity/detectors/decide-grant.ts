import type { KnownEvent } from "../contract-event.ts";
import { textIn } from "./decide-json.ts";

/** Azure roles that give power over everything or over who has power, by definition id. Source: Azure built-in roles. */
export const ROLES: Readonly<Record<string, string>> = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "owner",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "user-access-administrator",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "rbac-administrator",
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "contributor",
};
/** The three with which one may give roles. */
export const ROLES_OF_POWER: ReadonlySet<string> = new Set([
  "owner",
  "user-access-administrator",
  "rbac-administrator",
]);

export type Grant = {
  /** A name of `ROLES`, else the definition's id. */
  readonly role: string;
  readonly scope: string;
  readonly reach: "root" | "management-group" | "subscription" | "below";
  readonly principal: string;
  readonly principalKind: string;
};

/** What a role assignment says: from its body, else from what the record knows of it; undefined when the role is not told. */
export function grantOf(event: KnownEvent): Grant | undefined {
  const body = (name: string) =>
    textIn(event.request, "properties", name) ??
    textIn(event.request, name) ??
    textIn(event.raw, "identity", "authorization", "evidence", name);
  const definition = body("roleDefinitionId");
  if (definition === undefined) return undefined;
  const id = definition.toLowerCase().split("/").at(-1) ?? "";
  const scope = (body("scope") ?? scopeOf(event.resource?.id ?? "")).toLowerCase();
  return {
    role: ROLES[id] ?? id,
    scope,
    reach: reachOf(scope),
    principal: (body("principalId") ?? event.target?.id ?? "").toLowerCase(),
    principalKind: (body("principalType") ?? event.target?.type ?? "").toLowerCase(),
  };
}

/** The scope is what stands before the assignment in its own id; the root is the empty text before it. */
function scopeOf(assignment: string): string {
  const at = assignment.toLowerCase().indexOf("/providers/microsoft.authorization/roleassignments/");
  if (at < 0) return "";
  return at === 0 ? "/" : assignment.slice(0, at);
}

function reachOf(scope: string): Grant["reach"] {
  if (scope === "/") return "root";
  if (scope.startsWith("/providers/microsoft.management/managementgroups/")) return "management-group";
  return /^\/subscriptions\/[^/]+\/?$/.test(scope) ? "subscription" : "below";
}
