import type { KnownEvent } from "../contract-event.ts";
import { azure, type Told } from "./example.ts";

export const OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
export const CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c";
export const READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

type Given = { readonly role: string; readonly scope: string; readonly principal: string; readonly kind?: string };

/** A role assignment as the Activity Log tells it. */
export const grant = (
  minutes: number,
  { role, scope, principal, kind = "User", ...more }: Given & Partial<Told>,
): KnownEvent =>
  azure(minutes, {
    operation: "microsoft.authorization/roleassignments/write",
    id: `grant:${minutes}:${principal}`,
    resource: { id: `${scope === "/" ? "" : scope}/providers/microsoft.authorization/roleassignments/${principal}` },
    request: {
      properties: {
        principalId: principal,
        principalType: kind,
        roleDefinitionId: `/providers/microsoft.authorization/roledefinitions/${role}`,
        scope,
      },
    },
    ...more,
  });
