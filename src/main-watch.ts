import { caseFindings } from "./cases/findings.ts";
import type { CasesDeps } from "./cases/service.ts";
import type { CustomerId } from "./core/ids.ts";
import * as customers from "./customers/service.ts";
import type { wireExposure } from "./main-exposure.ts";
import { type DeskFacts, newId, type SliceParts } from "./main-parts.ts";
import type { NoticesDeps } from "./notices/alerts.ts";
import type { CustomerNames, NoticesOf, Running, RunningOf } from "./notices/contract.ts";
import { clockToJson, decideClock } from "./notices/decide-clock.ts";
import { answerAverage, noticesOf, noticesOfCase } from "./notices/lists.ts";
import { claimNoticesOfCase, noticeToAnswer, recordAnswer } from "./notices/service.ts";
import { factsFrom } from "./response/adapt.ts";
import type { ResponseDeps } from "./response/deps.ts";
import { proposalsOf } from "./response/read.ts";
import type { BurnRate } from "./spending/contract.ts";
import { burnRateOf, burnRatesOf } from "./spending/service-burn.ts";
import type { Tx } from "./store/contract.ts";
import { readSetting } from "./store/settings.ts";

/** Notices, and the findings that detectors report to cases. */
export function wireNotices() {
  const findings = caseFindings({ newId });
  const customerNames: CustomerNames = async (tx, ids) => await customers.customersByIds(tx, ids);
  const runningOf: RunningOf = async (tx, keys) => (await burnRatesOf(tx, keys)).map(running);
  const noticesDeps: NoticesDeps = { newId, ...findings, customerNames, runningOf };
  const noticesOfCustomer: NoticesOf = (tx, customerId, now) => noticesOf(noticesDeps, tx, { customerId, now });
  return { findings, noticesDeps, noticesOfCustomer };
}
export type WiredNotices = ReturnType<typeof wireNotices>;

const running = (rate: BurnRate): Running =>
  rate.kind === "unknown"
    ? { known: false, reason: rate.reason }
    : { known: true, perHour: rate.perHour, asOf: rate.through, basis: rate.basis };

/** The one slice that acts at Microsoft. */
export function wireResponse(parts: SliceParts, { findings, noticesOfCustomer }: WiredNotices): ResponseDeps {
  const { store, clock, enqueue, access, microsoft } = parts;
  return {
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
}

type Exposure = ReturnType<typeof wireExposure>;

export function wireCases(
  { access }: SliceParts,
  { noticesDeps }: WiredNotices,
  { desk, exposure }: { readonly desk: DeskFacts; readonly exposure: Exposure },
): CasesDeps {
  const { customerNames, runningOf } = noticesDeps;
  return {
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
}

/** Budgets: the one other thing that is changed at Microsoft. */
export function wireSpending(
  { store, clock, enqueue, microsoft }: SliceParts,
  { findings }: WiredNotices,
  desk: DeskFacts,
) {
  return {
    ...findings,
    store,
    clock,
    enqueue,
    newId,
    setBudget: microsoft.actions.setBudget,
    saveBudgetUse: customers.saveBudgetUse,
    isCustomer: async (tx: Tx, id: CustomerId) => (await customers.customerOf(tx, id)) !== undefined,
    get zone() {
      return desk.zone;
    },
  };
}
