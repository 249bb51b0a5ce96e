import { DETECTORS, SWEEPS } from "./activity/detectors/detectors.ts";
import { PULL_FEEDS } from "./activity/intake/contract-pull.ts";
import { createIntake } from "./activity/intake/slice.ts";
import type { LabDeps } from "./activity/lab/deps.ts";
import { createLab, type Lab } from "./activity/lab/lab.ts";
import { createRulesImport } from "./activity/rules-import/slice.ts";
import { normalisedFields } from "./activity/rules-import/known-fields.ts";
import { ownRules } from "./activity/rules/own-rules.ts";
import { FIELDS } from "./activity/contract-fields.ts";
import { logSourcesOf } from "./activity/shapes/decide-sources.ts";
import { sigmaView } from "./activity/shapes/decide-view.ts";
import { normalise } from "./activity/shapes/normalise.ts";
import { lintFiles } from "./activity/sigma/lint.ts";
import { recordReading } from "./activity/stream/store-feeds.ts";
import { streamSlice } from "./activity/stream/slice.ts";
import { createStream, type PostgresStream } from "./activity/stream/stream.ts";
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
export function wireActivity(parts: SliceParts, around: ForActivity) {
  const { store, clock, enqueue } = parts;
  const stream = createStream({ store, bulk: bulkTransactions(store.pool), normalise });
  const common = { store, clock, newId, enqueue, stream, normalise };
  const intake = wireIntake(parts, common);
  const portfolioFacts = portfolioFactsOf(parts, around.desk);
  const fieldNames = FIELDS.map(({ name }) => name);
  const rulesImport = createRulesImport({ ...common, view: sigmaView, logSourcesOf, fieldNames });
  const lab = wireLab(common, { portfolioFacts, unseenFields: rulesImport.unseenFields });
  const watch = wireWatch(parts, { ...around, common, lab, portfolioFacts });
  const { customersByIds, allCustomerIds } = customers;
  const pages = streamSlice({ store, clock, newId, normalise, customersByIds, allCustomerIds, hitsOf });
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

type Common = Pick<SliceParts, "store" | "clock" | "enqueue"> & {
  readonly newId: typeof newId;
  readonly stream: PostgresStream;
  readonly normalise: typeof normalise;
};
type Facts = ReturnType<typeof portfolioFactsWith>;

const wireIntake = ({ access, microsoft, isDemo, log }: SliceParts, common: Common) =>
  createIntake({
    ...common,
    customersByTenant,
    customersBySubscription: ownersOfEntitlements,
    csv: (delimiter) => csvReader(delimiter),
    askTenant: microsoft.askTenant,
    // The demo's logs are invented: all of them are read unless somebody chose otherwise.
    pullFeeds: async (tx) => (await access.settings(tx))["activity.pullFeeds"] ?? (isDemo ? PULL_FEEDS : []),
    pullTargets: customersWithSubscriptions,
    recordReading,
    customerNames,
    log: (level, what, facts) => log[level](facts, what),
  });

const portfolioFactsOf = ({ access }: SliceParts, desk: DeskFacts): Facts =>
  portfolioFactsWith({
    zone: () => desk.zone,
    ownTenant: async (tx) => (await access.settings(tx))["partner-center.tenantId"] ?? undefined,
  });

const wireLab = (
  common: Common,
  { portfolioFacts, unseenFields }: { readonly portfolioFacts: Facts } & Pick<LabDeps, "unseenFields">,
): Lab =>
  createLab({
    ...common,
    ownFiles: () => ownRules().texts,
    detectors: DETECTORS,
    sweeps: SWEEPS,
    view: sigmaView,
    logSourcesOf,
    customerOf: ownerOf,
    portfolio: (tx, ids) => portfolioFacts(tx, ids, common.clock.now()),
    customerNames,
    exposureOf: knownExposures,
    tuning: (tx) => tuningNow(tx, common.clock.now()),
    hitTotals,
    hitDays,
    unseenFields,
    fields: () => FIELDS.map(({ name, meaning }) => ({ name, about: meaning })),
    lint: (text) => lintFiles([{ file: undefined, text }], { fieldsOf: normalisedFields() }),
  });

const wireWatch = (
  { connection, log }: SliceParts,
  {
    common,
    lab,
    notices,
    portfolioFacts,
    responseDeps,
  }: ForActivity & { readonly common: Common; readonly lab: Lab; readonly portfolioFacts: Facts },
) =>
  createWatch({
    ...common,
    connection,
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
    priceRisk: priceRiskWith(common.stream),
    exposureOf: knownExposures,
    proposeContainment: proposeContainmentWith(() => responseDeps),
    log,
  });

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
