import type { Fault } from "./http/faults.ts";
import type { LoggedRequest } from "./http/log.ts";

/** How a simulator is started. Everything has a default; `{}` is a demo world on an ephemeral port, kept in memory only. */
export type SimulatorOptions = {
  /** 0 takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** File that holds all state; without it nothing outlives the process. */
  readonly state?: string;
  readonly seed?: number;
  /** Where the virtual clock starts in a new world; it runs at real speed from there. Default: the real time. */
  readonly now?: string;
  /** `demo`, `empty` or `scale:<customers>`. Ignored when the state file already holds a world. */
  readonly world?: string;
  /** Virtual seconds from an accepted entitlement cancellation to `inactive`. Documented: about 600. */
  readonly speedCancelSeconds?: number;
  /** Calls a minute to the Customer and Subscription resources; 0 = never throttle. Documented: 500. */
  readonly throttlePerMinute?: number;
  /** Most rows of one page of the paged collections. */
  readonly pageRowsMax?: number;
  /** Hours that spend estimates are behind. Documented: about 24; the demo world uses 1. */
  readonly usageDelayHours?: number;
  /** Virtual seconds a webhook waits before its first delivery, lowest and highest. */
  readonly webhookDelaySeconds?: readonly [number, number];
  /** Who may log: one human-readable line per call. */
  readonly log?: (line: string) => void;
};

/** What a client needs to sign in to the simulated partner tenant. Test values, worth nothing anywhere else. */
export type Credentials = {
  readonly partnerTenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Of a user who is Global admin and Admin agent and signed in with MFA. */
  readonly refreshToken: string;
};

/** The same levers as `/sim/…`, for tests and benches that run in one process with the simulator. */
export type Control = {
  readonly credentials: Credentials;
  now(): string;
  /** Moves the virtual clock by an ISO 8601 duration, runs what falls due, waits for webhook deliveries under way. */
  advance(duration: string): Promise<string>;
  /** Sets the virtual clock; it can only go forward. */
  setClock(instant: string): Promise<string>;
  addFault(fault: Fault): string;
  clearFaults(): void;
  requests(): readonly LoggedRequest[];
  /** Raises something, e.g. `raise("alert", { customer: "havso" })`; kinds are those of `POST /sim/events/{kind}`. */
  raise(kind: string, facts: Record<string, unknown>): unknown;
  state(): Record<string, unknown>;
  /** Waits until no webhook delivery is under way. */
  settled(): Promise<void>;
  /** Waits until all records of stories have been acknowledged by the desk they are pushed to. */
  pushed(): Promise<void>;
};

export type Simulator = { readonly url: string; readonly control: Control; close(): Promise<void> };
