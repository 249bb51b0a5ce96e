import { guidOf } from "../kernel/ids.ts";
import type { ResourceSpec } from "../kernel/rows.ts";

type Part = readonly [kind: ResourceSpec["kind"], name: string, location: string, share: number, group?: string];

/** What an Azure subscription consists of. Shares add up to 1. */
export const MIXES = {
  web: [
    ["app", "web-plan", "swedencentral", 0.46],
    ["sql", "web-db", "swedencentral", 0.34],
    ["storage", "webassets", "swedencentral", 0.12],
    ["bandwidth", "web-ip", "swedencentral", 0.08],
  ],
  servers: [
    ["vm", "srv-app-01", "swedencentral", 0.28],
    ["vm", "srv-app-02", "swedencentral", 0.24],
    ["vm", "srv-db-01", "swedencentral", 0.26],
    ["disk", "srv-db-01_data", "swedencentral", 0.14],
    ["storage", "backups", "swedencentral", 0.08],
  ],
  data: [
    ["databricks", "dbw-analys", "westeurope", 0.58],
    ["storage", "datalake", "westeurope", 0.17],
    ["sql", "dw-prod", "westeurope", 0.25],
  ],
  small: [
    ["vm", "vm-main", "northeurope", 0.7],
    ["disk", "vm-main_os", "northeurope", 0.2],
    ["storage", "diag", "northeurope", 0.1],
  ],
  render: [
    ["scaleset", "vmss-render", "westeurope", 0.82],
    ["storage", "frames", "westeurope", 0.18],
  ],
  mining: [
    ["gpu", "ndv4-sc-", "swedencentral", 0.2, "rg-batch-sync"],
    ["gpu", "ndv4-sd-", "swedencentral", 0.23, "rg-batch-sync"],
    ["gpu", "ndv4-we-", "westeurope", 0.36, "rg-batch-sync-we"],
    ["gpu", "ndv4-us-", "southcentralus", 0.21, "rg-batch-sync-us"],
  ],
  scalesets: [
    ["scaleset", "vmss-a", "brazilsouth", 0.27, "rg-tmp-1"],
    ["scaleset", "vmss-b", "eastus2", 0.25, "rg-tmp-2"],
    ["scaleset", "vmss-c", "southeastasia", 0.26, "rg-tmp-3"],
    ["scaleset", "vmss-d", "westus3", 0.22, "rg-tmp-4"],
  ],
  cluster: [["databricks", "dbw-left-running", "westeurope", 1, "rg-lab"]],
  loadtest: [["scaleset", "vmss-loadtest", "swedencentral", 1, "rg-loadtest"]],
} as const satisfies Record<string, readonly Part[]>;
export type MixKey = keyof typeof MIXES;

/** The resources of one Azure subscription, named after its customer where the mix does not say otherwise. */
export function resourcesOf(mix: MixKey, owner: string): ResourceSpec[] {
  const parts: readonly Part[] = MIXES[mix];
  return parts.map(([kind, name, location, share, group]) => ({
    kind,
    name: name.endsWith("-") ? `${name}${guidOf(owner, name).slice(0, 4)}` : name,
    group: group ?? `rg-${owner}-prod`,
    location,
    share,
  }));
}
