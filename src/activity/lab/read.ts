import { SURETY, type Tx } from "../../store/contract.ts";
import type { RuleFault } from "./contract.ts";
import type { RuleRowWire, RulesWire, RuleFaultWire, RuleWire } from "./contract-wire.ts";
import { differs } from "./decide-versions.ts";
import { readRule } from "./decide-text.ts";
import type { HitTotals, LabDeps } from "./deps.ts";
import { standingOf } from "./service.ts";
import * as store from "./store.ts";
import { versionsTried } from "./store-backtest.ts";

const WEEK_HOURS = 7 * 24;
const MONTH_HOURS = 30 * 24;
const NO_HITS: HitTotals = { week: 0, month: 0, shadow: 0, customers: 0, lastAt: null };

const sinces = (now: Temporal.Instant) => ({
  week: now.subtract({ hours: WEEK_HOURS }),
  month: now.subtract({ hours: MONTH_HOURS }),
});

/** Every rule with what it hit: one table of the whole. */
export async function readRules(tx: Tx, deps: LabDeps, now: Temporal.Instant): Promise<RulesWire> {
  const revision = await store.readRevision(tx);
  const rows = await store.allRules(tx);
  const hashes = await store.hashesOf(
    tx,
    rows.filter(({ version, upstream }) => upstream !== null && version !== upstream).map(({ rule_id }) => rule_id),
  );
  const hits = await deps.hitTotals(tx, sinces(now));
  const unseen = await deps.unseenFields?.(tx, new Map(rows.map(({ rule_id, card }) => [rule_id, card])));
  return {
    revision: revision.toString(),
    rows: rows.map((row) => ({
      ...rowShape(row, {
        hashes: hashes.get(row.rule_id),
        hits: hits.get(row.rule_id),
        unseen: unseen?.get(row.rule_id),
      }),
      title: row.card.title,
      titleSv: row.card.titleSv,
      level: row.card.level,
      abuse: [...row.card.abuse],
      sources: [...row.card.sources],
      author: row.card.author,
    })),
  };
}

type Beside = {
  readonly hashes: ReadonlyMap<number, string> | undefined;
  readonly hits: HitTotals | undefined;
  readonly unseen: readonly string[] | undefined;
};
function rowShape(row: Omit<store.InUse, "text">, { hashes, hits = NO_HITS, unseen }: Beside) {
  const { week, month, shadow, customers, lastAt } = hits;
  return {
    ruleId: row.rule_id,
    kind: row.kind,
    origin: row.origin,
    state: row.state,
    version: row.version,
    newest: row.newest,
    upstream: row.upstream,
    differs: differs(standingOf(row, hashes)),
    isWithdrawn: row.is_withdrawn,
    changedAt: row.at.toString(),
    hits: { week, month, shadow, customers, lastAt: lastAt?.toString() ?? null },
    unseenFields: unseen === undefined ? null : [...unseen],
  } satisfies Partial<RuleRowWire>;
}

/** One rule with all its versions; undefined when there is none. */
export async function readOneRule(
  tx: Tx,
  deps: LabDeps,
  { ruleId, now }: { readonly ruleId: string; readonly now: Temporal.Instant },
): Promise<RuleWire | undefined> {
  const row = await store.findInUse(tx, ruleId);
  if (row === undefined) return undefined;
  const since = sinces(now);
  const versions = await store.versionsOf(tx, ruleId);
  const hits = (await deps.hitTotals(tx, since)).get(ruleId);
  const days = await deps.hitDays(tx, ruleId, since.month);
  const unseen = await deps.unseenFields?.(tx, new Map([[ruleId, row.card]]));
  const tried = await versionsTried(tx, ruleId);
  const code = [...deps.detectors, ...deps.sweeps].find(({ id }) => id === ruleId);
  return {
    ...rowShape(row, {
      hashes: new Map(versions.map(({ version, sha256 }) => [version, sha256])),
      hits,
      unseen: unseen?.get(ruleId),
    }),
    card: cardWire(row.card),
    stateWhy: row.state_why,
    stateBy: row.state_by,
    stateAt: row.state_at.toString(),
    text: row.text,
    isSweep: deps.sweeps.some(({ id }) => id === ruleId),
    versions: versions.map((one) => ({
      version: one.version,
      author: one.author_name,
      at: one.at.toString(),
      why: one.why,
      isUpstream: one.version === row.upstream || (row.origin === "own" && one.author_id === SURETY.id),
      tests: one.tests,
      isTried: tried.has(one.version),
    })),
    settings: code === undefined ? [] : code.settings.map((one) => ({ ...one })),
    faults: row.text === null ? [] : readRule(row.text).faults.map(faultWire),
    days: days.map(({ day, hits: n, shadow }) => ({ day: day.toString(), hits: n, shadow })),
  };
}

/** Lists that may be changed, as the wire's types have them. */
export const cardWire = (card: store.InUse["card"]): RuleWire["card"] => structuredClone(card) as RuleWire["card"];
export const faultWire = ({ line, column, code, message, rule }: RuleFault): RuleFaultWire => ({
  line,
  column,
  code,
  message,
  rule: rule ?? null,
});
