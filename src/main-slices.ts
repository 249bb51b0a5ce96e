import { casesRoutes } from "./cases/http.ts";
import { casesOf, countsFor, customersToWatch } from "./cases/rows.ts";
import type { CasesDeps } from "./cases/service.ts";
import type { CollectionsOf } from "./collections/contract.ts";
import type { CustomerId } from "./core/ids.ts";
import { type Clock, dayOf } from "./core/time.ts";
import { customersRoutes } from "./customers/http.ts";
import { customersJobs } from "./customers/jobs.ts";
import * as customers from "./customers/service.ts";
import { customersSinks } from "./customers/sinks.ts";
import type { Route } from "./http/contract.ts";
import { type WiredActivity, wireActivity } from "./main-activity.ts";
import { wireBank } from "./main-bank.ts";
import { wireExposure } from "./main-exposure.ts";
import { type ForCollections, wireCollections } from "./main-collections.ts";
import { type DeskFacts, followDesk, newId, type SliceParts } from "./main-parts.ts";
import { type WiredNotices, wireCases, wireNotices, wireResponse, wireSpending } from "./main-watch.ts";
import { saveAlertHint, saveAlerts, type NoticesDeps } from "./notices/alerts.ts";
import { noticesRoutes } from "./notices/http.ts";
import { noticesJobs } from "./notices/jobs.ts";
import { openNoticeCounts, openNotices } from "./notices/lists.ts";
import { bankRoutes } from "./receivables/bank/http-bank.ts";
import { bankJobs } from "./receivables/bank/jobs-bank.ts";
import { receivablesRoutes } from "./receivables/http.ts";
import { stripeRoutes } from "./receivables/stripe/http.ts";
import { receivablesJobs } from "./receivables/jobs.ts";
import type { ImportDeps } from "./receivables/service-import.ts";
import { recordMoneyWith } from "./receivables/service-money.ts";
import { ledgerCustomers, receivablesOf } from "./receivables/service.ts";
import type { ResponseDeps } from "./response/deps.ts";
import { responseRoutes } from "./response/http.ts";
import { responseJobs } from "./response/jobs.ts";
import { proposalsOf } from "./response/read.ts";
import { proposeAlertAnswer } from "./response/service.ts";
import { spendingRoutes } from "./spending/http.ts";
import { spendingJobs } from "./spending/jobs.ts";
import { spendOf } from "./spending/service.ts";
import { spendingSinks } from "./spending/sinks.ts";
import { bulkTransactions } from "./store/bulk.ts";
import type { Tx } from "./store/contract.ts";
import { syncRoutes } from "./sync/http.ts";
import { syncJobs } from "./sync/jobs.ts";
import type { SyncDeps } from "./sync/run.ts";
import { feedFreshness } from "./sync/service.ts";
import type { Enqueue, Job } from "./worker/contract.ts";

/** Gives every slice the functions it asks others for. */
export async function wireSlices(parts: SliceParts) {
  const { store, clock, enqueue, access, microsoft } = parts;
  const { isConnected } = microsoft;
  const desk = await followDesk(access, store);
  const exposure = wireExposure(parts, desk);
  const notices = wireNotices();
  const { noticesDeps } = notices;
  const responseDeps = wireResponse(parts, notices);
  const casesDeps = wireCases(parts, notices, { desk, exposure });
  const spendingDeps = wireSpending(parts, notices, desk);
  const onChanged: ForCollections["onChanged"] = (tx, ids) => onLedgerChanged(tx, ids);
  const forCollections: ForCollections = { desk, notices, responseDeps, onChanged };
  const collections = wireCollections(parts, forCollections);
  /** Money moved: figures are computed anew, and the accounts are looked at again. */
  const onLedgerChanged = async (tx: Tx, ids: readonly CustomerId[]): Promise<void> => {
    await exposure.markDirty(tx, ids);
    await collections.markDirty(tx, ids);
  };
  const importDeps = wireImport(parts, { desk, onChanged: onLedgerChanged });
  const activity = wireActivity(parts, { desk, notices, responseDeps });
  const syncDeps = wireSync(parts, noticesDeps, { exposure, activity });
  const { collectionsOf } = collections;
  const customersDeps = wireCustomers(parts, { desk, exposure, notices, casesDeps, collectionsOf });
  const followDeps = wireFollow(parts, exposure);
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
    collections,
    activity,
    /** The same by another clock: how the demo lives through its past. */
    collectionsAt: (at: Clock) => wireCollections({ ...parts, clock: at }, { ...forCollections, isPast: true }),
    noticesOfCustomer: notices.noticesOfCustomer,
    casesOf: customersDeps.casesOf,
    openNotices: (tx: Tx, now: Temporal.Instant) => openNotices(noticesDeps, tx, now),
    routes: (): readonly Route[] => [
      ...access.routes(),
      ...syncRoutes({ enqueue, isConnected }),
      ...noticesRoutes(answering(noticesDeps, responseDeps)),
      ...casesRoutes(casesDeps),
      ...responseRoutes(responseDeps),
      ...customersRoutes(customersDeps),
      ...ledgerRoutes(parts, importDeps, collections.judgedPromises),
      ...spendingRoutes(spendingDeps),
      ...exposure.routes,
      ...collections.routes(),
      ...activity.routes(),
    ],
    jobs: (): readonly Job[] => [
      ...access.jobs(),
      ...syncJobs({ ...syncDeps, isConnected }),
      ...noticesJobs({ ...noticesDeps, store, clock }),
      ...responseJobs(responseDeps),
      ...customersJobs(followDeps),
      ...ledgerJobs(importDeps),
      ...spendingJobs(spendingDeps),
      ...exposure.jobs,
      ...collections.jobs(),
      ...activity.jobs(),
    ],
  };
}
export type Slices = Awaited<ReturnType<typeof wireSlices>>;

/** Everything of the ledger: invoices and money, bank files, Stripe. */
const ledgerRoutes = (
  parts: SliceParts,
  importDeps: ImportDeps,
  judgedPromises: Parameters<typeof receivablesRoutes>[0]["judgedPromises"],
): readonly Route[] => [
  ...receivablesRoutes({ ...importDeps, judgedPromises }),
  ...bankRoutes(wireBank(importDeps)),
  ...stripeRoutes(wireStripe(parts, importDeps)),
];

const ledgerJobs = (importDeps: ImportDeps): readonly Job[] => receivablesJobs(importDeps).concat(bankJobs(importDeps));

/** Notices are answered by a proposal. */
const answering = (notices: NoticesDeps, response: ResponseDeps): Parameters<typeof noticesRoutes>[0] => ({
  ...notices,
  proposeAlertAnswer: (tx, ask) => proposeAlertAnswer(tx, response, ask),
});

type Exposure = ReturnType<typeof wireExposure>;

const wireFollow = ({ store, clock }: SliceParts, exposure: Exposure) => ({
  store,
  clock,
  ledgerCustomers,
  onChanged: exposure.markDirty,
  countsFor: (tx: Tx, ids: readonly CustomerId[]) => countsFor({ openNoticeCounts }, tx, ids),
});

function wireImport(
  { store, clock, enqueue, access }: SliceParts,
  { desk, onChanged }: { readonly desk: DeskFacts; readonly onChanged: ImportDeps["onChanged"] },
): ImportDeps {
  return {
    store,
    clock,
    newId,
    enqueue,
    bulk: bulkTransactions(store.pool),
    allCustomerIds: customers.allCustomerIds,
    customersByIds: customers.customersByIds,
    onChanged,
    deskDay: async (_tx, now) => dayOf(now, desk.zone),
    defaultCurrency: async (tx) => (await access.settings(tx))["desk.currency"] ?? null,
    ledgerSettings: async (tx) => {
      const chosen = await access.settings(tx);
      const alone = chosen["receivables.writeOffAlone"];
      return {
        order: chosen["receivables.allocationOrder"] ?? undefined,
        writeOffAlone: alone === null ? undefined : BigInt(alone),
      };
    },
  };
}

/** Stripe's signatures are judged by the real time: a drill that moves the desk's clock must not refuse them. */
const wireStripe = ({ access }: SliceParts, { customersByIds, deskDay, ...ledger }: ImportDeps) => ({
  recordMoney: recordMoneyWith(ledger),
  customersByIds,
  deskDay,
  stripeSettings: access.stripeSettings,
  wallNow: () => Temporal.Now.instant(),
});

function wireSync(
  parts: SliceParts,
  noticesDeps: NoticesDeps,
  { exposure, activity }: { readonly exposure: Exposure; readonly activity: WiredActivity },
): SyncDeps {
  const { store, clock, enqueue, access, microsoft, log, webhookUrl } = parts;
  return {
    store,
    clock,
    newId,
    enqueue,
    customersToWatch,
    connect: microsoft.reader,
    billingCurrencies: async (tx) =>
      [(await access.settings(tx))["desk.currency"]].filter((code) => code !== undefined && code !== null),
    sinks: sinksOf(noticesDeps, { markDirty: exposure.markDirty, records: activity.sinks, enqueue }),
    log: (level, what, facts) => log[level](facts, what),
    webhookUrl,
  };
}

type ForCustomers = {
  readonly desk: DeskFacts;
  readonly exposure: Exposure;
  readonly notices: WiredNotices;
  readonly casesDeps: CasesDeps;
  readonly collectionsOf: CollectionsOf;
};

function wireCustomers(
  { access, log }: SliceParts,
  { desk, exposure, notices, casesDeps, collectionsOf }: ForCustomers,
) {
  return {
    collectionsOf,
    newId,
    exposureOf: exposure.exposureOf,
    receivablesOf,
    spendOf,
    noticesOf: notices.noticesOfCustomer,
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
}

type SinkDeps = {
  readonly markDirty: (tx: Tx, ids: readonly CustomerId[]) => Promise<void>;
  readonly records: WiredActivity["sinks"];
  readonly enqueue: Enqueue;
};

/** Where facts from Microsoft go. Whatever changes money marks its customers for a new exposure. */
function sinksOf(notices: NoticesDeps, { markDirty, records, enqueue }: SinkDeps): SyncDeps["sinks"] {
  return {
    // Both tell of customers whose money moved, so that an unchanged reading computes nothing anew.
    ...customersSinks(markDirty),
    ...spendingSinks(markDirty),
    saveAuditRecords: records.saveAuditRecords,
    saveAlerts: async (tx, alerts, at) => {
      await records.saveAlerts(tx, alerts, at);
      await saveAlerts(notices, tx, { alerts, at });
      // While an alert is open its customer's spend is read resource by resource, so that the case shows money running.
      if (alerts.some((alert) => alert.status !== "resolved"))
        await enqueue(tx, "sync.usage", null, { singletonKey: "asked" });
    },
    saveAlertHint: saveAlertHint(),
  };
}
