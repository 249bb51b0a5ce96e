import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { caseFindings } from "../../cases/findings.ts";
import type { Json } from "../../core/canonical.ts";
import type { CaseId, CustomerId } from "../../core/ids.ts";
import type { Money } from "../../core/money.ts";
import { bulkTransactions } from "../../store/bulk.ts";
import type { Connection, OpenStore } from "../../store/database.ts";
import type { ActivityEvent, KnownEvent } from "../contract-event.ts";
import type { ActiveRules } from "../lab/contract.ts";
import { createStream } from "../stream/stream.ts";
import type { EvaluatedHit } from "./contract.ts";
import type { WatchDeps } from "./deps.ts";
import { event, START, testLogSources, testView } from "./testing.ts";
import { createWatch } from "./watch.ts";

/** A desk with stream, cases and watch on a database of its own; what other slices would say is set by the test. */
export type TestDesk = ReturnType<typeof watchDesk>;

type Fields = {
  id: string;
  operation: string;
  at: string;
  customer?: string;
  subscription?: string;
  actor?: string;
  ip?: string;
};
const fieldsOf = (one: KnownEvent): Fields => ({
  id: one.id,
  operation: one.operation,
  at: one.at.toString(),
  ...(one.subscription !== undefined && { subscription: one.subscription }),
  ...(one.actor !== undefined && { actor: one.actor.id }),
  ...(one.ip !== undefined && { ip: one.ip }),
});
const normalise = (raw: Json): readonly ActivityEvent[] => {
  const { id, operation, at, subscription, actor, ip } = raw as Fields;
  const { customer: _customer, ...made } = event(operation, 0, {
    id,
    at: Temporal.Instant.from(at),
    subscription,
    actor: actor === undefined ? undefined : { id: actor, kind: "user" },
    ip,
    raw,
  });
  return [made];
};

export function watchDesk(store: OpenStore & { readonly connection: Connection }, rules: ActiveRules) {
  const state = {
    now: START.add({ hours: 1 }),
    rules,
    price: undefined as Money | undefined,
    exposure: new Map<CustomerId, Money>(),
    contained: [] as { caseId: CaseId; subscription: string; hit: EvaluatedHit }[],
    failNext: 0,
    /** How often a finding was reported. */
    reports: 0,
    customers: [] as CustomerId[],
    logged: [] as string[],
  };
  const stream = createStream({ store, bulk: bulkTransactions(store.pool), normalise });
  const findings = caseFindings({ newId: randomUUID });
  const log = (_facts: object, message: string) => void state.logged.push(message);
  const deps: WatchDeps = {
    store,
    connection: store.connection,
    clock: { now: () => state.now },
    newId: randomUUID,
    enqueue: async () => {},
    stream,
    rulesRevision: async () => state.rules.revision,
    activeRules: async () => state.rules,
    view: testView,
    logSourcesOf: testLogSources,
    ...findings,
    reportFinding: async (tx, finding) => {
      const reported = await findings.reportFinding(tx, finding);
      state.reports++;
      if (state.failNext > 0) {
        state.failNext--;
        throw new Error("the power went out");
      }
      return reported;
    },
    portfolioFacts: async (_tx, ids) =>
      new Map(ids.map((customer) => [customer, { customer, subscriptionSince: new Map(), ourTenants: new Set() }])),
    customerIds: async () => state.customers,
    customerNames: async () => new Map(),
    priceRisk: async () => state.price,
    exposureOf: async () => state.exposure,
    proposeContainment: async (_tx, { caseId, subscription, hit }) =>
      void state.contained.push({ caseId, subscription, hit }),
    log: { info: log, warn: log, error: log },
  };
  const watch = createWatch(deps);
  return {
    state,
    deps,
    stream,
    watch,
    /** Another process, as it were: it knows nothing but what is stored. */
    another: () => createWatch(deps),
    send: async (events: readonly KnownEvent[], receivedAt = state.now) => {
      await stream.append(
        events.map((one) => ({ event: { ...one, raw: fieldsOf(one) }, customer: one.customer })),
        { intake: "push:test", now: receivedAt },
      );
    },
    ...peeks(store),
  };
}

/** What came of it, as it is kept. */
const peeks = (store: OpenStore) => ({
  findings: async () => {
    const { rows } =
      await sql<FindingRow>`select f.fingerprint, f.case_id, f.kind, f.severity, f.facts, f.times_seen, f.first_use_at, f.resolved_at,
        f.resolved_why, f.priority, f.priority_of, f.generation, c.state, c.previous_case_id,
        (select count(*)::int from evidence e where e.finding_id = f.finding_id) as evidence
      from finding f join case_file c using (case_id) order by f.fingerprint, f.generation`.execute(store.db);
    return rows;
  },
  hits: async () => {
    const { rows } =
      await sql<HitRow>`select fingerprint, completed_by, rule_id, suppressed_by, inhibited_by, is_shadow, customer_id, events,
        retracted_at is not null as is_retracted from activity_hit order by fingerprint, completed_by`.execute(
        store.db,
      );
    return rows;
  },
  /** Where the last checkpoint stands; nothing when there is none. */
  checkpoint: async () => {
    const { rows } = await sql<{ is_whole: boolean }>`select c.position = w.position as is_whole
      from activity_checkpoint c cross join activity_watch w where c.part = 0`.execute(store.db);
    return rows;
  },
  close: (caseId: string, at: Temporal.Instant) =>
    sql`update case_file set state = 'closed', closed_at = ${at}, closed_by = 'Elin', outcome = 'legitimate', close_note = 'On purpose.'
      where case_id = ${caseId}`.execute(store.db),
  empty: async () => {
    await sql`truncate activity_hit, activity_fold, activity_containment, activity_suppression, activity_filter, activity_checkpoint,
      activity_look_back, evidence, finding, case_file cascade`.execute(store.db);
  },
});

type FindingRow = {
  readonly fingerprint: string;
  readonly case_id: string;
  readonly kind: string;
  readonly severity: number;
  readonly facts: Record<string, string | number>;
  readonly times_seen: number;
  readonly first_use_at: Temporal.Instant | null;
  readonly resolved_at: Temporal.Instant | null;
  readonly resolved_why: string | null;
  readonly priority: number;
  readonly priority_of: { readonly level: string; readonly stake: string };
  readonly generation: number;
  readonly state: string;
  readonly previous_case_id: string | null;
  readonly evidence: number;
};
type HitRow = {
  readonly fingerprint: string;
  readonly completed_by: string;
  readonly rule_id: string;
  readonly suppressed_by: string | null;
  readonly inhibited_by: string | null;
  readonly is_shadow: boolean;
  readonly is_retracted: boolean;
  readonly customer_id: string | null;
  readonly events: readonly string[];
};
