import { DETECTORS, SWEEPS } from "./activity/detectors/detectors.ts";
import { PULL_FEEDS } from "./activity/intake/contract-pull.ts";
import { createIntake } from "./activity/intake/slice.ts";
import { createLab } from "./activity/lab/lab.ts";
import { createRulesImport } from "./activity/rules-import/slice.ts";
import { ownRules } from "./activity/rules/own-rules.ts";
import { FIELDS } from "./activity/contract-fields.ts";
import { logSourcesOf } from "./activity/shapes/decide-sources.ts";
import { sigmaView } from "./activity/shapes/decide-view.ts";
import { normalise } from "./activity/shapes/normalise.ts";
import { lintFiles } from "./activity/sigma/lint.ts";
import { recordReading } from "./activity/stream/store-feeds.ts";
import { streamSlice } from "./activity/stream/slice.ts";
import { createStream } from "./activity/stream/stream.ts";
import { hitDays, hitsOf, hitTotals, tuningNow } from "./activity/watch/read.ts";
import { createWatch } from "./activity/watch/watch.ts";
import type { CustomerId } from "./core/ids.ts";
import type { Money } from "./core/money.ts";
import * as customers from "./customers/service.ts";
import { customersWithSubscriptions, knownTenants, ownersOfEntitlements } from "./customers/store-risk.ts";
import { exposuresOf } from "./exposure/service.ts";
import type { Route } from "./http/contract.ts";
import { portfolioFactsWith } from "./main-activity-facts.ts";
import { priceRiskWith, proposeContainmentWith } from "./main-activity-risk.ts";
import { type DeskFacts, newId, type SliceParts } from "./main-parts.ts";
import type { WiredNotices } from "./main-watch.ts";
import { csvReader } from "./receivables/csv.ts";
import type { ResponseDeps } from "./response/deps.ts";
import { bulkTransactions } from "./store/bulk.ts";
import type { Tx } from "./store/contract.ts";
import type { Job } from "./worker/contract.ts";

export type ForActivity = {
  readonly desk: DeskFacts;
  readonly notices: WiredNotices;
  readonly responseDeps: ResponseDeps;
};

/** Logs in, kept and searched; rules and detectors over them; what they find becomes cases. */
export function wireActivity(parts: SliceParts, { desk, notices, responseDeps }: ForActivity) {
  const { store, clock, enqueue, access, log } = parts;
  const stream = createStream({ store, bulk: bulkTransactions(store.pool), normalise });
  const common = { store, clock, newId, enqueue, stream, normalise };
  const intake = createIntake({
    ...common,
    customersByTenant,
    customersBySubscription: ownersOfEntitlements,
    csv: (delimiter) => csvReader(delimiter),
    askTenant: parts.microsoft.askTenant,
    // The demo's logs are invented: all of them are read unless somebody chose otherwise.
    pullFeeds: async (tx) => (await access.settings(tx))["activity.pullFeeds"] ?? (parts.isDemo ? PULL_FEEDS : []),
    pullTargets: customersWithSubscriptions,
    recordReading,
    customerNames,
    log: (level, what, facts) => log[level](facts, what),
  });
  const fieldNames = FIELDS.map(({ name }) => name);
  const rulesImport = createRulesImport({ ...common, view: sigmaView, logSourcesOf, fieldNames });
  const portfolioFacts = portfolioFactsWith({
    zone: () => desk.zone,
    ownTenant: async (tx) => (await access.settings(tx))["partner-center.tenantId"] ?? undefined,
  });
  const lab = createLab({
    ...common,
    ownFiles: () => ownRules().texts,
    detectors: DETECTORS,
    sweeps: SWEEPS,
    view: sigmaView,
    logSourcesOf,
    customerOf: async (tx, event) => ownerOf(tx, event),
    portfolio: (tx, ids) => portfolioFacts(tx, ids, clock.now()),
    customerNames,
    exposureOf: knownExposures,
    tuning: (tx) => tuningNow(tx, clock.now()),
    hitTotals,
    hitDays,
    unseenFields: rulesImport.unseenFields,
    fields: () => FIELDS.map(({ name, meaning }) => ({ name, about: meaning })),
    lint: (text) => lintFiles([{ file: undefined, text }]),
  });
  const watch = createWatch({
    ...common,
    connection: parts.connection,
    rulesRevision: lab.rulesRevision,
    activeRules: lab.activeRules,
    view: sigmaView,
    logSourcesOf,
    reportFinding: notices.findings.reportFinding,
    resolveFinding: notices.findings.resolveFinding,
    openAmong: notices.findings.openAmong,
    portfolioFacts,
    customerIds: customers.allCustomerIds,
    customerNames: async (tx, ids) => await customers.customersByIds(tx, ids),
    priceRisk: priceRiskWith(stream),
    exposureOf: knownExposures,
    proposeContainment: proposeContainmentWith(() => responseDeps),
    log,
  });
  const pages = streamSlice({
    store,
    clock,
    newId,
    normalise,
    customersByIds: customers.customersByIds,
    allCustomerIds: customers.allCustomerIds,
    hitsOf,
  });
  return {
    stream,
    intake,
    lab,
    watch,
    rulesImport,
    sinks: intake.sinks,
    routes: (): readonly Route[] => [...intake.routes(), ...pages.routes, ...lab.routes, ...watch.routes],
    jobs: (): readonly Job[] => [...intake.jobs(), ...pages.jobs, ...lab.jobs, ...watch.jobs, ...rulesImport.jobs()],
  };
}
export type WiredActivity = ReturnType<typeof wireActivity>;

const customerNames = async (tx: Tx, ids: readonly CustomerId[]): Promise<ReadonlyMap<CustomerId, string>> =>
  new Map([...(await customers.customersByIds(tx, ids))].map(([id, { name }]) => [id, name]));

/** A customer's id is its tenant's. */
async function customersByTenant(tx: Tx, tenants: readonly string[]): Promise<ReadonlyMap<string, CustomerId>> {
  const known = await knownTenants(tx, tenants);
  return new Map(tenants.flatMap((id) => (known.has(id) ? [[id, id as CustomerId] as const] : [])));
}

async function ownerOf(
  tx: Tx,
  event: { readonly tenant?: string | undefined; readonly subscription?: string | undefined },
): Promise<CustomerId | undefined> {
  const { tenant, subscription } = event;
  const bySubscription = subscription && (await ownersOfEntitlements(tx, [subscription])).get(subscription);
  return bySubscription || (tenant === undefined ? undefined : (await customersByTenant(tx, [tenant])).get(tenant));
}

/** Exposure where it is known; who is missing is unknown. */
async function knownExposures(tx: Tx, ids: readonly CustomerId[]): Promise<ReadonlyMap<CustomerId, Money>> {
  const found = await exposuresOf(tx, ids);
  return new Map([...found].flatMap(([id, amount]) => (amount === undefined ? [] : [[id, amount] as const])));
}
