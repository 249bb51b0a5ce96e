import { guidOf } from "../kernel/ids.ts";

/** Who did something, as every log tells it in its own way. */
export type Who = {
  /** Object id. */
  readonly id: string;
  readonly upn: string;
  readonly name: string;
  readonly ip: string;
  readonly country: string;
  readonly city: string;
  /** Tenant the account belongs to, when it is not the customer's. */
  readonly homeTenant?: string;
};
export type Target = {
  readonly id: string;
  readonly type: "User" | "ServicePrincipal" | "Application" | "Role" | "Group" | "Policy" | "Other";
  readonly name: string;
  readonly upn?: string;
  readonly changes?: readonly { readonly name: string; readonly old?: string; readonly new?: string }[];
};

/** What happened, in words of its system but in none of its shapes: each is written in the shape it is asked for. */
export type ActivityFacts =
  | {
      readonly kind: "azure";
      readonly subscriptionId: string;
      readonly operation: string;
      readonly resourceId: string;
      readonly status: "Started" | "Accepted" | "Succeeded" | "Failed";
      readonly subStatus?: string;
      readonly who: Who;
      readonly request?: unknown;
      readonly response?: unknown;
    }
  | {
      readonly kind: "audit";
      readonly activity: string;
      readonly category: string;
      readonly service?: string;
      readonly who: Who;
      readonly targets: readonly Target[];
      readonly details?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "sign-in";
      readonly who: Who;
      readonly app: string;
      readonly appId: string;
      /** 0 = signed in. */
      readonly error: number;
      readonly reason?: string;
      readonly client?: string;
      readonly agent?: string;
      readonly risk?: string;
    }
  | { readonly kind: "risk"; readonly who: Who; readonly type: string; readonly level: "low" | "medium" | "high" }
  | {
      readonly kind: "alert";
      readonly title: string;
      readonly text: string;
      readonly severity: "low" | "medium" | "high";
      readonly category: string;
      readonly source: string;
      readonly who: Who;
    }
  | {
      readonly kind: "m365";
      readonly workload: "Exchange" | "SharePoint" | "OneDrive" | "AzureActiveDirectory" | "SecurityComplianceCenter";
      readonly operation: string;
      readonly recordType: number;
      readonly who: Who;
      readonly objectId: string;
      readonly parameters?: Readonly<Record<string, string>>;
      readonly more?: Readonly<Record<string, unknown>>;
    };

export type ActivityRow = {
  readonly id: string;
  /** Counts up: what was written after what. */
  readonly n: number;
  readonly at: string;
  /** When the interfaces show it: logs arrive late. */
  readonly shownAt: string;
  readonly customerId: string;
  readonly correlationId: string;
  readonly facts: ActivityFacts;
};

/** The feeds that Microsoft has for these, by the names of their interfaces. */
export const CONTENT_TYPES = [
  "Audit.AzureActiveDirectory",
  "Audit.Exchange",
  "Audit.SharePoint",
  "Audit.General",
] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];
export type FeedName = "directoryAudits" | "signIns" | "riskDetections" | "alerts_v2" | "activityLog" | ContentType;

export function feedOf(facts: ActivityFacts): FeedName {
  switch (facts.kind) {
    case "azure":
      return "activityLog";
    case "audit":
      return "directoryAudits";
    case "sign-in":
      return "signIns";
    case "risk":
      return "riskDetections";
    case "alert":
      return "alerts_v2";
    case "m365":
      return CONTENT_OF[facts.workload];
  }
}
const CONTENT_OF = {
  Exchange: "Audit.Exchange",
  SharePoint: "Audit.SharePoint",
  OneDrive: "Audit.SharePoint",
  AzureActiveDirectory: "Audit.AzureActiveDirectory",
  SecurityComplianceCenter: "Audit.General",
} as const;

/** Addresses of the documentation ranges, so that none is anybody's. Source: RFC 5737. */
export const officeIp = (customerId: string): string =>
  `203.0.113.${1 + (Number.parseInt(guidOf(customerId, "office").slice(0, 4), 16) % 250)}`;
export const strangeIp = (...words: readonly (string | number)[]): string =>
  `192.0.2.${1 + (Number.parseInt(guidOf(...words).slice(0, 4), 16) % 250)}`;
