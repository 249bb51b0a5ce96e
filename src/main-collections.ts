import { createLetters } from "./collections/letters/letters.ts";
import { policyDoor } from "./collections/policy/claims.ts";
import { policyRoutes } from "./collections/policy/http.ts";
import { versionsInForce } from "./collections/policy/store.ts";
import { predictionRoutes } from "./collections/prediction/http.ts";
import { predictionJobs } from "./collections/prediction/jobs.ts";
import { type PredictionDeps, scoreAccounts } from "./collections/prediction/service.ts";
import { callsCount, modelsInUse } from "./collections/prediction/store.ts";
import { contactsOf } from "./collections/letters/store-contacts.ts";
import type { CollectionsDeps, HoldingsOf, ResponseDoor } from "./collections/deps.ts";
import { simulationRoutes } from "./collections/simulation/http.ts";
import { simulationJobs } from "./collections/simulation/jobs.ts";
import { readCollectionsSettings } from "./collections/service-settings.ts";
import { collectionsSlice } from "./collections/slice.ts";
import { openCasesOf } from "./cases/service-due.ts";
import { isCurrency } from "./core/currency.ts";
import type { CustomerId } from "./core/ids.ts";
import { dayOf } from "./core/time.ts";
import { decideCommitted, renewalCommits, termFactsOf } from "./customers/decide-committed.ts";
import { renewalsAhead, windowsAhead } from "./customers/service-due.ts";
import { loadEmails } from "./customers/store.ts";
import * as customers from "./customers/service.ts";
import { converterOn } from "./exposure/convert.ts";
import type { Route } from "./http/contract.ts";
import { policyDepsOf } from "./main-policy.ts";
import { type DeskFacts, newId, type SliceParts } from "./main-parts.ts";
import { standingWith } from "./main-standing.ts";
import type { WiredNotices } from "./main-watch.ts";
import { bankFreshness } from "./receivables/bank/service-bank.ts";
import type { ImportDeps } from "./receivables/service-import.ts";
import { recordClaimsWith, recordMoneyWith } from "./receivables/service-money.ts";
import { payersOn } from "./receivables/service-statement.ts";
import { firstInvoiceDays } from "./receivables/store-first.ts";
import { readLedger } from "./receivables/store-ledger.ts";
import { claimsOn } from "./receivables/store-money.ts";
import type { ResponseDeps } from "./response/deps.ts";
import { approve, drop, propose, reject } from "./response/service.ts";
import { proposalStandings } from "./response/standing.ts";
import { proposeUndo } from "./response/undo.ts";
import type { Tx } from "./store/contract.ts";
import type { Job } from "./worker/contract.ts";

const DEFAULT_CURRENCY = "SEK";

export type ForCollections = {
  readonly desk: DeskFacts;
  readonly notices: WiredNotices;
  readonly responseDeps: ResponseDeps;
  readonly onChanged: ImportDeps["onChanged"];
  /** For the demo's past. */
  readonly isPast?: boolean | undefined;
};

/** Collections with its policies, letters and prediction, given what other slices know. */
export function wireCollections(parts: SliceParts, around: ForCollections) {
  const { store, clock, access } = parts;
  const { desk } = around;
  // Letters ask the desk, and the desk asks letters: each is handed the other when both are there.
  let slice: ReturnType<typeof collectionsSlice> | undefined;
  const wired = () => {
    if (slice === undefined) throw new Error("invariant broken: letters are asked for after collections are wired");
    return slice;
  };
  const letters = createLetters({
    store,
    clock,
    newId,
    enqueue: parts.enqueue,
    customersByIds: customers.customersByIds,
    emailsAfter: loadEmails,
    settings: access.letterSettings,
    isDemo: parts.isDemo,
    demoMail: parts.demoMail,
    isPast: around.isPast,
    dataFolder: parts.dataFolder,
    zone: () => desk.zone,
    language: async (tx) => (await access.settings(tx))["desk.language"] ?? "en",
    stillWanted: (tx, ask) => wired().stillWanted(tx, ask),
    openTask: (tx, task) => wired().openTask(tx, task),
    accountToday: (tx, accountId, now) => wired().accountToday(tx, { accountId, now }),
    post: async (url, { headers, body, timeoutMs }) => {
      const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(timeoutMs) });
      return { status: answer.status, text: await answer.text() };
    },
  });
  const prediction: PredictionDeps = {
    store,
    readLedger,
    assumedPoints: async (tx) => (await readCollectionsSettings(tx)).contactPoints,
  };
  const policy = policyDepsOf(access, desk, letters);
  const deps = depsOf(parts, { ...around, letters, prediction });
  slice = collectionsSlice(deps);
  const deskDay = async (_tx: Tx, now: Temporal.Instant) => dayOf(now, desk.zone);
  return {
    ...slice,
    deps,
    letters,
    policy,
    prediction,
    routes: (): readonly Route[] => [
      ...wired().routes,
      ...policyRoutes(policy),
      ...letters.routes(),
      ...predictionRoutes({ ...prediction, deskDay }),
      ...simulationRoutes(deps),
    ],
    jobs: (): readonly Job[] => [
      ...wired().jobs,
      ...letters.jobs(),
      ...predictionJobs({ ...prediction, clock }),
      ...simulationJobs(deps),
    ],
  };
}
export type WiredCollections = ReturnType<typeof wireCollections>;

type Parts = ForCollections & {
  readonly letters: ReturnType<typeof createLetters>;
  readonly prediction: PredictionDeps;
};

function depsOf(parts: SliceParts, around: Parts): CollectionsDeps {
  const { store, clock, enqueue, access, log } = parts;
  const { desk, notices, letters, prediction, onChanged } = around;
  return {
    store,
    clock,
    newId,
    enqueue,
    customersByIds: customers.customersByIds,
    readLedger,
    firstInvoiceDays,
    recordClaims: recordClaimsWith({ onChanged }),
    claimsOn,
    recordMoney: recordMoneyWith({ onChanged }),
    accountsOf: async (tx, ids) => {
      const payers = await payersOn(tx, dayOf(clock.now(), desk.zone));
      return new Map(ids.flatMap((id) => (payers.has(id) ? [[id, payers.get(id) as CustomerId] as const] : [])));
    },
    standingOf: standingWith(clock, desk),
    noticesOf: letters.noticesOf,
    contactsOf: letters.accountContacts,
    phonesOf,
    queueNotice: letters.queueNotice,
    markCall: letters.markCall,
    callScript: letters.callScript,
    ...policyDoor(),
    inForceSince: async (tx) =>
      new Map(
        (await versionsInForce(tx, dayOf(clock.now(), desk.zone))).flatMap((row) =>
          row.from_day === null ? [] : [[row.policy_id, row.from_day] as const],
        ),
      ),
    score: scoreAccounts(prediction),
    learntFrom: async (tx) => {
      const model = (await modelsInUse(tx)).get("paid")?.body;
      if (model === undefined) return undefined;
      return { invoices: model.invoices, contacts: await callsCount(tx) };
    },
    response: responseDoor(around.responseDeps),
    holdingsOf,
    renewalsAhead,
    windowsAhead,
    openCasesOf,
    ...notices.findings,
    bankFreshness: async (tx) => {
      const days = (await bankFreshness(tx)).flatMap((one) => one.coversTo ?? []);
      // The account that is furthest behind: money may have come in on it.
      const through = days.sort(Temporal.PlainDate.compare)[0];
      return through === undefined ? undefined : { through };
    },
    converterOn,
    reportingCurrency: async (tx) => {
      const chosen = (await access.settings(tx))["desk.currency"];
      return typeof chosen === "string" && isCurrency(chosen) ? chosen : DEFAULT_CURRENCY;
    },
    people: access.approvers,
    get zone() {
      return desk.zone;
    },
    onFailed: (accountId, error) => log.error({ err: error, accountId }, "an account could not be looked at"),
  };
}

/** A number to ring: one for calls, else one that takes messages. */
async function phonesOf(tx: Tx, accountIds: readonly CustomerId[]): Promise<ReadonlyMap<CustomerId, string>> {
  const known = (await contactsOf(tx, accountIds)).filter((one) => one.bad_since === null);
  const of = (channel: "sms" | "call") =>
    known.filter((one) => one.channel === channel).map((one) => [one.customer_id as CustomerId, one.address] as const);
  return new Map([...of("sms"), ...of("call")]);
}

const responseDoor = (deps: ResponseDeps): ResponseDoor => ({
  propose: (tx, ask) => propose(tx, deps, ask),
  proposeUndo: (tx, ask) => proposeUndo(tx, deps, ask),
  approve: (tx, ask) => approve(tx, deps, ask),
  reject,
  drop,
  statesOf: proposalStandings,
});

/** What customers hold, as far as effects ask. */
const holdingsOf: HoldingsOf = async (tx, customerIds, now) => {
  const today = dayOf(now, "UTC");
  const held = new Map<CustomerId, Awaited<ReturnType<typeof holdingsOfOne>>>();
  for (const id of customerIds) held.set(id, await holdingsOfOne(tx, id, today));
  return held;
};

async function holdingsOfOne(tx: Tx, id: CustomerId, today: Temporal.PlainDate) {
  const subscriptions = (await customers.subscriptionsOf(tx, id)).filter((one) => one.goneAt === undefined);
  const entitlements = (await customers.entitlementsOf(tx, id)).filter((one) => one.status === "active");
  return subscriptions.map((one) => {
    const terms = termFactsOf(one);
    const committed = decideCommitted(terms, one.price, today);
    const isPlan = one.family === "azure-plan";
    return {
      customerId: id,
      subscriptionId: one.id,
      name: one.name,
      quantity: one.quantity,
      is: isPlan ? ("plan" as const) : one.family === "new-commerce" ? ("seats" as const) : ("other" as const),
      status: one.status,
      autoRenew: one.autoRenew,
      renewsOn: one.commitmentEndDay?.add({ days: 1 }),
      renewalCommits: renewalCommits(terms, one.price),
      cancellableUntil: one.cancellableUntil,
      committed: committed.kind === "committed" ? committed.amount : undefined,
      entitlementIds: isPlan ? entitlements.filter((e) => e.planId === one.id).map((e) => e.id) : [],
    };
  });
}
