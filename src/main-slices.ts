import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Access } from "./access/access.ts";
import { caseFindings } from "./cases/findings.ts";
import { casesRoutes } from "./cases/http.ts";
import { casesOf, countsFor, customersToWatch } from "./cases/rows.ts";
import type { CasesDeps } from "./cases/service.ts";
import type { BusinessCalendar } from "./core/calendar.ts";
import type { CustomerId } from "./core/ids.ts";
import { dayOf } from "./core/time.ts";
import type { Clock } from "./core/time.ts";
import { customersSinks } from "./customers/sinks.ts";
import { customersRoutes } from "./customers/http.ts";
import { customersJobs } from "./customers/jobs.ts";
import * as customers from "./customers/service.ts";
import type { Route } from "./http/contract.ts";
import type { Microsoft } from "./main-microsoft.ts";
import { saveAlertHint, saveAlerts, type NoticesDeps } from "./notices/alerts.ts";
import type { CustomerNames, NoticesOf, RunningOf } from "./notices/contract.ts";
import { clockToJson, decideClock } from "./notices/decide-clock.ts";
import { noticesRoutes } from "./notices/http.ts";
import { noticesJobs } from "./notices/jobs.ts";
import { answerAverage, noticesOf, noticesOfCase, openNoticeCounts, openNotices } from "./notices/lists.ts";
import { claimNoticesOfCase, noticeToAnswer, recordAnswer } from "./notices/service.ts";
import { receivablesRoutes } from "./receivables/http.ts";
import { ledgerCustomers, receivablesOf } from "./receivables/service.ts";
import { receivablesJobs } from "./receivables/jobs.ts";
import type { ImportDeps } from "./receivables/service-import.ts";
import { factsFrom } from "./response/adapt.ts";
import type { ResponseDeps } from "./response/deps.ts";
import { responseRoutes } from "./response/http.ts";
import { responseJobs } from "./response/jobs.ts";
import { proposalsOf } from "./response/read.ts";
import { proposeAlertAnswer } from "./response/service.ts";
import { spendingRoutes } from "./spending/http.ts";
import { spendingJobs } from "./spending/jobs.ts";
import { burnRateOf, spendOf } from "./spending/service.ts";
import { spendingSinks } from "./spending/sinks.ts";
import type { Store, Tx } from "./store/contract.ts";
import type { OpenStore } from "./store/database.ts";
import { bulkTransactions } from "./store/bulk.ts";
import { readSetting } from "./store/settings.ts";
import { syncRoutes } from "./sync/http.ts";
import { feedFreshness } from "./sync/service.ts";
import { syncJobs } from "./sync/jobs.ts";
import type { SyncDeps } from "./sync/run.ts";
import type { Enqueue, Job } from "./worker/contract.ts";
import { wireExposure } from "./main-exposure.ts";

export type SliceParts = {
  readonly store: OpenStore;
  readonly clock: Clock;
  readonly enqueue: Enqueue;
  readonly access: Access;
  readonly microsoft: Microsoft;
  readonly log: Logger;
  readonly webhookUrl: string | undefined;
};

const newId = () => randomUUID();
/** How long the calendar and zone are kept before the settings are asked again. */
const SETTINGS_KEPT_MS = 5_000;

/** Gives every slice the functions it asks others for. What may change something at Microsoft goes to `response` and, for budgets, `spending`. */
export async function wireSlices(parts: SliceParts) {
  const { store, clock, enqueue, access, microsoft, log } = parts;
  const desk = await followDesk(access, store);
  const exposure = wireExposure(parts, desk);
  const findings = caseFindings({ newId });
  const customerNames: CustomerNames = async (tx, ids) => await customers.customersByIds(tx, ids);
  const runningOf: RunningOf = (tx, keys) => Promise.all(keys.map((key) => running(tx, key)));
  const noticesDeps: NoticesDeps = { newId, ...findings, customerNames, runningOf };
  const noticesOfCustomer: NoticesOf = (tx, customerId, now) => noticesOf(noticesDeps, tx, { customerId, now });
  const responseDeps: ResponseDeps = {
    store,
    clock,
    newId,
    enqueue,
    facts: factsFrom({
      clock,
      customerOf: customers.customerOf,
      subscriptionsOf: customers.subscriptionsOf,
      entitlementsOf: customers.entitlementsOf,
      gdapEndsAt: customers.gdapEndsAt,
      burnRateOf,
      noticesOf: noticesOfCustomer,
      noticeToAnswer,
      recordAnswer: recordAnswer(findings),
      people: access.approvers,
      setting: readSetting,
      refreshCustomer: (tx) => enqueue(tx, "sync.subscriptions", null, { singletonKey: "asked" }),
    }),
    partnerCenter: async () =>
      (await microsoft.isConnected(store.db))
        ? { reader: microsoft.reader({ correlationId: newId(), onUnreadable: () => {} }), actions: microsoft.actions }
        : undefined,
  };
  const casesDeps: CasesDeps = {
    newId,
    customerNames,
    runningOf,
    claimNoticesOfCase,
    proposalsOf,
    clockOf: (startedAt, now) => clockToJson(decideClock(startedAt, now)),
    noticesOfCase: noticesOfCase(noticesDeps),
    answerAverage,
    customerCard: exposure.customerCard,
    get calendar() {
      return desk.calendar;
    },
    people: (tx) => access.approvers(tx),
  };
  const importDeps: ImportDeps = {
    store,
    clock,
    newId,
    enqueue,
    bulk: bulkTransactions(store.pool),
    allCustomerIds: customers.allCustomerIds,
    customersByIds: customers.customersByIds,
    onChanged: exposure.markDirty,
    deskDay: async (_tx, now) => dayOf(now, desk.zone),
    defaultCurrency: async (tx) => (await access.settings(tx))["desk.currency"] ?? null,
  };
  const syncDeps: SyncDeps = {
    store,
    clock,
    newId,
    enqueue,
    customersToWatch,
    connect: microsoft.reader,
    billingCurrencies: ["SEK"],
    sinks: sinksOf(noticesDeps, exposure.markDirty, enqueue),
    log: (level, what, facts) => log[level](facts, what),
    webhookUrl: parts.webhookUrl,
  };
  const spendingDeps = {
    ...findings,
    store,
    clock,
    enqueue,
    newId,
    setBudget: microsoft.actions.setBudget,
    saveBudgetUse: customers.saveBudgetUse,
    isCustomer: async (tx: Tx, id: CustomerId) => (await customers.customerOf(tx, id)) !== undefined,
  };
  const customersDeps = {
    newId,
    exposureOf: exposure.exposureOf,
    receivablesOf,
    spendOf,
    noticesOf: noticesOfCustomer,
    proposalsOf,
    feedFreshness,
    casesOf: (tx: Tx, customerId: CustomerId, now: Temporal.Instant) => casesOf(casesDeps, tx, { customerId, now }),
    get zone() {
      return desk.zone;
    },
    reportingCurrency: async (tx: Tx) => (await access.settings(tx))["desk.currency"] ?? "SEK",
    onChanged: exposure.markDirty,
    onPartFailed: (part: string, error: unknown) =>
      log.error({ err: error, part }, "part of a passport could not be read"),
  };
  const followDeps = {
    store,
    clock,
    ledgerCustomers,
    onChanged: exposure.markDirty,
    countsFor: (tx: Tx, ids: readonly CustomerId[]) => countsFor({ openNoticeCounts }, tx, ids),
  };
  const askAnswer: Parameters<typeof noticesRoutes>[0]["proposeAlertAnswer"] = (tx, ask) =>
    proposeAlertAnswer(tx, responseDeps, ask);
  return {
    desk,
    exposure,
    noticesDeps,
    responseDeps,
    casesDeps,
    importDeps,
    syncDeps,
    spendingDeps,
    followDeps,
    noticesOfCustomer,
    casesOf: customersDeps.casesOf,
    openNotices: (tx: Tx, now: Temporal.Instant) => openNotices(noticesDeps, tx, now),
    routes: (): readonly Route[] => [
      ...access.routes(),
      ...syncRoutes({ enqueue }),
      ...noticesRoutes({ ...noticesDeps, proposeAlertAnswer: askAnswer }),
      ...casesRoutes(casesDeps),
      ...responseRoutes(responseDeps),
      ...customersRoutes(customersDeps),
      ...receivablesRoutes(importDeps),
      ...spendingRoutes({
        ...spendingDeps,
        get zone() {
          return desk.zone;
        },
      }),
      ...exposure.routes,
    ],
    jobs: (): readonly Job[] => [
      ...access.jobs(),
      ...syncJobs(syncDeps),
      ...noticesJobs({ ...noticesDeps, store, clock }),
      ...responseJobs(responseDeps),
      ...customersJobs(followDeps),
      ...receivablesJobs(importDeps),
      ...spendingJobs(spendingDeps),
      ...exposure.jobs,
    ],
  };
}
export type Slices = Awaited<ReturnType<typeof wireSlices>>;

/** Where facts from Microsoft go. Whatever changes money marks its customers for a new exposure. */
function sinksOf(
  notices: NoticesDeps,
  markDirty: (tx: Tx, ids: readonly CustomerId[]) => Promise<void>,
  enqueue: Enqueue,
): SyncDeps["sinks"] {
  return {
    // Both tell of customers whose money moved, so that an unchanged reading computes nothing anew.
    ...customersSinks(markDirty),
    ...spendingSinks(markDirty),
    // Sync keeps the records themselves; rules on them come with the activity slice.
    saveAuditRecords: async () => {},
    saveAlerts: async (tx, alerts, at) => {
      await saveAlerts(notices, tx, { alerts, at });
      // While an alert is open its customer's spend is read resource by resource, so that the case shows money running.
      if (alerts.some((alert) => alert.status !== "resolved"))
        await enqueue(tx, "sync.usage", null, { singletonKey: "asked" });
    },
    saveAlertHint: saveAlertHint(),
  };
}

async function running(tx: Tx, key: Parameters<RunningOf>[1][number]): Promise<Awaited<ReturnType<RunningOf>>[number]> {
  const rate = await burnRateOf(tx, key.customerId, key.entitlementId);
  if (rate.kind === "unknown") return { known: false, reason: rate.reason };
  return { known: true, perHour: rate.perHour, asOf: rate.through, basis: rate.basis };
}

export type DeskFacts = {
  readonly zone: string;
  readonly calendar: BusinessCalendar;
  refresh(): Promise<void>;
  stop(): void;
};

/** Zone and working hours as the settings have them, a few seconds old at most. */
async function followDesk(access: Access, store: Store): Promise<DeskFacts> {
  let zone = "UTC";
  let calendar: BusinessCalendar;
  const refresh = async () => {
    const settings = await access.settings(store.db);
    zone = settings["desk.zone"] ?? "Europe/Stockholm";
    const hours = settings["desk.calendar"] ?? {
      weekdays: [1, 2, 3, 4, 5],
      opens: "08:00",
      closes: "17:00",
      holidays: [],
    };
    calendar = {
      zone,
      weekdays: hours.weekdays,
      holidays: new Set(hours.holidays),
      opens: Temporal.PlainTime.from(hours.opens),
      closes: Temporal.PlainTime.from(hours.closes),
    };
  };
  await refresh();
  const timer = setInterval(() => void refresh().catch(() => {}), SETTINGS_KEPT_MS);
  timer.unref();
  return {
    get zone() {
      return zone;
    },
    get calendar() {
      return calendar;
    },
    refresh,
    stop: () => clearInterval(timer),
  };
}
