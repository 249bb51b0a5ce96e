import { HOUR_MS, msOf } from "../kernel/clock.ts";
import { fractionOf } from "../kernel/ids.ts";
import type { Burst, EntitlementRow, ResourceSpec } from "../kernel/rows.ts";

/** Spend is a rule over time (kernel/rows.ts), so any period has one price however often and in whatever pieces it is asked for. */
export type Period = { readonly fromMs: number; readonly toMs: number };

const DAY_MS = 86_400_000;

/** Cost of each resource in a period, in the customer's currency; estimates, hence plain numbers as in Microsoft's answers. */
export function costByResource(
  entitlement: EntitlementRow,
  period: Period,
): { resource: ResourceSpec; cost: number }[] {
  const usual = usualCost(entitlement, period);
  const parts = entitlement.usage.resources.map((resource) => ({ resource, cost: usual * resource.share }));
  for (const burst of entitlement.bursts) {
    const cost = burstCost(entitlement, burst, period);
    if (cost > 0) for (const resource of burst.resources) parts.push({ resource, cost: cost * resource.share });
  }
  return parts.filter((part) => part.cost > 0);
}

export function costOf(entitlement: EntitlementRow, period: Period): number {
  const bursts = entitlement.bursts.reduce((sum, burst) => sum + burstCost(entitlement, burst, period), 0);
  return usualCost(entitlement, period) + bursts;
}

/** The days of ordinary use, each with its weekday, growth and noise. */
function usualCost(entitlement: EntitlementRow, period: Period): number {
  const { usage, id } = entitlement;
  const anchorDay = msOf(usage.anchor) / DAY_MS;
  let sum = 0;
  for (const { fromMs, toMs } of activePeriods(entitlement, period))
    for (let day = Math.floor(fromMs / DAY_MS); day * DAY_MS < toMs; day++) {
      const share = (Math.min(toMs, (day + 1) * DAY_MS) - Math.max(fromMs, day * DAY_MS)) / DAY_MS;
      // 1 January 1970 was a Thursday: days 2 and 3 of the epoch's week are the weekend.
      const weekend = day % 7 === 2 || day % 7 === 3 ? usage.weekend : 1;
      const growth = usage.growthPerDay === 0 ? 1 : (1 + usage.growthPerDay) ** (day - anchorDay);
      const noise = 1 + usage.noise * (2 * fractionOf(id, day) - 1);
      sum += usage.perDay * growth * weekend * noise * share;
    }
  return sum;
}

function burstCost(entitlement: EntitlementRow, burst: Burst, period: Period): number {
  const start = msOf(burst.from);
  const end = burst.until === null ? period.toMs : Math.min(period.toMs, msOf(burst.until));
  if (end <= Math.max(start, period.fromMs)) return 0;
  const spent = (at: number): number => {
    const hours = Math.max(0, (at - start) / HOUR_MS);
    const ramp = burst.rampHours;
    return burst.perHour * (hours < ramp ? (hours * hours) / (2 * ramp) : hours - ramp / 2);
  };
  const parts = activePeriods(entitlement, { fromMs: Math.max(start, period.fromMs), toMs: end });
  return parts.reduce((sum, { fromMs, toMs }) => sum + spent(toMs) - spent(fromMs), 0);
}

/** The pieces of a period in which the Azure subscription existed and was not cancelled. */
function activePeriods(entitlement: EntitlementRow, { fromMs, toMs }: Period): Period[] {
  let parts: Period[] = [{ fromMs: Math.max(fromMs, msOf(entitlement.createdAt)), toMs }];
  for (const stop of entitlement.stops) {
    const from = msOf(stop.from);
    const to = stop.to === null ? Number.POSITIVE_INFINITY : msOf(stop.to);
    parts = parts.flatMap((part) => [
      { fromMs: part.fromMs, toMs: Math.min(part.toMs, from) },
      { fromMs: Math.max(part.fromMs, to), toMs: part.toMs },
    ]);
  }
  return parts.filter((part) => part.toMs > part.fromMs);
}

/** US dollars for one unit of a currency: fixed, since the world needs no market. */
const USD: Readonly<Record<string, number>> = { USD: 1, SEK: 0.0952, EUR: 1.09, DKK: 0.1461, NOK: 0.0934, GBP: 1.27 };
export const usdOf = (amount: number, currency: string): number => amount * (USD[currency] ?? 1);

/** The meter each kind of resource is billed by. `usd` is the price of one unit. */
export const METERS: Readonly<Record<ResourceSpec["kind"], Meter>> = {
  vm: {
    category: "Virtual Machines",
    subcategory: "Dsv5 Series",
    name: "D4s v5",
    unit: "1 Hour",
    usd: 0.192,
    provider: "Microsoft.Compute/virtualMachines",
  },
  gpu: {
    category: "Virtual Machines",
    subcategory: "NDamsrA100v4 Series",
    name: "ND96amsr A100 v4",
    unit: "1 Hour",
    usd: 32.77,
    provider: "Microsoft.Compute/virtualMachines",
  },
  scaleset: {
    category: "Virtual Machines",
    subcategory: "HBv4 Series",
    name: "HB176rs v4",
    unit: "1 Hour",
    usd: 7.2,
    provider: "Microsoft.Compute/virtualMachineScaleSets",
  },
  disk: {
    category: "Storage",
    subcategory: "Premium SSD Managed Disks",
    name: "P30 LRS Disk",
    unit: "1/Month",
    usd: 122.88,
    provider: "Microsoft.Compute/disks",
  },
  storage: {
    category: "Storage",
    subcategory: "Tables",
    name: "LRS Data Stored",
    unit: "1 GB/Month",
    usd: 0.045,
    provider: "Microsoft.Storage/storageAccounts",
  },
  sql: {
    category: "SQL Database",
    subcategory: "SQL Database Single/Elastic Pool General Purpose",
    name: "vCore",
    unit: "1 Hour",
    usd: 0.2525,
    provider: "Microsoft.Sql/servers/databases",
  },
  app: {
    category: "Azure App Service",
    subcategory: "Premium v3 Plan",
    name: "P1 v3 App",
    unit: "1 Hour",
    usd: 0.31,
    provider: "Microsoft.Web/serverFarms",
  },
  databricks: {
    category: "Azure Databricks",
    subcategory: "Azure Databricks",
    name: "Premium All-purpose Compute DBU",
    unit: "1 Hour",
    usd: 0.55,
    provider: "Microsoft.Databricks/workspaces",
  },
  bandwidth: {
    category: "Bandwidth",
    subcategory: "Rtn Preference: MGN",
    name: "Standard Data Transfer Out",
    unit: "1 GB",
    usd: 0.087,
    provider: "Microsoft.Network/publicIPAddresses",
  },
};
export type Meter = {
  readonly category: string;
  readonly subcategory: string;
  readonly name: string;
  readonly unit: string;
  readonly usd: number;
  readonly provider: string;
};

export const resourceUri = (entitlement: EntitlementRow, resource: ResourceSpec): string =>
  `/subscriptions/${entitlement.id}/resourceGroups/${resource.group}/providers/${METERS[resource.kind].provider}/${resource.name}`;
