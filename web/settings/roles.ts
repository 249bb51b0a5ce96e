import type { Role } from "../../src/access/contract.ts";
import { useChoices } from "../i18n/settings.ts";
import { useT } from "../i18n/t.ts";

/** "Global admin and Admin agent": roles as a sentence names them. */
export function useRoleNames(): (roles: readonly Role[]) => string {
  const t = useT();
  const { language } = useChoices();
  return (roles) =>
    new Intl.ListFormat(language, { type: "conjunction" }).format(roles.map((role) => t(`role.${role}`)));
}
