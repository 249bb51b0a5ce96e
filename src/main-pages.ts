import type { Logger } from "pino";
import { z } from "zod";
import type { Access } from "./access/access.ts";
import { no } from "./core/refusal.ts";
import { ok } from "./core/result.ts";
import type { DueSubscriptions } from "./customers/contract.ts";
import { renewalsDue, windowsClosing } from "./customers/service-due.ts";
import * as customers from "./customers/service.ts";
import { type Route, route } from "./http/contract.ts";
import type { Demo } from "./main-demo.ts";
import type { Mode } from "./main-database.ts";
import { searchSources } from "./main-search.ts";
import type { Slices } from "./main-slices.ts";
import { caseCounts, refundsDue } from "./cases/service-due.ts";
import { answerAverage } from "./notices/lists.ts";
import { ledgerState } from "./receivables/service.ts";
import { waitingProposals } from "./response/read.ts";
import { customersSeen } from "./activity/stream/store-feeds.ts";
import { budgetCoverage } from "./spending/service.ts";
import type { Store, Tx } from "./store/contract.ts";
import type { Enqueue } from "./worker/contract.ts";
import { appendEvents } from "./store/events.ts";
import { feedFreshness, missingByFeed } from "./sync/service.ts";
import type { DueToday as DueAccounts } from "./collections/store-list.ts";
import { moneyToJson } from "./core/money.ts";
import { dayOf } from "./core/time.ts";
import { instantJson } from "./core/wire.ts";
import type { DueCell, DueKind } from "./today/contract.ts";
import { todayRoutes } from "./today/http.ts";

export type PageParts = {
  readonly slices: Slices;
  readonly access: Access;
  readonly store: Store;
  readonly demo: Demo | undefined;
  readonly enqueue: Enqueue;
  readonly switchTo?: ((mode: Mode) => Promise<{ readonly link: string | undefined }>) | undefined;
  readonly log: Logger;
};

/** Pages that are composed from several slices, and the desk's own switches. */
export const deskRoutes = (parts: PageParts): readonly Route[] => [
  ...firstScreen(parts),
  startEmptyRoute(parts),
  letTimePassRoute(parts),
];

function firstScreen({ slices, access, demo, log }: PageParts): readonly Route[] {
  const { noticesDeps, openNotices, exposure, desk } = slices;
  return todayRoutes({
    parts: {
      calendar: async () => desk.calendar,
      openNotices,
      answerAverage,
      waitingProposals,
      customersByIds: customers.customersByIds,
      caseNumbers: noticesDeps.caseNumbers,
      feedFreshness,
      missingByFeed,
      ledgerState,
      budgetCoverage,
      logCoverage: async (tx, now) => ({
        customers: await customers.customerCount(tx),
        seen: await customersSeen(tx, now),
      }),
      due: [
        cellOf("renewals", renewalsDue),
        cellOf("windows", windowsClosing),
        (tx, now) => refundsDue(noticesDeps.customerNames, tx, now),
        async (tx) => ledgerCell("dunning", await slices.collections.stepsDue(tx), desk.zone),
        async (tx, now) => {
          const upTo = dayOf(now, desk.zone).add({ days: PROMISE_DAYS });
          return ledgerCell("promises", await slices.collections.promisesDue(tx, upTo), desk.zone);
        },
      ],
      portfolioExposure: exposure.portfolioExposure,
      exposuresOf: exposure.exposuresOf,
    },
    deskOf: async (tx) => {
      const settings = await access.settings(tx);
      return {
        deskName: settings["desk.name"] ?? "Surety",
        zone: settings["desk.zone"] ?? "UTC",
        language: settings["desk.language"] ?? "en",
        demo: demo !== undefined,
        demoLoading: demo?.progress() ?? null,
      };
    },
    auditState: async (tx) => {
      const last = await access.lastAuditCheck(tx);
      return last ? { verifiedAt: last.verifiedAt, ok: last.ok, brokenSeq: last.brokenSeq } : null;
    },
    openCases: async (tx) => (await caseCounts(tx)).open,
    customerCount: customers.customerCount,
    openNotices,
    waitingProposals,
    search: searchSources(slices),
    report: (part, error) => log.error({ err: error, part }, "part of Today could not be read"),
  });
}

/** Days ahead in which a promise that falls due is shown. */
const PROMISE_DAYS = 7;

/** A due cell of accounts: how many, and the one that owes most or is due first. */
function ledgerCell(kind: DueKind, { n, name, day, minor, currency }: DueAccounts, zone: string): DueCell {
  if (n === 0) return { kind, count: 0, first: null };
  const isLater = kind === "promises" && day !== null;
  return {
    kind,
    count: n,
    first: {
      customerName: name ?? "",
      what: null,
      quantity: null,
      at: isLater ? day.add({ days: 1 }).toZonedDateTime(zone).toInstant().toString() : null,
      amount: minor === null || currency === null ? null : { minor: minor.toString(), currency },
    },
  };
}

/** A due cell of subscriptions: how many, and the one that comes first. */
function cellOf(kind: DueKind, due: (tx: Tx, now: Temporal.Instant) => Promise<DueSubscriptions>) {
  return async (tx: Tx, now: Temporal.Instant): Promise<DueCell> => {
    const { count, first } = await due(tx, now);
    if (first === undefined) return { kind, count, first: null };
    const { customerName, name, quantity, at, amount } = first;
    return {
      kind,
      count,
      first: { customerName, what: name, quantity, at: at.toString(), amount: amount ? moneyToJson(amount) : null },
    };
  };
}

/** One press from the demo to an empty desk of one's own; the answer carries the link that makes the first Global admin. */
const startEmptyRoute = ({ demo, switchTo }: PageParts): Route =>
  route({
    method: "POST",
    path: "/api/demo/start-empty",
    permission: "settings.manage",
    summary: "Leave the demo for an empty desk of your own",
    response: z.object({ startsEmpty: z.boolean(), link: z.string().nullable() }),
    handle: async () => {
      if (demo === undefined || switchTo === undefined)
        return no("conflict", "not-a-demo", "this desk is the real one already");
      const { link } = await switchTo("live");
      return ok({ startsEmpty: true, link: link ?? null });
    },
  });

/** Days that one press lets pass at most: letters and notices come day by day, a leap of months shows nothing. */
const PASS_DAYS_MAX = 31;

/** What would look at the clock within minutes by itself; nobody waits minutes for tomorrow. */
const LOOK_AGAIN = ["sync.alerts", "sync.subscriptions", "collections.day", "collections.guards", "response.lapse"];

/** The demo's time machine: tomorrow is a press away, here and at the simulator. */
const letTimePassRoute = ({ demo, enqueue }: PageParts): Route =>
  route({
    method: "POST",
    path: "/api/demo/let-time-pass",
    permission: "cases.work",
    summary: "Let days pass in the demo",
    body: z.object({ days: z.number().int().min(1).max(PASS_DAYS_MAX) }).strict(),
    response: z.object({ now: instantJson }),
    handle: async ({ tx, body, actor }) => {
      if (demo === undefined) return no("conflict", "not-a-demo", "time passes by itself at a real desk");
      const now = await demo.letPass(body.days);
      const subject = { kind: "desk", id: "demo" };
      for (const job of LOOK_AGAIN) await enqueue(tx, job, null, { singletonKey: "asked" });
      await appendEvents(tx, [{ type: "demo.time-passed", actor, at: now, subject, data: { days: body.days } }]);
      return ok({ now: now.toString() });
    },
  });
