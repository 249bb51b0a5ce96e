import type { Person } from "../../access/contract.ts";
import { may } from "../../access/contract.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Tx } from "../../store/contract.ts";
import { CHANNELS } from "../contract-policy.ts";
import { checkPolicyText, isPublishable } from "./contract-check.ts";
import type {
  AcceptancesWire,
  LintFactsWire,
  PoliciesWire,
  PublicPolicyWire,
  VersionRowWire,
  VersionWire,
} from "./contract-wire.ts";
import { standingOf, type VersionFacts } from "./decide-versions.ts";
import type { PolicyDeps } from "./deps.ts";
import { PACKS, packFor, packPolicy } from "./packs.ts";
import { lintFactsOf } from "./service-lint.ts";
import { parsePolicy } from "./decide-parse.ts";
import * as store from "./store.ts";
import type { VersionId, VersionRow } from "./store.ts";

const ACCEPTANCES_SHOWN_MAX = 1_000;

const factsOf = (row: VersionRow): VersionFacts => ({
  policyId: row.policy_id,
  version: row.version,
  kept: row.state,
  fromDay: row.from_day ?? undefined,
  endedOn: row.ended_on ?? undefined,
});

/** Every policy with its versions, and the packs to start from. */
export async function policiesPage(tx: Tx, deps: PolicyDeps, now: Temporal.Instant): Promise<PoliciesWire> {
  const desk = await deps.desk(tx, now);
  const offered = packFor(desk.country);
  return {
    versions: await rowsWire(tx, await store.allVersions(tx), desk.day),
    packs: PACKS.map((id) => {
      const { name } = packPolicy(id);
      return { id, name: { en: name.en, sv: name.sv ?? name.en }, isOffered: id === offered };
    }),
    customers: await deps.customerCount(tx),
    day: desk.day.toString(),
  };
}

async function rowsWire(tx: Tx, rows: readonly VersionRow[], day: Temporal.PlainDate): Promise<VersionRowWire[]> {
  const counts = await store.acceptanceCounts(tx);
  const seen = await store.seenOf(tx, [...new Set(rows.map(({ sha256 }) => sha256))]);
  const all = rows.map(factsOf);
  const person = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? id });
  return rows.map((row) => {
    const { state, until } = standingOf(factsOf(row), all, day);
    return {
      policyId: row.policy_id,
      version: row.version,
      name: row.name,
      state,
      sha256: row.sha256,
      madeBy: { id: row.made_by, name: row.made_by_name },
      editedBy: { id: row.edited_by, name: row.edited_by_name },
      editedAt: row.edited_at.toString(),
      askedBy: person(row.asked_by, row.asked_by_name),
      askedAt: row.asked_at?.toString() ?? null,
      why: row.why,
      approvedBy: person(row.approved_by, row.approved_by_name),
      approvedAt: row.approved_at?.toString() ?? null,
      fromDay: row.from_day?.toString() ?? null,
      untilDay: until?.toString() ?? null,
      position: row.position,
      endedWhy: row.ended_why,
      accepted: counts.get(`${row.policy_id}:${row.version}`) ?? 0,
      seen: seen
        .filter(({ sha256 }) => sha256 === row.sha256)
        .map((one) => ({ simulationId: one.simulation_id, name: one.person_name, at: one.seen_at.toString() })),
    };
  });
}

type Asked = { readonly id: VersionId; readonly person: Person; readonly now: Temporal.Instant };

/** One version with its text, what was in force before it, and what this person may do with it. */
export async function versionPage(
  tx: Tx,
  deps: PolicyDeps,
  { id, person, now }: Asked,
): Promise<Result<VersionWire, Refusal>> {
  const all = (await store.allVersions(tx)).filter(({ policy_id }) => policy_id === id.policyId);
  const row = all.find(({ version }) => version === id.version);
  if (row === undefined)
    return no("not-found", "policy-unknown", `there is no version ${id.version} of ${id.policyId}`);
  const { day } = await deps.desk(tx, now);
  const wires = await rowsWire(tx, all, day);
  const wire = wires.find(({ version }) => version === id.version);
  const before =
    all.find((one) => one.version < id.version && one.state === "approved") ??
    all.find((one) => one.version < id.version);
  if (wire === undefined) return no("not-found", "policy-unknown", "there is no such version");
  const isClean = isPublishable(checkPolicyText(row.text, await lintFactsOf(tx, deps, now)));
  const isOwn = row.asked_by === person.id || row.edited_by === person.id;
  const { role } = person;
  const ask = !may(role, "collections.policy")
    ? "permission"
    : row.state !== "draft"
      ? "state"
      : !isClean
        ? "not-publishable"
        : wire.seen.length === 0
          ? "not-simulated"
          : null;
  const approve = !may(role, "collections.publish")
    ? "permission"
    : row.state !== "asked"
      ? "state"
      : isOwn
        ? "own-question"
        : null;
  return ok({
    row: wire,
    text: row.text,
    before: before === undefined ? null : { version: before.version, text: before.text },
    may: { ask: { why: ask }, approve: { why: approve } },
  });
}

export async function lintFactsWire(tx: Tx, deps: PolicyDeps, now: Temporal.Instant): Promise<LintFactsWire> {
  const facts = await lintFactsOf(tx, deps, now);
  const { day, customers, withoutAddress, feeds, currencies, incompleteLetters, holidays, rates } = facts;
  return {
    day: day.toString(),
    customers: customers ?? null,
    withoutAddress: withoutAddress ?? null,
    feeds: feeds === undefined ? null : [...feeds],
    currencies: currencies === undefined ? null : [...currencies],
    incompleteLetters: incompleteLetters?.map((one) => ({ ...one, law: one.law ?? null })) ?? null,
    holidays: [...(holidays ?? [])],
    rates: (rates ?? []).map((one) => ({ ...one, addedBy: null, addedAt: null })),
  };
}

export async function acceptancesPage(tx: Tx, deps: PolicyDeps, id: VersionId): Promise<AcceptancesWire> {
  const counts = await store.acceptanceCounts(tx);
  const rows = await store.acceptancesOf(tx, id, ACCEPTANCES_SHOWN_MAX);
  return {
    rows: rows.map((row) => ({
      customerId: row.customer_id,
      acceptedOn: row.accepted_on.toString(),
      evidence: row.evidence,
      recordedBy: row.recorded_by_name,
      recordedAt: row.recorded_at.toString(),
    })),
    accepted: counts.get(`${id.policyId}:${id.version}`) ?? 0,
    customers: await deps.customerCount(tx),
  };
}

type PublicAsk = {
  readonly policyId?: string | undefined;
  readonly version?: number | undefined;
  readonly now: Temporal.Instant;
};

/** What anyone may read: the policies in force, or one version that is or was. Drafts and questions are nobody else's. */
export async function publicPolicies(
  tx: Tx,
  deps: PolicyDeps,
  { policyId, version, now }: PublicAsk,
): Promise<Result<PublicPolicyWire, Refusal>> {
  const desk = await deps.desk(tx, now);
  const all = await store.allVersions(tx);
  const facts = all.map(factsOf);
  const shown = all
    .map((row) => ({ row, standing: standingOf(factsOf(row), facts, desk.day) }))
    .filter(({ row, standing }) =>
      version === undefined
        ? standing.state === "in-force"
        : row.version === version &&
          (policyId === undefined || row.policy_id === policyId) &&
          ["scheduled", "in-force", "superseded", "ended"].includes(standing.state),
    );
  if (version !== undefined && shown.length === 0)
    return no("not-found", "policy-unknown", "there is no such published policy");
  return ok({
    deskName: desk.name,
    language: desk.language,
    policies: shown
      .toSorted((a, b) => (a.row.position ?? 99) - (b.row.position ?? 99))
      .flatMap(({ row, standing }) => publicOf(row, standing.until)),
  });
}

function publicOf(row: VersionRow, until: Temporal.PlainDate | undefined): PublicPolicyWire["policies"] {
  const read = parsePolicy(row.text);
  if (!read.ok || row.from_day === null) return [];
  const { policy } = { policy: read.value };
  const access = policy.steps.filter(({ effects }) =>
    effects.some((one) => ["suspend-seats", "cancel-azure", "terminate"].includes(one)),
  );
  return [
    {
      policyId: row.policy_id,
      version: row.version,
      fromDay: row.from_day.toString(),
      untilDay: until?.toString() ?? null,
      name: policy.name,
      about: policy.about ?? null,
      partnerTouchesAccessFrom: access.length === 0 ? null : Math.min(...access.map(({ daysPastDue }) => daysPastDue)),
      steps: policy.steps
        .toSorted((a, b) => a.daysPastDue - b.daysPastDue)
        .map(({ id, name, daysPastDue, noticeDays, tell, effects, charges }) => ({
          id,
          name,
          daysPastDue,
          noticeDays,
          tell: CHANNELS.filter((channel) => tell.some((one) => one.channel === channel)),
          effects: [...effects],
          charges: [...charges],
        })),
      exemptions: policy.exemptions.map(({ because }) => because),
      sha256: row.sha256,
    },
  ];
}
