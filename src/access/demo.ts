import type { Role } from "./contract.ts";

/** The invented people of the demo reseller: one for each role, so that one visitor can be the second person who approves. */
export const DEMO_PEOPLE: readonly { readonly name: string; readonly email: string; readonly role: Role }[] = [
  { name: "Elin Sandström", email: "elin.sandstrom@demo.example", role: "admin-agent" },
  { name: "Karin Holm", email: "karin.holm@demo.example", role: "billing-admin" },
  { name: "Jonas Wik", email: "jonas.wik@demo.example", role: "global-admin" },
  { name: "Astrid Lund", email: "astrid.lund@demo.example", role: "auditor" },
];

/** Whom the printed demo link signs in. */
export const DEMO_ADMIN = "jonas.wik@demo.example";
