import type { ResellerKey } from "./story.ts";
import type { World } from "./context.ts";

/** The reseller whose desk this is, its people, and the indirect resellers it provides for. */
export const PARTNER = {
  name: "Skärgård Cloud AB",
  mpnId: "6104422",
  country: "SE",
  currency: "SEK",
  domain: "skargardcloud.example",
} as const;

/** The account a desk signs in with; the others are for tests of rights. */
export const DESK_USER = `riskdesk@${PARTNER.domain}`;

const USERS: readonly { readonly upn: string; readonly roles: readonly string[]; readonly mfa: boolean }[] = [
  { upn: DESK_USER, roles: ["Global admin", "Admin agent"], mfa: true },
  { upn: `elin.sandstrom@${PARTNER.domain}`, roles: ["Global admin", "Admin agent"], mfa: true },
  { upn: `jonas.wik@${PARTNER.domain}`, roles: ["Admin agent"], mfa: true },
  { upn: `karin.holm@${PARTNER.domain}`, roles: ["Global admin", "Admin agent", "Billing admin"], mfa: true },
  { upn: `ekonomi@${PARTNER.domain}`, roles: ["Billing admin"], mfa: true },
  { upn: `legacy.sync@${PARTNER.domain}`, roles: ["Global admin", "Admin agent"], mfa: false },
];

export const RESELLERS: readonly {
  readonly key: ResellerKey;
  readonly name: string;
  readonly mpnId: string;
  readonly country: string;
}[] = [
  { key: "molnbruket", name: "Molnbruket i Linköping AB", mpnId: "6220117", country: "SE" },
  { key: "fjordsky", name: "Fjordsky AS", mpnId: "6231904", country: "NO" },
  { key: "oresund", name: "Øresund IT ApS", mpnId: "6240038", country: "DK" },
  { key: "saimaan", name: "Saimaan Pilvi Oy", mpnId: "6255512", country: "FI" },
];

export function buildPartner({ sim, id }: World): void {
  for (const user of USERS) sim.tables.partnerUsers.put({ id: id("partner-user", user.upn), ...user });
}

export function buildResellers({ sim, id }: World): void {
  for (const reseller of RESELLERS) sim.tables.resellers.put({ id: id("reseller", reseller.key), ...reseller });
}
