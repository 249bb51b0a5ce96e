import type { KnownEvent } from "../contract-event.ts";
import { entra, partnerCenter } from "./example.ts";

export const PRODUCT = "5ea75ea7-0000-4000-8000-000000000001";

/** A seat given to someone, as Entra tells it. */
export const given = (minutes: number, name: string): KnownEvent =>
  entra(minutes, {
    operation: "change user license",
    target: { id: `id-of-${name}`, name, type: "user" },
    changes: [{ name: "AssignedLicense", before: "[]", after: `[SkuName=SPB, SkuId=${PRODUCT}, DisabledPlans=[]]` }],
  });
/** A seat given or taken through Partner Center. */
export const moved = (minutes: number, person: string, key: "AddedLicenseSkuId" | "RemovedLicenseSkuId"): KnownEvent =>
  partnerCenter(minutes, {
    operation: "update_customer_user_licenses",
    target: { id: person, type: "user" },
    raw: { customizedData: [{ key, value: PRODUCT }] },
  });
export const guest = (name: string, domain: string): string => `${name}_${domain}#EXT#@fabrikam.onmicrosoft.com`;
