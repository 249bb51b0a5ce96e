import type { Person, Role } from "../access/contract.ts";
import { guid, type CustomerId, type EntitlementId, type NoticeId, type SubscriptionId } from "../core/ids.ts";
import { money } from "../core/money.ts";
import { ok, refuse, type Result } from "../core/result.ts";
import {
  type ActionCall,
  type ActionDone,
  type AzureEntitlement,
  PartnerCenterError,
  type PartnerCenterProblem,
  PROBLEM_ADVICE,
  type SecurityAlert,
  type Subscription,
} from "../partner-center/contract.ts";
import type { Store } from "../store/contract.ts";
import type { PartnerCenterAccess, ResponseDeps } from "./deps.ts";
import type { AnsweredAlert, ResponseFacts } from "./facts.ts";

/** A small Microsoft in memory that counts its effects, and a desk around it. For tests of this slice and of those who use it. */

export const NOW = Temporal.Instant.from("2026-11-17T02:38:00Z");
const id = (text: string): string => guid(`00000000-0000-4000-8000-${text.padStart(12, "0")}`) ?? "";
export const CUSTOMER = id("c1") as CustomerId;
export const PLAN = id("a0") as SubscriptionId;
export const PRODUCTION = id("a1") as EntitlementId;
export const TEST = id("a2") as EntitlementId;
export const SEATS = id("b1") as SubscriptionId;
export const NOTICE = id("d1") as NoticeId;

export const person = (name: string, role: Role = "admin-agent"): Person => ({
  id: name.toLowerCase(),
  name,
  email: `${name}@desk.example`,
  role,
  twoFactor: true,
});
export const ELIN = person("Elin");
export const KARIN = person("Karin", "global-admin");
export const actorOf = ({ id, name }: Person) => ({ kind: "person", id, name }) as const;

/** What happens to the next action that reaches the fake, in order; "apply-then-fail" is done but not heard. */
export type Fault =
  | "apply-then-fail"
  | "fail"
  | "throttled"
  | "stale-etag"
  | "pending-operation"
  | "mfa-needed"
  | "forbidden-role"
  | "accept-forever";

export type FakeMicrosoft = PartnerCenterAccess & {
  readonly subscriptions: Map<string, Subscription>;
  readonly entitlements: Map<string, AzureEntitlement>;
  readonly alerts: Map<string, SecurityAlert>;
  /** Every change of state, once: `kind target`. */
  readonly effects: string[];
  /** Every call that arrived, with its request id. */
  readonly calls: { readonly kind: string; readonly target: string; readonly requestId: string }[];
  readonly faults: Fault[];
  /** Lets accepted cancellations take effect. */
  settle(): void;
};

const problem = (
  kind: PartnerCenterProblem["kind"],
  call: ActionCall,
  outcomeUnknown = false,
): PartnerCenterProblem => ({
  kind,
  advice: PROBLEM_ADVICE[kind],
  detail: `fake ${kind}`,
  ...call,
  outcomeUnknown,
});

const SEATS_NOW: Subscription = {
  id: SEATS,
  offerId: "CFQ7TTC0LH18:0001:CFQ7TTC0K971",
  name: "Microsoft 365 E5",
  family: "new-commerce",
  status: "active",
  quantity: 86,
  autoRenew: true,
  isTrial: false,
  commitmentEndDay: Temporal.PlainDate.from("2027-03-31"),
  scheduledNextTermInstructions: { quantity: 60 },
  suspensionReasons: [],
  etag: "e1",
  raw: { id: SEATS, status: "active", autoRenewEnabled: true },
};
const ALERT_NOW: SecurityAlert = {
  externalId: "alert-1",
  channel: "graph",
  correlationKey: "k",
  kind: "CryptoMining",
  status: "active",
  customerId: CUSTOMER,
  entitlementId: PRODUCTION,
  detectedAt: NOW,
  isTest: false,
  resources: [],
  log: [],
  details: {},
  raw: { id: "alert-1" },
};
const entitlementNow = (id: EntitlementId, name: string): AzureEntitlement => ({
  id,
  planId: PLAN,
  name,
  status: "active",
  raw: { id, status: "active" },
});

export function fakeMicrosoft({ cancelTakesTime = true } = {}): FakeMicrosoft {
  const subscriptions = new Map([[SEATS as string, SEATS_NOW]]);
  const entitlements = new Map([
    [PRODUCTION as string, entitlementNow(PRODUCTION, "Havsö Produktion")],
    [TEST as string, entitlementNow(TEST, "Havsö Test")],
  ]);
  const alerts = new Map([["alert-1", ALERT_NOW]]);
  const state: State = { effects: [], calls: [], faults: [], answered: new Map(), moving: new Map() };
  const { effects, calls, faults } = state;
  return {
    subscriptions,
    entitlements,
    alerts,
    effects,
    calls,
    faults,
    settle() {
      for (const [key, to] of state.moving) entitlements.set(key, { ...found(entitlements, key), status: to });
      state.moving.clear();
    },
    reader: {
      subscription: async ({ subscriptionId }) => found(subscriptions, subscriptionId),
      entitlement: async ({ entitlementId }) => found(entitlements, entitlementId),
      alert: async (_channel, key) => found(alerts, key),
      mfaCompliant: async () => true,
    },
    actions: fakeActions({ subscriptions, entitlements, alerts, state, cancelTakesTime }),
  };
}

type Fake = Pick<FakeMicrosoft, "subscriptions" | "entitlements" | "alerts"> & {
  readonly state: State;
  readonly cancelTakesTime: boolean;
};

function fakeActions({
  subscriptions,
  entitlements,
  alerts,
  state,
  cancelTakesTime,
}: Fake): PartnerCenterAccess["actions"] {
  const change = (key: string, kind: string, set: Partial<Subscription>) => (call: ActionCall) =>
    act(state, { kind, target: key, call }, () => {
      const before = found(subscriptions, key);
      const etag = `e${Number((before.etag ?? "e0").slice(1)) + 1}`;
      subscriptions.set(key, {
        ...before,
        ...set,
        etag,
        raw: { id: key, status: String(set.status ?? before.status) },
      });
      return { kind: "done", value: found(subscriptions, key) };
    });
  const move = (key: string, kind: string, to: "active" | "inactive") => (call: ActionCall) =>
    act(state, { kind, target: key, call }, () => {
      const before = found(entitlements, key);
      if (cancelTakesTime) state.moving.set(key, to);
      else entitlements.set(key, { ...before, status: to });
      return { kind: "accepted", value: before };
    });
  // Microsoft itself turns auto-renew off and drops scheduled changes (CONTRACT 4.3).
  const suspended = { status: "suspended", autoRenew: false, scheduledNextTermInstructions: undefined };
  return {
    suspendSubscription: ({ subscriptionId }, call) => change(subscriptionId, "suspend", suspended)(call),
    reactivateSubscription: ({ subscriptionId }, call) =>
      change(subscriptionId, "reactivate", { status: "active" })(call),
    setAutoRenew: ({ subscriptionId, autoRenew, scheduledNextTermInstructions: scheduled }, call) => {
      const set = { autoRenew, ...(scheduled !== undefined && { scheduledNextTermInstructions: scheduled }) };
      return change(subscriptionId, `auto-renew-${autoRenew}`, set)(call);
    },
    cancelEntitlement: ({ entitlementId }, call) => move(entitlementId, "cancel", "inactive")(call),
    reactivateEntitlement: ({ entitlementId }, call) => move(entitlementId, "reactivate", "active")(call),
    updateAlert: ({ externalId, status, reason }, call) =>
      act(state, { kind: `answer-${reason ?? status}`, target: externalId, call }, () => {
        alerts.set(externalId, { ...found(alerts, externalId), status, resolvedReason: reason });
        return { kind: "done", value: found(alerts, externalId) };
      }),
  };
}

type State = {
  readonly effects: string[];
  readonly calls: { kind: string; target: string; requestId: string }[];
  readonly faults: Fault[];
  readonly answered: Map<string, unknown>;
  readonly moving: Map<string, "active" | "inactive">;
};
type Acting = { readonly kind: string; readonly target: string; readonly call: ActionCall };

/** Same request id, same answer, no second effect: as Microsoft promises. */
async function act<T>(
  state: State,
  { kind, target, call }: Acting,
  effect: () => ActionDone<T>,
): Promise<Result<ActionDone<T>, PartnerCenterProblem>> {
  state.calls.push({ kind, target, requestId: call.requestId });
  const fault = state.faults.shift();
  if (fault === "fail") throw new PartnerCenterError(problem("outage", call, true));
  if (fault === "throttled") throw new PartnerCenterError({ ...problem("throttled", call), retryAfterSeconds: 30 });
  if (fault !== undefined && fault !== "apply-then-fail" && fault !== "accept-forever")
    return refuse(problem(fault, call));
  const earlier = state.answered.get(call.requestId) as ActionDone<T> | undefined;
  if (earlier !== undefined) return ok(earlier);
  const done = effect();
  if (fault === "accept-forever") state.moving.clear();
  state.effects.push(`${kind} ${target}`);
  state.answered.set(call.requestId, done);
  if (fault === "apply-then-fail") throw new PartnerCenterError(problem("outage", call, true));
  return ok(done);
}

function found<T>(map: ReadonlyMap<string, T>, key: string): T {
  const value = map.get(key);
  if (value === undefined) throw new Error(`the fake knows no ${key}`);
  return value;
}

export type TestDesk = {
  readonly deps: ResponseDeps;
  readonly answered: AnsweredAlert[];
  readonly clock: { now: () => Temporal.Instant; advance: (duration: string) => void };
  /** What the slices around would say; replace members at will. */
  readonly facts: { -readonly [K in keyof ResponseFacts]: ResponseFacts[K] };
  setting: unknown;
};

let lastId = 0;
/** UUIDs in order, so that a failing test reads the same each time. */
const newId = (): string => id((++lastId + 0x1000000).toString(16));

/** The facts follow the fake as a sync would that ran at `NOW`: they do not see what the desk does later. */
export function testDesk(
  store: Store,
  microsoft: FakeMicrosoft | PartnerCenterAccess,
  more: Partial<ResponseDeps> = {},
): TestDesk {
  let now = NOW;
  const clock = {
    now: () => now,
    advance: (duration: string) => void (now = now.add(Temporal.Duration.from(duration))),
  };
  const answered: AnsweredAlert[] = [];
  const facts = testFacts(answered, () => desk.setting);
  const deps: ResponseDeps = {
    store,
    clock,
    newId,
    enqueue: async () => {},
    facts,
    partnerCenter: () => microsoft,
    leaseSeconds: 30,
    ...more,
  };
  const desk: TestDesk = { deps, answered, clock, facts, setting: undefined };
  return desk;
}

function testFacts(answered: AnsweredAlert[], setting: () => unknown): ResponseFacts {
  const sek = (amount: bigint) => money(amount, "SEK");
  const entitlement = (entitlementId: EntitlementId, name: string) => ({
    customerId: CUSTOMER,
    planId: PLAN,
    planStatus: "active",
    entitlementId,
    name,
    status: "active",
    readAt: NOW,
  });
  const alert = {
    noticeId: NOTICE,
    channel: "graph" as const,
    externalId: "alert-1",
    customerId: CUSTOMER,
    entitlementId: PRODUCTION,
    name: "CryptoMining",
    status: "active",
    readAt: NOW,
  };
  return {
    customerOf: async (_tx, key) =>
      key === CUSTOMER ? { id: CUSTOMER, name: "Havsö Logistik AB", gdapEndsAt: NOW.add({ hours: 72 }) } : undefined,
    subscriptionsOf: async () => [
      {
        customerId: CUSTOMER,
        subscriptionId: SEATS,
        name: "Microsoft 365 E5",
        family: "new-commerce",
        status: "active",
        quantity: 86,
        autoRenew: true,
        commitmentEndDay: Temporal.PlainDate.from("2027-03-31"),
        hasScheduledChanges: true,
        nextTerm: { kind: "known", amount: sek(114_240_000n) },
        month: { kind: "known", amount: sek(9_520_000n) },
        readAt: NOW,
      },
      {
        customerId: CUSTOMER,
        subscriptionId: PLAN,
        name: "Azure plan",
        family: "azure-plan",
        status: "active",
        quantity: 1,
        autoRenew: false,
        hasScheduledChanges: false,
        nextTerm: { kind: "unknown", why: "no-price" },
        month: { kind: "unknown", why: "no-price" },
        readAt: NOW,
      },
    ],
    entitlementsOf: async () => [entitlement(PRODUCTION, "Havsö Produktion"), entitlement(TEST, "Havsö Test")],
    burnRateOf: async (_tx, { entitlementId }) =>
      entitlementId === PRODUCTION
        ? { kind: "known", perHour: sek(864_000n), asOf: NOW }
        : { kind: "unknown", why: "no-data" },
    alertsOf: async () => [alert],
    alertOf: async (_tx, key) => (key === NOTICE ? alert : undefined),
    approvers: async () => [ELIN, KARIN],
    approvalsSetting: async () => setting() as never,
    alertAnswered: async (_tx, one) => void answered.push(one),
    changedAtMicrosoft: async () => {},
  };
}
