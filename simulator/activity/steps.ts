import { guidOf } from "../kernel/ids.ts";
import type { Target, Who } from "./records.ts";
import type { Step } from "./write.ts";

/** Pieces that stories are made of. */

export const ROLES = {
  owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  userAccessAdministrator: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  globalAdministrator: "62e90394-69f5-4237-9190-012177145e10",
} as const;
export const APPS = {
  portal: { app: "Azure Portal", appId: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c" },
  outlook: { app: "Outlook", appId: "5d661950-3475-41cd-a2c3-d671a3162bc1" },
  teams: { app: "Microsoft Teams", appId: "1fec8e78-bce4-4aaf-ab1b-5451cc387264" },
  exchange: { app: "Office 365 Exchange Online", appId: "00000002-0000-0ff1-ce00-000000000000" },
} as const;

type Azure = {
  readonly subscriptionId: string;
  readonly operation: string;
  readonly resourceId: string;
  readonly who: Who;
  readonly request?: unknown;
  readonly response?: unknown;
};

/** One Azure operation as its log tells it: begun, taken on when it lasts, done. All under one correlation id. */
export function azureSteps(second: number, azure: Azure, lastsSeconds?: number): Step[] {
  const group = guidOf(azure.resourceId, azure.operation, second);
  const step = (after: number, status: "Started" | "Accepted" | "Succeeded", subStatus: string): Step => {
    const { request, response, ...others } = azure;
    const body = {
      ...(status === "Succeeded" || request === undefined ? {} : { request }),
      ...(status === "Started" || response === undefined ? {} : { response }),
    };
    return { second: second + after, group, facts: { kind: "azure", ...others, ...body, status, subStatus } };
  };
  return [
    step(0, "Started", ""),
    ...(lastsSeconds === undefined ? [] : [step(1, "Accepted", "Created")]),
    step(lastsSeconds ?? 1, "Succeeded", lastsSeconds === undefined ? "Created" : "OK"),
  ];
}

export type Machine = {
  readonly subscriptionId: string;
  readonly group: string;
  readonly name: string;
  readonly region: string;
  readonly size: string;
};
export const machineId = ({ subscriptionId, group, name }: Machine): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachines/${name}`;

/** A new virtual machine: what was asked for and what Azure answered, as the log keeps both. */
export function machineSteps(second: number, who: Who, machine: Machine): Step[] {
  const { subscriptionId, region, size } = machine;
  const hardware = {
    location: region,
    properties: { hardwareProfile: { vmSize: size }, storageProfile: { imageReference: { offer: "ubuntu-hpc" } } },
  };
  return azureSteps(
    second,
    {
      subscriptionId,
      operation: "Microsoft.Compute/virtualMachines/write",
      resourceId: machineId(machine),
      who,
      request: hardware,
      response: { ...hardware, id: machineId(machine), name: machine.name, type: "Microsoft.Compute/virtualMachines" },
    },
    30,
  );
}

export const auditStep = (
  second: number,
  who: Who,
  what: {
    activity: string;
    category: string;
    targets: readonly Target[];
    service?: string;
    details?: Record<string, string>;
  },
): Step => ({ second, facts: { kind: "audit", who, ...what } });

export const userTarget = (who: Who, changes?: Target["changes"]): Target => ({
  id: who.id,
  type: "User",
  name: who.name,
  upn: who.upn,
  ...(changes === undefined ? {} : { changes }),
});

export const riskStep = (second: number, who: Who, type: string): Step => ({
  second,
  facts: { kind: "risk", who, type, level: "high" },
});

type SignIn = {
  readonly app?: keyof typeof APPS;
  readonly error?: number;
  readonly reason?: string;
  readonly client?: string;
  readonly agent?: string;
  readonly risk?: string;
};
export const signInStep = (second: number, who: Who, { app = "portal", error = 0, ...more }: SignIn = {}): Step => ({
  second,
  facts: { kind: "sign-in", who, ...APPS[app], error, ...more },
});

export const exchangeStep = (
  second: number,
  who: Who,
  what: { operation: string; objectId: string; parameters?: Record<string, string>; more?: Record<string, unknown> },
): Step => ({
  second,
  facts: { kind: "m365", workload: "Exchange", recordType: 1, who, ...what },
});
