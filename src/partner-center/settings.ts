import type { Clock } from "../core/time.ts";
import type { Json } from "../core/canonical.ts";
import type { NewId } from "../core/ids.ts";

/** Where one of Microsoft's clouds answers. All of it is configuration: national clouds and the simulator differ in each. */
export type Cloud = {
  readonly name: string;
  /** Token service, no path. */
  readonly authority: string;
  /** Partner Center REST, no path. */
  readonly restBase: string;
  /** Microsoft Graph, no path. */
  readonly graphBase: string;
  /** Office 365 Management API and Azure Resource Manager, no path: where customers' logs are read. */
  readonly officeBase: string;
  readonly armBase: string;
  /** Audience of tokens for each. */
  readonly restResource: string;
  readonly graphResource: string;
  readonly officeResource: string;
  readonly armResource: string;
  /** Calls a minute. Published for customers and subscriptions: 500; we hold ourselves to it for every call. Source: CONTRACT 2.5. */
  readonly callsPerMinute: number;
  /** Calls a minute for customers' logs, counted by themselves: each tenant has limits of its own, and none is published for all. */
  readonly tenantCallsPerMinute: number;
  /** Hosts that webhook payloads may point to; anything else is a forgery that wants our token. */
  readonly resourceHosts: readonly string[];
  /** Where the certificate of a webhook signature may be fetched from: scheme, host and port. */
  readonly certificateOrigins: readonly string[];
  /** Hosts that issuing certificates may be fetched from; what they give proves itself by its signature. */
  readonly issuerHosts: readonly string[];
};

const COMMERCIAL: Cloud = {
  name: "commercial",
  authority: "https://login.microsoftonline.com",
  restBase: "https://api.partnercenter.microsoft.com",
  graphBase: "https://graph.microsoft.com",
  restResource: "https://api.partnercenter.microsoft.com",
  graphResource: "https://graph.microsoft.com",
  officeBase: "https://manage.office.com",
  officeResource: "https://manage.office.com",
  armBase: "https://management.azure.com",
  armResource: "https://management.azure.com",
  tenantCallsPerMinute: 2_000,
  callsPerMinute: 500,
  resourceHosts: ["api.partnercenter.microsoft.com", "partner.microsoft.com"],
  certificateOrigins: ["https://3psostorageacct.blob.core.windows.net"],
  issuerHosts: ["www.microsoft.com", "caissuers.microsoft.com", "cacerts.digicert.com"],
};

/** Source: CONTRACT 1.1. The Germany cloud is closed; China is configured by hand, since its documents disagree. */
export const CLOUDS: Readonly<Record<"commercial" | "us-government", Cloud>> = {
  commercial: COMMERCIAL,
  "us-government": {
    ...COMMERCIAL,
    name: "us-government",
    authority: "https://login.microsoftonline.us",
    graphBase: "https://graph.microsoft.us",
    graphResource: "https://graph.microsoft.us",
    officeBase: "https://manage.office365.us",
    officeResource: "https://manage.office365.us",
    armBase: "https://management.usgovcloudapi.net",
    armResource: "https://management.usgovcloudapi.net",
  },
};

/** A simulator that serves token service, REST and Graph at one address. Audiences stay Microsoft's, as the simulator checks them. */
export function simulatorCloud(origin: string): Cloud {
  const url = new URL(origin);
  return {
    ...COMMERCIAL,
    name: "simulator",
    authority: url.origin,
    restBase: url.origin,
    graphBase: url.origin,
    officeBase: url.origin,
    armBase: url.origin,
    tenantCallsPerMinute: 30_000,
    // A simulator on the same machine throttles when it is told to, not because others wait.
    callsPerMinute: 6_000,
    resourceHosts: [...COMMERCIAL.resourceHosts, url.host],
    certificateOrigins: [url.origin],
    issuerHosts: [url.host],
  };
}

export type PartnerCenterSettings = {
  readonly cloud: Cloud;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
};

/** A log line: what happened, and its facts. Never a token, a header, a body or a query string. */
export type Log = (level: "info" | "warn" | "error", what: string, facts: Readonly<Record<string, Json>>) => void;

/** The world outside, passed in so that tests and simulated time can stand in for it. */
export type Outside = {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** Milliseconds of a clock that never jumps; for rate limits and durations. */
  readonly monotonicMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** A fraction in [0, 1). */
  readonly chance: () => number;
  readonly newId: NewId;
  readonly log: Log;
};
